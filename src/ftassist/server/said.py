"""Processes of ours that are asked one thing and say how far they are, in lines of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ftassist.records.kinds import Json


def begin(
    command: Sequence[str], asked: Mapping[str, Any], folder: Path
) -> subprocess.Popen[bytes]:
    """Starts a process, the first of a group of its own, and asks it one thing."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
    )
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # how it ended is told by its status
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
    return process


def follow(process: subprocess.Popen[bytes], hear: Callable[[Json], None]) -> int:
    """Hands on what a process says until it ends; returns its status."""
    assert process.stdout is not None
    for line in process.stdout:
        with suppress(ValueError):
            hear(json.loads(line))
    return process.wait()


def close(process: subprocess.Popen[bytes]) -> None:
    """Closes the pipes of a process that has ended."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
