"""Bouts that are played at once, and trials that run elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.contest import record, run
from ftassist.contest.placing import Placing
from ftassist.errors import DataError, FtassistError, UnknownNameError
from ftassist.files import read_json
from ftassist.journal import Kind

from .conftest import small

AT_ONCE = Placing(at_once=2)


def scores(folder: Path) -> dict[str, float]:
    found = read_json(folder / "results.json")["bouts"]
    return {row["campaign"]: row["validation"]["score"] for row in found}


def test_two_bouts_are_played_at_the_same_time_and_come_to_the_same(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small("plain", "playbook", seeds=1), tmp_path / "one")
    played, both = Campaign.start_runner, threading.Barrier(2)

    def start(campaign: Campaign) -> int:
        both.wait(60)  # breaks where the other one is not begun before this one is over
        return played(campaign)

    monkeypatch.setattr(Campaign, "start_runner", start)
    outcome = run(small("plain", "playbook", seeds=1), tmp_path / "two", placing=AT_ONCE)
    assert (outcome.over, outcome.failed) == (2, {})
    assert scores(tmp_path / "two") == scores(tmp_path / "one")


def test_an_interrupt_gives_up_all_that_are_played_and_the_same_command_goes_on(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = threading.Barrier(2)
    played = Campaign.start_runner

    def start(campaign: Campaign) -> int:
        if campaign.state.settings["policy"] == "random":  # may have been begun in the meantime
            return 1
        started.wait(60)
        return played(campaign) if campaign.state.settings["backend"] == "plain" else 1

    def wait(self: Campaign, _: Any, on_change: Callable[[Any], None]) -> None:
        while self.refresh().phase != "finished":
            on_change(self.state)
            time.sleep(0.01)

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Campaign, "start_runner", start)
        patch.setattr(Campaign, "wait", wait)
        patch.setattr(record, "write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(small("plain", "playbook", "random", seeds=1), tmp_path, placing=AT_ONCE)
    begun = {p.parent.parent.name for p in tmp_path.glob("campaigns/*/*/*/journal.db")}
    left = Campaign.open(tmp_path / "campaigns/mini_math/playbook/seed-0")
    assert left.state.phase == "stopped"
    assert begun >= {"plain", "playbook"}
    assert run(small("plain", "playbook", "random", seeds=1), tmp_path).over == 3


def test_trials_run_where_they_are_to_run_and_stay_there_until_another_word(
    tmp_path: Path,
) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", backend="playbook")
    for _ in range(2):
        Placing(executor="ray", address="10.0.0.1:6379").put(campaign, "contest")
        Placing().put(campaign, "contest")
    chosen = campaign.refresh().executor
    assert (chosen.name, chosen.request["address"]) == ("ray", "10.0.0.1:6379")
    Placing(executor="local").put(campaign, "contest")
    assert campaign.refresh().executor.name == "local"
    changes = [e for e in campaign.journal.read() if e.kind == Kind.EXECUTOR_CHANGED]
    assert len(changes) == 2


def test_a_persons_word_for_cells_without_isolation_is_that_persons(
    tmp_path: Path, simulated: list[str]
) -> None:
    run(small("plain", seeds=1), tmp_path, placing=Placing(allow_unisolated=True))
    (place,) = tmp_path.glob("campaigns/*/*/*/journal.db")
    assert Campaign.open(place.parent).state.consent["actor"].startswith("person:")


def test_a_bout_that_waits_for_that_word_goes_on_with_it(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", backend="playbook")
    campaign.say(Kind.CAMPAIGN_PAUSED, {"reason": "it would run", "waits_for": "consent"})
    for _ in range(2):
        Placing(allow_unisolated=True).put(campaign, "contest")
    assert campaign.refresh().phase == "running"
    allowed = [e for e in campaign.journal.read() if e.kind == Kind.UNISOLATED_ALLOWED]
    assert len(allowed) == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"at_once": 0}, DataError),
        ({"at_once": 1000}, DataError),
        ({"executor": "slurm"}, UnknownNameError),
        ({"address": "auto"}, DataError),
        ({"executor": "local", "address": "auto"}, DataError),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_begun(
    wrong: dict[str, Any], error: type[FtassistError]
) -> None:
    with pytest.raises(error) as raised:
        Placing(**wrong)
    assert raised.value.fix
