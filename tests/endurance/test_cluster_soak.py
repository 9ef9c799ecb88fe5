"""A short soak on Ray: hosts, a node and the runner killed, and nothing lost or scored twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks import cluster_soak
from benchmarks.faults.killing import left_over
from benchmarks.soak import ROOT

pytest.importorskip("ray", reason="Ray is not installed: pip install ftassist[ray]")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are read in /proc"),
]


def test_a_campaign_on_ray_killed_three_times_loses_nothing_and_scores_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "node"))
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'src'}")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setattr(cluster_soak, "KINDS", ("runner", "node", "host"))

    rides, watch, _ = cluster_soak.soak(tmp_path, kills=3, nodes=2, trials=1, seed=0)

    assert [text for ride in rides for text in ride.account.broken] == []
    assert sum(sum(ride.injected.values()) for ride in rides) >= 3
    assert watch.looks > 10
    assert watch.twice == set()
    assert left_over(tmp_path) == []
