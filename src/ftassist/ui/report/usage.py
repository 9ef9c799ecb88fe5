"""What a trial used while it ran, as small curves for the report: processors, memory, its GPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftassist.campaign.usage import usage
from ftassist.journal.state import Trial
from ftassist.records.usage import UsageSample
from ftassist.ui.report import svg

_WIDTH, _HEIGHT = 150.0, 54.0
_TOP, _FLOOR = 16.0, 50.0
_MOST = 80
"""Points of a curve."""


def curves(folder: Path, trial: Trial) -> list[str]:
    """A picture for each of processors, memory, and the GPU's memory and load that is known.

    Args:
        folder: The campaign's folder.
        trial: The trial; none where nothing, or nothing sound, was written down of it.
    """
    found = usage(folder, trial)
    samples = found["samples"]
    if len(samples) < 2:
        return []
    memory, gpu = found["memory_limit_mb"], found["gpu_memory_mb"]
    drawn = [
        _curve("processors", _of(samples, "cores"), found["cores"], "{:.1f}"),
        _curve("memory", _of(samples, "memory_mb"), memory, "{:,.0f} MiB"),
        _curve("GPU memory", _of(samples, "gpu_memory_mb"), gpu, "{:,.0f} MiB"),
        _curve("GPU load", _of(samples, "gpu_share"), 1.0, "{:.0%}"),
    ]
    return [picture for picture in drawn if picture]


def _of(samples: Sequence[UsageSample], name: str) -> list[tuple[float, float]]:
    return [
        (sample["seconds"], float(value))  # type: ignore[arg-type]
        for sample in samples
        if (value := sample.get(name)) is not None
    ]


def _curve(
    name: str, points: Sequence[tuple[float, float]], limit: float | None, form: str
) -> str:
    """One curve from zero to its peak, which is told; its title tells the limit; "" for none."""
    if len(points) < 2:
        return ""
    peak = max(value for _, value in points)
    first, last = points[0][0], points[-1][0]
    size = -(-len(points) // _MOST)
    kept = [max(points[at : at + size], key=lambda p: p[1]) for at in range(0, len(points), size)]
    line = [
        (
            2 + (seconds - first) / max(last - first, 1e-9) * (_WIDTH - 4),
            _FLOOR - value / max(peak, 1e-9) * (_FLOOR - _TOP),
        )
        for seconds, value in kept
    ]
    of = f" of {form.format(limit)}" if limit else ""
    told = f"{name}: at most {form.format(peak)}{of} in {last:.0f} s"
    parts = [
        svg.text(2, 11, f"{name} ≤ {form.format(peak)}", "axis"),  # what it is of is in the title
        svg.line(2, _FLOOR, _WIDTH - 2, _FLOOR, "grid"),
        svg.path(line, "curve-usage"),
    ]
    return svg.picture(_WIDTH, _HEIGHT, told, parts, "usage")
