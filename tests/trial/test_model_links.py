"""What links in a model's folder show of this machine to a process behind a trial's walls."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ftassist.errors import ModelError
from ftassist.isolation.command import Sandboxed
from ftassist.models import tiny_path
from ftassist.trial.sandbox import INSIDE, trial_walls

pytestmark = pytest.mark.usefixtures("bubblewrap")

READ = """
import pathlib, sys
for name in sys.argv[1:]:
    try:
        print(len(pathlib.Path(name).read_bytes()))
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_path(), tmp_path / "model"))


def read_inside(tmp_path: Path, model: Path, *paths: Path) -> list[str]:
    """What a trial's process gets of some files: their sizes, or the error."""
    for name in ("trial", "private", "campaign"):
        (tmp_path / name).mkdir()
    walls = trial_walls(
        tmp_path / "trial",
        tmp_path / "private",
        campaign=tmp_path / "campaign",
        model=str(model),
    )
    command = [sys.executable, "-I", "-c", READ, *map(str, paths)]
    with Sandboxed(command, walls) as sandboxed:
        done = subprocess.run(
            sandboxed.arguments,
            pass_fds=sandboxed.descriptors,
            capture_output=True,
            text=True,
            timeout=60,
        )
    sandboxed.forget()
    assert done.returncode == 0, done.stderr
    assert walls.folder == INSIDE
    return done.stdout.split()


def test_files_behind_links_are_read_where_the_links_are(model: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    weights = model / "model.safetensors"
    size = weights.stat().st_size
    shutil.move(weights, store / "w.safetensors")
    weights.symlink_to("../store/w.safetensors")

    read = read_inside(tmp_path, model, weights, model / "config.json", store / "other")

    assert read == [str(size), str((model / "config.json").stat().st_size), "FileNotFoundError"]


def test_a_link_that_no_loader_needs_shows_nothing(model: Path, tmp_path: Path) -> None:
    secret = tmp_path / "server.json"
    secret.write_text('{"token": 1}')
    (model / "extra.json").symlink_to(secret)

    read = read_inside(tmp_path, model, model / "extra.json", secret, model / "tokenizer.json")

    assert read[:2] == ["FileNotFoundError", "FileNotFoundError"]
    assert int(read[2]) > 0


def test_a_link_to_evaluation_data_builds_no_walls(model: Path, tmp_path: Path) -> None:
    task = tmp_path / "task"
    (task / "evaluation").mkdir(parents=True)
    (task / "card.yaml").write_text("key: task\n")
    (task / "evaluation" / "validation.jsonl").write_text('{"answer": "42"}\n')
    (model / "model.safetensors").unlink()
    (model / "model.safetensors").symlink_to(task / "evaluation" / "validation.jsonl")

    with pytest.raises(ModelError, match=r"model\.safetensors .* a file of a task"):
        read_inside(tmp_path, model)
