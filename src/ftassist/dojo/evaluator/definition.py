"""Reading a harness task definition: YAML with `!function module.name` and `include`.

The harness reads these files itself but offers no public way to give it the data as well, so the
file is read here and handed over as a configuration. A task's own scoring is handed the text after
the model's thinking, unless it is an official rule or itself names thinking tags. Knows nothing of
the harness's classes.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from ftassist.dojo.scorers.thinking import after_thinking, names_a_mark
from ftassist.errors import DataError

PROCESS = "process_results"


def read_definition(path: Path) -> dict[str, Any]:
    """The configuration in a harness task file; what it includes comes first.

    Raises:
        DataError: The file, an included one, or a function it names cannot be read.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_loader(path.parent))
    except (OSError, yaml.YAMLError) as error:
        raise _broken(path, str(error)) from error
    if not isinstance(document, dict):
        raise _broken(path, "it is no mapping")
    included = document.pop("include", [])
    merged: dict[str, Any] = {}
    for name in [included] if isinstance(included, str) else included:
        merged |= read_definition(path.parent / name)
    return merged | document


def _loader(folder: Path) -> type[yaml.SafeLoader]:
    """A safe YAML loader that resolves `!function` next to the file."""

    class Loader(yaml.SafeLoader):
        """Bound to one folder."""

    def function(_: yaml.SafeLoader, node: yaml.Node) -> Callable[..., Any]:
        return _function(folder, str(node.value))

    Loader.add_constructor("!function", function)
    return Loader


def _function(folder: Path, name: str) -> Callable[..., Any]:
    """The function `module.name`, from a file in the task's folder."""
    module, _, attribute = name.rpartition(".")
    path = folder / f"{module.replace('.', '/')}.py"
    found = getattr(_import(path), attribute, None) if path.is_file() else None
    if not callable(found):
        raise _broken(path, f"it has no function {attribute!r}")
    function: Callable[..., Any] = found
    if attribute != PROCESS or getattr(found, "as_written", False):
        return function
    return function if names_a_mark(path.read_text(encoding="utf-8")) else _of_answers(function)


def _of_answers(process: Callable[..., Any]) -> Callable[..., Any]:
    """A scoring that is handed the text after thinking."""

    @wraps(process)
    def process_results(item: Any, results: Sequence[Any]) -> Any:
        return process(item, [after_thinking(r) if isinstance(r, str) else r for r in results])

    return process_results


def _import(path: Path) -> ModuleType:
    """Runs a scoring file anew, so that an evaluation always uses the file it has hashed."""
    spec = importlib.util.spec_from_file_location(f"ftassist_task_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise _broken(path, "it is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _broken(path: Path, why: str) -> DataError:
    """A task definition that cannot be used."""
    return DataError(
        f"the task definition cannot be read: {why}",
        where=str(path),
        fix="compare it with a task of the catalog",
    )
