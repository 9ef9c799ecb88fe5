"""What the Researcher and the Executor share: prompts with a fence, and reports of attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from ftassist.agent.backends.anthropic.calls import Allowance, Ask, Caller, Tool
from ftassist.agent.backends.anthropic.hands import Hands, Tries
from ftassist.agent.backends.anthropic.look_loop import Looking
from ftassist.agent.backends.anthropic.settings import Role
from ftassist.agent.backends.link import Link
from ftassist.agent.context import Context
from ftassist.agent.eyes.look import Eyes
from ftassist.agent.history import history_of
from ftassist.agent.profile_table import brief_table, profile_table
from ftassist.agent.prompt import Fence, process_fence, render, without_empty
from ftassist.journal.events import Kind

T = TypeVar("T")
TRIES = 3
"""So often cells may be tried while they are written, though no looks are left."""
Document = Mapping[str, Any]
_CAMPAIGN = ("task", "model", "teacher", "device", "sizes", "profiles", "survey", "sources")
_LEFT_OUT = (
    *_CAMPAIGN, "digests", "seed", "insights_made", "ruled", "higher_is_better", "shown_items",
    "variants", "wish",
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Where questions are asked from.

    Attributes:
        caller: Asks them.
        fence: Marks of untrusted text.
    """

    caller: Caller
    link: Link
    fence: Fence = field(default_factory=process_fence)

    @cached_property
    def tries(self) -> Tries | None:
        """Tries cells, each once; None where that is not wanted."""
        return Tries(self.link.dry_run) if self.link.dry_run else None

    def ask(
        self,
        purpose: str,
        role: Role,
        tool: Tool,
        read: Callable[[Document], T],
        *,
        system: str,
        stable: str,
        turn: str,
        allowance: Allowance | None = None,
        known: T | None = None,
        looking: Looking | None = None,
    ) -> T:
        """Asks, and passes on what the model reports of texts that gave it orders.

        Args:
            purpose: What it is for.
            role: Whose model answers.
            tool: The form of the answer.
            read: Makes something of the answer.
            system: Who the model is and which rules hold.
            stable: What stays the same over a campaign.
            turn: What is new.
            allowance: Calls that may be made.
            known: What to return in place of asking the very same question again.
            looking: What the model may look at before it answers.
        """

        def heard(document: Document) -> T:
            self._report(purpose, document.get("attempts", ()))
            return read(document)

        ask = Ask(purpose, role, system, stable, turn, tool, self.fence.nonce, remembered=True)
        if known is not None and self.caller.times_sent(ask):
            return known
        return self.caller.ask(ask, heard, allowance, looking)

    def looking(self, context: Context, purpose: str, role: Role) -> Looking | None:
        """What may be looked at before an answer; None where nothing may."""
        if self.link.eyes is None:
            return None
        return self._looking(self.link.eyes(context), purpose, role)

    def hands(
        self, context: Context, purpose: str, before: Mapping[str, str], looked: int = 0
    ) -> Looking | None:
        """What may be looked at and tried while cells are written; None where nothing may.

        Args:
            context: The record.
            purpose: What the cells are for.
            before: The cells as they stand.
            looked: Looks that were made for the same proposal before.
        """
        left = self.caller.settings.looks - looked
        eyes = self.link.eyes(context) if self.link.eyes and left > 0 else None
        hands = Hands(eyes, self.tries, before)
        return self._looking(hands, purpose, "executor", max(left, TRIES)) if hands.tools else None

    def _looking(
        self, eyes: Eyes, purpose: str, role: Role, most: int | None = None
    ) -> Looking | None:
        settings = self.caller.settings
        if not settings.looks:
            return None
        return Looking(
            eyes=eyes,
            fence=self.fence,
            link=self.link,
            purpose=purpose,
            most=settings.looks if most is None else most,
            tokens=settings.look_tokens,
            model=settings.model(role),
        )

    def prompt(self, name: str, **values: Any) -> str:
        """A prompt, filled in."""
        return render(name, self.fence, **values)

    def dump(self, value: Any) -> str:
        """A value as JSON with fences, without its empty parts."""
        return self.fence.dump(without_empty(value))

    def stable(self, context: Context) -> str:
        """What stays the same over a campaign: task, model, device, raw sets, requirement card."""
        parts = {name: getattr(context, name) for name in _CAMPAIGN}
        parts["profiles"] = profile_table(context.profiles) if context.profiles else {}
        return f"The campaign:\n{self.dump(parts)}"

    def stable_briefly(self, context: Context) -> str:
        """The same for who reads results: of the raw sets only how large and clean they are."""
        parts = {name: getattr(context, name) for name in _CAMPAIGN}
        parts["profiles"] = brief_table(context.profiles) if context.profiles else {}
        return f"The campaign:\n{self.dump(parts)}"

    def history(self, context: Context) -> str:
        """What happened so far: numbers of trials as a table, cells as what differs."""
        return self.dump(history_of(context, _LEFT_OUT))

    def setbacks(self, context: Context, *purposes: str) -> str:
        """What came to nothing of what the agent was asked for, of these kinds."""
        found = [setback for setback in context.setbacks if setback.purpose in purposes]
        return self.dump(found) if found else ""

    def _report(self, purpose: str, attempts: Any) -> None:
        for attempt in attempts:
            where, words = str(attempt["where"])[:120], " ".join(str(attempt["words"]).split())
            text = f"the model reports a text that gives it orders in {where}: «{words[:160]}»"
            self.link.say(Kind.NOTE, {"text": text, "kind": "planted", "purpose": purpose})
