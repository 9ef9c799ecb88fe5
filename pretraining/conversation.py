"""Exchanges and how they become chat messages.

A skill says *what* is asked (an `Exchange`); this module decides *how* the answer is wanted:
bare, with its steps, or inside a wrapper named in the request. It knows no tokens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from pretraining.words import invented


@dataclass(frozen=True)
class Item:
    """One question: `steps` is the work that leads to `final`, empty when there is none."""

    question: str
    final: str
    steps: str = ""


@dataclass(frozen=True)
class Exchange:
    """Items about one shared context (a table, a list, a short story; may be empty)."""

    context: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Message:
    """One ChatML turn."""

    role: str
    content: str


@dataclass(frozen=True)
class Style:
    """How answers are written throughout a conversation, and the request that asks for it."""

    request: str
    shows_steps: bool
    joiner: str
    wrapper: str


Skill = Callable[[Random], Exchange]

_JOINERS = (". So {}", "\nAnswer: {}", ". The answer is {}.", " => {}", ". Result: {}", "\n{}")
_BARE = ("Only the answer.", "Just the result.", "No steps.", "Answer directly.", "Be brief.")
_STEPS = ("Show the steps.", "Step by step.", "Work it out first.", "Explain, then answer.")
_SYSTEM = ("You are a helpful assistant.", "Answer the questions.", "You are careful and exact.")


def _wrapper(rng: Random) -> str:
    word = rng.choice(("ans", "out", "result", "final", "value", invented(rng)))
    shapes = (
        "<{w}>{{}}</{w}>",
        "\\{w}{{{{{{}}}}}}",
        "[[{{}}]]",
        "{w}({{}})",
        "{w}: {{}}",
        "#{{}}#",
    )
    return rng.choice(shapes).format(w=word)


def choose_style(rng: Random) -> Style:
    """Return an answer style; one conversation keeps one style."""
    joiner = rng.choice(_JOINERS)
    kind = rng.random()
    if kind < 0.35:
        return Style("", True, joiner, "{}")
    if kind < 0.5:
        return Style(rng.choice(_STEPS), True, joiner, "{}")
    if kind < 0.7:
        return Style(rng.choice(_BARE), False, joiner, "{}")
    wrapper = _wrapper(rng)
    shown = wrapper.format("...")
    if kind < 0.88:
        asks = ("Think first, then write {}.", "Show the steps and end with {}.")
        return Style(
            rng.choice(asks).format(shown), True, rng.choice((". ", "\n", " ")) + "{}", wrapper
        )
    bare = ("Give the answer as {}.", "Write only {}.", "Answer in the form {}.")
    return Style(rng.choice(bare).format(shown), False, joiner, wrapper)


def answer(item: Item, style: Style) -> str:
    """Return the assistant's text for `item`."""
    final = style.wrapper.format(item.final)
    if style.shows_steps and item.steps:
        return item.steps + style.joiner.format(final)
    return final


def converse(rng: Random, exchange: Exchange) -> list[Message]:
    """Lay an exchange out as chat turns: the first user turn also carries the context."""
    style = choose_style(rng)
    system = rng.random() < 0.12
    request_in_system = bool(style.request) and rng.random() < 0.2
    messages: list[Message] = []
    if system or request_in_system:
        text = style.request if request_in_system else rng.choice(_SYSTEM)
        messages.append(Message("system", text))
    repeats = rng.random() < 0.4
    context_last = rng.random() < 0.15
    for index, item in enumerate(exchange.items):
        question = item.question
        if style.request and not request_in_system and (index == 0 or repeats):
            question = f"{question} {style.request}"
        if index == 0 and exchange.context:
            parts = [exchange.context, question]
            question = rng.choice(("\n", "\n\n")).join(reversed(parts) if context_last else parts)
        messages.append(Message("user", question))
        messages.append(Message("assistant", answer(item, style)))
    return messages
