"""What is made of the records for others is fresh, and what the server sends is of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_interface_and_the_front_ends_types_are_made_of_the_records_as_they_are() -> None:
    tool = [sys.executable, str(ROOT / "tools" / "documents.py"), "--check"]
    told = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
