"""What a campaign may spend, and how much of it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ftassist.errors import BudgetError
from ftassist.journal.state import State

MAX_ROWS = 1_000_000


@dataclass(frozen=True)
class Budget:
    """Limits of a campaign.

    Attributes:
        trials: Accepted trials; the base and replicates are not counted.
        rows: Training rows of one trial, counted by the program.
        seconds: Wall-clock seconds of all trials together.
        usd: US dollars for calls of the agent's models; the playbook makes none.

    Raises:
        BudgetError: A limit is not positive.
    """

    trials: int = 8
    rows: int = 2000
    seconds: float = 1800.0
    usd: float = 5.0

    def __post_init__(self) -> None:
        for name in ("trials", "rows", "seconds", "usd"):
            value = getattr(self, name)
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

    def to_dict(self) -> dict[str, Any]:
        """The budget as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Budget:
        """Reads a budget from a task card or an event; missing limits get the defaults."""
        known = {k: values[k] for k in ("trials", "rows", "seconds", "usd") if k in values}
        return cls(**known)


def spent(state: State) -> str:
    """Which limit is reached, in words; "" while there is budget left."""
    budget = Budget.of(state.budget)
    if state.trials_used >= budget.trials:
        return f"all {budget.trials} trials are used"
    if state.seconds_used >= budget.seconds:
        return f"{budget.seconds:.0f} s of trials are used"
    return ""
