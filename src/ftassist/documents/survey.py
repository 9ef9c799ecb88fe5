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
    lines = [*_card(card), *map(_read, card.get("read", ()))]
    return "\n".join(lines)


def _card(card: Mapping[str, Any]) -> list[str]:
    """What was written before the first trial; nothing of what was read later."""
    if card.get("failed"):
        return [f"no requirement card was written: {_line(card['failed'])}"]
    if card.keys() == {"read"}:
        return ["no requirement card was written yet"]
    lines = [f"asked: {_line(card.get('asked', '-'))}", f"lacks: {_line(card.get('lacks', '-'))}"]
    for raw in card.get("raw_sets", ()):
        licence, flaw = raw.get("licence") or "not stated", raw.get("flaw") or "no flaw"
        about = f"(licence: {_line(licence)}; {_line(flaw)})"
        lines.append(f"raw set {_line(raw.get('name'))}: {_line(raw.get('use'))} {about}")
    for plan in card.get("strategies", ()):
        rests = "; ".join(_line(line) for line in plan.get("rests_on", ()))
        lines.append(f"strategy {_line(plan.get('name'))}: {_line(plan.get('why'))} [{rests}]")
    lines += [f"found {_about(source)}" for source in card.get("sources", ())]
    lines += [f"not looked up: {_line(what)}" for what in card.get("not_looked_up", ())]
    return lines


def _read(source: Mapping[str, Any]) -> str:
    return f"read on {_line(source.get('date'))}: {_about(source)}"


def _about(source: Mapping[str, Any]) -> str:
    """A source: what it is called, its licence, where it stands."""
    name, title = _line(source.get("name")), _line(source.get("title"))
    licence = _line(source.get("licence") or "licence not stated")
    return f"{_line(source.get('kind'))} {name}: {title} ({licence}) {_line(source.get('url'))}"


def _line(text: object) -> str:
    return one_line(text if text is not None else "-", LONGEST)
