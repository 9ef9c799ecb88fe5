"""The reference of recipes and operators: one text, made from the code, for agents and people.

Signatures, types, descriptions and examples are those of the functions themselves, so the text
cannot tell of an argument that is not there. `python -m ftassist.agent.reference` prints the page
docs/recipes.md; a test holds the page to the code and runs every example.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from ftassist.agent.cell_rules import PARAMETERS, imports
from ftassist.errors import UnknownNameError

_LEFT_OUT = frozenset({"check_row_cap"})
"""What a cell could call and has no use for."""
_OURS = frozenset({"find"})
"""Arguments that only tests give."""
_TRAINERS = ("sft", "distil", "dpo", "kto", "grpo", "merge", "average")
_SECTION = re.compile(r"^(Args|Returns|Raises|Example|Attributes):$")
_ARGUMENT = re.compile(r"^ {4}(\*{0,2}\w+): (.*)$")
_PARAMETERS_TOLD = {
    "model": "the base model",
    "repository": "the folder of the raw sets",
    "seed": "the only seed there is",
    "row_cap": "most training rows",
    "task": "the task, for `scorer=task`",
    "trial": "the trial's id",
}
_HEAD = """## What a cell may do

A cell is plain Python in a fresh kernel without a network. These variables are set, and may not be
assigned: {parameters}.
It may import {imports}, and nothing else; what is not installed fails. It may not use `eval`,
`exec`, `compile`, `getattr`, `globals`, `vars` or attributes that begin with two underscores
(but `__init__`, `__name__`), name a place outside of the trial's folder or of the repository, an
address or a key, or set a seed other than `seed`.

The curate cell reads raw sets and writes `data/`; it calls `curate.decontaminate(rows)` and then
`curate.export(rows, "data")`, always, and in this order. The train cell reads `data/` and writes
`model/`. The cells share files only, no variables.

## A row

`Rows` is what operators take and give. `for row in rows` gives dicts with `id` (text), `source`
(the raw set), `messages` (a list of {{"role", "content"}}: an optional system turn, then user and
assistant by turns, the assistant last) and `fields` (what else the raw row holds, as JSON text).
`len(rows)`, `rows.by_source()` and `rows.column(name)` work; there is nothing else: rows are
changed by operators alone. The functions that `map`, `filter` and `verify` take get a row as a
dict of `id`, `source`, `prompt`, `response`, `messages` and `fields` (a dict there). Every
operator gives new `Rows` and leaves a step on the data card: rows in, out, dropped with reasons,
changed, made.
"""


@lru_cache(maxsize=1)
def reference() -> str:
    """The whole text, for a prompt or a page."""
    parts = [_head(), *(_chapter(name) for name in ("curate", "train"))]
    return "\n".join(parts).rstrip()


@lru_cache(maxsize=1)
def index() -> str:
    """The same for who writes no cells: each function's signature and first sentence."""
    lines = [_head(), "## What can be called", ""]
    for said, function in functions().items():
        told = _flat(_sections(function)[""]).partition("\n")[0]
        shared = f" Also {also}, as of `train.sft`." if (also := _shared(function)) else ""
        lines.append(f"- `{said}{signature(function)}`: {told}{shared}")
    return "\n".join(lines)


def entry(said: str) -> str:
    """The whole entry of a function, by its name in a cell.

    Raises:
        UnknownNameError: There is none; names the nearest.
    """
    known = functions()
    if said not in known:
        raise UnknownNameError.of("function", said, known)
    return _entry(said, known[said])


def functions() -> dict[str, Callable[..., Any]]:
    """What a cell can call, by its name there, such as "curate.map"."""
    from ftassist.recipes import curate, train

    operators = [name for name in sorted(curate.__all__) if name not in _LEFT_OUT]
    found = {f"curate.{name}": getattr(curate, name) for name in operators}
    return found | {f"train.{name}": getattr(train, name) for name in _TRAINERS}


def examples() -> dict[str, str]:
    """The example of each function by its name in a cell, such as "curate.map"."""
    return {said: example_of(function) for said, function in functions().items()}


def page() -> str:
    """The page docs/recipes.md."""
    return (
        "# Recipes and operators\n\n"
        "Made from the code by `python -m ftassist.agent.reference > docs/recipes.md`. "
        "The agent's Executor is told the same text, and so is a Researcher that may not look; "
        "one that may is told each function's signature and first sentence, and reads the rest "
        "by the look `read_reference`.\n\n" + reference() + "\n"
    )


def _head() -> str:
    told = ", ".join(f"`{name}` ({_PARAMETERS_TOLD[name]})" for name in sorted(PARAMETERS))
    return _HEAD.format(parameters=told, imports=imports())


def _chapter(name: str) -> str:
    told = {
        "curate": "It begins with `rows = curate.load(...)`.",
        "train": "Each writes its metrics and audits itself; metrics and model are scored by "
        "nobody but the evaluator.",
    }
    entries = [
        _entry(said, function)
        for said, function in functions().items()
        if said.partition(".")[0] == name
    ]
    head = f"## The {name} cell\n\n`from ftassist.recipes import {name}`. {told[name]}\n"
    return head + "\n" + "\n".join(entries)


def _entry(said: str, function: Callable[..., Any]) -> str:
    """One function: signature, what it does, its arguments, what it raises, an example."""
    sections = _sections(function)
    lines = [f"### {said}", "", f"`{said}{signature(function)}`", "", _flat(sections[""])]
    if shared := _shared(function):
        lines.append(f"Also {shared}, as of `train.sft`.")
    arguments = [
        f"- `{name.lstrip('*')}`: {text}"
        for name, text in _arguments(sections.get("Args", []))
        if name.lstrip("*") not in {"rows", "common", *_OURS}
    ]
    lines += ["", *arguments] if arguments else []
    example = example_of(function)
    return "\n".join([*lines, "", "```python", example, "```", ""])


def signature(function: Callable[..., Any]) -> str:
    """The arguments with their types and defaults, and what comes back."""
    known = inspect.signature(function)
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    parts: list[str] = []
    for name, parameter in known.parameters.items():
        if name in _OURS or parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        parts.append(f"{name}: {_type(str(parameter.annotation), scope)}{default}")
    if parts and parts[-1] == "*":
        parts.pop()
    return f"({', '.join(parts)}) -> {_type(str(known.return_annotation), scope)}"


def _type(annotation: str, scope: dict[str, Any]) -> str:
    """A type in words that need no import: names of alternatives are written out."""

    def written(match: re.Match[str]) -> str:
        value = scope.get(match[0])
        if get_origin(value) is Literal:
            return " | ".join(repr(each) for each in get_args(value))
        return {"Function": "function", "Mapping": "dict", "Sequence": "list"}.get(
            match[0], match[0]
        )

    plain = re.sub(r"Literal\[([^\]]*)\]", lambda m: m[1].replace(", ", " | "), annotation)
    plain = re.sub(r"\bstr \| Path\b", "str", plain)
    return re.sub(r"\b[A-Z]\w*\b", written, plain)


def _shared(function: Callable[..., Any]) -> str:
    """The arguments a training takes beside those of its signature."""
    from ftassist.recipes.checking import takes

    own = set(inspect.signature(function).parameters)
    return ", ".join(f"`{name}`" for name in takes(function) if name not in own)


def example_of(function: Callable[..., Any]) -> str:
    """The example of a docstring as code."""
    lines = _sections(function).get("Example", [])
    return "\n".join(re.sub(r"^ {4}(>>>|\.\.\.) ?", "", line) for line in lines).strip()


def _sections(function: Callable[..., Any]) -> dict[str, list[str]]:
    """The lines of a docstring by section; what stands first has the name ""."""
    found: dict[str, list[str]] = {"": []}
    current = ""
    for line in inspect.cleandoc(function.__doc__ or "").splitlines():
        if heading := _SECTION.match(line):
            current = heading[1]
            found[current] = []
        else:
            found[current].append(line)
    return found


def _arguments(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each argument with its description on one line."""
    name, text = "", ""
    for line in lines:
        if begun := _ARGUMENT.match(line):
            if name:
                yield name, text
            name, text = begun[1], begun[2]
        elif line.strip():
            text += f" {line.strip()}"
    if name:
        yield name, text


def _flat(lines: list[str]) -> str:
    """Paragraphs, each on one line."""
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


if __name__ == "__main__":
    sys.stdout.write(page())
