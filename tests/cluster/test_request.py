"""What a trial asks of a cluster, and how many fit."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.cluster.request import SMALL_MODEL, ClusterRequest, room, scores_on_node
from ftassist.errors import DataError


def node(**resources: float) -> dict[str, Any]:
    return {"id": "n", "host": "h", "resources": resources}


def test_a_trial_takes_one_gpu_where_nodes_have_any() -> None:
    nodes = [node(CPU=8, GPU=2), node(CPU=8, GPU=1)]
    asked = ClusterRequest().of(nodes)
    assert asked == {"num_cpus": 1.0, "num_gpus": 1.0}
    assert [room(one, asked) for one in nodes] == [2, 1]


def test_a_trial_of_several_devices_takes_so_many_of_one_node() -> None:
    nodes = [node(CPU=8, GPU=4), node(CPU=8, GPU=1)]
    asked = ClusterRequest().of(nodes, 4)
    assert asked["num_gpus"] == 4
    assert [room(one, asked) for one in nodes] == [1, 0]
    assert ClusterRequest().of([node(CPU=8)], 4)["num_gpus"] == 0
    assert ClusterRequest(gpus=2).of(nodes)["num_gpus"] == 2


def test_without_gpus_a_trial_takes_a_whole_node_as_on_one_machine() -> None:
    nodes = [node(CPU=4), node(CPU=8)]
    asked = ClusterRequest().of(nodes)
    assert asked["num_cpus"] == 4
    assert [room(one, asked) for one in nodes] == [1, 2]


def test_memory_and_resources_of_ones_own_are_asked_for_in_rays_words() -> None:
    asked = ClusterRequest(gpus=0, cpus=1, memory_mb=2, resources={"spot": 1}).of([node(CPU=4)])
    assert asked["memory"] == 2 * 2**20
    assert asked["resources"] == {"spot": 1}
    assert room(node(CPU=4, memory=2**30), asked) == 0
    assert room(node(CPU=4, memory=2**30, spot=3), asked) == 3


def test_an_amount_that_is_none_is_refused_with_what_to_do() -> None:
    with pytest.raises(DataError, match="-1"):
        ClusterRequest.from_dict({"gpus": -1})


def test_what_a_newer_version_asks_for_besides_is_left_out() -> None:
    assert ClusterRequest.from_dict({"address": "a:1", "colour": "red"}) == ClusterRequest("a:1")


def test_models_answer_on_their_node_where_that_is_wished_or_their_base_is_large() -> None:
    assert not scores_on_node("auto", SMALL_MODEL - 1)
    assert scores_on_node("auto", SMALL_MODEL)
    assert scores_on_node("node", 0)
    assert not scores_on_node("head", SMALL_MODEL)
    with pytest.raises(DataError, match="'moon'"):
        ClusterRequest.from_dict({"evaluate": "moon"})
