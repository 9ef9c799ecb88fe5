"""What is asked in the playground and of which models: plain data between two processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ftassist.errors import FtassistError

MOST_CHARACTERS = 20_000
"""Longest prompt, and longest system turn."""

MOST_TOKENS = 1024
"""Most tokens of one answer."""

MOST_SECONDS = 120.0
"""Longest time of one question, loading included."""

HOTTEST = 2.0
"""Highest temperature."""


@dataclass(frozen=True)
class Question:
    """A prompt and how it is to be answered.

    Attributes:
        prompt: The turn of the person.
        system: A system turn; "" for none of one's own.
        max_new_tokens: Most tokens of an answer; 0 for as many as the task allows.
        temperature: 0 for greedy, as trials are scored; else what logits are divided by.
        top_p: Share of probability that is sampled from.
        seed: Of sampling.

    Raises:
        FtassistError: A value is out of bounds.
    """

    prompt: str
    system: str = ""
    max_new_tokens: int = 0
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise FtassistError("there is nothing to ask", where="prompt", fix="write a prompt")
        for name, text in (("prompt", self.prompt), ("system", self.system)):
            if len(text) > MOST_CHARACTERS:
                raise FtassistError(
                    f"the {name} has {len(text):,} characters, at most {MOST_CHARACTERS:,} are "
                    "asked by hand",
                    where=name,
                    fix="shorten it",
                )
        _within("max_new_tokens", self.max_new_tokens, 0, MOST_TOKENS)
        _within("temperature", self.temperature, 0.0, HOTTEST)
        _within("seed", self.seed, 0, 2**63 - 1)
        if not 0 < self.top_p <= 1:
            raise _outside("top_p", self.top_p, "more than 0 and at most 1")

    @property
    def greedy(self) -> bool:
        """Whether the most likely token is taken at every step."""
        return self.temperature == 0

    def limited(self, usual: int) -> Question:
        """The question with a limit of new tokens, the task's where none was named."""
        return replace(self, max_new_tokens=min(self.max_new_tokens or usual, MOST_TOKENS))

    def to_dict(self) -> dict[str, Any]:
        """The question as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class AskedModel:
    """A model that is asked.

    Attributes:
        trial: Whose it is.
        folder: The trial's folder; "" for the base.
        model: The model's folder in it.
        digest: Of the model that was scored; "" where that is not known.
    """

    trial: str
    folder: str = ""
    model: str = "model"
    digest: str = ""


@dataclass(frozen=True)
class Job:
    """A question to some models of one campaign, asked one after the other.

    Attributes:
        base: The base model, as the campaign names it.
        day: The day that chat templates are told.
        system_turn: What the task says of a template's own system turn.
        task: The task's folder, whose definition names texts that end an answer.
        place: A folder for copies that trials cannot reach.
        question: What is asked.
        models: Who is asked.
    """

    base: str
    day: str
    system_turn: str
    task: str
    place: str
    question: Question
    models: tuple[AskedModel, ...]

    def to_dict(self) -> dict[str, Any]:
        """The job as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Job:
        """The job back from JSON."""
        return cls(
            **{
                **raw,
                "question": Question(**raw["question"]),
                "models": tuple(AskedModel(**one) for one in raw["models"]),
            }
        )


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise _outside(name, value, f"{low:g} to {high:g}")


def _outside(name: str, value: float, bounds: str) -> FtassistError:
    return FtassistError(f"{name} is {value:g}", where=name, fix=f"choose {bounds}")
