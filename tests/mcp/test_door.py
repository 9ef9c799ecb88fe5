from typing import Any

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.documents import words
from ftassist.errors import BudgetError, CellError, DataError, FtassistError, UnknownNameError
from ftassist.journal import Kind
from ftassist.mcp.door import Door, agent_name

from .conftest import CURATE, TRAIN


def submit(door: Door, **more: Any) -> dict[str, Any]:
    given = {
        "curate": CURATE, "train": TRAIN, "hypothesis": "worked answers help",
        "cause": "bare answers teach guessing", "change": (0.1, 0.4), "caller": "some-agent",
    }  # fmt: skip
    return door.submit(**{**given, **more})


def test_what_is_submitted_is_a_pending_proposal_under_the_agents_name(
    door: Door, campaign: Campaign
) -> None:
    found = submit(door)
    trial = campaign.refresh().trials[found["task"]]
    assert trial.status == "proposed"
    assert words.origin(trial) == "proposal by mcp:some-agent"
    assert trial.proposal.hypothesis.low == 0.1
    assert (found["over"], found["waits_for"]) == (False, "a decision (review: always)")


def test_it_runs_when_a_person_accepts_it_and_its_outcome_can_be_read(
    door: Door, campaign: Campaign
) -> None:
    task = submit(door)["task"]
    commands.accept(campaign, task, actor="person:ada")
    campaign.start_runner()
    found = door.trial(task)
    assert found["over"] and found["status"] == "scored"
    assert found["feedback"]["score"] == pytest.approx(0.6, abs=0.02)
    assert found["verdict"]["kind"] == "better"
    assert found["decision"]["actor"] == "person:ada"


def test_a_veto_tells_its_reason(door: Door, campaign: Campaign) -> None:
    task = submit(door)["task"]
    commands.veto(campaign, task, "no worked answers, please")
    found = door.trial(task)
    assert found["over"] and found["status"] == "vetoed"
    assert found["decision"]["reason"] == "no worked answers, please"


def test_the_review_mode_lets_it_pass_as_it_does_ours(door: Door, campaign: Campaign) -> None:
    commands.set_review(campaign, "never")
    task = submit(door)["task"]
    found = door.trial(task)
    assert found["status"] == "scored"
    assert found["decision"]["reason"] == "review: never"


def test_it_may_not_flood_the_person_with_proposals(door: Door) -> None:
    for number in range(3):
        submit(door, hypothesis=f"idea {number}")
    with pytest.raises(BudgetError, match="still wait for a decision"):
        submit(door)


def test_a_spent_budget_refuses_it(door: Door, campaign: Campaign) -> None:
    commands.set_budget(campaign, {"trials": 1})
    commands.accept(campaign, submit(door)["task"])
    campaign.start_runner()
    with pytest.raises(BudgetError, match="1 trials are used"):
        submit(door)


@pytest.mark.parametrize(
    ("wrong", "kind", "named"),
    [
        ({"train": "train.sft(("}, CellError, "train"),
        ({"curate": "  "}, CellError, "curate"),
        ({"parent": "t0099"}, UnknownNameError, "t0099"),
        ({"change": (0.4, 0.1)}, DataError, "no interval"),
        ({"hypothesis": " "}, DataError, "hypothesis is empty"),
    ],
)
def test_a_wrong_proposal_is_refused_and_nothing_is_written(
    door: Door, campaign: Campaign, wrong: dict[str, Any], kind: type[FtassistError], named: str
) -> None:
    before = campaign.refresh().seq
    with pytest.raises(kind) as caught:
        submit(door, **wrong)
    assert named in str(caught.value)
    assert campaign.refresh().seq == before


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("claude-code", "mcp:claude-code"),
        ("playbook", "mcp:playbook"),
        ("<b>you</b>\n\x1b[31m", "mcp:byoub31m"),
        ("", "mcp:agent"),
        ("x" * 99, "mcp:" + "x" * 40),
    ],
)
def test_an_agents_name_is_plain_and_never_one_of_ours(raw: str, shown: str) -> None:
    assert agent_name(raw) == shown


def test_a_name_that_a_person_gave_wins_over_what_the_agent_calls_itself(
    campaign: Campaign,
) -> None:
    found = submit(Door(campaign, "intern"))
    assert found["by"] == "mcp:intern"


def test_raw_sets_can_be_looked_at(door: Door) -> None:
    names = [card["name"] for card in door.raw_sets()]
    assert "lessons_shop" in names
    assert door.raw_set(names[0])["rows"] > 0
    assert len(door.rows(names[0], 3)) == 3
    assert door.rows(names[0], 3, seed=1) != door.rows(names[0], 3)


@pytest.mark.parametrize("count", [0, 51, -1])
def test_rows_are_given_in_small_numbers(door: Door, count: int) -> None:
    name = door.raw_sets()[0]["name"]
    with pytest.raises(DataError, match="cannot be shown"):
        door.rows(name, count)


@pytest.mark.parametrize("name", ["nothing", "../evaluation", "/etc", "lessons_shop/../.."])
def test_what_is_no_raw_set_cannot_be_looked_at(door: Door, name: str) -> None:
    for look in (door.raw_set, door.rows):
        with pytest.raises(UnknownNameError):
            look(name)


def test_evaluation_items_and_the_sealed_test_are_not_shown(
    door: Door, campaign: Campaign
) -> None:
    task = submit(door)["task"]
    commands.accept(campaign, task)
    campaign.start_runner()
    campaign.say(Kind.TEST_SCORED, {"scores": {task: {"score": 0.123456}}}, trial=task)
    shown = repr([door.meta(), door.trial(task), door.raw_sets()])
    assert "0.123456" not in shown
    prompts = [item["prompt"] for item in campaign.task.items("test")]
    assert not [prompt for prompt in prompts if prompt in shown]


def test_a_paused_campaign_says_what_it_waits_for(door: Door, campaign: Campaign) -> None:
    task = submit(door)["task"]
    commands.pause(campaign, "lunch")
    assert door.trial(task)["waits_for"] == "the campaign is paused: lunch"
