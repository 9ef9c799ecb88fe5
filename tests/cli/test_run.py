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


def _as_if_it_ran(monkeypatch: pytest.MonkeyPatch, *told: tuple[str, dict[str, Any], Any]) -> None:
    """What a runner would write while `run` waits for it."""

    def wait(self: Campaign, until: Any, **_: Any) -> Any:
        for kind, payload, trial in told:
            self.say(kind, payload, trial=trial, actor="runner")
        assert until(self.refresh())
        return self.state

    monkeypatch.setattr(Campaign, "wait", wait)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A campaign on which nothing was scored yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FTASSIST_CAMPAIGN", raising=False)
    return Campaign.create(tmp_path / "campaigns" / "new", task="mini_math", review="never")


@pytest.mark.parametrize(
    "told",
    [
        [
            ("trial.failed", {"class": "CONFIG", "message": "no end token"}, "t0000"),
            ("campaign.stopped", {"reason": "the base cannot be scored: no end token"}, None),
        ],
        [("campaign.paused", {"reason": "the base is gone", "waits_for": "model"}, None)],
        [("campaign.stopped", {"reason": "a person stopped it"}, None)],
    ],
    ids=["the base cannot be scored", "the base is gone", "stopped before its score"],
)
def test_run_ends_with_an_error_code_when_nothing_was_scored(
    fresh: Campaign, started: list[str], monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    _as_if_it_ran(monkeypatch, *told)
    assert run("run").exit_code == 1
    assert run("run", "--json").exit_code == 1


def test_run_ends_well_when_a_person_is_needed_and_the_base_is_scored(
    demo_folder: Path, demo: Campaign, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = ("campaign.paused", {"reason": "asked for"}, None)
    _as_if_it_ran(monkeypatch, paused)
    assert run("run").exit_code == 0


def test_a_campaign_that_may_not_be_written_is_an_error_for_people(
    demo_folder: Path, demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.campaign.lock.isolation", lambda: None)
    (demo_folder / "logs").write_text("no folder")
    result = run("run")
    assert result.exit_code == 2
    assert "its log cannot be written" in result.output
    assert "what to do:" in result.output
    assert "Traceback" not in result.output
