"""Answers sampled from a model and judged by the task's own scorer; generation is simulated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import CellError, ModelError
from ftassist.files import read_jsonl
from ftassist.recipes import curate
from ftassist.recipes.curate import sampling
from ftassist.recipes.reward import load_reward
from ftassist.recipes.rows import Rows

ANSWERS = [
    ["1 + 1 = 2. \\boxed{2}", "\\boxed{2}", "\\boxed{9}"],
    ["\\boxed{8}", "no idea", ""],
    ["\\boxed{4}", "\\boxed{4}", "\\boxed{4}"],
]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setattr(sampling, "generate", lambda model, prompts, samples, *_: ANSWERS)
    raw = [
        {"q": f"{n} + {n}?", "a": f"{n} + {n} = {2 * n}. \\boxed{{{2 * n}}}"} for n in (1, 3, 2)
    ]
    return curate.to_chat(raw, source="sums", prompt="q", response="a")


def sampled(rows: Rows, keep: Any) -> Rows:
    return curate.sample_answers(rows, model="tiny", scorer="mini_math", samples=3, keep=keep)


def test_the_reward_is_the_tasks_own_rule() -> None:
    reward = load_reward("mini_math")
    messages = [
        {"role": "user", "content": "1 + 1?"},
        {"role": "assistant", "content": "So \\boxed{2}"},
    ]
    row = {"id": "a", "messages": messages}
    assert reward([(row, "\\boxed{9} or \\boxed{2}"), (row, "2")]) == [1.0, 0.0]


def test_rejection_sampling_keeps_the_models_own_right_answers(rows: Rows) -> None:
    made = sampled(rows, "right")
    assert [m[-1]["content"] for m in made.column("messages")] == ["\\boxed{2}", "\\boxed{4}"]
    assert made.card.steps[-1].dropped == {"no sample was right": 1}
    told = json.loads(made.column("fields")[0])["ftassist"]["provenance"]
    assert told == {"model": "tiny", "right": 2, "wrong": 1, "from": "sums/1"}


def test_pairs_put_the_gold_answer_before_a_wrong_one(rows: Rows, tmp_path: Path) -> None:
    made = sampled(rows, "pairs")
    curate.export(made, tmp_path / "data")
    found = list(read_jsonl(tmp_path / "data/train.jsonl"))
    assert [row["rejected"] for row in found] == ["\\boxed{9}", "\\boxed{8}"]
    assert found[0]["messages"][-1]["content"].endswith("\\boxed{2}")


def test_labels_tell_right_from_wrong(rows: Rows, tmp_path: Path) -> None:
    curate.export(sampled(rows, "labels"), tmp_path / "data")
    found = list(read_jsonl(tmp_path / "data/train.jsonl"))
    labels = {row["messages"][-1]["content"]: row["label"] for row in found}
    assert labels["\\boxed{9}"] is False
    assert labels["\\boxed{2}"] is True
    assert all(row["provenance"]["from"].startswith("sums/") for row in found)


def test_plain_rows_are_exported_as_before(rows: Rows, tmp_path: Path) -> None:
    curate.export(rows, tmp_path / "data")
    (first, *_) = read_jsonl(tmp_path / "data/train.jsonl")
    assert set(first) == {"id", "source", "messages"}


def test_a_teachers_wrong_answers_are_dropped_and_counted(rows: Rows) -> None:
    made = curate.teach(rows, teacher="tiny", scorer="mini_math")
    assert len(made) == 2
    assert made.card.steps[-1].dropped == {"the teacher was wrong": 1}


def test_a_teacher_on_the_hub_is_refused(rows: Rows) -> None:
    with pytest.raises(ModelError, match="not on this machine"):
        curate.teach(rows, teacher="org/large-model")


def test_an_impossible_wish_is_refused(rows: Rows) -> None:
    with pytest.raises(CellError, match="samples=0"):
        curate.sample_answers(rows, model="tiny", scorer="mini_math", samples=0)


@pytest.mark.slow
def test_sampling_a_model_is_decided_by_the_seed() -> None:
    prompts: Any = [[{"role": "user", "content": f"{n} + 1 = ?"}] for n in range(3)]
    one = sampling.generate("tiny", prompts, 2, 1.0, 6, 0)
    assert one == sampling.generate("tiny", prompts, 2, 1.0, 6, 0)
    assert [len(answers) for answers in one] == [2, 2, 2]
