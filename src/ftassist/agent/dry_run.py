"""What a proposal tells of its dry run."""

from __future__ import annotations

from collections.abc import Sequence

from ftassist.records.proposal import DryRun
from ftassist.records.tried import Tried

_TOLD = 300


def told(runs: Sequence[Tried]) -> DryRun:
    """The dry runs of one proposal, the last of which passed, as it keeps them."""
    last = runs[-1]
    return DryRun(
        seconds=round(sum(run.seconds for run in runs), 1),
        settled=last.settled,
        why="" if last.settled else _line(last.message),
        mended=tuple(broke(run) for run in runs[:-1]),
    )


def broke(run: Tried) -> str:
    """Where cells broke and what was said, in a line."""
    return f"{run.stage}: {_line(run.message)} ({run.failure})"


def _line(text: str) -> str:
    return " ".join(text.split())[:_TOLD]
