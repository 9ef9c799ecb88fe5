"""Python as a tree, in a process of several threads."""

from __future__ import annotations

import ast
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ftassist.syntax import parsed

SOURCE = "\n".join(f"x{i} = [f(a, b=({i}, {{'c': -{i}}})) for a in range({i})]" for i in range(40))


class Waiting:
    """Garbage that lets another thread go on while it is collected, as files and sockets do."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        time.sleep(0.0005)


@pytest.fixture
def often_collected() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(700)
    yield
    gc.set_threshold(*usual)


@pytest.mark.usefixtures("often_collected")
def test_threads_that_read_python_at_once_do_not_disturb_each_other() -> None:
    def read(_: int) -> ast.Module:
        for _ in range(4):
            Waiting()
        return parsed(SOURCE)

    with ThreadPoolExecutor(4) as pool:
        trees = list(pool.map(read, range(60)))
    assert {len(tree.body) for tree in trees} == {40}


def test_what_is_no_python_is_told_as_python_tells_it() -> None:
    with pytest.raises(SyntaxError):
        parsed("x = ")
    assert ast.dump(parsed(b"x = 1")) == ast.dump(ast.parse("x = 1"))
