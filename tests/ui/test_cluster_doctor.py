"""What is wrong on which node, over made-up nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ftassist.cluster import node_check, workers
from ftassist.cluster.line import LostError
from ftassist.cluster.node_check import NodeReport
from ftassist.ui import cluster_doctor

HEAD = NodeReport(
    host="head",
    isolation="bubblewrap",
    found="bubblewrap 0.8",
    fix="",
    versions={"python": "3.11", "torch": "2.13.0", "recipes": "abc"},
    store="/store",
    free=50 * 2**30,
    gpus=(),
)
NODES = {
    "fit": replace(HEAD, host="fit", gpus=("H200",)),
    "open": replace(HEAD, host="open", isolation="none", found="no bwrap", fix="install it"),
    "old": replace(HEAD, host="old", versions={**HEAD.versions, "torch": "2.10.0"}),
    "full": replace(HEAD, host="full", free=2**30),
}


class MadeUp:
    """Nodes by name; "gone" does not answer."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.left = False

    def connect(self, address: str) -> bool:
        assert address == "auto"
        return True

    def disconnect(self) -> None:
        self.left = True

    def nodes(self) -> list[dict[str, Any]]:
        resources = {"CPU": 8.0, "GPU": 1.0}
        return [{"id": name, "host": name, "resources": resources} for name in self.names]

    def look_at(self, node: str) -> dict[str, Any]:
        if node == "gone":
            raise LostError("it does not answer")
        return NODES[node].to_dict()


@pytest.fixture
def found(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    made = MadeUp(*request.param)
    monkeypatch.setattr(cluster_doctor, "ray_line", made)
    monkeypatch.setattr(workers, "ray_line", made)
    monkeypatch.setattr(node_check, "report", lambda: HEAD)
    checks = cluster_doctor.examine("auto")
    assert made.left
    return {check.name.split()[1 if " " in check.name else 0]: check for check in checks}


@pytest.mark.parametrize("found", [("fit", "open", "old", "full", "gone")], indirect=True)
def test_each_node_says_what_is_wrong_there_and_what_to_do(found: dict[str, Any]) -> None:
    assert found["fit"].state == "ok" and "8 CPUs, 1 GPUs H200" in found["fit"].found
    assert "no isolation: no bwrap; install it" in found["open"].fix
    assert "torch is 2.10.0, the head has 2.13.0" in found["old"].fix
    assert "1.0 GiB are free" in found["full"].fix
    assert "does not answer" in found["gone"].found
    assert [found[name].state for name in ("open", "old", "full", "gone")] == ["missing"] * 4
    assert found["cluster"].state == "optional"
    assert found["cluster"].found == "1 of 5 nodes can run trials"


@pytest.mark.parametrize("found", [("fit",)], indirect=True)
def test_a_cluster_that_is_all_right_says_so(found: dict[str, Any]) -> None:
    assert found["cluster"].state == "ok"


@pytest.mark.parametrize("found", [()], indirect=True)
def test_a_cluster_without_nodes_can_run_nothing(found: dict[str, Any]) -> None:
    assert found["cluster"].state == "missing"
