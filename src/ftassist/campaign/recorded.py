"""Replies of a model from a journal, in place of the server that gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.agent.backends.anthropic import forms
from ftassist.agent.backends.anthropic.client import Answer, Watch
from ftassist.agent.backends.anthropic.hearing import CallCancelledError, CallError

NO_REPLY = "the journal holds no reply to this call"
_PURPOSES: Mapping[str, tuple[str, ...]] = {
    forms.SURVEY.name: ("survey",),
    forms.PROPOSE.name: ("propose",),
    forms.CELLS.name: ("implement", "repair"),
    forms.ANALYSE.name: ("analyse",),
    forms.DISTIL.name: ("distil",),
}


class Recorded:
    """Gives each question the reply that the journal has to one of its kind.

    Args:
        calls: The payloads of `call.made` events, oldest first.

    Attributes:
        used: How many replies were given.
    """

    def __init__(self, calls: Sequence[Mapping[str, Any]]) -> None:
        self._calls = list(calls)
        self.used = 0

    def count(self, body: Mapping[str, Any], watch: Watch) -> int | None:
        """Nothing is counted, since nothing is paid."""
        return 0

    def send(self, body: Mapping[str, Any], watch: Watch) -> Answer:
        """The next reply.

        Raises:
            CallError: The record has no more, or the call failed then, too.
        """
        wanted = _PURPOSES.get(str(body["tools"][0]["name"]), ())
        call = next((c for c in self._calls if c.get("purpose") in wanted), None)
        if call is None:
            raise CallError(NO_REPLY)
        self._calls.remove(call)
        self.used += 1
        if "reply" not in call:
            error = str(call.get("error", "it failed"))
            kind = CallCancelledError if "cancelled" in error else CallError
            raise kind(error, started=True)
        return Answer(str(call["reply"]), stop=str(call.get("stop", "")))
