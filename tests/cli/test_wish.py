"""Commands that wish or take back; the runner is played, none is started."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.export.conftest import campaign, in_process, learned
from typer.testing import CliRunner, Result

from ftassist.campaign import Campaign
from ftassist.cli import app
from ftassist.journal import Kind

__all__ = ["campaign", "in_process", "learned"]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140"})


def run_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def fulfilled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner that does at once what was wished for."""

    def start(self: Campaign) -> int:
        state = self.refresh()
        if state.asked.seq:
            proposal = {**state.trials["t0012"].proposal.to_dict(), "beside": state.asked.beside}
            self.say(Kind.PROPOSAL_MADE, proposal, trial="t0013", actor="agent:playbook")
        for trial in state.trials.values():
            if trial.export.status == "asked":
                made = {"folder": f"exports/{trial.id}", "files": 3, "bytes": 2_000_000}
                self.say(Kind.EXPORT_MADE, made, trial=trial.id, actor="runner")
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", start)
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: True)


def test_a_veto_is_taken_back(demo_folder: Path) -> None:
    vetoed = run_json("veto", "t0012", "too dear")
    assert vetoed["status"] == "vetoed"
    assert run_json("undo", "t0012", "--reason", "it is not")["status"] == "proposed"
    state = Campaign.open(demo_folder).state
    assert "t0012" not in [veto.trial for veto in state.vetoes]


def test_what_was_not_vetoed_cannot_be_undone(demo_folder: Path) -> None:
    refused = run("undo", "t0012")
    assert refused.exit_code == 2
    assert "cannot be decided" in refused.stderr


def test_alternatives_to_a_proposal_are_waited_for(demo_folder: Path, fulfilled: None) -> None:
    found = run_json("alternatives", "t0012", "--count", "1")
    assert found == {
        "schema": "ftassist/alternatives/1",
        "trial": "t0012",
        "alternatives": ["t0013"],
    }
    assert Campaign.open(demo_folder).state.beside("t0012") == ("t0012", "t0013")


def test_alternatives_to_a_decided_trial_are_refused(
    demo_folder: Path, started: list[str]
) -> None:
    refused = run("alternatives", "t0001")
    assert refused.exit_code == 2
    assert "cannot have alternatives" in refused.stderr
    assert started == []


def test_without_waiting_the_wish_is_left(demo_folder: Path, started: list[str]) -> None:
    assert run("alternatives", "t0012", "--no-wait").exit_code == 0
    assert Campaign.open(demo_folder).state.asked.beside == "t0012"
    assert started == ["mini_math-1"]


def test_a_trial_is_repeated_on_fresh_seeds(demo_folder: Path, started: list[str]) -> None:
    assert run_json("repeat", "t0001", "--seeds", "2")["replicates_wanted"] == 2
    assert started == ["mini_math-1"]
    assert "1 to 5" in run("repeat", "t0001", "--seeds", "9").stderr
    assert "cannot be repeated" in run("repeat", "t0012").stderr


def test_a_model_is_exported_and_its_folder_told(demo_folder: Path, fulfilled: None) -> None:
    found = run_json("export", "t0001")
    assert found["path"] == str(demo_folder.resolve() / "exports" / "t0001")
    assert "exported to" in run("export", "t0001").stdout


def test_an_export_that_fails_says_why(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: Campaign) -> int:
        failed = {"message": "the trial has no model folder any more"}
        self.say(Kind.EXPORT_FAILED, failed, trial="t0001", actor="runner")
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", start)
    refused = run("export", "t0001")
    assert refused.exit_code == 2
    assert "no model folder" in refused.stderr


def test_the_requirement_card_is_shown_and_hostile_text_is_plain(
    demo_folder: Path,
) -> None:
    assert "no requirement card yet" in run("survey").stderr
    card = {
        "asked": "boxed numbers",
        "lacks": "the form",
        "raw_sets": [{"name": "a", "use": "form", "licence": "", "flaw": "bare"}],
        "strategies": [{"name": "s", "why": "w", "rests_on": ["t0000: 0.02"]}],
        "sources": [{"kind": "paper", "name": "arXiv:1", "title": "\x1b[2J<b>", "licence": ""}],
        "not_looked_up": ["data sets on the Hugging Face Hub: offline by wish"],
    }
    Campaign.open(demo_folder).say(Kind.SURVEY_MADE, card)
    shown = run("survey").stdout
    for said in ("asked: boxed numbers", "licence: not stated", "t0000: 0.02", "not looked up"):
        assert said in shown
    assert "\x1b" not in shown
    assert run_json("survey")["survey"]["asked"] == "boxed numbers"


@pytest.mark.parametrize("command", ["undo", "alternatives", "repeat", "export", "survey"])
def test_help_shows_an_example(command: str) -> None:
    assert f"Example: ftassist {command}" in run(command, "--help").stdout


@pytest.mark.slow
@pytest.mark.usefixtures("in_process")
def test_an_export_that_is_scored_again_tells_its_difference(campaign: Campaign) -> None:
    folder = str(campaign.folder)
    made = run_json("export", "1", "--as", "merged", "--numbers", "float32", "-c", folder)
    assert (made["schema"], made["trial"]) == ("ftassist/export/2", "t0001")
    assert (made["difference"], made["same"], made["forced"]) == (0.0, 1.0, False)
    again = run("export", "t0001", "--as", "merged", "--numbers", "float32", "-c", folder)
    assert "on the same 24 items; 100% of the answers are the same" in again.stdout
    planned = run("push", "t0001-merged-float32", "--to", "ada/sums", "--dry-run", "-c", folder)
    assert planned.exit_code == 0
    assert "README.md" in planned.stdout
    assert "nothing was sent" in planned.stdout
    refused = run("push", "t0001-merged-float32", "--to", "ada/sums", "-c", folder)
    assert refused.exit_code == 2
    assert "terms were not agreed to" in refused.stderr


@pytest.mark.parametrize("form", ["onnx", "safetensors"])
def test_a_form_that_is_not_known_is_refused(demo_folder: Path, form: str) -> None:
    refused = run("export", "t0001", "--as", form)
    assert refused.exit_code == 2
    assert f"'{form}' is no form of an export" in refused.stderr
    assert "merged" in refused.stderr
