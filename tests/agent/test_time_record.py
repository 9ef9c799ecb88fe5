"""Estimates are held against what trials took."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.time_record import foretold, off_by, record
from ftassist.journal.events import Kind


def judged(kit: Any, estimate: float | None, seconds: float, **stage: Any) -> Any:
    world = kit.World().base()
    name = world.propose(kit.cells({"orchard_steps": 300}))
    document = {**world.state.trials[name].proposal.to_dict(), "estimate": {"seconds": estimate}}
    other = world.state.next_id()
    world.tell(Kind.PROPOSAL_MADE, document, other)
    if stage:
        payload = {"stage": "curate", "seconds": 1.0, **stage}
        world.run(other, kit.feedback(0.5), seconds=seconds)
        world.tell(Kind.STAGE_FINISHED, payload, other)
    else:
        world.run(other, kit.feedback(0.5), seconds=seconds)
    return world


@pytest.mark.parametrize(
    ("estimate", "held"),
    [(100.0, True), (67.0, True), (66.0, False), (150.0, True), (151.0, False)],
)
def test_an_estimate_holds_within_a_factor_of_one_and_a_half(
    estimate: float, held: bool, kit: Any
) -> None:
    (one,) = foretold(judged(kit, estimate, 100.0).state.trials.values())
    assert one.held is held
    assert one.seconds == pytest.approx(100.0)


def test_what_was_not_estimated_or_came_from_the_cache_is_left_out(kit: Any) -> None:
    assert not foretold(judged(kit, None, 100.0).state.trials.values())
    cached = judged(kit, 100.0, 100.0, cached_from="t0001")
    assert record(cached.state.trials.values()) == {}


def test_the_record_counts_what_held(kit: Any) -> None:
    found = record(judged(kit, 10.0, 100.0).state.trials.values())
    assert (found["made"], found["held"]) == (1, 0)
    assert found["trials"][0]["factor"] == pytest.approx(10.0)


def test_how_far_off_estimates_were_is_their_geometric_mean_whichever_way(kit: Any) -> None:
    high = judged(kit, 50.0, 100.0).state.trials["t0002"]
    low = judged(kit, 400.0, 100.0).state.trials["t0002"]
    found = off_by([high, low])
    assert found is not None
    assert found.to_dict() == {
        "trials": 2,
        "factor": pytest.approx(8.0**0.5, abs=1e-3),
        "low": 0.25,
        "high": 2.0,
    }
    assert off_by(judged(kit, None, 100.0).state.trials.values()) is None
