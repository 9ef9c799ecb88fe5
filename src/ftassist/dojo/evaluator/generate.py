"""Greedy generation in length-sorted batches, deterministic, for scoring only.

`greedy` decodes one batch with a key-value cache and lets finished rows go; `generate` sorts
prompts by length and cuts them into batches. Knows tokens, not texts, tasks or scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ftassist.dojo.evaluator.counting import Count

BATCH_TOKENS = 16_384
"""Tokens (prompt and answer) a batch may hold; bounds the memory of the cache."""

BATCH_ROWS = 64
"""Rows a batch may hold."""

_COMPACT_BELOW = 0.8
"""Finished rows are dropped from the batch once fewer than this share is still running."""


@dataclass(frozen=True)
class Answer:
    """The tokens written for one prompt, without the end token.

    Attributes:
        tokens: Generated token ids.
        finished: Whether the end token (or a stop text) came before the limit.
    """

    tokens: tuple[int, ...]
    finished: bool


Stop = Callable[[list[int]], bool]
"""Tells from the tokens written so far whether an answer is over."""


def generate(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    end_ids: frozenset[int],
    stop: Stop | None = None,
    rows: int = BATCH_ROWS,
    count: Count = lambda done, of: None,
) -> list[Answer]:
    """Answers in the order of the prompts; longest prompts are decoded first.

    Args:
        model: A causal language model.
        prompts: Token ids, one prompt each.
        max_new_tokens: Most tokens of an answer.
        end_ids: Tokens that end an answer.
        stop: Tells whether an answer is over otherwise.
        rows: Rows a batch may hold.
        count: Told how many answers are over, of how many.

    Raises:
        ValueError: A prompt is empty.
    """
    if not all(prompts):
        raise ValueError("a prompt has no tokens")
    answers: list[Answer | None] = [None] * len(prompts)
    over = 0
    count(over, len(prompts))
    for batch in batches([len(prompt) for prompt in prompts], max_new_tokens, rows):

        def tell(finished: int, before: int = over) -> None:
            count(before + finished, len(prompts))

        written = greedy(
            model,
            [prompts[i] for i in batch],
            max_new_tokens=max_new_tokens,
            end_ids=end_ids,
            stop=stop,
            tell=tell,
        )
        for i, answer in zip(batch, written, strict=True):
            answers[i] = answer
        over += len(batch)
        count(over, len(prompts))
    return [answer for answer in answers if answer is not None]


def batches(lengths: Sequence[int], max_new_tokens: int, rows: int) -> Iterator[list[int]]:
    """Indices of prompts, longest first, in batches bounded in rows and tokens."""
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    while order:
        size = max(1, min(rows, BATCH_TOKENS // (lengths[order[0]] + max_new_tokens)))
        yield order[:size]
        order = order[size:]


@torch.inference_mode()
def greedy(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    end_ids: frozenset[int],
    stop: Stop | None = None,
    tell: Callable[[int], None] = lambda finished: None,
) -> list[Answer]:
    """Decodes one left-padded batch; the most likely token at every step.

    `tell` hears after each step how many rows are finished.
    """
    from transformers import DynamicCache

    ids, mask = left_pad(prompts, model.device)
    position = (mask.cumsum(-1) - 1).clamp(min=0)
    cache = DynamicCache(config=model.config)
    written: list[list[int]] = [[] for _ in prompts]
    finished = [False] * len(prompts)
    running = list(range(len(prompts)))
    for step in range(max_new_tokens):
        logits = model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=position,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits
        ids = logits[:, -1].argmax(-1, keepdim=True)
        for row, token in zip(running, ids[:, 0].tolist(), strict=True):
            if not finished[row]:
                finished[row] = _extend(written[row], token, end_ids, stop)
        tell(sum(finished))
        alive = [place for place, row in enumerate(running) if not finished[row]]
        if not alive or step == max_new_tokens - 1:
            break
        position = position[:, -1:] + 1
        if len(alive) <= _COMPACT_BELOW * len(running):
            keep = torch.tensor(alive, device=ids.device)
            cache.batch_select_indices(keep)
            ids, mask, position = ids[keep], mask[keep], position[keep]
            running = [running[place] for place in alive]
        mask = torch.cat([mask, mask.new_ones(len(running), 1)], dim=1)
    return [Answer(tuple(w), f) for w, f in zip(written, finished, strict=True)]


def _extend(written: list[int], token: int, end_ids: frozenset[int], stop: Stop | None) -> bool:
    """Adds a token to an answer; true if the answer is over."""
    if token in end_ids:
        return True
    written.append(token)
    return stop is not None and stop(written)


def left_pad(
    prompts: Sequence[Sequence[int]], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask, [rows, longest prompt], padding on the left with 0."""
    longest = max(len(prompt) for prompt in prompts)
    ids = torch.zeros(len(prompts), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt, dtype=torch.long)
        mask[row, longest - len(prompt) :] = 1
    return ids.to(device), mask.to(device)
