"""Streams of a cell, put together as a terminal would show them."""

from __future__ import annotations

import nbformat

from ftassist.trial.client import coalesce, shown


def test_a_progress_bar_keeps_what_it_showed_last() -> None:
    assert shown("begin\n10%\r50%\r100%\nend\r\n") == "begin\n100%\nend\r\n"
    assert shown("12\b3\n\b4") == "13\n\b4"


def test_a_line_of_millions_of_characters_takes_no_quadratic_time() -> None:
    line = "x" * 3_000_000
    assert shown(line + "\r" + "y") == "y"
    assert shown(line) == line


def test_streams_of_one_name_become_one_and_standard_output_stands_first() -> None:
    def stream(name: str, text: str) -> nbformat.NotebookNode:
        return nbformat.v4.new_output("stream", name=name, text=text)

    shape = nbformat.v4.new_output("display_data", data={"text/plain": "figure"})
    found = coalesce(
        [stream("stderr", "w"), stream("stdout", "a"), shape, stream("stdout", "b\rc")]
    )
    assert [o.get("text") for o in found] == ["c", "w", None]
