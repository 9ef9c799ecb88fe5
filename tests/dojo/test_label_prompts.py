"""A closed answer set is said in the prompt where it is short, and is not where it is long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftassist.dojo.catalog.hoc.scorer import HALLMARKS
from ftassist.dojo.catalog.sst2.scorer import LABELS
from ftassist.dojo.own_task import SHORT_SET, OwnTask, make_task
from ftassist.dojo.scorers.intents import intents_of
from ftassist.dojo.task_loader import load_card

SETS = {
    "sst2": LABELS,
    "hoc": HALLMARKS,
    "panorama_noc4pc": ("ALLOW", "102", "103"),
    "banking77": tuple(intents_of("banking77")),
    "clinc150": tuple(intents_of("clinc150")),
}


@pytest.mark.parametrize("key", sorted(SETS))
def test_a_short_set_stands_in_the_prompt_and_a_long_one_does_not(key: str) -> None:
    prompt, labels = load_card(key).prompt.casefold(), SETS[key]
    said = [label for label in labels if label.casefold() in prompt]
    if len(labels) <= SHORT_SET:
        assert len(said) == len(labels)
    else:
        assert len(said) <= 1  # by chance: the field of a template has a label's name


def _rows(path: Path, count: int, labels: int) -> Path:
    """Rows whose answers are so many labels."""
    things = ("apple", "boat", "cloud", "door", "earth", "fish", "goat", "hill", "ink", "jar")
    rows = [
        {
            "prompt": f"Which kind is {things[n % 10]} {path.stem} {n * 37} {things[n % 7]}?",
            "answer": f"kind {chr(97 + n % labels)}",
        }
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(("labels", "said"), [(3, True), (20, False)])
def test_the_contract_of_a_task_of_ones_own_names_a_short_set(
    labels: int, said: bool, tmp_path: Path
) -> None:
    train = _rows(tmp_path / "train.jsonl", 60, labels)
    evaluation = _rows(tmp_path / "evaluation.jsonl", 120, labels)
    own = OwnTask(tmp_path / "kinds", train, evaluation, "accuracy")
    contract = load_card(str(make_task(own))).output_contract
    assert ("One of: kind a, kind b, kind c." in contract) is said
