"""What a person wants exported, and what came of it, as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.dojo.artefacts.request import check
from ftassist.errors import FtassistError

if TYPE_CHECKING:
    from ftassist.campaign.export.difference import ExportDifference
    from ftassist.dojo.artefacts.request import Form, Made


@dataclass(frozen=True)
class ExportWish:
    """What a person wants exported, and how much it may lose.

    Attributes:
        form: What it is to be.
        numbers: What merged weights are written in.
        quantisation: What the weights of a GGUF file are written in.
        bound: The loss that is allowed, in the metric's unit; None for the usual one.
        force: The trial's id, named again, to keep an export that does not behave as scored.
    """

    form: Form
    numbers: str = "bfloat16"
    quantisation: str = "q8_0"
    bound: float | None = None
    force: str = ""

    def __post_init__(self) -> None:
        check(self.form, self.numbers, self.quantisation)
        if self.bound is not None and not self.bound >= 0:
            raise FtassistError(f"a bound of {self.bound:g} allows nothing", fix="give 0 or more")

    @property
    def name(self) -> str:
        """What tells this form from others of the same trial."""
        if self.form in ("gguf", "ollama"):
            return f"{self.form}-{self.quantisation}"
        if self.form in ("merged", "vllm") and self.numbers != "bfloat16":
            return f"{self.form}-{self.numbers}"
        return self.form


@dataclass(frozen=True)
class Export:
    """An export that is kept.

    Attributes:
        folder: Where it is.
        made: What was made, and how it asks.
        difference: How its score compares with the trial's.
        forced: Whether it is kept although it does not behave as scored.
    """

    folder: Path
    made: Made
    difference: ExportDifference
    forced: bool

    def sentences(self) -> list[str]:
        """What a person should know of it, a line each."""
        made = self.made
        asked = f"{made.prompts} prompts compared token by token, {len(made.differences)} differ"
        notes = [made.note] if made.note else []
        forced = [f"kept by force: {one}" for one in made.differences if self.forced]
        return [self.difference.sentence(), f"{made.runtime}; {asked}", *notes, *forced]

    def to_dict(self) -> dict[str, Any]:
        """The export as JSON."""
        return {
            "path": str(self.folder),
            "runtime": self.made.runtime,
            "note": self.made.note,
            "prompts": self.made.prompts,
            "differences": list(self.made.differences),
            "forced": self.forced,
            **self.difference.to_dict(),
        }
