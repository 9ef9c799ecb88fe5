"""A campaign as the runs of a tracker: plain data, made of the journal and the training curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ftassist.agent.cells import parse
from ftassist.campaign import trial_files
from ftassist.journal.state import Trial

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

Ended = Literal["FINISHED", "FAILED", "KILLED"]
_ENDED: Mapping[str, Ended] = {
    "scored": "FINISHED",
    "failed": "FAILED",
    "invalid": "FAILED",
    "stopped": "KILLED",
}
_CURVE = ("loss", "eval_loss", "learning_rate", "gradient_norm")
_LONGEST = 500
"""Longest value of a parameter or tag, in characters: what every tracker takes."""


@dataclass(frozen=True)
class TrackedRun:
    """A trial as a tracker has it.

    Attributes:
        trial: Its id, which is the run's name.
        parent: The trial it starts from; "" for the base.
        status: How it ended.
        started: When, in seconds since 1970.
        finished: When it ended.
        parameters: What was chosen: the arguments of its cells, its seed.
        metrics: What came of it, by name.
        curve: Rows of its training curve: `step` and numbers by name.
        tags: Verdict, hypothesis, exports and the like, as texts.
        mark: Number of the last event about it: a run with the same mark is up to date.
    """

    trial: str
    parent: str
    status: Ended
    started: float
    finished: float
    parameters: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    curve: tuple[Mapping[str, float], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    mark: int = 0


def runs_of(campaign: Campaign) -> list[TrackedRun]:
    """The runs of all trials that ended, parents before their children."""
    state = campaign.refresh()
    return [_run(campaign, trial) for trial in state.trials.values() if trial.status in _ENDED]


def _run(campaign: Campaign, trial: Trial) -> TrackedRun:
    started = trial.started or trial.created
    return TrackedRun(
        trial=trial.id,
        parent=trial.parent or "",
        status=_ENDED[trial.status],
        started=started,
        finished=trial.finished or started,
        parameters=_parameters(trial),
        metrics=_metrics(trial),
        curve=tuple(_points(campaign, trial)),
        tags=_tags(campaign, trial),
        mark=trial.updated,
    )


def _parameters(trial: Trial) -> dict[str, str]:
    """The seed and the literal arguments of its cells; a cell of other code says so."""
    found = {"seed": str(trial.seed)}
    for stage in ("curate", "train"):
        source = trial.cells.get(stage, "")
        calls = parse(stage, source) if source else []
        if calls is None:
            found[stage] = "own code"
            continue
        for call in calls:
            for number, value in enumerate(call.positional):
                found[f"{call.function}.{number}"] = _text(value)
            for name, value in call.keywords.items():
                found[f"{call.function}.{name}"] = _text(value)
    return found


def _metrics(trial: Trial) -> dict[str, float]:
    told, verdict = trial.feedback, trial.verdict
    named: dict[str, Any] = {
        **told.headline.to_dict(),
        "parse_rate": told.parse_rate,
        "truncation_rate": told.truncation_rate,
        **{f"view.{_key(name)}": one for name, one in told.view_scores.items()},
        "difference": verdict.difference,
        "difference_low": verdict.low,
        "difference_high": verdict.high,
        "p_adjusted": verdict.p_adjusted,
        "general": trial.general.score,
        "rows": trial.outcome.rows,
        "peak_memory_mb": trial.outcome.peak_memory_mb,
        "seconds": trial.seconds,
    }
    scored = trial.status == "scored"
    kept = named if scored else {k: named[k] for k in ("rows", "peak_memory_mb", "seconds")}
    return {k: float(v) for k, v in kept.items() if isinstance(v, int | float)}


def _points(campaign: Campaign, trial: Trial) -> list[dict[str, float]]:
    rows = trial_files.curve(campaign.folder, trial.id)
    return [
        {k: float(row[k]) for k in ("step", *_CURVE) if isinstance(row.get(k), int | float)}
        for row in rows
        if isinstance(row.get("step"), int | float)
    ]


def _tags(campaign: Campaign, trial: Trial) -> dict[str, str]:
    state = campaign.state
    named = {
        "campaign": campaign.name,
        "task": state.settings.task,
        "model": state.settings.model,
        "role": trial.role,
        "status": trial.status,
        "hypothesis": trial.hypothesis,
        "verdict": trial.verdict.kind,
        "verdict_against": trial.verdict.against,
        "replicate_of": trial.replicate_of,
        "failure": trial.failure.class_,
        "folder": campaign.trial_folder(trial.id),
        "export": _export(campaign, trial),
    }
    return {f"ftassist.{name}": _text(value) for name, value in named.items() if value}


def _export(campaign: Campaign, trial: Trial) -> str:
    """Where its export lies; "" for none."""
    made = trial.export.status == "made"
    return str(campaign.folder / trial.export.folder) if made else ""


def _text(value: Any) -> str:
    return str(value)[:_LONGEST]


def _key(name: str) -> str:
    """A name as trackers take it."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-. ") else "_" for c in name)
