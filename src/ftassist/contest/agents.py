"""The agents of a contest by name: who thinks, and by which policy.

Knows names and what they need; makes no campaign and asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ftassist.agent.backends.anthropic.settings import ROLES, AgentSettings
from ftassist.agent.key import VARIABLE, has_key
from ftassist.errors import FtassistError, UnknownNameError
from ftassist.search.policies import policy_by_name

TREE = "greedy"
CHAIN = "sequential"
POLICY_NAMES = {"chain": CHAIN}
"""Names of the papers for policies that have another name here."""


@dataclass(frozen=True)
class Kind:
    """A kind of agent.

    Attributes:
        backend: Who thinks.
        policy: Which trial to grow next; "" where a contest may choose it.
        searches: Whether it makes more than one proposal.
        thinks: Whether a language model does the thinking.
        what: In a line.
        settings: Of its backend, where they are not the usual ones.
    """

    backend: str
    policy: str
    searches: bool
    thinks: bool
    what: str
    settings: Mapping[str, Any] = field(default_factory=dict)


KINDS = {
    "base": Kind("untouched", TREE, False, False, "the untouched base model"),
    "plain": Kind("plain", TREE, False, False, "one training on everything, with the defaults"),
    "random": Kind(
        "playbook", "random", True, False, "the playbook's proposals, grown from trials by lot"
    ),
    "playbook": Kind("playbook", "", True, False, "written rules over measured evidence"),
    "anthropic": Kind("anthropic", "", True, True, "a language model over the Messages API"),
    "chain": Kind(
        "anthropic",
        CHAIN,
        True,
        True,
        "a language model in FT-Agent's loop: one chain, no tree",
        {"repairs": 10, "ablations": False, "insights": False, "looks": 0},
    ),
}


@dataclass(frozen=True)
class Agent:
    """An agent as it is named in a contest, such as "anthropic:claude-sonnet-5-5".

    Attributes:
        name: As named.
        kind: What kind of agent it is.
        model: The language model it is to be; "" for the usual one, or for none.
    """

    name: str
    kind: Kind
    model: str = ""

    @property
    def free(self) -> tuple[str, ...]:
        """What a contest may vary of it, besides the base model."""
        free = [] if self.kind.backend == "untouched" else ["rows"]
        if not self.kind.policy:
            free.append("policy")
        if self.kind.thinks and not self.model:
            free.append("agent_model")
        return tuple(free)


def agent_of(name: str) -> Agent:
    """The agent of a name.

    Raises:
        UnknownNameError: No such agent; names the nearest.
        FtassistError: A model is named for an agent that asks none.
    """
    kind, colon, model = name.strip().partition(":")
    if kind not in KINDS:
        raise UnknownNameError.of("agent", kind, KINDS)
    if colon and not KINDS[kind].thinks:
        raise FtassistError(
            f"{kind} asks no language model, so {model!r} can be none of its", fix=f"write {kind}"
        )
    if colon and not model.strip():
        raise FtassistError(
            f"{name!r} names no model", fix=f"write {kind}, or {kind}:MODEL with a model's name"
        )
    return Agent(name.strip(), KINDS[kind], model.strip())


def policy_of(name: str) -> str:
    """A policy's name here, by the name it was asked for with.

    Raises:
        UnknownNameError: No such policy; names the nearest.
    """
    known = POLICY_NAMES.get(name, TREE if name == "tree" else name)
    policy_by_name(known)
    return known


def settings_of(agent: Agent, agent_model: str) -> dict[str, Any]:
    """Settings of the agent's backend, for a new campaign."""
    model = agent.model or agent_model
    named = {"model": model} if agent.kind.thinks and model else {}
    return {**agent.kind.settings, **named}


def strays(agent: Agent, agent_model: str, recorded: Mapping[str, Any]) -> list[str]:
    """Settings that a campaign's agent should have had and had not, in words."""
    asked = settings_of(agent, agent_model)
    if model := asked.pop("model", None):
        asked |= dict.fromkeys(ROLES, model)
    return [
        f"its agent's {key} is {recorded.get(key)!r} where the contest asks for {wanted!r}"
        for key, wanted in asked.items()
        if recorded.get(key) != wanted
    ]


def models_of(agent: Agent, agent_model: str) -> dict[str, str]:
    """The language models an agent will ask, by role; empty for one that asks none."""
    if not agent.kind.thinks:
        return {}
    found = AgentSettings.resolve(settings_of(agent, agent_model))
    return {role: found.model(role) for role in ROLES}


def refuse_unplayable(agent: Agent) -> None:
    """Refuses an agent that cannot play here.

    Raises:
        FtassistError: It needs a language model, and there is no key for one.
    """
    if agent.kind.thinks and not has_key():
        raise FtassistError(
            f"{agent.name} is {agent.kind.what}, and there is no key for one here",
            where=VARIABLE,
            fix=f"set {VARIABLE} (and ANTHROPIC_BASE_URL for a server of your own), or leave "
            f"{agent.name} out of --agents",
        )
