"""A state while it is being folded: plain dicts, written to by the handlers of events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ftassist.journal.events import Event
from ftassist.journal.state import State, Trial

EMPTY: Mapping[str, Any] = {}
STATE_FIELDS = tuple(f.name for f in fields(State))
TRIAL_FIELDS = tuple(f.name for f in fields(Trial))


def _values(trial: Trial) -> dict[str, Any]:
    return {name: getattr(trial, name) for name in TRIAL_FIELDS}


_NEW = _values(Trial(id=""))
"""A trial of which nothing is known: its values are never changed in place."""


@dataclass
class Draft:
    """A state being folded: fields and touched trials as plain dicts."""

    state: dict[str, Any]
    touched: dict[str, dict[str, Any]] = field(default_factory=dict)

    def trial(self, event: Event) -> dict[str, Any]:
        """The trial an event is about, ready to be written to."""
        assert event.trial is not None
        draft = self.touched.get(event.trial)
        if draft is None:
            known = self.state["trials"].get(event.trial)
            draft = _values(known) if known else {**_NEW, "id": event.trial}
            self.touched[event.trial] = draft
        draft["updated"] = event.seq
        return draft

    def asked(self, **changes: Any) -> None:
        """Changes what is known of a person's wish for proposals."""
        self.state["asked"] = replace(self.state["asked"], **changes)

    def running(self) -> list[str]:
        """The ids of the trials that run now."""
        known = {name: trial.status for name, trial in self.state["trials"].items()}
        known |= {name: values["status"] for name, values in self.touched.items()}
        return [name for name, status in known.items() if status == "running"]


Handler = Callable[[Draft, Event], None]
