"""What an agent outside reads of how to take part: a skill file, and the server's guide."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).parent / "SKILL.md"


def skill() -> str:
    """The skill file, with its head: for a folder of skills, or as AGENTS.md."""
    return _FILE.read_text(encoding="utf-8")


def guide() -> str:
    """The same without its head."""
    return skill().split("---\n", 2)[2].lstrip()
