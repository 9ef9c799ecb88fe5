"""What the static check tells of a proposal's cells, edits included, before anyone accepts them.

Worked out when it is shown, so that it is always about the cells as they are now. Decides nothing.
"""

from __future__ import annotations

from ftassist.errors import CellError
from ftassist.journal.state import Trial
from ftassist.trial.cell_arguments import check_arguments
from ftassist.trial.cell_review import review
from ftassist.trial.job import PARAMETERS
from ftassist.trial.static_check import CellFinding, check_cells

_ORDER = ("error", "warning", "advice")


def cell_findings(trial: Trial) -> tuple[CellFinding, ...]:
    """The findings, errors first; a cell that is not valid Python is one."""
    if not trial.cells:
        return ()
    try:
        found = check_cells(trial.cells, PARAMETERS, [review, check_arguments]).findings
    except CellError as error:
        stage, _, line = error.where.partition(" cell, line ")
        number = int(line) if line.isdigit() else 1
        return (CellFinding(stage.removesuffix(" cell"), number, error.what, "error", error.fix),)
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))
