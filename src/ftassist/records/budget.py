"""The limits of a campaign."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

from annotated_types import Gt, Le
from typing_extensions import TypedDict

from ftassist.errors import BudgetError
from ftassist.records.kinds import document
from ftassist.records.record import Record

MAX_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Budget(Record):
    """Limits of a campaign.

    Raises:
        BudgetError: A limit is not positive.
    """

    trials: Annotated[int, Gt(0)] = 8
    """Accepted trials; the base and replicates are not counted."""
    rows: Annotated[int, Gt(0), Le(MAX_ROWS)] = 2000
    """Training rows of one trial, counted by the program."""
    seconds: Annotated[float, Gt(0)] = 1800.0
    """Wall-clock seconds of all trials together."""
    usd: Annotated[float, Gt(0)] = 5.0
    """US dollars for calls of the agent's models; the playbook makes none."""
    device_hours: Annotated[float, Gt(0)] | None = None
    """Hours of all trials together, times the devices each holds; None for no such cap."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            name, value = limit.name, getattr(self, limit.name)
            if value is None and limit.default is None:
                continue
            if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
                raise BudgetError(
                    f"a budget of {value!r} {name} leaves nothing to do",
                    where=f"budget.{name}",
                    fix=f"give a number of {name} above zero",
                )
        if self.rows > MAX_ROWS:
            raise BudgetError(
                f"{self.rows} rows a trial is more than {MAX_ROWS}",
                where="budget.rows",
                fix="give a smaller number",
            )


@document
class Limits(TypedDict, total=False):
    """Limits of a budget that change; the others stay."""

    trials: int
    rows: int
    seconds: float
    usd: float
    device_hours: float | None
