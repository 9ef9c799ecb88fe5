"""The answer in what a model wrote: the text after its thinking.

`BLOCKS` and `WRAPPERS` name the tags that models and their chat templates use; this is the one
place that knows them. An official rule reads what it reads; every metric of our own, every strict
reading and a task's own scoring file get the text after the thinking.
"""

from __future__ import annotations

import re

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
    kept: list[str] = []
    inside: int | None = None
    place, found = 0, False
    for mark in _MARK.finditer(text):
        found, name = True, mark.group().casefold()
        if inside is None:
            if name in _OPENING:
                kept.append(text[place : mark.start()])
                inside = _OPENING[name]
            else:
                kept.clear()
            place = mark.end()
        elif _CLOSING.get(name) == inside:
            inside, place = None, mark.end()
    if inside is not None:
        return ""
    return "".join([*kept, text[place:]]).strip() if found else text


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


def opened_by(prompt: str) -> str:
    """The mark that a prompt ends in, where it opens thinking for the model; else ""."""
    end = prompt.rstrip()
    return next((mark for mark, _ in BLOCKS if end.endswith(mark)), "")


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
