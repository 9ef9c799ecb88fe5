"""Building the mini tasks again gives the files that are in the catalog, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from taskgen.build import build
from taskgen.rawset import disguise

from ftassist.dojo.task import CATALOG
from ftassist.files import hash_folder


@pytest.mark.parametrize("key", ["mini_math", "mini_tables"])
def test_a_rebuilt_task_is_byte_identical(key: str, tmp_path: Path) -> None:
    build(key).write(tmp_path)
    for part in ("evaluation", "repository"):
        assert hash_folder(tmp_path / key / part) == hash_folder(CATALOG / key / part)


@pytest.mark.slow
def test_the_rebuilt_chemistry_task_is_byte_identical(tmp_path: Path) -> None:
    build("mini_chemistry").write(tmp_path)
    for part in ("evaluation", "repository"):
        rebuilt = hash_folder(tmp_path / "mini_chemistry" / part)
        assert rebuilt == hash_folder(CATALOG / "mini_chemistry" / part)


def test_a_disguise_never_changes_a_molecule() -> None:
    import random

    prompt = "How many rings are in CCc1ccccc1C(=O)O?"
    for seed in range(20):
        assert "CCc1ccccc1C(=O)O" in disguise(prompt, random.Random(seed))


def test_the_generator_is_not_in_the_package() -> None:
    import ftassist

    package = Path(ftassist.__file__).parent
    assert not list(package.rglob("*taskgen*"))
