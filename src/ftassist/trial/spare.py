"""The spare kernel: started, imports done, before anybody knows which trial it will run.

Walls stand before the kernel starts and nothing can be let in later. So the spare is given an
empty folder beside the trials; when its trial is known, that folder is renamed to the trial's,
and the kernel, which has it mounted, is in the trial's folder. It runs one trial and ends, so
that nothing of one trial is ever in the next. Knows no jobs.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Self

from ftassist.errors import FtassistError
from ftassist.files import read_json
from ftassist.models import find
from ftassist.models.reference import CONFIG
from ftassist.trial import sandbox
from ftassist.trial.kernel import TrialKernel, private_folder
from ftassist.trial.kernel_main import PRELOAD

PRELOADED = ",".join(
    (
        "torch",
        "transformers",
        "trl",
        "peft",
        "datasets",
        "pydantic.dataclasses",
        "ftassist.recipes._trainer",
        "ftassist.recipes.curate",
        "ftassist.dojo.repository",
        "ftassist.dojo.tables.reader",
        "ftassist.dojo.evaluator.client",
        "ftassist.recipes.first_use:make_ahead",
    )
)
"""What the cells of most trials import or have made, at once or when a recipe is first called."""
PREFIX = ".spare-"


class Spare:
    """A kernel without a trial.

    Args:
        kernel: The kernel, started.
        staging: The empty folder it works in.
    """

    def __init__(self, kernel: TrialKernel, staging: Path) -> None:
        self.kernel = kernel
        self._staging = staging

    @classmethod
    async def start(
        cls, campaign: Path, model: str, repository: str = "", teacher: str = ""
    ) -> Self:
        """Starts one, its imports under way, no device touched.

        Args:
            campaign: The campaign's folder.
            model: The campaign's base model.
            repository: Its data repository: a task's key or a folder.
            teacher: Its teacher's folder; "" for none.

        Raises:
            FtassistError: It cannot be started.
        """
        trials = campaign.resolve() / "trials"
        trials.mkdir(parents=True, exist_ok=True)
        _sweep(trials)
        private = private_folder()
        # In the name, the process that would remove it: a folder without one is swept.
        staging = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=trials))
        staging.chmod(0o755)
        isolated = sandbox.available_isolation() != "none"
        environment = sandbox.kernel_environment(private, model="tiny", isolated=isolated)
        del environment["CUDA_VISIBLE_DEVICES"]
        environment[PRELOAD] = ",".join([PRELOADED, *_architecture(model)])
        walls = sandbox.trial_walls(
            staging,
            private,
            campaign=campaign,
            model=model,
            repository=repository,
            teacher=teacher,
            gpu=None,
        )
        try:
            kernel = await TrialKernel.start(staging, environment, private=private, walls=walls)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            shutil.rmtree(private, ignore_errors=True)
            raise
        return cls(kernel, staging)

    def adopt(self, folder: Path) -> bool:
        """Makes the kernel's folder the trial's.

        Returns:
            False where the trial's folder holds something already, such as an earlier attempt's
            checkpoints: then a kernel must be started for it.
        """
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._staging.rename(folder)
        except OSError:
            return False
        self.kernel.watch_folders(folder, self.kernel.private)
        return True

    async def end(self) -> None:
        """Ends the kernel, and removes the folder of one that never had a trial."""
        await self.kernel.end()
        shutil.rmtree(self._staging, ignore_errors=True)


def _architecture(model: str) -> list[str]:
    """The module of transformers that a base's weights are loaded into; none where unknown."""
    found = find(model) if "transformers" in PRELOADED else None
    if found is None or found.gguf_file:
        return []
    try:
        kind = str(read_json(found.path / CONFIG)["model_type"]).replace("-", "_")
    except (FtassistError, OSError, KeyError, TypeError):
        return []  # told when the base is loaded
    return [f"transformers.models.{kind}.modeling_{kind}"] if kind.isidentifier() else []


def _sweep(trials: Path) -> None:
    """Removes the folders of spares whose worker was killed."""
    for left in trials.glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        if not owner.isdigit() or not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)
