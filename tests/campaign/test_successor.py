"""A runner on a cluster that ends without a word is followed by another one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.successor import SENTENCE
from ftassist.journal import Kind

SOURCE = str(Path(__file__).parents[2] / "src")
RUNNER = """
import os, sys
from pathlib import Path
from ftassist.campaign import Campaign, successor
from ftassist.journal import Kind

successor.REST_SECONDS = 0.0
folder = Path(sys.argv[1])
code = successor.followed(folder)
if isinstance(code, Campaign):
    campaign = code
    ends = sys.argv[2:]
    turn = sum(event.kind == Kind.RUNNER_STARTED for event in campaign.journal.read())
    campaign.say(Kind.RUNNER_STARTED, {"pid": os.getpid(), "host": "h"}, actor="runner")
    if ends[turn].endswith("!"):
        campaign.say(Kind.RUNNER_STOPPED, {"reason": "an error"}, actor="runner")
    os._exit(int(ends[turn].rstrip("!")))
sys.exit(code)
"""


def ran(campaign: Campaign, *ends: str) -> tuple[int, int, int]:
    """Exit code, runners and notes where runners end like this ("!": with a word)."""
    command = [sys.executable, "-c", RUNNER, str(campaign.folder), *ends]
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    code = subprocess.run(command, env=environment, timeout=60, check=False).returncode
    events = campaign.journal.read()
    notes = [e for e in events if e.kind == Kind.NOTE and e.payload["text"] == SENTENCE]
    return code, sum(e.kind == Kind.RUNNER_STARTED for e in events), len(notes)


@pytest.fixture
def clustered(make_campaign: Callable[..., Campaign]) -> Campaign:
    campaign = make_campaign()
    payload = {"executor": "ray", "request": {"address": "127.0.0.1:9"}}
    campaign.say(Kind.EXECUTOR_CHANGED, payload)
    return campaign


def test_a_runner_that_ray_ended_is_told_and_followed_by_another(clustered: Campaign) -> None:
    assert ran(clustered, "1", "1", "0!") == (0, 3, 2)


@pytest.mark.parametrize("end", ["1!", "2"])
def test_any_other_end_is_handed_on(clustered: Campaign, end: str) -> None:
    assert ran(clustered, end) == (int(end.rstrip("!")), 1, 0)


def test_on_one_machine_nobody_waits_for_the_runner(
    make_campaign: Callable[..., Campaign],
) -> None:
    assert ran(make_campaign(), "1") == (1, 1, 0)
