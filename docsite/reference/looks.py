"""The page of the looks: what an agent may look at before it proposes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docsite.reference.markdown import head, plain, table
from ftassist.agent.eyes.look import LookTool
from ftassist.agent.eyes.sight import kinds

_TEXT = """What an agent may look at before it proposes: ours by tools of its model, one outside by
the MCP tools `look` and `run_program` ([environment.md](../environment.md)). What they show is
bounded; of evaluation items it is those alone that the evaluator chose to show."""


def page() -> str:
    """The page docs/reference/looks.md."""
    return "\n".join(
        [head("Looks", "the tools that agents are offered", _TEXT), *map(_section, kinds())]
    )


def _section(tool: LookTool) -> str:
    needed = tool.schema["required"]
    rows = [
        (f"`{name}`", "needed" if name in needed else "", _meaning(what))
        for name, what in tool.schema["properties"].items()
    ]
    return f"## {tool.name}\n\n{plain(tool.description)}\n\n{table(['argument', '', ''], rows)}"


def _meaning(what: Mapping[str, Any]) -> str:
    bounds = [
        f"{words} {what[name]:,}"
        for name, words in (
            ("minimum", "from"),
            ("maximum", "to"),
            ("maxLength", "characters to"),
            ("maxItems", "entries to"),
        )
        if name in what
    ]
    kind = ", ".join([str(what["type"]), *bounds])
    return f"{kind}. {plain(what.get('description', ''))}".rstrip()
