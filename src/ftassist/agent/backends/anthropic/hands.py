"""What the Executor has while it writes: looks at data, and tries of the cells it has in mind.

A try is the dry run that the finished proposal takes, too: it costs seconds and no trial. What it
found of cells is not asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftassist.agent.cell_rules import check_cells_of
from ftassist.agent.dry_run import broke
from ftassist.agent.eyes.look import LONGEST_CELL, Eyes, Look, LookTool
from ftassist.agent.schema import misfit
from ftassist.agent.trial_view import Quoted
from ftassist.files import hash_text
from ftassist.records.tried import Tried

LOOKS = ("read_rows", "count_rows", "show_tokens", "run_program", "read_reference")
"""The looks that help to write cells; what to try was decided before."""
_CELL = {"type": "string", "maxLength": LONGEST_CELL}
TRY = LookTool(
    "try_cells",
    "Runs cells on some 50 rows and for two training steps, in the sandbox, and tells where they "
    "break. A cell that is left out is the one that stands. Costs seconds and no trial.",
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "curate": {**_CELL, "description": "The curate cell, whole."},
            "train": {**_CELL, "description": "The train cell, whole."},
        },
    },
)


class Tries:
    """Dry runs of cells, each made once."""

    def __init__(self, run: Callable[[Mapping[str, str]], Tried]) -> None:
        self._run = run
        self._found: dict[str, Tried] = {}

    def __call__(self, cells: Mapping[str, str]) -> Tried:
        """How cells go."""
        mark = hash_text(repr(sorted((stage, text.strip()) for stage, text in cells.items())))
        if mark not in self._found:
            self._found[mark] = self._run(cells)
        return self._found[mark]


@dataclass(frozen=True)
class Hands:
    """Looks and tries of one question for cells.

    Attributes:
        eyes: What can be looked at; None where nothing can.
        tries: Tries cells; None where that is not wanted.
        before: The cells as they stand, by stage.
    """

    eyes: Eyes | None
    tries: Tries | None
    before: Mapping[str, str] = field(default_factory=dict)

    @property
    def tools(self) -> Sequence[LookTool]:
        """What there is of both."""
        seen = [tool for tool in (self.eyes.tools if self.eyes else ()) if tool.name in LOOKS]
        return [*seen, *([TRY] if self.tries else [])]

    def look(self, name: str, arguments: Mapping[str, Any]) -> Look:
        """One look or one try; never raises for a wrong question."""
        if name == TRY.name and self.tries:
            return self._try(arguments, self.tries)
        if self.eyes is None or name not in LOOKS:
            return Look({"error": f"there is no {name}"}, f"{name} was asked wrongly", failed=True)
        return self.eyes.look(name, arguments)

    def _try(self, arguments: Mapping[str, Any], tries: Tries) -> Look:
        if wrong := misfit(dict(arguments), TRY.schema):
            return Look({"error": wrong.message[:300]}, "try_cells was asked wrongly", failed=True)
        given = {
            stage: str(text).strip() for stage, text in arguments.items() if str(text).strip()
        }
        if not given:
            error = {"error": "give the cell or cells that differ"}
            return Look(error, "try_cells was asked wrongly", failed=True)
        cells = {stage: text.strip() for stage, text in self.before.items()} | given
        if missing := [stage for stage in ("curate", "train") if not cells.get(stage)]:
            return _asked_wrongly(f"there is no {' and no '.join(missing)} cell yet: give both")
        if refused := check_cells_of(cells):
            return Look({"refused": refused}, "tried cells that break a rule", failed=True)
        found = tries(cells)
        tried = " and ".join(given)
        if not found.settled:
            return Look({"settled": False, "why": Quoted(found.message)}, f"tried {tried}")
        if found.passed:
            return Look({"passed": True, "seconds": found.seconds}, f"tried {tried}: passed")
        value = {
            "passed": False,
            "stage": found.stage,
            "failure": found.failure,
            "message": Quoted(found.message),
            "log": Quoted(found.log),
        }
        return Look(value, f"tried {tried}: {broke(found)[:200]}")


def _asked_wrongly(why: str) -> Look:
    return Look({"error": why}, f"{TRY.name} was asked wrongly", failed=True)
