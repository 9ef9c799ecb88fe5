"""What is told to Trackio of a campaign; a module with its calls stands in for it."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.trackers.mirror import mirror
from ftassist.errors import UnknownNameError


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """The calls, in order."""
    calls: list[tuple[str, Any]] = []
    stand_in = SimpleNamespace(
        init=lambda **given: calls.append(("init", given)),
        log=lambda values, step=None: calls.append(("log", (values, step))),
        finish=lambda: calls.append(("finish", None)),
    )
    monkeypatch.setitem(sys.modules, "trackio", stand_in)
    return calls


def test_each_trial_is_a_run_of_one_project_and_is_written_once(
    demo: Campaign, told: list[tuple[str, Any]]
) -> None:
    written = mirror(demo, "trackio")
    begun = [given for kind, given in told if kind == "init"]
    assert len(begun) == written > 5
    assert {given["project"] for given in begun} == {f"ftassist-{demo.name}"}
    assert "t0004" in [given["name"] for given in begun]
    assert [kind for kind, _ in told].count("finish") == written
    scores = [values["score"] for kind, (values, _) in
              ((k, v) for k, v in told if k == "log") if "score" in values]  # fmt: skip
    assert demo.trial("t0004").score in scores
    assert mirror(demo, "trackio") == 0


def test_a_tracker_nobody_knows_is_named_with_the_nearest(demo: Campaign) -> None:
    with pytest.raises(UnknownNameError, match="mlfow"):
        mirror(demo, "mlfow")
