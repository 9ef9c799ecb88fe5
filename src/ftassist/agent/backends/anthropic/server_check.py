"""Whether a server serves what an agent needs, in either dialect; a few small calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ftassist.agent.backends.anthropic.calls import Ask, Caller, Tool, parse_answer
from ftassist.agent.backends.anthropic.client import MessagesClient, ModelAnswer, Watch
from ftassist.agent.backends.anthropic.dialects import client_of
from ftassist.agent.backends.anthropic.look_loop import Looking
from ftassist.agent.backends.anthropic.prices import price_table
from ftassist.agent.backends.anthropic.settings import ROLES, AgentSettings
from ftassist.agent.backends.anthropic.silence import is_own
from ftassist.agent.backends.anthropic.stream import CallError
from ftassist.agent.backends.link import Link
from ftassist.agent.eyes.look import Look, LookTool
from ftassist.agent.key import CHAT_VARIABLE, find_key, read_key
from ftassist.agent.prompt import process_fence
from ftassist.errors import FtassistError

_TOOL = Tool(
    "tell_sum",
    "Tells a sum.",
    {
        "type": "object",
        "required": ["sum"],
        "additionalProperties": False,
        "properties": {"sum": {"type": "integer"}},
    },
)
_ASK = Ask("check", "cheap", "You add numbers.", "", "What is 2 + 3? Use the tool.", _TOOL)
_LOOK = Ask(
    "check looks",
    "cheap",
    "You add numbers.",
    "",
    "Two numbers, a and b, are hidden from you. Read both with `read_number`, several calls at "
    "once if you can, and then tell their sum with `tell_sum`.",
    _TOOL,
)
LONG_TOKENS = 25_000
"""About as long as a question for a proposal is."""
_HIDDEN = 7_319
_FILLER = "Nothing is to be read in this line.\n" * (LONG_TOKENS // 9)
_LONG = Ask(
    "check long prompts",
    "cheap",
    f"You tell numbers. The number is {_HIDDEN}.",
    "",
    f"{_FILLER}Which number was told before all these lines? Tell it with `tell_sum`.",
    _TOOL,
)


@dataclass(frozen=True)
class Served:
    """One thing an agent needs.

    Attributes:
        what: The thing.
        needed: Whether nothing works without it.
        served: Whether it is there.
        detail: What was seen, or what to do.
    """

    what: str
    needed: bool
    served: bool
    detail: str

    def to_dict(self) -> dict[str, object]:
        """The finding as JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def check_server(settings: AgentSettings, client: MessagesClient | None = None) -> list[Served]:
    """Tries what an agent needs: key, prices, counting, streaming, structured answers, usage.

    Costs three small calls for each model, where a server charges for it.
    """
    try:
        found = [_key(settings)]
    except FtassistError as error:
        return [Served("key", True, False, error.fix)]
    client = client or client_of(settings)
    for model in dict.fromkeys(settings.model(role) for role in ROLES):
        found += _check_model(settings, client, model)
    return found


def _key(settings: AgentSettings) -> Served:
    """Whether there is a key; a server of one's own that speaks chat completions may need none.

    Raises:
        FtassistError: There is none, and one is needed.
    """
    if settings.dialect == "chat" and not find_key(CHAT_VARIABLE):
        return Served("key", False, False, f"none in {CHAT_VARIABLE}; it may need none")
    if settings.dialect != "chat":
        read_key()
    return Served("key", True, True, "found; it is not shown")


def _check_model(settings: AgentSettings, client: MessagesClient, model: str) -> list[Served]:
    one = AgentSettings.of(
        {**settings.to_dict(), **dict.fromkeys(ROLES, model), "max_tokens": 512}
    )
    found = [_price(model, settings.price)]
    body = Caller(Link(), one, client).body(_ASK)
    try:
        counted = client.count(body, Watch())
        told = f"{counted} tokens" if counted is not None else "not served; estimated instead"
        found.append(Served(f"{model}: token counting", False, counted is not None, told))
        phases: list[str] = []
        watch = Watch(lambda phase, *_: phases.append(phase))
        answer = client.send(body, watch)
    except CallError as error:
        return [*found, Served(f"{model}: answers", True, False, error.what)]
    streamed = phases.count("writing") > 0
    found.append(
        Served(f"{model}: streaming", True, streamed, "events came" if streamed else "none came")
    )
    found.append(_structured(model, answer))
    used = answer.tokens.output > 0 and answer.tokens.prompt > 0
    told = f"{answer.tokens.prompt} in, {answer.tokens.output} out"
    found.append(Served(f"{model}: usage", True, used, told))
    found.append(_looks(one, client, model))
    if is_own(settings.base_url):
        found.append(_long(one, client, model))
    return found


def _long(settings: AgentSettings, client: MessagesClient, model: str) -> Served:
    """Whether a server of one's own reads a prompt as long as ours to its beginning.

    Where it does not it cuts it off without a word, as some do whose context is set too short.
    """
    what = f"{model}: long prompts ({LONG_TOKENS:,} tokens)"
    told: list[str] = []
    link = Link(say=lambda _, payload: told.append(str(payload.get("warning", ""))))
    try:
        found = Caller(link, settings, client).ask(_LONG, lambda document: int(document["sum"]))
    except FtassistError as error:
        return Served(what, False, False, error.fix or error.what)
    if cut := next(filter(None, told), ""):
        return Served(what, False, False, cut)
    if found != _HIDDEN:
        return Served(what, False, False, f"it answered {found} for a number at the beginning")
    return Served(what, False, True, "a number at the beginning was read")


class _Numbers:
    """Two hidden numbers, as looks."""

    tools: ClassVar[tuple[LookTool, ...]] = (
        LookTool(
            "read_number",
            "Tells a hidden number.",
            {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "description": "a or b."}},
            },
        ),
    )

    def look(self, name: str, arguments: Mapping[str, Any]) -> Look:
        """One of them."""
        found = {"a": 17, "b": 25}.get(str(arguments.get("name")))
        return Look({"number": found}, f"read {arguments.get('name')}", failed=found is None)


def _looks(settings: AgentSettings, client: MessagesClient, model: str) -> Served:
    """Whether a model looks before it answers: tools beside its own, over several turns."""
    what = f"{model}: looks (tools over several turns)"
    link = Link()
    looking = Looking(_Numbers(), process_fence(), link, "check", most=4, tokens=2_000)
    try:
        total = Caller(link, settings, client).ask(
            _LOOK, lambda document: int(document["sum"]), looking=looking
        )
    except FtassistError as error:
        return Served(what, False, False, f"{error.what}; `--looks 0` proposes without")
    if not client.takes_tools(model):
        told = "the model or server takes no tools: it is asked once, in text, without looks"
        return Served(what, False, False, told)
    if not looking.trail:
        return Served(what, False, False, "it answered without looking")
    right = "" if total == 42 else f", though 17 + 25 is not {total}"
    return Served(what, False, True, f"looked {looking.made} times, then answered{right}")


def _price(model: str, said: str) -> Served:
    try:
        table = price_table()
        price = table.price(model, said)
        told = f"${price.input:g} in, ${price.output:g} out a million ({table.as_of})"
        return Served(f"{model}: price", True, True, told)
    except FtassistError as error:
        return Served(f"{model}: price", True, False, error.fix)


def _structured(model: str, answer: ModelAnswer) -> Served:
    name = f"{model}: structured output"
    try:
        total = parse_answer(answer, _TOOL.schema)["sum"]
    except FtassistError as error:
        return Served(name, True, False, error.what)
    right = "" if total == 5 else f", though 2 + 3 is not {total}"
    return Served(name, True, True, f"fits the schema{right}")
