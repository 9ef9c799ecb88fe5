"""The agent of a campaign on a task of one's own knows what saying the commonest answer gets."""

from __future__ import annotations

import json
from pathlib import Path

from ftassist.agent.history import history_of
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.proposing import context
from ftassist.dojo.evaluator.registry import Registration
from ftassist.dojo.evaluator.service import Service
from ftassist.dojo.own_task import OwnTask, make_task
from ftassist.records.baseline import ScoredBaseline

from .conftest import FakeEvaluator, FakeWorkers, Played

LABELS = ("refund", "delivery", "delivery", "delivery", "account")


class WithOwnBaselines(FakeEvaluator):
    """Scores models as it is told to, and baselines as the real one does."""

    def baselines(self, trial: str, rows: int, seed: int) -> list[ScoredBaseline]:
        """Those of the campaign's task."""
        folder = self.campaign.folder
        registration = Registration(
            trial=trial, folder=folder, scores=folder / "scores", base="tiny", token="x", limit=1,
            task=str(self.campaign.task.folder),
        )  # fmt: skip
        return Service().baselines(registration, rows, seed)


def own_task(folder: Path) -> Path:
    """Letters of customers, three in five of which are about a delivery."""
    for name, count, first in (("train", 100, 0), ("eval", 60, 1000)):
        rows = [
            {"prompt": f"Letter {first + n}: what is it about?", "answer": LABELS[n % 5]}
            for n in range(count)
        ]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return make_task(
        OwnTask(
            folder=folder / "task", train=folder / "train.jsonl",
            evaluation=folder / "eval.jsonl", metric="accuracy",
        )
    )  # fmt: skip


def test_the_majority_of_an_own_task_stands_in_a_campaigns_context(tmp_path: Path) -> None:
    campaign = Campaign.create(
        tmp_path / "c", task=str(own_task(tmp_path)), review="always", budget=Budget(trials=1)
    )
    played = Played(campaign, lambda trial: 0.3)
    played.evaluator = WithOwnBaselines(campaign, lambda trial: 0.3)
    played.workers = FakeWorkers(played.evaluator, {})
    played.run()
    known = context(campaign, "t0000")
    majority = next(one for one in known.baselines if one.name == "majority")
    assert 0.4 < majority.score < 0.8
    told = history_of(known, ())["baselines"]
    assert ("majority", majority.score) in {(one["name"], one["score"]) for one in told}
