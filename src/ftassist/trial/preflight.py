"""The preflight ladder: named checks, cheapest first, stopping at the first that fails.

Before any kernel: the cells. After curate: the rows' schema, the row cap, leakage. After train:
that the data stayed as checked, and what `train.sft` audited itself. Every result goes to
`on_check`. Compares nothing with evaluation items: the evaluator does, and names our rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ftassist.errors import BudgetError, CellError, DataError, FtassistError
from ftassist.files import read_json, read_jsonl, write_json
from ftassist.recipes.chat import check_row, comparable_texts
from ftassist.recipes.curate.exporting import check_row_cap
from ftassist.recipes.curate.leakage import FindLeaks
from ftassist.recipes.excerpts import Excerpt, excerpt
from ftassist.records.check import Audit
from ftassist.trial.cell_arguments import check_arguments
from ftassist.trial.cell_review import review
from ftassist.trial.failures import Failure, FailureClass, StageFailedError
from ftassist.trial.job import TrialSpec
from ftassist.trial.row_summary import summarise
from ftassist.trial.stage_cache import outputs_digest
from ftassist.trial.static_check import Check as CellCheck
from ftassist.trial.static_check import StaticReport, check_cells

DATA = "data"
ROWS = "train.jsonl"
LEAKS = "leaks.json"
AUDIT = "audit.json"
_SHOWN = 5
PLACES = 20
"""Most leaking rows whose matching text is kept with the check."""


@dataclass(frozen=True)
class RowLeak:
    """A training row that repeats an evaluation item, whatever text of it was compared.

    Attributes:
        row: Its index.
        kind: The kind of match.
        span: The part of the row that matches, "" where the evaluator does not tell.
    """

    row: int
    kind: str
    place: Excerpt


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes:
        check: Its name, such as "row_cap".
        passed: Whether the trial may go on.
        message: One line.
        summary: The numbers behind it.
        failure: The class of a check that failed.
    """

    check: str
    passed: bool
    message: str
    summary: Mapping[str, Any] = field(default_factory=dict)
    failure: FailureClass | None = None

    def to_payload(self) -> dict[str, Any]:
        """The payload of a `preflight.passed` or `preflight.failed` event."""
        payload = {"check": self.check, "message": self.message, "summary": dict(self.summary)}
        return payload | ({"class": str(self.failure)} if self.failure else {})


class Preflight:
    """The checks of one trial.

    Args:
        folder: The trial's folder.
        find_leaks: Asks the evaluator which of our texts repeat evaluation items; None leaves
            the leakage check out.
        on_check: Told of every result.
        cell_checks: Further static checks of cells.
    """

    def __init__(
        self,
        folder: Path,
        spec: TrialSpec,
        *,
        find_leaks: FindLeaks | None,
        on_check: Callable[[CheckResult], None],
        cell_checks: Sequence[CellCheck] = (review, check_arguments),
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._find_leaks = find_leaks
        self._tell = on_check
        self._cell_checks = cell_checks
        self._data_digest = ""
        self._audited: set[str] = set()
        self.rows = 0

    def before(self) -> StaticReport:
        """Checks the cells.

        Raises:
            StageFailedError: A cell is empty, not valid Python, or refused by a check.
        """
        try:
            report = check_cells(self._spec.cells, self._spec.parameters(), self._cell_checks)
        except CellError as error:
            self._refuse("cells", FailureClass.CONFIG, error)
        errors = [finding for finding in report.findings if finding.severity == "error"]
        if errors:
            first = errors[0]
            where = f"{first.stage} cell, line {first.line}"
            refusal = CellError(first.message, where=where, fix=first.why)
            self._refuse("cells", FailureClass.CONFIG, refusal)
        advice = [str(finding) for finding in report.findings]
        warnings = sum(finding.severity == "warning" for finding in report.findings)
        remark = f"; {warnings} thing(s) to look at" if warnings else ""
        self._pass("cells", f"the cells are valid Python{remark}", {"advice": advice})
        return report

    def after_curate(self) -> None:
        """Checks the rows that curate exported.

        Raises:
            StageFailedError: There are none, one does not meet the schema (names it), there are
                too many, or some repeat evaluation items.
        """
        rows = self._check_schema()
        self.rows = len(rows)
        self._check_row_cap()
        if self._find_leaks is not None:
            self._check_leakage(rows, self._find_leaks)
        self._data_digest = outputs_digest(self._folder, DATA)

    def after_train(self) -> None:
        """Checks that the data is what was checked, and reports what training audited.

        Raises:
            StageFailedError: The data changed after its checks.
        """
        self.report_audit()
        if outputs_digest(self._folder, DATA) != self._data_digest:
            what = "the train cell changed the data after it was checked"
            fix = "change data in the curate cell only"
            self._refuse("data_unchanged", FailureClass.INVALID, DataError(what, fix=fix))
        self._pass("data_unchanged", "trained on the data that was checked", {})

    def report_audit(self) -> None:
        """Passes on the checks that `train.sft` wrote to audit.json, each once."""
        path = self._folder / AUDIT
        if not path.is_file():
            return
        for found in map(Audit.of, read_json(path).get("checks", [])):
            if (name := str(found.name)) in self._audited:
                continue
            self._audited.add(name)
            passed, message = bool(found.passed), str(found.message)
            failure = None if passed else FailureClass.CONFIG
            self._tell(CheckResult(name, passed, message, found.detail, failure))

    def _check_schema(self) -> list[dict[str, Any]]:
        path = self._folder / DATA / ROWS
        where = f"{DATA}/{ROWS}"
        rows: list[dict[str, Any]] = []
        try:
            if not path.is_file():
                fix = 'end the curate cell with curate.export(rows, "data")'
                raise DataError("the curate cell exported no rows", where=where, fix=fix)
            for number, row in enumerate(read_jsonl(path), start=1):
                check_row(row, f"{where} row {number}")
                rows.append(row)
            if not rows:
                fix = "loosen the filters of the curate cell"
                raise DataError("there are no rows to train on", where=where, fix=fix)
        except (DataError, UnicodeDecodeError) as error:
            self._refuse("schema", FailureClass.DATA, _as_error(error, where))
        summary = {"rows": len(rows), **summarise(rows, self._spec.seed)}
        self._pass("schema", f"{len(rows):,} rows meet the schema", summary)
        return rows

    def _check_row_cap(self) -> None:
        try:
            check_row_cap(self.rows, self._spec.row_cap)
        except BudgetError as error:
            self._refuse("row_cap", FailureClass.BUDGET, error)
        message = f"{self.rows:,} of at most {self._spec.row_cap:,} rows"
        self._pass("row_cap", message, {"rows": self.rows, "row_cap": self._spec.row_cap})

    def _check_leakage(self, rows: list[dict[str, Any]], find_leaks: FindLeaks) -> None:
        compared = [(n, text) for n, row in enumerate(rows) for text in _texts(row)]
        try:
            found = find_leaks([text for _, text in compared])
            named = [
                RowLeak(row, leak.kind, excerpt(text, leak.span))
                for leak in found
                for row, text in [compared[leak.row]]
            ]
            leaks = list({leak.row: leak for leak in reversed(named)}.values())[::-1]
        except (FtassistError, OSError) as error:
            failure = FailureClass(getattr(error, "kind", FailureClass.ENV))
            self._refuse("leakage", failure, _as_error(error, "evaluator"))
        (self._folder / LEAKS).unlink(missing_ok=True)
        if leaks:
            self._refuse_leaks(leaks, rows)
        self._pass("leakage", f"none of {len(rows):,} rows repeats an evaluation item", {})

    def _refuse_leaks(self, leaks: Sequence[RowLeak], rows: list[dict[str, Any]]) -> NoReturn:
        leaking = {leak.row for leak in leaks}
        sources: dict[str, int] = {}
        for row in leaking:
            name = str(rows[row].get("source"))
            sources[name] = sources.get(name, 0) + 1
        listed = [
            {**_listed(leak, rows), "messages": rows[leak.row]["messages"]} for leak in leaks
        ]
        write_json(
            self._folder / LEAKS, {"rows": len(rows), "leaking": len(leaking), "leaks": listed}
        )
        named = ", ".join(f"{count} of {name}" for name, count in sorted(sources.items()))
        first = ", ".join(str(row + 1) for row in sorted(leaking)[:_SHOWN])
        error = DataError(
            f"{len(leaking)} of {len(rows)} training rows repeat evaluation items"
            f" (rows {first}{', ...' if len(leaking) > _SHOWN else ''}); sources: {named[:300]}",
            where=f"{DATA}/{ROWS}; all are listed in {LEAKS}",
            fix="drop them with curate.decontaminate(rows) before export",
        )
        summary = {
            "rows": len(rows),
            "leaking": len(leaking),
            "sources": sources,
            "places": [_listed(leak, rows) for leak in leaks[:PLACES]],
        }
        self._refuse("leakage", FailureClass.INVALID, error, summary)

    def _pass(self, check: str, message: str, summary: Mapping[str, Any]) -> None:
        self._tell(CheckResult(check, True, message, summary))

    def _refuse(
        self,
        check: str,
        failure: FailureClass,
        error: FtassistError,
        summary: Mapping[str, Any] | None = None,
    ) -> NoReturn:
        message = str(error)
        self._tell(CheckResult(check, False, message, summary or {}, failure))
        outside = failure is FailureClass.KILLED
        raise StageFailedError(
            Failure(failure, check, message, outside=outside), fix=error.fix
        ) from error


def _texts(row: Mapping[str, Any]) -> list[str]:
    return comparable_texts(row["messages"])


def _listed(leak: RowLeak, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A leaking row by number and id, with the words of it that an item shares."""
    row = rows[leak.row]
    names = {key: str(row.get(key))[:200] for key in ("id", "source")}
    return {"row": leak.row + 1, **names, "kind": leak.kind, **leak.place}


def _as_error(error: Exception, where: str) -> FtassistError:
    return error if isinstance(error, FtassistError) else DataError(str(error), where=where)
