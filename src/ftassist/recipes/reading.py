"""What a model makes of rows without being trained: where they lie, and how hard they are to it.

One forward pass a row, in batches of like length, on the device a training would use. The base
that a trial trains is enough; nothing is downloaded for it. Imports torch when it is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftassist.recipes.rows import Message
from ftassist.recipes.tokens import IGNORED, TokenRow, encode

if TYPE_CHECKING:
    import numpy as np

BATCH_TOKENS = 4_000
"""Tokens of a forward pass, padding included; fewer where logits are taken."""
MOST_LOGITS = 50_000_000
LONGEST = 2_048
"""Tokens of a row that are read."""


@dataclass(frozen=True)
class _Reader:
    """A model that reads."""

    network: Any
    device: Any
    pad: int
    rows: Sequence[TokenRow]

    @classmethod
    def of(cls, chats: Sequence[list[Message]], model: str) -> _Reader:
        """Loads a model, and tokenises chats as its template writes them."""
        from ftassist.recipes import _device, models

        loaded = models.load(model)
        device = _device.choose_device()
        longest = min(LONGEST, models.context_of(loaded))
        coded = encode(chats, loaded.tokenizer, models.end_tokens(loaded), loaded.chats)
        rows = [row.fitted(longest) for row in coded]
        return cls(loaded.model.to(device).eval(), device, loaded.tokenizer.pad_token_id, rows)

    def batches(self, tokens: int) -> Iterator[tuple[list[int], Any, Any]]:
        """Numbers of rows, their tokens and which of these are padding, long rows first."""
        import torch

        order = sorted(range(len(self.rows)), key=lambda n: (-len(self.rows[n]), n))
        while order:
            width = max(1, len(self.rows[order[0]]))
            size = max(1, tokens // width)
            part, order = order[:size], order[size:]
            ids = torch.full((len(part), width), self.pad)
            mask = torch.zeros((len(part), width), dtype=torch.long)
            for place, number in enumerate(part):
                row = self.rows[number]
                ids[place, : len(row)] = torch.tensor(row.ids)
                mask[place, : len(row)] = 1
            yield part, ids.to(self.device), mask.to(self.device)


def embeddings(chats: Sequence[list[Message]], model: str) -> np.ndarray:
    """Where each chat lies: a model's last hidden states, their mean over its tokens, of length 1.

    The mean over all chats is taken off first: the states of a language model share a large part
    that tells nothing apart (Mu and Viswanath, ICLR 2018).

    Args:
        chats: The messages of each row.
        model: The model that reads them.

    Returns:
        A row of numbers for each chat; the product of two is their cosine.
    """
    import numpy as np
    import torch

    reader = _Reader.of(chats, model)
    found: list[Any] = [None] * len(chats)
    for part, ids, mask in reader.batches(BATCH_TOKENS):
        with torch.inference_mode():
            states = reader.network(
                input_ids=ids, attention_mask=mask, output_hidden_states=True, use_cache=False
            ).hidden_states[-1]
        weights = mask.unsqueeze(-1).to(states.dtype)
        means = (states * weights).sum(1) / weights.sum(1)
        for number, mean in zip(part, means.float().cpu().numpy(), strict=True):
            found[number] = mean
    table = np.stack(found) if found else np.zeros((0, 1), dtype=np.float32)
    centred = table - table.mean(0) if len(table) > 1 else table
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(lengths, 1e-12))


def losses(chats: Sequence[list[Message]], model: str) -> list[float | None]:
    """How hard each answer is to a model: nats a token that a training would learn.

    None for a chat of which nothing would be trained on.
    """
    import torch
    from torch.nn.functional import cross_entropy

    reader = _Reader.of(chats, model)
    vocabulary = reader.network.get_input_embeddings().num_embeddings
    found: list[float | None] = [None] * len(chats)
    for part, ids, mask in reader.batches(min(BATCH_TOKENS, max(1, MOST_LOGITS // vocabulary))):
        labels = torch.full_like(ids, IGNORED)
        for place, number in enumerate(part):
            row = reader.rows[number]
            labels[place, : len(row)] = torch.tensor(row.labels)
        with torch.inference_mode():
            logits = reader.network(
                input_ids=ids, attention_mask=mask, use_cache=False
            ).logits.float()
        wanted = labels[:, 1:]
        each = cross_entropy(
            logits[:, :-1].transpose(1, 2), wanted, ignore_index=IGNORED, reduction="none"
        ).sum(1)
        counts = (wanted != IGNORED).sum(1)
        for number, total, count in zip(part, each.tolist(), counts.tolist(), strict=True):
            found[number] = total / count if count else None
    return found
