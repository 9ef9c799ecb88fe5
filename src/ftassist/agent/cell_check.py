"""Whether a cell that a model wrote can run at all, told before a trial is spent on it.

Names resolve, imports are there, what an operator gives is used as what it is, and the steps that
every cell must have are there. It reads the code and runs nothing; what it cannot tell it lets
pass. Whether arguments fit, `trial.cell_arguments` says; what is against the rules, `cell_rules`.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from ftassist.agent.cell_rules import ALLOWED, PARAMETERS
from ftassist.recipes.checking import nearest
from ftassist.trial.static_check import names_of, parse_cell

_KNOWN = frozenset(dir(builtins)) | PARAMETERS | {"__name__", "__file__", "__doc__"}
_RECIPES = "ftassist.recipes"
_LISTS = {
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Dict: "a dict",
    ast.DictComp: "a dict",
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.GeneratorExp: "a generator",
    ast.Tuple: "a tuple",
}
_ROWS = "Rows"


def check_runs(stage: str, source: str) -> list[str]:
    """Why a cell cannot run or is incomplete, in words with the line.

    Raises:
        CellError: It is empty or not valid Python.
    """
    tree = parse_cell(stage, source)
    found = [
        *_names(tree),
        *_imports(tree),
        *_kinds(tree),
        *(_curate_steps(tree) if stage == "curate" else _train_steps(tree)),
    ]
    return [f"{stage} line {line}: {what}" for line, what in sorted(found)]


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = names_of(tree)
    if names.star:
        return
    for name, line in names.reads.items():
        if name in _KNOWN:
            continue
        if name in ("curate", "train"):
            yield line, f"{name!r} is not imported: `from {_RECIPES} import {name}`"
            continue
        near = get_close_matches(name, [*names.binds, *_KNOWN], n=1, cutoff=0.7)
        hint = f"did you mean {near[0]!r}?" if near else "cells share files only, no variables"
        yield line, f"{name!r} is not defined in this cell ({hint})"


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
            yield from _imported_names(node)
        else:
            continue
        for module in modules:
            top = module.partition(".")[0]
            if top in ALLOWED and find_spec(top) is None:
                yield node.lineno, f"{top} is not installed here: do without it"


def _imported_names(node: ast.ImportFrom) -> Iterator[tuple[int, str]]:
    """Names that are imported from our modules and are not there."""
    module = str(node.module)
    if not module.startswith("ftassist."):
        return
    try:
        found = import_module(module)
    except ImportError:
        yield node.lineno, f"there is no module {module}: `from {_RECIPES} import curate`"
        return
    for alias in node.names:
        if alias.name != "*" and not _has(found, alias.name):
            known = list(getattr(found, "__all__", ())) or ["curate", "train"]
            yield node.lineno, f"{module} has no {alias.name!r} ({nearest(alias.name, known)})"


def _has(module: ModuleType, name: str) -> bool:
    """Whether a module has a name; a package also has modules that nobody imported yet."""
    if hasattr(module, name):
        return True
    return hasattr(module, "__path__") and find_spec(f"{module.__name__}.{name}") is not None


def _kinds(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Uses of `Rows` as a list, and of lists as `Rows`, as far as the cell's own lines tell."""
    kinds: dict[str, str] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
            yield from _misused(statement, kinds)
            _assign(statement, kinds)
        else:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                    kinds.pop(node.id, None)


def _assign(statement: ast.stmt, kinds: dict[str, str]) -> None:
    """Takes note of what a name holds after a statement."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            kinds.pop(node.id, None)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
        kind = _kind(value)
        if isinstance(target, ast.Name) and kind:
            kinds[target.id] = kind


def _kind(value: ast.expr) -> str:
    for kind, words in _LISTS.items():
        if isinstance(value, kind):
            return words
    if isinstance(value, ast.Call):
        if isinstance(value.func, ast.Name) and value.func.id == "list":
            return "a list"
        operator = _operator(value)
        return _ROWS if operator and _operators().get(operator, {}).get("gives") else ""
    return ""


def _misused(statement: ast.stmt, kinds: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    inner = {
        id(n)
        for scope in ast.walk(statement)
        if isinstance(scope, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp)
        for n in ast.walk(scope)
    }
    for node in ast.walk(statement):
        if id(node) in inner:
            continue
        held = getattr(node, "value", None)
        name = held.id if isinstance(held, ast.Name) else ""
        if isinstance(node, ast.Attribute) and kinds.get(name) == _ROWS:
            if node.attr not in _rows_attributes():
                near = nearest(node.attr, sorted(_rows_attributes()))
                yield node.lineno, f"Rows have no {node.attr!r} ({near})"
        elif isinstance(node, ast.Subscript) and kinds.get(name) == _ROWS:
            yield node.lineno, f"{name} is Rows and cannot be indexed: use list({name})[...]"
        elif isinstance(node, ast.Call):
            yield from _given(node, kinds)


def _given(call: ast.Call, kinds: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """A list where an operator takes `Rows`."""
    operator = _operator(call)
    first = call.args[0] if call.args else None
    if not operator or first is None or not _operators().get(operator, {}).get("takes"):
        return
    kind = kinds.get(first.id, "") if isinstance(first, ast.Name) else _kind(first)
    if kind and kind != _ROWS:
        fix = "change rows with curate.map or curate.filter, or make them with curate.to_chat"
        yield call.lineno, f"curate.{operator} takes Rows, and gets {kind}: {fix}"


def _curate_steps(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What every curate cell must do: decontaminate, then export."""
    lines: dict[str, list[int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (operator := _operator(node)):
            lines.setdefault(operator, []).append(node.lineno)
    exported, cleaned = lines.get("export"), lines.get("decontaminate")
    if not exported:
        yield 1, 'nothing is exported: end with curate.export(rows, "data")'
    elif not cleaned:
        yield exported[0], "rows are exported without rows = curate.decontaminate(rows) before"
    elif min(cleaned) > max(exported):
        yield min(cleaned), "curate.decontaminate must come before curate.export"


def _train_steps(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What every train cell must do: write the folder `model`."""
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    if not any(isinstance(text, str) and text.split("/")[0] == "model" for text in texts):
        yield 1, 'nothing writes the folder "model": call train.sft(model, "data", "model", ...)'


def _operator(call: ast.Call) -> str:
    """The name of the operator a call means; "" for any other call."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id == "curate" else ""
    if isinstance(function, ast.Name) and function.id in _operators():
        return "" if function.id in _KNOWN else function.id
    return ""


@lru_cache(maxsize=1)
def _operators() -> dict[str, dict[str, Any]]:
    """The operators: whether each gives `Rows`, and takes them first."""
    from ftassist.recipes import curate

    found = {}
    for name in curate.__all__:
        known = inspect.signature(getattr(curate, name))
        first = next(iter(known.parameters.values()), None)
        takes = first is not None and str(first.annotation) == _ROWS
        found[name] = {"gives": str(known.return_annotation) == _ROWS, "takes": takes}
    return found


@lru_cache(maxsize=1)
def _rows_attributes() -> frozenset[str]:
    from ftassist.recipes.rows import Rows

    return frozenset({*dir(Rows), *Rows.__dataclass_fields__} - set(dir(object)))
