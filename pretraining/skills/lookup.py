"""Look-up in pairs, short stories, maps shown by example, and options."""

from random import Random

from pretraining.conversation import Exchange, Item
from pretraining.words import CONTAINERS, NAMES, PLACES, THINGS, distinct, invented, whole


def _value(rng: Random, kind: str) -> str:
    if kind == "number":
        return str(whole(rng))
    return invented(rng)


def pairs(rng: Random) -> Exchange:
    """Ask for values (or keys) of a list of key-value pairs in one of several layouts."""
    keys = distinct(rng, rng.randrange(2, 9))
    kind = rng.choice(("number", "word"))
    values = list(dict.fromkeys(_value(rng, kind) for _ in range(3 * len(keys))))[: len(keys)]
    known = dict(zip(keys, values, strict=False))
    layout = rng.choice(
        (
            ("{}: {}", "\n"),
            ("{}={}", "; "),
            ("{} -> {}", ", "),
            ("{} is {}", ". "),
            ("the {} has {}", "; "),
            ('"{}": "{}"', ", "),
        )
    )
    context = layout[1].join(layout[0].format(*pair) for pair in known.items())
    frames = ("{}?", "What is {}?", "Value for {}?", "Give the value of {}.", "{}")
    frame = rng.choice(frames)
    asked = rng.choices(list(known), k=rng.randrange(2, 7))
    items = []
    for key in asked:
        if rng.random() < 0.2:
            items.append(Item(f"Which key goes with {known[key]}?", key))
        elif rng.random() < 0.1 and len(known) > 2:
            other = rng.choice([k for k in known if k != key])
            items.append(Item(f"{key} and {other}?", f"{known[key]}, {known[other]}"))
        else:
            items.append(Item(frame.format(key), known[key]))
    return Exchange(context, tuple(items))


def scenes(rng: Random) -> Exchange:
    """Tell who has what and where; ask for one of the facts, never for a calculation."""
    count = rng.randrange(2, 6)
    people, things = rng.sample(NAMES, count), rng.sample(THINGS, count)
    places = rng.sample(PLACES + CONTAINERS, count)
    amounts = rng.sample(range(2, 100), count)
    tell = rng.choice(
        (
            "{p} has {n} {t} in the {w}.",
            "In the {w}, {p} keeps {n} {t}.",
            "{p} put {n} {t} in the {w}.",
            "There are {n} {t} in the {w} of {p}.",
        )
    )
    facts = list(zip(people, amounts, things, places, strict=True))
    context = " ".join(tell.format(p=p, n=n, t=t, w=w) for p, n, t, w in facts)
    items = []
    for p, n, t, w in rng.choices(facts, k=rng.randrange(2, 6)):
        items.append(
            rng.choice(
                (
                    Item(f"Who has the {t}?", p),
                    Item(f"Where are the {t}?", f"in the {w}"),
                    Item(f"What does {p} have?", t),
                    Item(f"Which place is named with {p}?", w),
                    Item(f"Which number stands before {t}?", str(n)),
                    Item(f"Who has {n} {t}?", p),
                )
            )
        )
    return Exchange(context, tuple(items))


def maps(rng: Random) -> Exchange:
    """Show a map by examples, then ask for one of them again or for a rule applied anew."""
    rule = rng.choice(("table", "table", "add", "reverse", "repeat", "first", "upper", "swap"))
    arrow = rng.choice((" -> ", " => ", ": ", " = "))
    sources = [invented(rng) for _ in range(8)]
    shift = rng.randrange(1, 10)
    if rule == "table":
        known = {source: invented(rng) for source in sources[:5]}
        tests = rng.choices(list(known), k=4)
    else:
        if rule == "add":
            sources = [str(n) for n in rng.sample(range(100), 8)]
        if rule == "swap":
            sources = [f"{invented(rng)} {invented(rng)}" for _ in sources]
        known = {source: _apply(rule, source, shift) for source in sources}
        tests = sources[4:]
    shown = list(known)[: 5 if rule == "table" else 4]
    context = "\n".join(f"{source}{arrow}{known[source]}" for source in shown)
    return Exchange(context, tuple(Item(f"{test}{arrow.rstrip()}", known[test]) for test in tests))


def _apply(rule: str, source: str, shift: int) -> str:
    if rule == "add":
        return str(int(source) + shift)
    if rule == "reverse":
        return " ".join(reversed(source))
    if rule == "repeat":
        return f"{source} {source}"
    if rule == "first":
        return source[0]
    if rule == "upper":
        return source.upper()
    return " ".join(reversed(source.split(" ")))


def options(rng: Random) -> Exchange:
    """Ask for the letter of an option, or for the text behind a letter."""
    count = rng.randrange(2, 6)
    texts = distinct(rng, count)
    letters = "ABCDE"[:count]
    mark = rng.choice(("{}) {}", "{}. {}", "({}) {}", "{}: {}"))
    context = rng.choice(("\n", " ")).join(map(mark.format, letters, texts))
    items = []
    for _ in range(rng.randrange(2, 6)):
        index = rng.randrange(count)
        if rng.random() < 0.6:
            question = rng.choice(("Which option is {}?", "Letter of {}?", "Choose {}."))
            items.append(Item(question.format(texts[index]), letters[index]))
        else:
            items.append(Item(f"What does option {letters[index]} say?", texts[index]))
    return Exchange(context, tuple(items))
