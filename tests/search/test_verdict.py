from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.errors import DataError
from ftassist.records.metric import Metric
from ftassist.search.verdict import Verdict, judge, judge_final

ACCURACY = Metric("accuracy")
pairs_of_bits = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80)


def items(*scores: float) -> dict[str, float]:
    """Item scores by id."""
    return {f"i{number}": score for number, score in enumerate(scores)}


PARENT = items(*[1.0] * 100, *[0.0] * 200)
CHILD = items(*[1.0] * 160, *[0.0] * 140)  # 60 of 300 items mended, none spoilt


def test_a_clear_gain_is_better(accuracy: Metric) -> None:
    verdict = judge(CHILD, PARENT, accuracy, "t0000", [], family=8)
    assert (verdict.kind, verdict.against, verdict.n) == ("better", "t0000", 300)
    assert verdict.difference == pytest.approx(0.2)
    assert 0.0 < verdict.low < 0.2 < verdict.high


def test_a_clear_loss_is_worse(accuracy: Metric) -> None:
    assert judge(PARENT, CHILD, accuracy, "t0001", [], family=8).kind == "worse"


def test_the_same_answers_are_tied(accuracy: Metric) -> None:
    verdict = judge(CHILD, CHILD, accuracy, "t0000", [], family=8)
    assert (verdict.kind, verdict.p, verdict.difference) == ("tied", 1.0, 0.0)


def test_fewer_errors_are_better_where_lower_is_better(error_rate: Metric) -> None:
    verdict = judge(PARENT, CHILD, error_rate, "t0000", [], family=8)
    assert verdict.kind == "better"
    assert verdict.difference == pytest.approx(0.2)


def test_a_lower_absolute_error_is_better(absolute_error: Metric) -> None:
    draws = random.Random(1)
    parent = items(*[draws.uniform(1.0, 3.0) for _ in range(120)])
    child = {item: score - draws.uniform(0.0, 0.8) for item, score in parent.items()}
    verdict = judge(child, parent, absolute_error, "t0000", [], family=8)
    assert verdict.kind == "better"
    assert 0.3 < verdict.low < verdict.difference < verdict.high < 0.5
    assert "bootstrap" in verdict.method


def test_what_is_significant_alone_may_be_tied_in_a_family(accuracy: Metric) -> None:
    child = {**PARENT, **{f"i{number}": 1.0 for number in range(100, 107)}}  # 7 mended
    assert judge(child, PARENT, accuracy, "t0000", [], family=1).kind == "better"
    crowded = judge(child, PARENT, accuracy, "t0000", [0.9, 0.8], family=8)
    assert crowded.kind == "tied"
    assert crowded.p_adjusted == pytest.approx(8 * crowded.p)


def test_a_budget_raised_later_never_shrinks_the_family(accuracy: Metric) -> None:
    verdict = judge(CHILD, PARENT, accuracy, "t0000", [0.5] * 10, family=8)
    assert verdict.family == 11


def test_items_are_paired_by_id_not_by_order(accuracy: Metric) -> None:
    shuffled = dict(random.Random(2).sample(sorted(CHILD.items()), len(CHILD)))
    verdicts = [judge(c, PARENT, accuracy, "t0000", [], 8) for c in (CHILD, shuffled)]
    assert verdicts[0] == verdicts[1]


def test_the_order_of_items_does_not_change_a_bootstrap(absolute_error: Metric) -> None:
    child = {item: 0.3 * score + 0.01 * len(item) for item, score in CHILD.items()}
    shuffled = dict(random.Random(3).sample(sorted(child.items()), len(child)))
    verdicts = [judge(c, PARENT, absolute_error, "t0000", [], 8) for c in (child, shuffled)]
    assert verdicts[0] == verdicts[1]


@given(pairs_of_bits)
def test_two_trials_judged_both_ways_never_contradict(pairs: list[tuple[bool, bool]]) -> None:
    child, parent = (items(*map(float, side)) for side in zip(*pairs, strict=True))
    forth = judge(child, parent, ACCURACY, "a", [], family=2)
    back = judge(parent, child, ACCURACY, "b", [], family=2)
    mirror = {"better": "worse", "worse": "better", "tied": "tied"}
    assert back.kind == mirror[forth.kind]
    assert back.difference == pytest.approx(-forth.difference)


def test_different_items_cannot_be_compared(accuracy: Metric) -> None:
    with pytest.raises(DataError, match="different items: 2") as caught:
        judge(items(1.0, 0.0), items(1.0, 0.0, 1.0, 1.0), accuracy, "t0000", [], 8)
    assert "i2, i3" in str(caught.value)


def test_no_items_cannot_be_compared(accuracy: Metric) -> None:
    with pytest.raises(DataError, match="no items"):
        judge({}, {}, accuracy, "t0000", [], 8)


@pytest.mark.parametrize("score", [0.5, float("nan")])
def test_a_score_the_metric_cannot_have_names_its_item(accuracy: Metric, score: float) -> None:
    with pytest.raises(DataError, match="needs 0 or 1") as caught:
        judge(items(1.0, score), items(1.0, 1.0), accuracy, "t0000", [], 8)
    assert "item i1" in str(caught.value)


def test_a_headline_over_views_weighs_views_equally(accuracy: Metric) -> None:
    views = {item: "small" if number < 20 else "large" for number, item in enumerate(PARENT)}
    child = {**PARENT, **dict.fromkeys(list(PARENT)[:20], 0.0)}
    verdict = judge(child, PARENT, accuracy, "t0000", [], 8, views=views)
    assert verdict.difference == pytest.approx(-0.5)
    assert verdict.kind == "worse"


def test_an_item_without_a_view_is_named(accuracy: Metric) -> None:
    with pytest.raises(DataError, match="1 items belong to no view"):
        judge(items(1.0, 0.0), items(1.0, 0.0), accuracy, "t0000", [], 8, views={"i0": "a"})


def test_seeds_that_agree_confirm_a_gain(accuracy: Metric) -> None:
    again = {**CHILD, "i160": 1.0}
    verdict = judge_final([CHILD, again, CHILD], PARENT, accuracy, "t0000")
    assert verdict.kind == "better"
    assert "3 seeds" in verdict.method


def test_one_lucky_seed_of_three_confirms_nothing(accuracy: Metric) -> None:
    assert judge_final([CHILD, PARENT, PARENT], PARENT, accuracy, "t0000").kind == "tied"


def test_the_final_verdict_can_pay_for_the_choice_too(accuracy: Metric) -> None:
    runs = [CHILD, CHILD]
    alone = judge_final(runs, PARENT, accuracy, "t0000")
    chosen = judge_final(runs, PARENT, accuracy, "t0000", earlier_p=[0.5, 0.2], family=9)
    assert chosen.p == alone.p
    assert chosen.p_adjusted == pytest.approx(9 * alone.p)


def test_a_single_run_cannot_be_final(accuracy: Metric) -> None:
    with pytest.raises(DataError, match="spread between seeds"):
        judge_final([CHILD], PARENT, accuracy, "t0000")


def test_final_runs_on_other_items_are_refused(accuracy: Metric) -> None:
    with pytest.raises(DataError, match="different items"):
        judge_final([CHILD, items(1.0)], PARENT, accuracy, "t0000")


def test_a_final_view_of_one_item_is_refused(accuracy: Metric) -> None:
    child = items(1.0, 0.0, 1.0)
    views = {"i0": "a", "i1": "a", "i2": "b"}
    with pytest.raises(DataError, match="too few"):
        judge_final([child, child], child, accuracy, "t0000", views=views)


@settings(max_examples=20)
@given(pairs_of_bits)
def test_a_verdict_survives_json(pairs: list[tuple[bool, bool]]) -> None:
    child, parent = (items(*map(float, side)) for side in zip(*pairs, strict=True))
    verdict = judge(child, parent, ACCURACY, "t0000", [0.5], family=4)
    assert Verdict.of(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_an_invalid_trial_says_why_and_survives_json() -> None:
    verdict = Verdict.invalid("t0000", "12 training rows are validation items")
    assert verdict.kind == "invalid"
    assert Verdict.of(json.loads(json.dumps(verdict.to_dict()))) == verdict
