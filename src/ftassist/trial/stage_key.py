"""The key of a stage in the stage cache: a hash of everything its result depends on.

That is the code (as parsed, so that comments and blank lines do not matter), the values of the
parameters it reads, the bytes of its inputs, the recipes' own code and the versions of the
libraries. Reads files to hash them; stores nothing.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from ftassist.files import hash_code, hash_text
from ftassist.recipes.arguments import PRECISION
from ftassist.recipes.numerics import installed

LIBRARIES = ("ftassist", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
BY_CONTENT = frozenset({"repository", "model", "trial"})
"""Parameters whose value is a name: what they name is hashed with the inputs instead."""


def normalise(source: str) -> str:
    """The code of a cell without comments, blank lines and layout."""
    return ast.unparse(ast.parse(source))


def stage_key(
    stage: str,
    source: str,
    names: Iterable[str],
    parameters: Mapping[str, str | int],
    inputs: Mapping[str, str],
    device: str = "cpu",
) -> str:
    """The key of a stage's result (32 hex characters).

    Args:
        stage: The stage.
        source: Its cell.
        names: The names the cell reads; only parameters among them count.
        parameters: The values of the parameters cell.
        inputs: Digests of what it reads, by name.
        device: What it computes on, because devices differ in the last digits.
    """
    used = {n: parameters[n] for n in sorted(set(names) & set(parameters)) if n not in BY_CONTENT}
    trial = parameters.get("trial", "") if "trial" in set(names) else ""
    facts = {
        "stage": stage,
        "parameters": used,
        "trial": trial,
        "inputs": dict(sorted(inputs.items())),
        "device": device,
        "versions": versions(),
    }
    if precision := os.environ.get(PRECISION):
        facts["precision"] = precision
    return hash_text(normalise(source), json.dumps(facts, sort_keys=True), recipe_digest())


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """The installed versions of the libraries a result depends on; "" for one that is absent."""
    return installed(LIBRARIES)


@lru_cache(maxsize=1)
def recipe_digest() -> str:
    """A digest of the source that cells call: the recipes, and how rows are read and written."""
    folder = Path(__file__).parents[1]
    dojo = [folder / "dojo" / name for name in ("repository.py", "set_card.py", "tables")]
    return hash_code(folder / "recipes", folder / "models", *dojo)
