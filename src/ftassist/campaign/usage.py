"""What a trial used while it ran, read with distrust: its cells can write in its folder."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftassist.files import open_inside
from ftassist.journal.state import STAGES, Trial
from ftassist.records.usage import Usage, UsageSample
from ftassist.trial.usage import EVERY, FILE, MOST

_LARGEST = 256 * 1024


def usage(folder: Path, trial: Trial) -> Usage:
    """The samples of a trial's last attempt; none where nothing, or nothing sound, is there."""
    raw = _read(folder, trial.id)
    samples = raw.get("samples")
    name = raw.get("gpu")
    return {
        "schema": "ftassist/usage/1",
        "trial": trial.id,
        "running": trial.status == "running",
        "every": _number(raw.get("every")) or EVERY,
        "cores": _number(raw.get("cores")),
        "memory_limit_mb": _number(raw.get("memory_limit_mb")),
        "gpu": name[:200] if isinstance(name, str) else None,
        "gpu_memory_mb": _number(raw.get("gpu_memory_mb")),
        "samples": [
            found
            for each in (samples if isinstance(samples, list) else [])[:MOST]
            if (found := _sample(each)) is not None
        ],
    }


def _read(folder: Path, trial: str) -> Mapping[str, Any]:
    try:
        with open_inside(folder, "trials", trial, FILE) as file:
            raw = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _sample(raw: object) -> UsageSample | None:
    if not isinstance(raw, dict):
        return None
    seconds, cores, memory = (_number(raw.get(n)) for n in ("seconds", "cores", "memory_mb"))
    if seconds is None or cores is None or memory is None:
        return None
    return {
        "seconds": seconds,
        "stage": raw["stage"] if raw.get("stage") in STAGES else "",
        "cores": cores,
        "memory_mb": memory,
        "gpu_memory_mb": _number(raw.get("gpu_memory_mb")),
        "gpu_share": _number(raw.get("gpu_share")),
    }


def _number(value: object) -> float | None:
    """A number that can be drawn: finite, and not below zero."""
    sound = isinstance(value, int | float) and not isinstance(value, bool)
    if not sound or not math.isfinite(float(value)) or float(value) < 0:  # type: ignore[arg-type]
        return None
    return float(value)  # type: ignore[arg-type]
