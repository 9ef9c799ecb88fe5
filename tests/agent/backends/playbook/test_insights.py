"""Insights cite trials, follow the outcomes, and leave people's word alone."""

from __future__ import annotations

from typing import Any

from ftassist.agent.backends.playbook import Playbook


def judged(world: Any, kit: Any, key: str, rule: str, verdict: str, difference: float) -> str:
    plan = kit.cells({"orchard_steps": 301 + len(world.state.trials)})
    name = world.propose(plan, "t0001", key=key, rule=rule)
    world.run(name, kit.feedback(0.5))
    return str(world.judge(name, verdict, difference))


def learn(world: Any) -> list[tuple[str, dict[str, Any]]]:
    """Distils and records."""
    events = [change.to_event() for change in Playbook().distil(world.context())]
    for kind, payload in events:
        world.tell(kind, payload, None)
    return events


def test_a_clear_outcome_becomes_an_insight_with_its_trials(kit: Any, world: Any) -> None:
    name = judged(world.parent(), kit, "curate.load:add:mirror", "explore_set", "better", 0.2)
    ((kind, payload),) = learn(world)
    assert kind == "insight.added"
    assert payload["insight"]["text"] == "Adding mirror helps: +0.200 (t0002 over t0001, better)."
    assert payload["insight"]["trials"] == (name,)


def test_one_tie_is_no_insight(kit: Any, world: Any) -> None:
    judged(world.parent(), kit, "train.epochs:up", "more_epochs", "tied", 0.01)
    assert not learn(world)


def test_two_ties_are_an_insight(kit: Any, world: Any) -> None:
    world.parent()
    for _ in range(2):
        judged(world, kit, "train.epochs:up", "more_epochs", "tied", 0.01)
    ((_, payload),) = learn(world)
    assert "makes no difference that shows" in payload["insight"]["text"]


def test_nothing_new_changes_nothing(kit: Any, world: Any) -> None:
    judged(world.parent(), kit, "train.epochs:up", "more_epochs", "better", 0.2)
    learn(world)
    assert not learn(world)


def test_an_insight_is_brought_up_to_date(kit: Any, world: Any) -> None:
    world.parent()
    for _ in range(2):
        judged(world, kit, "train.epochs:up", "more_epochs", "better", 0.2)
        learn(world)
    (insight,) = world.state.insights.values()
    assert list(insight.trials) == ["t0002", "t0003"]


def test_an_insight_that_is_contradicted_is_retracted(kit: Any, world: Any) -> None:
    judged(world.parent(), kit, "train.epochs:up", "more_epochs", "better", 0.2)
    learn(world)
    judged(world, kit, "train.epochs:up", "more_epochs", "worse", -0.2)
    ((kind, payload),) = learn(world)
    assert kind == "insight.retracted"
    assert "t0003" in payload["reason"]
    assert not world.state.insights


def test_what_a_person_pinned_is_left_alone(kit: Any, world: Any) -> None:
    judged(world.parent(), kit, "train.epochs:up", "more_epochs", "better", 0.2)
    ((_, payload),) = learn(world)
    pinned = {**payload["insight"], "pinned": True}
    world.tell("insight.added", {"insight": pinned}, None)
    judged(world, kit, "train.epochs:up", "more_epochs", "worse", -0.2)
    assert not learn(world)
