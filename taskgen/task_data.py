"""What a task generator returns: the evaluation pairs and the raw training sets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from taskgen.rawset import Pair, RawSet, evaluation_rows, write_rows


@dataclass(frozen=True)
class TaskData:
    """All generated data of one task."""

    key: str
    validation: tuple[Pair, ...]
    test: tuple[Pair, ...]
    sets: tuple[RawSet, ...]

    def write(self, catalog: Path) -> None:
        """Writes evaluation/ and repository/ of the task below `catalog`."""
        folder = catalog / self.key
        for split, pairs in (("validation", self.validation), ("test", self.test)):
            write_rows(folder / "evaluation" / f"{split}.jsonl", evaluation_rows(pairs, split))
        for raw in self.sets:
            raw.write(folder / "repository")
