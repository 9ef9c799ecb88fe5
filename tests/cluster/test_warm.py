"""Hosts that wait for the next trial: who gets which, and when they are let go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ftassist.cluster.host import NodeTrials
from ftassist.cluster.node import Order
from ftassist.cluster.warm import KeptHost, WarmHosts
from ftassist.errors import StaleDecisionError

ONE = {"num_cpus": 1.0, "num_gpus": 1.0}


@pytest.fixture
def ended() -> list[str]:
    return []


@pytest.fixture
def warm(ended: list[str]) -> WarmHosts:
    return WarmHosts(ended.extend)


def test_a_host_is_taken_once_and_only_where_the_trial_may_run(
    warm: WarmHosts, ended: list[str]
) -> None:
    warm.keep(KeptHost("a", "n1", ONE))
    warm.keep(KeptHost("b", "n2", ONE))
    found = warm.take(["n1"], dict(ONE))
    assert found is not None
    assert found.host == "a"
    assert ended == []
    assert warm.take(["n1"], ONE) is None
    assert ended == ["b"], "what it holds may be what is waited for"


def test_a_trial_of_another_size_gets_none_and_the_devices_are_let_go(
    warm: WarmHosts, ended: list[str]
) -> None:
    warm.keep(KeptHost("a", "n1", ONE))
    assert warm.take(["n1"], ONE | {"num_gpus": 2.0}) is None
    assert ended == ["a"]


def test_those_that_nobody_came_for_are_let_go(ended: list[str]) -> None:
    warm = WarmHosts(ended.extend, seconds=5.0)
    warm.keep(KeptHost("old", "n1", ONE, since=0.0))
    warm.keep(KeptHost("new", "n1", ONE))
    warm.drop_old()
    assert ended == ["old"]


def test_none_is_kept_once_the_campaign_ends(warm: WarmHosts, ended: list[str]) -> None:
    warm.keep(KeptHost("a", "n1", ONE))
    warm.close()
    warm.keep(KeptHost("late", "n1", ONE))
    assert ended == ["a", "late"]


def test_a_host_hears_nothing_for_a_trial_that_it_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path))
    first, second = Order("t0001"), Order("t0002")

    async def walk() -> None:
        host = NodeTrials(first)
        with pytest.raises(StaleDecisionError, match="still runs t0001"):
            await host.take(second)
        await host.leave(first.key)
        assert not list(tmp_path.glob("cluster/attempts/*")), "nothing of it is left"
        await host.take(second)
        with pytest.raises(StaleDecisionError, match="gone on to t0002"):
            await host.call(first.key, "answer", 1, "of another trial")
        assert (await host.call(second.key, "listen", 0, 0, 0, 0.0))["code"] is None
        await host.call(second.key, "close")

    asyncio.run(walk())
