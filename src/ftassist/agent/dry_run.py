"""What a proposal tells of its dry run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftassist.trial.tried import Tried

_TOLD = 300


def told(runs: Sequence[Tried]) -> dict[str, Any]:
    """The dry runs of one proposal, the last of which passed, as its document has them."""
    last = runs[-1]
    document: dict[str, Any] = {
        "seconds": round(sum(run.seconds for run in runs), 1),
        "settled": last.settled,
    }
    if not last.settled:
        document["why"] = _line(last.message)
    if mended := [broke(run) for run in runs[:-1]]:
        document["mended"] = mended
    return document


def broke(run: Tried) -> str:
    """Where cells broke and what was said, in a line."""
    return f"{run.stage}: {_line(run.message)} ({run.failure})"


def _line(text: str) -> str:
    return " ".join(text.split())[:_TOLD]
