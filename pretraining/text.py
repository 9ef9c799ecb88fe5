"""Plain English: the documentation inside the standard library, small stories, chemistry prose."""

import importlib
import inspect
import sys
from random import Random

from pretraining.words import ADJECTIVES, CHEMISTRY, CONTAINERS, NAMES, PLACES, THINGS, VERBS

_SKIPPED = {"antigravity", "this", "idlelib", "turtledemo", "lib2to3", "test"}
_PIECE = 700


def library() -> list[str]:
    """Return the pydoc topics and the docstrings of the standard library, in pieces.

    Modules that cannot be imported on this platform are left out.
    """
    topics = importlib.import_module("pydoc_data.topics").topics
    texts = dict.fromkeys(str(text) for _, text in sorted(topics.items()))
    for name in sorted(sys.stdlib_module_names):
        if name in _SKIPPED or name.startswith("_"):
            continue
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        texts.update(dict.fromkeys(_docstrings(module)))
    return [piece for text in texts for piece in _pieces(text)]


def _docstrings(module: object) -> list[str]:
    found = [inspect.getdoc(module)]
    for _, member in sorted(vars(module).items(), key=lambda pair: pair[0]):
        if inspect.isclass(member) or inspect.isroutine(member):
            found.append(inspect.getdoc(member))
        if inspect.isclass(member):
            found += [
                inspect.getdoc(part)
                for _, part in sorted(vars(member).items())
                if inspect.isroutine(part)
            ]
    return [text for text in found if text and len(text) > 60 and text.isascii()]


def _pieces(text: str) -> list[str]:
    """Cut a text at line ends into pieces of about `_PIECE` characters."""
    pieces, held = [], ""
    for line in text.splitlines(keepends=True):
        if held and len(held) + len(line) > _PIECE:
            pieces.append(held.strip("\n"))
            held = ""
        held += line
    pieces.append(held.strip("\n"))
    return [piece for piece in pieces if len(piece) > 40]


_OPENINGS = (
    "One morning {a} went to the {p}.",
    "{a} lives near the {p}.",
    "{a} and {b} are friends.",
    "Every day {a} walks to the {p}.",
    "Last week {a} had a plan.",
    "{a} works at the {p}.",
    "It was a {d} day at the {p}.",
)
_MIDDLES = (
    "{a} {v} the {t}.",
    "Then {b} {v} some {d} {t}.",
    "There were {t} in every {c}.",
    "She put the {t} into a {d} {c}.",
    "He wanted more {t} than {b} had.",
    "{b} gave a few {t} to {a}.",
    "They each took one {c} home.",
    "The {t} cost less than the {u}.",
    "A {c} holds many {t}.",
    "After that, {a} had no {t} left.",
    "{a} shared the {u} equally with {b}.",
    "Some of the {t} were {d}.",
    "The total was written on a {c}.",
    "How many {t} did {a} need? Nobody knew.",
    "{b} sold the {t} at the {p}.",
)
_ENDINGS = (
    "In the end they went home.",
    "{a} was happy.",
    "The {p} closed at night.",
    "Both of them slept well.",
    "{b} said thank you.",
    "Tomorrow {a} will come again.",
)


def story(rng: Random) -> str:
    """Return a small story of everyday words, without a sum to work out."""
    lines = [rng.choice(_OPENINGS), *rng.choices(_MIDDLES, k=rng.randrange(2, 7))]
    lines.append(rng.choice(_ENDINGS))
    a, b = rng.sample(NAMES, 2)
    place = rng.choice(PLACES)
    told = []
    for line in lines:
        t, u = rng.sample(THINGS, 2)
        told.append(
            line.format(
                a=a,
                b=b,
                p=place,
                t=t,
                u=u,
                v=rng.choice(VERBS),
                c=rng.choice(CONTAINERS),
                d=rng.choice(ADJECTIVES),
            )
        )
    return " ".join(told)


_PROSE = (
    "The {x} is part of the {y}.",
    "A {x} can hold one {y} or more.",
    "Each {x} has a {y}.",
    "An {x} differs from a {y}.",
    "The {x} and the {y} share a bond.",
    "A SMILES string writes a {x} as text.",
    "In this {x} every {y} is counted once.",
    "The number of {x} depends on the {y}.",
    "A {x} may contain a {y}.",
    "Does the {x} contain a {y}?",
    "Ring bonds close the {x}.",
    "The {x} is {d}.",
)


def chemistry(rng: Random) -> str:
    """Return loose sentences that use chemical words; they say nothing about a given string."""
    lines = []
    for _ in range(rng.randrange(2, 7)):
        x, y = rng.sample(CHEMISTRY, 2)
        lines.append(rng.choice(_PROSE).format(x=x, y=y, d=rng.choice(ADJECTIVES)))
    return " ".join(lines)
