"""The wordings of the mini tasks do not occur in what the tiny base model was pretrained on.

This looks at the sources of the pretraining generators; the leakage check on generated rows is
another test.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from taskgen.chemistry_task import COUNT_TEXTS, PAIR_TEXTS
from taskgen.math_frames import FRAMES
from taskgen.molecules import KNOWN

PRETRAINING = Path(__file__).parents[2] / "pretraining"
LONG_ENOUGH = 14


def sources() -> str:
    texts = [path.read_text(encoding="utf-8") for path in sorted(PRETRAINING.rglob("*.py"))]
    assert texts
    return " ".join(" ".join(texts).lower().split())


def literals(texts: list[str]) -> list[str]:
    """The parts of templates between their fields that are long enough to be telling."""
    parts = [part.strip().lower() for text in texts for part in re.split(r"\{\w+\}", text)]
    return [part for part in parts if len(part) >= LONG_ENOUGH]


@pytest.mark.parametrize(
    "texts",
    [
        [text for frame in FRAMES for text, _ in frame.tellings],
        [*COUNT_TEXTS, *PAIR_TEXTS],
        ["boxed{", "Final Answer: ", "True or false: {t}", "{t} True or false?"],
    ],
    ids=["math", "chemistry", "tables"],
)
def test_no_wording_of_a_task_is_in_the_pretraining_sources(texts: list[str]) -> None:
    found = sources()
    assert not [part for part in literals(texts) if part in found]


def test_no_known_molecule_is_labelled_in_the_pretraining_sources() -> None:
    found = sources()
    groups = ("halogen atoms", "carbonyl groups", "hydroxyl groups", "aromatic rings")
    assert KNOWN
    assert not [group for group in groups if group in found]
