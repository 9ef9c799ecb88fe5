"""Turns that are not trained on, and answers that are not wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import DataError
from ftassist.recipes import audit, models, train
from ftassist.recipes.chat import check_row
from ftassist.recipes.encoding import encode_audited
from ftassist.recipes.marks import wanted, weighted
from ftassist.recipes.running import AuditLog


def row(*contents: str, **more: Any) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(contents)]
    return {"id": "a", "source": "s", "messages": messages, **more}


def test_only_the_turns_that_are_not_marked_are_inside_the_loss(
    llama: Path, tmp_path: Path
) -> None:
    loaded = models.load(str(llama))
    marked = row("one", "WRONG", "two", "right", untrained=[1])
    log = AuditLog(tmp_path / "audit.json")
    (coded,) = encode_audited([marked], loaded, 512, log)
    text = audit.marked(coded, lambda ids: str(loaded.tokenizer.decode(ids)))
    assert "⟦right" in text
    assert "⟦WRONG" not in text
    (plain,) = encode_audited([row("one", "WRONG", "two", "right")], loaded, 512, log)
    assert plain.ids == coded.ids
    assert sum(plain.trained) > sum(coded.trained)


def test_marks_are_weights_of_the_turns() -> None:
    turns = weighted(row("a", "b", "c", "d", untrained=[1]))
    assert [turn.get("weight") for turn in turns] == [None, 0, None, None]


@pytest.mark.parametrize("untrained", [[0], [9], [True], "1", [1.0]])
def test_a_mark_on_anything_but_a_turn_of_the_assistant_is_refused(untrained: Any) -> None:
    with pytest.raises(DataError, match="untrained="):
        check_row(row("a", "b", untrained=untrained), "row 1")


def test_answers_that_are_labelled_wrong_are_not_learned_as_if_they_were_right() -> None:
    kept, check = wanted([row("a", "b", label=True), row("a", "c", label=False)], "train.sft")
    assert [each["messages"][1]["content"] for each in kept] == ["b"]
    assert "1 of 2 rows are labelled wrong" in check.message
    with pytest.raises(DataError, match="every row is labelled as a wrong answer") as refusal:
        wanted([row("a", "c", label=False)], "train.sft")
    assert "train.kto" in refusal.value.fix


@pytest.mark.slow
def test_supervised_training_leaves_wrong_answers_out(llama: Path, tmp_path: Path) -> None:
    rows = [{**row(f"q{n}", f"a{n}", label=bool(n % 2)), "id": str(n)} for n in range(8)]
    data = tmp_path / "data"
    data.mkdir()
    (data / "train.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    made = train.sft(
        str(llama), data, tmp_path / "model", method="full", learning_rate=1e-3, epochs=1,
        batch_size=2, max_length=128, max_steps=1,
    )  # fmt: skip
    assert made.rows == 4
