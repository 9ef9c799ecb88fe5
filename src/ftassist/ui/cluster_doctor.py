"""What each node of a Ray cluster has, what is wrong where, and what to do about it."""

from __future__ import annotations

from typing import Any

from ftassist.cluster import node_check, ray_line, workers
from ftassist.cluster.node_check import NodeReport
from ftassist.errors import FtassistError
from ftassist.ui.doctor import CheckState, HealthCheck


def examine(address: str) -> list[HealthCheck]:
    """Looks at this machine, which would be the head, and at every node.

    Args:
        address: "auto", "local" or host:port.

    Raises:
        FtassistError: There is no Ray, or no cluster.
    """
    head = node_check.report()
    connected = ray_line.connect(address)
    try:
        nodes = ray_line.nodes()
        told = workers.reports(nodes)
    finally:
        if connected:
            ray_line.disconnect()
    found = [_node(node, report, head) for node, report in zip(nodes, told, strict=True)]
    return [_head(head), *found, _fit(found)]


def _head(head: NodeReport) -> HealthCheck:
    state: CheckState = "ok" if head.isolation != "none" else "optional"
    versions = ", ".join(f"{name} {version}" for name, version in head.versions.items())
    return HealthCheck(f"head {head.host}", state, f"{head.found}; {versions}", head.fix)


def _node(
    node: dict[str, Any], report: NodeReport | FtassistError, head: NodeReport
) -> HealthCheck:
    name = f"node {node['host']} {node['id'][:8]}"
    if isinstance(report, FtassistError):
        fix = "look at the logs of Ray on that node; is ftassist installed in its Python?"
        return HealthCheck(name, "missing", report.what, fix)
    resources = node["resources"]
    what = (
        f"{report.found}; {resources.get('CPU', 0):g} CPUs, {resources.get('GPU', 0):g} GPUs"
        f" {' '.join(report.gpus)}".rstrip()
        + f"; {report.free / 2**30:.0f} GiB free at {report.store}"
    )
    if troubles := node_check.troubles(report, head):
        return HealthCheck(name, "missing", what, " | ".join(troubles))
    return HealthCheck(name, "ok", what)


def _fit(found: list[HealthCheck]) -> HealthCheck:
    fit = sum(check.state == "ok" for check in found)
    said = f"{fit} of {len(found)} nodes can run trials"
    if fit == len(found) and fit:
        return HealthCheck("cluster", "ok", said)
    return HealthCheck("cluster", "optional" if fit else "missing", said, "see what to do on each")
