import pytest

from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.contest.agents import KINDS, agent_of, policy_of, settings_of, strays
from ftassist.errors import UnknownNameError

CHAT = {"dialect": "chat", "base_url": "http://localhost:1/v1"}


def test_the_chain_is_one_chain_with_ten_repairs_and_keeps_no_insights() -> None:
    chain = agent_of("chain:some-model")
    assert (chain.kind.backend, chain.kind.policy) == ("anthropic", "sequential")
    assert settings_of(chain, "", {}) == {
        "model": "some-model", "repairs": 10, "ablations": False, "insights": False,
        "looks": 0,
    }  # fmt: skip


def test_a_model_in_the_agents_name_wins_over_the_contests() -> None:
    assert settings_of(agent_of("anthropic:one"), "other", {})["model"] == "one"
    assert settings_of(agent_of("anthropic"), "other", {})["model"] == "other"
    assert settings_of(agent_of("playbook"), "other", CHAT) == {}


def test_a_campaign_with_another_model_is_no_campaign_of_the_agent() -> None:
    roles = dict.fromkeys(("researcher", "executor", "cheap"), "one")
    assert strays(agent_of("anthropic:one"), "", {}, roles) == []
    (found,) = strays(agent_of("anthropic:one"), "", {}, {**roles, "cheap": "other"})
    assert "its agent's cheap is 'other'" in found
    assert len(strays(agent_of("chain:one"), "", {}, roles)) == 4


@pytest.mark.parametrize(("asked", "known"), [("tree", "greedy"), ("chain", "sequential")])
def test_policies_have_the_papers_names_too(asked: str, known: str) -> None:
    assert policy_of(asked) == known


def test_a_policy_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        policy_of("forest")


def test_only_agents_that_may_choose_have_their_policy_varied() -> None:
    names = [*KINDS.keys() - {"mcp"}, "mcp:python"]
    free = {name for name in names if "policy" in agent_of(name).free}
    assert free == {"playbook", "anthropic"}


def test_where_language_models_are_asked_is_the_contests_word() -> None:
    found = settings_of(agent_of("chain:local"), "", CHAT)
    assert found.items() >= {**CHAT, "model": "local", "repairs": 10}.items()
    (stray,) = strays(agent_of("anthropic:m"), "", {"dialect": "chat"}, {
        **dict.fromkeys(("researcher", "executor", "cheap"), "m"), "dialect": "messages",
    })  # fmt: skip
    assert "its agent's dialect is 'messages'" in stray


def test_the_plain_loop_is_the_same_backend_without_what_is_compared() -> None:
    plain = agent_of("react:local")
    assert (plain.kind.backend, plain.kind.policy) == ("anthropic", "sequential")
    found = settings_of(plain, "", CHAT)
    assert (found["design"], found["repairs"], found["insights"]) == ("react", 0, False)
    assert found["model"] == "local"
    assert AgentSettings.resolve(found).design == "react"


def test_the_chain_of_the_playbook_asks_no_language_model() -> None:
    agent = agent_of("chain:playbook")
    assert (agent.kind.backend, agent.kind.policy) == ("playbook", "sequential")
    assert not agent.kind.thinks and settings_of(agent, "m", CHAT) == {}


def test_a_command_is_read_as_a_shell_reads_it() -> None:
    assert agent_of("mcp:python 'my agent.py' --fast").command == (
        "python", "my agent.py", "--fast",
    )  # fmt: skip
