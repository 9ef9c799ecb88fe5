"""What an agent outside submits is tried before it is proposed, by the rules of our own agents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Budget, Campaign, dry_running
from ftassist.campaign.environment import Environment, make
from ftassist.campaign.replaying import replay
from ftassist.documents.card import card_document
from ftassist.documents.snapshot import take
from ftassist.errors import CellError, FtassistError
from ftassist.journal import Kind
from ftassist.mcp.door import Door
from ftassist.records.tried import Tried
from ftassist.trial.failures import RunStoppedError
from ftassist.trial.job import TrialSpec

from .conftest import CURATE, TRAIN
from .test_door import submit

BROKE = Tried(
    False, 2.0, stage="curate", failure="DATA", message="there is no field 'q'", log="line 3"
)
PASSED = Tried(True, 4.0)
Make = Callable[..., tuple[Door, list[TrialSpec]]]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A door whose campaign's dry runs end as they are told, with what was run."""
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 0)

    def make_door(found: Tried | BaseException, **given: Any) -> tuple[Door, list[TrialSpec]]:
        run: list[TrialSpec] = []

        def dry_run(
            campaign: Path, spec: TrialSpec, *, ended: Callable[[], bool], **_: Any
        ) -> Tried:
            assert not ended()
            run.append(spec)
            if isinstance(found, BaseException):
                raise found
            return found

        monkeypatch.setattr("ftassist.trial.dry_run.dry_run", dry_run)
        budget = Budget(trials=4)
        campaign = Campaign.create(tmp_path / "c", task="mini_math", budget=budget, **given)
        return Door(campaign), run

    return make_door


def test_what_breaks_is_told_with_what_to_mend_and_costs_no_trial(made: Make) -> None:
    door, _ = made(BROKE)
    with pytest.raises(CellError) as caught:
        submit(door)
    told = str(caught.value)
    assert "there is no field 'q'" in told and "line 3" in told
    assert "where: curate" in told and "map or filter it in the curate cell" in told
    state = door.campaign.refresh()
    assert list(state.trials) == ["t0000"] and state.trials_used == 0
    (event,) = [e for e in door.campaign.journal.read() if e.kind == Kind.CELLS_TRIED]
    assert event.actor == "agent:mcp:some-agent"
    assert event.payload["passed"] is False


def test_how_it_went_stands_on_the_card_and_is_told_to_the_agent(made: Make) -> None:
    door, run = made(PASSED)
    found = submit(door)
    assert found["dry_run"] == "dry run passed in 4.0 s"
    snapshot = take(door.campaign)
    card = card_document(snapshot, snapshot.state.trials[found["task"]], "c")
    assert card["dry_run"] == "dry run passed in 4.0 s"
    assert run[0].cells["curate"] == CURATE and run[0].cells["train"] == TRAIN


def test_a_person_who_wants_no_dry_runs_gets_none(made: Make) -> None:
    door, run = made(BROKE, dry_run=False)
    assert submit(door)["status"] == "proposed"
    assert run == []


def test_where_nothing_isolates_them_cells_are_not_tried_without_consent(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Open:
        works = False

    monkeypatch.setattr(dry_running, "probe", Open)
    door, run = made(BROKE)
    assert dry_running.UNISOLATED in submit(door)["dry_run"]
    assert run == []


def test_a_campaign_that_is_stopped_meanwhile_ends_it(made: Make) -> None:
    door, _ = made(RunStoppedError("the dry run was ended", "train"))
    with pytest.raises(FtassistError, match="the campaign was stopped"):
        submit(door)
    assert list(door.campaign.refresh().trials) == ["t0000"]


def test_what_agents_outside_tried_is_no_decision_of_the_campaigns_own(made: Make) -> None:
    door, _ = made(PASSED)
    submit(door)
    assert list(replay(door.campaign)) == []


def test_the_environments_cells_are_tried_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.trial.dry_run.dry_run", lambda *_, **__: BROKE)
    cells = {"curate": CURATE, "train": TRAIN, "evaluate": "x = 1"}
    asked = make("mini_math", folder=tmp_path / "asked", dry_run=True)
    with pytest.raises(CellError, match="no field"):
        asked.propose(cells)
    unasked: Environment = make("mini_math", folder=tmp_path / "unasked")
    assert unasked.propose(cells) == "t0001"


@pytest.mark.slow
def test_cells_that_cannot_run_are_refused_for_real(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=2))
    broken = CURATE.replace(
        "rows = curate.dec", 'print(list(rows)[0]["nothing"])\nrows = curate.dec'
    )
    with pytest.raises(CellError, match="nothing"):
        submit(Door(campaign), curate=broken)
    assert list(campaign.refresh().trials) == ["t0000"]
