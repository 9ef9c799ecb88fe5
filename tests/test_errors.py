"""A person's mistake is told in words in a notebook; a bug keeps its trace."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ftassist.errors import TRIAL_VARIABLE

BEFORE = "from ftassist.errors import DataError, FtassistError, UnknownNameError\n"


def shown(source: str) -> str:
    """What a notebook shows of a cell that fails, without colours."""
    shell = InteractiveShell.instance()
    shell.colors = "nocolor"
    shell.user_ns["__name__"] = "__main__"
    with redirect_stdout(io.StringIO()) as out:
        assert not shell.run_cell(BEFORE + source).success
    return out.getvalue()


def test_a_plain_functions_error_is_its_words_and_the_line_of_the_cell() -> None:
    text = shown(
        "from ftassist.recipes import curate\n\ncurate.load('mini_math', ['lesons_shop'])\n"
    )
    assert text.splitlines() == [
        "UnknownNameError: there is no data set 'lesons_shop'",
        "  what to do: did you mean 'lessons_shop'?",
        "  in the cell: line 4: curate.load('mini_math', ['lesons_shop'])",
    ]


def test_an_error_that_another_one_was_turned_into_is_told_in_words_too() -> None:
    text = shown(
        "try:\n    open('/none')\nexcept OSError as e:\n    raise DataError('no file') from e\n"
    )
    assert text.splitlines()[0] == "DataError: no file"
    assert "Traceback" not in text


@pytest.mark.parametrize(
    "source",
    [
        "{}['a bug']\n",
        "try:\n    {}['a bug']\nexcept KeyError:\n    raise DataError('seen while handling')\n",
        "try:\n    raise DataError('told')\nexcept FtassistError:\n    {}['a bug']\n",
    ],
)
def test_a_bug_keeps_its_trace_whatever_stands_around_it(source: str) -> None:
    text = shown(source)
    assert "Traceback (most recent call last)" in text
    assert "KeyError: 'a bug'" in text


def test_the_kernel_of_a_trial_keeps_the_trace_for_the_programs_that_read_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(TRIAL_VARIABLE, "/somewhere")
    assert "Traceback (most recent call last)" in shown("raise DataError('in a trial')\n")
