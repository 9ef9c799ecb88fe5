"""The agents of a contest by name: who thinks, and by which policy.

Knows names and what they need; makes no campaign and asks nobody.
"""

from __future__ import annotations

import importlib.util
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ftassist.agent.backends.anthropic.settings import ROLES, AgentSettings
from ftassist.agent.backends.names import OUTSIDE
from ftassist.agent.key import VARIABLE, has_key
from ftassist.errors import FtassistError, UnknownNameError
from ftassist.search.policies import policy_by_name

TREE = "greedy"
CHAIN = "sequential"
POLICY_NAMES = {"chain": CHAIN}
"""Names of the papers for policies that have another name here."""


@dataclass(frozen=True)
class AgentKind:
    """A kind of agent.

    Attributes:
        backend: Who thinks.
        policy: Which trial to grow next; "" where a contest may choose it.
        what: In a line.
        takes: What may follow the colon of its name: a language "model", a "command", or nothing.
        settings: Of its backend, where they are not the usual ones.
    """

    backend: str
    policy: str
    what: str
    takes: Literal["", "model", "command"] = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def thinks(self) -> bool:
        """Whether a language model does the thinking, which the campaign itself asks."""
        return self.takes == "model"


KINDS = {
    "base": AgentKind("untouched", TREE, "the untouched base model"),
    "plain": AgentKind("plain", TREE, "one training on everything, with the defaults"),
    "random": AgentKind(
        "playbook", "random", "the playbook's proposals, grown from trials by lot"
    ),
    "playbook": AgentKind("playbook", "", "written rules over measured evidence"),
    "anthropic": AgentKind("anthropic", "", "a language model over the Messages API", "model"),
    "chain": AgentKind(
        "anthropic",
        CHAIN,
        "a language model in FT-Agent's loop: one chain, no tree",
        "model",
        {"repairs": 10, "ablations": False, "insights": False, "looks": 0},
    ),
    "react": AgentKind(
        "anthropic",
        CHAIN,
        "a language model in a plain loop (ReAct): a sandbox, a clock, its own earlier trials",
        "model",
        {"design": "react", "repairs": 0, "ablations": False, "insights": False},
    ),
    "chain:playbook": AgentKind("playbook", CHAIN, "the playbook's rules in one chain, no tree"),
    "mcp": AgentKind(OUTSIDE, TREE, "any agent that speaks the Model Context Protocol", "command"),
}


@dataclass(frozen=True)
class Agent:
    """An agent as it is named in a contest, such as "anthropic:claude-sonnet-5-5".

    Attributes:
        name: As named.
        kind: What kind of agent it is.
        model: The language model it is to be; "" for the usual one, or for none.
        command: The words of the command that is started for it; none for most.
    """

    name: str
    kind: AgentKind
    model: str = ""
    command: tuple[str, ...] = ()

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
        FtassistError: What follows its colon is none of its: a model or a command is named for an
            agent that takes none, or lacks.
    """
    name = name.strip()
    if name in KINDS and KINDS[name].takes != "command":
        return Agent(name, KINDS[name])
    kind, colon, rest = name.partition(":")
    if kind not in KINDS:
        raise UnknownNameError.of("agent", kind, KINDS)
    rest, known = rest.strip(), KINDS[kind]
    if colon and not known.takes:
        raise FtassistError(
            f"{kind} asks no language model, so {rest!r} can be none of its", fix=f"write {kind}"
        )
    if not rest:
        raise _incomplete(name, kind, known)
    if known.takes == "command":
        return Agent(name, known, command=_words(rest, name))
    return Agent(name, known, model=rest)


def _incomplete(name: str, kind: str, known: AgentKind) -> FtassistError:
    if known.takes == "command":
        fix = f"write {kind}:COMMAND, such as {kind}:python my_agent.py"
        return FtassistError(f"{name!r} names no command", fix=fix)
    fix = f"write {kind}, or {kind}:MODEL with a model's name"
    return FtassistError(f"{name!r} names no model", fix=fix)


def _words(command: str, name: str) -> tuple[str, ...]:
    """A command's words, as a shell reads them; no shell ever does.

    Raises:
        FtassistError: A quotation is open.
    """
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise FtassistError(
            f"the command cannot be read: {str(error).lower()}",
            where=name,
            fix="close the quotation",
        ) from error


def policy_of(name: str) -> str:
    """A policy's name here, by the name it was asked for with.

    Raises:
        UnknownNameError: No such policy; names the nearest.
    """
    known = POLICY_NAMES.get(name, TREE if name == "tree" else name)
    policy_by_name(known)
    return known


def settings_of(agent: Agent, agent_model: str, server: Mapping[str, str]) -> dict[str, Any]:
    """Settings of the agent's backend, for a new campaign.

    Args:
        agent_model: The language model of one that names none.
        server: What the server of language models speaks (`dialect`) and where it is (`base_url`).
    """
    if not agent.kind.thinks:
        return dict(agent.kind.settings)
    model = agent.model or agent_model
    return {**agent.kind.settings, **server, **({"model": model} if model else {})}


def strays(
    agent: Agent, agent_model: str, server: Mapping[str, str], recorded: Mapping[str, Any]
) -> list[str]:
    """Settings that a campaign's agent should have had and had not, in words."""
    asked = settings_of(agent, agent_model, server)
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
    found = AgentSettings.resolve(settings_of(agent, agent_model, {}))
    return {role: found.model(role) for role in ROLES}


def refuse_unplayable(agent: Agent, server: Mapping[str, str]) -> None:
    """Refuses an agent that cannot play here.

    Raises:
        DataError: No server is named that speaks what is to be spoken.
        FtassistError: It needs a language model, and there is no key for one; or its command is
            not to be had.
    """
    if agent.kind.takes == "command":
        _refuse_command(agent)
    if not agent.kind.thinks:
        return
    spoken = AgentSettings.resolve(settings_of(agent, "", server)).dialect
    if spoken == "messages" and not has_key():
        raise FtassistError(
            f"{agent.name} is {agent.kind.what}, and there is no key for one here",
            where=VARIABLE,
            fix=f"set {VARIABLE} (and ANTHROPIC_BASE_URL for a server of your own), give "
            f"--dialect chat and --base-url for one that speaks chat completions, or leave "
            f"{agent.name} out of --agents",
        )


def _refuse_command(agent: Agent) -> None:
    if importlib.util.find_spec("mcp") is None:
        raise FtassistError(
            "the package mcp is not installed, by which agents outside take part",
            where=agent.name,
            fix="pip install 'ftassist[mcp]'",
        )
    if shutil.which(agent.command[0]) is None:
        raise FtassistError(
            f"there is no program {agent.command[0]!r} to start",
            where=agent.name,
            fix="give the program's whole path, or install it",
        )
