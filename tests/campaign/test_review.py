"""The review gate lets through exactly what its mode says."""

from __future__ import annotations

import pytest

from ftassist.campaign.review import accepts_alone, parse_review
from ftassist.errors import DataError
from ftassist.journal import Trial
from ftassist.records.proposal import Estimate, TrialProposal


def proposal(**estimate: float) -> Trial:
    return Trial(id="t0001", created=1000.0, proposal=TrialProposal(estimate=Estimate(**estimate)))


@pytest.mark.parametrize(
    "text", ["always", "never", "timeout 30", "timeout 0.5", "cost 120s", "cost $2", "cost $0.25"]
)
def test_a_mode_reads_back_as_it_was_written(text: str) -> None:
    assert str(parse_review(text)) == text


@pytest.mark.parametrize("text", ["", "sometimes", "timeout", "timeout -3", "cost 5", "cost $x"])
def test_an_unknown_mode_is_refused_and_the_modes_are_named(text: str) -> None:
    with pytest.raises(DataError) as error:
        parse_review(text)
    assert "timeout 60" in error.value.fix


def test_always_waits_for_a_person() -> None:
    assert accepts_alone(parse_review("always"), proposal(), 1e9) == ""


def test_never_waits_for_nobody() -> None:
    assert accepts_alone(parse_review("never"), proposal(), 1000.0)


def test_timeout_waits_until_its_time_is_over() -> None:
    review = parse_review("timeout 30")
    assert accepts_alone(review, proposal(), 1029.9) == ""
    assert accepts_alone(review, proposal(), 1030.0)


def test_cost_asks_above_its_limit_and_when_the_cost_is_unknown() -> None:
    review = parse_review("cost 60s")
    assert accepts_alone(review, proposal(seconds=59.0), 0.0)
    assert accepts_alone(review, proposal(seconds=61.0), 0.0) == ""
    assert accepts_alone(review, proposal(), 0.0) == ""


def test_money_and_seconds_are_not_mixed_up() -> None:
    review = parse_review("cost $1")
    assert accepts_alone(review, proposal(seconds=0.5), 0.0) == ""
    assert accepts_alone(review, proposal(cost_usd=0.5), 0.0)
