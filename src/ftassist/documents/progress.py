"""What happens now, in one line a running trial: stage, step, loss, time left.

Turns a state and the last metrics row into plain text, and tells which lines are new. Shows
nothing itself; the terminal and the notebook each have a way of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftassist.campaign import trial_files
from ftassist.campaign.counted import Counted, read_counted
from ftassist.documents import words
from ftassist.journal.state import BASE, State, Trial
from ftassist.records.stage import StageRun

if TYPE_CHECKING:
    from ftassist.campaign import Campaign

_BAR = 10


@dataclass(frozen=True)
class Moment:
    """What a trial does at one moment.

    Attributes:
        trial: Its id.
        stage: The stage it is in, "starting", or the last check it passed.
        step: Training steps done.
        steps: Training steps in all; 0 outside training.
        loss: The last training loss.
        left: Estimated seconds left of the stage.
        items: Evaluation items answered.
        of_items: Evaluation items in all; 0 outside an evaluation.
        node: The cluster's node it runs on, in words; "" on the runner's machine.
    """

    trial: str
    stage: str
    step: int = 0
    steps: int = 0
    loss: float | None = None
    left: float | None = None
    items: int = 0
    of_items: int = 0
    node: str = ""

    @property
    def share(self) -> float | None:
        """The share of the stage that is done; None where nothing is counted."""
        if self.of_items:
            return self.items / self.of_items
        return self.step / self.steps if self.steps else None

    @property
    def doing(self) -> str:
        """What it does, in words: its stage, for the base "scoring the base model"."""
        scores = self.trial == BASE and self.stage == "evaluate"
        return "scoring the base model" if scores else f"{self.stage}{self._where}"

    @property
    def _where(self) -> str:
        return f" on {self.node}" if self.node else ""

    @property
    def text(self) -> str:
        """One line: "t0004 train ███████░░░ step 41/64 · loss 0.21 · 9.0 s left"."""
        if self.share is None:
            return f"{self.trial} {self.doing}"
        filled = round(_BAR * self.share)
        parts = [f"step {self.step}/{self.steps}"]
        if self.of_items:
            parts = [f"{self.items} of {self.of_items} items"]
        if self.loss is not None:
            parts.append(f"loss {words.number(self.loss)}")
        if self.left is not None:
            parts.append(f"{words.duration(self.left)} left")
        bar = "█" * filled + "░" * (_BAR - filled)
        return f"{self.trial} {self.doing} {bar} {' · '.join(parts)}"


def moments(campaign: Campaign, state: State) -> list[Moment]:
    """What each running trial does now."""
    folder = campaign.folder
    return [
        moment(t, trial_files.last_metrics(folder, t.id), read_counted(folder, t))
        for t in state.with_status("running")
    ]


def now_line(campaign: Campaign, state: State) -> str:
    """One line about the present: running trials, or what is waited for."""
    running = moments(campaign, state)
    if running:
        still = "" if campaign.runner_alive() else " · no runner works on it"
        return "   ".join(moment.text for moment in running) + still
    if BASE in state.trials and state.base.status in ("accepted", "running"):
        return "scoring the untouched base model first"
    queued = state.with_status("accepted")
    if queued:
        return f"{queued[0].id} is next"
    if state.asked.seq:
        return "the agent is thinking about a proposal"
    if state.pending:
        return f"{state.pending[0].id} waits for a decision"
    return f"campaign {state.phase}" + (
        f": {words.one_line(state.reason)}" if state.reason else ""
    )


@dataclass
class News:
    """Tells what is new in a state since the last one, a line for each thing.

    Attributes:
        told: What was told of each trial.
    """

    told: dict[str, str] = field(default_factory=dict)

    def lines(self, state: State) -> list[str]:
        """Lines about trials that changed since the last call."""
        found = []
        for trial in state.trials.values():
            text = _news(trial)
            if text and self.told.get(trial.id) != text:
                self.told[trial.id] = text
                found.append(f"{words.mark(trial)} {trial.id} {text}")
        return found


def moment(
    trial: Trial, rows: Sequence[Mapping[str, Any]], counted: Counted | None = None
) -> Moment:
    """What a running trial does now.

    Args:
        rows: The last rows of its training curve.
        counted: The items of its evaluation, if they are being counted.
    """
    if counted:
        stage = trial.stage or "evaluate"
        return Moment(
            trial.id,
            stage,
            left=counted.left,
            items=counted.done,
            of_items=counted.of,
            node=words.node(trial),
        )
    rows = [r for r in rows if r.get("step") is not None] if trial.stage == "train" else []
    last: Mapping[str, Any] = rows[-1] if rows else {}
    return Moment(
        trial=trial.id,
        stage=trial.stage or _between(trial),
        step=int(last.get("step") or 0),
        steps=int(last.get("steps") or 0),
        loss=next((r["loss"] for r in reversed(rows) if r.get("loss") is not None), None),
        left=next((r["eta"] for r in reversed(rows) if r.get("eta") is not None), None),
        node=words.node(trial),
    )


def _between(trial: Trial) -> str:
    """What a trial does outside its stages: it starts, or is being checked."""
    if not trial.checks:
        return "starting"
    return f"checks ({words.one_line(trial.checks[-1].check, 30)} done)"


def _news(trial: Trial) -> str:
    if trial.role == "base" and trial.status == "scored":
        return f"base model: {words.score(trial)}"
    if trial.status == "proposed":
        return f"proposal: {words.one_line(trial.hypothesis, 300)}"
    if trial.status == "running":
        done = [f"{name} ✓ {_took(stage)}" for name, stage in trial.stages.items()]
        return " · ".join([*done, trial.stage or ("starting" if not done else "")]).strip(" ·")
    if trial.status == "accepted":
        seed = f"repeat of {trial.replicate_of} on seed {trial.seed}"
        return seed if trial.role == "replicate" else "accepted"
    if trial.status == "scored" and trial.role == "replicate":
        return f"seed {trial.seed}: {words.score(trial)}"
    if trial.status == "scored":
        verdict = f" · {words.verdict_sentence(trial.verdict)}" if trial.verdict else ""
        return f"{words.score(trial)}{verdict}"
    return words.outcome(trial)


def _took(stage: StageRun) -> str:
    cached = stage.cached_from
    return f"cached from {cached}" if cached else words.duration(stage.seconds)
