"""Python as a tree, read by one thread at a time."""

from __future__ import annotations

import ast
import threading

_ONE_AT_A_TIME = threading.RLock()


def parsed(source: str | bytes) -> ast.Module:
    """The tree of a source.

    Two threads that parse at once disturb each other in some CPython 3.11 and 3.12: the depth of
    the tree that is made is counted once for all of them, and one fails with a `SystemError`
    (python/cpython#106905). A server and a runner have several threads.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It holds zero bytes.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)
