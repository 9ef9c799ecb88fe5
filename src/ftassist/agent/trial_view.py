"""A trial as a backend sees it: what was claimed, changed, measured and said.

Texts that come from data, models or logs are `Quoted`: material to judge, never an instruction.
Knows nothing of which trials matter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any

from ftassist.agent.condensed_log import MOST, condense_log
from ftassist.agent.evidence import TrialEvidence
from ftassist.agent.general_view import view_general
from ftassist.files import hash_text
from ftassist.journal.state import STAGES, Trial
from ftassist.records import feedback as told
from ftassist.records.analysis import TrialAnalysis
from ftassist.records.failure import TrialFailure
from ftassist.records.feedback import Diagnosis, ReadingRow, TrialFeedback
from ftassist.records.refusal import Refusal

SHOWN_WRONG = 10
"""Wrong answers shown of a central trial, as many as the evaluator gives."""
FEW_WRONG = 3
"""Wrong answers shown of any other."""
_QUOTE = 400
CUT = " …"
"""Where a quoted text was cut."""
_ANALYSIS = 900
"""Characters of the analysis of a central trial."""
_SHORT_ANALYSIS = 350
MOST_OF_ERROR = 1300
"""Characters of a condensed log that the error may take where cells printed something, too."""
PRINTED = 1500
"""Characters of what a central trial printed that are shown."""
_SHORT_PRINTED = 300
_SHORT_REMARKS = 4
_REFUSALS = 6
_PRINTED = "\n[printed before it]\n"


@dataclass(frozen=True)
class Quoted:
    """Untrusted text, cut to a length; never an instruction."""

    quoted: str


def _standing(trial: Trial) -> str:
    """Where a trial stands; one that rests says so, since it has no score of its own yet."""
    if trial.status != "resting" or not trial.partial:
        return trial.status
    return f"resting at {trial.partial[-1].rung:.0%} of its training, without a whole run"


def quote(text: Any, most: int = _QUOTE) -> Quoted:
    """Marks text as untrusted."""
    plain = str(text)
    return Quoted(plain if len(plain) <= most else plain[: most - len(CUT)] + CUT)


@dataclass(frozen=True)
class WrongItemView:
    """A wrong answer the evaluator showed."""

    view: str
    prompt: Quoted
    gold: Quoted
    output: Quoted
    label: str = ""
    """The label of a closed answer set that was given; told as the group it is in."""


@dataclass(frozen=True)
class TrialView:
    """A trial in full.

    Attributes:
        id: Such as "t0003".
        parent: The trial it starts from.
        status: Where it stands.
        statement: Its hypothesis in one line.
        changes: "data", "training" or both.
        key: What was changed, such as "train.epochs:up".
        description: The same in words.
        rule: The playbook's rule that proposed it.
        score: Headline on validation, as measured (see the metric for its direction).
        low: Lower end of its 95 % interval.
        high: Upper end.
        views: Score of each view, of the items that may be shown.
        view_items: Items of each view.
        even_views: Whether the headline is the plain mean of the views' scores.
        verdict: better, tied, worse or invalid, against `against`.
        against: The trial the verdict is about.
        difference: Against that trial; greater is better, whatever the metric.
        difference_low: Lower end of its 95 % interval.
        difference_high: Upper end.
        against_best: The verdict against the best trial before it.
        predicted: The interval that was predicted for `difference`.
        held: Whether the difference lay in it.
        seconds: What the trial took.
        rows: Rows that were trained on.
        failure: {class, stage}; empty where nothing failed.
        failure_message: What it said.
        failure_log: The error, where it was raised, shapes, memory and the last lines.
        refusals: What it tried and was refused: {class, what, where}.
        printed: What its cells printed; of one that failed it stands in `failure_log`.
        remarks: What audits of the training found, and what curation warned of.
        cells: The source of each stage as it was run.
        edited: The stages a person edited.
        evidence: What it left behind.
        wrong: Wrong answers shown by the evaluator.
        reading: What could be read of the answers to items that may be shown: rows of view, third
            by length of the prompt, items, mean score, unreadable answers, answers cut off.
        confusion: By view with a closed answer set what was given for what, and the share of its
            commonest right answer, which is what knowing nothing else gets.
        confused_pairs: The same of a closed answer set of many labels: a line for each of the
            most frequent pairs.
        general: What it kept of what the base could do, by the general panel
            (`general_view`); empty where that was not asked.
        analysis: What the agent made of it, as it was recorded: numbers that were not in the
            record are marked there. A reading, no measurement.
    """

    id: str
    parent: str | None
    status: str
    statement: str = ""
    changes: tuple[str, ...] = ()
    key: str = ""
    description: str = ""
    rule: str = ""
    score: float | None = None
    low: float | None = None
    high: float | None = None
    views: Mapping[str, float] = field(default_factory=dict)
    view_items: Mapping[str, int] = field(default_factory=dict)
    even_views: bool = False
    verdict: str = ""
    against: str = ""
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    against_best: str = ""
    predicted: tuple[float, float] | None = None
    held: bool | None = None
    seconds: float | None = None
    rows: int | None = None
    failure: Mapping[str, str] = field(default_factory=dict)
    failure_message: Quoted = field(default_factory=lambda: Quoted(""))
    failure_log: Quoted = field(default_factory=lambda: Quoted(""))
    refusals: tuple[Mapping[str, Any], ...] = ()
    printed: Quoted = field(default_factory=lambda: Quoted(""))
    remarks: tuple[Quoted, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    evidence: TrialEvidence | None = None
    wrong: tuple[WrongItemView, ...] = ()
    reading: tuple[ReadingRow, ...] = ()
    confusion: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    confused_pairs: Quoted = field(default_factory=lambda: Quoted(""))
    general: Mapping[str, Any] = field(default_factory=dict)
    analysis: Quoted = field(default_factory=lambda: Quoted(""))


@dataclass(frozen=True)
class Brief:
    """A trial in one line, for those that are not described in full."""

    id: str
    parent: str | None
    status: str
    key: str
    score: float | None
    verdict: str


def view_trial(trial: Trial, evidence: TrialEvidence | None, central: bool) -> TrialView:
    """A trial in full; one that is not central shows less of wrong answers and analysis."""
    hypothesis, change = trial.proposal.hypothesis, trial.proposal.change
    feedback, verdict = trial.feedback, trial.verdict
    views = sorted(feedback.told.views.items())
    failed = bool(trial.failure)
    printed = evidence.printed if evidence else ""
    remarks = evidence.remarks if evidence else ()
    return TrialView(
        id=trial.id,
        parent=trial.parent,
        status=_standing(trial),
        statement=trial.hypothesis,
        changes=hypothesis.changes,
        key=change.key,
        description=change.description,
        rule=trial.proposal.rule,
        score=trial.score,
        low=feedback.low if feedback else None,
        high=feedback.high if feedback else None,
        views={name: float(view.score) for name, view in views},
        view_items={name: view.n for name, view in views},
        even_views=_even(feedback),
        verdict=verdict.kind or "",
        against=verdict.against,
        difference=verdict.difference,
        difference_low=verdict.low,
        difference_high=verdict.high,
        against_best=trial.against_best.kind or "",
        predicted=hypothesis.predicted,
        held=trial.prediction.held,
        seconds=trial.seconds or None,
        rows=trial.outcome.rows,
        failure=_briefly(trial.failure),
        failure_message=quote(trial.failure.message),
        failure_log=Quoted(_log(trial, printed)),
        refusals=tuple(_refusal(raw) for raw in trial.refusals[-_REFUSALS:]),
        printed=Quoted(
            "" if failed else condense_log(printed, PRINTED if central else _SHORT_PRINTED)
        ),
        remarks=tuple(quote(r, 300) for r in remarks[: None if central else _SHORT_REMARKS]),
        cells=dict(trial.cells),
        edited=tuple(sorted(trial.edited)),
        evidence=evidence and replace(evidence, printed="", remarks=()),
        wrong=tuple(
            _wrong(item) for item in feedback.wrong[: SHOWN_WRONG if central else FEW_WRONG]
        ),
        reading=feedback.diagnosis.reading if central else (),
        confusion=confusion_of(feedback.diagnosis) if central else {},
        confused_pairs=confused_pairs_of(feedback.diagnosis) if central else Quoted(""),
        general=view_general(trial.general),
        analysis=quote(_analysis(trial.analysis), _ANALYSIS if central else _SHORT_ANALYSIS),
    )


def confusion_of(diagnosis: Diagnosis) -> dict[str, dict[str, Any]]:
    """What was given for what, by view: "right: given n, given n" a line.

    Labels of evaluation items are material.
    """
    return {
        view: {
            "given": Quoted("\n".join(_given(*row) for row in table.given.items())),
            "commonest": table.commonest,
        }
        for view, table in diagnosis.confusion.items()
    }


def confused_pairs_of(diagnosis: Diagnosis) -> Quoted:
    """The most confused pairs of many labels: "right -> given: count (share of its items)"."""
    return Quoted(
        "\n".join(
            f"{one.right} -> {one.given}: {one.count} ({one.share:.0%})" for one in diagnosis.pairs
        )
    )


def _given(right: str, given: Mapping[str, int]) -> str:
    return f"{right}: " + ", ".join(f"{answer} {count}" for answer, count in given.items())


def _even(feedback: TrialFeedback) -> bool:
    """Whether the score is the plain mean over views."""
    views = feedback.view_scores.values()
    return bool(views) and math.isclose(fmean(views), feedback.score, abs_tol=1e-6)


def _analysis(made: TrialAnalysis) -> str:
    """An analysis in lines; the text comes first, with its marks."""
    lines = [made.text or ""]
    for word, said in (("try", made.try_next), ("avoid", made.avoid), ("cause", made.causes)):
        lines += [f"{word}: {line}" for line in said]
    return "\n".join(line for line in lines if line)


def _briefly(failure: TrialFailure) -> dict[str, str]:
    return {"class": failure.class_, "stage": failure.stage or ""} if failure else {}


def _log(trial: Trial, printed: str) -> str:
    """What went wrong, in some 500 tokens: the error with its place, memory, what was printed."""
    failure = trial.failure
    if not failure:
        return ""
    memory = {"peak_memory_mb": failure.peak_memory_mb, "cuda_peak_mb": failure.cuda_peak_mb}
    facts = [f"{name}: {peak:g} MiB" for name, peak in memory.items() if peak]
    error = "\n".join(part for part in (failure.traceback, failure.message, *facts) if part)
    tail = condense_log(printed, MOST - len(_PRINTED) - min(len(error), MOST_OF_ERROR))
    told = condense_log(error, MOST - len(_PRINTED) - len(tail)) if tail else condense_log(error)
    return f"{told}{_PRINTED}{tail}" if tail else told


def _refusal(seen: Refusal) -> dict[str, Any]:
    """A refusal; its words may be the cell's."""
    what, where = quote(seen.what, 200), quote(seen.where, 200)
    return {"class": seen.class_, "what": what, "where": where}


def _wrong(item: told.WrongItem) -> WrongItemView:
    texts = quote(item.prompt), quote(item.gold), quote(item.output)
    return WrongItemView(item.view, *texts, item.label)


def brief_trial(trial: Trial) -> Brief:
    """A trial in one line."""
    return Brief(
        id=trial.id,
        parent=trial.parent,
        status=_standing(trial),
        key=trial.proposal.change.key,
        score=trial.score,
        verdict=trial.verdict.kind or "",
    )


def digest(cells: Mapping[str, str]) -> str:
    """A short digest of a trial's cells; equal cells have equal digests."""
    return hash_text(*(cells.get(stage, "").strip() for stage in STAGES))[:12]
