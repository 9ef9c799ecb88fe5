"""Running one rule, and checking what every rule has to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ftassist.agent.backends.playbook.rule import Edit, Rule
from ftassist.agent.plan import Plan, changed_parts
from ftassist.agent.situation import Situation

Try = Callable[..., list[Edit]]


@pytest.fixture
def try_rule() -> Try:
    """All changes a rule would make from a trial; each must change exactly one thing."""

    def run(rule: Rule, world: Any, parent: str = "t0001", parts: int = 1) -> list[Edit]:
        at = Situation.of(world.context(parent), parent)
        edits = [edit for f in rule.applies(at) if (edit := rule.change(at, f)) is not None]
        _check_single(world, parent, edits, parts)
        for finding in rule.applies(at):
            assert finding.evidence, f"{rule.name} gives no evidence"
            assert all(e.trial in at.context.trials for e in finding.evidence)
        return edits

    return run


def _check_single(world: Any, parent: str, edits: Sequence[Edit], parts: int) -> None:
    for edit in edits:
        before = world.state.trials[edit.parent or parent].cells
        changed = changed_parts(Plan.of(before), Plan.of(edit.cells))
        if before and not edit.again:
            assert len(changed) == parts, f"{edit.key} changes {changed}"
