"""A key-value cache with room to grow, for batches that write long answers.

The library's own joins old and new anew at every token, which for a small model costs more than
the token itself.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

_ROOM = 64
"""Tokens of room that are made at a time, at least."""


class Roomy(DynamicLayer):  # type: ignore[misc]
    """Keys and values of one layer, as the front part of larger tensors."""

    _kept: tuple[torch.Tensor, ...] = ()

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *arguments: Any, **more: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Adds tokens; the keys and values of all so far."""
        before = self.get_seq_length()
        total = before + key_states.shape[-2]
        if not self.is_initialized or total > self._kept[0].shape[-2]:
            self._grow(key_states, value_states, total)
        for kept, new in zip(self._kept, (key_states, value_states), strict=True):
            kept[:, :, before:total] = new
        self.keys, self.values = (kept[:, :, :total] for kept in self._kept)
        return self.keys, self.values

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keeps some rows."""
        if not self.is_initialized:
            return
        self._kept = tuple(kept.index_select(0, indices) for kept in self._kept)
        length = self.get_seq_length()
        self.keys, self.values = (kept[:, :, :length] for kept in self._kept)

    def _grow(self, keys: torch.Tensor, values: torch.Tensor, total: int) -> None:
        room = total + max(_ROOM, total // 4)
        made = tuple(new.new_zeros(*new.shape[:2], room, new.shape[-1]) for new in (keys, values))
        if self.is_initialized:
            for kept, old in zip(made, (self.keys, self.values), strict=True):
                kept[:, :, : old.shape[-2]] = old
        else:
            self.lazy_initialization(keys, values)
        self._kept = made


def roomy(model: Any) -> DynamicCache:
    """The library's cache for a model, with room where a layer keeps all tokens."""
    cache = DynamicCache(config=model.config)
    cache.layers = [Roomy() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache
