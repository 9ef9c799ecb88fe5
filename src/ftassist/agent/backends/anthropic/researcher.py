"""The Researcher: a language model that surveys, proposes, analyses and distils.

Every answer is held to its schema and to what the context says; what does not hold is sent back
once, and then refused or marked. It writes no code and decides nothing about acceptance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ftassist.agent import knobs
from ftassist.agent.backends.anthropic import forms
from ftassist.agent.backends.anthropic.calls import Allowance
from ftassist.agent.backends.anthropic.desk import Desk, Document
from ftassist.agent.backends.base import Analysis, OutOfIdeasError
from ftassist.agent.calibration import IntervalRecord
from ftassist.agent.citations import mark_card, mark_line, source_of
from ftassist.agent.cited_numbers import unknown_numbers
from ftassist.agent.context import Context, Veto
from ftassist.agent.eyes.sight import OUTSIDE
from ftassist.agent.history import result_of
from ftassist.agent.insight_changes import CAP, InsightChange, InsightWish, settle
from ftassist.agent.proposal_rules import check_idea, marked
from ftassist.agent.reference import index, reference
from ftassist.agent.survey import Findings
from ftassist.agent.variants import VARIANTS
from ftassist.errors import DataError
from ftassist.journal.events import Kind
from ftassist.records.proposal import Change, Estimate, Evidence, Hypothesis
from ftassist.records.survey import OutsideSource, Survey
from ftassist.records.understanding import Understanding, Wish


@dataclass(frozen=True)
class Idea:
    """A trial that is thought up, and not written yet."""

    parent: str
    hypothesis: Hypothesis
    change: Change
    instructions: str
    estimate: Estimate
    why_parent: str = ""
    looked: tuple[str, ...] = ()
    variant: str = ""


class Researcher:
    """Decides what is worth trying."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def survey(self, context: Context, findings: Findings) -> Survey:
        """The requirement card; says what could not be looked up, and marks what was not found."""
        desk = self._desk
        card = desk.ask(
            "survey",
            "researcher",
            forms.SURVEY,
            Survey.of,
            system=desk.prompt("researcher", reference="", more=False),
            stable=desk.stable(context),
            turn=desk.prompt(
                "survey",
                found=desk.dump(findings.quoted) if findings.sources else "nothing",
                missing="\n".join(findings.missing) or "nothing was missing",
            ),
        )
        return replace(
            mark_card(card, findings.sources, context.profiles.keys()),
            sources=tuple(source.kept for source in findings.sources),
            not_looked_up=findings.missing,
        )

    def propose(self, context: Context, parent: str, k: int, allowance: Allowance) -> list[Idea]:
        """One to `k` different ideas, the best first.

        Raises:
            OutOfIdeasError: The model says that nothing is worth its cost any more.
            DataError: Its ideas break the rules, twice.
        """
        desk = self._desk
        looking = desk.looking(context, "propose", "researcher")
        names = {tool.name for tool in looking.tools} if looking else set()
        more = "read_reference" in names
        told = index() if more else reference()

        def read(document: Document) -> list[Idea]:
            told = map(source_of, context.sources)
            known = [*told, *(looking.sources if looking else ())]
            return _ideas(context, document, k, known)

        ideas = desk.ask(
            "propose",
            "researcher",
            forms.PROPOSE,
            read,
            system=desk.prompt("researcher", reference=told, more=more),
            stable=desk.stable(context),
            turn=desk.prompt(
                "propose",
                parent=parent,
                k=k,
                history=desk.history(context),
                metric=context.task.metric.name,
                calibration=_calibration(context.calibration),
                looks=looking.most if looking else 0,
                outside=not names.isdisjoint(OUTSIDE),
                look_tokens=looking.tokens if looking else 0,
                numbers=bool(context.numbers),
                general=any(view.general for view in context.trials.values()),
                variants={name: VARIANTS[name] for name in context.variants},
                wish=desk.dump({"wish": context.wish}) if context.wish else "",
            ),
            allowance=allowance,
            looking=looking,
        )
        if not ideas:
            raise OutOfIdeasError(
                "the Researcher has nothing left to propose",
                where=parent,
                fix="name another parent, or end the campaign",
            )
        trail = tuple(looking.trail) if looking else ()
        return [replace(idea, looked=trail) for idea in ideas]

    def analyse(self, context: Context, trial: str) -> Analysis:
        """What a finished trial tells; numbers that are not in the record are marked."""
        desk = self._desk
        told = result_of(context, trial)

        def read(document: Document) -> Analysis:
            fields = ("causes", "try_next", "avoid")
            lists = {name: tuple(str(line) for line in document[name]) for name in fields}
            texts = [str(document["text"]), *(line for name in fields for line in lists[name])]
            unknown = unknown_numbers(context, texts, list(told["more_of_trials"]))
            return Analysis(text=texts[0], unverified=tuple(unknown), **lists)

        return desk.ask(
            "analyse",
            "cheap",
            forms.ANALYSE,
            read,
            system=desk.prompt("researcher", reference="", more=False),
            stable=desk.stable_briefly(context),
            turn=desk.prompt(
                "analyse",
                trial=trial,
                views=desk.dump(told),
            ),
        )

    def understand(self, context: Context, veto: Veto) -> Understanding:
        """How the reason of a veto is meant, in keys that can be checked against cells.

        Raises:
            DataError: The answer names a key that does not exist, twice.
        """
        desk = self._desk
        choices = {wish.key: wish for wish in knobs.readings(list(context.profiles))}
        return desk.ask(
            "understand",
            "cheap",
            forms.UNDERSTAND,
            lambda document: _reading(choices, document),
            system=desk.prompt("researcher", reference="", more=False),
            stable=desk.stable(context),
            turn=desk.prompt(
                "understand",
                vetoed=desk.dump({"change": veto.description or veto.key}),
                reason=desk.dump({"reason": veto.reason}),
                keys=desk.dump({key: wish.words for key, wish in choices.items()}),
            ),
        )

    def distil(self, context: Context) -> list[InsightChange]:
        """Insights to add or take back; people's word wins."""
        desk = self._desk

        def read(document: Document) -> tuple[list[InsightChange], list[str]]:
            wishes = [
                InsightWish(str(w["text"]), tuple(w["trials"]), tuple(w.get("replaces", ())))
                for w in document["add"]
            ]
            retract = {str(r["id"]): str(r["reason"]) for r in document["retract"]}
            return settle(context, wishes, retract)

        nothing: tuple[list[InsightChange], list[str]] = ([], [])
        pinned = sum(insight.pinned for insight in context.insights)
        changes, left_out = desk.ask(
            "distil",
            "cheap",
            forms.DISTIL,
            read,
            system=desk.prompt("researcher", reference="", more=False),
            stable=desk.stable_briefly(context),
            turn=desk.prompt(
                "distil",
                history=desk.dump({"outcomes": context.outcomes, "insights": context.insights}),
                ruled=desk.dump(context.ruled),
                room=max(0, CAP - len(context.insights) + pinned),
            ),
            known=nothing,  # since the last time nothing happened that could teach more
        )
        for text in left_out:
            self._desk.link.say(
                Kind.NOTE, {"text": f"insight left out: {text}", "kind": "insight"}
            )
        return changes


def _reading(choices: Mapping[str, Wish], document: Document) -> Understanding:
    """A reading in keys that are known."""
    lists: dict[str, list[Wish]] = {"avoid": [], "try": []}
    for name, found in lists.items():
        for raw in document[name]:
            wish = choices.get(str(raw["key"]))
            if wish is None:
                raise DataError(
                    f"{name} names {raw['key']!r}, which is no key", fix="use keys of the list"
                )
            value = raw.get("value")
            found.append(replace(wish, value=float(value)) if value is not None else wish)
    if any(knobs.matches(a.key, [t.key]) for a in lists["avoid"] for t in lists["try"]):
        raise DataError("the same thing stands in avoid and in try", fix="put it into one of them")
    return Understanding(tuple(lists["avoid"]), tuple(lists["try"]))


def _ideas(
    context: Context, document: Document, k: int, sources: Sequence[OutsideSource]
) -> list[Idea]:
    ideas = [_idea(context, raw, sources) for raw in document["alternatives"]][:k]
    if not ideas and not str(document.get("why_none", "")).strip():
        raise DataError("no alternative and no reason", fix="propose one, or say why in why_none")
    wrong = [
        (number, what)
        for number, idea in enumerate(ideas)
        for what in check_idea(context, idea.parent, idea.hypothesis, idea.change.key)
    ]
    keys = [(idea.parent, idea.change.key) for idea in ideas]
    kept = [n for n in range(len(ideas)) if n not in {m for m, _ in wrong}]
    kept = [n for n in kept if keys.index(keys[n]) == n]
    if ideas and not kept:
        told = "; ".join(f"alternative {number + 1}: {what}" for number, what in wrong)
        raise DataError(f"no alternative keeps the rules: {told}", where="alternatives")
    return [ideas[number] for number in kept]


def _idea(context: Context, raw: Document, sources: Sequence[OutsideSource]) -> Idea:
    hypothesis = dict(raw["hypothesis"])
    hypothesis["changes"] = tuple(hypothesis["changes"])
    cited = tuple(Evidence(**item) for item in hypothesis["evidence"])
    hypothesis["evidence"] = marked(context, cited)
    hypothesis["cause"] = mark_line(str(hypothesis["cause"]), sources)[:4000]
    change = {**raw["change"], "parts": tuple(raw["change"].get("parts", ()))}
    return Idea(
        parent=str(raw["parent"]),
        hypothesis=Hypothesis(**hypothesis),
        change=Change(**change),
        instructions=str(raw["instructions"]),
        estimate=Estimate(**raw.get("estimate", {})),
        why_parent=str(raw.get("why_parent", "")),
        variant=str(raw.get("variant", "")) if context.variants else "",
    )


def _calibration(records: Mapping[str, IntervalRecord]) -> str:
    told = [f"{name} {r.held} of {r.made} held" for name, r in sorted(records.items())]
    return "; ".join(told) or "none was tested yet"
