from __future__ import annotations

import json
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.dojo.feedback import MAX_WRONG, Feedback, ItemScore, summarise
from ftassist.dojo.scorers import scorer_for
from ftassist.dojo.task import Split, TaskCard
from ftassist.dojo.task_loader import load_card
from ftassist.records.metric import Metric

CARD = TaskCard(
    key="sums",
    title="Sums",
    domain="math",
    description="",
    prompt="",
    output_contract="",
    views={"small": "", "large": ""},
    metric=Metric("accuracy"),
    reduction="items",
    max_new_tokens=8,
    max_length=64,
    budget={},
    baselines=(),
    licence="CC0-1.0",
    sources=(),
    limits="",
)


def item(
    number: int, score: float = 0.0, view: str = "small", *, truncated: bool = False
) -> ItemScore:
    return ItemScore(
        id=f"i{number}",
        view=view,
        score=score,
        parsed=score > 0,
        truncated=truncated,
        tokens=3,
        prompt=f"<b>{number}</b>?",
        gold="4",
        output="5",
    )


def feedback_of(
    items: list[ItemScore], card: TaskCard = CARD, split: Split = "validation"
) -> Feedback:
    return summarise(card, split, items, seconds=1.0, model_digest="m", evaluator_digest="e")


def with_metric(metric: Metric, reduction: Literal["items", "views"] = "items") -> TaskCard:
    return replace(CARD, metric=metric, reduction=reduction)


def test_the_headline_is_the_mean_over_items_with_its_wilson_interval() -> None:
    feedback = feedback_of([item(i, float(i < 60)) for i in range(100)])
    assert feedback.score == pytest.approx(0.6)
    assert (round(feedback.low, 4), round(feedback.high, 4)) == (0.502, 0.6906)


def test_the_headline_over_views_gives_small_views_the_same_weight() -> None:
    items = [item(i, 1.0) for i in range(30)] + [item(i + 30, 0.0, "large") for i in range(10)]
    by_views = feedback_of(items, with_metric(Metric("accuracy"), "views"))
    assert by_views.score == pytest.approx(0.5)
    assert by_views.low <= 0.5 <= by_views.high


def test_a_metric_that_is_no_share_gets_a_bootstrap_interval_around_its_mean() -> None:
    items = [item(i, i % 5) for i in range(60)]
    feedback = feedback_of(items, with_metric(Metric("mae", higher_is_better=False, binary=False)))
    assert feedback.score == pytest.approx(2.0)
    assert feedback.low < 2.0 < feedback.high


def test_every_view_has_its_own_score_and_interval() -> None:
    feedback = feedback_of([item(0, 1.0), item(1, 0.0, "large"), item(2, 1.0, "large")])
    assert {view: (e.score, e.n) for view, e in feedback.views.items()} == {
        "small": (1.0, 1),
        "large": (0.5, 2),
    }


def test_a_view_whose_own_metric_is_an_error_is_told_in_the_headlines_unit() -> None:
    answers = {
        "ring_count": [("2", '{"count": 2}'), ("3", '{"count": 9}'), ("1", '{"count": 1}')],
        "equivalence": [("yes", '{"output": "Yes"}'), ("no", '{"output": "Yes"}')],
    }
    scorer = scorer_for("chemcotbench_mol_und")
    judged = [
        scorer.judge({"query": "?", "gt": gold}, said, view)
        for view, rows in answers.items()
        for gold, said in rows
    ]
    items = [replace(item(n, j.item, j.view), judged=j) for n, j in enumerate(judged)]
    feedback = feedback_of(items, load_card("chemcotbench_mol_und"))
    assert feedback.metrics["ring_count.mae"].score == pytest.approx(2.0)
    assert {view: (e.score, e.n) for view, e in feedback.views.items()} == {
        "ring_count": (pytest.approx(2 / 3), 3),
        "equivalence": (0.5, 2),
    }
    assert feedback.score == pytest.approx((2 / 3 + 0.5) / 2)


def test_parse_and_truncation_rates_are_shares_of_all_items() -> None:
    items = [item(0, 1.0), item(1, truncated=True), item(2, truncated=True), item(3)]
    feedback = feedback_of(items)
    assert (feedback.parse_rate, feedback.truncation_rate) == (0.25, 0.5)


def test_at_most_ten_wrong_items_are_shown_and_none_that_is_right() -> None:
    feedback = feedback_of([item(i, float(i % 2)) for i in range(80)])
    assert len(feedback.wrong) == MAX_WRONG
    assert all(int(wrong.id[1:]) % 2 == 0 for wrong in feedback.wrong)


def test_wrong_items_that_do_not_select_are_of_all_views_and_ways_to_fail() -> None:
    items = [item(i) for i in range(300)]
    items += [item(i + 300, view="large") for i in range(3)]
    items += [item(i + 400, truncated=True) for i in range(3)]
    shown = {each.id for each in items}
    rest = [item(i + 500, 1.0) for i in range(5)]
    feedback = summarise(
        CARD, "validation", [*items, *rest],
        seconds=1.0, model_digest="m", evaluator_digest="e", shown=shown,
    )  # fmt: skip
    numbers = [int(wrong.id[1:]) for wrong in feedback.wrong]
    assert len(numbers) == MAX_WRONG
    assert sum(300 <= n < 303 for n in numbers) == 3
    assert sum(400 <= n < 403 for n in numbers) == 3


def test_the_same_wrong_items_are_shown_to_every_trial() -> None:
    first = feedback_of([item(i) for i in range(50)])
    other = feedback_of([replace(item(i), output="other") for i in reversed(range(50))])
    assert [wrong.id for wrong in first.wrong] == [wrong.id for wrong in other.wrong]


def test_the_worse_items_are_shown_when_lower_is_better() -> None:
    card = with_metric(Metric("mae", higher_is_better=False, binary=False))
    wrong = feedback_of([item(0, 0.0), item(1, 0.1), item(2, 9.0)], card).wrong
    assert [w.id for w in wrong] == ["i2"]


def test_no_item_of_the_test_split_is_shown() -> None:
    assert feedback_of([item(i) for i in range(5)], split="test").wrong == ()


def test_no_items_is_an_error() -> None:
    with pytest.raises(ValueError, match="no items"):
        feedback_of([])


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_feedback_survives_json(right: list[bool]) -> None:
    feedback = feedback_of([item(i, float(r)) for i, r in enumerate(right)])
    assert Feedback.of(json.loads(json.dumps(feedback.to_dict()))) == feedback


def test_the_text_tells_score_interval_and_views_in_a_few_lines() -> None:
    text = repr(feedback_of([item(i, float(i < 60)) for i in range(100)]))
    assert "60.0 % [50.2 %, 69.1 %], n=100" in text
    assert len(text.splitlines()) == 3


def test_the_html_escapes_what_models_and_data_wrote() -> None:
    html = feedback_of([replace(item(1), output="<script>alert(1)</script>")])._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;1&lt;/b&gt;" in html


def test_of_many_labels_the_confused_pairs_and_the_wrong_label_of_an_item_are_told() -> None:
    names = [f"intent {chr(97 + n % 20)}" for n in range(100)]
    items = [
        replace(item(n, 1.0), parsed=True, gold=name, output=name) for n, name in enumerate(names)
    ]
    items[0] = replace(items[0], score=0.0, output="intent c")
    items[1] = replace(items[1], score=0.0, output="something else")
    feedback = summarise(
        CARD, "validation", items, seconds=1.0, model_digest="m", evaluator_digest="e",
        shown=[f"i{n}" for n in range(30)],
    )  # fmt: skip
    assert {one.id: one.label for one in feedback.wrong} == {"i0": "intent c", "i1": ""}
    pairs = {(one.right, one.given): one.count for one in feedback.diagnosis.pairs}
    assert pairs == {("intent a", "intent c"): 1, ("(any)", "(another)"): 1}
    assert Feedback.of(feedback.to_dict()) == feedback
    sealed = replace(items[0], id="t")
    told = feedback_of([sealed, *items], split="test")
    assert not told.wrong and not told.diagnosis
