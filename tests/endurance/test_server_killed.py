"""kill -9 of the Jupyter server: decisions that were answered stand, and what runs goes on."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Budget, Campaign, commands
from ftassist.campaign.lock import holder
from ftassist.server.paths import campaign_id

from ..browser.lab import PREFIX, TOKEN, Lab

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="started as on Linux"),
]
SECONDS = 300.0


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "lab")
    lab.start()
    yield lab
    lab.stop()


@pytest.fixture
def campaign(lab: Lab) -> Iterator[Campaign]:
    folder = lab.root / "campaigns" / "mini_math-1"
    budget = Budget(trials=1, rows=60)
    campaign = Campaign.create(folder, task="mini_math", review="always", budget=budget)
    yield campaign
    commands.stop(campaign, "the test is over")


def ask(lab: Lab, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the server answers."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{lab.port}{PREFIX}ftassist/campaigns/{path}",
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        answer: dict[str, Any] = json.load(reply)
    return answer


def started_runner(campaign: Campaign) -> str:
    """The name of the runner, which starts in the background of an answer."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if alive := holder(campaign.folder):
            return str(alive["name"])
        time.sleep(0.1)
    raise AssertionError("no runner was started")


def wait_for(campaign: Campaign, trial: str, status: str) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        known = campaign.refresh().trials.get(trial)
        if known is not None and known.status == status:
            return
        time.sleep(0.1)
    raise AssertionError(f"{trial} did not become {status}: {campaign.state.trials.get(trial)}")


def test_a_killed_server_loses_no_decision_and_ends_no_trial(lab: Lab, campaign: Campaign) -> None:
    name = campaign_id(lab.root, campaign.folder)
    ask(lab, f"{name}/actions", {"action": "propose"})
    runner = started_runner(campaign)
    lab.kill()
    wait_for(campaign, "t0001", "proposed")
    assert started_runner(campaign) == runner

    lab.start()
    seen = ask(lab, f"{name}/trials/t0001/card")["seen"]
    accept = {"decision": "accept", "trial": "t0001", "seen": seen}
    done = ask(lab, f"{name}/decisions", accept)
    lab.kill()
    assert campaign.trial("t0001").decision.kind == "accept"
    wait_for(campaign, "t0001", "scored")

    lab.start()
    card = ask(lab, f"{name}/trials/t0001/card")
    assert card["seen"] > done["seq"]
    assert card["live"]["score"]["score"] == campaign.trial("t0001").feedback.score
    assert campaign.journal.damage is None
