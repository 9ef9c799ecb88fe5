"""A runner whose trials take no time: workers and evaluator are simulated, the rest is real."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.runner import Runner
from ftassist.files import hash_text, write_json
from ftassist.journal import Journal, Kind, Trial
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.feedback import Measured, TrialFeedback
from ftassist.trial.job import TrialJob

ITEMS = 300


class FakeLock:
    """Stands for the lock where one process is enough."""

    held = True

    def beat(self) -> None:
        """Does nothing."""

    def leave(self, leaving: bool = True) -> None:
        """Tells nobody."""


class FakeEvaluator:
    """Scores a trial by what `quality` says of it, and writes what the real one writes."""

    def __init__(self, campaign: Campaign, quality: Callable[[str], float]) -> None:
        self.campaign = campaign
        self.quality = quality
        self.alive = True
        self.pid = None
        self.scored: list[str] = []
        self.panels: list[str] = []
        self.allowed: list[float | None] = []
        self.knows = 0.5
        self.others = 0

    def register(self, trial: str, folder: Path, **_: Any) -> str:
        """Takes note of nothing."""
        return "token"

    def environment(self, trial: str) -> dict[str, str]:
        """No variables: nothing connects."""
        return {}

    def baselines(self, trial: str, rows: int, seed: int) -> list[ScoredBaseline]:
        """None: these items have no closed answers."""
        return []

    def panel(
        self, trial: str, *, model: str | None = None, seconds: float | None = None
    ) -> TrialFeedback:
        """Two hundred general questions: the base knows the first half, a trial `knows` of them.

        A trial's begin `others` later: so many it has lost, and so many it has gained.
        """
        share, first = (0.5, 0) if model is None else (self.knows, self.others)
        right = range(first, first + round(share * 200))
        items = [
            {"id": f"g{i}", "view": "copying", "score": float(i in right)} for i in range(200)
        ]
        write_json(self.campaign.folder / "scores" / f"{trial}.general.json", {"items": items})
        self.panels.append(trial)
        self.allowed.append(seconds)
        ends = share, share - 0.07, share + 0.07, 200
        views = {"copying": Measured(*ends)}
        return TrialFeedback(*ends, views, 1.0, 0.0, seconds=1.0, evaluator_digest="e")

    def evaluate(self, trial: str, split: str) -> None:
        """Draws item scores around the quality of the trial; the same items are easy for all."""
        feedback = self._drawn(trial, split)
        self.scored.append(trial)
        self.campaign.say(
            Kind.TRIAL_SCORED, {"feedback": feedback}, trial=trial, actor="evaluator"
        )

    def evaluate_part(self, trial: str, rung: float) -> None:
        """The same of a run that has come to a rung, on half of the items."""
        feedback = {**self._drawn(trial, f"rung-{rung:g}"), "n": ITEMS // 2, "rung": rung}
        payload = {"rung": rung, "feedback": feedback}
        self.campaign.say(Kind.RUNG_SCORED, payload, trial=trial, actor="evaluator")

    def _drawn(self, trial: str, part: str) -> dict[str, Any]:
        """Item scores, written down, and what they come to."""
        generator = random.Random(int(hash_text(trial)[:8], 16))
        rate = self.quality(trial)
        easy = [random.Random(i).random() * 0.6 + generator.random() * 0.4 for i in range(ITEMS)]
        order = sorted(easy)
        bar = order[min(ITEMS - 1, int(rate * ITEMS))]
        scores = {f"i{i}": float(value < bar) for i, value in enumerate(easy)}
        items = [{"id": key, "score": value} for key, value in scores.items()]
        write_json(self.campaign.folder / "scores" / f"{trial}.{part}.json", {"items": items})
        mean = sum(scores.values()) / ITEMS
        return {
            "score": mean,
            "low": mean - 0.05,
            "high": mean + 0.05,
            "n": ITEMS,
            "views": {},
            "parse_rate": 1.0,
            "truncation_rate": 0.0,
            "wrong": [],
        }

    def start(self) -> None:
        """Is back at once."""
        self.alive = True

    def close(self, trial: str) -> None:
        """Takes note of nothing."""

    def stop(self) -> None:
        """Ends."""
        self.alive = False


class FakeWorkers:
    """Runs a trial at once, or dies, as `deaths` says: {trial: attempts that die}."""

    def __init__(self, evaluator: FakeEvaluator, deaths: dict[str, int]) -> None:
        self.evaluator = evaluator
        self.deaths = dict(deaths)
        self.running: dict[str, int] = {}
        self.pids: list[int] = []
        self.slots = self.most_devices = 1
        self.trouble = ""
        self.started: list[str] = []
        self.rungs: list[tuple[str, float]] = []

    def start(self, job: TrialJob) -> None:
        """Plays the whole trial, in the words a worker uses."""
        trial = job.spec.trial
        journal = Journal(Path(job.campaign) / "journal.db")
        self.started.append(trial)
        self.rungs.append((trial, job.rung))
        self.running[trial] = 0
        part = {"rung": job.rung} if job.rung < 1.0 else {}

        def say(kind: Kind, payload: dict[str, Any]) -> None:
            journal.append(actor="worker", kind=kind, trial=trial, payload=payload)

        say(Kind.TRIAL_STARTED, {"isolation": "none", "attempt": job.attempt, **part})
        if self.deaths.get(trial, 0):
            self.deaths[trial] -= 1
            self.running[trial] = -9
            return
        if part:
            self.evaluator.evaluate_part(trial, job.rung)
        else:
            self.evaluator.evaluate(trial, "validation")
        told = {"seconds": {"train": 1.0}, "rows": 10, "training": _training(job.rung), **part}
        say(Kind.TRIAL_RESTED if part else Kind.TRIAL_COMPLETED, told)

    def reap(self) -> dict[str, int]:
        """All of them have ended."""
        ended, self.running = self.running, {}
        return ended

    def serve(self, model: str, repository: str) -> None:
        """Has no spare that could see them."""

    def prepare_spare(self) -> None:
        """Keeps none."""

    def mind_spare(self) -> None:
        """Has none."""

    def pause(self) -> None:
        """Nothing runs long enough to be paused."""

    def stop(self, trial: str) -> None:
        """Nothing runs long enough to be stopped."""
        self.running.pop(trial)

    def release(self) -> None:
        """Nothing is left."""


def _training(rung: float) -> dict[str, Any]:
    """What a training of 20 steps of 16 rows reports when it has come to a rung."""
    if rung == 1.0:
        return {}
    arguments = {"batch_size": 16, "accumulation": 1}
    steps = round(20 * rung)
    return {
        "steps": steps,
        "of_steps": 20,
        "seconds": {"train": 2.0 * steps},
        "arguments": arguments,
    }


class Played:
    """A runner over simulated trials."""

    def __init__(
        self,
        campaign: Campaign,
        quality: Callable[[str], float],
        deaths: dict[str, int] | None = None,
    ) -> None:
        self.campaign = campaign
        self.evaluator = FakeEvaluator(campaign, quality)
        self.workers = FakeWorkers(self.evaluator, deaths or {})
        self.lock = FakeLock()

    def run(self) -> str:
        """Runs until there is nothing to do."""
        runner = Runner(self.campaign, self.lock, idle_seconds=0.0)  # type: ignore[arg-type]
        runner._scorer.process = self.evaluator  # type: ignore[assignment]
        runner._workers = self.workers
        return runner.run()

    @property
    def trials(self) -> dict[str, Trial]:
        """All trials by id."""
        return dict(self.campaign.refresh().trials)


@pytest.fixture
def make_campaign(tmp_path: Path) -> Callable[..., Campaign]:
    """Makes a campaign on mini_math."""

    def make(
        review: str = "never", trials: int = 3, folder: str = "c", **settings: Any
    ) -> Campaign:
        budget = Budget(trials=trials)
        return Campaign.create(
            tmp_path / folder, task="mini_math", review=review, budget=budget, **settings
        )

    return make
