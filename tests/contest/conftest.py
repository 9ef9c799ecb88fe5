"""Contests that take no time: workers and evaluators are simulated, the rest is real."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from ftassist.campaign import Budget, Campaign, final
from ftassist.contest import Contest
from ftassist.dojo.evaluator.scoring import evaluator_digest
from ftassist.dojo.task_loader import load_task
from ftassist.files import hash_file, hash_text, write_json
from ftassist.journal import Kind
from ftassist.records.feedback import TrialFeedback
from ftassist.records.metric import Metric

from ..campaign.conftest import FakeEvaluator, Played

ITEMS = 200
Quality = Callable[[Campaign, str], float]
"""The share of items that a trial's model gets right."""


def by_agent(campaign: Campaign, trial: str) -> float:
    """The base is poor, a plain training fair, a search good."""
    if trial == "t0000":
        return 0.2
    return 0.5 if campaign.state.settings["backend"] == "plain" else 0.75


def score(scores: Path, trial: str, split: str, rate: float, salt: str) -> dict[str, Any]:
    """Writes item scores as the evaluator does, and returns the feedback on them."""
    draw = random.Random(int(hash_text(trial, split, salt)[:8], 16))
    easy = [0.6 * random.Random(i).random() + 0.4 * draw.random() for i in range(ITEMS)]
    bar = sorted(easy)[min(ITEMS - 1, int(rate * ITEMS))]
    right = [1.0 if value < bar else 0.0 for value in easy]
    items = [{"id": f"i{i}", "view": "shop", "score": one} for i, one in enumerate(right)]
    file = scores / f"{trial}.{split}.json"
    write_json(file, {"items": items})
    mean = sum(right) / ITEMS
    return {
        "task": "mini_math", "split": split, "n": ITEMS, "metric": asdict(Metric("accuracy")),
        "score": mean, "low": mean - 0.05, "high": mean + 0.05, "views": {}, "parse_rate": 1.0,
        "truncation_rate": 0.0, "wrong": [], "seconds": 1.0, "generated_tokens": 1,
        "model_digest": hash_text(trial, salt), "scores_digest": hash_file(file),
        "evaluator_digest": evaluator_digest(load_task("mini_math")),
    }  # fmt: skip


class Searching(FakeEvaluator):
    """The evaluator while a campaign searches."""

    def evaluate(self, trial: str, split: str) -> None:
        """Scores a trial and writes it down."""
        salt = str(self.campaign.state.settings["seed"])
        found = score(self.campaign.folder / "scores", trial, split, self.quality(trial), salt)
        self.campaign.say(Kind.TRIAL_SCORED, {"feedback": found}, trial=trial, actor="evaluator")


class Opening:
    """The evaluator that opens the sealed test."""

    quality: Quality = staticmethod(by_agent)

    def __init__(self, **_: Any) -> None:
        self.scores = Path()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends."""

    def register(self, trial: str, folder: Path, *, scores: Path, **_: Any) -> str:
        """Takes note of where scores go."""
        self.scores = scores
        return "token"

    def evaluate(self, trial: str, split: str, model: str | None = None) -> TrialFeedback:
        """Scores a trial on the test split."""
        campaign = Campaign.open(self.scores.parent)
        rate = type(self).quality(campaign, trial)
        found = score(self.scores, trial, split, rate, str(campaign.state.settings["seed"]))
        return TrialFeedback.of(found)


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Runners that play a campaign at once; the folders of campaigns they were started for."""
    started: list[str] = []

    def start(campaign: Campaign) -> int:
        started.append(str(campaign.folder))
        played = Played(campaign, lambda trial: Opening.quality(campaign, trial))
        played.evaluator = Searching(campaign, lambda trial: Opening.quality(campaign, trial))
        played.workers.evaluator = played.evaluator
        for trial in campaign.refresh().trials:
            campaign.trial_folder(trial).mkdir(parents=True, exist_ok=True)
        played.run()
        for trial in campaign.refresh().trials:
            (campaign.trial_folder(trial) / "model").mkdir(parents=True, exist_ok=True)
        return 1

    monkeypatch.setattr(Campaign, "start_runner", start)
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: False)
    monkeypatch.setattr(final, "EvaluatorProcess", Opening)
    monkeypatch.setattr(Opening, "quality", staticmethod(by_agent))
    return started


def small(*agents: str, seeds: int = 2, **more: Any) -> Contest:
    """A contest on mini_math with two trials a campaign."""
    budget = more.pop("budget", Budget(trials=2, rows=300, seconds=600.0, usd=1.0))
    return Contest(agents=agents, tasks=("mini_math",), seeds=seeds, budget=budget, **more)
