"""A stand-in for a model: it answers the typed questions with what the playbook would say.

It exercises every path from prompt to proposal. It says nothing about any model's quality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ftassist.agent.backends.anthropic.backend import AnthropicBackend
from ftassist.agent.backends.playbook import Playbook
from ftassist.agent.context import Context
from ftassist.agent.plan import Plan, changed_parts
from ftassist.errors import FtassistError
from ftassist.records.proposal import Proposal

from .messages_server import MessagesServer, Reply, serving

CARD = {
    "asked": "Answers in the asked form.",
    "lacks": "It never saw the form.",
    "raw_sets": [{"name": "a", "use": "all", "licence": "CC0", "flaw": "none"}],
    "strategies": [{"name": f"s{n}", "why": "w", "rests_on": ["profiles"]} for n in range(3)],
    "attempts": [],
}


class StandIn:
    """Answers as the playbook would; remembers the context that the backend was given."""

    def __init__(self) -> None:
        self.context: Context | None = None
        self.parent = ""
        self.trial = ""
        self.proposals: dict[str, Proposal] = {}

    def __call__(self, body: dict[str, Any]) -> Reply:
        """The reply to a request."""
        answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "propose_trials": self._propose,
            "write_cells": self._cells,
            "tell_analysis": self._analyse,
            "settle_insights": self._distil,
            "write_requirement_card": lambda _: CARD,
        }
        return Reply(tool=answers[body["tools"][0]["name"]](body))

    def _propose(self, _: dict[str, Any]) -> dict[str, Any]:
        assert self.context is not None
        try:
            proposals = Playbook().propose(self.context, self.parent, k=5)
        except FtassistError as error:
            return {"alternatives": [], "why_none": error.what, "attempts": []}
        self.proposals = {p.hypothesis.statement: p for p in proposals}
        return {"alternatives": [self._idea(p) for p in proposals], "attempts": []}

    def _idea(self, proposal: Proposal) -> dict[str, Any]:
        assert self.context is not None
        document = proposal.to_dict()
        before = Plan.of(self.context.trial(proposal.parent).cells)
        document["change"]["parts"] = changed_parts(before, Plan.of(proposal.cells))
        return {
            "parent": proposal.parent,
            "hypothesis": document["hypothesis"],
            "change": document["change"],
            "instructions": "as said",
        }

    def _cells(self, body: dict[str, Any]) -> dict[str, Any]:
        text = body["messages"][0]["content"][-1]["text"]
        for statement, proposal in self.proposals.items():
            if statement in text:
                cells = dict(proposal.cells)
                return {"curate": cells["curate"], "train": cells["train"], "attempts": []}
        raise AssertionError("cells were asked for an idea nobody had")

    def _analyse(self, _: dict[str, Any]) -> dict[str, Any]:
        assert self.context is not None
        told = Playbook().analyse(self.context, self.trial).to_dict()
        return {**told, "attempts": []}

    def _distil(self, _: dict[str, Any]) -> dict[str, Any]:
        assert self.context is not None
        changes = Playbook().distil(self.context)
        add = [
            {"text": c.insight.text, "trials": list(c.insight.trials)}
            for c in changes
            if not c.retract_reason
        ]
        return {"add": add, "retract": [], "attempts": []}


@contextmanager
def standing_in(patch: pytest.MonkeyPatch) -> Iterator[tuple[MessagesServer, StandIn]]:
    """A server whose model is the stand-in, with the environment that leads to it."""
    brain = StandIn()
    propose, analyse = AnthropicBackend.propose, AnthropicBackend.analyse
    distil = AnthropicBackend.distil

    def proposing(self: Any, context: Context, parent: str, k: int = 1) -> Any:
        brain.context, brain.parent = context, parent
        return propose(self, context, parent, k)

    def analysing(self: Any, context: Context, trial: str) -> Any:
        brain.context, brain.trial = context, trial
        return analyse(self, context, trial)

    def distilling(self: Any, context: Context) -> Any:
        brain.context = context
        return distil(self, context)

    patch.setattr(AnthropicBackend, "propose", proposing)
    patch.setattr(AnthropicBackend, "analyse", analysing)
    patch.setattr(AnthropicBackend, "distil", distilling)
    patch.setenv("ANTHROPIC_API_KEY", "sk-ant-stand-in-0123456789")
    patch.setenv("FTASSIST_OFFLINE", "1")
    with serving(otherwise=brain) as server:
        patch.setenv("ANTHROPIC_BASE_URL", server.url)
        yield server, brain
