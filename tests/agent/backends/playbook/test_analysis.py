"""Analyses cite numbers of the context and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ftassist.agent.backends.playbook import Playbook
from ftassist.errors import UnknownNameError

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+\.\d+")


def child(world: Any, kit: Any) -> Any:
    world.parent(views={"apples": 0.6, "boats": 0.6, "clouds": 0.3})
    plan = kit.cells({"orchard_steps": 300, "weather_steps": 300})
    name = world.propose(plan, "t0001", key="x", rule="weakest_view", description="more weather")
    views = {"apples": 0.6, "boats": 0.58, "clouds": 0.65}
    told = kit.feedback(0.61, views, parse_rate=0.8)
    world.run(name, told, loss=kit.curve(falling=True))
    world.judge(name, "tied", 0.11)
    return name


def test_an_analysis_tells_result_prediction_views_and_answers(kit: Any, world: Any) -> None:
    name = child(world, kit)
    text = Playbook().analyse(world.context(name), name).text
    assert "t0002 scored 0.610" in text
    assert "tied against t0001 by +0.110" in text
    assert "above it" in text
    assert "clouds 0.30 to 0.65" in text
    assert "boats" not in text
    assert "20.0% could not be read" in text


def test_every_number_stands_in_the_context(kit: Any, world: Any) -> None:
    name = child(world, kit)
    context = world.context(name)
    analysis = Playbook().analyse(context, name)
    known = _numbers(context.to_dict())
    for found in NUMBER.findall(" ".join([analysis.text, *analysis.causes])):
        value = float(found)
        assert any(abs(value - n) < 0.006 or abs(value - 100 * n) < 0.06 for n in known), found


def test_causes_suggest_what_to_try(kit: Any, world: Any) -> None:
    name = child(world, kit)
    analysis = Playbook().analyse(world.context(name), name)
    assert len(analysis.causes) == len(analysis.try_next)
    assert any("more epochs" in idea for idea in analysis.try_next)


def test_what_was_tied_is_to_be_avoided(kit: Any, world: Any) -> None:
    name = child(world, kit)
    assert "more weather" in Playbook().analyse(world.context(name), name).avoid[0]


@pytest.mark.parametrize("kind", ["OOM", "TIMEOUT", "INVALID", "CONFIG", "DATA", "BUDGET", "ENV"])
def test_a_failure_is_analysed_too(kind: str, kit: Any, world: Any) -> None:
    world.parent()
    world.propose(kit.cells({"log": 9}), "t0001", key="x")
    world.fail("t0002", kind, "it broke\nat line 3")
    analysis = Playbook().analyse(world.context(), "t0002")
    assert kind in analysis.text
    assert "it broke" in analysis.text
    assert analysis.try_next


def test_an_analysis_is_json(kit: Any, world: Any) -> None:
    name = child(world, kit)
    json.dumps(Playbook().analyse(world.context(name), name).to_dict())


def test_an_unknown_trial_is_refused(world: Any) -> None:
    with pytest.raises(UnknownNameError):
        Playbook().analyse(world.context(), "t0042")


def _numbers(value: Any) -> set[float]:
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, int | float):
        return {float(value), -float(value)}
    if isinstance(value, dict):
        return {n for inner in value.values() for n in _numbers(inner)}
    if isinstance(value, list | tuple):
        return {n for inner in value for n in _numbers(inner)}
    return set()
