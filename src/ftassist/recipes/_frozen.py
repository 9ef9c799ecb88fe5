"""The layers below the trained ones, computed once for all rows of a training.

With adapters on the last layers only, what the layers below them make of a row is the same in
every epoch. It is kept in bf16, in a file without a name that is gone with the process, and goes
into the first trained layer in place of the embeddings' way through the frozen layers. Rows are
always computed in the order of the data, so that a training that goes on from a checkpoint has
the same states.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ftassist.models.shared_rows import Layout, lay_out

ROWS = 32
"""Rows that are computed together."""


class _EnoughError(Exception):
    """The first trained layer is reached."""


class Frozen:
    """What the frozen layers of a model make of rows.

    Args:
        model: A model with adapters on its last layers, that takes layouts.
        trained: The number of these layers.
    """

    def __init__(self, model: Any, trained: int) -> None:
        inner = model.get_base_model() if hasattr(model, "peft_config") else model
        layers = list(inner.get_decoder().layers)
        self._model = model
        self._below = layers[: len(layers) - trained]
        self._first = layers[len(layers) - trained]
        self._width = int(model.config.get_text_config().hidden_size)
        self._places: dict[tuple[int, ...], int] = {}
        self._kept = torch.empty(0, dtype=torch.bfloat16)

    def compute(self, rows: Sequence[Sequence[int]], folder: Path | None = None) -> None:
        """Computes the states of rows and keeps them, in a file below a folder."""
        chosen = list(dict.fromkeys(map(tuple, rows)))
        size = sum(map(len, chosen)) * self._width
        self._kept = _mapped(size, folder).view(-1, self._width)
        place = 0
        for start in range(0, len(chosen), ROWS):
            batch = chosen[start : start + ROWS]
            layout = lay_out(batch, [[len(row) - 1] for row in batch])
            found = self._compute(layout)
            for number, row in enumerate(batch):
                own = found[layout.rows[number, : len(row)]]
                self._kept[place : place + len(row)] = own.to(torch.bfloat16)
                self._places[row] = place
                place += len(row)

    def states(self, rows: Sequence[Sequence[int]], layout: Layout) -> torch.Tensor:
        """The states of a layout's tokens, [1, tokens, width]."""
        longest = layout.rows.shape[1]
        starts = torch.tensor([self._places[tuple(row)] for row in rows])
        number, position = layout.first // longest, layout.first % longest
        return self._kept[starts[number] + position].float()[None]

    @contextmanager
    def skipped(self) -> Iterator[None]:
        """The model without its frozen layers: each gives what it is given."""
        for layer in self._below:
            layer.forward = _as_given
        try:
            yield
        finally:
            for layer in self._below:
                del layer.forward

    @torch.no_grad()
    def _compute(self, layout: Layout) -> torch.Tensor:
        """What the first trained layer is given for a layout, [tokens, width]."""
        seen: list[torch.Tensor] = []

        def take(module: Any, arguments: Any, more: Any) -> None:
            seen.append(arguments[0] if arguments else more["hidden_states"])
            raise _EnoughError

        hook = self._first.register_forward_pre_hook(take, with_kwargs=True)
        try:
            self._model(
                input_ids=layout.ids,
                position_ids=layout.positions,
                attention_mask=layout.ids.new_ones(1, 1, 1, 1),
                use_cache=False,
                layout=layout,
            )
        except _EnoughError:
            pass
        finally:
            hook.remove()
        return seen[0][0]


def _as_given(hidden_states: torch.Tensor, *arguments: Any, **more: Any) -> torch.Tensor:
    return hidden_states


def _mapped(size: int, folder: Path | None) -> torch.Tensor:
    """Numbers in bf16 in a file of its own, which is gone once nobody holds it."""
    with tempfile.NamedTemporaryFile(prefix=".states-", dir=folder) as file:
        return torch.from_file(file.name, shared=True, size=size, dtype=torch.bfloat16)
