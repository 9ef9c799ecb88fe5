"""The answer in what a model wrote: the text after its thinking.

`BLOCKS` and `WRAPPERS` name the tags that models and their chat templates use; this is the one
place that knows them. An official rule reads what it reads; every metric of our own, every strict
reading and a task's own scoring file get the text after the thinking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

BLOCKS = (
    ("<think>", "</think>"),  # DeepSeek, Qwen, GLM, MiniMax, SmolLM, Nemotron
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),  # EXAONE
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<seed:think>", "</seed:think>"),  # Seed-OSS
    ("[THINK]", "[/THINK]"),  # Mistral
    ("<|START_THINKING|>", "<|END_THINKING|>"),  # Cohere
    ("<|begin_of_thought|>", "<|end_of_thought|>"),  # OpenThinker, Sky-T1
    ("<|thinking|>", "<|/thinking|>"),
    ("◁think▷", "◁/think▷"),  # Kimi
    ("<|channel>thought", "<channel|>"),  # Gemma
)
"""What opens and what closes thinking; case does not count."""

WRAPPERS = (
    ("<answer>", "</answer>"),
    ("<final_answer>", "</final_answer>"),
    ("<response>", "</response>"),
    ("<|START_RESPONSE|>", "<|END_RESPONSE|>"),
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]"),
)
"""Tags around a whole answer."""

HARMONY = ("<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>")
"""Marks of texts in channels (gpt-oss); the answer is in the channel "final"."""

MARKS = frozenset({*HARMONY, *(mark for pair in (*BLOCKS, *WRAPPERS) for mark in pair)})

_OPENING = {opening.casefold(): number for number, (opening, _) in enumerate(BLOCKS)}
_CLOSING = {closing.casefold(): number for number, (_, closing) in enumerate(BLOCKS)}
_MARK = re.compile("|".join(map(re.escape, [*_OPENING, *_CLOSING])), re.IGNORECASE)
_ALL_MARKS = re.compile("|".join(map(re.escape, sorted(MARKS, key=len, reverse=True))))
_CHANNEL = re.compile(
    r"<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>"
    r"(.*?)(?=<\|(?:start|channel|end|return|call)\|>|\Z)",
    re.DOTALL,
)
_BARE_CHANNELS = re.compile(r"\s*analysis.*assistantfinal(.*)", re.DOTALL)
"""The same once a tokenizer has left its special tokens away."""


class Written(str):
    """A generated text as the tokenizer decodes it, that remembers the marks left away by that.

    Attributes:
        marked: The text with its thinking marks, also where they are special tokens, and with the
            one that its prompt ended in.
    """

    __slots__ = ("marked",)
    marked: str

    @classmethod
    def of(cls, text: str, marked: str) -> Written:
        """The text, with its marked form beside it."""
        written = cls(text)
        written.marked = marked
        return written


def marked(text: str) -> str:
    """The text with all thinking marks that are known."""
    return text.marked if isinstance(text, Written) else str(text)


def after_thinking(text: str) -> str:
    """What was written outside of thinking.

    Blocks are taken away. A block that is closed without having been opened began before the text
    (a prompt may end in the opening tag). A block that is never closed leaves no answer.

    >>> after_thinking("<think>red? no</think>blue")
    'blue'
    >>> after_thinking("red? no</think>blue")
    'blue'
    >>> after_thinking("<think>red? no, blue")
    ''
    """
    text = _final_channel(marked(text))
    spans, thinks, found = _outside(text)
    if thinks:
        return ""
    return "".join(text[start:end] for start, end in spans).strip() if found else text


def cut_answer(text: str, stops: Sequence[str]) -> str:
    r"""The text up to the first stop text in its answer.

    A stop text within thinking, or in the blank between thinking and the answer, ends nothing: a
    blank line after a think block is no end of an answer that has not begun.

    >>> cut_answer("<think>\n\n</think>\n\nblue\n\nred", ["\n\n"])
    '<think>\n\n</think>\n\nblue'
    """
    place = stop_place(text, stops)
    return text if place is None else text[:place]


def stop_place(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop text stands in an answer; None where there is none."""
    for start, end in _answers(text):
        places = [at for stop in stops if (at := text.find(stop, start, end)) >= 0]
        if places:
            return min(places)
    return None


def _answers(text: str) -> Iterator[tuple[int, int]]:
    """Where a text is answer: outside of thinking, from its first sign on."""
    if "<|channel|>" in text:
        finals = [m.span(2) for m in _CHANNEL.finditer(text) if m.group(1) == "final"]
        yield from ((text.find(text[a:b].lstrip(), a), b) for a, b in finals[-1:])
        return
    spans, _, found = _outside(text)
    for start, end in spans:
        begin = end - len(text[start:end].lstrip())
        if not found:
            yield start, end
        elif begin < end:
            yield begin, end


def _outside(text: str) -> tuple[list[tuple[int, int]], bool, bool]:
    """The spans outside of thinking, whether the text ends within it, whether there is any."""
    spans: list[tuple[int, int]] = []
    inside: int | None = None
    place, found = 0, False
    for mark in _MARK.finditer(text):
        found, name = True, mark.group().casefold()
        if inside is None:
            if name in _OPENING:
                spans.append((place, mark.start()))
                inside = _OPENING[name]
            else:
                spans.clear()
            place = mark.end()
        elif _CLOSING.get(name) == inside:
            inside, place = None, mark.end()
    if inside is None:
        spans.append((place, len(text)))
    return spans, inside is not None, found


def answer_of(text: str) -> str:
    """The answer in what a model wrote: after thinking, and without tags around all of it.

    >>> answer_of("<think>six times seven</think><answer>42</answer>")
    '42'
    """
    answer = after_thinking(text).strip()
    for opening, closing in WRAPPERS:
        if answer[: len(opening)].casefold() != opening.casefold():
            continue
        inside = answer[len(opening) :]
        end = inside.casefold().find(closing.casefold())
        if end < 0 or not inside[end + len(closing) :].strip():
            return (inside if end < 0 else inside[:end]).strip()
    return answer


def without_marks(text: str) -> str:
    """A text without the marks themselves, as a tokenizer leaves them away that has them."""
    return _ALL_MARKS.sub("", text)


def opened_by(prompt: str) -> str:
    """The mark that a prompt ends in, where it opens thinking for the model; else ""."""
    return _last(prompt, (mark for mark, _ in BLOCKS))


def closed_by(prompt: str) -> str:
    """The mark that a prompt ends in, where it closes thinking before the answer; else ""."""
    return _last(prompt, (mark for _, mark in BLOCKS))


def _last(prompt: str, marks: Iterable[str]) -> str:
    end = prompt.rstrip()
    return next((mark for mark in marks if end.endswith(mark)), "")


def has_a_mark(text: str) -> bool:
    """Whether a text (an answer, a chat template) opens or closes thinking somewhere."""
    return _MARK.search(text) is not None or "<|channel|>" in text


def names_a_mark(rule: str) -> bool:
    """Whether a rule (a pattern, a scoring file) itself speaks of thinking marks."""
    folded = rule.replace("\\", "").casefold()
    marks = [mark for pair in BLOCKS for mark in pair]
    return any(mark.casefold() in folded for mark in (*marks, *HARMONY))


def _final_channel(text: str) -> str:
    """The text of the last channel "final", where a text is in channels."""
    if "<|channel|>" not in text:
        bare = _BARE_CHANNELS.fullmatch(text)
        return bare.group(1) if bare else text
    said = [message for name, message in _CHANNEL.findall(text) if name == "final"]
    return said[-1] if said else ""
