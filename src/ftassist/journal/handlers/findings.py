"""What was learned: verdicts, analyses, insights, the claim and the sealed test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from ftassist.journal.events import Event, Kind
from ftassist.journal.handlers.draft import Draft, Handler
from ftassist.records.analysis import TrialAnalysis
from ftassist.records.final import Claim, OpenedTest, Opening
from ftassist.records.insight import Insight
from ftassist.records.panel import PanelScore
from ftassist.records.prediction import NO_PREDICTION, TrialPrediction
from ftassist.records.survey import OutsideSource, Survey
from ftassist.records.verdict import NO_VERDICT, TrialVerdict

MOST_READ = 12
"""Papers and data sets that the requirement card keeps, of those that were read."""
_VERDICTS = (("verdict", "parent"), ("against_best", "best"), ("against_baseline", "baseline"))


def _judged(draft: Draft, event: Event) -> None:
    if draft.state["asked"].failed:
        draft.asked(failed="")
    trial = draft.trial(event)
    for field, key in _VERDICTS:
        found = event.payload.get(key)
        trial[field] = TrialVerdict.of(found) if found else NO_VERDICT
    predicted = event.payload.get("prediction")
    trial["prediction"] = TrialPrediction.of(predicted) if predicted else NO_PREDICTION


def _panel_scored(draft: Draft, event: Event) -> None:
    draft.trial(event)["general"] = PanelScore.of(event.payload)


def _analysed(draft: Draft, event: Event) -> None:
    draft.trial(event)["analysis"] = TrialAnalysis.of({"text": "", **event.payload})


def _surveyed(draft: Draft, event: Event) -> None:
    read = draft.state["survey"].read
    draft.state["survey"] = replace(Survey.of(event.payload), made=True, read=read)


def _looked(draft: Draft, event: Event) -> None:
    """Keeps in the requirement card what was read outside, the newest last, with its day."""
    day = datetime.fromtimestamp(event.time, UTC).date().isoformat()
    found = (
        OutsideSource.of({**source, "date": day}) for source in event.payload.get("sources", ())
    )
    if not (sources := [source for source in found if source.text]):
        return
    card, names = draft.state["survey"], {source.name for source in sources}
    before = (source for source in card.read if source.name not in names)
    draft.state["survey"] = replace(card, read=(*before, *sources)[-MOST_READ:])


def _insight_added(draft: Draft, event: Event) -> None:
    insight = Insight.of(event.payload["insight"])
    if _a_person_ruled(draft, event, insight.id, insight.text):
        return
    draft.state["insights"] = {**draft.state["insights"], insight.id: insight}
    draft.state["insights_made"] += 1


def _a_person_ruled(draft: Draft, event: Event, name: str, text: str) -> bool:
    """Whether a person decided on this insight before; notes it when one does so now."""
    ruled = draft.state["ruled"]
    if not event.actor.startswith("person:"):
        return name in ruled
    known = draft.state["insights"].get(name)
    old = known.text if known else ""
    draft.state["ruled"] = {**ruled, name: old if old != text else ruled.get(name, "")}
    return False


def _insight_retracted(draft: Draft, event: Event) -> None:
    gone = event.payload["id"]
    if _a_person_ruled(draft, event, gone, ""):
        return
    kept = {key: value for key, value in draft.state["insights"].items() if key != gone}
    draft.state["insights"] = kept


def _finalist(draft: Draft, event: Event) -> None:
    draft.state["finalist"] = event.trial


def _claimed(draft: Draft, event: Event) -> None:
    draft.state["claim"] = Claim.of({"trial": event.trial, **event.payload})


def _test_opened(draft: Draft, event: Event) -> None:
    opening = Opening(str(event.trial), event.seq, event.time, event.payload.get("reason", ""))
    draft.state["openings"] = (*draft.state["openings"], opening)


def _test_scored(draft: Draft, event: Event) -> None:
    draft.state["tests"] = {**draft.state["tests"], event.trial: OpenedTest.of(event.payload)}


HANDLERS: dict[str, Handler] = {
    Kind.SURVEY_MADE: _surveyed,
    Kind.LOOKED: _looked,
    Kind.TRIAL_JUDGED: _judged,
    Kind.PANEL_SCORED: _panel_scored,
    Kind.TRIAL_ANALYSED: _analysed,
    Kind.INSIGHT_ADDED: _insight_added,
    Kind.INSIGHT_RETRACTED: _insight_retracted,
    Kind.FINALIST_CHOSEN: _finalist,
    Kind.CLAIM_MADE: _claimed,
    Kind.TEST_OPENED: _test_opened,
    Kind.TEST_SCORED: _test_scored,
}
