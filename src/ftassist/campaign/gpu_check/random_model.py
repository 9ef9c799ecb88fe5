"""A model of a wanted shape with random weights: its memory and speed are those of a real one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ftassist.models import resolve

TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
SHAPE_1_5B: dict[str, int] = {
    "hidden_size": 1536,
    "intermediate_size": 8960,
    "num_hidden_layers": 28,
    "num_attention_heads": 12,
    "num_key_value_heads": 2,
}
"""Qwen2.5-1.5B's layers, with the tokenizer of the model beside it: 1.4 billion parameters."""


def make(folder: Path, tokenizer_of: str, shape: dict[str, int]) -> Path:
    """Writes a model with random weights in 16 bits and another model's tokenizer."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    source = resolve(tokenizer_of).path
    tokenizer: Any = AutoTokenizer.from_pretrained(source)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
        max_position_embeddings=4096,
        **shape,
    )
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        model = LlamaForCausalLM(config)
    finally:
        torch.set_default_dtype(before)
    model.save_pretrained(folder)
    for name in TOKENIZER:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    return folder
