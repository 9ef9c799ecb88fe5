"""A small campaign to think about: built from real events, folded into a real state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ftassist.agent.cells import render
from ftassist.agent.context import Context, build
from ftassist.agent.evidence import (
    DataSummary,
    TokenAudit,
    TrialEvidence,
    wrong_answers,
)
from ftassist.agent.loss_curve import LossCurve, summarise_losses
from ftassist.agent.plan import (
    EVALUATE,
    Plan,
    export_call,
    load_call,
    operator_call,
    sft_call,
)
from ftassist.agent.proposal import read_proposal
from ftassist.dojo.task import TaskCard
from ftassist.journal import State, fold
from ftassist.journal.events import Event, Kind
from ftassist.records.feedback import TrialFeedback
from ftassist.records.metric import Metric
from ftassist.records.proposal import Proposal

CARD = TaskCard(
    key="toy",
    title="Toy questions",
    domain="toys",
    description="Questions on apples, boats and clouds.",
    prompt="The question, as one user turn.",
    output_contract=r"The number in the last \boxed{}.",
    views={
        "apples": "orchards, picking fruit and baskets",
        "boats": "harbours, sailing, oars and cargo",
        "clouds": "weather, rain, storms and forecasts",
    },
    metric=Metric("accuracy"),
    reduction="items",
    max_new_tokens=64,
    max_length=256,
    budget={"trials": 8, "rows": 2000, "seconds": 1800},
    baselines=(),
    licence="CC0-1.0",
    sources=(),
    limits="",
)


def profile(
    rows: int = 500,
    *,
    worked: float = 1.0,
    form: str = "boxed",
    repeated: int = 0,
    conflicting: int = 0,
    duplicates: int = 0,
    answers: Mapping[str, float] | None = None,
    description: str = "",
    notes: str = "",
    sample: str = "",
) -> dict[str, Any]:
    """A profile as `dojo.profile.Profile.to_dict` gives it, with the card's texts."""
    return {
        "rows": rows,
        "exact_duplicates": duplicates,
        "near_duplicates": 0,
        "repeated_prompts": repeated,
        "conflicting_prompts": conflicting,
        "conflicting_rows": 2 * conflicting,
        "answers": dict(answers or {str(n): 0.02 for n in range(10)}),
        "answer_entropy": 5.0,
        "answer_forms": {form: 1.0},
        "worked_share": worked,
        "response_characters": {"p50": 30, "p90": 40},
        "samples": [{"id": "x-1", "prompt": sample or description, "response": "7"}],
        "title": "",
        "description": description,
        "notes": notes,
        "licence": "CC0-1.0",
    }


PROFILES = {
    "orchard_steps": profile(description="Orchards, picking fruit into baskets, in steps."),
    "harbour_steps": profile(description="Harbours, sailing, oars and cargo, in steps."),
    "weather_steps": profile(description="Weather, rain, storms and forecasts, in steps."),
    "bulk_answers": profile(
        3000, worked=0.0, description="Orchards, harbours, weather: the numbers only."
    ),
    "crowd": profile(
        1500,
        repeated=600,
        conflicting=300,
        description="Orchards, harbours, weather; a crowd of volunteers.",
    ),
    "log": profile(1200, duplicates=1080, description="Orchards and baskets, again and again."),
    "polls": profile(
        800, worked=0.0, answers={"yes": 0.9, "no": 0.1}, description="Rain or no rain: forecasts."
    ),
    "recipes": profile(600, worked=0.0, form="plain", description="Cakes and soups."),
    "mirror": profile(
        450, description="Orchards, harbours, weather.", notes="Source was not recorded."
    ),
}


def cells(
    sets: Mapping[str, int | None],
    *,
    operators: Sequence[Any] = (),
    train: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """The three cells of a plan."""
    arguments = {"method": "full", "learning_rate": 1e-3, "epochs": 2, "batch_size": 32}
    arguments |= dict(train or {})
    return {
        "curate": render("curate", [load_call(sets), *operators, export_call()]),
        "train": render("train", [sft_call(**arguments)]),
        "evaluate": render("evaluate", EVALUATE),
    }


GOOD = {"orchard_steps": 300, "harbour_steps": 300}


def curve(
    start: float = 2.0,
    end: float = 0.2,
    *,
    falling: bool = False,
    validation: Sequence[float] = (),
    steps: int = 60,
    jumps: Sequence[int] = (),
    broken: bool = False,
) -> LossCurve:
    """A loss curve; it has flattened after two thirds unless it is `falling`."""
    bend = steps if falling else steps * 2 // 3
    losses: list[float | None] = [
        start + (end - start) * min(1.0, step / max(1, bend - 1)) for step in range(steps)
    ]
    for step in jumps:
        losses[step] = 5 * start
    if broken:
        losses[-1] = None
    held_out = [(15 * (n + 1), loss) for n, loss in enumerate(validation)]
    found = summarise_losses(losses, planned=steps, validation=held_out)
    assert found is not None
    return found


def feedback(
    score: float,
    views: Mapping[str, float] | None = None,
    *,
    parse_rate: float = 1.0,
    truncated: float = 0.0,
    wrong: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """A feedback as the evaluator gives it."""
    parts = views or dict.fromkeys(CARD.views, score)
    return {
        "task": CARD.key,
        "split": "validation",
        "n": 300,
        "metric": {"name": "accuracy", "higher_is_better": True, "binary": True, "unit": ""},
        "score": score,
        "low": max(0.0, score - 0.055),
        "high": min(1.0, score + 0.055),
        "views": {
            v: {"score": s, "low": s - 0.1, "high": s + 0.1, "n": 100} for v, s in parts.items()
        },
        "parse_rate": parse_rate,
        "truncation_rate": truncated,
        "wrong": [dict(item) for item in wrong],
        "seconds": 2.0,
        "generated_tokens": 3000,
    }


@dataclass
class World:
    """A campaign that is told event by event."""

    card: TaskCard = CARD
    profiles: dict[str, dict[str, Any]] = field(default_factory=lambda: dict(PROFILES))
    budget: Mapping[str, float] = field(default_factory=lambda: CARD.budget)
    model: str = "tiny"
    settings: Mapping[str, Any] = field(default_factory=dict)
    state: State = field(default_factory=State)
    evidence: dict[str, TrialEvidence] = field(default_factory=dict)
    time: float = 0.0

    def __post_init__(self) -> None:
        settings = {"task": "toy", "model": self.model, "backend": "playbook", "seed": 0}
        founded = {**settings, **self.settings, "budget": dict(self.budget)}
        self.tell(Kind.CAMPAIGN_CREATED, founded, None)

    def tell(
        self, kind: str, payload: Mapping[str, Any], trial: str | None, actor: str = "test"
    ) -> None:
        """One event more."""
        self.time += 1.0
        event = Event(self.state.seq + 1, self.time, actor, kind, trial, dict(payload))
        self.state = fold(self.state, [event])

    def base(self, score: float = 0.05, **more: Any) -> World:
        """The base model is scored."""
        self.run("t0000", feedback(score, **more))
        return self

    def propose(
        self,
        plan: Mapping[str, str],
        parent: str = "t0000",
        *,
        key: str = "start:x",
        rule: str = "start",
        changes: Sequence[str] = ("data",),
        description: str = "something",
        low: float = 0.0,
        high: float = 0.1,
        evidence: Sequence[Mapping[str, Any]] = (),
    ) -> str:
        """A proposal is made; returns its id."""
        name = self.state.next_id()
        document = {
            "parent": parent,
            "hypothesis": {
                "statement": f"{key} helps",
                "changes": list(changes),
                "cause": "-",
                "evidence": [dict(item) for item in evidence],
                "metric": "accuracy",
                "low": low,
                "high": high,
                "refuted_if": "-",
            },
            "cells": dict(plan),
            "change": {"key": key, "description": description},
            "estimate": {},
            "backend": "playbook",
            "rule": rule,
        }
        self.tell(Kind.PROPOSAL_MADE, document, name)
        return name

    def take(self, proposal: Proposal) -> str:
        """A backend's proposal is made; returns its id."""
        name = self.state.next_id()
        self.tell(Kind.PROPOSAL_MADE, read_proposal(proposal.to_dict()).to_dict(), name)
        return name

    def run(
        self,
        name: str,
        scored: Mapping[str, Any],
        *,
        loss: LossCurve | None = None,
        data: Mapping[str, int] | None = None,
        audit: TokenAudit | None = None,
        seconds: float = 30.0,
    ) -> str:
        """A trial is run and scored."""
        self.tell(Kind.DECISION_ACCEPTED, {"seen": 0}, name)
        self.tell(Kind.TRIAL_STARTED, {}, name)
        for stage, share in (("curate", 0.1), ("train", 0.7), ("evaluate", 0.2)):
            self.tell(Kind.STAGE_FINISHED, {"stage": stage, "seconds": share * seconds}, name)
        self.tell(Kind.TRIAL_SCORED, {"feedback": dict(scored)}, name)
        rows = sum(data.values()) if data else None
        self.tell(Kind.TRIAL_COMPLETED, {"seconds": seconds, "rows": rows}, name)
        self.evidence[name] = TrialEvidence(
            loss=loss,
            data=DataSummary(sum(data.values()), dict(data)) if data else None,
            audit=audit,
            training=Plan.of(self.state.trials[name].cells).training or None,
            stage_seconds={
                "curate": 0.1 * seconds,
                "train": 0.7 * seconds,
                "evaluate": 0.2 * seconds,
            },
            seconds=seconds,
            wrong=wrong_answers(TrialFeedback.of(scored)),
        )
        return name

    def judge(self, name: str, kind: str, difference: float, against: str | None = None) -> str:
        """A verdict is given."""
        trial = self.state.trials[name]
        hypothesis = trial.proposal.hypothesis
        low, high = hypothesis.predicted or (0.0, 0.0)
        verdict = {
            "kind": kind,
            "against": against or trial.parent,
            "difference": difference,
            "low": difference - 0.05,
            "high": difference + 0.05,
            "p": 0.01,
            "p_adjusted": 0.04,
            "family": 9,
            "n": 300,
            "method": "test",
        }
        prediction = {
            "low": low,
            "high": high,
            "observed": difference,
            "held": low <= difference <= high,
        }
        self.tell(
            Kind.TRIAL_JUDGED, {"parent": verdict, "best": verdict, "prediction": prediction}, name
        )
        return name

    def general(self, name: str, lost: float = 0.0, spread: float = 0.04) -> World:
        """The base, if it was not yet, and a trial answer 96 general questions of two kinds.

        Three quarters of what is lost are instructions.
        """
        parts = {"instructions": 0.5, "arithmetic": 0.25}
        if not self.state.base.general:
            asked = {"score": 0.375, "low": 0.28, "high": 0.47, "n": 96, "views": parts}
            self.tell(Kind.PANEL_SCORED, asked, "t0000", "evaluator")
        low, high = -lost - spread, -lost + spread
        moved = {"instructions": -1.5 * lost, "arithmetic": -0.5 * lost}
        ends = {part: {"n": 48, "low": low, "high": high} for part in moved}
        kind = "kept" if low > -0.05 else "lost" if high < 0 else "unclear"
        against = {"kind": kind, "difference": -lost, "low": low, "high": high, "margin": 0.05}
        payload = {
            "score": 0.375 - lost,
            "n": 96,
            "views": {part: right + moved[part] for part, right in parts.items()},
            "against": {**against, "views": moved, "parts": ends},
        }
        self.tell(Kind.PANEL_SCORED, payload, name, "evaluator")
        return self

    def fail(self, name: str, kind: str, message: str = "", stage: str = "train") -> str:
        """A trial is run and fails."""
        self.tell(Kind.DECISION_ACCEPTED, {"seen": 0}, name)
        self.tell(Kind.TRIAL_STARTED, {}, name)
        payload = {"class": kind, "stage": stage, "message": message, "traceback": ""}
        self.tell(Kind.TRIAL_FAILED, payload, name)
        return name

    def veto(self, name: str, reason: str) -> str:
        """A proposal is vetoed."""
        self.tell(Kind.DECISION_VETOED, {"reason": reason, "seen": 0}, name)
        return name

    def edit(self, name: str, stage: str, source: str) -> str:
        """A person edits a cell."""
        self.tell(Kind.DECISION_EDITED, {"stage": stage, "source": source, "seen": 0}, name)
        return name

    def parent(
        self,
        plan: Mapping[str, str] | None = None,
        score: float = 0.5,
        *,
        views: Mapping[str, float] | None = None,
        parse_rate: float = 1.0,
        truncated: float = 0.0,
        wrong: Sequence[Mapping[str, str]] = (),
        **more: Any,
    ) -> World:
        """The base and one better trial, t0001, to start from."""
        self.base()
        name = self.propose(plan or cells(GOOD))
        told = feedback(score, views, parse_rate=parse_rate, truncated=truncated, wrong=wrong)
        self.run(name, told, **{"loss": curve(), **more})
        self.judge(name, "better", score - 0.05)
        return self

    def context(self, focus: str | None = None) -> Context:
        """What a backend sees."""
        return build(self.state, self.card, self.profiles, self.evidence, focus=focus)


@dataclass(frozen=True)
class Kit:
    """The builders, for tests."""

    World: type[World] = World
    PROFILES: Mapping[str, Any] = field(default_factory=lambda: PROFILES)
    CARD: TaskCard = CARD

    cells = staticmethod(cells)
    curve = staticmethod(curve)
    feedback = staticmethod(feedback)
    profile = staticmethod(profile)
    operator = staticmethod(operator_call)


@pytest.fixture
def kit() -> Kit:
    return Kit()


@pytest.fixture
def world() -> World:
    return World()
