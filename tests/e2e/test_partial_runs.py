"""A campaign with partial runs, from `init` to the report, with real trainings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from ftassist.campaign import Campaign, commands
from ftassist.cli.app import app
from ftassist.journal import Kind

pytestmark = [pytest.mark.slow, pytest.mark.night, pytest.mark.timeout(1200)]


def run(*words: str) -> Any:
    """What a command says as JSON."""
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Run to its end, its finalist on fresh seeds included."""
    folder = tmp_path_factory.mktemp("rungs") / "c"
    words = f"init --task mini_math --policy asha --review never --folder {folder}"
    sizes = "--trials 3 --rows 96 --validation-items 150 --test-items 60"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FTASSIST_CAMPAIGN", str(folder))
        patch.delenv("ANTHROPIC_API_KEY", raising=False)
        run(*words.split(), *sizes.split())
        CliRunner().invoke(app, ["run"])
        yield Campaign.open(folder)
    commands.stop(Campaign.open(folder), "the test is over")


def test_it_comes_to_its_end_with_a_finalist_that_was_run_whole(campaign: Campaign) -> None:
    state = campaign.state
    assert (state.phase, bool(state.claim)) == ("finished", True)
    trials = [t for t in state.trials.values() if t.role == "trial"]
    assert len(trials) == 3
    assert {t.status for t in trials} <= {"scored", "resting"}
    assert all(t.partial for t in trials)
    finalist = state.trials[str(state.finalist)]
    assert [run.rung for run in finalist.partial] == [0.25, 0.5]
    assert finalist.stages["train"]["cached_from"] is None
    assert len(state.replicates(finalist.id)) == 2


def test_each_run_goes_on_from_the_steps_of_the_last(campaign: Campaign) -> None:
    rested = [e for e in campaign.journal.read() if e.kind == Kind.TRIAL_RESTED]
    goes_on = [e.trial for e in campaign.journal.read() if e.kind == Kind.TRIAL_PROMOTED]
    assert goes_on
    for event in rested:
        training = event.payload["training"]
        assert training["steps"] == round(event.payload["rung"] * training["of_steps"] + 0.01)
    curve = campaign.folder / "trials" / str(campaign.state.finalist) / "metrics.jsonl"
    steps = [json.loads(line)["step"] for line in curve.read_text().splitlines()]
    assert steps == sorted(steps)


def test_all_choices_come_out_the_same_when_they_are_made_again(campaign: Campaign) -> None:
    made_again = run("replay")
    assert {"proposal", "promotion"} <= {one["decision"] for one in made_again}
    assert [one for one in made_again if not one["same"]] == []


def test_nothing_is_damaged_and_the_report_tells_of_partial_runs(campaign: Campaign) -> None:
    assert run("verify")["damaged"] == []
    CliRunner().invoke(app, ["report"])
    assert "Partial runs:" in (campaign.folder / "report.html").read_text()
