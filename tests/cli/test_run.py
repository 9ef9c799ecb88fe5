import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ftassist.campaign import Campaign
from ftassist.cli import app


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140"})


def run_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_run_detached_tells_process_and_how_to_stop(demo_folder: Path, started: list[str]) -> None:
    result = run("run", "--review", "never", "--trials", "20", "--detach")
    assert "4711" in result.stdout and "ftassist stop" in result.stdout
    document = run_json("status")
    assert document["review"] == "never"
    assert document["budget"]["trials"] == 20


def test_run_ends_with_the_table_when_a_person_is_needed(
    demo_folder: Path, demo: Campaign, started: list[str]
) -> None:
    demo.say("trial.failed", {"class": "OOM", "stage": "train", "message": "m"}, trial="t0011")
    result = run("run")
    assert result.exit_code == 0
    assert "not distinguishable from t0002" in result.stdout
    assert "next: `ftassist accept t0012`" in result.stdout


def test_an_interrupt_of_run_leaves_the_runner_and_says_so(
    demo_folder: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Campaign, "wait", interrupt)
    result = run("run")
    assert result.exit_code == 130
    assert "stop it: ftassist stop" in result.stderr
    assert Campaign.open(demo_folder).state.phase == "running"
