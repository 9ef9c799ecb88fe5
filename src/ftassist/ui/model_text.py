"""Base models on a terminal and as JSON: the list, one of them, and the progress of a fetch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ftassist.campaign.memory_table import RANK
from ftassist.documents.models import size_words
from ftassist.models import store
from ftassist.models.fetching import Report


def models_page(document: dict[str, Any]) -> RenderableType:
    """The list, one model a line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("model", "size", "licence", "fits here", "fetched"):
        table.add_column(name, no_wrap=True)
    table.add_column("good for", overflow="fold")
    for model in document["models"]:
        table.add_row(
            *map(
                Text,
                (
                    model["key"],
                    size_words(model["parameters"]),
                    model["licence"],
                    ", ".join(model["fits"]) or "no training",
                    "✓" if model["folder"] else f"{model['fetch_mb']:,} MB",
                    model["good_for"],
                ),
            )
        )
    for origin in document["imported"]:
        cells = (origin["key"], "", origin["licence"], "", "✓", f"imported: {origin['note']}")
        table.add_row(*map(Text, cells))
    hint = "fetch one with `ftassist models get NAME`; `ftassist models show NAME` tells more"
    return Group(table, Text(hint, style="dim"))


def model_page(document: dict[str, Any]) -> RenderableType:
    """One model, as lines of name and value."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _facts(document):
        table.add_row(Text(name), Text(value))
    if "memory" not in document:
        return table
    return Group(
        table, Text(f"\nMemory to train it here, adapters of rank {RANK}:"), _memory(document)
    )


def origin_line(folder: Path) -> str:
    """Where an installed model came from, and what to know of it."""
    origin = store.origin_of(folder)
    if origin is None:
        return ""
    parts = [f"from {origin.place}", f"licence: {origin.licence}", origin.note]
    return "; ".join(part for part in parts if part)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Report]:
    """Something to tell a fetch's progress to: a bar, or lines where there is no terminal."""
    if quiet:
        yield lambda what, done, total: None
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield _on(bar)
    else:
        said: set[str] = set()

        def line(what: str, done: int, total: int) -> None:
            if what not in said:
                said.add(what)
                print(what, file=sys.stderr, flush=True)  # noqa: T201

        yield line


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _on(bar: Progress) -> Report:
    """Tells a bar."""
    task = bar.add_task("", total=None)

    def report(what: str, done: int, total: int) -> None:
        bar.update(task, description=what, completed=done, total=total or None)

    return report


def _facts(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "model", document["key"]
    if "title" in document:
        yield "published as", f"{document['title']}, {document['page']}"
        yield "revision", document["revision"]
        yield "parameters", f"{document['parameters']:,}"
        yield "licence", document["licence"] + _terms(document)
        yield "context", f"{document['context']:,} tokens"
        yield "languages", ", ".join(document["languages"])
        yield "good for", document["good_for"]
        yield "sources", "; ".join(_sources(document))
    yield "folder", document["folder"] or "not fetched"
    if origin := document.get("origin"):
        yield "came from", f"{origin['place']} on {origin['fetched']}"
        if origin["note"]:
            yield "mind", origin["note"]
        for name, digest in origin["sha256"].items():
            yield "sha256", f"{digest}  {name}"


def _terms(document: dict[str, Any]) -> str:
    words = "" if document["commercial"] else ", no commercial use"
    return words + (", terms to be accepted on its page" if document["gated"] else "")


def _sources(document: dict[str, Any]) -> Iterator[str]:
    yield f"FTASSIST_DATA/{document['repository']}"
    yield f"the Hub ({document['megabytes']:,} MB)"
    if package := document["package"]:
        yield f"the package {package['requirement']} ({package['megabytes']} MB, 4 bits)"


def _memory(document: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("method", "weights", "gradients and optimizer", "longest row"):
        table.add_column(name, justify="right" if name != "method" else "left")
    for method, found in document["memory"].items():
        longest = f"{found['longest_row']:,} tokens" if found["longest_row"] else "does not fit"
        table.add_row(
            method, f"{found['weights_mb']:,} MB", f"{found['training_mb']:,} MB", longest
        )
    return table
