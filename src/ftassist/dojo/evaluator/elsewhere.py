"""What a trial's model answered on its node, as the head's evaluator scores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.protocol import RefusedError

if TYPE_CHECKING:
    from ftassist.dojo.evaluator.models import Base


@dataclass(frozen=True)
class Elsewhere:
    """What a model answered on a node.

    Attributes:
        told: About it, for the journal: the node, and a hash of the answers.
        asked: The questions, as `far.Questions` writes them.
        answered: What the node's evaluator sealed (see `answering.answered`).
    """

    told: Mapping[str, Any]
    asked: Mapping[str, Any]
    answered: Mapping[str, Any]

    def model(self, base: Base, folder: Path) -> tuple[Any, str]:
        """What stands in for the model, with the digest of what lies here.

        Raises:
            RefusedError: ENV: another model answered than the one that is here.
        """
        from ftassist.dojo.evaluator.far import Answered, Questions

        digest = model_digest(folder)
        if self.answered["model_digest"] != digest:
            raise RefusedError("another model answered than the one that came here", kind="ENV")
        seconds = float(self.answered["seconds"])
        asked = Questions.from_dict(self.asked)
        return Answered(base.chats, asked, self.answered["written"], seconds), digest
