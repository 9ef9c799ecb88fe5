"""The labels LawBench asks for, from `labels.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml


def labels(kind: str) -> tuple[str, ...]:
    """The labels of a kind, such as "accusations", in the benchmark's order."""
    return _all()[kind]


@cache
def _all() -> dict[str, tuple[str, ...]]:
    path = Path(__file__).with_suffix(".yaml")
    raw: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {kind: tuple(names) for kind, names in raw.items()}
