"""Raw training sets as they are found in life: each with its own field names and its own faults.

Turns prompt/response pairs into a folder of the data repository and holds the faults that are
planted (wrong labels, duplicates, leakage). Does not know any task.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHAT = "messages"
WORD = re.compile(r"(?<!\S)[A-Z][a-z]+(?=[\s.?,]|$)")


@dataclass(frozen=True)
class Pair:
    """A question, the text that answers it, and what it was made from.

    Attributes:
        prompt: The user's turn.
        response: The assistant's turn.
        answer: The gold answer alone.
        view: The view of the task it belongs to.
        origin: What must not be shared between splits (numbers, molecule, table rows).
        wrong: Whether a fault was planted in the response.
    """

    prompt: str
    response: str
    answer: str
    view: str
    origin: tuple[str, ...]
    wrong: bool = False


@dataclass(frozen=True)
class RawSet:
    """One raw set of a data repository, as the card and the rows tell it."""

    name: str
    title: str
    description: str
    fields: tuple[str, ...]
    licence: str
    provenance: str
    notes: str
    pairs: tuple[Pair, ...]

    def row(self, number: int, pair: Pair) -> dict[str, Any]:
        """The pair as this set stores it."""
        row: dict[str, Any] = {"id": f"{self.name}-{number:04d}"}
        if self.fields == (CHAT,):
            row[CHAT] = [
                {"role": "user", "content": pair.prompt},
                {"role": "assistant", "content": pair.response},
            ]
        else:
            row |= dict(zip(self.fields, (pair.prompt, pair.response), strict=True))
        return row

    def write(self, repository: Path) -> None:
        """Writes card.yaml and rows.jsonl below `repository`."""
        roles = ("messages",) if self.fields == (CHAT,) else ("prompt", "response")
        card = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "fields": dict(zip(roles, self.fields, strict=True)),
            "rows": len(self.pairs),
            "licence": self.licence,
            "provenance": self.provenance,
            "notes": self.notes,
        }
        folder = repository / self.name
        folder.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(card, sort_keys=False, allow_unicode=True, width=96)
        (folder / "card.yaml").write_text(text, encoding="utf-8")
        write_rows(folder / "rows.jsonl", [self.row(n, p) for n, p in enumerate(self.pairs)])


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def evaluation_rows(pairs: Sequence[Pair], split: str) -> list[dict[str, Any]]:
    """Pairs as evaluation items: the gold answer, never the worked solution."""
    return [
        {"id": f"{split}-{n:03d}", "view": p.view, "prompt": p.prompt, "answer": p.answer}
        for n, p in enumerate(pairs)
    ]


def with_wrong_labels(
    pairs: Sequence[Pair],
    share: float,
    spoil: Callable[[Pair, random.Random], Pair],
    rng: random.Random,
) -> list[Pair]:
    """Spoils exactly `share` of the pairs, at random places."""
    chosen = set(rng.sample(range(len(pairs)), round(share * len(pairs))))
    return [spoil(p, rng) if n in chosen else p for n, p in enumerate(pairs)]


def with_duplicates(
    pairs: Sequence[Pair], rows: int, near_share: float, rng: random.Random
) -> list[Pair]:
    """Fills up to `rows` with repeats of `pairs`, some changed in case or spacing."""
    filled = list(pairs)
    while len(filled) < rows:
        pair = rng.choice(pairs)
        if rng.random() < near_share:
            pair = with_prompt(pair, disguise(pair.prompt, rng))
        filled.append(pair)
    rng.shuffle(filled)
    return filled


def with_prompt(pair: Pair, prompt: str) -> Pair:
    """The same pair under another wording of the prompt."""
    return Pair(prompt, pair.response, pair.answer, pair.view, pair.origin, pair.wrong)


def disguise(text: str, rng: random.Random) -> str:
    """The same words in another case, with other spacing or without the last mark."""
    kind = rng.randrange(3)
    if kind == 0:
        return WORD.sub(lambda word: word.group().lower(), text)
    if kind == 1:
        return text.replace(". ", ".  ").replace("\n", " \n").replace("? ", "?  ") + " "
    return text.rstrip("?.") + " ?"


def leaked(pairs: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """Evaluation pairs as they turn up in a careless mirror: some verbatim, some disguised."""
    return [p if rng.random() < 0.5 else with_prompt(p, disguise(p.prompt, rng)) for p in pairs]


def shuffled(pairs: Sequence[Pair], rng: random.Random) -> tuple[Pair, ...]:
    """The pairs in another order."""
    copy = list(pairs)
    rng.shuffle(copy)
    return tuple(copy)
