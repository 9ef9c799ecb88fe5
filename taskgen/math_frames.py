"""The story frames of mini_math, read from math_frames.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Frame:
    """A kind of story.

    Attributes:
        name: Its name.
        view: The view it belongs to.
        tellings: Pairs of a text and its operation over a, b, c.
    """

    name: str
    view: str
    tellings: tuple[tuple[str, str], ...]


_RAW: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
)
NAMES: list[str] = _RAW["names"].split()
THINGS: dict[str, list[str]] = {view: text.split() for view, text in _RAW["things"].items()}
VIEWS: dict[str, str] = _RAW["views"]
FRAMES: tuple[Frame, ...] = tuple(
    Frame(raw["name"], raw["view"], tuple((text, op) for op, text in raw["tellings"].items()))
    for raw in _RAW["frames"]
)
