"""Arguments of recipes as mistakes make them: each call works or is refused with the argument."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ftassist.recipes import curate, train
from ftassist.recipes.checking import takes

from .running import call

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1, 3, 10**30, 2.5, -0.1, 0.5, 1e-3, "1e-3", "", "a", "1", "tiny", b"a", [],
    [1], ["a"], {}, {"a": 1}, {"a": -1}, {"a": "1"}, {"a": 10**12}, {1: 2}, {"answer_key": -1},
    ["answer_key"], (), ("a",), {"set"}, float("nan"), float("inf"), -float("inf"), 1e308, 5e-324,
    1j, object(), Path("nowhere"), lambda: 1, "x" * 9999, "\ud800", "\x00", "(", "cosine", "lora",
    "full", "none", "majority", "answer", "source", "length", np.float32(0.1), np.int64(2),
    np.array([1, 2]), np.array(float("nan")), [[1]], range(3), iter("a"),
)  # fmt: skip
TRAININGS = ("sft", "dpo", "kto", "grpo", "distil", "merge")
OPERATORS = (
    "load", "to_chat", "filter_labels", "filter_length", "filter_response", "deduplicate",
    "sample", "balance", "mix", "repeat", "order", "export", "fold_system",
)  # fmt: skip


def given_to(draw: random.Random, recipe: Callable[..., Any], good: Mapping[str, Any]) -> Any:
    """Keyword arguments of a call: mostly good ones, one to three drawn, some mistyped."""
    known = takes(recipe)
    values = {name: good[name] for name, p in known.items() if p.default is p.empty}
    values |= {n: good[n] for n in known if n in good and draw.random() < 0.1}
    for _ in range(draw.choice((1, 1, 2, 3))):
        name = draw.choice([*known])
        if draw.random() < 0.15:
            name = draw.choice((name[:-1], name + "s", name.upper(), "x", name[::-1]))
        values[name] = draw.choice(VALUES)
    if draw.random() < 0.1:
        values.pop(draw.choice([*values]))
    return values


def test_trainings_work_or_refuse_with_the_argument(tmp_path: Path) -> None:
    good = {"model": "tiny", "data": str(tmp_path / "no_rows"), "output": str(tmp_path / "out"),
            "learning_rate": 1e-3, "scorer": "mini_math", "teacher": str(tmp_path / "no_teacher"),
            "adapters": [str(tmp_path / "a"), str(tmp_path / "b")]}  # fmt: skip
    found = []
    for seed in range(250):
        draw = random.Random(f"training {seed}")
        recipe = getattr(train, draw.choice(TRAININGS))
        values = given_to(draw, recipe, good)
        if wrong := call(partial(recipe, **values), named(recipe, values)):
            found.append(f"--- training {seed} {recipe.__name__} {values!r:.300}\n{wrong}")
    assert not found, "\n".join(found)


def test_operators_work_or_refuse_with_the_argument(tmp_path: Path) -> None:
    rows = curate.to_chat(
        [{"question": f"What is {n}?", "said": str(n % 3), "kind": "a"} for n in range(12)],
        source="a",
        prompt="question",
        response="said",
    )
    good = {"rows": rows, "size": 3, "weights": {"a": 1.0}, "total": 4, "times": {"a": 2},
            "folder": str(tmp_path / "data"), "repository": "mini_math", "sets": {"answer_key": 3},
            "pattern": "a", "max_tokens": 50, "source": "a", "raw": [{"q": "a", "r": "b"}],
            "prompt": "q", "response": "r"}  # fmt: skip
    found = []
    for seed in range(250):
        draw = random.Random(f"operator {seed}")
        recipe = getattr(curate, draw.choice(OPERATORS))
        first = good["raw"] if recipe is curate.to_chat else rows
        values = given_to(draw, recipe, {**good, "rows": first})
        if wrong := call(partial(recipe, **values), named(recipe, values)):
            found.append(f"--- operator {seed} {recipe.__name__} {values!r:.300}\n{wrong}")
    assert not found, "\n".join(found)


def named(recipe: Callable[..., Any], values: Mapping[str, Any]) -> list[str]:
    """What a refusal may name: an argument, its value, or the recipe."""
    texts = [repr(v) for v in values.values() if isinstance(v, str)]
    return [*values, *inspect.signature(recipe).parameters, *texts, recipe.__name__]
