"""What is told where the package of the protocol is missing or too old."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError

import pytest

from ftassist.errors import FtassistError
from ftassist.mcp import package


def test_an_older_package_is_told_apart_from_a_missing_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(package, "version", lambda _: "1.30.0")
    with pytest.raises(FtassistError, match=r"mcp 1\.30\.0 is too old: version 2") as old:
        package.check_mcp("here")
    assert (old.value.where, "Jupyter AI" in old.value.fix) == ("here", True)

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(package, "version", missing)
    with pytest.raises(FtassistError, match="is not installed"):
        package.check_mcp()


def test_the_one_of_the_tests_is_new_enough() -> None:
    pytest.importorskip("mcp")
    package.check_mcp()
