from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.leakage import Leak, LeakIndex, row_text
from ftassist.dojo.normalise import tokenise
from ftassist.dojo.task import CATALOG
from ftassist.files import read_jsonl

NAMES = ["Tom", "Ada", "Nora", "Ivo", "Cleo", "Sam", "Wes", "Pia"]
FRAMES = [
    "{name} buys {a} packs with {b} pens each. {c} are broken. How many pens are good now?",
    "A shop of {name} has {a} books. {b} more arrive and {c} are sold. How many are left?",
    "{name} walks {a} miles, then {b} miles, and then goes {c} back. How far is that?",
]


def story(rng: random.Random, low: int, high: int) -> str:
    """A word problem; disjoint ranges of numbers make disjoint problems in the same frames."""
    a, b, c = (rng.randint(low, high) for _ in range(3))
    return rng.choice(FRAMES).format(name=rng.choice(NAMES), a=a, b=b, c=c)


def items_of(prompts: list[str]) -> list[dict[str, str]]:
    return [{"id": str(i), "prompt": p, "answer": "secret"} for i, p in enumerate(prompts)]


@pytest.fixture(scope="module")
def stories() -> list[str]:
    rng = random.Random(0)
    return [story(rng, 20, 99) for _ in range(200)]


@pytest.fixture(scope="module")
def index(stories: list[str]) -> LeakIndex:
    return LeakIndex.build(items_of(stories))


def test_a_row_with_an_item_in_it_is_exact_and_its_span_is_the_item(
    index: LeakIndex, stories: list[str]
) -> None:
    row = f"Here is one. {stories[7]} It is 12."
    (leak,) = index.find(["clean", row])
    assert (leak.row, leak.kind) == (1, "exact")
    assert row[slice(*leak.span)] == stories[7].rstrip("?")


def spelt(word: str) -> str:
    """A whole number below 100 in words."""
    if not word.isdigit() or int(word) < 20:
        return word
    tens, unit = divmod(int(word), 10)
    names = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    units = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return f"{names[tens - 2]}-{units[unit]}".rstrip("-")


DISGUISES: list[tuple[str, Callable[[str], str]]] = [
    ("case", str.upper),
    ("spacing", lambda text: text.replace(" ", " \n  ")),
    ("punctuation", lambda text: text.replace(".", " !").replace("?", "")),
    ("full-width", lambda text: "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in text)),
    ("zero-width", lambda text: "\u200b".join(text)),
    ("number format", lambda text: " ".join(f"{w}.0" if w.isdigit() else w for w in text.split())),
    ("look-alike letters", lambda text: text.translate(str.maketrans("aeopc", "аеорс"))),
    ("accents", lambda text: text.replace("a", "à").replace("e", "e\u0301").replace("o", "ö")),
    (
        "digits of another script",
        lambda text: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ),
    ("number words", lambda text: " ".join(spelt(word) for word in text.split())),
    ("no-break spaces", lambda text: text.replace(" ", "\u00a0")),
    ("split over turns", lambda text: text.replace(". ", ".\nYes?\nGo on.\n")),
    ("hidden in a longer row", lambda text: "lorem ipsum 5 " * 40 + text + " dolor 9" * 40),
]


@pytest.mark.parametrize(("name", "disguise"), DISGUISES, ids=[name for name, _ in DISGUISES])
def test_every_disguised_item_is_found(
    index: LeakIndex, stories: list[str], name: str, disguise: Callable[[str], str]
) -> None:
    rows = [disguise(text) for text in stories]
    assert {leak.row for leak in index.find(rows)} == set(range(len(rows))), name


def test_an_item_with_another_question_around_it_is_found(
    index: LeakIndex, stories: list[str]
) -> None:
    rows = [text.replace("How many", "Tell me the number which").rstrip("?") for text in stories]
    found = {leak.row for leak in index.find(rows)}
    assert len(found) >= 0.98 * len(rows)


GERMAN = [
    "{name} kauft {a} Kisten mit je {b} Stiften. {c} sind kaputt. Wie viele sind noch gut?",
    "Der Laden von {name} hat {a} Hefte. Noch {b} kommen dazu, {c} gehen weg. Und jetzt?",
    "Erst geht {name} {a} Meilen weit, dann {b}, und zuletzt {c} heim. Welche Strecke war das?",
]


def in_german(rng: random.Random, low: int, high: int) -> str:
    a, b, c = (rng.randint(low, high) for _ in range(3))
    return rng.choice(GERMAN).format(name=rng.choice(NAMES), a=a, b=b, c=c)


def test_translated_items_show_as_a_group_by_their_numbers(
    index: LeakIndex, stories: list[str]
) -> None:
    numbers = [re.findall(r"\d+", text) for text in stories[:40]]
    rows = [GERMAN[n % 3].format(name="Ada", a=a, b=b, c=c) for n, (a, b, c) in enumerate(numbers)]
    rng = random.Random(6)
    own = [story(rng, 2, 19) for _ in range(400)]
    found = index.find([*own, *rows])
    assert {leak.kind for leak in found} == {"numbers"}
    assert len(found) == len(rows)
    assert all(leak.row >= len(own) for leak in found)


def test_honest_rows_of_another_language_are_no_leaks(index: LeakIndex) -> None:
    rng = random.Random(7)
    assert index.find([in_german(rng, 20, 99) for _ in range(400)]) == []


def test_a_handful_of_translated_items_is_not_found(index: LeakIndex, stories: list[str]) -> None:
    a, b, c = re.findall(r"\d+", stories[0])
    assert index.find([GERMAN[0].format(name="Ada", a=a, b=b, c=c)]) == []


@pytest.mark.parametrize("written", ["1 200", "1.200", "1'200", "1200.0", "1.2e3", "1,200"])
def test_every_way_of_grouping_a_number_is_seen_through(written: str) -> None:
    items = [f"A mill grinds {n} sacks and {n + 77} bags. How many in all?" for n in (1200, 3400)]
    row = f"A mill grinds {written} sacks and 1277 bags. How many in all?"
    assert [leak.row for leak in LeakIndex.build(items_of(items)).find([row])] == [0]


def test_the_same_frames_with_other_numbers_are_no_leaks(index: LeakIndex) -> None:
    rng = random.Random(1)
    assert index.find([story(rng, 2, 19) for _ in range(500)]) == []


def test_two_small_problems_that_agree_by_chance_are_no_leak() -> None:
    items = [FRAMES[0].format(name=n, a=a, b=a + 1, c=2) for n in NAMES for a in range(2, 9)]
    row = FRAMES[0].format(name="Zoe", a=4, b=5, c=2)
    assert LeakIndex.build(items_of(items)).find([row]) == []


def test_numbers_of_the_working_do_not_stand_in_for_those_of_the_question() -> None:
    items = [f"A train has {a} cars with {b} seats. {c} are taken. How many are free?"
             for a, b, c in [(15, 26, 12), (34, 71, 58), (62, 93, 47)]]  # fmt: skip
    row = "A train has 12 cars with 15 seats. 26 are taken. How many are free? 12 * 15 26 12"
    assert LeakIndex.build(items_of(items)).find([row]) == []


def test_codes_keep_their_case() -> None:
    index = LeakIndex.build(items_of(["How many rings are in c1ccccc1CO?", "Say CCO", "Go"]))
    assert index.find(["How many rings are in C1CCCCC1CO?"]) == []
    assert [leak.kind for leak in index.find(["How many rings are in c1ccccc1CO?"])] == ["exact"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("In May, On T87", ["in", "may", "on", "t87"]),
        ("(C1CCCCC1), c1ccccc1.", ["C1CCCCC1", "c1ccccc1"]),
        ("CC(=O)O and [NH4+]?", ["CC(=O)O", "and", "NH4+"]),
        ("1,200.50 +7 -3.0 \uff11\uff12 007", ["1200.5", "7", "-3", "12", "7"]),
        ("Twelve + thirty", ["12", "30"]),
        ("x_y a-b don't", ["x", "y", "a", "b", "don", "t"]),
        ("twenty-one Ninety nine 20 1", ["21", "99", "20", "1"]),
        ("so\u200bft \ufb01n", ["soft", "fin"]),
    ],
)
def test_words_numbers_and_codes_are_levelled(text: str, tokens: list[str]) -> None:
    assert [token.text for token in tokenise(text)] == tokens


def test_a_table_with_its_rows_in_another_order_is_near() -> None:
    rng = random.Random(3)
    lines = [f"city{i} | {rng.randint(100, 999)} | {rng.randint(100, 999)}" for i in range(12)]
    items = ["\n".join(["name | size | age", *lines[i : i + 4], "Which is oldest?"])
             for i in (0, 4, 8)]  # fmt: skip
    row = "\n".join(["name | size | age", *reversed(lines[4:8]), "Which is the oldest one?"])
    assert [leak.kind for leak in LeakIndex.build(items_of(items)).find([row])] == ["near"]


def test_a_long_piece_of_a_long_item_is_an_ngram_leak() -> None:
    rng = random.Random(4)
    words = ["".join(rng.choices("abcdefghij", k=8)) for _ in range(3000)]
    items = [" ".join(rng.sample(words, 120)) for _ in range(20)]
    piece = " ".join(items[5].split()[30:90])
    (leak,) = LeakIndex.build(items_of(items)).find([f"Quoted: {piece} and so on"])
    assert leak.kind == "ngram"
    assert 0.3 < leak.share < 0.7


@given(st.text(max_size=80))
def test_tokens_lie_in_order_inside_the_text(text: str) -> None:
    start = 0
    for token in tokenise(text):
        assert start <= token.start < token.end <= len(text)
        start = token.start


def test_a_leak_survives_json() -> None:
    leak = Leak(3, "near", 0.7, (4, 9))
    document = {"row": 3, "kind": "near", "share": 0.7, "span": [4, 9]}
    assert Leak.from_dict(document) == leak


def test_the_text_of_a_row_holds_every_field() -> None:
    row = {"messages": [{"role": "user", "content": "a"}], "n": 4, "none": None}
    assert row_text(row).split() == ["user", "a", "4"]


def test_two_thousand_rows_take_less_than_two_seconds(stories: list[str]) -> None:
    rng = random.Random(5)
    index = LeakIndex.build(items_of([*stories, *(story(rng, 100, 999) for _ in range(400))]))
    rows = [story(rng, 2, 19) + " 3 * 4 = 12. 12 - 5 = 7." for _ in range(2000)]
    started = time.process_time()
    index.find(rows)
    assert time.process_time() - started < 2.0


def catalog_sets() -> Iterator[tuple[str, str]]:
    """The raw sets of the catalog's mini tasks."""
    for card in sorted(CATALOG.glob("mini_*/repository/*/card.yaml")):
        yield card.parents[2].name, card.parent.name


def words(text: str) -> str:
    """What a copy must share, found by a simpler way than the index goes."""
    return f" {' '.join(word.strip('.,?!:') for word in text.casefold().split())} "


@cache
def catalog_task(task: str) -> tuple[list[dict[str, str]], LeakIndex]:
    """The evaluation items of a catalog task, and their index."""
    paths = [CATALOG / task / "evaluation" / f"{s}.jsonl" for s in ("validation", "test")]
    items = [row for path in paths for row in read_jsonl(path)]
    return items, LeakIndex.build(items)


@pytest.mark.parametrize(("task", "name"), list(catalog_sets()))
def test_in_the_raw_sets_all_planted_copies_are_found_and_nothing_else(
    task: str, name: str
) -> None:
    items, index = catalog_task(task)
    folder = CATALOG / task / "repository" / name
    rows = [
        row_text({k: v for k, v in row.items() if k != "id"})
        for row in read_jsonl(folder / "rows.jsonl")
    ]
    copies = {words(item["prompt"]) for item in items}
    texts = [words(row) for row in rows]
    planted = {n for n, text in enumerate(texts) if any(copy in text for copy in copies)}
    assert {leak.row for leak in index.find(rows)} == planted


WISHES = (
    "Where is my new card?",
    "How do I change my PIN?",
    "Why was my payment declined?",
    "The machine kept my card",
    "Can I get a refund?",
    "What are your exchange rates?",
    "How long does a transfer take?",
    "My top up failed",
    "I lost my phone",
    "Do you support fiat currencies?",
    "Please close my account",
    "Who can have an account?",
)


def wish_index() -> LeakIndex:
    """Short wishes without a number or a code in them, under one frame."""
    return LeakIndex.build(items_of([f"Customer: {wish}\nIntent:" for wish in WISHES]))


def test_another_persons_words_for_a_short_wish_are_no_leak() -> None:
    rows = [
        "Customer: I ordered a new card last week, do you know where it is now?\nIntent:\narrival",
        "Customer: Help! How do I change my PIN at a machine abroad?\nIntent:\nchange pin",
        "Customer: my payment to the shop was declined again, why?\nIntent:\ndeclined payment",
        "Customer: Can I still get a refund for a thing I bought last year?\nIntent:\nrefund",
        "Customer: I lost my wallet and my phone yesterday\nIntent:\nlost phone",
    ]
    assert wish_index().find(rows * 20) == []


@pytest.mark.parametrize("wish", WISHES)
def test_a_short_wish_is_a_leak_when_it_is_copied_or_all_but_copied(wish: str) -> None:
    copied = f"Customer: {wish}\nIntent:\nsomething"
    bare = f"{wish.lower()}\nsomething"
    found = wish_index().find([copied, bare])
    assert [leak.row for leak in found] == [0, 1]
