"""What the columns of a person's rows were taken for, with three rows, as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

LONGEST = 240
_PARTS = {
    "prompt": "asked",
    "response": "answered",
    "messages": "chat",
    "first_option": "number of the first option",
}
_ROLES = {"train": "training", "evaluation": "evaluation", "test": "test"}


def mapping_page(previews: Sequence[Mapping[str, Any]]) -> Text:
    """Each source with its mapping and its first rows; text of data is never read as markup."""
    page = Text()
    for preview in previews:
        _source(page, preview)
    page.rstrip()
    return page


def _source(page: Text, preview: Mapping[str, Any]) -> None:
    role = _ROLES[preview["role"]]
    page.append(f"{role}: {preview['origin']}", style="bold")
    page.append(f" · {preview['rows']:,} rows, read as {preview['shape']}\n")
    for part, source in preview["fields"].items():
        page.append(f"  {_PARTS.get(part, part)}: {source!r}\n")
    if unused := preview["unused"]:
        page.append(f"  not used: {_cut(', '.join(unused))}\n")
    if preview.get("worked"):
        page.append("  the answer that counts: what follows ####\n")
    if left := preview["left_out"]:
        page.append(f"  {len(left):,} rows left out, the first: {left[0]['where']}: ")
        page.append(f"{_cut(left[0]['what'])}\n")
    for example in preview["examples"]:
        _example(page, example)
    page.append("\n")


def _example(page: Text, example: Mapping[str, Any]) -> None:
    turns = example["messages"]
    marked = set(example.get("untrained", ()))
    answers = example.get("answers")
    for place, turn in enumerate(turns):
        last = place == len(turns) - 1
        mark = "  │ " if place else "  ┌ "
        said = turn["content"]
        if last and answers:
            said = " | ".join(answers)
        note = " (not trained on)" if place in marked else ""
        page.append(f"{mark}{turn['role']}{note}: ", style="dim")
        page.append(f"{_cut(said)}\n")
    for part in ("rejected", "label"):
        if part in example:
            page.append(f"  │ {part}: ", style="dim")
            page.append(f"{_cut(str(example[part]))}\n")


def _cut(text: str) -> str:
    """A text in one line, without its middle where it is long."""
    line = text.replace("\r", "").replace("\n", "⏎")
    if len(line) <= LONGEST:
        return line
    half = LONGEST // 2
    return f"{line[:half]} … {line[-half:]}"
