"""What links among a model's files may lead to, and that folders of links stay models."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.errors import ModelError
from ftassist.models import check_files, resolve, tiny_path
from ftassist.models.links import check_links, own_files

SECRET = json.dumps({"token": "s3cret"})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_path(), tmp_path / "model"))


def relink(path: Path, target: Path, content: str | bytes | None = None) -> None:
    """Makes a file of a model a link; the target is written first where it is given content."""
    if content is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _task(tmp_path: Path) -> Path:
    folder = tmp_path / "task"
    (folder / "evaluation").mkdir(parents=True)
    (folder / "card.yaml").write_text("key: task\n")
    (folder / "evaluation" / "validation.jsonl").write_text('{"answer": "42"}\n')
    return folder


def _to_evaluation(model: Path, tmp_path: Path) -> None:
    relink(model / "vocab.txt", _task(tmp_path) / "evaluation" / "validation.jsonl")


def _to_weights_of_a_task(model: Path, tmp_path: Path) -> None:
    kept = (model / "model.safetensors").read_bytes()
    relink(model / "model.safetensors", _task(tmp_path) / "model.safetensors", kept)


def _to_journal(model: Path, tmp_path: Path) -> None:
    relink(model / "tokenizer.model", tmp_path / "c" / "journal.db", b"SQLite format 3\0")


def _to_scores(model: Path, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "journal.db").write_bytes(b"SQLite format 3\0")
    relink(model / "special_tokens_map.json", tmp_path / "c" / "scores" / "t.json", "{}")


def _to_dataset_cache(model: Path, tmp_path: Path) -> None:
    blobs = tmp_path / "hub" / "datasets--org--name" / "blobs"
    relink(model / "merges.txt", blobs / ("a" * 40), "an item")


WRONG: list[tuple[str, Callable[[Path, Path], None], str]] = [
    ("evaluation data", _to_evaluation, "a file of a task"),
    ("sound weights in a task's folder", _to_weights_of_a_task, "a file of a task"),
    ("a journal", _to_journal, "a file of a campaign"),
    ("scores of a campaign", _to_scores, "a file of a campaign"),
    ("a data set of the cache", _to_dataset_cache, "a file of a data set"),
    (
        "a key",
        lambda m, t: relink(m / "tokenizer.model", t / ".ssh" / "id.model", "key"),
        "in .ssh",
    ),
    ("the system", lambda m, t: relink(m / "vocab.txt", Path("/etc/passwd")), "of the system"),
    (
        "other JSON",
        lambda m, t: relink(m / "tokenizer_config.json", t / "run" / "server.json", SECRET),
        "no json file of a model",
    ),
    (
        "a list",
        lambda m, t: relink(m / "vocab.json", t / "rows.json", "[1]"),
        "no json file of a model",
    ),
    (
        "texts as a vocabulary",
        lambda m, t: relink(m / "vocab.json", t / "x.json", SECRET),
        "no json file of a model",
    ),
    (
        "a text of another name",
        lambda m, t: relink(m / "merges.txt", t / "notes.txt", "private"),
        "no txt file of a model",
    ),
    (
        "rows as weights",
        lambda m, t: relink(m / "model.safetensors", t / "rows.jsonl", SECRET * 100),
        "no safetensors file of a model",
    ),
    ("a device", lambda m, t: relink(m / "model.safetensors", Path("/dev/zero")), "no ordinary"),
    (
        "a text as a template",
        lambda m, t: relink(m / "chat_template.jinja", t / "notes.md", "private"),
        "no jinja file of a model",
    ),
]


@pytest.mark.parametrize(("spoil", "said"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_link_to_what_is_no_models_file_is_refused_by_name(
    model: Path, tmp_path: Path, spoil: Callable[[Path, Path], None], said: str
) -> None:
    spoil(model, tmp_path)

    with pytest.raises(ModelError, match="is a link to") as caught:
        check_files(resolve(str(model)))

    assert said in caught.value.what
    assert " -> " in caught.value.where
    assert "s3cret" not in str(caught.value)


def test_a_named_pipe_is_refused_without_waiting_for_it(model: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.safetensors")
    relink(model / "model.safetensors", tmp_path / "pipe.safetensors")

    with pytest.raises(ModelError, match="no ordinary file"):
        check_links(resolve(str(model)))


def test_a_link_that_no_loader_needs_is_left_out(model: Path, tmp_path: Path) -> None:
    relink(model / "extra.json", tmp_path / "server.json", SECRET)
    relink(model / "more.txt", _task(tmp_path) / "evaluation" / "validation.jsonl")
    (model / "own.json").write_text("{}")

    shown = own_files(resolve(str(model)))

    assert model / "own.json" in shown
    assert {path.name for path in shown} & {"extra.json", "more.txt"} == set()


def test_a_folder_of_templates_behind_a_link_is_looked_at_too(model: Path, tmp_path: Path) -> None:
    outside = _task(tmp_path) / "evaluation"
    (outside / "items.jinja").write_text("x")
    (model / "additional_chat_templates").symlink_to(outside)

    with pytest.raises(ModelError, match="a file of a task"):
        check_links(resolve(str(model)))


def _snapshot(root: Path, *, addressed: bool) -> Path:
    """A repository of the Hugging Face cache, its blobs named by content or by file."""
    repository = root / "models--org--name"
    snapshot = repository / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    for number, file in enumerate(sorted(tiny_path().iterdir())):
        name = f"{number:040x}" if addressed else f"b-{file.name}"
        shutil.copyfile(file, repository / "blobs" / name)
        (snapshot / file.name).symlink_to(f"../../blobs/{name}")
    return snapshot


@pytest.mark.parametrize("addressed", [True, False])
def test_a_snapshot_of_the_cache_is_shown_whole(tmp_path: Path, addressed: bool) -> None:
    base = resolve(str(_snapshot(tmp_path, addressed=addressed)))

    check_files(base)

    assert own_files(base) == list(base.files)


def test_weights_of_a_store_may_have_a_name_of_their_own(model: Path, tmp_path: Path) -> None:
    for name, other in (
        ("model.safetensors", "tiny-v2.safetensors"),
        ("config.json", "cfg.json"),
        ("tokenizer.json", "tok.json"),
        ("chat_template.jinja", "chatml.jinja"),
    ):
        relink(model / name, tmp_path / "store" / other, (model / name).read_bytes())
    base = resolve(str(model))

    check_files(base)

    assert own_files(base) == list(base.files)


def test_a_trained_model_of_another_campaign_is_a_base_by_its_folder(tmp_path: Path) -> None:
    place = tmp_path / "c" / "trials" / "t0001" / "model"
    shutil.copytree(tiny_path(), place)
    (tmp_path / "c" / "journal.db").write_bytes(b"")
    (tmp_path / "best").symlink_to(place)

    base = resolve(str(tmp_path / "best"))

    assert own_files(base) == list(base.files)
