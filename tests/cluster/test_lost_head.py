"""Ray's head is lost. In a file of its own: minutes later Ray ends the process that had joined it.

`make night` runs it in a process of its own.
"""

from __future__ import annotations

import pytest
from tests.cluster.conftest import waited
from tests.cluster.played import Played, in_training, started, step_until

from ftassist.cluster.request import ClusterRequest

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install ftassist[ray]")
pytestmark = [pytest.mark.slow, pytest.mark.night]


def test_a_campaign_whose_head_is_lost_goes_on_on_a_new_one(
    played: Played, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ray.shutdown()
    doomed = started(3)
    played.accept("t0001", seconds=2)
    played.request = ClusterRequest(doomed.address)
    first = played.workers()
    runner = played.runner(first)
    step_until(runner, lambda: in_training(played))
    doomed.head_node.kill_gcs_server(check_alive=False)
    waited(lambda: "does not answer" in first.trouble, 30)
    assert first.slots == 0
    step_until(runner, lambda: played.trial("t0001").status == "scored")
    step_until(runner, lambda: not first.running)
    first.release()
    doomed.shutdown()
    fresh = started(3)
    try:
        played.accept("t0002")
        played.request = ClusterRequest(fresh.address)
        second = played.workers()
        runner = played.runner(second)
        step_until(runner, lambda: played.trial("t0002").status == "scored")
        second.release()
    finally:
        ray.shutdown()
        fresh.shutdown()
    assert [played.scores(t) for t in ("t0001", "t0002")] == [1, 1]
