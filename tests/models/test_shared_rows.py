"""Rows as a tree of what they share give the losses and gradients of the padded batch."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch

from ftassist.models import shared_rows

HEAD = [7, 8, 9, 10, 11]


SIZES = {"vocab_size": 120, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2}


def make(architecture: str) -> Any:
    """A small random model."""
    import transformers

    more = {"sliding_window": 6} if architecture == "Mistral" else {}
    configuration = getattr(transformers, f"{architecture}Config")
    torch.manual_seed(0)
    made = getattr(transformers, f"{architecture}ForCausalLM")
    return made(configuration(**SIZES, **HEADS, **more, pad_token_id=0))


def rows(seed: int = 0) -> list[list[int]]:
    """Six rows of several lengths; most begin alike, two are the same."""
    generator = random.Random(seed)
    made = [
        [generator.randrange(3, 99) for _ in range(generator.randrange(4, 15))] for _ in "1234"
    ]
    made = [HEAD + row for row in made]
    return [*made, made[0], [3, 4, 5, 6]]


def loss_of_padded(model: Any, batch: list[list[int]]) -> torch.Tensor:
    """The loss of each row's last two tokens, rows padded."""
    width = max(map(len, batch))
    labels = [[-100] * (len(r) - 2) + r[-2:] + [-100] * (width - len(r)) for r in batch]
    logits = model(
        input_ids=torch.tensor([r + [0] * (width - len(r)) for r in batch]),
        attention_mask=torch.tensor([[1] * len(r) + [0] * (width - len(r)) for r in batch]),
    ).logits[:, :-1]
    targets = torch.tensor(labels)[:, 1:].flatten()
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets)


def loss_of_shared(model: Any, batch: list[list[int]]) -> torch.Tensor:
    asked = [[len(row) - 3, len(row) - 2] for row in batch]
    logits = shared_rows.forward(model, shared_rows.lay_out([r[:-1] for r in batch], asked))
    return torch.nn.functional.cross_entropy(
        logits, torch.tensor([t for r in batch for t in r[-2:]])
    )


def gradients(model: Any, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    torch.autograd.backward(loss)
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("architecture", ["Llama", "Qwen2", "Mistral"])
def test_loss_and_gradients_are_those_of_the_padded_batch(
    architecture: str, checkpointing: bool
) -> None:
    model = make(architecture).train()
    assert shared_rows.share(model)
    if checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    padded, shared = loss_of_padded(model, rows()), loss_of_shared(model, rows())
    assert shared.item() == pytest.approx(padded.item(), rel=1e-5)
    wanted, found = gradients(model, padded), gradients(model, shared)
    assert wanted.keys() == found.keys()
    for name, gradient in wanted.items():
        assert torch.allclose(found[name], gradient, atol=1e-5, rtol=1e-3), name


def test_what_rows_begin_with_is_there_once() -> None:
    layout = shared_rows.lay_out(rows(), [[len(row) - 1] for row in rows()])
    beginnings = {tuple(row[:end]) for row in rows() for end in range(1, len(row) + 1)}
    assert layout.ids.numel() == len(beginnings) == shared_rows.distinct(rows())
    assert layout.ids[0, layout.asked].tolist() == [row[-1] for row in rows()]


def test_a_model_that_takes_layouts_computes_other_input_as_before() -> None:
    model = make("Llama").eval()
    before = loss_of_padded(model, rows())
    assert shared_rows.share(model)
    assert loss_of_padded(model, rows()).item() == before.item()


def test_a_model_whose_tokens_know_their_neighbours_keeps_its_own_way() -> None:
    model = make("Llama")

    def blur(module: Any, arguments: Any, hidden: torch.Tensor) -> torch.Tensor:
        return hidden + hidden.cumsum(1)

    model.model.embed_tokens.register_forward_hook(blur)
    assert not shared_rows.share(model)
    assert model.config._attn_implementation == "sdpa"


def test_a_model_with_an_attention_of_its_own_keeps_its_own_way() -> None:
    model = make("Gemma2")
    before = model.config._attn_implementation
    assert not shared_rows.share(model)
    assert model.config._attn_implementation == before
