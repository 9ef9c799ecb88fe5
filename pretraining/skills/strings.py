"""Copying, reversing, counting by enumerating, and comparing strings.

Counting is done on random strings and word lists only; nothing here counts in a SMILES.
"""

from random import Random
from string import ascii_lowercase, ascii_uppercase

from pretraining.conversation import Exchange, Item
from pretraining.words import ADJECTIVES, NAMES, PLACES, THINGS, VERBS, invented, label, whole

_SYMBOLS = ascii_lowercase + ascii_uppercase + "0123456789()[]=#@+-/*.,:;!?%&"


def random_string(rng: Random, alphabet_size: int, length: int) -> str:
    """Return a string over a random alphabet, so that symbols repeat."""
    alphabet = rng.sample(_SYMBOLS, alphabet_size)
    return "".join(rng.choices(alphabet, k=length))


def sentence(rng: Random) -> str:
    """Return a short plain sentence of everyday words."""
    return (
        f"{rng.choice(NAMES)} {rng.choice(VERBS)} {rng.choice(('the', 'some', 'two', 'many'))} "
        f"{rng.choice(ADJECTIVES)} {rng.choice(THINGS)} {rng.choice(('in', 'at', 'near'))} the "
        f"{rng.choice(PLACES)}"
    )


def _content(rng: Random) -> str:
    kind = rng.randrange(6)
    if kind == 0:
        return " ".join(invented(rng) for _ in range(rng.randrange(1, 12)))
    if kind == 1:
        return ", ".join(label(rng) for _ in range(rng.randrange(2, 9)))
    if kind == 2:
        return " ".join(str(whole(rng)) for _ in range(rng.randrange(1, 10)))
    if kind == 3:
        return random_string(rng, rng.randrange(3, 16), rng.randrange(4, 40))
    if kind == 4:
        return sentence(rng)
    return "\n".join(f"{label(rng)} | {whole(rng)}" for _ in range(rng.randrange(1, 6)))


def copies(rng: Random) -> Exchange:
    """Ask to repeat texts of many kinds exactly."""
    frame = rng.choice(("Repeat: {}", "Copy this: {}", "Write again:\n{}", "Say {}", "Echo\n{}"))
    items = []
    for _ in range(rng.randrange(1, 5)):
        text = _content(rng)
        items.append(Item(frame.format(text), text))
    return Exchange("", tuple(items))


def spans(rng: Random) -> Exchange:
    """Ask for a part of a list: the word after, the first, the last, the n-th, those between."""
    words = [
        label(rng) if rng.random() < 0.3 else invented(rng) for _ in range(rng.randrange(4, 10))
    ]
    words = list(dict.fromkeys(words))
    items = []
    for _ in range(rng.randrange(2, 6)):
        at = rng.randrange(len(words) - 1)
        nth = rng.randrange(min(5, len(words)))
        order = ("first", "second", "third", "fourth", "fifth")[nth]
        items.append(
            rng.choice(
                (
                    Item(f"Which word comes after {words[at]}?", words[at + 1]),
                    Item(f"Which word comes before {words[at + 1]}?", words[at]),
                    Item("The last word?", words[-1]),
                    Item(
                        f"The {order} word?",
                        words[nth],
                        ", ".join(f"{i} {w}" for i, w in enumerate(words[: nth + 1], 1)),
                    ),
                    Item(f"Everything from {words[at]} on?", ", ".join(words[at:])),
                )
            )
        )
    return Exchange(rng.choice(("Words: {}", "{}")).format(", ".join(words)), tuple(items))


def reversals(rng: Random) -> Exchange:
    """Ask to reverse or to spell out words, digits and lists."""
    items = []
    for _ in range(rng.randrange(1, 5)):
        if rng.random() < 0.5:
            words = [invented(rng) for _ in range(rng.randrange(2, 7))]
            items.append(Item(f"Reverse the order: {' '.join(words)}", " ".join(reversed(words))))
        elif rng.random() < 0.5:
            digits = [str(rng.randrange(10)) for _ in range(rng.randrange(2, 8))]
            items.append(Item(f"Backwards: {' '.join(digits)}", " ".join(reversed(digits))))
        else:
            word = invented(rng)
            items.append(Item(f"Spell {word}", " ".join(word)))
    return Exchange("", tuple(items))


def _walk_marks(symbols: list[str], wanted: str) -> str:
    """Return the symbols in order with a running number behind each wanted one."""
    seen = 0
    marked = []
    for symbol in symbols:
        seen += symbol == wanted
        marked.append(f"{symbol}{seen}" if symbol == wanted else symbol)
    return " ".join(marked)


def _numbered(found: list[str]) -> str:
    return ", ".join(f"{i}: {w}" for i, w in enumerate(found, 1)) or "none"


def symbol_counts(rng: Random) -> Exchange:
    """Ask how often a symbol stands in a random string; the work walks through the string."""
    length = rng.randrange(4, 30)
    alphabet_size = rng.randrange(2, 9)
    text = random_string(rng, alphabet_size, length)
    layout = rng.choice(("walk", "walk", "list"))
    frame = rng.choice(
        ("Count the {}.", "Tally of {}?", "How often does {} appear?", "Occurrences of {}?")
    )
    items = []
    for _ in range(rng.randrange(1, 4)):
        wanted = rng.choice(text) if rng.random() < 0.9 else rng.choice(_SYMBOLS)
        found = text.count(wanted)
        steps = (
            _walk_marks(list(text), wanted) if layout == "walk" else _numbered([wanted] * found)
        )
        items.append(Item(frame.format(wanted), str(found), steps))
    return Exchange(rng.choice(("Text: {}", "String {}", "{}")).format(text), tuple(items))


def word_counts(rng: Random) -> Exchange:
    """Ask how often a word stands in a list, or how long the list is, by numbering."""
    pool = [
        label(rng) if rng.random() < 0.5 else invented(rng) for _ in range(rng.randrange(2, 5))
    ]
    words = rng.choices(pool, k=rng.randrange(2, 10))
    items = []
    for word in rng.sample(pool, rng.randrange(1, len(pool) + 1)):
        found = words.count(word)
        items.append(
            Item(
                rng.choice(("Count {}.", "How often {}?")).format(word),
                str(found),
                _numbered([word] * found),
            )
        )
    if rng.random() < 0.5:
        items.append(Item("Length of the list?", str(len(words)), _numbered(words)))
    return Exchange(", ".join(words), tuple(items))


def _altered(rng: Random, text: str) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(_SYMBOLS) + text[at + 1 :]


def sameness(rng: Random) -> Exchange:
    """Ask whether two strings are the same, or whether one word is in a list."""
    yes, no = rng.choice((("same", "different"), ("yes", "no"), ("equal", "not equal")))
    items = []
    for _ in range(rng.randrange(2, 7)):
        first = rng.choice((invented(rng), str(whole(rng)), random_string(rng, 5, 8), label(rng)))
        second = first if rng.random() < 0.5 else _altered(rng, first)
        final = yes if first == second else no
        items.append(Item(f"{first} and {second}: {yes} or {no}?", final))
    return Exchange("", tuple(items))


def membership(rng: Random) -> Exchange:
    """Ask whether words are in a list."""
    words = [invented(rng) for _ in range(rng.randrange(2, 8))]
    items = []
    for _ in range(rng.randrange(3, 7)):
        word = rng.choice(words) if rng.random() < 0.5 else invented(rng)
        items.append(Item(f"Is {word} in it?", "yes" if word in words else "no"))
    return Exchange(", ".join(words), tuple(items))
