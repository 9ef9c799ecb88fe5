"""A rule for how much of the model is trained where time is what is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ftassist.agent.backends.playbook.edits import training_edit
from ftassist.agent.backends.playbook.first_size import fair_share
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.backends.playbook.training_rules import MoreEpochs, doubled
from ftassist.agent.cost import estimate
from ftassist.agent.situation import Situation
from ftassist.records.proposal import Evidence

FEWEST_LAYERS = 8
"""Half of fewer is too little to learn with."""


@dataclass(frozen=True)
class LastLayers:
    """The loss still falls and a longer training does not fit: twice as long, on half the layers.

    On a CPU what the layers below the adapted ones make of the rows is computed once, so that a
    further epoch of the last half costs half (measured: .52 with 15 of 30 layers). It buys steps
    for capacity: where few epochs were enough, half the layers learned less (.67 against .82 on
    320 rows, 8 of 30). So it is tried only where steps are what lacks, and expects little.
    """

    name: ClassVar[str] = "last_layers"
    prior: ClassVar[Prior] = Prior(0.02, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A falling loss; a fair share of the time left is too short for all, and not for half."""
        longer = MoreEpochs().applies(at) if _can_do(at) else []
        half = _edit(at) if longer else None
        if half is None:
            return []
        both = (MoreEpochs().change(at, longer[0]), half)
        whole, cheap = (estimate(at, e.cells).seconds if e else None for e in both)
        share = fair_share(at)
        if whole is None or cheap is None or not cheap <= share < whole:
            return []
        took = at.parent.evidence.stage_seconds.get("train") if at.parent.evidence else None
        evidence = (*longer[0].evidence, Evidence(at.parent.id, "seconds its training took", took))
        cause = (
            f"{longer[0].cause} As long again takes {whole:.0f} s, a fair share of the time left "
            f"is {share:.0f} s; with adapters on the last half of the layers it is {cheap:.0f} s."
        )
        return [Finding(cause, evidence, longer[0].strength)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Adapters on the last half of the layers, and twice as many epochs."""
        return _edit(at)


def _can_do(at: Situation) -> bool:
    """Whether what lies below the adapted layers is computed once: an adapter, on a CPU."""
    given, base = at.plan.settings, at.context.speed
    return (
        at.plan.trainer == "train.sft"
        and given.method == "lora"
        and given.layers is None
        and base.device == "cpu"
        and (base.layers or 0) >= FEWEST_LAYERS
    )


def _edit(at: Situation) -> Edit | None:
    half = (at.context.speed.layers or 0) // 2
    now, epochs = at.plan.settings.epochs, doubled(at)
    return training_edit(
        at,
        "train.layers:down",
        f"Train the last {half} layers for {epochs:g} epochs instead of all for {now:g}: the loss "
        "was still falling, and a longer training of all does not fit.",
        f"the last {half} layers, epochs {now:g} to {epochs:g}",
        layers=half,
        epochs=epochs,
    )
