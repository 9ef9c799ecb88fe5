"""What has become of a proposal since: the part of a card that goes on changing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftassist.campaign.consent import consent_document
from ftassist.documents import words
from ftassist.documents.prediction import prediction_part
from ftassist.documents.progress import Moment, moment
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import STAGES, Trial
from ftassist.records.check import TrialCheck
from ftassist.records.verdict import TrialVerdict

if TYPE_CHECKING:
    from ftassist.campaign.attribution import Worth

MOST_WRONG = 10


def live_part(
    snapshot: Snapshot, trial: Trial, curve: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Stage and progress of a trial, then what came of it.

    Args:
        curve: The last rows of its training curve.
    """
    now = next((m for m in snapshot.moments if m.trial == trial.id), None)
    return {
        "mark": words.mark(trial),
        "word": words.word(trial),
        "outcome": _outcome(snapshot, trial),
        "best": trial.id == snapshot.best,
        "stage": trial.stage,
        "stages_done": _stages_done(trial),
        "checks": [_check(check) for check in trial.checks],
        "progress": _progress(trial, now or moment(trial, curve)),
        "stalled": stalled(snapshot, trial),
        "score": _score(trial),
        "verdict": _verdict(trial.verdict, snapshot.worths.get(trial.id, ())),
        "verdict_best": _verdict(trial.against_best),
        "verdict_baseline": words.baseline_sentence(trial.against_baseline),
        "general": words.general_sentence(trial),
        "prediction": prediction_part(trial),
        "wrong": [item.to_dict() for item in trial.feedback.wrong[:MOST_WRONG]],
        "analysis": _analysis(trial),
        "failure": _failure(trial),
        "decided": trial.decision.to_dict() or None,
        "stopping": trial.stopping.to_dict() or None,
        "replicates": [t.id for t in snapshot.state.replicates(trial.id)],
        "export": trial.export.to_dict() or None,
        "pinned": trial.pinned,
        "started": trial.started,
        "finished": trial.finished,
    }


def _outcome(snapshot: Snapshot, trial: Trial) -> str:
    """What came of it; of a trial that a campaign's question holds up, that."""
    state = snapshot.state
    if trial.status == "accepted" and consent_document(state)["waited_for"]:
        return "accepted; waits for a person's consent to run without isolation"
    return words.outcome(trial)


def _stages_done(trial: Trial) -> list[dict[str, Any]]:
    return [
        {
            "stage": name,
            "seconds": stage.seconds,
            "cached_from": stage.cached_from,
            "summary": stage.summary if isinstance(stage.summary, str) else "",
        }
        for name in STAGES
        if (stage := trial.ran(name))
    ]


def _check(check: TrialCheck) -> dict[str, Any]:
    return {
        "check": words.clean(check.check),
        "passed": check.passed,
        "message": words.one_line(check.message, 300),
    }


def _progress(trial: Trial, now: Moment) -> dict[str, Any] | None:
    return progress_part(now) if trial.status == "running" else None


def progress_part(now: Moment) -> dict[str, Any]:
    """What a running trial does now; steps and items are None where they are not counted."""
    return {
        "stage": now.stage,
        "step": now.step if now.steps else None,
        "steps": now.steps or None,
        "loss": now.loss,
        "items": now.items if now.of_items else None,
        "of_items": now.of_items or None,
        "seconds_left": now.left,
        "text": now.text,
    }


def stalled(snapshot: Snapshot, trial: Trial) -> dict[str, str] | None:
    """Why nothing moves on a trial that should run; None where it does, or need not.

    `gone`: the journal says that it runs, and no runner is there. `waiting`: it waits for one.
    """
    if snapshot.alive or snapshot.damage:
        return None
    if trial.status == "running":
        return {"kind": "gone", "sentence": words.gone(trial)}
    waits = trial.status == "accepted" and trial.role != "base" and not trial.paused
    if not waits or snapshot.state.phase not in ("new", "running"):
        return None
    return {"kind": "waiting", "sentence": f"{trial.id} waits: no runner works on this campaign"}


def _score(trial: Trial) -> dict[str, Any] | None:
    if trial.score is None:
        return None
    return {**trial.feedback.headline.to_dict(), "text": words.score(trial)}


def _verdict(verdict: TrialVerdict, worths: Sequence[Worth] = ()) -> dict[str, Any] | None:
    """A verdict with its sentence, and what each of several changes was worth, if it is known."""
    if not verdict:
        return None
    parts = [words.verdict_sentence(verdict)]
    parts += [f"worth of {words.one_line(worth.sentence())}" for worth in worths]
    return {**verdict.to_dict(), "sentence": "; ".join(parts)}


def _analysis(trial: Trial) -> dict[str, Any] | None:
    """The analysis; its text with minus signs, whoever wrote it."""
    if not trial.analysis:
        return None
    return {**trial.analysis.to_dict(), "text": words.with_minus(trial.analysis.text or "")}


def _failure(trial: Trial) -> dict[str, Any] | None:
    if not trial.failure or trial.status not in ("failed", "invalid", "stopped"):
        return None
    return {
        "class": words.clean(trial.failure.class_),
        "stage": trial.failure.stage,
        "message": words.clean(trial.failure.message),
        "traceback": words.clean(trial.failure.traceback),
        "sentence": words.failure_sentence(trial),
    }
