"""Space on the disk: enough before a stage starts, so that it need not fail in its middle."""

from __future__ import annotations

import shutil
from pathlib import Path

from ftassist.errors import FtassistError

LEAST_BYTES = 64 * 1024 * 1024
"""Space every stage wants: rows, notebook, logs, journal."""
_MODELS = {"train": 4.0}
"""Base models' worth of space by stage: two checkpoints, the saved model and its cached copy."""


def check_space(folder: Path, stage: str, model_bytes: int) -> None:
    """Refuses to start a stage that would fill the disk.

    Args:
        folder: Where it writes.
        stage: The stage.
        model_bytes: Size of the base model.

    Raises:
        FtassistError: There is less free space than it may need; says how much of each.
    """
    free = shutil.disk_usage(folder).free
    needed = LEAST_BYTES + _MODELS.get(stage, 0.0) * model_bytes
    if free < needed:
        raise FtassistError(
            f"{_mebibytes(free)} are free on the disk, {stage} may need {_mebibytes(needed)}",
            where=str(folder),
            fix="free some space; `ftassist gc` removes models of losing trials",
        )


def _mebibytes(count: float) -> str:
    return f"{count / 2**20:,.0f} MiB"
