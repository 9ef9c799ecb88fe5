"""Where two runs of the same training part: the first step whose losses are not the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.records.numerics import Fingerprint


def losses_of(rows: Sequence[Mapping[str, Any]]) -> dict[int, float | None]:
    """The training losses of a curve's rows, by step."""
    return {int(row["step"]): row["loss"] for row in rows if "loss" in row and "step" in row}


def parting(
    recorded: Mapping[int, float | None], now: Mapping[int, float | None], *, finished: bool
) -> int | None:
    """The first step whose losses differ, or, of finished trainings, that only one has."""
    steps = sorted({*recorded, *now} if finished else {*recorded} & {*now})
    missing = object()
    return next((s for s in steps if recorded.get(s, missing) != now.get(s, missing)), None)


def responsible(trainings: Sequence[Fingerprint], step: int | None) -> Fingerprint | None:
    """The fingerprint of the attempt that a step was computed in; None without one.

    A resumed training keeps the steps before its checkpoint: those are an earlier attempt's.
    """
    if not trainings:
        return None
    same = [one for one in trainings if one.training == trainings[-1].training]
    if step is None:
        return same[-1]
    before = [one for one in same if (one.step or 0) < step]
    # The last one that began before it computed it, unless it began anew after a loss.
    return before[-1] if before else same[-1]
