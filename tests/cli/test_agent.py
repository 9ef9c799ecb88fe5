"""Commands about the agent: insights, cancelling, the budget, replays, a server's check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ftassist.agent import key
from ftassist.agent.backends import OutOfIdeasError, backend_by_name
from ftassist.agent.backends.link import Link
from ftassist.campaign import Budget, Campaign
from ftassist.cli import app
from ftassist.errors import FtassistError
from ftassist.journal import Kind

from ..agent.messages_server import MessagesServer, Reply, error, serving
from ..agent.stand_in import standing_in
from ..campaign.conftest import Played


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140"})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesServer]:
    monkeypatch.setenv(key.VARIABLE, "sk-ant-check-0123456789")
    with serving() as running:
        yield running


def improving(trial: str) -> float:
    return 0.2 if trial == "t0000" else 0.6


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Campaign]:
    """A finished campaign whose agent was the stand-in for a model."""
    with standing_in(monkeypatch):
        campaign = Campaign.create(
            tmp_path / "c",
            task="mini_math",
            backend="anthropic",
            review="never",
            budget=Budget(trials=2),
        )
        Played(campaign, improving).run()
    yield campaign
    key.forget()


def test_a_server_that_serves_everything_passes(server: MessagesServer) -> None:
    server.otherwise = Reply(tool={"sum": 5})
    done = run("agent-server-check", "--base-url", server.url, "--model", "claude-sonnet-5-5")
    assert done.exit_code == 0, done.output
    for what in ("streaming", "structured output", "usage", "token counting", "price"):
        assert f"claude-sonnet-5-5: {what}" in done.output
    assert "MISSING" not in done.output


def test_a_server_without_structured_output_is_told_apart(server: MessagesServer) -> None:
    server.otherwise = Reply(text="It is five.", stop="end_turn")
    server.counts = False
    words = ("--base-url", server.url, "--model", "claude-sonnet-5-5", "--json")
    done = run("agent-server-check", *words)
    assert done.exit_code == 1
    found = {one["what"].split(": ")[-1]: one for one in json.loads(done.stdout)}
    assert not found["structured output"]["served"]
    assert found["streaming"]["served"]
    assert not found["token counting"]["needed"]


def test_a_server_that_refuses_is_told_with_its_words(server: MessagesServer) -> None:
    server.otherwise = error(401, message="invalid key")
    done = run("agent-server-check", "--base-url", server.url, "--model", "claude-sonnet-5-5")
    assert done.exit_code == 1
    assert "401" in done.output


def test_without_a_key_the_check_says_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(key.VARIABLE, raising=False)
    key.forget()
    done = run("agent-server-check")
    assert done.exit_code == 1
    assert key.VARIABLE in done.output


def test_a_campaign_of_a_model_is_replayed_from_its_journal_without_a_call(
    played: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key.VARIABLE)
    before = played.journal.last_seq()
    done = run("replay", "-c", str(played.folder), "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert {one["decision"] for one in found} == {"proposal", "analysis", "insights"}
    assert all(one["same"] for one in found), found
    assert sum(one["calls"] for one in found) >= 4
    assert played.journal.last_seq() == before


def test_a_campaign_of_the_playbook_is_replayed_too(tmp_path: Path) -> None:
    campaign = Campaign.create(
        tmp_path / "p", task="mini_math", review="never", budget=Budget(trials=2)
    )
    Played(campaign, improving).run()
    done = run("replay", "-c", str(campaign.folder), "--json")
    assert all(one["same"] for one in json.loads(done.stdout)), done.output


def test_a_tampered_reply_does_not_come_out_the_same(
    played: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.campaign import replaying
    from ftassist.campaign.replaying import Recorded

    original = Recorded.send

    def tampered(self: Any, body: Any, watch: Any) -> Any:
        from dataclasses import replace

        answer = original(self, body, watch)
        return replace(answer, raw=re.sub(r"epochs=\d+", "epochs=99", answer.raw))

    monkeypatch.setattr(Recorded, "send", tampered)
    found = list(replaying.replay(played))
    assert not all(one.same for one in found)


def test_the_replay_backend_plays_the_recorded_proposals(played: Campaign, tmp_path: Path) -> None:
    done = run(
        *("init", "--task", "mini_math", "--backend", "replay", "--review", "never"),
        *("--recording", str(played.folder), "--trials", "2", "--folder", str(tmp_path / "again")),
    )
    assert done.exit_code == 0, done.output
    again = Campaign.open(tmp_path / "again")
    Played(again, improving).run()
    was, now = played.refresh().trials, again.refresh().trials
    assert now["t0001"].cells == was["t0001"].cells
    assert (now["t0001"].analysis.text or "").startswith("[recorded of another run]")
    assert not again.state.calls


def test_a_recording_that_is_over_has_no_more_ideas(played: Campaign, world: Any = None) -> None:
    link = Link(settings={"recording": str(played.folder)})
    from ftassist.campaign.proposing import context

    with pytest.raises(OutOfIdeasError, match="all played"):
        backend_by_name("replay", link).propose(context(played, "t0001"), "t0001")


def test_replay_without_a_recording_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(FtassistError, match="which campaign"):
        Campaign.create(tmp_path / "x", task="mini_math", backend="replay")


def test_with_a_key_a_language_model_thinks_and_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(key.VARIABLE, "sk-ant-set-0123456789")
    done = run("init", "--task", "mini_math", "--folder", str(tmp_path / "with"))
    assert "the agent is a language model, since ANTHROPIC_API_KEY is set" in " ".join(
        done.output.split()
    )
    assert "$5.00 at most" in " ".join(done.output.split())
    assert Campaign.open(tmp_path / "with").state.settings["backend"] == "anthropic"
    named = ("--backend", "playbook", "--folder", str(tmp_path / "named"))
    assert "language model" not in run("init", "--task", "mini_math", *named).output
    assert Campaign.open(tmp_path / "named").state.settings["backend"] == "playbook"


def test_without_a_key_the_playbook_thinks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key.VARIABLE, raising=False)
    done = run("init", "--task", "mini_math", "--folder", str(tmp_path / "without"))
    assert "language model" not in done.output
    assert Campaign.open(tmp_path / "without").state.settings["backend"] == "playbook"


def test_insights_are_shown_pinned_corrected_and_deleted(demo: Campaign) -> None:
    for number in (1, 2):
        raw = {"id": f"i000{number}", "text": f"s{number}", "trials": ["t0001"], "pinned": False}
        demo.say(Kind.INSIGHT_ADDED, {"insight": raw}, actor="agent:anthropic")
    assert "s1  [t0001]" in run("insights").output
    run("insights", "correct", "i0001", "what I say")
    run("insights", "delete", "i0002")
    found = json.loads(run("insights", "--json").stdout)
    assert [(one["id"], one["text"], one["pinned"]) for one in found] == [
        ("i0001", "what I say", True)
    ]
    assert run("insights", "pin", "i0009").exit_code == 2


def test_the_budget_is_shown_and_one_limit_changed_alone(demo: Campaign) -> None:
    run("budget", "--usd", "12.5")
    budget = json.loads(run("budget", "--json").stdout)["budget"]
    assert (budget["usd"], budget["trials"]) == (12.5, 12)


def test_cancel_is_an_event(demo: Campaign) -> None:
    assert run("cancel").exit_code == 0
    assert demo.refresh().asked.cancelled == demo.state.seq
