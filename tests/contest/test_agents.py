import pytest

from ftassist.contest.agents import KINDS, agent_of, policy_of, settings_of, strays
from ftassist.errors import UnknownNameError


def test_the_chain_is_one_chain_with_ten_repairs_and_keeps_no_insights() -> None:
    chain = agent_of("chain:some-model")
    assert (chain.kind.backend, chain.kind.policy) == ("anthropic", "sequential")
    assert settings_of(chain, "") == {
        "model": "some-model", "repairs": 10, "ablations": False, "insights": False,
        "looks": 0,
    }  # fmt: skip


def test_a_model_in_the_agents_name_wins_over_the_contests() -> None:
    assert settings_of(agent_of("anthropic:one"), "other")["model"] == "one"
    assert settings_of(agent_of("anthropic"), "other")["model"] == "other"
    assert settings_of(agent_of("playbook"), "other") == {}


def test_a_campaign_with_another_model_is_no_campaign_of_the_agent() -> None:
    roles = dict.fromkeys(("researcher", "executor", "cheap"), "one")
    assert strays(agent_of("anthropic:one"), "", roles) == []
    (found,) = strays(agent_of("anthropic:one"), "", {**roles, "cheap": "other"})
    assert "its agent's cheap is 'other'" in found
    assert len(strays(agent_of("chain:one"), "", roles)) == 4


@pytest.mark.parametrize(("asked", "known"), [("tree", "greedy"), ("chain", "sequential")])
def test_policies_have_the_papers_names_too(asked: str, known: str) -> None:
    assert policy_of(asked) == known


def test_a_policy_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        policy_of("forest")


def test_only_agents_that_may_choose_have_their_policy_varied() -> None:
    free = {name for name in KINDS if "policy" in agent_of(name).free}
    assert free == {"playbook", "anthropic"}
