"""The page of the events: what a journal may hold, and the hint that a server sends."""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
from pathlib import Path

import yaml

from docsite.reference.markdown import head, plain, table
from ftassist import server
from ftassist.journal import events

_TEXT = """A campaign is its journal: one row an event, never changed, each with a digest chained
to the row before it. An event has a sequence number, a time, an actor (`person:<name>`,
`agent:<backend>`, `runner`, `worker`, `evaluator`), a kind, mostly a trial, and a payload. Keys
named here are always there but for those with a question mark; others may be added, and a reader
ignores what it does not know. Where payloads are documents, their fields are in
[REST](rest.md#documents)."""


def page() -> str:
    """The page docs/reference/events.md."""
    rows = [(f"`{kind}`", _payload(said)) for kind, said in payloads().items()]
    journal = table(["kind", "payload"], rows)
    top = head("Events", "the code of the journal and the server's event schema", _TEXT)
    return f"{top}\n## In the journal\n\n{journal}\n{_hint()}"


def payloads() -> dict[str, str]:
    """What the code says of the payload of each kind."""
    source = inspect.getsource(events)
    comments = {
        token.start[0]: token.string.removeprefix("#").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    kinds = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == "Kind"
    )
    found: dict[str, str] = {}
    last = ""
    for node in kinds.body:
        if isinstance(node, ast.Assign):
            last = str(ast.literal_eval(node.value))
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            found[last] = " ".join(comments[line] for line in lines if line in comments)
        elif last and isinstance(node, ast.Expr):
            found[last] += f". {ast.literal_eval(node.value)}"
    return found


def _payload(said: str) -> str:
    """The keys of a payload, and what is said of them after a semicolon."""
    keys, _, note = said.partition(";")
    return f"{plain(keys)}; {plain(note)}" if note else plain(keys) or "nothing"


def _hint() -> str:
    path = Path(inspect.getfile(server)).parent / "events" / "campaign_changed.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [
        (f"`{name}`", str(what["type"]), plain(what["description"]))
        for name, what in schema["properties"].items()
    ]
    return (
        f"## On the server's event bus\n\n`{schema['$id']}`: {plain(schema['description'])}\n\n"
        + table(["field", "type", "what it is"], rows)
    )
