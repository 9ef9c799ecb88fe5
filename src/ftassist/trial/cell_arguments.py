"""Whether a cell's calls of recipes fit what the recipes take: names, kinds and ranges.

The functions and their arguments are known, so a mistyped one is told when a cell is saved and
not by a trial that fails. Looks at literal arguments only: what a name or an expression holds is
not known before it runs. A cell that gives a recipe's name to something else is left alone. Runs
no cell.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from ftassist.errors import CellError
from ftassist.recipes.checking import check_ranges, misfit, nearest, takes
from ftassist.syntax import parsed
from ftassist.trial.static_check import CellFinding

_MODULES = ("ftassist.recipes.curate", "ftassist.recipes.train", "ftassist.dojo")
_UNKNOWN = object()
"""Stands for the value of a name or an expression."""


class Incomplete(CellFinding):
    """A call that lacks an argument: it may be saved as it is, and is not yet fit to run."""


def check_arguments(stage: str, tree: ast.Module) -> Iterator[CellFinding]:
    r"""What does not fit, as errors, in the order of the calls.

    Example:
        >>> source = "from ftassist.recipes import train\ntrain.sft(model, 'a', 'b', epoch=1)"
        >>> [str(f) for f in check_arguments("train", ast.parse(source))][0]
        "train line 2: train.sft takes no argument 'epoch' (did you mean 'epochs'?)"
    """
    names = _imported(tree)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        module, name = _meant(call.func, names)
        if module is None:
            continue
        said = f"{module.__name__.rpartition('.')[2]}.{name}".removeprefix("dojo.")
        function = getattr(module, name, None)
        if function is None:
            known = list(getattr(module, "__all__", ()))
            message = f"there is no function {said}"
            yield CellFinding(stage, call.lineno, message, "error", nearest(name, known))
        elif inspect.isfunction(function):
            yield from _call(stage, call, said, function)


def refuse_arguments(cells: Mapping[str, str], *, incomplete: bool = False) -> None:
    """Refuses cells whose calls of recipes do not fit.

    Args:
        cells: Valid Python by stage.
        incomplete: Whether a call that only lacks an argument may pass.

    Raises:
        CellError: Names each argument, its cell and line, and the nearest known name.
    """
    found = [
        finding
        for stage, source in cells.items()
        for finding in check_arguments(stage, parsed(source))
        if not (incomplete and isinstance(finding, Incomplete))
    ]
    if found:
        raise CellError(
            "; ".join(finding.message for finding in found),
            where=f"{found[0].stage} cell, line {found[0].line}",
            fix="; ".join(dict.fromkeys(finding.why for finding in found if finding.why)),
        )


def _imported(tree: ast.Module) -> dict[str, str]:
    """What each name of the cell was imported as; names that are bound otherwise are left out."""
    found: dict[str, str] = {}
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return {name: path for name, path in found.items() if name not in bound}


def _meant(function: ast.expr, names: Mapping[str, str]) -> tuple[ModuleType | None, str]:
    """The module of recipes and the name in it that a call means; None for any other call."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.insert(0, function.attr)
        function = function.value
    if not isinstance(function, ast.Name) or function.id not in names:
        return None, ""
    module, _, name = ".".join([names[function.id], *parts]).rpartition(".")
    return (import_module(module), name) if module in _MODULES else (None, "")


_Given = dict[str, tuple[ast.expr | ast.keyword, object]]
"""The arguments of a call by name: where each stands, and its value."""


def _call(
    stage: str, call: ast.Call, said: str, function: Callable[..., Any]
) -> Iterator[CellFinding]:
    """What does not fit in one call."""
    known = takes(function)
    given, wrong = _bound(call, known)
    missing = [n for n, p in known.items() if p.default is p.empty and n not in given]
    misfits = [
        (node, f"cannot take {name}={value!r}", expected)
        for name, (node, value) in given.items()
        if value is not _UNKNOWN and (expected := misfit(function, name, value))
    ]
    for node, message, fix in (*wrong, *misfits):
        yield CellFinding(stage, node.lineno, f"{said} {message}", "error", fix)
    if missing and not _is_open_ended(call):
        message, fix = f"{said} needs {' and '.join(missing)}", f"give {', '.join(missing)}"
        yield Incomplete(stage, call.lineno, message, "error", fix)
    if not misfits:
        told = {name: value for name, (_, value) in given.items() if value is not _UNKNOWN}
        yield from _out_of_range(stage, call, function, told)


def _bound(
    call: ast.Call, known: Mapping[str, inspect.Parameter]
) -> tuple[_Given, list[tuple[ast.expr | ast.keyword, str, str]]]:
    """The arguments by name, and what is wrong with those that cannot be placed."""
    given: _Given = {}
    wrong: list[tuple[ast.expr | ast.keyword, str, str]] = []
    places = [p.name for p in known.values() if p.kind is not p.KEYWORD_ONLY]
    if not _is_open_ended(call):
        for place, argument in zip(places, call.args, strict=False):
            given[place] = (argument, _literal(argument))
        if len(call.args) > len(places):
            many = f"takes {len(places)} arguments without a name, not {len(call.args)}"
            wrong.append((call.args[len(places)], many, "name the others"))
    for keyword in call.keywords:
        name = keyword.arg
        if name is None:
            continue
        if name not in known:
            near = nearest(name, [n for n in known if n not in given])
            wrong.append((keyword, f"takes no argument {name!r}", near))
        elif name in given:
            wrong.append((keyword, f"is given {name!r} twice", "give it once"))
        else:
            given[name] = (keyword, _literal(keyword.value))
    return given, wrong


def _is_open_ended(call: ast.Call) -> bool:
    """Whether it passes on a list or dict whose contents are not known."""
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return starred or any(keyword.arg is None for keyword in call.keywords)


def _out_of_range(
    stage: str, call: ast.Call, function: Callable[..., Any], known: Mapping[str, object]
) -> Iterator[CellFinding]:
    """Values that a training refuses when it starts."""
    try:
        check_ranges(function, known)
    except CellError as error:
        lines = {keyword.arg: keyword.lineno for keyword in call.keywords}
        line = lines.get(error.what.partition("=")[0], call.lineno)
        yield CellFinding(stage, line, error.what, "error", error.fix)


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _UNKNOWN
