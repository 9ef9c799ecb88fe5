"""A rule for several devices of one machine, where time is what is short."""

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


@dataclass(frozen=True)
class MoreDevices:
    """The loss still falls and a longer training does not fit on one device: share it.

    Data parallel, every device holds the whole model and takes its share of each batch, so the
    training is the one it would be on one device, and only its time is another. As few devices as
    the time asks for: those it holds are missing to other trials. It expects a little less than a
    longer training that fits, since it takes the devices of others.
    """

    name: ClassVar[str] = "more_devices"
    prior: ClassVar[Prior] = Prior(0.04, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A falling loss; a fair share of the time left is too short for one, not for several."""
        longer = MoreEpochs().applies(at) if shares(at) else []
        one = MoreEpochs().change(at, longer[0]) if longer else None
        whole = estimate(at, one.cells).seconds if one else None
        share = fair_share(at)
        if whole is None or whole <= share:
            return []
        fits = _fewest(at, share)
        if fits is None:
            return []
        devices, seconds = fits
        took = at.parent.evidence.stage_seconds.get("train") if at.parent.evidence else None
        evidence = (*longer[0].evidence, Evidence(at.parent.id, "seconds its training took", took))
        cause = (
            f"{longer[0].cause} As long again takes {whole:.0f} s on one device, a fair share of "
            f"the time left is {share:.0f} s; on {devices} devices it is {seconds:.0f} s."
        )
        detail = {"devices": devices}
        return [Finding(cause, evidence, longer[0].strength, detail=detail)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Twice as many epochs, on so many devices."""
        return _edit(at, int(finding.detail["devices"]))


def shares(at: Situation) -> bool:
    """Whether a training may be shared: supervised, on one device, where a machine has several."""
    given = at.plan.settings
    several = int(at.context.device.get("devices") or 1) > 1
    return several and at.plan.trainer == "train.sft" and given.devices == 1


def _fewest(at: Situation, share: float) -> tuple[int, float] | None:
    """The fewest devices with which a longer training fits, and its seconds; None for none."""
    for devices in range(2, int(at.context.device["devices"]) + 1):
        edit = _edit(at, devices) if at.plan.settings.batch_size % devices == 0 else None
        seconds = estimate(at, edit.cells).seconds if edit else None
        if seconds is not None and seconds <= share:
            return devices, seconds
    return None


def _edit(at: Situation, devices: int) -> Edit | None:
    given = at.plan.settings
    epochs, each = doubled(at), given.batch_size // devices
    return training_edit(
        at,
        "train.devices:up",
        f"Train {epochs:g} epochs on {devices} devices instead of {given.epochs:g} on one: the "
        "loss was still falling, and a longer training does not fit on one.",
        f"epochs {given.epochs:g} to {epochs:g}, {each} of {given.batch_size} rows a device",
        devices=devices,
        epochs=epochs,
    )
