"""What is to be made and scored, and what came of it: plain data between two processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast, get_args

from ftassist.errors import FtassistError

Form = Literal["adapter", "merged", "gguf", "ollama", "vllm"]
FORMS: tuple[Form, ...] = get_args(Form)
NUMBERS = ("bfloat16", "float32")
"""What merged weights may be written in."""

QUANTISATIONS = ("f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0")
"""What the weights of a GGUF file may be written in, from most bits to fewest."""


@dataclass(frozen=True)
class Request:
    """An artefact to be made of a scored model.

    Attributes:
        form: What it is to be.
        task: The task's folder or key.
        base: The base model, as the campaign names it.
        day: The day that chat templates are told, as 2026-11-28.
        folder: The trial's folder.
        model: The model's folder in it.
        digest: Of the model that was scored.
        evaluator: Digest of the evaluator that scored it.
        target: The folder to write, which is empty or missing.
        scores: The file that item scores are written to.
        numbers: What merged weights are written in.
        quantisation: What the weights of a GGUF file are written in.
        shown_seed: Of the draw of items that did not count in the trial's score.
    """

    form: Form
    task: str
    base: str
    day: str
    folder: str
    model: str
    digest: str
    evaluator: str
    target: str
    scores: str
    numbers: str = "bfloat16"
    quantisation: str = "q8_0"
    shown_seed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The request as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Request:
        """The request back from JSON."""
        return cls(**{**raw, "form": cast("Form", raw["form"])})


@dataclass(frozen=True)
class Made:
    """What came of a request.

    Attributes:
        feedback: The evaluator's word on the artefact, as `Feedback.to_dict` writes it.
        differences: In what the artefact is asked or ends otherwise than the trial, one sentence
            each; the first is the first that was met.
        prompts: How many prompts were compared token by token.
        runtime: What loaded it, with its version.
        note: What was not tried; "" where the runtime it is for was.
    """

    feedback: dict[str, Any]
    differences: tuple[str, ...]
    prompts: int
    runtime: str
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Made:
        """The answer back from JSON."""
        return cls(**{**raw, "differences": tuple(raw["differences"])})


def check(form: str, numbers: str, quantisation: str) -> None:
    """Checks what an artefact is to be.

    Raises:
        FtassistError: There is no such form, or none of such numbers or quantisation; or the form
            has no use for what was chosen.
    """
    _one_of("form", form, FORMS)
    _one_of("numbers", numbers, NUMBERS)
    _one_of("quantisation", quantisation, QUANTISATIONS)
    idle = (
        ("numbers", numbers, NUMBERS[0], ("merged", "vllm")),
        ("quantisation", quantisation, "q8_0", ("gguf", "ollama")),
    )
    for noun, value, usual, forms in idle:
        if value != usual and form not in forms:
            raise FtassistError(
                f"{noun} {value} says nothing of {form!r}",
                fix=f"leave it out, or export --as {' or '.join(forms)}",
            )


def _one_of(noun: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise FtassistError(
            f"{value!r} is no {noun} of an export", fix=f"choose one of {', '.join(known)}"
        )
