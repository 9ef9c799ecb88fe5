"""What an agent is shown does not select, and one that learns it is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.evidence import wrong_answers
from ftassist.campaign import Campaign, queries
from ftassist.campaign.shown_gain import shown_gain, shown_gains
from ftassist.documents import summary
from ftassist.documents.snapshot import take
from ftassist.dojo.evaluator.scoring import scores_document, shown_of
from ftassist.dojo.feedback import ItemScore, summarise
from ftassist.files import hash_file, write_atomic
from ftassist.journal import Kind
from ftassist.journal.state import BASE
from ftassist.ui.report import build

from .conftest import FakeEvaluator, Played

Make = Callable[..., Campaign]
ITEMS = 240


class Knowing(FakeEvaluator):
    """Scores as the real evaluator does; a model knows what the base knows and what it was taught.

    The base knows every other item.
    """

    def __init__(self, campaign: Campaign, taught: Callable[[Knowing], set[str]]) -> None:
        super().__init__(campaign, lambda trial: 0.0)
        self.taught = taught

    @property
    def seen(self) -> set[str]:
        """Every item whose answer an agent was shown so far."""
        trials = self.campaign.refresh().trials.values()
        return {item.id for t in trials for item in t.feedback.wrong}

    def evaluate(self, trial: str, split: str) -> None:
        known = {f"i{n}" for n in range(0, ITEMS, 2)}
        known |= set() if trial == BASE else self.taught(self)
        items = [
            ItemScore(
                id=f"i{n}", view=("shop", "travel")[n % 3 == 0], score=float(f"i{n}" in known),
                parsed=True, truncated=False, tokens=3, prompt=f"{n}?", gold="1", output="2",
            )
            for n in range(ITEMS)
        ]  # fmt: skip
        shown = shown_of("validation", items, self.campaign.shown_seed)
        feedback = summarise(
            self.campaign.card, "validation", items,
            seconds=1.0, model_digest=trial, evaluator_digest="e", shown=shown,
        )  # fmt: skip
        path = self.campaign.folder / "scores" / f"{trial}.validation.json"
        write_atomic(path, scores_document(feedback, items, shown))
        told: dict[str, Any] = {**feedback.to_dict(), "scores_digest": hash_file(path)}
        self.campaign.say(Kind.TRIAL_SCORED, {"feedback": told}, trial=trial, actor="evaluator")


def played(campaign: Campaign, taught: Callable[[Knowing], set[str]]) -> Campaign:
    found = Played(campaign, lambda trial: 0.0)
    found.evaluator = found.workers.evaluator = Knowing(campaign, taught)
    found.run()
    campaign.refresh()
    return campaign


@pytest.fixture
def by_heart(make_campaign: Make) -> Campaign:
    """A campaign whose agent teaches its models the answers it was shown, and nothing else."""
    return played(make_campaign(trials=6), lambda evaluator: evaluator.seen)


@pytest.fixture
def honest(make_campaign: Make) -> Campaign:
    """A campaign whose models learn something of all items."""
    return played(make_campaign(trials=2), lambda _: {f"i{n}" for n in range(0, ITEMS, 5)})


def test_an_agent_that_learns_what_it_is_shown_is_seen_in_the_report(by_heart: Campaign) -> None:
    last = [t for t in by_heart.state.trials.values() if t.role == "trial"][-1]
    gain = shown_gain(by_heart, last)
    assert gain is not None and gain.learned
    assert gain.shown.difference > 0.3
    assert gain.others.difference == 0.0
    assert "has learned what is shown" in build(by_heart)


def test_learning_what_is_shown_moves_no_score_and_no_verdict(by_heart: Campaign) -> None:
    trials = [t for t in by_heart.state.trials.values() if t.role == "trial"]
    assert {t.score for t in trials} == {by_heart.state.base.score}
    assert {t.verdict.kind for t in trials} == {"tied"}
    assert {t.verdict.n for t in trials} == {ITEMS - 60}


def test_no_wrong_answer_is_told_of_an_item_that_selects(by_heart: Campaign) -> None:
    shown = set(queries.shown_scores(by_heart, BASE))
    told = {i.id for t in by_heart.state.trials.values() for i in t.feedback.wrong}
    assert told and told <= shown
    assert shown.isdisjoint(queries.scores(by_heart, BASE))


def test_what_an_agent_is_told_of_groups_is_of_the_shown_part(by_heart: Campaign) -> None:
    last = [t for t in by_heart.state.trials.values() if t.role == "trial"][-1]
    wrong = wrong_answers(last.feedback)
    shown = last.feedback.told.views
    assert wrong is not None
    assert wrong.by_view == {v: pytest.approx(1 - s["score"], abs=1e-3) for v, s in shown.items()}
    assert wrong.by_view != {v: 1 - s.score for v, s in last.feedback.views.items()}


def test_a_small_task_says_that_nothing_is_set_apart(honest: Campaign) -> None:
    snapshot = take(honest)
    base = snapshot.state.base
    small = replace(base, feedback=replace(base.feedback, shown=None, n=120))
    state = replace(snapshot.state, trials={**snapshot.state.trials, BASE: small})
    told = summary.set_apart(replace(snapshot, state=state))
    assert told.startswith("120 validation items are too few to set some apart")


def test_an_honest_gain_is_no_sign_of_learning_by_heart(honest: Campaign) -> None:
    gains = shown_gains(honest)
    assert gains and not any(gain.learned for gain in gains.values())
    assert "has learned what is shown" not in build(honest)
    assert "60 of the 240 validation items are there to be shown" in summary.set_apart(
        take(honest)
    )


def test_a_campaign_of_before_keeps_all_its_items(
    make_campaign: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Campaign, "shown_seed", None)
    campaign = played(make_campaign(trials=1), lambda evaluator: evaluator.seen)
    assert len(queries.scores(campaign, BASE)) == campaign.state.base.feedback.n == ITEMS
    assert campaign.state.base.feedback.shown is None
    assert shown_gains(campaign) == {}
