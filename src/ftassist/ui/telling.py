"""Ways to tell a person what happens now: a spinner, plain lines, or silence.

Each is a context manager that gives a function taking one line of text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str], None]


@contextmanager
def spinner() -> Iterator[Tell]:
    """A live line on a terminal."""
    from rich.console import Console
    from rich.text import Text

    with Console(highlight=False).status(Text("starting")) as live:
        yield lambda line: live.update(Text(line))


@contextmanager
def plain_lines() -> Iterator[Tell]:
    """A line each time what happens changes; numbers inside a bar do not count as a change."""
    import sys

    last = ""

    def tell(line: str) -> None:
        nonlocal last
        short = line.split(" █")[0].split(" ░")[0]
        if short != last:
            last = short
            sys.stdout.write(f"{short}\n")
            sys.stdout.flush()

    yield tell


@contextmanager
def silent() -> Iterator[Tell]:
    """Nothing."""
    yield lambda line: None
