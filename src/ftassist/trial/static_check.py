"""What can be told of a trial's cells before any kernel starts.

Finds syntax errors (cell and line), and which stages lean on names of another stage instead of
on files: such a stage cannot be taken from the stage cache. Runs nothing, and does not judge
imports or calls; `checks` that do are handed to `check_cells`.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ftassist.errors import CellError
from ftassist.journal.state import STAGES
from ftassist.syntax import parsed

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


Severity = Literal["error", "warning", "advice"]


@dataclass(frozen=True)
class CellFinding:
    """Something about a cell worth telling.

    Attributes:
        stage: The cell.
        line: Its line, from 1.
        message: One line.
        severity: "error" stops the trial; "warning" and "advice" are shown to the person.
        why: Why it is told, in a few words; "" where the message says it.
    """

    stage: str
    line: int
    message: str
    severity: Severity = "advice"
    why: str = ""

    def __str__(self) -> str:
        """One line: where, what and why."""
        reason = f" ({self.why})" if self.why else ""
        return f"{self.stage} line {self.line}: {self.message}{reason}"


@dataclass(frozen=True)
class StaticReport:
    """What the static check found.

    Attributes:
        findings: In the order of cells and lines.
        shared: Stages that use another stage's names, or whose names are used by another;
            these are run together and never cached.
        names: For each stage the names it reads and does not define.
    """

    findings: tuple[CellFinding, ...] = ()
    shared: frozenset[str] = frozenset()
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


Check = Callable[[str, ast.Module], Iterable[CellFinding]]


def check_cells(
    cells: Mapping[str, str], parameters: Iterable[str] = (), checks: Iterable[Check] = ()
) -> StaticReport:
    """Checks the cells of a trial, in the order of the stages.

    Args:
        cells: The source of each stage.
        parameters: Names that the parameters cell defines.
        checks: Further checks, called with a stage and its parsed cell.

    Raises:
        CellError: A cell is missing or empty, or is not valid Python; names cell and line.
    """
    trees = {stage: parse_cell(stage, cells.get(stage, "")) for stage in STAGES}
    uses = {stage: names_of(tree) for stage, tree in trees.items()}
    findings: list[CellFinding] = []
    shared: set[str] = set()
    given = frozenset(parameters) | _BUILTINS
    for index, stage in enumerate(STAGES):
        for name, line in sorted(uses[stage].reads.items(), key=lambda item: item[1]):
            providers = [s for s in STAGES[:index] if name in uses[s].binds]
            if providers:
                shared |= {stage, *providers}
                message = f"uses {name!r} of the {providers[-1]} cell; neither is cached"
                findings.append(CellFinding(stage, line, message))
            elif name not in given and not uses[stage].star:
                findings.append(CellFinding(stage, line, f"{name!r} is not defined anywhere"))
        for check in checks:
            findings += check(stage, trees[stage])
    names = {stage: frozenset(use.reads) for stage, use in uses.items()}
    return StaticReport(tuple(findings), frozenset(shared), names)


def parse_cell(stage: str, source: str) -> ast.Module:
    """Parses a cell.

    Raises:
        CellError: It is empty or not valid Python.
    """
    if not source.strip():
        raise CellError(
            f"the {stage} cell is empty",
            where=f"{stage} cell",
            fix="write the stage, for example with `%%ftagent edit <trial> " + stage + "`",
        )
    try:
        with warnings.catch_warnings(action="ignore"):
            # Compiled too: a keyword given twice parses, and fails when the stage starts.
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(source, f"<{stage} cell>", "exec", flags, dont_inherit=True)
            return parsed(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        text = source.splitlines()[line - 1].strip() if line <= source.count("\n") + 1 else ""
        escape = text.startswith(("!", "%"))
        what = "a shell escape or a magic" if escape else getattr(error, "msg", str(error))
        raise CellError(
            f"the {stage} cell is not valid Python: {what}: {text!r}",
            where=f"{stage} cell, line {line}",
            fix="a trial's cells are plain Python; mend the line",
        ) from error


@dataclass
class Names:
    """The names a piece of code reads before it binds them, with the line, and those it binds."""

    reads: dict[str, int] = field(default_factory=dict)
    binds: set[str] = field(default_factory=set)
    star: bool = False


def names_of(tree: ast.Module) -> Names:
    """The names of a cell: reads that are not its own, and module-level bindings.

    Follows the order of evaluation; the bodies of functions are read last, as they are called
    after the cell's own names exist.
    """
    visitor = _NameVisitor(Names())
    visitor.block(tree.body)
    visitor.finish()
    return visitor.names


class _NameVisitor(ast.NodeVisitor):
    """Collects `Names` of one scope in the order of evaluation."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._later: list[ast.AST] = []
        self._globals: set[str] = set()

    def block(self, body: Iterable[ast.AST]) -> None:
        for node in body:
            self.visit(node)

    def finish(self) -> None:
        """Reads the bodies of functions, whose own names are local to them."""
        for node in self._later:
            inner = _NameVisitor(Names())
            arguments = getattr(node, "args", None)
            if isinstance(arguments, ast.arguments):
                inner.names.binds |= {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)}
            body = getattr(node, "body", [])
            inner.block(body if isinstance(body, list) else [body])
            inner.finish()
            own = _bound_in(node) - inner._globals
            self._merge(inner.names, own)
            self.names.binds |= inner.names.binds & inner._globals

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id, node.lineno)
        else:
            self.names.binds.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self.block(node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._read(node.target.id, node.lineno)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        self.block([*node.body, *node.orelse])

    def visit_Import(self, node: ast.Import) -> None:
        self.names.binds |= {(a.asname or a.name).split(".")[0] for a in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.names.star = self.names.star or any(a.name == "*" for a in node.names)
        self.names.binds |= {a.asname or a.name for a in node.names}

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        if node.name:
            self.names.binds.add(node.name)
        self.block(node.body)

    def visit_Global(self, node: ast.Global) -> None:
        self._globals |= set(node.names)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.block(node.decorator_list)
        self.block([d for d in (*node.args.defaults, *node.args.kw_defaults) if d])
        self.names.binds.add(node.name)
        self._later.append(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.block([d for d in (*node.args.defaults, *node.args.kw_defaults) if d])
        self._later.append(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.block([*node.decorator_list, *node.bases, *[k.value for k in node.keywords]])
        inner = _NameVisitor(Names())
        inner.block(node.body)
        inner.finish()
        self._merge(inner.names, set())
        self.names.binds.add(node.name)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])

    def _comprehension(
        self, generators: list[ast.comprehension], elements: list[ast.expr]
    ) -> None:
        inner = _NameVisitor(Names())
        for generator in generators:
            inner.block([generator.iter, generator.target, *generator.ifs])
        inner.block(elements)
        inner.finish()
        self._merge(inner.names, set())

    def _merge(self, inner: Names, own: set[str]) -> None:
        for name, line in inner.reads.items():
            if name not in own:
                self._read(name, line)

    def _read(self, name: str, line: int) -> None:
        if name not in self.names.binds:
            self.names.reads.setdefault(name, line)


def _bound_in(node: ast.AST) -> set[str]:
    """Every name bound anywhere in a function: local to it, unless declared global."""
    arguments = getattr(node, "args", None)
    bound = {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)} if arguments else set()
    body = getattr(node, "body", [])
    for statement in body if isinstance(body, list) else [body]:
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                bound.add(inner.id)
            elif isinstance(inner, ast.ImportFrom | ast.Import):
                bound |= {(a.asname or a.name).split(".")[0] for a in inner.names}
    return bound
