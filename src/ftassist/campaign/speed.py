"""Measures, once a campaign, how fast this machine trains its base on the task's rows.

A few real steps in a process of their own, before the first proposal: the first plan is sized by
it and the card's estimate rests on it. Bases as small as the tiny model are not measured.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.template_variables import environment_of
from ftassist.dojo.repository import DataRepository
from ftassist.errors import FtassistError
from ftassist.isolation.ending import end_group
from ftassist.models import TINY_NAME
from ftassist.recipes.chat import chat_row
from ftassist.trial import gpu, sandbox

MODULE = "ftassist.trial.micro_run"
SMALL = 40_000_000
"""Bytes of a base below which a campaign is over sooner than measured."""
ROWS = 96
"""Rows of each set at most: six batches."""
SECONDS = 400.0
"""After which the measurement is given up; a base that slow is not trained here anyway."""
_TOLD = 400


class SpeedRun:
    """The measurement of one campaign; may be stopped from another thread."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    @property
    def wanted(self) -> bool:
        """Whether there is something to measure."""
        state = self._campaign.state
        if state.speed or str(state.settings["model"]) in (TINY_NAME, ""):
            return False
        try:
            return self._campaign.base.size >= SMALL
        except FtassistError:
            return False

    def measure(self) -> dict[str, Any]:
        """What was measured; {"message": why not} where it could not be."""
        try:
            with tempfile.TemporaryDirectory(prefix="ftassist-speed-") as folder:
                return self._measured(Path(folder))
        except (FtassistError, OSError, subprocess.TimeoutExpired) as error:
            return {"message": " ".join(str(error).split())[:_TOLD]}

    def stop(self) -> None:
        """Ends it."""
        self._stopped = True
        if self._process and self._process.poll() is None:
            end_group(self._process.pid)

    def _measured(self, folder: Path) -> dict[str, Any]:
        rows = folder / "rows.jsonl"
        rows.write_text(_sampled(self._campaign), encoding="utf-8")
        output, log = folder / "speed.json", folder / "log"
        model = self._campaign.base_reference
        command = [sys.executable, "-P", "-m", MODULE, str(rows), model, str(output)]
        with gpu.lease() as lease, log.open("wb") as written:
            environment = sandbox.kernel_environment(folder, model=model, gpu=lease.visible)
            environment |= environment_of(self._campaign)
            if self._stopped:
                return {}
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
            try:
                self._process.wait(SECONDS)
            finally:
                with suppress(OSError):
                    end_group(self._process.pid)
        if not output.is_file():
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return {"message": (said[-1] if said else "it ended without a word")[:_TOLD]}
        found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
        return found


def _sampled(campaign: Campaign) -> str:
    """Some rows of every raw set that can be read, as lines of exported rows."""
    repository = DataRepository(campaign.task.repository_folder)
    seed = int(campaign.state.settings["seed"])
    lines: list[str] = []
    for name in repository.names():
        with suppress(FtassistError):  # told where a trial loads it
            card = repository.card(name)
            found = repository.table(name, "drop").good
            drawn = random.Random(f"{seed}:{name}").sample(found, min(ROWS, len(found)))
            for each in drawn:
                row = chat_row(
                    each.row, card.fields, source=name, number=each.number, where=each.where
                )
                line = {key: row[key] for key in ("id", "source", "messages")}
                lines.append(json.dumps(line, ensure_ascii=False))
    random.Random(seed).shuffle(lines)
    return "".join(f"{line}\n" for line in lines)
