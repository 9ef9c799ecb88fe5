"""How a base model writes chats: its own chat template, asked once what it does with them.

The one place where chats become text, for training and for scoring alike, so that a model is asked
as it was trained. Templates differ in what they forbid, add and leave out; `ChatFormat.of` finds
out by writing a small chat, and guesses nothing from names of models. Knows nothing of losses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from jinja2.exceptions import TemplateError

from ftassist.errors import ModelError
from ftassist.models.clock import template_day
from ftassist.models.system_turn import NONE, own_system_turn

Turn = Mapping[str, Any]

SYSTEM = "Words before alpha"
QUESTION = "Question beta"
ANSWERS = ("Answer gamma", "42 delta")
"""The small chat; two answers, so that nothing they begin with is taken for the template's."""

_RAISED = (TemplateError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What a template can raise: its own words, and what its expressions meet in Python."""


class ChatTemplateError(ModelError):
    """A chat template refuses a chat; carries the template's own words."""


@dataclass(frozen=True)
class ChatFormat:
    """A chat template and what it does.

    Attributes:
        tokenizer: The tokenizer it belongs to.
        day: The day that it is told.
        parts: Whether it wants content as a list of parts, and drops plain text.
        no_system: Why it can write no system turn; "" where it can.
        prefill: The end of its generation prompt that it never writes before an answer, such as
            an opened think block. It is left out, in training and scoring alike.
        opening: What it writes before an answer, where it has no generation prompt of its own.
        closing: What ends an answer, where it writes nothing after the last one: the token that
            opens the next turn.
        end: The token that it ends an answer with; None where it writes none.
        left_out: Where the system turn of its own stands that it is not to write; (0, 0) for none.
    """

    tokenizer: Any = field(repr=False)
    day: date
    parts: bool = False
    no_system: str = ""
    prefill: str = ""
    opening: str = ""
    closing: str = ""
    end: int | None = None
    left_out: tuple[int, int] = (0, 0)

    @classmethod
    def of(
        cls, tokenizer: Any, day: date | None = None, system_turn: str | None = None
    ) -> ChatFormat:
        """The format of a tokenizer's template, told a day and whether to write its system turn.

        By default the campaign's day, and the task's decision about a system turn.

        A template that can write no chat at all gets a format, too; writing raises its words.
        """
        made = cls(tokenizer, day or template_day())
        made = next((f for f in (made, replace(made, parts=True)) if f.keeps_text()), made)
        if not made.keeps_text():
            return made
        made = replace(made, **made._around_answers())
        made = replace(made, no_system=made._why_no_system())
        made = replace(made, **made._end_of_answers())
        if (system_turn or own_system_turn()) == NONE:
            made = replace(made, left_out=made.own_system())
        return made

    def text(self, messages: Sequence[Turn]) -> str:
        """A whole chat, as a model is trained on it.

        Raises:
            ChatTemplateError: The template refuses it.
        """
        closed = bool(messages) and messages[-1]["role"] == "assistant"
        return self._render(messages) + (self.closing if closed else "")

    def prompt(self, messages: Sequence[Turn]) -> str:
        """A chat up to where an answer begins, as a model is asked.

        Raises:
            ChatTemplateError: The template refuses it.
        """
        return self._render(messages, asked=True).removesuffix(self.prefill) + self.opening

    def question_of(self, messages: Sequence[Turn]) -> str:
        """The prompt of an evaluation item; a system turn the template refuses is folded.

        Raises:
            ChatTemplateError: The template refuses it.
        """
        return self.prompt(folded(messages) if self.no_system else messages)

    def prompt_ids(self, messages: Sequence[Turn]) -> list[int]:
        """The tokens of `prompt`; the template's own begin-of-text token and no second one."""
        return list(self.tokenizer(self.prompt(messages), add_special_tokens=False)["input_ids"])

    def keeps_text(self) -> bool:
        """Whether the small chat's texts are in what is written of it."""
        try:
            whole, asked = self._render(_chat(ANSWERS[0])), self._render(_chat()[:1], asked=True)
        except ChatTemplateError:
            return False
        return QUESTION in whole and ANSWERS[0] in whole and QUESTION in asked

    @cached_property
    def marks(self) -> frozenset[int]:
        """Tokens that are marks and no text: special and added ones, but no white space."""
        added = self.tokenizer.added_tokens_decoder
        shown = {number for number, token in added.items() if not str(token).isspace()}
        return frozenset({*shown, *self.tokenizer.all_special_ids})

    def _render(self, messages: Sequence[Turn], *, asked: bool = False) -> str:
        if self.no_system and messages and messages[0]["role"] == "system":
            raise ChatTemplateError(
                f"the chat template takes no system turn: {self.no_system}",
                fix="fold it into the first question with curate.fold_system(rows), or leave it "
                "out",
            )
        turns = [_in_parts(turn) if self.parts else dict(turn) for turn in messages]
        try:
            _set_clock(self.tokenizer, self.day)
            written = self.tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=asked
            )
        except _RAISED as error:
            raise ChatTemplateError(
                f"the chat template refuses the chat: {' '.join(str(error).split())}",
                fix="write the chat as the template wants it, or use another base model",
            ) from error
        start, end = self.left_out
        if end > start and not (turns and turns[0]["role"] == "system"):
            written = written[:start] + written[end:]
        return str(written)

    def own_system(self) -> tuple[int, int]:
        """Where in a chat the system turn stands that the template adds; (0, 0) for none.

        Found by comparing a chat without a system turn with one that has its own. It is left in
        where it is not clear where it ends: where turns do not begin with marks.
        """
        if self.no_system:
            return 0, 0
        alone = self._render(_chat()[:1])
        given = self._render([{"role": "system", "content": SYSTEM}, *_chat()[:1]])
        before = alone[: alone.find(QUESTION)]
        head = given[: given.find(SYSTEM)]
        tail = given[given.find(SYSTEM) + len(SYSTEM) : given.find(QUESTION)]
        begins, ends = before.startswith(head), before.endswith(tail)
        if not (begins and ends and len(before) > len(head) + len(tail)):
            return 0, 0
        heads, tails = self._marks_in(head), self._marks_in(tail)
        start = 0
        bos = str(self.tokenizer.bos_token or "")
        if len(heads) > 1 and bos and head.startswith(bos) and heads[1] == len(bos):
            start, heads = len(bos), heads[1:]  # a begin-of-text token, which stays
        if not heads or heads[0] != start or len(tails) < len(heads):
            return 0, 0
        return start, len(before) - (len(tail) - tails[-len(heads)])

    def _marks_in(self, text: str) -> list[int]:
        """Where marks begin in a text."""
        coded = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        pairs = zip(coded["input_ids"], coded["offset_mapping"], strict=True)
        return [start for token, (start, end) in pairs if end > start and token in self.marks]

    def _around_answers(self) -> dict[str, Any]:
        """What it writes before an answer and in a generation prompt, and only in one of them."""
        prompt = self._render(_chat()[:1], asked=True)
        answered = [self._render(_chat(answer)) for answer in ANSWERS]
        shared = shared_start(prompt, *answered)
        if QUESTION not in prompt[:shared]:
            return {}  # it writes the question anew: told where a row is written
        if prompt != self._render(_chat()[:1]):
            return {"prefill": prompt[shared:]}
        lead = answered[0][shared : answered[0].index(ANSWERS[0], shared)]
        return {"opening": lead if lead.strip() else ""}

    def _why_no_system(self) -> str:
        try:
            whole = self._render([{"role": "system", "content": SYSTEM}, *_chat(ANSWERS[0])])
        except ChatTemplateError as error:
            return f"it says {str(error.what).partition(': ')[2]!r}"
        return "" if SYSTEM in whole else "it leaves the turn out"

    def _end_of_answers(self) -> dict[str, Any]:
        """The token after an answer: its own, else the one that opens the next question."""
        whole = self._render(_chat(ANSWERS[0]))
        found = self.mark_after(whole, whole.rindex(ANSWERS[0]) + len(ANSWERS[0]))
        if found is not None:
            return {"end": found[0]}
        try:
            longer = self._render([*_chat(ANSWERS[0]), *_chat(ANSWERS[1])])
        except ChatTemplateError:
            return {}
        after = longer.find(ANSWERS[0]) + len(ANSWERS[0])
        found = self.mark_after(longer, after)
        if found is None or longer[after : found[1]].strip():
            return {}
        return {"end": found[0], "closing": longer[after : found[2]]}

    def mark_after(self, text: str, place: int) -> tuple[int, int, int] | None:
        """The first mark at or after a place in a text: token, start and end; None for none."""
        coded = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        for token, (start, end) in zip(coded["input_ids"], coded["offset_mapping"], strict=True):
            if start >= place and end > start and token in self.marks:
                return token, start, end
        return None


def shared_start(*texts: str) -> int:
    """How many characters texts have in common at their beginnings.

    >>> shared_start("a think", "a thank", "a thin")
    4
    """
    together = zip(*texts, strict=False)
    return next(
        (place for place, letters in enumerate(together) if len(set(letters)) > 1),
        min(map(len, texts)),
    )


def folded(messages: Sequence[Turn]) -> list[Turn]:
    r"""A chat whose system turn stands at the head of its first question, after a blank line.

    >>> folded([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "1?"}])
    [{'role': 'user', 'content': 'Be brief.\n\n1?'}]
    """
    if len(messages) < 2 or messages[0]["role"] != "system" or messages[1]["role"] != "user":
        return list(messages)
    first, second = messages[0], messages[1]
    head = f"{first['content'].strip()}\n\n{second['content']}"
    return [{**second, "content": head}, *messages[2:]]


def _chat(answer: str = "") -> list[Turn]:
    return [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": answer}]


def _in_parts(turn: Turn) -> dict[str, Any]:
    content = turn.get("content")
    if not isinstance(content, str):
        return dict(turn)
    return {**turn, "content": [{"type": "text", "text": content}]}


def _set_clock(tokenizer: Any, day: date) -> None:
    """Has a template's `strftime_now` tell the day, at noon.

    transformers gives templates a clock of its own and no way to pass another: what is passed is
    made plain data. The compiled template is kept by transformers, so its clock is set each time.
    """
    template = tokenizer.get_chat_template()
    if "strftime_now" not in template:
        return
    from transformers.utils import chat_template_utils

    noon = datetime.combine(day, time(12))
    compiled = chat_template_utils._compile_jinja_template(template)
    compiled.environment.globals["strftime_now"] = noon.strftime
