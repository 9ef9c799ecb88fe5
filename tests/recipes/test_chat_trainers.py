"""TRL's trainers see chats as supervised trainings and scorings do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.models.families import FAMILIES, byte_tokenizer, turns

from ftassist.models import tiny_path
from ftassist.models.chat_format import ChatFormat
from ftassist.recipes import train

from .conftest import chat, write_rows

pytestmark = pytest.mark.slow
TEMPLATE = (
    "{{ '<|im_start|>note\nIt is ' + strftime_now('%d.%m.%Y') + '<|im_end|>\n' }}"
    + (FAMILIES["opens thoughts in its generation prompt only"])
)
ASKED = (
    "<|im_start|>note\nIt is 24.12.2025<|im_end|>\n<|im_start|>user\n1 + 1 = ?<|im_end|>\n"
    "<|im_start|>assistant\n"
)


class CaughtError(Exception):
    """Carries a trainer that is about to train."""

    def __init__(self, trainer: Any) -> None:
        super().__init__("caught")
        self.trainer = trainer


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny model with a template that dates chats and opens thoughts."""
    monkeypatch.setenv("FTASSIST_DAY", "2025-12-24")
    folder = tmp_path / "base"
    shutil.copytree(tiny_path(), folder)
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return folder


def trainer_of(
    kind: str, base: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> Any:
    from ftassist.recipes import _trainer

    def caught(trainer: Any, *_: Any) -> None:
        raise CaughtError(trainer)

    monkeypatch.setattr(_trainer, "run", caught)
    rows = [
        {
            "id": f"s/{number}",
            "source": "s",
            "messages": chat("1 + 1 = ?", "2"),
            "rejected": "3",
            "label": number % 2 == 0,
        }
        for number in range(4)
    ]
    write_rows(folder / "data", rows)
    with pytest.raises(CaughtError) as error:
        getattr(train, kind)(
            str(base), folder / "data", folder / "model", learning_rate=1e-3, **more
        )
    return error.value.trainer


@pytest.mark.parametrize(
    ("kind", "answers"), [("dpo", ["chosen", "rejected"]), ("kto", ["completion"])]
)
def test_pairs_and_labels_are_tokenised_as_a_scoring_asks(
    kind: str, answers: list[str], base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = trainer_of(kind, base, tmp_path / "t", monkeypatch, batch_size=2)
    row = trainer.train_dataset[0]
    decode = trainer.processing_class.decode
    assert decode(row["prompt_ids"]) == ASKED
    written = [decode(row[f"{name}_ids"]) for name in answers]
    assert written == ["2<|im_end|>", "3<|im_end|>"][: len(answers)]


def test_rewarded_answers_are_asked_for_as_a_scoring_asks(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"scorer": "mini_math", "generations": 2, "batch_size": 2}
    trainer = trainer_of("grpo", base, tmp_path / "t", monkeypatch, **more)
    ids, images, others = trainer._tokenize_prompts([turns("1 + 1 = ?")])
    assert trainer.processing_class.decode(ids[0]) == ASKED
    assert (images, others) == (None, {})


def test_generation_of_rewarded_answers_stops_at_the_templates_end() -> None:
    from ftassist.recipes._chat_trainers import ChatTokens

    tokenizer = byte_tokenizer(FAMILIES["ends with another mark than eos, then eos"])
    tokens = ChatTokens(ChatFormat.of(tokenizer), frozenset({tokenizer.eos_token_id}))
    whole = tokens.apply_chat_template(turns("1?", "one"))["input_ids"]
    assert tokens.decode(whole) == "<|user|>\n1?<|end|>\n<|assistant|>\none<|end|>"
