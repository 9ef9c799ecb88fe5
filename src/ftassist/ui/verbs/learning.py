"""Verbs about what the agent knows and does: insights, the requirement card, a replay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from ftassist.campaign import commands
from ftassist.errors import FtassistError
from ftassist.ui.verbs.face import Face, VerbAnswer
from ftassist.ui.verbs.verb import verb


@verb('insights correct i0002 "bare answers hurt in all views"')
def insights(
    face: Face,
    action: Annotated[str | None, "pin, correct or delete; else all are shown."] = None,
    name: Annotated[str | None, "An insight, such as i0002."] = None,
    text: Annotated[str, "The new sentence, or why it goes."] = "",
) -> VerbAnswer:
    """Show what the agent learned; pin, correct or delete it. Your word wins."""
    from ftassist.documents.words import one_line

    campaign = face.opened()
    if action is not None:
        if name is None:
            fix = f"name one: `{face.said} insights {action} ID`"
            raise FtassistError("which insight?", fix=fix)
        if action == "pin":
            commands.pin_insight(campaign, name)
        elif action == "correct":
            commands.correct_insight(campaign, name, text)
        elif action == "delete":
            commands.delete_insight(campaign, name, text)
        else:
            raise FtassistError(f"`insights` cannot {action!r}", fix="use pin, correct or delete")
    known = list(campaign.refresh().insights.values())
    lines = [
        f"{one.id}  {'📌 ' * one.pinned}{one_line(one.text, 300)}  [{', '.join(one.trials)}]"
        for one in known
    ]
    return VerbAnswer(
        lambda: [insight.to_dict() for insight in known],
        lambda: ["\n".join(lines) or "no insights yet"],
    )


@verb("survey")
def survey(face: Face) -> VerbAnswer:
    """Show the requirement card: what is asked, what lacks, which sets and sources are useful."""
    from ftassist.documents.survey import survey_text

    card = face.opened().refresh().survey
    missing = FtassistError(
        "there is no requirement card yet",
        where=face.opened().name,
        fix="the backend `anthropic` writes one before its first proposal; the playbook works "
        "without",
    )
    return VerbAnswer(
        lambda: {"schema": "ftassist/survey/1", "survey": card.to_dict()},
        lambda: [survey_text(card) if card else missing],
    )


@verb("replay")
def replay(face: Face) -> VerbAnswer:
    """Make the agent's decisions again from the journal, without any call."""
    from ftassist.campaign.replaying import replay as again

    found = list(again(face.opened()))

    def lines() -> Iterator[Any]:
        for decision in found:
            word = {True: "same", False: "differs", None: "cannot be made again"}[decision.same]
            detail = f": {decision.detail}" if decision.detail else ""
            yield f"{decision.seq:>5}  {decision.trial:<6} {decision.decision:<16} {word}{detail}"
        same = sum(decision.same is True for decision in found)
        yield f"{same} of {len(found)} decisions came out the same; no call was made"

    return VerbAnswer(
        lambda: [decision.to_dict() for decision in found], lambda: ["\n".join(lines())]
    )
