"""The course's cheat sheet: one page, and what it says is so."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from ftassist.recipes import audit, curate
from ftassist.statistics.intervals import wilson_interval
from ftassist.statistics.shrinkage import expected_best_of

SHEET = Path(__file__).parents[2] / "docs" / "course" / "cheat-sheet.svg"


def words() -> str:
    root = ElementTree.fromstring(SHEET.read_text(encoding="utf-8"))
    return " ".join("".join(text.itertext()) for text in root.iter() if text.tag.endswith("text"))


def half(items: int) -> str:
    low, high = wilson_interval(round(0.6 * items), items)
    return f"{50 * (high - low):.1f}"


def test_its_numbers_are_what_the_formulas_give() -> None:
    said = words()
    assert f"200 items at 60 %: ± {half(200)} points" in said
    assert f"1,000 items: ± {half(1000)} points" in said
    assert f"best of 20, 200 items: + {100 * expected_best_of(20, 200, 0.6):.1f} points" in said


def test_the_functions_it_names_are_there() -> None:
    named = re.findall(r"\b(audit|curate)\.(\w+)\(", words())
    assert len(named) >= 5
    rooms = {"audit": audit, "curate": curate}
    assert all(callable(getattr(rooms[room], name)) for room, name in named)


def test_it_loads_nothing_and_every_text_is_inside_the_page() -> None:
    source = SHEET.read_text(encoding="utf-8")
    assert not re.search(r"href|url\(|<script|@import", source)
    root = ElementTree.fromstring(source)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for text in (each for each in root.iter() if each.tag.endswith("text")):
        assert 0 <= float(text.attrib["x"]) < width
        assert 0 <= float(text.attrib["y"]) < height
