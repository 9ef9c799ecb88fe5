from __future__ import annotations

import re

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from ftassist.errors import UnknownNameError
from ftassist.models import registry
from ftassist.models.registry import ModelEntry

KINDS = {"smollm2": "llama", "gemma-3": "gemma3_text", "qwen3": "qwen3", "qwen2.5": "qwen2"}


@pytest.mark.parametrize("model", registry.entries().values(), ids=lambda model: model.key)
def test_the_parameters_of_an_entry_are_those_of_a_model_of_its_shape(model: ModelEntry) -> None:
    kind = next(kind for start, kind in KINDS.items() if model.key.startswith(start))
    shape = model.shape
    config = AutoConfig.for_model(
        kind,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        intermediate_size=shape.feed_forward,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_heads,
        head_dim=shape.head,
        vocab_size=shape.vocabulary,
        tie_word_embeddings=not shape.untied,
    )
    with torch.device("meta"):
        made = AutoModelForCausalLM.from_config(config)
    assert sum(p.numel() for p in made.parameters()) == model.parameters


@pytest.mark.parametrize("model", registry.entries().values(), ids=lambda model: model.key)
def test_every_entry_is_pinned_and_its_checksums_are_whole(model: ModelEntry) -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", model.revision)
    assert all(re.fullmatch(r"[0-9a-f]{64}", found) for found in model.weights.values())
    assert model.licence
    assert model.languages


def test_a_model_is_found_by_its_key_and_by_its_repository() -> None:
    assert registry.entry("smollm2-135m") is registry.entry("HuggingFaceTB/SmolLM2-135M-Instruct")


def test_a_mistyped_name_is_told_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'smollm2-135m'"):
        registry.entry("smollm-135m")
