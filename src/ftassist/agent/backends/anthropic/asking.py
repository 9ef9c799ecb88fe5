"""What the Researcher and the Executor share: prompts with a fence, and reports of attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ftassist.agent.backends.anthropic.calls import Allowance, Ask, Caller, Tool
from ftassist.agent.backends.anthropic.settings import Role
from ftassist.agent.backends.link import Link
from ftassist.agent.context import Context
from ftassist.agent.prompting import Fence, process_fence, render, without_empty
from ftassist.journal.events import Kind

T = TypeVar("T")
Document = Mapping[str, Any]
_CAMPAIGN = ("task", "model", "teacher", "device", "profiles", "survey")
_LEFT_OUT = (*_CAMPAIGN, "digests", "seed", "insights_made", "ruled", "higher_is_better")


@dataclass(frozen=True)
class Desk:
    """Where questions are asked from.

    Attributes:
        caller: Asks them.
        link: The campaign.
        fence: Marks of untrusted text.
    """

    caller: Caller
    link: Link
    fence: Fence = field(default_factory=process_fence)

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
    ) -> T:
        """Asks, and passes on what the model reports of texts that gave it orders."""

        def heard(document: Document) -> T:
            self._report(purpose, document.get("attempts", ()))
            return read(document)

        ask = Ask(purpose, role, system, stable, turn, tool)
        return self.caller.ask(ask, heard, allowance)

    def prompt(self, name: str, **values: Any) -> str:
        """A prompt, filled in."""
        return render(name, self.fence, **values)

    def dump(self, value: Any) -> str:
        """A value as JSON with fences, without its empty parts."""
        return self.fence.dump(without_empty(value))

    def stable(self, context: Context) -> str:
        """What stays the same over a campaign: task, model, device, raw sets, requirement card."""
        parts = {name: getattr(context, name) for name in _CAMPAIGN}
        return f"The campaign:\n{self.dump(parts)}"

    def history(self, context: Context) -> str:
        """What happened so far."""
        shown = context.shown
        names = [name for name in shown.__dataclass_fields__ if name not in _LEFT_OUT]
        return self.dump({name: getattr(shown, name) for name in names})

    def _report(self, purpose: str, attempts: Any) -> None:
        for attempt in attempts:
            where, words = str(attempt["where"])[:120], " ".join(str(attempt["words"]).split())
            text = f"the model reports a text that gives it orders in {where}: «{words[:160]}»"
            self.link.say(Kind.NOTE, {"text": text, "kind": "planted", "purpose": purpose})
