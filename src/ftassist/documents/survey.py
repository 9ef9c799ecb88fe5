"""The requirement card in lines of text: what is asked, what lacks, what could help.

Texts of the card come from a model and from searches: they are cleaned, cut and never markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.documents.words import one_line

LONGEST = 400


def survey_text(card: Mapping[str, Any]) -> str:
    """A requirement card for people."""
    if card.get("failed"):
        return f"no requirement card was written: {_line(card['failed'])}"
    lines = [f"asked: {_line(card.get('asked', '-'))}", f"lacks: {_line(card.get('lacks', '-'))}"]
    for raw in card.get("raw_sets", ()):
        licence, flaw = raw.get("licence") or "not stated", raw.get("flaw") or "no flaw"
        about = f"(licence: {_line(licence)}; {_line(flaw)})"
        lines.append(f"raw set {_line(raw.get('name'))}: {_line(raw.get('use'))} {about}")
    for plan in card.get("strategies", ()):
        rests = "; ".join(_line(line) for line in plan.get("rests_on", ()))
        lines.append(f"strategy {_line(plan.get('name'))}: {_line(plan.get('why'))} [{rests}]")
    lines += [
        f"found {_line(source.get('kind'))} {_line(source.get('name'))}: "
        f"{_line(source.get('title'))} ({_line(source.get('licence') or 'licence not stated')}) "
        f"{_line(source.get('url'))}"
        for source in card.get("sources", ())
    ]
    lines += [f"not looked up: {_line(what)}" for what in card.get("not_looked_up", ())]
    return "\n".join(lines)


def _line(text: object) -> str:
    return one_line(text if text is not None else "-", LONGEST)
