"""A scoring asks with the very tokens that stand before an answer in training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.models.families import FAMILIES, byte_tokenizer, turns

from ftassist.dojo.evaluator import harness, models
from ftassist.dojo.evaluator.generate import Answer
from ftassist.dojo.evaluator.harness import GreedyModel
from ftassist.dojo.evaluator.scoring import score
from ftassist.dojo.task import Task
from ftassist.models.chat_format import ChatFormat
from ftassist.recipes.tokens import encode


@pytest.fixture(scope="module")
def network(base_folder: Path) -> Any:
    return models.load_model(models.load_base(str(base_folder))).model


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_prompts_are_the_beginnings_of_training_rows(
    name: str, network: Any, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def generate(_: Any, prompts: Sequence[list[int]], **__: Any) -> list[Answer]:
        asked.extend(prompts)
        return [Answer((), True) for _ in prompts]

    monkeypatch.setattr(harness, "generate", generate)
    tokenizer = byte_tokenizer(FAMILIES[name])
    chats = ChatFormat.of(tokenizer)
    model = GreedyModel(network, tokenizer, frozenset({tokenizer.eos_token_id}), chats=chats)
    score(model, task, "validation", model_digest="m")
    items = task.items("validation")
    assert len(asked) == len(items)
    for prompt, item in zip(asked, items, strict=True):
        chat: list[Any] = turns(item["prompt"], "Answer: 3")
        (row,) = encode([chat], tokenizer, frozenset(), chats)
        assert list(prompt) == list(row.ids[: row.trained.index(True)])


def test_a_tasks_system_turn_is_folded_where_the_template_forbids_it(network: Any) -> None:
    tokenizer = byte_tokenizer(FAMILIES["forbids the system role"])
    model = GreedyModel(network, tokenizer, frozenset({tokenizer.eos_token_id}))
    asked = model.apply_chat_template(turns("1?", system="Be brief."))
    assert "Be brief.\n\n1?" in asked


def test_a_begun_answer_stands_after_the_prompt(network: Any) -> None:
    tokenizer = byte_tokenizer(FAMILIES["plain"])
    model = GreedyModel(network, tokenizer, frozenset({tokenizer.eos_token_id}))
    asked = model.apply_chat_template(turns("1?", "The answer is"), add_generation_prompt=False)
    assert asked.endswith("<|im_start|>assistant\nThe answer is")


def test_the_end_the_template_writes_ends_answers(base_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "base"
    shutil.copytree(base_folder, folder)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    settings["eos_token"] = settings["pad_token"]
    path.write_text(json.dumps(settings))
    (folder / "generation_config.json").unlink(missing_ok=True)
    base = models.load_base(str(folder))
    assert base.tokenizer.convert_tokens_to_ids("<|im_end|>") in base.end_ids
