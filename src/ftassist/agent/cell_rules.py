"""Which code an agent's own cells may hold: imports, seeds, weights, paths.

A static reading of the syntax tree; it refuses what is plainly against the rules, so that a
model that was talked into something is stopped before a person sees its proposal. It is no
sandbox: what a cell can reach is decided by its isolation. People's edits are not judged here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from ftassist.errors import CellError
from ftassist.syntax import parsed
from ftassist.trial.cell_arguments import check_arguments
from ftassist.trial.cell_places import Use, is_place, uses_of
from ftassist.trial.static_check import parse_cell

ALLOWED = frozenset({
    "__future__", "abc", "ast", "bisect", "calendar", "cmath", "collections", "contextlib", "copy",
    "csv", "dataclasses", "datasets", "datetime", "decimal", "difflib", "enum", "fractions",
    "functools", "hashlib", "heapq", "html", "itertools", "json", "logging", "math", "networkx",
    "numbers", "numpy", "operator", "pandas", "pathlib", "peft", "pprint", "random", "rdkit", "re",
    "regex", "scipy", "sklearn", "statistics", "string", "sympy", "textwrap", "time", "torch",
    "tqdm", "traceback", "transformers", "trl", "typing", "unicodedata", "warnings", "zlib",
})  # fmt: skip
"""What a cell may import, where it is installed: what makes and judges rows, and what trains."""
OWN = ("ftassist.recipes", "ftassist.dojo")
PARAMETERS = frozenset({"model", "repository", "seed", "row_cap", "task", "trial"})
_SEEDED = frozenset({"seed", "random_state", "data_seed", "random_seed"})
_SEEDERS = frozenset({"manual_seed", "manual_seed_all", "set_seed", "default_rng", "seed"})
_NAMES = frozenset({"eval", "exec", "compile", "__import__", "globals", "vars", "getattr"})
_FORBIDDEN_TEXT = re.compile(
    r"evaluation[/\\]|(validation|test)\.jsonl|journal\.db|scores[/\\]|harness\.yaml|scoring\.py|"
    r"(?<!\w)/(proc|etc)\b|API_KEY|AUTH_TOKEN|\.\.[/\\]|FTASSIST_(EVALUATOR|TOKEN)|benchmarks?[/\\]",
    re.IGNORECASE,
)
_HARMLESS = frozenset({"__init__", "__post_init__", "__name__", "__len__", "__version__"})
"""Attributes with underscores that honest programs use, and that lead nowhere."""


def imports() -> str:
    """What a cell may import, in one line, as an agent is told beforehand."""
    return ", ".join((*OWN, *sorted(ALLOWED - {"__future__"})))


def check_cell(stage: str, source: str) -> list[str]:
    """What a cell of an agent does against the rules, in words with the line.

    Raises:
        CellError: It is empty or not valid Python.
    """
    tree = parse_cell(stage, source)
    found: list[str] = []
    # A teacher is a model folder of this machine; recipes refuse anything else.
    teachers = {
        id(keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "teacher"
    }
    uses = uses_of(tree)
    for node in ast.walk(tree):
        if id(node) in teachers:
            continue
        for what in _broken(node, stage, uses.get(node, "unknown")):
            found.append(f"{stage} line {getattr(node, 'lineno', 1)}: {what}")
    return found


def check_cells_of(cells: Mapping[str, str]) -> list[str]:
    """The same for the cells an agent writes: curate and train."""
    found: list[str] = []
    for stage in ("curate", "train"):
        try:
            source = cells.get(stage, "")
            found += check_cell(stage, source)
            found += [str(finding) for finding in check_arguments(stage, parsed(source))]
        except CellError as error:
            found.append(f"{error.what} ({error.where})")
    return found


def _broken(node: ast.AST, stage: str, use: Use) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (_import(alias.name) for alias in node.names if not _may_import(alias.name))
    elif isinstance(node, ast.ImportFrom):
        if node.level or not _may_import(node.module or ""):
            yield _import(node.module or ".")
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store | ast.Del) and node.id in PARAMETERS:
            yield f"{node.id!r} is a parameter of the trial and may not be assigned"
        if node.id in _NAMES:
            yield f"{node.id!r} may not be used"
    elif isinstance(node, ast.Attribute):
        dunder = node.attr.startswith("__") and node.attr not in _HARMLESS
        if dunder or node.attr in ("environ", "system", "popen", "urlopen"):
            yield f"{node.attr!r} may not be used"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _text(node.value, use)
    elif isinstance(node, ast.Call):
        yield from _call(node, stage)


def _may_import(name: str) -> bool:
    if name.split(".")[0] == "ftassist":
        return name.startswith(OWN)
    return name.split(".")[0] in ALLOWED


def _import(name: str) -> str:
    return f"the import of {name!r} is not allowed in an agent's cell"


def _text(value: str, use: Use) -> Iterator[str]:
    if hit := _FORBIDDEN_TEXT.search(value):
        yield f"{hit[0]!r} is not for cells to read or name"
    elif is_place(value, use):
        yield f"{value[:60]!r} is outside of the trial's folder"


def _call(node: ast.Call, stage: str) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    for keyword in node.keywords:
        if keyword.arg in _SEEDED and not _is(keyword.value, "seed"):
            yield f"{keyword.arg} must be the variable seed: the seed is no knob"
    if name in _SEEDERS and node.args and not _mentions_seed(node.args[0]):
        yield f"{name}(...) must be given the variable seed: the seed is no knob"
    if name == "from_pretrained" and node.args and not _own_weights(node.args[0]):
        yield "weights are loaded through the variable model, or from a folder this cell wrote"
    trains = isinstance(node.func, ast.Attribute) and _is(node.func.value, "train")
    if trains and stage == "train" and (not node.args or not _is(node.args[0], "model")):
        yield f"train.{name} needs the variable model first: the base model is the named one"


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _mentions_seed(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == "seed" for inner in ast.walk(node))


def _own_weights(node: ast.expr) -> bool:
    """The variable `model`, or a folder below the trial's own (no name of a hub)."""
    if isinstance(node, ast.Name):
        return True
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and text.split("/")[0] in ("model", "adapters", "data")
