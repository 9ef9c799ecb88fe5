"""Predictions that a reader writes down before a cell runs, set against what came.

Kept for as long as the notebook's kernel lives. What is written down after the result was shown is
told as hindsight. Judges nobody: a prediction that missed is what one learns from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ftassist.errors import DataError
from ftassist.numerals import plain
from ftassist.teach.note import Note, is_empty

Value = bool | float | str
Guess = Value | tuple[float, float]

_FIX = "write a number, a range such as (10, 20), True or False, or a word: teach.predict(key, 12)"


@dataclass(frozen=True)
class ReaderPrediction:
    """What a reader wrote down.

    Attributes:
        key: Its name, such as "02.A".
        guess: A number, a range, yes or no, or a word; None where nothing was written.
        unit: Of the number, such as "tokens".
        hindsight: Whether the result had been shown by then.
        result: What came; None until then.
    """

    key: str
    guess: Guess | None = None
    unit: str = ""
    hindsight: bool = False
    result: Value | None = None


_written: dict[str, ReaderPrediction] = {}


def predict(key: str, guess: object = ..., *, unit: str = "") -> Note:
    """Writes a prediction down.

    Args:
        key: Its name, such as "02.A".
        guess: A number, a range `(low, high)`, True or False, or a word; `...` for none yet.
        unit: Of the number.

    Raises:
        DataError: The guess is none of these.

    Example:
        >>> predict("doc.A", (10, 20), unit="tokens")
        doc.A, your prediction: 10 to 20 tokens. Now run the next cell.
    """
    before = _written.get(key)
    result = before.result if before else None
    if is_empty(guess):
        _written[key] = ReaderPrediction(key, unit=unit, result=result)
        return Note(
            f"{key}: no prediction yet. Write yours in place of the dots, run this cell again, "
            "then the next."
        )
    found = ReaderPrediction(key, _guess_of(guess, key), unit, result is not None, result)
    _written[key] = found
    late = " It was shown to you before: this is hindsight." if found.hindsight else ""
    now = "" if found.hindsight else " Now run the next cell."
    return Note(f"{key}, your prediction: {_shown(found.guess, unit)}.{late}{now}")


def came(key: str, result: Value) -> Note:
    """Sets what came against what was predicted, and says how far off that was.

    Args:
        key: The prediction's name.
        result: What was measured, in the prediction's unit.

    Example:
        >>> _ = predict("doc.B", 10, unit="tokens")
        >>> came("doc.B", 25)
        doc.B: you predicted 10 tokens; it is 25 tokens: 15 too low.
    """
    written = _written.get(key, ReaderPrediction(key))
    now = ReaderPrediction(key, written.guess, written.unit, written.hindsight, result)
    _written[key] = now
    came_to = _shown(result, now.unit)
    if now.guess is None:
        return Note(f"{key}: it is {came_to}. You had written no prediction down.")
    late = " (in hindsight)" if now.hindsight else ""
    return Note(
        f"{key}: you predicted {_shown(now.guess, now.unit)}{late}; it is {came_to}: "
        f"{_missed_by(now.guess, result)}."
    )


def predictions() -> Note:
    """All predictions of this notebook with what came; how many of them held."""
    done = [p for p in _written.values() if p.result is not None]
    if not done:
        return Note("No prediction has met its result yet.")
    lines = [_line(p) for p in done]
    fair = [p for p in done if p.guess is not None and not p.hindsight]
    held = sum(holds(p.guess, p.result) for p in fair if p.guess is not None)
    told = (
        f"{held} of {len(fair)} predictions held" if fair else "None was written down beforehand"
    )
    lines.append(f"{told}; {len(done)} were asked for.")
    return Note("\n".join(lines))


def holds(guess: Guess, result: Value | None) -> bool:
    """Whether a prediction was right: a number within a tenth of what came, a range around it.

    >>> holds(95, 100), holds((10, 20), 25), holds("Rises", "rises")
    (True, False, True)
    """
    if isinstance(guess, tuple):
        return _is_number(result) and guess[0] <= float(result or 0.0) <= guess[1]
    if _is_number(guess) and _is_number(result):
        return abs(float(guess) - float(result or 0.0)) <= 0.1 * abs(float(result or 0.0))
    return str(guess).strip().casefold() == str(result).strip().casefold()


def _line(found: ReaderPrediction) -> str:
    guess = "-" if found.guess is None else _shown(found.guess, found.unit)
    word = "hindsight" if found.hindsight else ""
    if found.guess is not None and not found.hindsight:
        word = "held" if holds(found.guess, found.result) else "missed"
    came_to = _shown(found.result, found.unit)
    return f"{found.key:6} predicted {guess:>20}   came {came_to:>16}  {word}".rstrip()


def _guess_of(guess: object, key: str) -> Guess:
    """A guess that can be shown and compared."""
    if isinstance(guess, bool | str):
        return guess
    if isinstance(guess, list | tuple):
        if len(guess) != 2 or not all(map(_is_number, guess)):
            raise DataError(f"{guess!r} is no range of two numbers", where=key, fix=_FIX)
        low, high = float(guess[0]), float(guess[1])
        if low > high:
            raise DataError(f"the range {guess!r} ends before it begins", where=key, fix=_FIX)
        return low, high
    if not _is_number(guess):
        raise DataError(f"{guess!r} is no prediction", where=key, fix=_FIX)
    return float(guess)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(float(value))  # type: ignore[arg-type]


def _shown(value: Guess | None, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or value is None:
        return str(value)
    tail = f" {unit}" if unit else ""
    if isinstance(value, tuple):
        return f"{plain(value[0])} to {plain(value[1])}{tail}"
    return f"{plain(value)}{tail.removesuffix('s') if value == 1 else tail}"


def _missed_by(guess: Guess, result: Value) -> str:
    if isinstance(guess, tuple) and _is_number(result):
        return "inside your range" if holds(guess, result) else _side(guess, float(result))
    if _is_number(guess) and _is_number(result):
        off = float(guess) - float(result)  # type: ignore[arg-type]
        if abs(off) < 1e-9:
            return "just so"
        return f"{plain(float(f'{abs(off):.3g}'))} too {'high' if off > 0 else 'low'}"
    return "as you said" if holds(guess, result) else "not what you said"


def _side(guess: tuple[float, float], result: float) -> str:
    return "above your range" if result > guess[1] else "below your range"
