"""Clusters that cannot be reached, told in words."""

from __future__ import annotations

import socket
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from ftassist.cluster import ray_line
from ftassist.errors import FtassistError


def ray_that(does: Any) -> Any:
    """A stand-in for Ray of which only the connecting is asked."""
    return SimpleNamespace(is_initialized=lambda: False, init=does)


def test_an_address_where_nobody_answers_is_told_without_asking_ray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setattr(ray_line, "engine", lambda: ray_that(lambda **_: pytest.fail("asked Ray")))
    with pytest.raises(FtassistError, match=f"can be reached at '127.0.0.1:{port}'"):
        ray_line.connect(f"127.0.0.1:{port}")


@pytest.mark.parametrize("address", ["host:port", "127.0.0.1:99999999"])
def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(ray_line, "engine", lambda: ray_that(lambda **_: None))
    with pytest.raises(FtassistError, match="no Ray cluster can be reached"):
        ray_line.connect(address)


def test_a_start_that_takes_too_long_is_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(**_: Any) -> None:
        raise Exception("The current node timed out during startup. This could happen because")

    monkeypatch.setattr(ray_line, "engine", lambda: ray_that(late))
    with pytest.raises(FtassistError, match="timed out during startup") as caught:
        ray_line.connect("local")
    assert "--executor local" in caught.value.fix


def test_a_ray_that_was_started_here_is_no_orphan_of_the_runner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own: list[subprocess.Popen[bytes]] = []
    ray = ray_that(lambda **_: own.append(subprocess.Popen(["sleep", "300"])))
    ray.shutdown = lambda: own[0].kill()
    monkeypatch.setattr(ray_line, "engine", lambda: ray)
    assert ray_line.connect("local")
    try:
        assert ray_line.started() == [own[0].pid]
    finally:
        ray_line.disconnect()
        own[0].wait()
    assert ray_line.started() == []


def test_a_cluster_without_a_node_here_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as head:
        address = f"127.0.0.1:{head.getsockname()[1]}"
        here = SimpleNamespace(gcs_address=address, get_node_id=lambda: "n1")
        ray = SimpleNamespace(is_initialized=lambda: True, get_runtime_context=lambda: here)
        monkeypatch.setattr(ray_line, "engine", lambda: ray)
        monkeypatch.setattr(ray_line, "nodes", lambda: [{"id": "n1"}, {"id": "n2"}])
        assert ray_line.reached()
        monkeypatch.setattr(ray_line, "nodes", lambda: [{"id": "n2"}])
        assert not ray_line.reached()
