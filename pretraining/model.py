"""The model, its settings and its optimisers."""

import math
from dataclasses import dataclass

import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast


@dataclass(frozen=True)
class Config:
    """All that decides the run besides the mix; times in minutes."""

    seed: int = 20261120
    width: int = 160
    layers: int = 5
    heads: int = 5
    feed_forward: int = 448
    longest: int = 512
    processes: int = 2
    batch_tokens: int = 4096
    matrix_rate: float = 3e-3
    other_rate: float = 4e-3
    warmup_steps: int = 100
    decay_from: float = 0.55
    last_rate: float = 0.03
    minutes: float = 50.0
    save_every: float = 3.0
    molecules: int = 3000


def build_model(config: Config, coder: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Return the untrained model; residual projections start smaller, as depth asks for."""
    torch.manual_seed(config.seed)
    shape = LlamaConfig(
        vocab_size=len(coder),
        hidden_size=config.width,
        intermediate_size=config.feed_forward,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        max_position_embeddings=config.longest,
        tie_word_embeddings=True,
        pad_token_id=coder.pad_token_id,
        eos_token_id=coder.eos_token_id,
        bos_token_id=None,
        attn_implementation="sdpa",
    )
    model = LlamaForCausalLM(shape)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                parameter.mul_(1 / math.sqrt(2 * config.layers))
    return model


def optimisers(config: Config, model: nn.Module) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for the embeddings and the norms."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        inner = parameter.ndim == 2 and "embed" not in name and "lm_head" not in name
        (matrices if inner else others).append(parameter)
    return [
        torch.optim.Muon(
            matrices, lr=config.matrix_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(others, lr=config.other_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
