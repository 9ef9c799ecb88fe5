from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.final import open_test
from ftassist.contest import bouts, run
from ftassist.contest import running as running_module
from ftassist.contest.running import Told
from ftassist.errors import FtassistError, LockedError, UnknownNameError
from ftassist.files import read_json
from ftassist.journal import Kind

from .conftest import Opening, small


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_json(folder / "results.json")["bouts"]
    return found


def test_every_bout_is_a_campaign_of_its_own_with_the_same_budget(
    tmp_path: Path, simulated: list[str]
) -> None:
    outcome = run(small("base", "plain", "random", "playbook"), tmp_path)
    assert outcome.failed == {}
    assert outcome.over == outcome.played == 7
    found = rows(tmp_path)
    assert [row["status"] for row in found] == ["finished"] * 7
    budgets = [Campaign.open(tmp_path / row["campaign"]).state.budget for row in found]
    assert all(budget == budgets[0] for budget in budgets)
    backends = {r["agent"]: Campaign.open(tmp_path / r["campaign"]).state.settings for r in found}
    assert backends["random"]["policy"] == "random"
    assert backends["playbook"]["policy"] == "greedy"
    assert {name: s["backend"] for name, s in backends.items()} == {
        "base": "untouched", "plain": "plain", "random": "playbook", "playbook": "playbook",
    }  # fmt: skip


def test_the_base_hands_itself_in_a_plain_script_its_one_training_a_search_its_finalist(
    tmp_path: Path, simulated: list[str]
) -> None:
    run(small("base", "plain", "playbook", seeds=1), tmp_path)
    found = {row["agent"]: row for row in rows(tmp_path)}
    assert (found["base"]["trial"], found["base"]["trials"]) == ("t0000", 0)
    assert found["base"]["fell_back"]
    assert (found["plain"]["trial"], found["plain"]["trials"]) == ("t0001", 1)
    finalist = Campaign.open(tmp_path / found["playbook"]["campaign"]).state.finalist
    assert found["playbook"]["trial"] == finalist
    assert found["playbook"]["trials"] == 2


def test_a_plain_script_hands_in_a_training_that_did_harm(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    worse = staticmethod(lambda _, trial: 0.6 if trial == "t0000" else 0.1)
    monkeypatch.setattr(Opening, "quality", worse)
    run(small("plain", "playbook", seeds=1), tmp_path)
    found = {row["agent"]: row for row in rows(tmp_path)}
    assert (found["plain"]["trial"], found["plain"]["fell_back"]) == ("t0001", False)
    assert (found["playbook"]["trial"], found["playbook"]["fell_back"]) == ("t0000", True)


def test_the_finalist_is_not_trained_again_and_nothing_is_claimed(
    tmp_path: Path, simulated: list[str]
) -> None:
    run(small("playbook", seeds=1), tmp_path)
    state = Campaign.open(tmp_path / rows(tmp_path)[0]["campaign"]).state
    assert state.finalist and state.phase == "finished"
    assert not state.replicates(state.finalist)
    assert not state.claim


def test_what_is_over_is_not_run_again(tmp_path: Path, simulated: list[str]) -> None:
    run(small("base", "playbook"), tmp_path)
    started, before = list(simulated), rows(tmp_path)
    outcome = run(small("base", "playbook"), tmp_path)
    assert (outcome.over, outcome.played) == (3, 0)
    assert simulated == started
    assert rows(tmp_path) == before


def test_agents_that_are_added_play_alone(tmp_path: Path, simulated: list[str]) -> None:
    run(small("base", "playbook"), tmp_path)
    del simulated[:]
    assert run(small("plain"), tmp_path).played == 2
    assert all("/plain/" in folder for folder in simulated)
    assert {row["agent"] for row in rows(tmp_path)} == {"base", "playbook", "plain"}


@pytest.mark.parametrize("moment", ["made", "searched", "opened"])
def test_a_contest_killed_at_any_moment_goes_on(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    class KilledError(BaseException):
        """Ends everything, as a kill does."""

    def kill(*_: Any, **__: Any) -> None:
        raise KilledError

    where = {"made": (Campaign, "start_runner"), "searched": (bouts, "open_test"),
             "opened": (Opening, "evaluate")}[moment]  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(*where, kill)
        with pytest.raises(KilledError):
            run(small("playbook", seeds=1), tmp_path)
    outcome = run(small("playbook", seeds=1), tmp_path)
    assert (outcome.over, outcome.played) == (1, 1)
    (row,) = rows(tmp_path)
    assert (row["status"], row["openings"], row["trials"]) == ("finished", 1, 2)


def test_an_interrupt_stops_the_campaign_and_the_same_command_goes_on(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Campaign, "start_runner", lambda _: 1)
        patch.setattr(Campaign, "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(small("playbook", seeds=1), tmp_path)
    (campaign,) = tmp_path.glob("campaigns/*/*/*")
    assert Campaign.open(campaign).state.phase == "stopped"
    assert run(small("playbook", seeds=1), tmp_path).played == 1


def test_a_bout_that_fails_does_not_keep_others_from_being_played(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = open_test

    def fails(campaign: Campaign, *words: Any, **more: Any) -> Any:
        if campaign.state.settings["backend"] == "plain":
            raise FtassistError("the disk is full")
        return real(campaign, *words, **more)

    monkeypatch.setattr(bouts, "open_test", fails)
    ended: list[tuple[str, bool]] = []
    told = Told(end=lambda bout, failed: ended.append((bout.entry.agent, bool(failed))))
    outcome = run(small("plain", "playbook", seeds=1), tmp_path, told=told)
    assert ended == [("plain", True), ("playbook", False)]
    assert (outcome.over, len(outcome.failed)) == (1, 1)
    assert [row["status"] for row in rows(tmp_path)] == ["unfinished", "finished"]
    monkeypatch.setattr(bouts, "open_test", real)
    assert run(small("plain", "playbook", seeds=1), tmp_path).played == 1


def test_a_campaign_that_waits_for_a_person_is_told_with_what_to_do(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pause(campaign: Campaign) -> int:
        campaign.say(Kind.CAMPAIGN_PAUSED, {"reason": "the key is wrong. What to do: set it"})
        return 1

    monkeypatch.setattr(Campaign, "start_runner", pause)
    outcome = run(small("playbook", seeds=1), tmp_path)
    (failed,) = outcome.failed.values()
    assert "the key is wrong" in failed.what and failed.fix == "set it"


@pytest.mark.parametrize("agent", ["chain", "chain:some-model", "anthropic"])
def test_an_agent_without_the_key_it_needs_is_refused_before_anything_is_begun(
    tmp_path: Path, simulated: list[str], agent: str
) -> None:
    with pytest.raises(FtassistError) as caught:
        run(small("base", agent), tmp_path / "c")
    assert "ANTHROPIC_API_KEY" in str(caught.value) and agent in caught.value.what
    assert not (tmp_path / "c").exists()
    assert not simulated


def test_a_server_of_chat_completions_needs_no_key_of_another_service(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pause(campaign: Campaign) -> int:
        campaign.say(Kind.CAMPAIGN_PAUSED, {"reason": "nobody is asked in a test"})
        return 1

    monkeypatch.setattr(Campaign, "start_runner", pause)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    server = {"dialect": "chat", "base_url": "http://127.0.0.1:9/v1"}
    asked = small("chain:local", seeds=1, server=server)
    outcome = run(asked, tmp_path)
    assert "ANTHROPIC_API_KEY" not in str(outcome.failed)
    (row,) = rows(tmp_path)
    settings = Campaign.open(tmp_path / row["campaign"]).state.settings["agent"]
    assert (settings["dialect"], settings["base_url"]) == ("chat", server["base_url"])


def test_an_unknown_task_is_refused_before_anything_is_begun(
    tmp_path: Path, simulated: list[str]
) -> None:
    from dataclasses import replace

    with pytest.raises(UnknownNameError, match="mini_maths"):
        run(replace(small("base"), tasks=("mini_math", "mini_maths")), tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_two_processes_do_not_play_one_contest(tmp_path: Path, simulated: list[str]) -> None:
    with running_module._alone(tmp_path), pytest.raises(LockedError, match="another process"):
        run(small("base"), tmp_path)
