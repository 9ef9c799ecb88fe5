"""A campaign of the plain agent: its trials run, and are made again from the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.agent.backends.playbook import Playbook
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.replaying import replay
from ftassist.journal import Kind

from ..agent.messages_server import Reply
from ..agent.stand_in import standing_in
from .conftest import Played


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    """A campaign of two trials whose model hands in what the playbook would propose."""
    with standing_in(monkeypatch) as (server, brain):

        def hands_in(body: dict[str, Any]) -> Reply:
            assert brain.context is not None
            if "tool_result" not in str(body["messages"]):
                return Reply(calls=[("read_rows", {"set": "lessons_home"})])
            (made, *_) = Playbook().propose(brain.context, brain.parent)
            cells = {stage: made.cells[stage] for stage in ("curate", "train")}
            said = {"statement": made.hypothesis.statement, "low": 0.0, "high": 0.2}
            return Reply(tool={**said, **cells, "done": False, "attempts": []})

        server.otherwise = hands_in
        campaign = Campaign.create(
            tmp_path / "c",
            task="mini_math",
            backend="anthropic",
            policy="sequential",
            review="never",
            budget=Budget(trials=2),
            agent={"design": "react", "repairs": 0},
            fresh_seeds=0,
        )
        done = Played(campaign, lambda trial: {"t0000": 0.2, "t0001": 0.5}.get(trial, 0.7))
        done.run()
        yield done
    key.forget()


def test_trials_of_a_plain_loop_run_and_are_made_again(played: Played) -> None:
    campaign = played.campaign
    trials = [t for t in played.trials.values() if t.role == "trial"]
    assert [t.status for t in trials] == ["scored", "scored"]
    assert {t.proposal.rule for t in trials} == {"react"}
    calls = [e.payload["purpose"] for e in campaign.journal.read() if e.kind == Kind.CALL_MADE]
    assert set(calls) == {"react"}, "nothing else is asked of the model"
    assert [one for one in replay(campaign) if not one.same] == []
