"""Exercises of notebook 05: what a fine-tuning costs, and what it keeps."""

from __future__ import annotations

from typing import Any

from ftassist.teach.answers import WrongKindError, function, number, tried
from ftassist.teach.exercises.exercise import Exercise

_SHAPES = (
    [(4, 4)],
    [(192, 192), (192, 64), (512, 192)],
    [(4096, 4096)] * 4 + [(4096, 11008), (4096, 11008), (11008, 4096)],
)
_SIZES = ((1_000_000, 1_000_000), (7_000_000_000, 40_000_000), (135_000_000, 0))
_INTERVALS = (
    (-0.04, 0.06, 0.05, "kept"),
    (-0.02, -0.01, 0.05, "kept"),
    (0.01, 0.05, 0.05, "kept"),
    (-0.06, -0.01, 0.05, "lost"),
    (-0.30, -0.20, 0.05, "lost"),
    (-0.06, 0.04, 0.05, "unclear"),
    (-0.10, 0.10, 0.02, "unclear"),
)
_KINDS = ("kept", "lost", "unclear")
_LEVELS = (-1.0, -0.5, 0.0, 0.25, 1.0)
_BLOCKS = ([0.5, -1.0, 0.1, 0.9], [2.0, 1.1, 0.4, -0.1], [-0.02, 0.04, 0.012, -0.03])


def _adapter(answer: Any) -> str:
    made = function(answer)
    for shapes in _SHAPES:
        for rank in (1, 8, 16):
            found = number(tried(made, list(shapes), rank))
            if found == sum(rank * (inputs + outputs) for inputs, outputs in shapes):
                continue
            if found == sum(inputs * outputs for inputs, outputs in shapes):
                return "Those are the weights of the layers, which stay as they are."
            if found == sum(rank * inputs for inputs, _ in shapes):
                return "Those bring the input down to `rank` numbers; which bring them up again?"
            return f"For {shapes[:2]} and rank {rank} you say {found:,.0f}; A is rank x inputs."
    return ""


def _memory(answer: Any) -> str:
    made = function(answer)
    for weights, trained in _SIZES:
        found, right = number(tried(made, weights, trained)), (4 * weights + 12 * trained) / 1e6
        if abs(found - right) <= 0.001 * right:
            continue
        said = f"For {weights:,} weights of which {trained:,} are trained you say {found:,.1f} MB."
        if abs(found - 1e6 * right) <= 1000 * right:
            return "Those are bytes; megabytes are asked for."
        if abs(found - (4 * weights + 8 * trained) / 1e6) <= 0.001 * right:
            return f"{said} The gradient has four bytes, too."
        if abs(found - 16 * weights / 1e6) <= 0.001 * right:
            return f"{said} What is not trained has neither gradient nor AdamW's two numbers."
        return f"{said} Count the lines of the table."
    return ""


def _kept(answer: Any) -> str:
    made = function(answer)
    for low, high, margin, right in _INTERVALS:
        found = tried(made, low, high, margin)
        if found not in _KINDS:
            raise WrongKindError(f"One of {', '.join(_KINDS)} is asked for, not {found!r:.40}.")
        if found != right:
            return (
                f"An interval from {100 * low:+.0f} to {100 * high:+.0f} points and a margin of "
                f"{100 * margin:.0f}: you say {found}. {_WHY[right]}"
            )
    return ""


def _rounded(answer: Any) -> str:
    made = function(answer)
    for block in _BLOCKS:
        scale = max(abs(weight) for weight in block)
        found = tried(made, list(block), list(_LEVELS))
        if not isinstance(found, list | tuple) or len(found) != len(block):
            raise WrongKindError("A list of as many numbers as the block has is asked for.")
        said = [number(each) for each in found]
        level = [_nearest(weight / scale) for weight in block]
        if _alike(said, [scale * each for each in level]):
            continue
        if _alike(said, level):
            return "Those are the levels. Multiply by what you divided by."
        if _alike(said, [_nearest(weight) for weight in block]):
            return f"The levels go from -1 to 1, the block up to {scale:g}: divide first."
        return f"For {block} and the levels {list(_LEVELS)} you say {found!r:.80}."
    return ""


def _nearest(value: float) -> float:
    return min(_LEVELS, key=lambda level: abs(level - value))


def _alike(some: list[float], others: list[float]) -> bool:
    return all(abs(a - b) < 1e-6 for a, b in zip(some, others, strict=True))


_WHY = {
    "kept": "Is any loss as large as the margin left in it?",
    "lost": "Does any of it lie above zero?",
    "unclear": "Is a loss as large as the margin ruled out? Is 'no loss' ruled out?",
}


EXERCISES = {
    "05.1": Exercise(
        _adapter,
        "It grows with the sum of a layer's sides, the layer with their product: the wider the "
        "model, the smaller the share.",
    ),
    "05.2": Exercise(
        _memory,
        "Full training needs 16 bytes a weight; with an adapter nearly all of it is the frozen "
        "model, which is what QLoRA makes smaller.",
    ),
    "05.3": Exercise(_kept, "That no loss was seen shows nothing by itself."),
    "05.4": Exercise(
        _rounded,
        "The largest weight of a block is kept exactly, and the smaller ones pay for it: that is "
        "why blocks are short.",
    ),
}
