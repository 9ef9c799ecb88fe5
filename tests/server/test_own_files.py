"""Files below the server's root become a task; what leads elsewhere is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Fetch, body, refused, valid


@pytest.fixture
def rows(jp_root_dir: Path) -> Path:
    """Training and evaluation rows below the root."""
    folder = jp_root_dir / "data"
    folder.mkdir()
    for name, count in (("train", 8), ("eval", 30)):
        lines = [
            f"{name} question number {n} about {n * 37} things,answer{n}" for n in range(count)
        ]
        (folder / f"{name}.csv").write_text("\n".join(["prompt,answer", *lines]) + "\n")
    return folder


def asking(fetch: Fetch, **more: Any) -> Any:
    document = {
        "train": ["data/train.csv"],
        "evaluation": "data/eval.csv",
        "metric": "accuracy",
        "name": "mine",
        **more,
    }
    return fetch("ftassist", "own-tasks", method="POST", body=json.dumps(document))


@pytest.mark.usefixtures("rows")
async def test_files_are_looked_at_then_made_a_task_that_can_be_chosen(
    jp_fetch: Fetch, jp_root_dir: Path
) -> None:
    look = valid(body(await asking(jp_fetch)), "OwnLook")
    assert look["problem"] is None
    assert look["columns"] == ["prompt", "answer"]
    assert look["items"]["validation"] + look["items"]["test"] == 30
    assert not (jp_root_dir / "tasks").exists()
    made = valid(body(await asking(jp_fetch, make=True)), "OwnTask")
    assert made["task"] == "tasks/mine"
    start = body(await jp_fetch("ftassist", "start"))
    assert start["tasks"][0]["key"] == "tasks/mine"
    error = await refused(asking(jp_fetch, make=True), 400)
    assert (error["where"], "already" in error["message"]) == ("name", True)


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"train": ["/etc/passwd"]}, "train"),
        ({"train": ["../outside.csv"]}, "train"),
        ({"train": ["link.csv"]}, "train"),
        ({"evaluation": "data/none.csv"}, "evaluation"),
        ({"name": "../mine"}, "name"),
        ({"evaluation": "", "make": True}, "evaluation"),
        ({"metric": "python:bomb.py"}, "metric"),
    ],
)
async def test_what_cannot_be_used_names_its_field(
    jp_fetch: Fetch, jp_root_dir: Path, rows: Path, more: dict[str, Any], where: str
) -> None:
    (jp_root_dir / "link.csv").symlink_to(rows / "train.csv")
    error = await refused(asking(jp_fetch, **more), 400)
    assert valid(error, "Error")["where"] == where
