"""What an agent outside may see of a campaign and do in it, as JSON values.

Knows no protocol. It decides nothing: what is submitted waits for whoever decides in the campaign.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from ftassist.agent.backends.anthropic.look_loop import LARGEST, look_payload
from ftassist.agent.cells import render
from ftassist.agent.eyes.look import LookTool
from ftassist.agent.eyes.sight import kinds
from ftassist.agent.plan import EVALUATE
from ftassist.agent.proposal_rules import check_own_cells
from ftassist.agent.trial_view import Quoted
from ftassist.campaign import commands
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.environment import Environment
from ftassist.campaign.proposing import context, eyes_of
from ftassist.documents import progress, words
from ftassist.documents.findings import cell_findings
from ftassist.errors import BudgetError, CellError, DataError
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, STAGES, State, Trial
from ftassist.records.kinds import Json

PREFIX = "mcp:"
"""Stands before the name of an agent outside, so that it cannot pass for one of ours."""
MOST_WAITING = 3
"""Proposals of agents outside that may wait for a decision at once."""
MOST_ROWS = 50
OUTSIDE = "outside"
"""What looks of agents outside are for."""
LONGEST_TEXT = 2000
"""Characters of a text that is shown."""
_PENDING = ("proposed", "accepted", "running")
_TOLD = (
    "metric", "n", "score", "low", "high", "wrong", "views", "parse_rate", "truncation_rate",
    "diagnosis", "metrics",
)  # fmt: skip
"""What an agent outside is told of a feedback."""


def agent_name(raw: str) -> str:
    """The name that cards show for an agent outside, from what it calls itself."""
    plain = re.sub(r"[^A-Za-z0-9._ -]+", "", raw).strip()[:40]
    return PREFIX + (plain or "agent")


def kinds_of_looks() -> str:
    """The kinds of looks there are, with their arguments, as one text."""
    return "\n".join(_told_of(tool) for tool in kinds())


class Door:
    """A campaign's door for an agent outside.

    Args:
        name: What the agent is called; where it is "", whatever it calls itself.
    """

    def __init__(self, campaign: Campaign, name: str = "") -> None:
        self.campaign = campaign
        self._name = name
        self._env = Environment(campaign)

    @contextmanager
    def apart(self) -> Iterator[Door]:
        """The same door on the campaign opened once more, for an act that takes long."""
        other = Door(Campaign.open(self.campaign.folder), self._name)
        try:
            yield other
        finally:
            other.campaign.journal.close()

    def meta(self) -> Json:
        """Task card, base model, device, budget with what is left, training parameters, trials."""
        state = self.campaign.refresh()
        return {
            **self._env.meta(),
            "review": state.review,
            "asked": self._asked(),
            "campaign": {"phase": state.phase, "reason": state.reason},
        }

    def raw_sets(self) -> list[Json]:
        """The cards of the raw training sets."""
        repository = self._env.repository
        return [asdict(repository.card(name)) for name in repository.names()]

    def raw_set(self, name: str) -> Json:
        """Counts, lengths, languages, duplicates, labels and known sources of a raw set.

        Raises:
            UnknownNameError: No such set; names the nearest.
        """
        repository = self._env.repository
        known = [asdict(source) for source in repository.known_sources(name)]
        return {**repository.profile(name).to_dict(), "known_sources": known}

    def rows(self, name: str, count: int = 5, seed: int = 0) -> list[Json]:
        """Some rows of a raw set, drawn by seed; long texts are cut.

        Raises:
            UnknownNameError: No such set; names the nearest.
            DataError: More rows than may be asked for at once.
        """
        if not 1 <= count <= MOST_ROWS:
            raise DataError(
                f"{count} rows cannot be shown at once", where="count", fix=f"1 to {MOST_ROWS}"
            )
        found = self._env.repository.sample(name, count, seed)
        return [{key: _cut(value) for key, value in row.items()} for row in found]

    def look(self, kind: str, arguments: Mapping[str, Any], caller: str = "") -> Json:
        """Looks as our own agents do: rows, counts, tokens, trials, or by a program of its own.

        Each look is an event under the agent's name.

        Args:
            kind: The kind of look.
            caller: What the agent calls itself.

        Raises:
            DataError: It was asked wrongly, or shows more than may be shown at once.
        """
        found = eyes_of(self.campaign).look(kind, arguments)
        shown = json.dumps(_unquoted(found.value), ensure_ascii=False, default=str)
        if len(shown) > LARGEST:
            raise DataError(f"{len(shown):,} characters are too much", where=kind, fix="ask less")
        self.campaign.say(
            Kind.LOOKED,
            look_payload(OUTSIDE, kind, arguments, found, len(shown)),
            actor=f"agent:{agent_name(self._name or caller)}",
        )
        if found.failed and "error" in found.value:
            raise DataError(str(found.value["error"]), where=kind, fix="ask again, rightly")
        return {"trail": found.trail, "shown": json.loads(shown)}

    def _trail(self, actor: str) -> tuple[str, ...]:
        """What an agent looked at since its last proposal."""
        trail: list[str] = []
        for event in self.campaign.journal.read():
            if event.actor != actor:
                continue
            if event.kind == Kind.PROPOSAL_MADE:
                trail = []
            elif event.kind == Kind.LOOKED and not event.payload.get("failed"):
                trail.append(str(event.payload["trail"]))
        return tuple(trail)

    def submit(
        self,
        curate: str,
        train: str,
        hypothesis: str,
        cause: str,
        change: tuple[float, float],
        parent: str = BASE,
        caller: str = "",
    ) -> Json:
        """Writes a proposal, which waits for whoever decides; returns its state.

        Args:
            curate: Source of the curate cell.
            train: Source of the train cell.
            hypothesis: One line: what is tried.
            cause: Why it should help.
            change: The foretold change of the score against the parent, (low, high).
            parent: The trial it starts from.
            caller: What the agent calls itself.

        Raises:
            BudgetError: The budget is spent, or too many proposals wait.
            CellError: A cell is empty, no Python, or against the rules that our own agents' cells
                are held to, or breaks when it is tried on a few rows.
            DataError: Something else about it is not as it must be.
            UnknownNameError: There is no such parent.
        """
        for name, text in (("hypothesis", hypothesis), ("cause", cause)):
            if not text.strip():
                raise DataError(f"the {name} is empty", where=name, fix="say it in a sentence")
        low, high = change
        if not low <= high:
            raise DataError(
                f"a change from {low} to {high} is no interval",
                where="change",
                fix="give the lower end first",
            )
        cells = {"curate": curate, "train": train, "evaluate": render("evaluate", EVALUATE)}
        self._refuse_flood(self.campaign.refresh())
        self._refuse_broken_rules(cells, parent)
        agent = agent_name(self._name or caller)
        trial = self._env.propose(
            cells,
            parent,
            hypothesis=hypothesis,
            cause=cause[:4000],
            change=change,
            agent=agent,
            by_model=True,
            looked=self._trail(f"agent:{agent}"),
        )
        self.campaign.start_runner()
        advice = [str(finding) for finding in cell_findings(self.campaign.trial(trial))]
        return {**self.trial(trial), "advice": advice}

    def ask(self, words: str, parent: str = "", beside: str = "", caller: str = "") -> Json:
        """Asks the campaign's own agent for a proposal, with a wish; returns where that stands.

        It thinks within the campaign's cap for calls; what it proposes waits like any other. The
        wish is material to it, not an order.

        Args:
            words: What is wished for, in words.
            parent: The trial to start from; "" for what the policy picks.
            beside: A pending proposal to which others are wanted; "" for none.
            caller: What the agent calls itself.

        Raises:
            BudgetError: A wish is being answered, or too many proposals wait.
            DataError: There is no wish.
            FtassistError: It cannot be asked for; says why.
        """
        if not words.strip():
            raise DataError("the wish is empty", where="wish", fix="say what you wish for")
        state = self.campaign.refresh()
        if state.asked.seq or len(state.pending) >= MOST_WAITING:
            raise BudgetError(
                "a wish is being answered" if state.asked.seq else "enough proposals wait",
                fix="wait until that is decided on (`meta` tells), then ask",
            )
        actor = f"agent:{agent_name(self._name or caller)}"
        if beside:
            commands.ask_alternatives(self.campaign, beside, 1, words=words, actor=actor)
        else:
            commands.ask_proposal(self.campaign, parent or None, words=words, actor=actor)
        self.campaign.start_runner()
        return self._asked()

    def _asked(self) -> Json:
        """What became of the last wish for a proposal."""
        asked = self.campaign.refresh().asked
        return {"open": bool(asked.seq), "made": asked.made, "failed": _cut(asked.failed)}

    def trial(self, trial: str) -> Json:
        """A trial: where it stands, how far it is, and what came of it.

        Raises:
            UnknownNameError: There is none; names the nearest.
        """
        found = self.campaign.trial(trial)
        state = self.campaign.state
        return {
            "task": found.id,
            "parent": found.parent,
            "by": found.proposal.backend,
            "hypothesis": found.hypothesis,
            "status": found.status,
            "over": self.over(found),
            "word": words.outcome(found),
            "progress": self._progress(found, state),
            "waits_for": _waits_for(found, state),
            "decision": found.decision.to_dict(),
            "dry_run": _dry_run(found),
            "cells": dict(found.cells),
            "feedback": _feedback(found),
            "verdict": found.verdict.to_dict(),
            "failure": _failure(found),
        }

    def over(self, trial: Trial) -> bool:
        """Whether nothing more will be said about a trial."""
        if trial.status in _PENDING:
            return False
        return trial.status != "scored" or bool(trial.verdict) or trial.role != "trial"

    def _progress(self, trial: Trial, state: State) -> Json:
        """How far a running trial is; its stage and share are empty where nothing runs."""
        now = next(
            (m for m in progress.moments(self.campaign, state) if m.trial == trial.id), None
        )
        done = [stage for stage in STAGES if stage in trial.stages]
        if now is None:
            return {"stage": "", "share": None, "text": "", "stages_done": done}
        return {"stage": now.stage, "share": now.share, "text": now.text, "stages_done": done}

    def _refuse_flood(self, state: State) -> None:
        waiting = [t.id for t in state.pending if t.proposal.backend.startswith(PREFIX)]
        if len(waiting) >= MOST_WAITING:
            raise BudgetError(
                f"{', '.join(waiting)} still wait for a decision",
                fix="wait until they are decided on (`wait`), then propose what you learned",
            )

    def _refuse_broken_rules(self, cells: Mapping[str, str], parent: str) -> None:
        """Holds cells to what our own agents' are held to, in the same words."""
        parent = self.campaign.trial(parent).id
        if wrong := check_own_cells(context(self.campaign, parent), parent, cells):
            raise CellError("; ".join(wrong), where="cells", fix="write cells that keep the rules")


def _dry_run(trial: Trial) -> str:
    """How its cells went on a few rows, in words; "" where they were not tried."""
    tried = trial.proposal.dry_run
    return words.dry_run(tried) if tried else ""


def _waits_for(trial: Trial, state: State) -> str:
    """What a trial that does not run waits for, in words."""
    if state.phase in ("paused", "stopped", "finished"):
        return f"the campaign is {state.phase}: {state.reason}"
    if trial.status == "proposed":
        return f"a decision (review: {state.review})"
    return "a free place to run" if trial.status == "accepted" else ""


def _feedback(trial: Trial) -> Json:
    """What the evaluator said of its model on the validation split.

    Views, rates and wrong answers are of the items that may be shown, which the score is not over.
    """
    told = trial.feedback.for_agent().to_dict()
    found = {key: value for key, value in told.items() if key in _TOLD}
    if trial.feedback.shown:
        found["items_shown"] = trial.feedback.shown.n
    return {key: _plain(value) for key, value in found.items()}


def _failure(trial: Trial) -> Json:
    told = trial.failure.to_dict()
    return {key: _cut(value) for key, value in told.items() if value is not None}


def _plain(value: Any) -> Any:
    """A value without mappings that are no dicts, and with long texts cut."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return _cut(value)


def _unquoted(value: Any) -> Any:
    """A value whose quoted texts are plain ones."""
    if isinstance(value, Quoted):
        return value.quoted
    if isinstance(value, Mapping):
        return {str(key): _unquoted(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_unquoted(inner) for inner in value]
    return value


def _told_of(tool: LookTool) -> str:
    """A kind of look in a line: name, arguments, what it shows."""
    required = set(tool.schema["required"])
    named = [n if n in required else f"{n}?" for n in tool.schema["properties"]]
    return f"- {tool.name}({', '.join(named)}): {tool.description}"


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    return value
