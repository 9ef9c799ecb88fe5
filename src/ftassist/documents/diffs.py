"""What differs between two trials: cells as unified diffs, and the parameters that changed.

Text in, text out. A cell that is no flat list of calls is compared as text only.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ftassist.agent.cells import Call, parse
from ftassist.agent.difference import value_text
from ftassist.documents.words import clean
from ftassist.journal.state import STAGES, Trial


@dataclass(frozen=True)
class CellDiff:
    """One stage of a trial against the same stage of another.

    Attributes:
        stage: curate, train or evaluate.
        lines: Unified diff lines without file headers; empty when nothing changed.
        added: Lines added.
        removed: Lines removed.
    """

    stage: str
    lines: tuple[str, ...]
    added: int
    removed: int

    @property
    def summary(self) -> str:
        """What changed in numbers: "+6 −2" or "unchanged"."""
        return f"+{self.added} −{self.removed}" if self.lines else "unchanged"


@dataclass(frozen=True)
class ParameterChange:
    """An argument of a recipe that differs, in words; None stands for "not given"."""

    stage: str
    name: str
    before: str | None
    after: str | None


def cell_diffs(before: Mapping[str, str], after: Mapping[str, str]) -> list[CellDiff]:
    """A diff for each stage, in order."""
    return [_cell_diff(stage, before.get(stage, ""), after.get(stage, "")) for stage in STAGES]


def parent_cells(parent: Trial | None) -> Mapping[str, str]:
    """The cells a trial is compared with; the base has none."""
    return parent.cells if parent is not None else {}


def edited_lines(trial: Trial) -> dict[str, list[int]]:
    """For each stage a person edited: which of its lines, from 1 on, were not proposed so."""
    proposed = trial.proposal.cells
    return {
        stage: _new_lines(_lines(proposed.get(stage, "")), _lines(trial.cells[stage]))
        for stage in STAGES
        if stage in trial.edited and stage in trial.cells
    }


def parameter_changes(
    before: Mapping[str, str], after: Mapping[str, str]
) -> list[ParameterChange]:
    """Only the arguments that differ; a new stage or one with free code in it gives none."""
    changes: list[ParameterChange] = []
    for stage in STAGES:
        if not before.get(stage, "").strip():
            continue
        old, new = parse(stage, before.get(stage, "")), parse(stage, after.get(stage, ""))
        if old is None or new is None:
            continue
        left, right = _arguments(old), _arguments(new)
        for name in [*left, *(n for n in right if n not in left)]:
            if left.get(name) != right.get(name):
                changes.append(ParameterChange(stage, name, left.get(name), right.get(name)))
    return changes


def _cell_diff(stage: str, before: str, after: str) -> CellDiff:
    old, new = _lines(before), _lines(after)
    lines = tuple(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    return CellDiff(stage, lines, added, removed)


def _new_lines(old: Sequence[str], new: Sequence[str]) -> list[int]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        line + 1
        for kind, _, _, start, end in matcher.get_opcodes()
        if kind in ("insert", "replace")
        for line in range(start, end)
    ]


def _lines(source: str) -> list[str]:
    return [clean(line) for line in source.splitlines()]


def _arguments(calls: Sequence[Call]) -> dict[str, str]:
    """The arguments of all calls by dotted name; a repeated call is numbered."""
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for call in calls:
        seen[call.function] = seen.get(call.function, 0) + 1
        count = seen[call.function]
        name = call.function if count == 1 else f"{call.function} {count}"
        if call.positional or not call.keywords:
            told = ", ".join(value_text(value) for value in call.positional)
            found[name] = clean(told) or "called"
        for keyword, value in call.keywords.items():
            found[f"{name}.{keyword}"] = clean(value_text(value, keyword))
    return found
