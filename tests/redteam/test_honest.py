"""Nothing of what catches cheats may catch an honest trial."""

from __future__ import annotations

from typing import Any

from ftassist.trial import sandbox


def test_an_honest_trial_is_scored(arena: Any) -> None:
    trial = arena.plant()
    assert trial.status == "scored", trial.failure
    assert trial.refusals == ()
    assert trial.score == trial.feedback.score
    assert trial.isolation == sandbox.available_isolation()
