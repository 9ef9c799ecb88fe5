from __future__ import annotations

import pytest
from benchmarks.choosing import make_tree

from ftassist.search.policies import POLICIES, policy_by_name
from ftassist.search.policy import SearchTree


@pytest.fixture(scope="module", params=["tree", "chain"])
def large(request: pytest.FixtureRequest) -> SearchTree:
    return make_tree(10_000, request.param)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_tree_that_is_built_again_gets_the_same_choices_word_for_word(
    large: SearchTree, name: str
) -> None:
    again = SearchTree(tuple(large.nodes))
    assert policy_by_name(name, 7).choose(again, 4) == policy_by_name(name, 7).choose(large, 4)
