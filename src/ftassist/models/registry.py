"""Base models that have a short name, and what is known of them. Fetches nothing.

The registry is data, `registry.yaml`: a model is added there, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from ftassist.errors import UnknownNameError

REGISTRY = Path(__file__).with_name("registry.yaml")


@dataclass(frozen=True)
class Package:
    """A package of the Python package index that carries a model's weights as a GGUF file.

    Attributes:
        requirement: The package, pinned.
        megabytes: Its size.
        sha256: Of the package's file.
        file: The GGUF file in it.
        file_sha256: Of that file.
    """

    requirement: str
    licence: str
    megabytes: int
    sha256: str
    file: str
    file_sha256: str


@dataclass(frozen=True)
class ModelShape:
    """The sizes a model's memory depends on.

    Attributes:
        width: Its hidden size.
        feed_forward: Width inside its feed-forward blocks.
        heads: Heads of queries.
        key_heads: Heads of keys and values.
        head: Width of a head.
        vocabulary: Tokens it embeds.
        untied: Whether its output layer has weights of its own.
    """

    layers: int
    width: int
    feed_forward: int
    heads: int
    key_heads: int
    head: int
    vocabulary: int
    untied: bool = False

    @property
    def matrices(self) -> list[tuple[int, int]]:
        """The shapes of the linear layers, all layers', without embeddings and output layer."""
        queries, keys = self.heads * self.head, self.key_heads * self.head
        layer = [
            (self.width, queries),
            (self.width, keys),
            (self.width, keys),
            (queries, self.width),
            *[(self.width, self.feed_forward)] * 3,
        ]
        return layer * self.layers


@dataclass(frozen=True)
class ModelEntry:
    """A base model of the registry.

    Attributes:
        key: The name used in commands, such as "smollm2-135m".
        title: Its published name.
        repository: Its Hugging Face id; also its folder below `FTASSIST_DATA`.
        revision: The commit its files are taken from.
        parameters: All parameters, tied ones once.
        licence: As its card states it.
        context: Tokens it reads at once.
        languages: As its card states them.
        good_for: One line.
        shape: Its sizes.
        megabytes: Size of its files on the Hub.
        weights: Checksums (SHA-256) of weight files that are known here; others are compared with
            what the Hub says of them.
        commercial: Whether its licence allows commercial use.
        gated: Whether the Hub wants its terms accepted first.
        package: A package that carries its weights, where there is one.
    """

    key: str
    title: str
    repository: str
    revision: str
    parameters: int
    licence: str
    context: int
    languages: tuple[str, ...]
    good_for: str
    shape: ModelShape
    megabytes: int
    weights: Mapping[str, str] = field(default_factory=dict)
    commercial: bool = True
    gated: bool = False
    package: Package | None = None

    @property
    def fetch_megabytes(self) -> int:
        """How much a fetch takes where the smallest of its sources has it."""
        return self.package.megabytes if self.package else self.megabytes

    @property
    def page(self) -> str:
        """Where its card and its terms can be read."""
        return f"https://huggingface.co/{self.repository}"


@cache
def entries() -> dict[str, ModelEntry]:
    """All models of the registry by key, in its order."""
    raw = yaml.safe_load(REGISTRY.read_text(encoding="utf-8"))
    found = [
        ModelEntry(
            **{
                **one,
                "languages": tuple(one["languages"]),
                "shape": ModelShape(**one["shape"]),
                "package": Package(**one["package"]) if "package" in one else None,
            }
        )
        for one in raw
    ]
    return {one.key: one for one in found}


def entry(name: str) -> ModelEntry:
    """The model of a key or of a Hugging Face id.

    Raises:
        UnknownNameError: The registry has no such model; names the nearest.
    """
    if found := find(name):
        return found
    raise UnknownNameError.of("model in the registry", name, entries())


def find(name: str) -> ModelEntry | None:
    """The same; None for a name that the registry does not have."""
    wanted = name.casefold()
    for one in entries().values():
        if wanted in (one.key, one.repository.casefold()):
            return one
    return None
