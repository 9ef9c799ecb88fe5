"""Which models think, where, and how long: the settings of an agent on the Messages API.

Read once, when a campaign is made, from options and the environment, and kept in its journal. The
key is none of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from ftassist.agent.backends.anthropic.prices import Price
from ftassist.errors import DataError

Role = Literal["researcher", "executor", "cheap"]
ROLES: tuple[Role, ...] = ("researcher", "executor", "cheap")
DEFAULTS: Mapping[str, str] = {
    "researcher": "claude-opus-5-5",
    "executor": "claude-sonnet-5-5",
    "cheap": "claude-haiku-5-5",
}
MODEL_VARIABLE = "FTASSIST_MODEL"
URL_VARIABLE = "ANTHROPIC_BASE_URL"
CHAT_URL_VARIABLE = "OPENAI_BASE_URL"
PRICE_VARIABLE = "FTASSIST_AGENT_PRICE"
LEAST_THINKING = 1024
MOST_LOOKS = 100
DIALECTS = ("messages", "chat")
DESIGNS = ("researcher", "react")
MOST_REPAIRS = 10


@dataclass(frozen=True)
class AgentSettings:
    """Settings of the agent.

    Attributes:
        researcher: The model that proposes.
        executor: The model that writes and repairs cells.
        cheap: The model for analyses, insights and rows.
        base_url: A server that speaks the Messages API; "" for the official one.
        thinking: "off", "adaptive", or a number of tokens to think with.
        strict: Whether the server is asked to hold answers to their schema itself.
        timeout: Seconds without a sign of life after which a call is given up.
        max_tokens: Most tokens of an answer, without thinking.
        looks: How often the Researcher may look at data and trials before a proposal; 0 for never.
        look_tokens: Tokens that this may take, about.
        look_outside: Whether its looks may ask arXiv and the Hub, with words that it writes.
        dialect: What the server speaks: "messages" (the Messages API) or "chat" (chat completions
            with tools, as vLLM, Ollama and llama.cpp serve them).
        price: What models cost that are in no table, in US dollars a million tokens: "0" for a
            server of one's own, or in and out as "0.5/1.5"; "" for unknown, which no call is made
            at.
        outage: Seconds for which a campaign that runs by itself waits for a service that is down.
        repairs: Trials that may mend one that failed.
        mends: How often cells that break in a dry run are mended within their proposal.
        ablations: Whether a change of several things that moved the score is taken apart.
        insights: Whether what was learned over all trials is written down.
        design: How it thinks: "researcher" (Researcher and Executor), or "react", a plain loop of
            one model to compare designs with.
        direct: Whether the program writes the cells of an idea that changes one argument; of
            campaigns that were made before it could, a model does.

    Raises:
        DataError: A value is not possible.
    """

    researcher: str = DEFAULTS["researcher"]
    executor: str = DEFAULTS["executor"]
    cheap: str = DEFAULTS["cheap"]
    base_url: str = ""
    thinking: str = "off"
    strict: bool = True
    timeout: float = 120.0
    max_tokens: int = 8000
    looks: int = 12
    look_tokens: int = 40_000
    look_outside: bool = False
    dialect: str = "messages"
    price: str = ""
    outage: float = 3600.0
    repairs: int = 3
    mends: int = 10
    ablations: bool = True
    insights: bool = True
    design: str = "researcher"
    direct: bool = False

    def __post_init__(self) -> None:
        for role in ROLES:
            if not str(self.model(role)).strip():
                raise _wrong("no model is named", role, "name a model")
        if self.base_url:
            parts = urlsplit(self.base_url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise _wrong(f"{self.base_url!r} is no server", "base_url", "give http(s)://host")
            if parts.username or parts.password or parts.query:
                raise _wrong(
                    "the server's address carries a login or a query",
                    "base_url",
                    "give the address alone; a key belongs into ANTHROPIC_API_KEY",
                )
        if self.thinking not in ("off", "adaptive"):
            enough = self.thinking.isdecimal() and int(self.thinking) >= LEAST_THINKING
            if not enough:
                fix = f"give off, adaptive, or {LEAST_THINKING} tokens or more"
                raise _wrong(f"thinking={self.thinking!r} is not possible", "thinking", fix)
        if not self.timeout > 0 or self.max_tokens < 256:
            raise _wrong("timeout or max_tokens is too small", "agent", "give more")
        if self.dialect not in DIALECTS:
            raise _wrong(f"dialect={self.dialect!r}", "dialect", f"give {' or '.join(DIALECTS)}")
        if self.design not in DESIGNS:
            raise _wrong(f"design={self.design!r}", "design", f"give {' or '.join(DESIGNS)}")
        if self.dialect == "chat" and not self.base_url:
            fix = "give base_url, such as http://localhost:8000/v1"
            raise _wrong("no server is named that speaks chat completions", "base_url", fix)
        if self.price:
            Price.read(self.price)
        if not self.outage >= 0:
            raise _wrong(f"outage={self.outage}", "outage", "give seconds, 0 or more")
        if not 0 <= self.looks <= MOST_LOOKS or self.look_tokens < 0:
            fix = f"give 0 to {MOST_LOOKS} looks, and 0 or more look_tokens"
            raise _wrong(f"looks={self.looks}, look_tokens={self.look_tokens}", "looks", fix)
        if not 0 <= self.repairs <= MOST_REPAIRS:
            fix = f"give 0 to {MOST_REPAIRS}"
            raise _wrong(f"{self.repairs} repairs are not possible", "repairs", fix)
        if not 0 <= self.mends <= MOST_REPAIRS:
            fix = f"give 0 to {MOST_REPAIRS}"
            raise _wrong(f"{self.mends} mends are not possible", "mends", fix)

    def model(self, role: str) -> str:
        """The model of a role."""
        return str(getattr(self, role))

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON, for the journal."""
        return asdict(self)

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> AgentSettings:
        """Reads what `to_dict` wrote; what is missing has its default."""
        known = {key: raw[key] for key in cls.__dataclass_fields__ if key in raw}
        return cls(**known)

    @classmethod
    def resolve(
        cls, options: Mapping[str, Any] | None = None, outer: Mapping[str, str] | None = None
    ) -> AgentSettings:
        """The settings for a new campaign: options first, then the environment, then defaults.

        `FTASSIST_MODEL` names the model of all roles; `FTASSIST_MODEL_CHEAP` and the like that
        of one; `FTASSIST_AGENT_PRICE` the price of models that are in no table.
        """
        outer = os.environ if outer is None else outer
        given = {k: v for k, v in (options or {}).items() if v not in (None, "")}
        everyone = given.pop("model", None) or outer.get(MODEL_VARIABLE, "")
        spoken = given.get("dialect", "messages")
        url = URL_VARIABLE if spoken == "messages" else CHAT_URL_VARIABLE
        values: dict[str, Any] = {"base_url": outer.get(url, ""), "direct": True}
        values["price"] = outer.get(PRICE_VARIABLE, "")
        for role in ROLES:
            values[role] = (
                outer.get(f"{MODEL_VARIABLE}_{role.upper()}") or everyone or DEFAULTS[role]
            )
        return cls.of({**values, **given})


def _wrong(what: str, where: str, fix: str) -> DataError:
    return DataError(what, where=f"agent.{where}", fix=fix)
