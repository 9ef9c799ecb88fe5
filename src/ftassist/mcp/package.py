"""Whether the package `mcp` is there, in a version that serves; imports nothing of it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from ftassist.errors import FtassistError

LEAST = 2
"""The first major version that the server is written for."""


def check_mcp(where: str = "") -> None:
    """Refuses to serve without the package.

    Raises:
        FtassistError: It is not installed, or too old: Jupyter AI (3.2) holds it at version 1.
    """
    try:
        found = version("mcp")
    except PackageNotFoundError:
        found = ""
    if not found:
        raise FtassistError(
            "the package mcp is not installed", where=where, fix="pip install 'ftassist[mcp]'"
        )
    if int(found.partition(".")[0]) < LEAST:
        raise FtassistError(
            f"the package mcp {found} is too old: version {LEAST} or newer is needed",
            where=where,
            fix="pip install 'ftassist[mcp]', in an environment of its own where Jupyter AI needs "
            "the older one; Jupyter AI's own agents reach campaigns through jupyter-server-mcp",
        )
