"""The page of the settings: JupyterLab's, its keys, and environment variables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docsite.reference.markdown import head, plain, table
from docsite.reference.variables import VARIABLES

_SCHEMAS = Path(__file__).parents[2] / "labextension" / "schema"
_TEXT = """Settings of JupyterLab are changed in *Settings, Settings Editor*. A campaign's own
settings (task, model, budget, review, policy, agent) are arguments of [`ftassist
init`](commands.md#ftassist-init), and stand in its journal."""


def page() -> str:
    """The page docs/reference/settings.md."""
    schemas = [json.loads(path.read_text("utf-8")) for path in sorted(_SCHEMAS.glob("*.json"))]
    settings = [row for schema in schemas for row in _settings(schema)]
    keys = [row for schema in schemas for row in _keys(schema)]
    variables = [(f"`{name}`", plain(what)) for name, what in sorted(VARIABLES.items())]
    return "\n".join(
        [
            head(
                "Settings",
                "the extension's schemas and the variables that the code reads",
                _TEXT,
            ),
            "## In JupyterLab\n",
            table(["group", "setting", "default", "what it is"], settings),
            "## Keys in JupyterLab\n",
            table(["key", "command", "where"], keys),
            "## Environment variables\n",
            table(["variable", "what it does"], variables),
        ]
    )


def _settings(schema: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [
        (
            plain(schema["title"]),
            f"`{name}`",
            f"`{json.dumps(what.get('default'))}`",
            _meaning(what),
        )
        for name, what in schema.get("properties", {}).items()
    ]


def _meaning(what: dict[str, Any]) -> str:
    choices = [f"`{each['const']}` ({plain(each['title'])})" for each in what.get("oneOf", [])]
    return f"{plain(what['description'])}{' One of ' if choices else ''}{', '.join(choices)}"


def _keys(schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            " ".join(f"`{key}`" for key in each["keys"]),
            f"`{each['command']}`",
            f"`{each['selector']}`",
        )
        for each in schema.get("jupyter.lab.shortcuts", [])
    ]
