from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

CARD = """
key: {key}
title: Sums
domain: math
description: Adding two numbers.
prompt: A sum.
output_contract: "Answer: <number>"
views: {{small: one digit, large: two digits}}
metric: {{name: accuracy, higher_is_better: true, binary: true, unit: ""}}
reduction: items
max_new_tokens: 12
max_length: 128
budget: {{trials: 4, rows: 100, seconds: 600}}
baselines: []
licence: CC0-1.0
sources: [made for a test]
limits: none
"""

HARNESS = """
task: sums
output_type: generate_until
doc_to_text: "{{prompt}}"
doc_to_target: "{{answer}}"
process_results: !function scoring.process_results
generation_kwargs: {do_sample: false, until: ["<|im_end|>"]}
metric_list:
  - {metric: score, aggregation: mean, higher_is_better: true}
  - {metric: parsed, aggregation: mean, higher_is_better: true}
"""

SCORING = """
import re

def process_results(doc, results):
    found = re.search(r"Answer: (\\d+)", results[0])
    right = bool(found) and found[1] == doc["answer"]
    return {"score": float(right), "parsed": float(bool(found))}
"""


def write_task(folder: Path, items: int = 24) -> Path:
    """A task folder of sums; the two splits share no item."""
    (folder / "evaluation").mkdir(parents=True)
    (folder / "repository").mkdir()
    (folder / "card.yaml").write_text(CARD.format(key=folder.name))
    (folder / "harness.yaml").write_text(HARNESS)
    (folder / "scoring.py").write_text(SCORING)
    for split, start in (("validation", 0), ("test", 1000)):
        rows = [sum_item(split, start + i) for i in range(items)]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / "evaluation" / f"{split}.jsonl").write_text(text)
    return folder


def sum_item(split: str, number: int) -> dict[str, str]:
    """An evaluation item; its prompt is as long as its number says."""
    left, right = 100 + number * 7, 3 + number
    filler = "please " * (number % 5)
    return {
        "id": f"{split}-{number}",
        "view": "small" if number % 2 else "large",
        "prompt": f"What is {filler}{left} plus {right}?",
        "answer": str(left + right),
    }


@pytest.fixture(scope="session")
def task_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_task(tmp_path_factory.mktemp("tasks") / "sums")


@pytest.fixture(scope="session")
def task(task_folder: Path) -> Task:
    return load_task(str(task_folder))


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random tiny Llama with a byte-level tokenizer and a chat template."""
    return save_random_model(tmp_path_factory.mktemp("base"))


def save_random_model(folder: Path, seed: int = 0, hidden: int = 32) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    specials = ["<|pad|>", "<|im_start|>", "<|im_end|>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate([*specials, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<|pad|>", eos_token="<|im_end|>"
    )
    fast.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    fast.chat_template = TEMPLATE
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=hidden,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        eos_token_id=2,
        pad_token_id=0,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    for parameter in model.parameters():  # wide enough for different models to differ in words
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def save_fine_tuned(base: Path, folder: Path, seed: int = 1) -> Path:
    """The base with its weights moved a little, saved as a trial would save it."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(base)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)
    return folder


def save_adapter(base: Path, folder: Path, merged: Path | None = None, seed: int = 2) -> Path:
    """A LoRA adapter that does something, and the same merged into the base."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(base)
    adapted = get_peft_model(
        model, LoraConfig(r=4, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    )
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.05 * torch.randn_like(parameter))
    adapted.save_pretrained(folder)
    if merged is not None:
        adapted.merge_and_unload().save_pretrained(merged)
        AutoTokenizer.from_pretrained(base).save_pretrained(merged)
    return folder


class Save:
    """How models are saved; handed to tests, which cannot import a conftest."""

    random = staticmethod(save_random_model)
    fine_tuned = staticmethod(save_fine_tuned)
    adapter = staticmethod(save_adapter)
    task = staticmethod(write_task)


@pytest.fixture(scope="session")
def save() -> Save:
    return Save()


@pytest.fixture(scope="session")
def fine_tuned(base_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_fine_tuned(base_folder, tmp_path_factory.mktemp("fine_tuned"))
