"""Insights: what the campaign's outcomes say about kinds of changes, citing the trials.

One insight a kind of change. It is added when the outcomes agree, brought up to date as more come,
and taken back when they contradict each other. What a person pinned is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ftassist.agent.calibration import Outcome
from ftassist.agent.context import Context
from ftassist.agent.difference import SEVERAL
from ftassist.agent.insight_changes import InsightChange
from ftassist.numerals import signed
from ftassist.records.insight import Insight
from ftassist.records.proposal import TrialProposal

TIES_TO_TELL = 2
UNATTRIBUTED = (f"{SEVERAL}:", "start:", "none")
"""How keys begin of what is no single change: several at once tell nothing of one of them."""
_HELPS, _HURTS, _NOTHING = "helps", "hurts", "makes no difference that shows"
_SUBJECTS = {
    "show_work": "Training on rows that show their work instead of bare answers",
    "fit_contract": "Training on answers in the asked form",
    "filter_labels": "Leaving out rows that contradict each other",
    "noisy_source": "Leaving a noisy set out",
    "deduplicate": "Keeping each row once",
    "balance": "Balancing the answers",
    "length_filter": "Leaving the longest rows out",
    "off_topic": "Leaving a set of another topic out",
    "more_rows": "Training on more rows of the same sets",
    "even_mix": "Giving every set the same number of rows",
    "more_epochs": "Training longer",
    "fewer_epochs": "Stopping earlier",
    "lower_rate": "Lowering the learning rate",
    "raise_rate": "Raising the learning rate",
    "more_capacity": "More room in the adapter",
    "last_layers": "Training the last half of the layers for longer",
    "more_devices": "Training longer, on several devices",
}
_KEYS = {
    "curate.load:add": "Adding {}",
    "curate.load:drop": "Leaving {} out",
    "curate.load:more": "More rows of {}",
    "train.epochs:up": "Training longer",
    "train.epochs:down": "Stopping earlier",
    "train.learning_rate:up": "Raising the learning rate",
    "train.learning_rate:down": "Lowering the learning rate",
}


def distil_insights(context: Context) -> list[InsightChange]:
    """The changes that make the insights agree with all outcomes so far."""
    known = {insight.id: insight for insight in context.insights}
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in context.outcomes:
        if outcome.rule not in ("start", "repair") and not outcome.key.startswith(UNATTRIBUTED):
            groups[_subject(outcome)].append(outcome)
    changes: list[InsightChange] = []
    for subject in sorted(groups):
        changes += _changes(subject, groups[subject], known)
    return changes


def _changes(
    subject: str, group: Sequence[Outcome], known: dict[str, Insight]
) -> list[InsightChange]:
    name = _id_of(subject)
    old, stance = known.get(name), _stance(group)
    if old and old.pinned:
        return []
    if stance is None:
        if old is None:
            return []
        return [InsightChange(old, f"later trials contradict it: {_numbers(group)}")]
    text = f"{subject} {stance}: {_numbers(group)}."
    new = Insight(name, text, tuple(outcome.trial for outcome in group))
    if old is None:
        return [InsightChange(new)]
    if old.text == new.text:
        return []
    if f" {stance}:" in old.text:
        return [InsightChange(new)]
    reason = f"later trials contradict it: {_numbers(group)}"
    return [InsightChange(old, reason), InsightChange(new)]


def _stance(group: Sequence[Outcome]) -> str | None:
    """What the outcomes agree on; None where they do not, or are too few."""
    verdicts = [outcome.verdict for outcome in group]
    better, worse, tied = (verdicts.count(kind) for kind in ("better", "worse", "tied"))
    if better and worse:
        return None
    if better > tied:
        return _HELPS
    if worse > tied:
        return _HURTS
    return _NOTHING if tied >= TIES_TO_TELL and not better and not worse else None


def _subject(outcome: Outcome) -> str:
    return _subject_of(outcome.key, outcome.rule)


def insight_id(proposal: TrialProposal) -> str:
    """The id of the insight that a trial's change speaks for; "" for several changes at once."""
    key = proposal.change.key
    if not key or key.startswith(UNATTRIBUTED):
        return ""
    return _id_of(_subject_of(key, proposal.rule))


def _id_of(subject: str) -> str:
    return f"i-{'-'.join(subject.lower().split())}"


def _subject_of(key: str, rule: str) -> str:
    head, _, tail = key.rpartition(":")
    if head in _KEYS:
        return _KEYS[head].format(tail)
    return _KEYS.get(key) or _SUBJECTS.get(rule) or f"The change {key}"


def _numbers(group: Sequence[Outcome]) -> str:
    return ", ".join(
        f"{signed(o.difference, 3)} ({o.trial} over {o.parent}, {o.verdict})" for o in group[-6:]
    )
