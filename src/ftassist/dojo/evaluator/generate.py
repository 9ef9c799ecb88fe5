"""Greedy generation in batches of like prompts, deterministic, for scoring only.

`greedy` decodes one batch with a key-value cache and lets finished rows go; `generate` sorts
prompts and cuts them into batches. On a CPU what prompts begin with is computed once a batch.
Knows tokens, not texts, tasks or scores.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache

from ftassist.dojo.evaluator.cache import Roomy, roomy
from ftassist.dojo.evaluator.count import Count
from ftassist.models import shared_rows

BATCH_TOKENS = 16_384
"""Tokens (prompt and answer) a batch may hold; bounds the memory of the cache."""

BATCH_ROWS = 64
"""Rows a batch may hold."""

_COMPACT_BELOW = 0.8
"""Finished rows are dropped from the batch once fewer than this share is still running."""

_ALIKE = 0.2
"""Share of the prompts' tokens that sorting by tokens must bring together to be worth it."""


@dataclass(frozen=True)
class GeneratedText:
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
) -> list[GeneratedText]:
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
    answers: list[GeneratedText | None] = [None] * len(prompts)
    over = 0
    count(over, len(prompts))
    order = in_order(prompts)
    for batch in batches([len(p) for p in prompts], max_new_tokens, rows, order):

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


def in_order(prompts: Sequence[Sequence[int]]) -> list[int]:
    """Indices of prompts, longest first; by their tokens where that puts much alike together.

    Prompts that all begin the same gain nothing by it; those of several kinds, each with a long
    instruction or examples of its own, do.
    """
    by_tokens = sorted(range(len(prompts)), key=lambda i: (tuple(prompts[i]), i))
    pairs = list(itertools.pairwise(by_tokens))
    alike = [_same_beginning(prompts[a], prompts[b]) for a, b in pairs]
    everywhere = min(alike, default=0)
    if sum(alike) - everywhere * len(pairs) > _ALIKE * sum(map(len, prompts)):
        return by_tokens
    return sorted(by_tokens, key=lambda i: (-len(prompts[i]), i))


def _same_beginning(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two prompts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def batches(
    lengths: Sequence[int], max_new_tokens: int, rows: int, order: Sequence[int]
) -> Iterator[list[int]]:
    """The prompts in an order, in batches bounded in rows and tokens."""
    batch: list[int] = []
    longest = 0
    for i in order:
        longest = max(longest, lengths[i])
        room = BATCH_TOKENS // (longest + max_new_tokens)
        if batch and len(batch) >= min(rows, room):
            yield batch
            batch, longest = [], lengths[i]
        batch.append(i)
    if batch:
        yield batch


@torch.inference_mode()
def greedy(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    end_ids: frozenset[int],
    stop: Stop | None = None,
    tell: Callable[[int], None] = lambda finished: None,
) -> list[GeneratedText]:
    """Decodes one batch; the most likely token at every step.

    `tell` hears after each step how many rows are finished.
    """
    begin = _begin_shared if shares(model) else _begin_padded
    logits, cache, mask, position = begin(model, prompts)
    written: list[list[int]] = [[] for _ in prompts]
    finished = [False] * len(prompts)
    running = list(range(len(prompts)))
    for step in range(max_new_tokens):
        ids = logits.argmax(-1, keepdim=True)
        for row, token in zip(running, ids[:, 0].tolist(), strict=True):
            if not finished[row]:
                finished[row] = _extend(written[row], token, end_ids, stop)
        tell(sum(finished))
        alive = [place for place, row in enumerate(running) if not finished[row]]
        if not alive or step == max_new_tokens - 1:
            break
        position = position + 1
        if len(alive) <= _COMPACT_BELOW * len(running):
            keep = torch.tensor(alive, device=ids.device)
            cache.batch_select_indices(keep)
            ids, mask, position = ids[keep], mask[keep], position[keep]
            running = [running[place] for place in alive]
        mask = torch.cat([mask, mask.new_ones(len(running), 1)], dim=1)
        logits = _next(model, ids, mask, position, cache)
    return [GeneratedText(tuple(w), f) for w, f in zip(written, finished, strict=True)]


def shares(model: Any) -> bool:
    """Whether prompts are computed as a tree: on a CPU, where the model computes the same."""
    if model.device.type != "cpu" or not all(type(x) is Roomy for x in roomy(model).layers):
        return False
    return model.config._attn_implementation == shared_rows.NAME or shared_rows.share(model)


Begun = tuple[torch.Tensor, DynamicCache, torch.Tensor, torch.Tensor]
"""Logits, keys and values, the mask of these, and the last position, of each row."""


def _begin_shared(model: Any, prompts: Sequence[Sequence[int]]) -> Begun:
    """Reads the prompts; what they begin with alike once, and no padding."""
    cache = roomy(model)
    asked = [[len(prompt) - 1] for prompt in prompts]
    layout = shared_rows.lay_out(prompts, asked, model.device)
    logits = shared_rows.forward(model, layout, cache)
    position = torch.tensor(asked, device=model.device)
    mask = torch.arange(layout.rows.shape[1], device=model.device)[None] <= position
    return logits, cache, mask.long(), position


def _begin_padded(model: Any, prompts: Sequence[Sequence[int]]) -> Begun:
    """Reads the prompts, padded on the left."""
    cache = roomy(model)
    ids, mask = left_pad(prompts, model.device)
    position = (mask.cumsum(-1) - 1).clamp(min=0)
    return _next(model, ids, mask, position, cache), cache, mask, position[:, -1:]


def _next(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, position: torch.Tensor, cache: DynamicCache
) -> torch.Tensor:
    """The logits after the last of some tokens."""
    logits: torch.Tensor = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=position,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    ).logits[:, -1]
    return logits


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
