"""Real sandboxes for the tests; a machine without them skips, and fails where CI is set."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ftassist.isolation import Limits, Result, run_isolated

LIMITS = Limits(memory_mb=400, processes=64, file_mb=8, disk_mb=32, temporary_mb=8, seconds=60)
RunCode = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The one folder that a program may write to."""
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def run_code(bubblewrap: None, folder: Path) -> RunCode:
    """Runs Python code behind walls."""

    def run(code: str, **limits: float) -> Result:
        (folder / "code.py").write_text(code)
        chosen = replace(LIMITS, **limits)  # type: ignore[arg-type]
        return run_isolated([sys.executable, "-I", "code.py"], folder, chosen)

    return run
