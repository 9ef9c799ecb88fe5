"""Small random models, a small tokenizer and small raw sets for the recipes' tests."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")

PLAIN = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
MARKED = (
    "{% for m in messages %}{% if m.role == 'assistant' %}<|im_start|>assistant\n"
    "{% generation %}{{ m.content }}<|im_end|>\n{% endgeneration %}{% else %}"
    "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

Chat = list[dict[str, str]]


def chat(prompt: str, response: str) -> Chat:
    """A question and its answer."""
    return [{"role": "user", "content": prompt}, {"role": "assistant", "content": response}]


def sum_rows(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Exported rows: small sums."""
    generator = random.Random(seed)
    rows = []
    for number in range(count):
        a, b = generator.randrange(10), generator.randrange(10)
        messages = chat(f"{a} + {b} = ?", f"{a} + {b} = {a + b}")
        rows.append({"id": f"sums/{number + 1}", "source": "sums", "messages": messages})
    return rows


def write_rows(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Writes exported rows to `folder`/train.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "train.jsonl").write_text(text, encoding="utf-8")
    return folder


def make_tokenizer(template: str = PLAIN) -> Any:
    """A byte-level BPE tokenizer with ChatML tokens, learnt on a few words."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(["user assistant system the answer is a sum of rings"] * 4, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = template
    return tokenizer


def save_model(folder: Path, architecture: str = "llama", template: str = PLAIN) -> Path:
    """Saves a random model of some ten thousand weights with its tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    tokenizer = make_tokenizer(template)
    torch.manual_seed(0)
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "tie_word_embeddings": True,
        "eos_token_id": tokenizer.eos_token_id,
        "bos_token_id": None,
        "pad_token_id": tokenizer.pad_token_id,
    }
    if architecture == "qwen2":
        model = Qwen2ForCausalLM(Qwen2Config(**sizes))
    else:
        model = LlamaForCausalLM(LlamaConfig(**sizes))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def tokenizer_with() -> Callable[[str], Any]:
    """Makes the small tokenizer with a chat template: "plain", "marked", or one of one's own."""
    return lambda name: make_tokenizer({"plain": PLAIN, "marked": MARKED}.get(name, name))


@pytest.fixture
def exported(tmp_path: Path) -> Callable[..., Path]:
    """Writes exported rows to a data folder; small sums by default."""

    def write(rows: list[dict[str, Any]] | None = None, *, count: int = 48) -> Path:
        return write_rows(tmp_path / "trial" / "data", sum_rows(count) if rows is None else rows)

    return write


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "llama")


@pytest.fixture(scope="session")
def marked_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "marked", template=MARKED)


@pytest.fixture(scope="session")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "qwen", architecture="qwen2")


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Path]:
    """Makes a data repository of raw sets: `repository(name=(fields, rows), ...)`."""

    def make(**sets: tuple[dict[str, str], list[dict[str, Any]]]) -> Path:
        root = tmp_path / "repository"
        for name, (fields, rows) in sets.items():
            folder = root / name
            folder.mkdir(parents=True)
            card = {
                "name": name,
                "title": name,
                "description": name,
                "fields": fields,
                "rows": len(rows),
                "licence": "CC0",
                "provenance": "made for a test",
                "notes": "",
            }
            (folder / "card.yaml").write_text(json.dumps(card), encoding="utf-8")
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / "rows.jsonl").write_text(text, encoding="utf-8")
        return root

    return make
