"""A look at what a trial kept of what the base could do, by kind of question.

Shares and differences alone: the questions of the panel are evaluation items, and so are answers.
"""

from __future__ import annotations

from typing import Any

from ftassist.agent.eyes.look import Look
from ftassist.agent.eyes.record import LookRecord
from ftassist.agent.general_view import short
from ftassist.agent.trial_view import quote
from ftassist.errors import DataError, UnknownNameError
from ftassist.records.panel import PanelScore

_REASON = 300


def general_panel(record: LookRecord, trial: str, part: str = "") -> Look:
    """What a trial and the base got on the general panel, of all parts or one."""
    base, found = record.state.base.general, record.trial(trial).general
    if not found:
        raise DataError(
            f"{trial} was not asked the general questions",
            where=trial,
            fix="ask for a trial that has `general` in the history",
        )
    if part and part not in found.views and not found.failed:
        raise UnknownNameError.of("part", part, found.views)
    about = f", {part}" if part else ""
    return Look(_told(trial, found, base, part), f"looked at what {trial} keeps in general{about}")


def _told(trial: str, found: PanelScore, base: PanelScore, part: str) -> dict[str, Any]:
    if found.failed:
        return {"trial": trial, "not_known": quote(found.failed, _REASON)}
    against = found.against
    value: dict[str, Any] = {"trial": trial, "questions": found.n, "right": short(found.score)}
    if against is not None:
        value |= {"base": short(base.score), "found": against.kind, "margin": against.margin}
        ends = {"low": short(against.low), "high": short(against.high)}
        value |= {"difference": short(against.difference), **ends}
    names = [part] if part else list(found.views)
    return value | {"parts": {name: _part(found, base, name) for name in names}}


def _part(found: PanelScore, base: PanelScore, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"right": short(found.views[name])}
    if (against := found.against) is None or name not in against.views:
        return told
    told |= {"base": short(base.views.get(name)), "difference": short(against.views[name])}
    if known := against.parts.get(name):
        told |= {"questions": known.n, "low": short(known.low), "high": short(known.high)}
    return told
