"""Failure classes: from the exception, its text and how the kernel ended."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.trial.failures import (
    LOG_LINES,
    FailureClass,
    KernelExit,
    classify,
    condense,
    from_exception,
    from_exit,
)


@pytest.mark.parametrize(
    ("ename", "evalue", "stage", "expected"),
    [
        ("OutOfMemoryError", "CUDA out of memory.", "train", "OOM"),
        ("RuntimeError", "DefaultCPUAllocator: can't allocate memory", "train", "OOM"),
        ("KeyError", "'question'", "curate", "DATA"),
        ("KeyError", "'rank'", "train", "CONFIG"),
        ("ArrowInvalid", "Column 1 has 3 rows", "curate", "DATA"),
        ("TrainingStoppedError", "nothing is trained: all rows are masked", "train", "DATA"),
        ("TrainingStoppedError", "the loss is NaN at step 3", "train", "CONFIG"),
        ("ModuleNotFoundError", "No module named 'unsloth'", "train", "ENV"),
        ("ModuleNotFoundError", "No module named 'ftassist.recipe'", "train", "CONFIG"),
        ("OSError", "[Errno 28] No space left on device", "curate", "ENV"),
        ("RuntimeError", "CUDA error: device-side assert triggered", "train", "ENV"),
        ("BudgetError", "2,500 training rows, the cap is 2,000", "curate", "BUDGET"),
        ("UnknownNameError", "there is no data set 'workd'", "curate", "CONFIG"),
        ("KeyboardInterrupt", "", "train", "KILLED"),
        ("SystemExit", "1", "train", "CONFIG"),
    ],
)
def test_an_exception_has_a_class(ename: str, evalue: str, stage: str, expected: str) -> None:
    assert classify(ename, evalue, stage) == expected


def test_a_class_the_error_carries_itself_comes_first() -> None:
    failure = from_exception("RefusedError", "another model", [], "evaluate", "INVALID")

    assert failure.failure == FailureClass.INVALID


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (KernelExit(-9), "KILLED"),
        (KernelExit(-9, oom_kills=1), "OOM"),
        (KernelExit(-9, peak_mb=950, limit_mb=1000), "OOM"),
        (KernelExit(-9, peak_mb=200, limit_mb=1000), "KILLED"),
        (KernelExit(-11, oom_kills=1), "KILLED"),
        (KernelExit(0), "KILLED"),
        (KernelExit(None), "KILLED"),
    ],
)
def test_a_kernel_that_is_gone_has_a_class(ending: KernelExit, expected: str) -> None:
    assert from_exit(ending, "train").failure == expected


@settings(deadline=None)
@given(st.lists(st.text(max_size=8), max_size=3 * LOG_LINES), st.integers(1, LOG_LINES))
def test_a_log_is_never_longer_than_asked(told: list[str], lines: int) -> None:
    assert len(condense("\n".join(told), lines).splitlines()) <= lines


def test_a_log_keeps_its_end_without_colours_and_repeats() -> None:
    text = "\n".join(["same"] * 50 + [f"line {n}" for n in range(60)] + ["\x1b[31mlast\x1b[0m"])

    lines = condense(text).splitlines()

    assert len(lines) == LOG_LINES
    assert lines[-1] == "last"
    assert lines[0] == "line 21"
