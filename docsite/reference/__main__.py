"""Writes the pages below docs/reference anew."""

from __future__ import annotations

from pathlib import Path

from docsite.reference import PAGES

FOLDER = Path(__file__).parents[2] / "docs" / "reference"

FOLDER.mkdir(exist_ok=True)
for name, page in PAGES.items():
    (FOLDER / name).write_text(page(), encoding="utf-8")
