"""Where a row would pull a model: the gradient of its loss, made small enough to compare rows by.

After LESS (Xia et al., ICML 2024, arXiv 2402.04333), small: one gradient a row, of adapters on all
linear layers of the untrained base, with no warm-up and no optimiser's state. An adapter's second
matrix is zero at the start, so the gradient of the first is, too; that of the second is the
weights' gradient seen through the first, which is random. What is left is sketched (each number
added, with a random sign, to one of `DIMENSIONS` sums), which keeps products of two rows about as
they are. Imports torch when it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ftassist.recipes.rows import Message
from ftassist.recipes.tokens import encode

if TYPE_CHECKING:
    import numpy as np

RANK = 4
DIMENSIONS = 2048
LONGEST = 1_024
"""Tokens of a row that are read."""


def gradients(chats: Sequence[list[Message]], model: str, seed: int = 0) -> np.ndarray:
    """The direction in which each row pulls a model, of length 1.

    Args:
        chats: The messages of each row.
        model: The base.
        seed: Of the adapters and the sketch; features of different seeds cannot be compared.

    Returns:
        A row of numbers for each chat; the product of two is about the cosine of their gradients.
        Zeros for a chat of which nothing would be trained on.
    """
    import numpy as np
    import torch

    from ftassist.recipes import _device, models

    loaded = models.load(model)
    device = _device.choose_device()
    longest = min(LONGEST, models.context_of(loaded))
    coded = encode(chats, loaded.tokenizer, models.end_tokens(loaded), loaded.chats)
    network, seconds = _with_adapters(loaded.model.to(device), seed)
    sketch = _Sketch([matrix.numel() for matrix in seconds], seed, device)
    table = np.zeros((len(chats), DIMENSIONS), dtype=np.float32)
    for number, row in enumerate(coded):
        part = row.fitted(longest)
        if not any(part.trained):
            continue
        ids, labels = (torch.tensor([each], device=device) for each in (part.ids, part.labels))
        network.zero_grad(set_to_none=True)
        network(input_ids=ids, labels=labels, use_cache=False).loss.backward()
        found = sketch.of([matrix.grad for matrix in seconds])
        table[number] = found / max(float(np.linalg.norm(found)), 1e-12)
    network.unload()
    return table


def _with_adapters(network: Any, seed: int) -> tuple[Any, list[Any]]:
    """The model with adapters on its linear layers, and their second matrices, in order."""
    import torch
    from peft import LoraConfig, get_peft_model

    state = torch.get_rng_state()
    torch.manual_seed(seed)
    config = LoraConfig(r=RANK, lora_alpha=RANK, target_modules="all-linear", lora_dropout=0.0)
    adapted = get_peft_model(network, config)
    torch.set_rng_state(state)
    seconds = []
    for name, parameter in adapted.named_parameters():
        parameter.requires_grad_("lora_B" in name)
        if "lora_B" in name:
            seconds.append(parameter)
    return adapted.eval(), seconds


class _Sketch:
    """Adds the numbers of a long row, with random signs, to a few sums."""

    def __init__(self, sizes: Sequence[int], seed: int, device: Any) -> None:
        import torch

        generator = torch.Generator().manual_seed(seed)
        total = sum(sizes)
        self._places = torch.randint(DIMENSIONS, (total,), generator=generator).to(device)
        signs = torch.randint(2, (total,), generator=generator, dtype=torch.int8)
        self._signs = (signs * 2 - 1).to(device)
        self._device = device

    def of(self, parts: Sequence[Any]) -> np.ndarray:
        """The sums of one row."""
        import torch

        row = torch.cat([part.flatten().float() for part in parts]) * self._signs
        sums = torch.zeros(DIMENSIONS, device=self._device).index_add_(0, self._places, row)
        return sums.cpu().numpy()
