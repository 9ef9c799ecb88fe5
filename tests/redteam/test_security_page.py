"""docs/security.md lists every planted cheat, and counts them right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "security.md"
NO_CHEATS = ("test_honest.py", "test_security_page.py")
ROW = re.compile(r"^\| .* \| `(test_\w+)`(?: \((\d+)\))? \| ")


def planted() -> dict[str, int]:
    """How many cheats each test plants."""
    found: dict[str, int] = {}
    for path in sorted(HERE.glob("test_*.py")):
        if path.name not in NO_CHEATS:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= dict(_tests(tree))
    return found


def _tests(tree: ast.Module) -> Iterator[tuple[str, int]]:
    sizes = {
        target.id: len(node.value.keys)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, _cases(node, sizes)


def _cases(test: ast.FunctionDef, sizes: dict[str, int]) -> int:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and "parametrize" in ast.unparse(decorator.func):
            cases = decorator.args[1]
            return sizes[cases.id] if isinstance(cases, ast.Name) else len(cases.elts)  # type: ignore[attr-defined]
    return 1


def listed() -> dict[str, int]:
    """How many cheats the page says each test plants."""
    rows = map(ROW.match, PAGE.read_text(encoding="utf-8").splitlines())
    return {row[1]: int(row[2] or 1) for row in rows if row}


def test_every_planted_cheat_is_on_the_page_and_counted() -> None:
    assert listed() == planted()


def test_the_page_gives_the_number_of_cheats() -> None:
    total = sum(planted().values())
    assert f"{total} cheats in {len(planted())} tests" in PAGE.read_text(encoding="utf-8")
