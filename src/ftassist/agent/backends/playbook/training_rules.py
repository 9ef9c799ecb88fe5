"""Rules about the training: how long, how fast, how much of the model.

They read the loss curves and change one argument of the train cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import training_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import TrialView
from ftassist.numerals import change
from ftassist.records.proposal import Evidence

FALLING = -0.04
"""The loss still falls when its last quarter drops by this share or more."""
FLAT = 0.02
RISING = 0.05
LEARNED = 0.02
"""Below this share of its start the loss has little left to fall."""
MOST_EPOCHS = 10
MOST_RANK = 64
LONGER = "train.epochs:up"
"""The key of a longer training."""


def rounded(rate: float) -> float:
    """A learning rate with two digits."""
    return float(f"{rate:.2g}")


@dataclass(frozen=True)
class MoreEpochs:
    """The loss is still falling at the end: train longer.

    A curve that has not flattened has more to give, as long as the loss on held-out rows falls,
    too. Each further pass brings less, and costs as much as the one before: after a longer
    training that bought nothing, something cheaper is tried first.
    """

    name: ClassVar[str] = "more_epochs"
    prior: ClassVar[Prior] = Prior(0.05, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A falling tail, on the training or on the held-out rows, and none that rises."""
        loss = at.loss
        if at.plan.train is None or loss is None or not loss.finite:
            return []
        epochs = at.plan.settings.epochs
        falling_held_out = _held_out_change(loss.validation)
        if epochs >= MOST_EPOCHS or (loss.validation_rise or 0.0) > 0.02 or longer_in_vain(at):
            return []
        slope = min(loss.slope or 0.0, falling_held_out or 0.0)
        if slope > FALLING:
            return []
        evidence = [Evidence(at.parent.id, "change of the loss at the end", loss.slope)]
        if falling_held_out is not None:
            claim = "last change of the loss on held-out rows"
            evidence.append(Evidence(at.parent.id, claim, falling_held_out))
        cause = (
            f"The loss was still falling when training ended after {epochs:g} epochs "
            f"({change(slope)} at the end)."
        )
        strength = min(1.0, 0.4 + 4.0 * abs(slope)) / (1.0 + max(0.0, epochs - 2) / 4.0)
        if loss.start and loss.end is not None and loss.end < LEARNED * loss.start:
            strength *= 0.6
        return [Finding(cause, tuple(evidence), strength)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Twice as many epochs, up to ten."""
        return epochs_edit(at, doubled(at), "the loss was still falling")


@dataclass(frozen=True)
class FewerEpochs:
    """The loss on held-out rows rises while the training loss falls: stop earlier.

    From there on the model learns the rows by heart. Half the epochs keep what was learned
    before; more different rows would be the other cure.
    """

    name: ClassVar[str] = "fewer_epochs"
    prior: ClassVar[Prior] = Prior(0.04, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """The rise of the held-out loss above its lowest point."""
        loss = at.loss
        rise = loss.validation_rise if loss else None
        if at.plan.train is None or loss is None or rise is None or rise < RISING:
            return []
        if at.plan.settings.epochs <= 1 or (loss.slope or 0.0) > FLAT:
            return []
        evidence = (
            Evidence(at.parent.id, "rise of the held-out loss above its lowest", round(rise, 3)),
            Evidence(at.parent.id, "change of the training loss at the end", loss.slope),
        )
        cause = f"The loss on held-out rows rose by {rise:.0%} while the training loss fell."
        return [Finding(cause, evidence, min(1.0, 0.4 + 2 * rise))]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Half the epochs."""
        epochs = at.plan.settings.epochs
        return epochs_edit(at, max(1.0, epochs / 2), "the held-out loss was rising")


@dataclass(frozen=True)
class LowerRate:
    """The loss jumps about or did not come down: halve the learning rate.

    Steps that are too long overshoot: the loss spikes, or ends where it began. A rate that is too
    low only costs time; one that is too high costs the result.
    """

    name: ClassVar[str] = "lower_rate"
    prior: ClassVar[Prior] = Prior(0.05, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Spikes, or an end loss that is not below the start."""
        loss = at.loss
        if at.plan.train is None or loss is None:
            return []
        stuck = loss.start is not None and loss.end is not None and loss.end > 0.95 * loss.start
        if loss.finite and loss.spikes < 2 and not stuck:
            return []
        what = f"jumped {loss.spikes} times"
        if not loss.finite:
            what = "was not a number at some step"
        elif stuck:
            what = f"ended at {loss.end:.2f}, having begun at {loss.start:.2f}"
        evidence = (
            Evidence(at.parent.id, "steps with a jump of the loss", float(loss.spikes)),
            Evidence(at.parent.id, "loss at the end", loss.end),
        )
        return [Finding(f"The loss {what}.", evidence, 1.0 if stuck or not loss.finite else 0.6)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Half the learning rate."""
        return rate_edit(at, 0.5, "the loss was unsteady")


@dataclass(frozen=True)
class RaiseRate:
    """The loss comes down slowly and smoothly: double the learning rate.

    A smooth curve that gets through little of the way within the budget is a sign that the steps
    are too short for the number of them.
    """

    name: ClassVar[str] = "raise_rate"
    prior: ClassVar[Prior] = Prior(0.03, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Little progress without spikes."""
        loss = at.loss
        if at.plan.train is None or loss is None or not loss.finite or loss.spikes:
            return []
        if not loss.start or loss.end is None or loss.steps < 10:
            return []
        progress = 1.0 - loss.end / loss.start
        if progress > 0.6 or progress < 0.05 or (loss.validation_rise or 0.0) > 0.02:
            return []
        evidence = (
            Evidence(at.parent.id, "loss at the start", loss.start),
            Evidence(at.parent.id, "loss at the end", loss.end),
        )
        cause = f"The loss came down smoothly, but only from {loss.start:.2f} to {loss.end:.2f}."
        return [Finding(cause, evidence, 1.0 - progress)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Twice the learning rate."""
        return rate_edit(at, 2.0, "the loss came down slowly")


@dataclass(frozen=True)
class MoreCapacity:
    """The adapter's loss is flat and high although the data are fine: give it more room.

    A low rank limits what an adapter can change. When the curve has flattened high above zero and
    nothing is wrong with the rows, a higher rank, or training all weights, is the next thing.
    """

    name: ClassVar[str] = "more_capacity"
    prior: ClassVar[Prior] = Prior(0.03, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """LoRA with a flat, high tail."""
        loss = at.loss
        if at.plan.train is None or at.plan.settings.method != "lora":
            return []
        if loss is None or loss.slope is None or loss.end is None or not loss.start:
            return []
        if abs(loss.slope) > FLAT or loss.end < 0.25 * loss.start:
            return []
        if any((s.label_error or 0.0) >= 0.15 and at.share(s.name) > 0.3 for s in at.used):
            return []
        rank = at.plan.settings.rank
        evidence = (
            Evidence(at.parent.id, "loss at the end", loss.end),
            Evidence(at.parent.id, "change of the loss at the end", loss.slope),
        )
        cause = (
            f"With rank {rank} the loss is flat ({change(loss.slope)}) at {loss.end:.2f}, "
            f"{loss.end / loss.start:.0%} of where it began."
        )
        return [Finding(cause, evidence, min(1.0, loss.end / loss.start + 0.3))]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Twice the rank; above 64, full training of a tiny model."""
        return capacity_edit(at)


def longer_in_vain(at: Situation) -> bool:
    """Whether the last longer training on the way here bought nothing that could be measured.

    Another one would cost as much as all before it together, and is likely to buy less.
    """
    view: TrialView | None = at.parent
    while view is not None:
        outcome = at.context.outcome(view.id)
        if view.key == LONGER:
            return outcome is not None and not outcome.promising
        view = at.context.trials.get(view.parent or "")
    return False


def doubled(at: Situation) -> float:
    """Twice as many epochs, up to ten."""
    return _whole(min(2 * at.plan.settings.epochs, MOST_EPOCHS))


def epochs_edit(at: Situation, epochs: float, why: str) -> Edit | None:
    """The plan with another number of epochs."""
    now = at.plan.settings.epochs
    value = _whole(epochs)
    if value == now:
        return None
    return training_edit(
        at,
        LONGER if value > now else "train.epochs:down",
        f"Train {value:g} epochs instead of {now:g}: {why}.",
        f"epochs {now:g} to {value:g}",
        epochs=value,
    )


def rate_edit(at: Situation, factor: float, why: str) -> Edit | None:
    """The plan with another learning rate."""
    now = at.plan.settings.learning_rate
    if now is None:
        return None
    rate = rounded(now * factor)
    return training_edit(
        at,
        f"train.learning_rate:{'up' if factor > 1 else 'down'}",
        f"Learning rate {rate:g} instead of {now:g}: {why}.",
        f"learning rate {now:g} to {rate:g}",
        learning_rate=rate,
    )


def capacity_edit(at: Situation) -> Edit | None:
    """The plan with twice the rank, or with full training."""
    rank = at.plan.settings.rank
    if rank < MOST_RANK:
        return training_edit(
            at,
            "train.rank:up",
            f"Adapter rank {2 * rank} instead of {rank}: the loss is flat and high.",
            f"rank {rank} to {2 * rank}",
            rank=2 * rank,
        )
    return full_edit(at) if at.tiny else None


def full_edit(at: Situation) -> Edit | None:
    """The plan with all weights trained, at the rate that suits it (a third of LoRA's)."""
    rate = rounded((at.plan.settings.learning_rate or 3e-3) / 3.0)
    return training_edit(
        at,
        "train.method:full",
        f"Train all weights, at a learning rate of {rate:g}, instead of an adapter.",
        "LoRA to full training, with the rate that suits it",
        method="full",
        rank=None,
        alpha=None,
        layers=None,
        learning_rate=rate,
    )


def adapter_edit(at: Situation) -> Edit | None:
    """The plan with a LoRA adapter instead of all weights, at three times the rate."""
    rate = rounded((at.plan.settings.learning_rate or 1e-3) * 3.0)
    return training_edit(
        at,
        "train.method:lora",
        f"Train a LoRA adapter of rank 16, at a learning rate of {rate:g}, not all weights.",
        "full training to LoRA, with the rate that suits it",
        method="lora",
        rank=16,
        learning_rate=rate,
    )


def _whole(epochs: float) -> float:
    """A number of epochs as a cell has it: 4, not 4.0."""
    return int(epochs) if float(epochs).is_integer() else epochs


def _held_out_change(validation: Sequence[tuple[int, float]]) -> float | None:
    """Change of the last held-out loss against the one before, as a share; None for too few."""
    if len(validation) < 2 or validation[-2][1] <= 0:
        return None
    return round(validation[-1][1] / validation[-2][1] - 1.0, 4)
