"""A campaign in a chat: questions are answered from its record, acts are asked about first.

Reads what it is told by rules, in English; no language model is asked. An act is told back in a
sentence with the state it was meant for, and done only when the same person says yes; it goes
through the commands that all faces use. Texts of data and models are shown as plain text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ftassist.campaign import commands
from ftassist.campaign.campaign import Campaign, acting
from ftassist.documents import summary, words
from ftassist.documents.card import card_document
from ftassist.documents.card_html import card_text
from ftassist.documents.prediction import prediction_sentence
from ftassist.documents.snapshot import Snapshot, take
from ftassist.errors import FtassistError
from ftassist.journal.events import Event
from ftassist.journal.state import Trial
from ftassist.ui.chat_face import said

_TRIAL = r"(?P<trial>t\d{4,9})"
_REST = r"(?:\s*[:,]?\s+(?P<text>.+))?"
_YES = re.compile(r"(yes|y|do it|go ahead|ok|okay)[.!]*", re.IGNORECASE)
HELP = (
    "I can tell you: `status`, `show t0003`, `why t0003`.\n\n"
    "I can do, after asking you: `propose`, `propose: a lower learning rate`, "
    "`propose from t0003: more epochs`, `alternatives t0003: fewer rows`, `accept t0003`, "
    "`veto t0003: no answers without working`, `undo t0003`, `repeat t0003`, `stop t0003`, "
    "`cancel`, `pause`, `resume`.\n\n"
    "And what else `%ftagent` can, in the same words: `whatif`, `tree`, `insights`, `survey`, "
    "`diff t0003`, `knobs`, `run --plan`; `budget --trials 12`, `run --review never`, "
    "`promote t0003`, `note t0003 ...`, `pin t0003`, `export t0003 --as gguf`, `final`, and "
    "`edit t0003 train` with the new cell in a block of code below.\n\n"
    "What you write after a colon is your wish or your reason. I follow rules and am no language "
    "model; the campaign's agent thinks."
)

Command = Callable[[Campaign], Event | str]
"""What does it for a campaign, and may have something to say of it."""
Wanted = tuple[str, Command]
"""What would be done, in words that follow "I would", and what does it."""


@dataclass(frozen=True)
class Act:
    """Something that was asked for and waits for a yes.

    Attributes:
        sentence: What would be done, in words that follow "I would".
        do: The command that does it.
        wakes: Whether the runner is needed for it.
        person: Who asked.
    """

    sentence: str
    do: Command
    wakes: bool
    person: str


class Talk:
    """A chat about the campaign that is opened for each message.

    Args:
        opened: Opens the campaign that is talked about.
    """

    def __init__(self, opened: Callable[[], Campaign]) -> None:
        self._opened = opened
        self._waits: Act | None = None

    def answer(self, text: str, person: str) -> str:
        """What to say to a message, as Markdown without markup of data.

        Args:
            text: The message.
            person: Who wrote it.
        """
        try:
            campaign = self._opened()
            try:
                return self._answer(campaign, text, person)
            finally:
                campaign.journal.close()
        except FtassistError as error:
            return _plain(f"{error.what}{f' What to do: {error.fix}' if error.fix else ''}")

    def _answer(self, campaign: Campaign, message: str, person: str) -> str:
        waits, self._waits = self._waits, None
        text = " ".join(message.split())
        if _YES.fullmatch(text):
            return self._done(campaign, waits, person)
        for pattern, tell in _TOLD:
            if found := pattern.fullmatch(text):
                return tell(campaign, found)
        for pattern, ask, wakes in _ACTS:
            if found := pattern.fullmatch(text):
                sentence, do = ask(campaign, found)
                self._waits = Act(sentence, do, wakes, person)
                return self._asked(campaign)
        if line := said(message):
            if line.only_tells:
                return _block(line.run(campaign))
            if "seen" in line.given:
                line.given["seen"] = line.given["seen"] or campaign.state.seq
            sentence = f"do what `%ftagent {line.line}` does"
            self._waits = Act(sentence, line.run, wakes=False, person=person)
            return self._asked(campaign)
        left = "Left as it is. " if waits else ""
        return f"{left}{HELP}"

    def _asked(self, campaign: Campaign) -> str:
        assert self._waits is not None
        would, name = _plain(self._waits.sentence), _plain(campaign.name)
        return f"I would {would} ({name}). Shall I? Say yes to do it."

    def _done(self, campaign: Campaign, act: Act | None, person: str) -> str:
        if act is None:
            return "There is nothing that waits for a yes."
        if act.person != person:
            self._waits = act
            return "Somebody else asked for that; it waits for their yes."
        with acting(person):
            told = act.do(campaign)
        if act.wakes:
            campaign.start_runner()
        done = f"Done: {_plain(act.sentence)}."
        return f"{done}\n\n{_block(told)}" if isinstance(told, str) else done


def _status(campaign: Campaign, _: re.Match[str]) -> str:
    snapshot = take(campaign)
    state = snapshot.state
    reason = f": {state.reason}" if state.reason else ""
    lines = [
        f"{campaign.name} is {state.phase}{reason}. {_best(snapshot)}",
        summary.claim(snapshot),
        *(meter.text for meter in summary.meters(snapshot)),
        summary.waiting(snapshot),
    ]
    return "\n\n".join(_plain(words.clean(line)) for line in lines if line)


def _best(snapshot: Snapshot) -> str:
    """The best trial so far, in words."""
    score = snapshot.state.trials[snapshot.best].score if snapshot.best else None
    return "" if score is None else f"Best is {snapshot.best} with {words.number(score)}."


def _show(campaign: Campaign, found: re.Match[str]) -> str:
    snapshot = take(campaign)
    trial = campaign.trial(found["trial"])
    return _block(card_text(card_document(snapshot, trial, campaign.name)))


def _why(campaign: Campaign, found: re.Match[str]) -> str:
    trial = campaign.trial(found["trial"])
    lines = [f"{trial.id}: {words.outcome(trial)}"]
    if trial.verdict:
        lines += [words.verdict_sentence(trial.verdict), _how(trial)]
    if text := trial.analysis.text:
        lines.append(f"What the agent made of it (a reading, no measurement): {text}")
    return "\n\n".join(_plain(words.clean(line)) for line in lines if line)


def _how(trial: Trial) -> str:
    """How the verdict came to be, and whether the prediction held."""
    parts = []
    if trial.verdict.method:
        parts.append(f"Computed by {trial.verdict.method} over the items that select.")
    if trial.prediction.held is not None:
        told = prediction_sentence(trial)
        parts.append(f"{told[0].upper()}{told[1:]}.")
    return " ".join(parts)


def _propose(_: Campaign, found: re.Match[str]) -> Wanted:
    parent, wish = found["trial"], _text(found)
    start = f" from {parent}" if parent else ""
    sentence = f"ask the agent for a proposal{start}{_with(wish)}"
    return sentence, partial(commands.ask_proposal, parent=parent, words=wish)


def _alternatives(campaign: Campaign, found: re.Match[str]) -> Wanted:
    trial, wish = campaign.trial(found["trial"]).id, _text(found)
    sentence = f"ask the agent for alternatives to {trial}{_with(wish)}"
    return sentence, partial(commands.ask_alternatives, trial=trial, words=wish)


def _accept(campaign: Campaign, found: re.Match[str]) -> Wanted:
    trial, seen = campaign.trial(found["trial"]), campaign.state.seq
    sentence = f"accept {trial.id}, so that it runs: {words.one_line(trial.hypothesis, 200)}"
    return sentence, partial(commands.accept, trial=trial.id, reason=_text(found), seen=seen)


def _veto(campaign: Campaign, found: re.Match[str]) -> Wanted:
    trial, seen, reason = campaign.trial(found["trial"]).id, campaign.state.seq, _text(found)
    if not reason:
        raise FtassistError(
            "a veto needs a reason", fix=f"say why: veto {trial}: no answers without working"
        )
    sentence = f"veto {trial} because “{words.one_line(reason, 200)}”"
    return sentence, partial(commands.veto, trial=trial, reason=reason, seen=seen)


def _undo(campaign: Campaign, found: re.Match[str]) -> Wanted:
    trial = campaign.trial(found["trial"]).id
    sentence = f"take the veto of {trial} back"
    return sentence, partial(commands.undo_veto, trial=trial, reason=_text(found))


def _repeat(campaign: Campaign, found: re.Match[str]) -> Wanted:
    trial = campaign.trial(found["trial"]).id
    sentence = f"run {trial} once more on a fresh seed"
    return sentence, partial(commands.ask_replicates, trial=trial)


def _stop(campaign: Campaign, found: re.Match[str]) -> Wanted:
    trial = campaign.trial(found["trial"]).id
    return f"stop {trial}", partial(commands.ask_stop, trial=trial, reason=_text(found))


def _cancel(_: Campaign, __: re.Match[str]) -> Wanted:
    return "end the call that the agent makes now", commands.cancel_proposal


def _pause(_: Campaign, __: re.Match[str]) -> Wanted:
    return "pause the campaign", commands.pause


def _resume(_: Campaign, __: re.Match[str]) -> Wanted:
    return "let the campaign go on", commands.resume


def _text(found: re.Match[str]) -> str:
    """What was written after the colon; "" for nothing."""
    return (found["text"] or "").strip()


def _with(wish: str) -> str:
    return f" with the wish “{wish}”" if wish else ""


def _plain(text: str) -> str:
    """Text that no chat takes for markup."""
    return re.sub(r"([\\`*_\[\]~|])", r"\\\1", html.escape(text, quote=False))


def _block(text: str) -> str:
    """Text of several lines as it is, in a block that none of its own marks can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    plain = "\n".join(words.clean(line) for line in text.splitlines())
    return f"{fence}text\n{plain}\n{fence}"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_Told = tuple[re.Pattern[str], Callable[[Campaign, re.Match[str]], str]]
_TOLD: tuple[_Told, ...] = (
    (_pattern(r"(?:status|how is it going|where are we)\??"), _status),
    (_pattern(rf"(?:show|card)\s+{_TRIAL}"), _show),
    (_pattern(rf"(?:why|explain|verdict(?: of)?)\s+{_TRIAL}\??"), _why),
)
_Asks = tuple[re.Pattern[str], Callable[[Campaign, re.Match[str]], Wanted], bool]
_ACTS: tuple[_Asks, ...] = (
    (
        _pattern(rf"(?:propose|wish)(?:\s+from\s+{_TRIAL})?(?:\s*:?\s+(?P<text>.+))?"),
        _propose,
        True,
    ),
    (_pattern(rf"alternatives(?:\s+to)?\s+{_TRIAL}{_REST}"), _alternatives, True),
    (_pattern(rf"accept\s+{_TRIAL}{_REST}"), _accept, True),
    (_pattern(rf"veto\s+{_TRIAL}{_REST}"), _veto, False),
    (_pattern(rf"undo\s+{_TRIAL}{_REST}"), _undo, False),
    (_pattern(rf"repeat\s+{_TRIAL}"), _repeat, True),
    (_pattern(rf"stop\s+{_TRIAL}{_REST}"), _stop, True),
    (_pattern("cancel"), _cancel, False),
    (_pattern("pause"), _pause, False),
    (_pattern("resume"), _resume, True),
)
"""What is asked for, what would be done, and whether the runner is needed for it."""
