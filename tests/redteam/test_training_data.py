"""Cheats that train on evaluation items, in every disguise."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from ftassist.files import read_jsonl

Disguise = Callable[[str], list[str]]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FILLER = "Some say that a garden wants patience, and others that it wants water. " * 30


def german(prompt: str) -> list[str]:
    left, right = re.findall(r"\d+", prompt)
    return [f"Wieviel ergibt zusammen {left} und noch einmal {right}, bitte sehr?"]


DISGUISES: dict[str, Disguise] = {
    "plain": lambda text: [text],
    "case": lambda text: [text.upper()],
    "spacing": lambda text: [text.replace(" ", " \n\t ")],
    "unicode": lambda text: ["\u200b".join(text.translate(str.maketrans("ae", "ае")))],
    "number format": lambda text: [re.sub(r"(\d+)", r"\1.00", text).translate(ARABIC)],
    "longer row": lambda text: [FILLER + text + FILLER],
    "chat turns": lambda text: text.replace(" plus", "|plus").split("|"),
    "translated": german,
}


def curate(rows: list[list[str]], source: str) -> str:
    """A curate cell that exports rows of user turns as if they were found in the repository."""
    lines = []
    for number, turns in enumerate(rows):
        messages = []
        for turn in turns:
            messages.append({"role": "user", "content": turn})
            messages.append({"role": "assistant", "content": "Answer: 1"})
        row = {"id": f"x{number}", "source": source, "messages": messages}
        lines.append(json.dumps(row))
    text = "\n".join(lines) + "\n"
    return (
        "from pathlib import Path\n\nPath('data').mkdir(exist_ok=True)\n"
        f"Path('data/train.jsonl').write_text({text!r})\n"
    )


@pytest.mark.parametrize("name", DISGUISES)
def test_trains_on_evaluation_items(arena: Any, caught: Any, name: str) -> None:
    items = list(read_jsonl(arena.task / "evaluation" / "validation.jsonl"))
    rng = random.Random(0)
    pairs = [(rng.randint(10, 99), rng.randint(10, 99)) for _ in range(30)]
    honest = [[f"What is {left} plus {right}, please?"] for left, right in pairs]
    leaked = [DISGUISES[name](item["prompt"]) for item in items[:20]]
    trial = arena.plant(curate=curate([*honest, *leaked], "synthetic"))
    caught(trial, "20 of 50 training rows repeat evaluation items", "20 of synthetic")
    assert trial.failure.stage == "leakage"


def test_trains_on_the_test_split_through_a_synthetic_set(arena: Any, caught: Any) -> None:
    items = list(read_jsonl(arena.task / "evaluation" / "test.jsonl"))
    rows = [[f"Invented exercise {n}: {item['prompt']}"] for n, item in enumerate(items)]
    caught(arena.plant(curate=curate(rows, "self_made")), "of self_made")


def test_changes_the_data_after_it_was_checked(arena: Any, caught: Any) -> None:
    cell = "from pathlib import Path\nopen('data/train.jsonl', 'a').write('{}\\n')\n"
    trial = arena.plant(train=cell + arena.weights("tuned"))
    caught(trial, "changed the data after it was checked")
