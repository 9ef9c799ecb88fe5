"""Base models as JSON: those of the registry and those that were imported, and what fits here."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from ftassist.campaign.memory_table import MIB, RANK, MemoryShape, fit
from ftassist.errors import UnknownNameError
from ftassist.models import registry, store
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


def size_words(parameters: int) -> str:
    """A number of parameters as people say it."""
    billions = parameters / 1e9
    return f"{billions:.1f} B" if billions >= 1 else f"{parameters / 1e6:.0f} M"


def machine_memory() -> int:
    """The memory of this machine, in MiB."""
    return int(psutil.virtual_memory().total / MIB)


def ways_to_train(shape: MemoryShape) -> dict[str, dict[str, Any]]:
    """What adapters and all weights need on this machine's processors, and the longest rows."""
    memory = psutil.virtual_memory().total / MIB
    return {
        method: asdict(fit(shape, method, memory, gpu=False, checkpointing=checkpointing))
        for method, checkpointing in (("lora", False), ("full", False))
    }


def fitting(ways: dict[str, dict[str, Any]]) -> list[str]:
    """The ways of training that leave room for a row of `ROW` tokens."""
    return [name for name, found in ways.items() if found["longest_row"] >= ROW]


def _entry_document(model: ModelEntry) -> dict[str, Any]:
    ways = ways_to_train(shape_of_entry(model))
    folder = store.installed(model.key)
    return {
        **asdict(model),
        "page": model.page,
        "folder": str(folder) if folder else "",
        "origin": _origin(folder),
        "fetch_mb": model.megabytes,
        "memory": ways,
        "fits": fitting(ways),
    }


def _origin(folder: Path | None) -> dict[str, Any] | None:
    origin = store.origin_of(folder) if folder else None
    return asdict(origin) if origin else None


def shape_of_entry(model: ModelEntry) -> MemoryShape:
    """The sizes that the memory of a training depends on."""
    matrices = model.shape.matrices
    return MemoryShape(
        parameters=model.parameters,
        linear=sum(one * other for one, other in matrices),
        adapter=sum(RANK * (one + other) for one, other in matrices),
        layers=model.shape.layers,
        width=model.shape.width,
        vocabulary=model.shape.vocabulary,
        context=model.context,
    )
