"""What the watch in a kernel takes for an attempt, and what it takes no notice of."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ftassist.trial import kernel_watch
from ftassist.trial.attempt import MOST_REFUSALS, read_refusals

PACKAGE = str(Path(kernel_watch.__file__).parents[1])


@pytest.mark.parametrize(
    ("event", "arguments", "what"),
    [
        ("open", ("/t/sums/evaluation/test.jsonl", "r", 0), "reads evaluation data"),
        ("os.listdir", ("/t/sums/evaluation",), "reads evaluation data"),
        ("open", ("/c/scores/t0001.validation.json", "r", 0), "reads evaluation data"),
        ("os.symlink", ("/t/sums/evaluation", "notes", -1), "reads evaluation data"),
        ("os.system", (b"cat /t/evaluation/test.jsonl",), "reads evaluation data"),
        ("open", ("/c/trials/t0002/model/x", "w", 0), "touches another trial's folder"),
        ("os.chdir", ("/c/trials/t0002",), "touches another trial's folder"),
        ("open", ("/c/journal.db-wal", "rb", 0), "touches the campaign's journal"),
        ("open", (f"/c/cache/{'a' * 32}/manifest.json", "r", 0), "touches the stage cache"),
        ("open", ("/proc/1/environ", "rb", 0), "looks into another process"),
        ("open", (f"{PACKAGE}/dojo/task.py", None, os.O_RDWR), "changes ftassist itself"),
        ("os.remove", (f"{PACKAGE}/dojo/task.py", -1), "changes ftassist itself"),
    ],
)
def test_what_no_honest_trial_does_is_an_attempt(
    event: str, arguments: tuple[Any, ...], what: str
) -> None:
    assert [found[0] for found in kernel_watch._attempts(event, arguments)] == [what]


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("data/train.jsonl", "w", 0)),
        ("open", (f"{PACKAGE}/dojo/task.py", "r", 0)),
        ("open", (f"{PACKAGE}/dojo/__pycache__/task.pyc", None, os.O_WRONLY)),
        ("open", (f"/proc/{os.getpid()}/environ", "r", 0)),
        ("open", (3, "r", 0)),
        ("os.system", ("ls",)),
        ("os.listdir", (None,)),
    ],
)
def test_what_trials_and_libraries_do_is_none(event: str, arguments: tuple[Any, ...]) -> None:
    assert kernel_watch._attempts(event, arguments) == []


def test_everything_is_allowed_in_the_trials_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_watch, "_OWN", {"named": "/c/trials/t0001"})
    assert kernel_watch._place("/c/trials/t0001/evaluation/test.jsonl", True) == ""
    assert kernel_watch._place("/c/trials/t0011/model", True) == "touches another trial's folder"


def test_notes_of_a_kernel_are_read_as_untrusted_text(tmp_path: Path) -> None:
    assert read_refusals(tmp_path, "train") == []
    lines = ["no json", "[]", json.dumps({"what": "x" * 999, "where": {"a": 1}})]
    lines += [json.dumps({"what": f"w{n}", "where": "f"}) for n in range(100)]
    (tmp_path / kernel_watch.FILE).write_text("\n".join(lines))
    found = read_refusals(tmp_path, "train")
    assert len(found) <= MOST_REFUSALS
    assert len(found[0].what) < 210
    assert {refusal.class_ for refusal in found} == {"INVALID"}
