"""Every picture of the documentation is made by a browser test, so it can be made again."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGES = {path.name for path in (ROOT / "docs" / "images").iterdir()}


def test_no_picture_was_made_by_hand() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests" / "browser").glob("*.py"))
    made = {f"{name}.png" for name in re.findall(r'\bpicture\("([\w-]+)"', tests)}
    assert {name for name in IMAGES if name.endswith(".png")} <= made


def test_each_picture_is_shown_somewhere_and_each_that_is_shown_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    found = (re.findall(r"\]\((?:docs/)?images/([\w.-]+)\)", page.read_text()) for page in pages)
    assert {name for names in found for name in names} == IMAGES
