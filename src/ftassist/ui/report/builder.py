"""Builds the report from a snapshot: what goes where, and nothing fetched from anywhere.

`render` is pure. Autoescaping is on for the whole page; only SVG and diff HTML made by this
package (which escape what they show) are passed as markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.agent import time_record
from ftassist.campaign.shown_gain import shown_gains
from ftassist.documents import summary, words
from ftassist.documents.campaign import base_notes
from ftassist.documents.diffs import cell_diffs, parameter_changes, parent_cells
from ftassist.documents.looks import looks_sentence
from ftassist.documents.prediction import prediction_sentence
from ftassist.documents.rows import rows_part
from ftassist.documents.snapshot import Snapshot, take
from ftassist.documents.tree import TreeRow, rows
from ftassist.files import write_atomic
from ftassist.journal.state import Trial
from ftassist.records.check import TrialCheck
from ftassist.records.decision import Decision
from ftassist.ui import trial_text
from ftassist.ui.report import pictures, usage
from ftassist.ui.report.outlook import ReportOutlook, look_ahead

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.campaign.shown_gain import ShownGain

_HERE = Path(__file__).parent


def build(campaign: Campaign) -> str:
    """The report of a campaign as it is now."""
    snapshot = take(campaign, curves=True)
    return render(snapshot, _task_card(campaign), shown_gains(campaign), look_ahead(campaign))


def write(campaign: Campaign, path: Path) -> None:
    """Writes the report to `path`, whole or not at all."""
    write_atomic(path, build(campaign))


def render(
    snapshot: Snapshot,
    task: Mapping[str, Any] | None = None,
    gains: Mapping[str, ShownGain] | None = None,
    outlook: ReportOutlook | None = None,
) -> str:
    """A snapshot as one HTML page.

    Args:
        task: What its task's card says.
        gains: What trials gain on items that are shown and on those that select.
        outlook: What is believed of its trials, and what would come next.
    """
    gains = gains or {}
    outlook = outlook or ReportOutlook()
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals |= {"words": words}
    template = environment.get_template("report.html.j2")
    found = rows(snapshot)
    from markupsafe import Markup

    return template.render(
        title=f"{snapshot.name}: {words.clean(words.task_name(snapshot.state.task))}",
        css=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
        snapshot=snapshot,
        state=snapshot.state,
        task=task or {},
        claim=summary.claim(snapshot),
        damage=summary.damaged(snapshot),
        smallest_effect=summary.smallest_effect(snapshot),
        baselines=summary.baselines(snapshot),
        base_notes=base_notes(snapshot.state),
        saved=summary.saved(snapshot),
        set_apart=summary.set_apart(snapshot),
        looks=looks_sentence(snapshot),
        gains=[gain for gain in gains.values() if gain.learned or gain.trial == snapshot.best],
        stand_in=summary.stand_in(snapshot),
        settings=summary.settings_line(snapshot),
        meters=summary.meters(snapshot),
        facts=_facts(snapshot),
        tree=Markup(pictures.tree(snapshot)),
        rows=found,
        outlook=outlook,
        trials=[
            {
                **_trial(snapshot, row),
                "gain": gains.get(row.trial.id),
                "belief": outlook.of(row.trial.id),
            }
            for row in found
            if row.trial.role == "trial"
        ],
        tests=[
            (name, summary.test_sentence(name, t), t) for name, t in snapshot.state.tests.items()
        ],
        openings=summary.opened_tests(snapshot),
        decisions=_decisions(snapshot),
        written=_date(max((t.created for t in snapshot.state.trials.values()), default=0.0)),
        began=_date(snapshot.state.created),
    )


def _task_card(campaign: Campaign) -> Mapping[str, Any]:
    """What the task's card says; nothing when the task is gone from this machine."""
    from ftassist.campaign.places import GoneError
    from ftassist.dojo.task import card_of
    from ftassist.ui.task_text import task_document

    try:
        return task_document(
            card_of(campaign.state.card) if campaign.state.card else campaign.task.card
        )
    except GoneError:
        return {}


def _facts(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """The numbers at the top: name, value, small print."""
    state = snapshot.state
    base = state.base if "t0000" in state.trials else None
    found = []
    if snapshot.best and snapshot.best != "t0000":
        trial = state.trials[snapshot.best]
        small = (
            f"{trial.id}, validation, {words.interval(trial.feedback.low, trial.feedback.high)}"
        )
        found.append(("best", words.number(trial.score), small))
    if base is not None and base.score is not None:
        found.append(
            (
                "base",
                words.number(base.score),
                words.interval(base.feedback.low, base.feedback.high),
            )
        )
    if strongest := state.strongest_baseline:
        ends = words.interval(strongest.low, strongest.high)
        small = f"{ends}, {strongest.rows:,} rows, no language model"
        found.append((strongest.name, words.number(strongest.score), small))
    for name, test in state.tests.items():
        if tested := test.scores.get(name):
            small = f"{name}, {words.interval(tested.low, tested.high)}"
            found.append(("sealed test", words.number(tested.score), small))
    trials, seconds = summary.meters(snapshot)
    limit = f"of {trials.limit:.0f} in the budget" if trials.limit else "no limit"
    found.append(("trials", f"{trials.used:.0f}", limit))
    found.append(("compute", words.duration(seconds.used), "of trials, wall clock"))
    if told := time_record.record(state.trials.values()):
        small = f"trials took what was foretold, within a factor of {told['within']:g}"
        found.append(("time estimates", f"{told['held']} of {told['made']}", small))
    if calls := state.calls:
        found.append(("model calls", str(calls.count), words.money(calls.cost)))
    return found


def _trial(snapshot: Snapshot, row: TreeRow) -> dict[str, Any]:
    """What the page shows of one trial."""
    from markupsafe import Markup

    trial = row.trial
    before = parent_cells(snapshot.parent(trial))
    shown = trial.feedback.wrong[:10]
    return {
        "row": row,
        "trial": trial,
        "word": row.word,
        "outcome": row.outcome,
        "prediction": prediction_sentence(trial) if trial.prediction else "",
        "evidence": trial_text.evidence(trial.proposal.hypothesis),
        "cells": cell_diffs(before, trial.cells),
        "parameters": parameter_changes(before, trial.cells),
        "curve": Markup(pictures.curve(snapshot, trial)),
        "usage": [Markup(picture) for picture in usage.curves(snapshot.folder, trial)],
        "views": Markup(pictures.views(snapshot, trial)),
        "bar": Markup(pictures.prediction(trial)),
        "strip": Markup(pictures.data_strip(trial.outcome.data)),
        "lengths": Markup(pictures.lengths(trial, snapshot.parent(trial))),
        "middle": [
            f"{t.id} {words.number(found['median'], 0)}"
            for t in (trial, snapshot.parent(trial))
            if t is not None and (found := rows_part(t)["lengths"].get("answer"))
        ],
        "data": trial.outcome.data,
        "wrong": [{k: words.clean(text) for k, text in item.to_dict().items()} for item in shown],
        "costs": _costs(trial),
        "partial": words.partial_runs(trial),
        "checks": [_check(check) for check in trial.checks],
        "open": trial.id == snapshot.best,
        "repeats": [
            f"seed {t.seed}: {words.score(t)}" for t in snapshot.state.replicates(trial.id)
        ],
    }


def _check(check: TrialCheck) -> dict[str, Any]:
    """A preflight check; the tokens check shows a row with its trained tokens marked."""
    example = check.summary.get("example", "")
    return {
        "passed": check.passed,
        "name": words.clean(check.check),
        "message": words.clean(check.message),
        "example": words.clean(example)[:2000] if isinstance(example, str) else "",
    }


def _costs(trial: Trial) -> list[tuple[str, str]]:
    found = [
        (
            name,
            f"cached from {stage.cached_from}"
            if stage.cached_from
            else words.duration(stage.seconds),
        )
        for name, stage in trial.stages.items()
    ]
    if trial.finished and trial.started:
        found.append(("in all", words.duration(trial.seconds)))
    if trial.outcome.peak_memory_mb:
        found.append(("peak memory", words.memory(trial.outcome.peak_memory_mb)))
    if trial.outcome.rows is not None:
        found.append(("training rows", f"{trial.outcome.rows:,}"))
    if trial.isolation:
        found.append(("isolation", trial.isolation))
    if trial.gpu:
        found.append(("GPU", words.clean(trial.gpu.name)))
    return found


def _decisions(snapshot: Snapshot) -> list[dict[str, str]]:
    """Every decision with its reason, in the order of the trials."""
    return [
        _decision(trial.id, made)
        for trial in snapshot.state.trials.values()
        if trial.role == "trial"
        for made in trial.decisions
    ]


def _decision(trial: str, made: Decision) -> dict[str, str]:
    """One decision; a veto and its correction say how the reason is understood."""
    kind = " ".join([made.kind, *made.stages])
    reason = words.clean(made.reason)
    read = words.understood(made.understood)
    predicted = (
        words.predicted(made.prediction["low"], made.prediction["high"]) if made.prediction else ""
    )
    told = [reason, f"predicted {predicted}" if predicted else "", f"({read})" if read else ""]
    return {
        "trial": trial,
        "kind": kind,
        "actor": words.who(made.actor),
        "reason": " ".join(part for part in told if part) or "-",
        "time": _date(made.time),
    }


def _date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else "-"
