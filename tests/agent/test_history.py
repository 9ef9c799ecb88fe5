"""What happened so far, said once: a table, differences, and in full only what is near or new."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ftassist.agent.history import COLUMNS, NEWEST, SAME, history_of, result_of
from ftassist.agent.prompt import Fence
from ftassist.journal.events import Kind

FENCE = Fence("nonce")
WRONG = [{"view": "boats", "prompt": "How many oars?", "gold": "21", "output": "It is 20."}]


@pytest.fixture
def campaign(kit: Any, world: Any) -> Any:
    """A first trial and seven after one another, each with one argument more."""
    world.parent(wrong=WRONG)
    before = "t0001"
    for number in range(3, 10):
        plan = dict(world.state.trials[before].cells)
        old, new = (
            ("epochs=2", "epochs=3")
            if number == 3
            else (f"epochs={number - 1}", f"epochs={number}")
        )
        plan["train"] = plan["train"].replace(old, new)
        before = world.propose(plan, before, key="train.epochs:up", changes=("training",))
        world.run(before, kit.feedback(0.5 + number / 100, wrong=WRONG))
    return world


def told(world: Any, focus: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FENCE.dump(history_of(world.context(focus), ())))
    return found


def test_numbers_of_trials_stand_in_one_table(campaign: Any) -> None:
    table = told(campaign, "t0001")["trials"]
    assert set(table["columns"]) <= set(COLUMNS)
    ids = [row[table["columns"].index("id")] for row in table["rows"]]
    scores = [row[table["columns"].index("score")] for row in table["rows"]]
    assert ids == list(campaign.state.trials)
    known = [campaign.state.trials[name].score for name in ids]
    assert scores == [None if s is None else pytest.approx(s, abs=1e-4) for s in known]
    assert all(len(row) == len(table["columns"]) for row in table["rows"])


def test_of_a_classical_model_what_it_learned_from_and_reached_is_told(world: Any) -> None:
    found = {"name": "bag of words", "rows": 800, "labels": 77, "score": 0.6, "low": 0.5}
    found |= {"high": 0.7, "sets": ["questions"]}
    kept = {"key": "baseline-words", "n": 200, "seconds": 1.5, "scores_digest": "ab12"}
    world.parent().tell(Kind.BASELINES_SCORED, {"baselines": [{**found, **kept}]}, None)
    assert told(world, "t0001")["baselines"] == [found]


def test_cells_are_what_differs_and_whole_where_it_is_grown_from(campaign: Any) -> None:
    names = list(campaign.state.trials)
    more = told(campaign, names[-1])["more_of_trials"]
    changed = more[names[3]]["cells"]
    assert changed["curate"] == SAME
    assert "-    epochs=" in changed["train"] and "+    epochs=" in changed["train"]
    assert more[names[-1]]["cells"]["train"] == campaign.state.trials[names[-1]].cells["train"]
    assert more["t0001"]["cells"]["train"] == campaign.state.trials["t0001"].cells["train"]


def test_what_is_neither_near_nor_new_is_told_briefly(campaign: Any) -> None:
    names = list(campaign.state.trials)
    more = told(campaign, names[-1])["more_of_trials"]
    assert all("wrong" in more[name] for name in names[-NEWEST:])
    far = names[2]
    assert "wrong" not in more[far] and more[far]["statement"]


def test_a_table_costs_less_than_the_views_it_is_made_of(campaign: Any) -> None:
    context = campaign.context(list(campaign.state.trials)[-1])
    before = len(FENCE.dump(context.shown.trials))
    after = len(FENCE.dump(history_of(context, ())))
    assert after < before


def test_an_item_is_told_once_and_each_trial_says_what_it_answered(campaign: Any) -> None:
    names = list(campaign.state.trials)
    found = told(campaign, names[-1])
    assert json.dumps(found).count("How many oars?") == 1
    assert "#1 [boats] How many oars? => 21" in found["wrong_items"]
    for name in names[-NEWEST:]:
        assert "#1: It is 20." in found["more_of_trials"][name]["wrong"]
    shown = FENCE.dump(history_of(campaign.context(names[-1]), ()))
    for part in ("How many oars?", "It is 20."):
        at = shown.index(part)
        assert shown.rfind(FENCE.open, 0, at) > shown.rfind(FENCE.close, 0, at)


def test_a_result_has_the_parents_cells_whole_and_the_wrong_answers_in_groups(
    campaign: Any,
) -> None:
    last = list(campaign.state.trials)[-1]
    parent = campaign.state.trials[last].parent
    found = json.loads(FENCE.dump(result_of(campaign.context(last), last)))
    more = found["more_of_trials"]
    assert more[parent]["cells"]["train"] == campaign.state.trials[parent].cells["train"]
    assert "+    epochs=" in more[last]["cells"]["train"]
    (group,) = found["groups"]
    assert (group["view"], group["count"], group["examples"]) == ("boats", 1, [1])
    assert "#1: It is 20." in more[last]["wrong"]
    assert found["wrong_items"].count("How many oars?") == 1


def test_of_many_labels_the_confused_pairs_are_told_as_material(kit: Any, world: Any) -> None:
    world.parent()
    plan = dict(world.state.trials["t0001"].cells)
    plan["train"] = plan["train"].replace("epochs=2", "epochs=5")
    name = world.propose(plan, "t0001", key="train.epochs:up", changes=("training",))
    pair = {"right": "age limit", "given": "atm support", "count": 3, "share": 0.75}
    wrong = [{**WRONG[0], "gold": "age limit", "output": "atm support", "label": "atm support"}]
    scored = kit.feedback(0.7, wrong=wrong)
    scored["diagnosis"] = {"reading": [], "confusion": {}, "pairs": [pair]}
    world.run(name, scored)
    more = told(world, name)["more_of_trials"][name]
    assert "age limit -> atm support: 3 (75%)" in more["confused_pairs"]
    assert FENCE.open in more["confused_pairs"]
    found = json.loads(FENCE.dump(result_of(world.context(name), name)))
    assert [group["shape"] for group in found["groups"]] == ["another label of the set"]
