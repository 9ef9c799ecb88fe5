"""Wishes over REST: written to the journal at once, fulfilled by the runner later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.conftest import write_resting

from ftassist.campaign import Campaign, commands
from ftassist.errors import FtassistError
from ftassist.server.paths import campaign_id

from .conftest import Fetch, body, valid
from .test_samples import post


@pytest.mark.parametrize(
    ("document", "kind", "trial", "payload"),
    [
        ({"action": "propose"}, "proposal.asked", None, {}),
        ({"action": "propose", "trial": "t0002"}, "proposal.asked", None, {"parent": "t0002"}),
        (
            {"action": "propose", "wish": "more epochs"},
            "proposal.asked",
            None,
            {"words": "more epochs"},
        ),
        ({"action": "branch", "trial": "t0004"}, "proposal.asked", None, {"parent": "t0004"}),
        (
            {"action": "alternatives", "trial": "t0012", "count": 2},
            "proposal.asked",
            None,
            {"parent": "t0002", "beside": "t0012", "count": 2},
        ),
        ({"action": "cancel"}, "proposal.cancelled", None, {}),
        ({"action": "pause", "reason": "lunch"}, "campaign.paused", None, {"reason": "lunch"}),
        ({"action": "resume"}, "campaign.resumed", None, {}),
        (
            {"action": "allow_unisolated", "reason": "I read them"},
            "unisolated.allowed",
            None,
            {"reason": "I read them"},
        ),
        ({"action": "stop_campaign"}, "campaign.stopped", None, {"reason": "asked for"}),
        (
            {"action": "set_review", "review": "Timeout 60s"},
            "review.changed",
            None,
            {"review": "timeout 60"},
        ),
        (
            {"action": "set_budget", "budget": {"trials": 20}},
            "budget.changed",
            None,
            {
                "budget": {
                    "trials": 20,
                    "rows": 2000,
                    "seconds": 1800.0,
                    "usd": 5.0,
                    "device_hours": None,
                }
            },
        ),
        (
            {"action": "stop_trial", "trial": "t0011", "reason": "too slow"},
            "trial.stop_asked",
            "t0011",
            {"reason": "too slow"},
        ),
        ({"action": "replicate", "trial": "t0004"}, "replicate.asked", "t0004", {"seeds": 1}),
        ({"action": "export_model", "trial": "t0004"}, "export.asked", "t0004", {}),
        ({"action": "pin", "trial": "t0001"}, "trial.pinned", "t0001", {}),
        ({"action": "unpin", "trial": "t0004"}, "trial.unpinned", "t0004", {}),
    ],
    ids=lambda value: value.get("action") if isinstance(value, dict) else None,
)
async def test_an_action_is_one_event_of_the_journal(
    jp_fetch: Fetch,
    name: str,
    campaign: Campaign,
    document: dict[str, Any],
    kind: str,
    trial: str | None,
    payload: dict[str, Any],
) -> None:
    before = campaign.refresh().seq
    parent = campaign.trial("t0012").parent
    response = await post(jp_fetch, name, "actions", document)
    assert valid(body(response), "Acted")["seq"] == before + 1
    (event,) = campaign.journal.read(before)
    if "beside" in payload:
        payload = {**payload, "parent": parent}
    written = {**payload, "seen": before}
    assert (event.kind, event.trial, event.payload) == (kind, trial, written)
    assert event.actor.startswith("person:")


@pytest.mark.parametrize(
    "document",
    [
        {"action": "explode"},
        {"action": "pin"},
        {"action": "replicate", "trial": "t0012"},
        {"action": "replicate", "trial": "t0009"},
        {"action": "promote", "trial": "t0004"},
        {"action": "replicate", "trial": "t0004", "seeds": 100},
        {"action": "export_model", "trial": "t0000"},
        {"action": "export_model", "trial": "t0005"},
        {"action": "stop_trial", "trial": "t0004"},
        {"action": "branch", "trial": "t0005"},
        {"action": "alternatives", "trial": "t0004"},
        {"action": "alternatives", "trial": "t0012", "count": 4},
        {"action": "set_review", "review": "sometimes"},
        {"action": "set_budget", "budget": {"trials": -1}},
        {"action": "set_budget", "budget": {"trials": "many"}},
    ],
    ids=str,
)
async def test_an_action_that_makes_no_sense_is_refused_and_nothing_is_written(
    jp_fetch: Fetch, name: str, campaign: Campaign, document: dict[str, Any]
) -> None:
    before = campaign.refresh().seq
    response = await post(jp_fetch, name, "actions", document)
    assert response.code == 400
    assert valid(body(response), "Error")["message"]
    assert campaign.refresh().seq == before


async def test_a_wish_for_a_proposal_wakes_the_runner_and_shows_at_once(
    jp_fetch: Fetch, name: str, campaign: Campaign, no_runner: list[Path]
) -> None:
    response = await post(jp_fetch, name, "actions", {"action": "propose"})
    asked = body(await jp_fetch("ftassist", "campaigns", name))["campaign"]["asked"]
    assert asked["seq"] == body(response)["seq"]
    assert no_runner == [campaign.folder]


@pytest.mark.parametrize("action", ["propose", "replicate", "export_model"])
async def test_a_stopped_campaign_is_not_woken_by_a_wish(
    jp_fetch: Fetch, name: str, campaign: Campaign, no_runner: list[Path], action: str
) -> None:
    commands.stop(campaign, "enough")
    response = await post(jp_fetch, name, "actions", {"action": action, "trial": "t0004"})
    assert response.code == 400
    assert "resume it" in body(response)["what_to_do"]
    assert no_runner == []


@pytest.mark.parametrize(("whole", "rung"), [(False, 0.5), (True, 1.0)])
async def test_a_trial_that_rests_is_run_on_and_the_runner_woken(
    jp_fetch: Fetch,
    jp_root_dir: Path,
    no_runner: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    whole: bool,
    rung: float,
) -> None:
    folder = jp_root_dir.resolve() / "campaigns" / "rungs"
    folder.mkdir(parents=True)
    write_resting(folder, monkeypatch)
    name = campaign_id(jp_root_dir.resolve(), folder)
    document = {"action": "promote", "trial": "t0001", "whole": whole}
    valid(body(await post(jp_fetch, name, "actions", document)), "Acted")
    trial = Campaign.open(folder).trial("t0001")
    assert (trial.status, trial.promoted.rung) == ("accepted", rung)
    assert trial.promoted.actor.startswith("person:")
    assert no_runner == [folder]
    again = await post(jp_fetch, name, "actions", document)
    assert again.code == 400
    assert "rests at a rung" in body(again)["what_to_do"]


async def test_a_runner_that_does_not_start_is_told_of_by_the_journal(
    jp_fetch: Fetch, name: str, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> int:
        raise FtassistError("the runner did not start: no space left")

    monkeypatch.setattr("ftassist.server.runners.start_runner", fail)
    await post(jp_fetch, name, "actions", {"action": "propose"})
    for _ in range(200):
        view = body(await jp_fetch("ftassist", "campaigns", name))["campaign"]
        if view["asked_failed"]:
            break
    assert "no space left" in view["asked_failed"]
    assert view["asked"] is None
