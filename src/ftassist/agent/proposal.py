"""A proposal: one typed JSON document that the journal, the faces and every backend share.

`SCHEMA` is its JSON schema; `Proposal.from_dict` refuses what does not fit it. It is data only:
nothing here decides what to propose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ftassist.agent.refutation import BETTER, CLAIMS
from ftassist.agent.schema import misfit
from ftassist.agent.variants import VARIANTS
from ftassist.errors import DataError

_TEXT = {"type": "string", "minLength": 1, "maxLength": 4000}
_NUMBER = {"type": ["number", "null"]}
SCHEMA: dict[str, Any] = {
    "$id": "ftassist/proposal/1",
    "type": "object",
    "required": ["parent", "hypothesis", "cells", "change", "estimate", "backend"],
    "additionalProperties": False,
    "properties": {
        "parent": {"type": "string", "pattern": "^t[0-9]{4,}$"},
        "hypothesis": {
            "type": "object",
            "required": [
                "statement",
                "changes",
                "cause",
                "evidence",
                "metric",
                "low",
                "high",
                "refuted_if",
            ],
            "additionalProperties": False,
            "properties": {
                "statement": {**_TEXT, "maxLength": 300},
                "changes": {
                    "type": "array",
                    "items": {"enum": ["data", "training"]},
                    "uniqueItems": True,
                },
                "cause": _TEXT,
                "evidence": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["trial", "claim"],
                        "additionalProperties": False,
                        "properties": {
                            "trial": {"type": "string"},
                            "claim": _TEXT,
                            "value": _NUMBER,
                        },
                    },
                },
                "metric": {"type": "string"},
                "low": {"type": "number"},
                "high": {"type": "number"},
                "refuted_if": _TEXT,
                "claims": {"enum": list(CLAIMS)},
            },
        },
        "cells": {
            "type": "object",
            "required": ["curate", "train", "evaluate"],
            "additionalProperties": False,
            "properties": {s: {"type": "string"} for s in ("curate", "train", "evaluate")},
        },
        "change": {
            "type": "object",
            "required": ["key", "description"],
            "additionalProperties": False,
            "properties": {
                "key": _TEXT,
                "description": _TEXT,
                "before": {"type": "string"},
                "after": {"type": "string"},
                "parts": {"type": "array", "items": {"type": "string"}},
            },
        },
        "estimate": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"seconds": _NUMBER, "memory_mb": _NUMBER, "cost_usd": _NUMBER},
        },
        "backend": _TEXT,
        "rule": {"type": "string"},
        "why_parent": {"type": "string"},
        "follows": {"type": "string"},
        "looked": {"type": "array", "items": {"type": "string"}},
        "dry_run": {
            "type": "object",
            "required": ["seconds", "settled"],
            "additionalProperties": False,
            "properties": {
                "seconds": {"type": "number"},
                "settled": {"type": "boolean"},
                "why": {"type": "string"},
                "mended": {"type": "array", "items": {"type": "string"}},
            },
        },
        "seed": {"type": "integer", "minimum": 0},
        "variant": {"enum": list(VARIANTS)},
    },
}


@dataclass(frozen=True)
class Evidence:
    """A number of an earlier trial that a hypothesis rests on."""

    trial: str
    claim: str
    value: float | None = None


@dataclass(frozen=True)
class Hypothesis:
    """What is changed, why, and what should come of it.

    Attributes:
        statement: One line a person can agree or disagree with.
        changes: "data", "training" or both; empty for a repetition.
        cause: The cause it supposes.
        evidence: What that rests on, by trial.
        metric: The metric the prediction is about.
        low: Predicted change of the metric against the parent, lower end (greater is better).
        high: The same, upper end.
        refuted_if: The result that would refute it.
        claims: "better" (it does something), or "equal" (it makes no difference).
    """

    statement: str
    changes: tuple[str, ...]
    cause: str
    evidence: tuple[Evidence, ...]
    metric: str
    low: float
    high: float
    refuted_if: str
    claims: str = BETTER


@dataclass(frozen=True)
class Change:
    """The one thing changed. `key` is what a veto forbids, such as "train.learning_rate:up".

    `parts` names each single thing, where several are changed on purpose.
    """

    key: str
    description: str
    before: str = ""
    after: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """What a trial is expected to cost; None where nothing is known yet."""

    seconds: float | None = None
    memory_mb: float | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class Proposal:
    """A trial nobody has decided on yet.

    Attributes:
        parent: The trial it starts from.
        hypothesis: What is claimed.
        cells: The source of each stage.
        change: The one thing changed.
        estimate: Expected cost.
        backend: Who proposes it.
        rule: The playbook's rule, if one made it.
        why_parent: Why the policy chose this parent.
        follows: How it follows the vetoes before it, in one line.
        looked: What was looked at before it was made, a few words each.
        dry_run: How its cells went before they cost a trial: seconds, settled (or `why` not), and
            what was `mended`; empty without one.
        seed: Random seed of sampling and training; not a knob, the same for all trials.
        variant: What it is for in its round: "bold", "cheap" or "rival"; "" for none of these.
    """

    parent: str
    hypothesis: Hypothesis
    cells: Mapping[str, str]
    change: Change
    estimate: Estimate
    backend: str
    rule: str = ""
    why_parent: str = ""
    seed: int = 0
    follows: str = ""
    looked: tuple[str, ...] = ()
    dry_run: Mapping[str, Any] = field(default_factory=dict)
    variant: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The document, as stored in the journal and sent to faces."""
        document = asdict(self)
        document["cells"] = dict(self.cells)
        document["looked"] = list(self.looked)
        if not self.looked:
            del document["looked"]
        if not self.dry_run:
            del document["dry_run"]
        if not self.variant:
            del document["variant"]
        document["change"]["parts"] = list(self.change.parts)
        document["hypothesis"]["changes"] = list(self.hypothesis.changes)
        document["hypothesis"]["evidence"] = [asdict(e) for e in self.hypothesis.evidence]
        return document

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Proposal:
        """Reads a document.

        Raises:
            DataError: It does not fit the schema, or its interval is upside down.
        """
        if wrong := misfit(document, SCHEMA):
            raise DataError(
                f"not a valid proposal: {wrong.message}",
                where=wrong.place or "the document",
                fix="return a document that fits the schema",
            )
        raw = dict(document["hypothesis"])
        raw["changes"] = tuple(raw["changes"])
        raw["evidence"] = tuple(Evidence(**e) for e in raw["evidence"])
        hypothesis = Hypothesis(**raw)
        if hypothesis.low > hypothesis.high:
            raise DataError(
                f"the predicted interval is upside down: {hypothesis.low} > {hypothesis.high}",
                where="hypothesis.low",
                fix="give low <= high",
            )
        return cls(
            parent=document["parent"],
            hypothesis=hypothesis,
            cells=dict(document["cells"]),
            change=Change(
                **{**document["change"], "parts": tuple(document["change"].get("parts", ()))}
            ),
            estimate=Estimate(**document["estimate"]),
            backend=document["backend"],
            rule=document.get("rule", ""),
            why_parent=document.get("why_parent", ""),
            follows=document.get("follows", ""),
            looked=tuple(document.get("looked", ())),
            dry_run=dict(document.get("dry_run", {})),
            seed=document.get("seed", 0),
            variant=document.get("variant", ""),
        )
