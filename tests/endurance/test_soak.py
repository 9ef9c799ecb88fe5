"""A short soak: real processes, killed at random moments, and nothing lost."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from benchmarks.faults.accounts import check
from benchmarks.soak import Rider, make, summarise, table

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are read in /proc"),
]


def test_a_campaign_killed_ten_times_loses_nothing_and_runs_nothing_twice(tmp_path: Path) -> None:
    folder = make(tmp_path / "c", trials=2)
    rider = Rider(folder, random.Random(1))

    ride = rider.run(kills=10, longest_wait=1.0)

    assert ride.account.broken == []
    assert sum(ride.injected.values()) >= 4
    assert ride.account.scored + ride.account.given_up == ride.account.trials
    assert summarise([ride], 1.0)["injected"] == summarise([ride], 1.0)["survived"]
    assert "BROKEN" not in table(summarise([ride], 1.0))
    _accounts_see_what_is_wrong(folder)


def _accounts_see_what_is_wrong(folder: Path) -> None:
    """The same campaign, damaged by hand: otherwise an empty list would prove nothing."""
    with (folder / "trials" / "t0001" / ".evidence").open("a") as evidence:
        evidence.write("begin 99999999999\nend 99999999999\n")
    (folder / "scores" / "t0000.validation.json").write_text('{"items": [')
    broken = "\n".join(check(folder).broken)
    assert "t0001: its train cell was started again after it had finished" in broken
    assert "t0000: its scores file is not the one that was recorded" in broken
    assert "scores/t0000.validation.json is half-written" in broken
