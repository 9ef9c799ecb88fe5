"""How large a first training is: as many good rows and steps as a fair share of the budget allows.

A timid first plan costs more than it saves: each doubling afterwards is a trial of its own. Rows
come before repetitions, because a new row teaches more than an old one seen again. Time is
foretold by what was measured here; where nothing was, the plan stays small. The numbers it starts
from are in `priors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.agent.backends.playbook import priors
from ftassist.agent.cost import Speed, expected_rows, speed_of, supervised_work
from ftassist.agent.sets import SetView
from ftassist.agent.situation import Situation
from ftassist.models import registry

UNMEASURED_ROWS = 800
"""Rows of a first plan where nobody knows how long a row takes."""
UNMEASURED_SHARE = 4
"""Where the cap is far higher, it takes this part of it."""
FEWEST_ROWS = 100
"""Fewer are not worth a trial, however slow the machine."""
USUAL_LENGTH = 256
"""Tokens after which `train.sft` cuts rows if it is not told otherwise."""
ROUND_TO = 10


@dataclass(frozen=True)
class Size:
    """A first plan's size.

    Attributes:
        sets: Rows asked of each set.
        epochs: Passes over them.
        batch: Rows of a step.
    """

    sets: Mapping[str, int]
    epochs: int
    batch: int


def first_size(at: Situation, mix: Sequence[SetView]) -> Size:
    """The largest plan with these sets that a fair share of the seconds left allows."""
    speed = speed_of(at)
    pace = pace_of(at)
    batch = batch_size(at, mix)
    if speed is None:
        few = max(UNMEASURED_ROWS, at.row_cap // UNMEASURED_SHARE)
        sets = shared(mix, min(few, at.row_cap))
        return Size(sets, priors.epochs_of(pace, sum(sets.values()), batch), batch)
    sets = shared(mix, at.row_cap)
    wanted = priors.epochs_of(pace, sum(sets.values()), batch)
    share = fair_share(at)
    for epochs in range(wanted, 0, -1):
        if _seconds(at, speed, sets, epochs) <= share:
            return Size(sets, epochs, _enough_steps(at, pace, sets, epochs, batch))
    whole = sum(sets.values())
    room = share - speed.seconds(0.0)
    needed = _seconds(at, speed, sets, 1) - speed.seconds(0.0)
    rows = max(FEWEST_ROWS, int(whole * max(0.0, room) / needed)) if needed > 0 else whole
    sets = shared(mix, min(rows, whole))
    return Size(sets, 1, _enough_steps(at, pace, sets, 1, batch))


def fair_share(at: Situation) -> float:
    """Seconds of a trial where all that are left, and the finalist's re-runs, take as long."""
    budget = at.context.budget
    return budget.seconds_left / (max(1, budget.trials_left) + reserved_runs(at))


def reserved_runs(at: Situation) -> int:
    """Runs kept free of the budget: the finalist is trained again on so many fresh seeds."""
    return at.context.budget.fresh_seeds


def usual_training(at: Situation, mix: Sequence[SetView], rows: int) -> dict[str, Any]:
    """The usual settings for so many rows of these sets, by the size of the base.

    Rows as long as the task's card expects are not cut.
    """
    batch = batch_size(at, mix)
    return settings(at, priors.epochs_of(pace_of(at), rows, batch), batch)


def settings(at: Situation, epochs: int, batch: int) -> dict[str, Any]:
    """The arguments of a first training: all weights of the tiny model, an adapter for others."""
    length = at.context.task.max_length
    longer = {"max_length": length} if length > USUAL_LENGTH else {}
    if at.tiny:
        usual: dict[str, Any] = {"method": "full", "learning_rate": 1e-3}
    else:
        rate = priors.adapter_rate(*size_of_base(at))
        usual = {"method": "lora", "rank": priors.RANK, "learning_rate": rate}
    return {**usual, "epochs": epochs, "batch_size": batch, **longer}


def size_of_base(at: Situation) -> tuple[int, str]:
    """Width and architecture of the base, as measured or as the registry has it; 0 for unknown."""
    if width := at.context.speed.width:
        return width, at.context.speed.architecture
    known = registry.find(at.context.model)
    if known is None:
        return 0, ""
    return known.shape.width, "qwen2" if "qwen" in known.key else ""


def pace_of(at: Situation) -> priors.Pace:
    """How long a first training should be."""
    if at.tiny:
        return priors.TINY
    return priors.USUAL if speed_of(at) else priors.BLIND


def batch_size(at: Situation, mix: Sequence[SetView]) -> int:
    """Rows of a step for sets of these lengths."""
    return priors.batch_of(pace_of(at), max((s.tokens for s in mix), default=0))


def shared(mix: Sequence[SetView], rows: int) -> dict[str, int]:
    """Rows of each set: as even as their sizes allow, `rows` in all at most.

    A set that fits is taken whole: only what is drawn from one is a round number.
    """
    found: dict[str, int] = {}
    left = rows
    ordered = sorted(mix, key=lambda s: s.rows)
    for place, one in enumerate(ordered):
        found[one.name] = min(one.rows, left // (len(ordered) - place))
        left -= found[one.name]
    return {one.name: max(1, _drawn(found[one.name], one.rows)) for one in mix}


def _drawn(rows: int, there: int) -> int:
    return rows // ROUND_TO * ROUND_TO if 10 * ROUND_TO < rows < there else rows


def _seconds(at: Situation, speed: Speed, sets: Mapping[str, int], epochs: int) -> float:
    rows = expected_rows(at, sets, repeats_go=True)
    return speed.seconds(supervised_work(rows, at, epochs))


def _enough_steps(
    at: Situation, pace: priors.Pace, sets: Mapping[str, int], epochs: int, batch: int
) -> int:
    """A smaller batch where time allows few epochs: as many tokens, more steps."""
    while not at.tiny and batch > pace.few * 2 and _steps(sets, epochs, batch) < pace.steps / 3:
        batch //= 2
    return batch


def _steps(sets: Mapping[str, int], epochs: int, batch: int) -> float:
    return sum(sets.values()) * epochs / batch
