"""Words for the generators: invented ones, everyday English ones, and labels made of both.

Invented words make look-up and copying the only way to answer; English words give the
embeddings of everyday vocabulary something to learn from.
"""

from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"


def _listed(name: str) -> list[str]:
    return (DATA / f"{name}.txt").read_text().split()


NAMES = _listed("names")
THINGS = _listed("things")
PLACES = _listed("places")
CONTAINERS = _listed("containers")
VERBS = _listed("verbs")
ADJECTIVES = _listed("adjectives")
NOUNS = _listed("nouns")
CHEMISTRY = _listed("chemistry")

_ONSETS = (*"bdfghjklmnprstvwz", "br", "dr", "gr", "kl", "pl", "st", "tr", "sn", "fl")
_VOWELS = "aeiou"
_CODAS = ["", "", "", "b", "d", "k", "l", "m", "n", "p", "r", "s", "t", "x", "nd", "lt"]


def invented(rng: Random) -> str:
    """Return a lower-case word of two or three open or closed syllables."""
    syllables = [
        rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.choice((1, 2, 2, 2, 3)))
    ]
    return "".join(syllables) + rng.choice(_CODAS)


def label(rng: Random) -> str:
    """Return a word that can stand for a key, an entity or a column."""
    kind = rng.random()
    if kind < 0.45:
        word = invented(rng)
        return word.capitalize() if rng.random() < 0.3 else word
    if kind < 0.6:
        return rng.choice(NAMES)
    if kind < 0.75:
        return rng.choice(THINGS)
    if kind < 0.83:
        return f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"
    if kind < 0.9:
        return rng.choice(PLACES)
    return rng.choice("ABCDEFGHKLMNPRST") + str(rng.randrange(1, 100))


def distinct(rng: Random, count: int) -> list[str]:
    """Return `count` labels that all differ, ignoring case."""
    found: dict[str, str] = {}
    while len(found) < count:
        word = label(rng)
        found.setdefault(word.lower(), word)
    return list(found.values())


def column_names(rng: Random, count: int) -> list[str]:
    """Return `count` different table headings."""
    found: set[str] = set()
    while len(found) < count:
        kind = rng.random()
        if kind < 0.6:
            found.add(rng.choice(NOUNS))
        elif kind < 0.7:
            middle = rng.choice(("2", "3", "in", "per", "of"))
            found.add(f"{rng.choice(NOUNS)} {middle} {invented(rng)}")
        else:
            found.add(invented(rng))
    names = sorted(found)
    rng.shuffle(names)
    return [name.capitalize() for name in names] if rng.random() < 0.4 else names


def whole(rng: Random, most_digits: int = 4) -> int:
    """Return a non-negative integer; short ones are as common as long ones."""
    digits = rng.choices(range(1, most_digits + 1), (3, 5, 3, 2)[:most_digits])[0]
    return rng.randrange(0 if digits == 1 else 10 ** (digits - 1), 10**digits)
