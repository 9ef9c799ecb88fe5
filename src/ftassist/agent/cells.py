"""The three cells of a trial as data, and back.

A stage's cell is a flat list of calls with literal keyword arguments. `parse` reads such a cell
into `Call`s, `render` writes `Call`s as a cell; `render(parse(source)) == source` for rendered
cells. A cell that does anything else (a person's own code) parses to None: it is kept as it is
and not rewritten. Runs nothing.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ftassist.syntax import parsed

IMPORTS = {
    "curate": "from ftassist.recipes import curate",
    "train": "from ftassist.recipes import train",
    "evaluate": "from ftassist.dojo import evaluate",
}
_LINE = 88


@dataclass(frozen=True)
class Name:
    """A variable of the notebook's parameters cell, such as `seed`."""

    id: str


@dataclass(frozen=True)
class Call:
    """One call of a recipe.

    Attributes:
        function: Dotted name, such as "curate.sample" or "evaluate".
        positional: Literals or Names, without the rows that are passed along.
        keywords: Literals or Names by argument name.
        target: The variable the result is bound to; "" for none.
        source: The variable the call takes first; "" for none.
    """

    function: str
    positional: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""
    source: str = ""

    def with_keywords(self, **changes: Any) -> Call:
        """The call with keyword arguments set; None removes one."""
        merged = {**self.keywords, **changes}
        return replace(self, keywords={k: v for k, v in merged.items() if v is not None})


def render(stage: str, calls: Sequence[Call]) -> str:
    """The source of a stage's cell."""
    lines = [IMPORTS[stage], ""]
    lines += [_render_call(call) for call in calls]
    return "\n".join(lines)


def parse(stage: str, source: str) -> list[Call] | None:
    """The calls of a cell, or None when it holds anything but such calls."""
    try:
        body = parsed(source).body
    except SyntaxError:
        return None
    calls: list[Call] = []
    for statement in body:
        if isinstance(statement, ast.ImportFrom):
            if ast.unparse(statement) != IMPORTS[stage]:
                return None
            continue
        call = _parse_statement(statement)
        if call is None:
            return None
        calls.append(call)
    return calls


def _parse_statement(statement: ast.stmt) -> Call | None:
    target = ""
    if isinstance(statement, ast.Assign):
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            return None
        target = statement.targets[0].id
        value = statement.value
    elif isinstance(statement, ast.Expr):
        value = statement.value
    else:
        return None
    if not isinstance(value, ast.Call) or not _dotted(value.func):
        return None
    try:
        positional = [_value(argument) for argument in value.args]
        keywords = {k.arg: _value(k.value) for k in value.keywords if k.arg is not None}
    except ValueError:
        return None
    if len(keywords) != len(value.keywords):
        return None
    source = ""
    if positional and positional[0] == Name("rows"):
        source, positional = "rows", positional[1:]
    return Call(ast.unparse(value.func), tuple(positional), keywords, target, source)


def _dotted(node: ast.expr) -> bool:
    """Whether it is a name, or names joined by dots."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _value(node: ast.expr) -> Any:
    """A literal or a Name; ValueError for anything else."""
    if isinstance(node, ast.Name):
        return Name(node.id)
    return ast.literal_eval(node)


def _render_call(call: Call) -> str:
    arguments = [call.source] if call.source else []
    arguments += [_literal(value) for value in call.positional]
    arguments += [f"{key}={_literal(value)}" for key, value in call.keywords.items()]
    head = f"{call.target} = {call.function}(" if call.target else f"{call.function}("
    line = f"{head}{', '.join(arguments)})"
    if len(line) <= _LINE:
        return line
    return head + "\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def _literal(value: Any) -> str:
    if isinstance(value, Name):
        return value.id
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)
