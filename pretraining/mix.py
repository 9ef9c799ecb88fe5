"""The pretraining mix: shares of the skills, text and SMILES, and an endless stream of them.

Frozen on 2026-11-20 before any result on the dojo's tasks was seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from pretraining.conversation import Skill, converse
from pretraining.molecules import listing, spellings
from pretraining.skills import lookup, numbers, strings, tables
from pretraining.text import chemistry, story
from pretraining.tokenizer import END, START

ANSWER_WEIGHT, PROMPT_WEIGHT, TEXT_WEIGHT = 1.0, 0.05, 0.3

SKILLS: dict[str, tuple[Skill, float]] = {
    "table reading": (tables.reading, 0.13),
    "table reckoning": (tables.reckoning, 0.14),
    "table claims": (tables.claims, 0.12),
    "pairs": (lookup.pairs, 0.07),
    "scenes": (lookup.scenes, 0.04),
    "maps": (lookup.maps, 0.03),
    "options": (lookup.options, 0.03),
    "phrases": (numbers.phrases, 0.07),
    "chains": (numbers.chains, 0.09),
    "trees": (numbers.trees, 0.04),
    "comparisons": (numbers.comparisons, 0.04),
    "orderings": (numbers.orderings, 0.03),
    "copies": (strings.copies, 0.04),
    "spans": (strings.spans, 0.02),
    "reversals": (strings.reversals, 0.02),
    "symbol counts": (strings.symbol_counts, 0.06),
    "word counts": (strings.word_counts, 0.03),
    "sameness": (strings.sameness, 0.02),
    "membership": (strings.membership, 0.02),
}
# By document; a library piece or a table is longer than the others (the card counts tokens).
KINDS = {
    "skill": 0.80,
    "library": 0.07,
    "story": 0.03,
    "chemistry": 0.01,
    "smiles": 0.05,
    "spellings": 0.04,
}


@dataclass(frozen=True)
class Document:
    """Text in parts, each with the loss weight of its tokens; `kind` names a share of the mix."""

    kind: str
    parts: tuple[tuple[str, float], ...]


def chat(rng: Random, kind: str, skill: Skill) -> Document:
    """Return one conversation in ChatML; only what the assistant says has full weight."""
    parts: list[tuple[str, float]] = []
    opening = ""
    for message in converse(rng, skill(rng)):
        opening += f"{START}{message.role}\n"
        if message.role == "assistant":
            parts += [(opening, PROMPT_WEIGHT), (message.content + END, ANSWER_WEIGHT)]
            opening = "\n"
        else:
            opening += f"{message.content}{END}\n"
    return Document(kind, tuple(parts))


def stream(rng: Random, library: list[str], molecules: list[str]) -> Iterator[Document]:
    """Yield documents of the mix for ever."""
    kinds, shares = list(KINDS), list(KINDS.values())
    names, weights = list(SKILLS), [share for _, share in SKILLS.values()]
    while True:
        kind = rng.choices(kinds, shares)[0]
        if kind == "skill":
            name = rng.choices(names, weights)[0]
            yield chat(rng, name, SKILLS[name][0])
        elif kind == "spellings":
            yield chat(rng, kind, lambda random: spellings(random, molecules))
        else:
            text = {
                "library": lambda: rng.choice(library),
                "story": lambda: story(rng),
                "chemistry": lambda: chemistry(rng),
                "smiles": lambda: listing(rng, molecules),
            }[kind]()
            yield Document(kind, ((text + END, TEXT_WEIGHT),))
