"""What `benchmarks.mirror` prints and compares with, on figures and a task made up here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from benchmarks.constant_answers import answers_of, score_constant
from benchmarks.mirror import BUDGETS, against, headlines, of_constant, page

from ftassist.dojo.task import CATALOG, catalog_folders
from ftassist.dojo.task_loader import load_task
from ftassist.files import write_json

SENTENCES = [("a fine film", 1), ("dull", 0), ("warm", 1), ("a bore", 0), ("bright", 1)]


def jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def task(tmp_path: Path) -> Any:
    """SST-2's card with five sentences a split, and three raw rows."""
    folder = tmp_path / "sst2"
    items = [
        {"id": f"s{n}", "view": "all", "prompt": text, "answer": ("negative", "positive")[label],
         "record": json.dumps({"sentence": text, "label": label})}
        for n, (text, label) in enumerate(SENTENCES)
    ]  # fmt: skip
    for split in ("validation", "test"):
        jsonl(folder / "evaluation" / f"{split}.jsonl", items)
    raw = folder / "repository" / "phrases"
    answers = ("positive", "negative", "positive")
    jsonl(
        raw / "rows.jsonl", [{"prompt": f"row {n}", "response": a} for n, a in enumerate(answers)]
    )
    (raw / "card.yaml").write_text(
        "name: phrases\ntitle: t\ndescription: d\nlicence: l\nprovenance: p\nnotes: n\nrows: 3\n"
        "fields: {prompt: prompt, response: response}\n",
        encoding="utf-8",
    )
    card = (CATALOG / "sst2" / "card.yaml").read_text(encoding="utf-8")
    (folder / "card.yaml").write_text(card, encoding="utf-8")
    return load_task(str(folder))


def test_the_majority_answer_is_the_commonest_of_the_raw_rows(task: Any) -> None:
    assert answers_of(task) == {"all": "positive"}


def test_constant_answers_are_judged_by_the_tasks_own_scorer(task: Any) -> None:
    found = score_constant(task, "test", {"all": "positive"})
    assert found.scores.metrics["accuracy"] == 0.6
    assert found.items == {"s0": 1.0, "s1": 0.0, "s2": 1.0, "s3": 0.0, "s4": 1.0}
    shown = of_constant(task, found)["accuracy"]
    assert shown["low"] < 0.6 < shown["high"]


class Scored:
    """A campaign of which only the item scores on test are asked, as the evaluator writes them."""

    def __init__(self, folder: Path, task: Any, scores: dict[str, dict[str, float]]) -> None:
        self.folder, self.task, self.card = folder, task, replace(task.card, reduction="items")
        (folder / "scores").mkdir(exist_ok=True)
        for trial, found in scores.items():
            items = [{"id": key, "view": "all", "score": value} for key, value in found.items()]
            write_json(folder / "scores" / f"{trial}.test.json", {"items": items})


def test_a_constant_that_is_as_good_is_not_beaten(task: Any, tmp_path: Path) -> None:
    constant = score_constant(task, "test", {"all": "positive"})
    same = {"t0001": constant.items, "t0002": constant.items, "t0003": constant.items}
    verdict = against(Scored(tmp_path, task, same), ["t0001", "t0002", "t0003"], constant)  # type: ignore[arg-type]
    assert (verdict.kind, verdict.against) == ("tied", "majority")


def test_the_fresh_seeds_are_compared_and_not_the_run_that_was_chosen(
    task: Any, tmp_path: Path
) -> None:
    constant = score_constant(task, "test", {"all": "positive"})
    none = dict.fromkeys(constant.items, 0.0)
    scores = {"t0001": dict.fromkeys(constant.items, 1.0), "t0002": none, "t0003": none}
    verdict = against(Scored(tmp_path, task, scores), ["t0001", "t0002", "t0003"], constant)  # type: ignore[arg-type]
    assert verdict.difference == pytest.approx(-0.6)


def test_headline_metrics_are_named_once(task: Any) -> None:
    assert headlines(task) == ["accuracy"]


def test_every_task_with_a_budget_is_in_the_catalog() -> None:
    assert set(BUDGETS) <= set(catalog_folders())


def test_the_page_shows_every_arm_and_both_comparisons() -> None:
    metric = {"accuracy": {"score": 0.7, "low": 0.65, "high": 0.75}}
    views = {"accuracy": metric["accuracy"], "all.accuracy": metric["accuracy"]}
    verdict = {"kind": "better", "difference": 0.2, "low": 0.1, "high": 0.3, "p": 0.001,
               "method": "exact"}  # fmt: skip
    trial = {"id": "t0001", "hypothesis": "more rows", "score": 0.7, "verdict": "better",
             "status": "scored", "failure": "", "seconds": {"train": 9.5}}  # fmt: skip
    text = page(
        {
            "task": "sst2",
            "headlines": ["accuracy"],
            "items": {"validation": 400, "test": 400},
            "arms": {
                name: {"validation": views, "test": views} for name in ("majority", "base model")
            },
            "against_base": verdict,
            "against_majority": {**verdict, "kind": "tied"},
            "trials": [trial],
            "seconds": {"prepare": 3.0, "search": 60.0, "test": 8.0, "report": 1.0},
            "peak_memory_mb": 1234,
        }
    )
    assert "| majority | accuracy | 0.700 (0.650 to 0.750) | 0.700 (0.650 to 0.750) |" in text
    assert "all.accuracy" not in text
    assert "against the base model: **better**, +0.200 [+0.100, +0.300]" in text
    assert "against the majority class: **tied**" in text
    assert "- t0001: more rows (0.700, better; 10 s)" in text
    assert "1,234 MB" in text
