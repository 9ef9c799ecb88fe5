"""A kernel for cells of which nothing is kept: behind a trial's walls, in a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ftassist.models.clock import DAY_VARIABLE
from ftassist.models.system_turn import SYSTEM_VARIABLE
from ftassist.trial import gpu, sandbox
from ftassist.trial.execution import kernel_variables
from ftassist.trial.job import TrialSpec
from ftassist.trial.kernel import TrialKernel


async def scratch_kernel(
    campaign: Path,
    spec: TrialSpec,
    folder: Path,
    private: Path,
    lease: gpu.Lease,
    more: Mapping[str, str] | None = None,
) -> TrialKernel:
    """Starts a kernel that sees what a trial's would, but for the evaluator.

    Args:
        campaign: The campaign's folder, of which nothing is seen.
        spec: The trial whose cells it will run.
        folder: The folder it works in.
        private: The kernel's own.
        lease: The device.
        more: Further environment variables.
    """
    isolated = sandbox.available_isolation() != "none"
    environment = sandbox.kernel_environment(
        private, model=spec.model, gpu=lease.visible, isolated=isolated
    )
    environment |= kernel_variables(spec, folder, attempt=0, spare=False)
    if spec.day:
        environment[DAY_VARIABLE] = spec.day
    environment[SYSTEM_VARIABLE] = spec.system_turn
    walls = sandbox.trial_walls(
        folder,
        private,
        campaign=campaign,
        model=spec.model,
        repository=spec.repository,
        teacher=spec.teacher,
        gpu=lease.visible,
    )
    return await TrialKernel.start(
        folder, environment | dict(more or {}), private=private, walls=walls
    )
