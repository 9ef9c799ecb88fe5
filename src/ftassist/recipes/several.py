"""One training on several devices of a machine: a process for each, started and heard from here.

Data parallel, on accelerate (under TRL's trainer): every process holds the whole model and takes
its share of each batch, so the batch as a whole, and with it the training, is that of one device.
torch's own launcher starts the processes (`_rank`); the first of them writes metrics, audits and
the model, as a training on one device does. Imports no torch.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ftassist import errors
from ftassist.errors import CellError, FtassistError
from ftassist.files import read_json, write_json
from ftassist.recipes.arguments import SftArguments, TrainResult

TASK, RESULT, ERROR = "task.json", "result.json", "error.json"
_END_SECONDS = 20.0
_TAIL = 2_000


def launch(arguments: SftArguments, before: Sequence[str], visible: int) -> TrainResult:
    """Trains on `arguments.devices` devices and returns what the first process says of it.

    Args:
        arguments: Of the call.
        before: The libraries that were loaded before the recipe was called.
        visible: GPUs this process sees; 0 for none, where processes share the CPU.

    Raises:
        CellError: There are fewer GPUs.
        FtassistError: What a process of the training raised, or that one ended without a word.
    """
    if 0 < visible < arguments.devices:
        raise CellError(
            f"devices={arguments.devices}, and {visible} of this machine's GPUs can be used",
            where="train.sft",
            fix=f"give {visible} at most, or run where there are more",
        )
    with tempfile.TemporaryDirectory(prefix="ftassist-several-") as place:
        folder = Path(place)
        write_json(folder / TASK, {"arguments": asdict(arguments), "before": list(before)})
        log = folder / "errors.log"
        code = _run(arguments.devices, folder, log)
        if (folder / RESULT).is_file() and code == 0:
            return TrainResult(**read_json(folder / RESULT))
        raise _told(folder, code, log)


def _run(devices: int, folder: Path, log: Path) -> int:
    """Runs the processes to their end; what the first one prints goes where a cell prints."""
    with log.open("wb") as errors_to:
        process = subprocess.Popen(
            _command(devices, folder),
            stdout=subprocess.PIPE,
            stderr=errors_to,
            env=os.environ | _environment(devices),
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                sys.stdout.write(line.decode(errors="replace"))
                sys.stdout.flush()
            return process.wait()
        finally:
            process.terminate()  # its own children end with it
            with suppress(subprocess.TimeoutExpired):
                process.wait(_END_SECONDS)
            process.kill()


def _command(devices: int, folder: Path) -> list[str]:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nnodes=1"]
    place = ["--master-addr=127.0.0.1", f"--master-port={_free_port()}"]
    return [
        *launcher,
        f"--nproc-per-node={devices}",
        "--max-restarts=0",
        *place,
        "-m",
        "ftassist.recipes._rank",
        str(folder),
    ]


def _environment(devices: int) -> dict[str, str]:
    """The processes speak over the loopback, which is all a trial has, and share the cores."""
    found = {"GLOO_SOCKET_IFNAME": "lo", "NCCL_SOCKET_IFNAME": "lo", "PYTHONSAFEPATH": "1"}
    if "OMP_NUM_THREADS" not in os.environ:
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        found["OMP_NUM_THREADS"] = str(max(1, cores // devices))
    return found


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _told(folder: Path, code: int, log: Path) -> Exception:
    """What a process of the training raised, as it was; or that one ended without a word."""
    if (folder / ERROR).is_file():
        found: dict[str, Any] = read_json(folder / ERROR)
        kind = getattr(errors, str(found["kind"]), None)
        if isinstance(kind, type) and issubclass(kind, FtassistError):
            return kind(found["what"], where=found["where"], fix=found["fix"])
        return RuntimeError(f"{found['kind']}: {found['what']}")  # told by its text, as of memory
    tail = log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
    return RuntimeError(f"a process of the training ended with code {code}\n{tail}")
