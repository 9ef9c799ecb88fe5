"""Raw sets are judged by what their profiles count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.sets import contract_form, read_sets


@pytest.fixture
def sets(world: Any) -> Any:
    context = world.context()
    return read_sets(context.profiles, context.task)


def test_clean_worked_sets_are_judged_best(sets: Any) -> None:
    ranked = sorted(sets.values(), key=lambda s: -s.quality)
    assert {s.name for s in ranked[:3]} == {"orchard_steps", "harbour_steps", "weather_steps"}


def test_every_flaw_costs_quality(sets: Any) -> None:
    clean = sets["orchard_steps"].quality
    for name in ("bulk_answers", "crowd", "log", "polls", "recipes", "mirror"):
        assert sets[name].quality < clean
        assert sets[name].flaws


def test_disagreement_tells_the_share_of_wrong_labels(sets: Any) -> None:
    assert sets["crowd"].label_error == pytest.approx(0.293, abs=0.001)
    assert sets["orchard_steps"].label_error is None


def test_a_set_is_about_the_view_whose_words_it_shares(sets: Any) -> None:
    assert max(sets["weather_steps"].views, key=sets["weather_steps"].views.get) == "clouds"
    assert max(sets["harbour_steps"].views, key=sets["harbour_steps"].views.get) == "boats"


def test_wrong_prompts_tell_what_a_view_looks_like(kit: Any, world: Any) -> None:
    prompt = "Nine gulls sit on a mast. Four leave. How many gulls stay?"
    world.profiles["plain"] = kit.profile(sample="Two gulls sit on a mast. One leaves.")
    context = world.context()
    without = read_sets(context.profiles, context.task)["plain"].views["boats"]
    with_prompt = read_sets(context.profiles, context.task, {"boats": [prompt]})["plain"]
    assert with_prompt.views["boats"] > without + 0.3


@pytest.mark.parametrize(
    ("contract", "form"),
    [
        (r"The integer in the last \boxed{} of the answer.", "boxed"),
        ('What follows the last "Final Answer:".', "final answer"),
        ('A count after the last "Answer:".', "answer"),
        ("One word.", None),
    ],
)
def test_the_contract_names_a_form(contract: str, form: str | None) -> None:
    assert contract_form(contract) == form


def test_without_a_named_form_every_form_fits(world: Any) -> None:
    context = world.context()
    task = replace(context.task, output_contract="One word.")
    assert read_sets(context.profiles, task)["recipes"].fits == 1.0


def test_a_set_without_a_profile_s_numbers_can_be_read() -> None:
    (view,) = read_sets({"bare": {"rows": 10}}, None).values()
    assert 0.0 <= view.quality <= 1.0
