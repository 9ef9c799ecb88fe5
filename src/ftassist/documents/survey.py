"""The requirement card in lines of text: what is asked, what lacks, what could help.

Texts of the card come from a model and from searches: they are cleaned, cut and never markup.
"""

from __future__ import annotations

from ftassist.documents.words import one_line
from ftassist.records.survey import OutsideSource, Survey

LONGEST = 400


def survey_text(card: Survey) -> str:
    """A requirement card for people."""
    read = [f"read on {_line(source.date)}: {_about(source)}" for source in card.read]
    return "\n".join([*_card(card), *read])


def _card(card: Survey) -> list[str]:
    """What was written before the first trial; nothing of what was read later."""
    if card.failed:
        return [f"no requirement card was written: {_line(card.failed)}"]
    if not card.made:
        return ["no requirement card was written yet"]
    lines = [f"asked: {_line(card.asked)}", f"lacks: {_line(card.lacks)}"]
    for raw in card.raw_sets:
        about = f"(licence: {_line(raw.licence, 'not stated')}; {_line(raw.flaw, 'no flaw')})"
        lines.append(f"raw set {_line(raw.name)}: {_line(raw.use)} {about}")
    for plan in card.strategies:
        rests = "; ".join(map(_line, plan.rests_on))
        lines.append(f"strategy {_line(plan.name)}: {_line(plan.why)} [{rests}]")
    lines += [f"found {_about(source)}" for source in card.sources]
    lines += [f"not looked up: {_line(what)}" for what in card.not_looked_up]
    return lines


def _about(source: OutsideSource) -> str:
    """A source: what it is called, its licence, where it stands."""
    licence = _line(source.licence, "licence not stated")
    name, title = _line(source.name), _line(source.title)
    return f"{_line(source.kind)} {name}: {title} ({licence}) {_line(source.url)}"


def _line(text: str, without: str = "-") -> str:
    return one_line(text or without, LONGEST)
