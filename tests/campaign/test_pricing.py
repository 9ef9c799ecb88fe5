"""A campaign's whole plan is priced from what was measured in it, and says what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.campaign.budget import spent
from ftassist.campaign.pricing import plan, trials_left
from ftassist.documents.plan import plan_document
from ftassist.journal import Kind


def named(campaign: Campaign) -> dict[str, tuple[int, float | None]]:
    return {part.name: (part.count, part.seconds) for part in plan(campaign).parts}


def test_trials_are_priced_by_those_that_ran(demo: Campaign) -> None:
    parts = named(demo)
    count, seconds = parts["trials"]
    assert count == trials_left(demo.state) == 5  # four of twelve, and one that runs
    assert seconds == pytest.approx(5 * 26.7)  # its three stages, without cached ones
    assert parts.keys() == {"trials"}  # the finalist is claimed, the test split open


def test_a_new_campaign_says_what_nothing_has_measured(tmp_path: Path) -> None:
    found = plan(Campaign.create(tmp_path / "c", task="mini_math", model="tiny"))
    parts = {part.name: part for part in found.parts}
    assert parts["base"].seconds is None and "before it is scored" in parts["base"].basis
    assert parts["test"].seconds is None
    assert not found.whole
    assert parts["seeds"].count == 2
    trials, seeds = parts["trials"].seconds, parts["seeds"].seconds
    assert (
        trials and seeds and trials / parts["trials"].count == pytest.approx(seeds / 2, rel=0.01)
    )
    assert found.total("seconds") == pytest.approx(trials + seeds)


def test_the_speed_of_a_few_steps_prices_the_trials(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", model="tiny")
    speed = {"tokens_a_second": 100.0, "fixed_seconds": 10.0, "tokens_a_row": {"any": 50.0}}
    campaign.say(Kind.SPEED_MEASURED, {**speed, "peak_memory": 2**30})
    each = plan(campaign).each
    rows = campaign.refresh().budget.rows
    assert each.tokens is not None and each.tokens == pytest.approx(2 * 50 * rows, rel=0.05)
    assert each.seconds == pytest.approx(each.tokens / 100 + 10 + 8, rel=0.01)
    assert each.memory_mb == 1024.0


def test_the_sealed_test_is_priced_by_its_items(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", model="tiny")
    told = {"score": 0.1, "low": 0.0, "high": 0.2, "n": 100, "seconds": 50.0, "views": {}}
    campaign.say(Kind.TRIAL_SCORED, {"feedback": told}, trial="t0000", actor="evaluator")
    campaign.say(Kind.TRIAL_COMPLETED, {"seconds": {"evaluate": 50.0}}, trial="t0000")
    count, seconds = named(campaign)["test"]
    assert count == 4  # base, finalist and two fresh seeds
    assert seconds == pytest.approx(4 * 0.5 * campaign.task.size("test"), rel=0.01)


def test_the_cap_that_comes_first_is_named(demo: Campaign) -> None:
    assert plan(demo).ends == ""
    used = demo.state.device_hours_used
    commands.set_budget(demo, {"device_hours": used + 40.0 / 3600})
    ends = plan(demo).ends
    assert "device-hours" in ends and "after 2 of 5 more trials" in ends


def test_trials_that_hold_several_devices_come_to_a_cap_on_device_hours_sooner(
    demo: Campaign,
) -> None:
    running = demo.state.with_status("running")[0].id
    two = {"attempt": 2, "pid": 1, "gpu": {"index": 0, "name": "A", "count": 2}}
    demo.say(Kind.TRIAL_STARTED, two, trial=running, actor="runner")
    used = demo.refresh().device_hours_used
    commands.set_budget(demo, {"device_hours": used + 40.0 / 3600})
    assert "after 1 of 5 more trials" in plan(demo).ends


def test_a_campaign_ends_at_its_cap_on_device_hours(demo: Campaign) -> None:
    assert spent(demo.state) == ""
    commands.set_budget(demo, {"device_hours": demo.state.device_hours_used / 2})
    assert "device-hours are used" in spent(demo.refresh())
    commands.set_budget(demo, {"device_hours": None})
    assert spent(demo.refresh()) == ""


def test_calls_are_priced_by_those_before(demo: Campaign) -> None:
    assert plan(demo).usd == 0.0
    settings = {**demo.state.settings.to_dict(), "backend": "anthropic"}
    demo.say(Kind.CAMPAIGN_CREATED, {**settings, "budget": demo.state.budget.to_dict()})
    assert plan(demo).usd is None


def test_the_document_tells_the_total_in_words(demo: Campaign) -> None:
    document = plan_document(plan(demo), demo.state)
    assert document["seconds"] == pytest.approx(5 * 26.7)
    assert document["whole"] is True
    assert document["off_by"]["trials"] == 3
    text = "\n".join(document["lines"])
    assert "5 trials: about 2 min" in text
    assert "in all about 2 min, 0.0371 device-hours, no cost for calls" in text
    assert "earlier estimates of time were off by ×1.1" in text
