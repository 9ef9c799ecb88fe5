"""One rule says which model a name stands for, wherever it is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ftassist.dojo.evaluator.models import load_base
from ftassist.errors import ModelError
from ftassist.models import BaseModel, check_base, find, ready, resolve, tiny_path
from ftassist.recipes import models as training
from ftassist.trial.sandbox import kernel_environment, model_paths


def _cache(model: Path, root: Path, name: str = "org/name") -> Path:
    """A Hugging Face cache with one snapshot, whose files are links into its blobs."""
    repository = root / f"models--{name.replace('/', '--')}"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    for file in model.iterdir():
        shutil.copyfile(file, repository / "blobs" / f"b-{file.name}")
        (snapshot / file.name).symlink_to(f"../../blobs/b-{file.name}")
    return snapshot


def _same_everywhere(name: str, place: Path) -> None:
    """Training, evaluator and sandbox find a model at the same place."""
    assert training.locate(name) == str(place)
    assert load_base(name).folder == place
    assert place / "model.safetensors" in model_paths(name)


def test_the_name_that_ships_wins_over_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny").mkdir()
    monkeypatch.chdir(tmp_path)
    assert resolve("tiny").path == tiny_path()


def test_a_folder_is_found_by_training_evaluator_and_sandbox(model: Path) -> None:
    _same_everywhere(str(model), model)


def test_an_id_below_the_mirror_is_found_by_all(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = shutil.copytree(model, tmp_path / "data" / "org" / "name")
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path / "data"))
    _same_everywhere("org/name", place)


def test_an_id_of_the_cache_is_found_by_all(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _cache(model, tmp_path / "hub")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("FTASSIST_DATA", raising=False)
    _same_everywhere("org/name", place)
    assert tmp_path / "hub" / "models--org--name" in model_paths("org/name")


def test_a_cache_that_holds_only_a_configuration_is_no_model(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _cache(model, tmp_path / "hub")
    (place / "model.safetensors").unlink()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    assert find("org/name") is None


def test_the_mirror_gives_no_place_outside_of_it(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path / "data")
    assert find("data/../../model") is None


def test_a_gguf_file_is_recognised_by_path_and_in_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "Model-Q4.gguf"
    file.write_bytes(b"GGUF" + bytes(60))
    for name in (str(file), str(tmp_path)):
        assert resolve(name) == BaseModel(name, tmp_path, "Model-Q4.gguf")
    assert model_paths(str(file)) == [file]


def test_a_gguf_file_is_unpacked_once_for_all(
    tiny_gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "cache"))
    base = ready(str(tiny_gguf))
    check_base(base)
    assert not base.gguf_file
    made = (base.path / "model.safetensors").stat().st_mtime_ns
    assert load_base(str(tiny_gguf)).folder == base.path
    assert training.load(str(tiny_gguf)).location == str(base.path)
    assert (base.path / "model.safetensors").stat().st_mtime_ns == made
    assert [path.name for path in base.path.parent.iterdir()] == [base.path.name]


def test_a_file_that_is_no_gguf_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "cache"))
    (tmp_path / "x.gguf").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(ModelError, match="no GGUF file"):
        ready(str(tmp_path / "x.gguf"))
    assert not (tmp_path / "cache").exists()


def test_a_short_name_is_the_fetched_model_or_its_files_in_the_mirror(
    models: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match="not on this machine yet") as caught:
        resolve("smollm2-135m", download=True)
    assert "ftassist models get smollm2-135m" in caught.value.fix
    mirror = shutil.copytree(model, tmp_path / "data/HuggingFaceTB/SmolLM2-135M-Instruct")
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path / "data"))
    _same_everywhere("smollm2-135m", mirror)
    fetched = shutil.copytree(model, models / "smollm2-135m")
    (fetched / "ftassist-model.json").write_text("{}")
    _same_everywhere("smollm2-135m", fetched)
    assert kernel_environment(tmp_path, model="smollm2-135m")["FTASSIST_MODELS"] == str(models)


def test_several_gguf_files_are_asked_about(tmp_path: Path) -> None:
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    with pytest.raises(ModelError, match="holds 2 GGUF files") as caught:
        resolve(str(tmp_path))
    assert "a.gguf" in caught.value.fix


def test_a_repository_of_the_cache_names_its_snapshot(model: Path, tmp_path: Path) -> None:
    place = _cache(model, tmp_path)
    with pytest.raises(ModelError, match="a snapshot below it has") as caught:
        resolve(str(place.parents[1]))
    assert str(place) in caught.value.fix


@pytest.mark.parametrize("name", ["", "\0", "a" * 5000, "~nobody-here/x", "./no/such", "a/b/c"])
@pytest.mark.parametrize("mirror", ["", "mirror"])
def test_what_is_no_model_is_an_error_for_people(
    name: str, mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path) if mirror else "")
    with pytest.raises(ModelError, match="there is no model folder"):
        resolve(name)


def test_the_digest_is_of_what_loaders_read(model: Path) -> None:
    before = resolve(str(model)).digest()
    (model / "training_args.bin").write_bytes(b"x")
    (model / "README.md").write_text("x")
    assert resolve(str(model)).digest() == before
    (model / "config.json").write_text("{}")
    assert resolve(str(model)).digest() != before


def test_only_files_are_shown_to_a_sandbox_and_links_where_they_are(
    model: Path, tmp_path: Path
) -> None:
    place = _cache(model, tmp_path)
    (place / "notes").mkdir()
    (place / "secret.txt.bak").write_text("x")
    shown = model_paths(str(place))
    assert {path.parent for path in shown} == {place}
    assert place / "secret.txt.bak" not in shown
    assert place not in shown
