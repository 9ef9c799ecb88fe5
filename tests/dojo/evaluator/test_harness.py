"""A scoring asks with the very tokens that stand before an answer in training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lm_eval.api.instance import Instance
from tests.models.families import FAMILIES, byte_tokenizer, turns

from ftassist.dojo.evaluator import harness, models
from ftassist.dojo.evaluator.generate import GeneratedText
from ftassist.dojo.evaluator.harness import GreedyModel
from ftassist.dojo.evaluator.scoring import score
from ftassist.dojo.scorers.thinking import answer_of
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

    def generate(_: Any, prompts: Sequence[list[int]], **__: Any) -> list[GeneratedText]:
        asked.extend(prompts)
        return [GeneratedText((), True) for _ in prompts]

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


PLAIN = FAMILIES["plain"]
OPENS = PLAIN.replace("assistant\n{% endif", "assistant\n<think>\n{% endif").replace(
    "{{ m.content }}",
    "{% if m.role == 'assistant' %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}",
)


LEFT_OUT = FAMILIES["opens thoughts and forgets them in answers"]
"""Its opened think block stands before no answer in training, so that no prompt ends in it."""


def _write(
    monkeypatch: pytest.MonkeyPatch, network: Any, template: str, said: str, *, special: bool
) -> str:
    """What is handed to the scoring when a model would write a text, with a blank line as stop."""
    tokenizer = byte_tokenizer(template)
    if special:
        tokenizer.add_special_tokens({"additional_special_tokens": ["<think>", "</think>"]})

    def generate(
        _: Any, prompts: Sequence[list[int]], *, stop: Any, **__: Any
    ) -> list[GeneratedText]:
        written: list[int] = []
        for token in tokenizer.encode(said, add_special_tokens=False):
            written.append(token)
            if stop(written):
                return [GeneratedText(tuple(written), True)]
        return [GeneratedText(tuple(written), True)]

    monkeypatch.setattr(harness, "generate", generate)
    model = GreedyModel(network, tokenizer, frozenset({tokenizer.eos_token_id}))
    prompt = model.apply_chat_template(turns("Which colour?"))
    settings = {"until": ["\n\n"], "max_gen_toks": 64}
    request = Instance("generate_until", {}, (prompt, settings), 0, metadata=("t", 0, 1))
    (text,) = model.generate_until([request])
    return text


RAMBLE = "\n\nWhich colour? And so on, for longer than eight more tokens."


@pytest.mark.parametrize("special", [True, False])
@pytest.mark.parametrize(
    ("template", "thought"),
    [
        (PLAIN, ""),
        (PLAIN, "<think>\n\n</think>\n\n"),
        (PLAIN, "\n\n<think>first\n\nthen, at some length\n\n</think>\n\n"),
        (OPENS, "first\n\nthen, at some length\n\n</think>\n\n"),
        (OPENS, "\n\n</think>\n\n"),
        (FAMILIES["puts empty thoughts before the last answer"], "<think>\n\n</think>\n\n"),
        (LEFT_OUT, "first\n\nthen, at some length\n\n</think>\n\n"),
        (LEFT_OUT, "<think>first\n\nthen, at some length\n\n</think>\n\n"),
        (LEFT_OUT, ""),
    ],
)
def test_a_stop_text_ends_the_answer_and_not_the_thinking_before_it(
    monkeypatch: pytest.MonkeyPatch, network: Any, template: str, thought: str, special: bool
) -> None:
    text = _write(monkeypatch, network, template, f"{thought}blue{RAMBLE}", special=special)
    assert answer_of(text) == "blue"
    assert "Which" not in text
    assert text.strip().endswith("blue")


def test_without_thinking_a_stop_text_at_the_beginning_ends_the_answer(
    monkeypatch: pytest.MonkeyPatch, network: Any
) -> None:
    said = "\n\nblue, and more than twenty-four tokens of it"
    assert _write(monkeypatch, network, PLAIN, said, special=False) == ""


def test_an_answer_before_thinking_ends_at_its_stop_text(
    monkeypatch: pytest.MonkeyPatch, network: Any
) -> None:
    said = "blue\n\nWhich colour?<think>hm, for longer than eight tokens"
    text = _write(monkeypatch, network, PLAIN, said, special=False)
    assert answer_of(text) == "blue"
