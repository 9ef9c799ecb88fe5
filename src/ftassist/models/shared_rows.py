"""Rows sent through a model as a tree: what several of them begin with is computed once.

Under causal attention a token's hidden states depend on what stands before it and on nothing
else, so rows that begin alike (the chat template's system turn, an instruction, a list of labels)
have the same hidden states there. `lay_out` makes rows one sequence of distinct tokens, without
padding; `forward` sends it through the model: all layers but attention see each token once,
attention sees the rows. Logits and gradients are those of the padded batch, to rounding.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface, DynamicCache
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "ftassist_shared"
"""The attention's name among those of transformers."""
_TOLERANCE = 1e-3
"""Most relative difference of the trial rows' logits, in float32."""
_UNKNOWN = ("softcap", "position_bias", "s_aux", "cache")
"""What an attention may ask for that `attend` does not do."""


class UnfitError(Exception):
    """An attention that needs more than causal rows."""


@dataclass(frozen=True)
class Layout:
    """Rows that share their beginnings.

    Attributes:
        ids: The distinct tokens, [1, tokens].
        positions: Where in its rows each stands, [1, tokens].
        rows: For each row the places of its tokens in `ids`, [rows, longest]; padding, on the
            right, is 0.
        first: For each distinct token the place in the flattened `rows` where it comes first.
        asked: Places of the tokens after which logits are wanted, row by row.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    rows: torch.Tensor
    first: torch.Tensor
    asked: torch.Tensor


def lay_out(
    rows: Sequence[Sequence[int]],
    asked: Sequence[Sequence[int]],
    device: torch.device | str = "cpu",
) -> Layout:
    """Makes rows one sequence of distinct tokens.

    Args:
        rows: The tokens of each row.
        asked: Positions in each row after which logits are wanted.
        device: Where the tensors go.
    """
    known: dict[tuple[int, int], int] = {}
    ids: list[int] = []
    positions: list[int] = []
    first: list[int] = []
    places: list[list[int]] = []
    longest = max(map(len, rows))
    for number, row in enumerate(rows):
        place, found = -1, []
        for position, token in enumerate(row):
            place = known.setdefault((place, token), len(ids))
            if place == len(ids):
                ids.append(token)
                positions.append(position)
                first.append(number * longest + position)
            found.append(place)
        places.append(found)
    wanted = [found[at] for found, ends in zip(places, asked, strict=True) for at in ends]
    padded = [found + [0] * (longest - len(found)) for found in places]
    made: list[Any] = [[ids], [positions], padded, first, wanted]
    return Layout(*(torch.tensor(values, device=device) for values in made))


def distinct(rows: Sequence[Sequence[int]]) -> int:
    """The tokens of a layout of these rows."""
    known: dict[tuple[int, int], int] = {}
    for row in rows:
        place = -1
        for token in row:
            place = known.setdefault((place, token), len(known))
    return len(known)


def forward(
    model: Any,
    layout: Layout,
    keep: DynamicCache | None = None,
    states: torch.Tensor | None = None,
) -> torch.Tensor:
    """The logits after the tokens that are asked, [asked, vocabulary].

    Args:
        model: One that `share` took.
        layout: The rows.
        keep: Takes each row's keys and values, padded on the right.
        states: What the first layer is given in place of the tokens' embeddings.
    """
    found: torch.Tensor = model(
        **({"input_ids": layout.ids} if states is None else {"inputs_embeds": states}),
        position_ids=layout.positions,
        # Of four dimensions, so that no mask is made: `attend` needs none.
        attention_mask=layout.ids.new_ones(1, 1, 1, 1),
        use_cache=False,
        logits_to_keep=layout.asked,
        layout=layout,
        keep=keep,
    ).logits[0]
    return found


def attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    layout: Layout | None = None,
    keep: DynamicCache | None = None,
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    **more: Any,
) -> tuple[torch.Tensor, None]:
    """Causal attention within each row; without a layout, the common attention.

    Takes queries, keys and values as [1, heads, tokens, size]; gives [1, tokens, heads, size].
    """
    if layout is None:
        more |= {"scaling": scaling, "dropout": dropout, "sliding_window": sliding_window}
        found: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **more
        )
        return found
    if any(more.get(name) is not None for name in _UNKNOWN):
        raise UnfitError
    longest = layout.rows.shape[1]
    queries, keys, values = (_by_row(tokens, layout) for tokens in (query, key, value))
    if keep is not None:
        keep.update(keys, values, module.layer_idx)
    near = sliding_window is not None and longest > sliding_window
    seen = scaled_dot_product_attention(
        queries,
        keys,
        values,
        attn_mask=_band(longest, int(sliding_window or 0), query.device) if near else None,
        is_causal=not near,
        dropout_p=dropout,
        scale=scaling,
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return seen.transpose(1, 2).flatten(0, 1).index_select(0, layout.first)[None], None


def _by_row(tokens: torch.Tensor, layout: Layout) -> torch.Tensor:
    """[1, heads, tokens, size] as [rows, heads, longest, size]."""
    spread = tokens[0].transpose(0, 1).index_select(0, layout.rows.flatten())
    return spread.view(*layout.rows.shape, *spread.shape[1:]).transpose(1, 2)


def _band(length: int, width: int, device: torch.device) -> torch.Tensor:
    """Who sees whom among `length` tokens that look back less than `width`."""
    place = torch.arange(length, device=device)
    distance = place[:, None] - place[None, :]
    return (distance >= 0) & (distance < width)


def share(model: Any) -> bool:
    """Makes a model able to take a layout; false where it then would not compute the same.

    Tried on two short rows that begin alike. A model that takes layouts computes what is given
    without one as before.
    """
    if model.config._attn_implementation not in ("sdpa", NAME) or not keeps_logits(model):
        return False
    model.config._attn_implementation = NAME
    if fine := _same(model):
        return fine
    model.config._attn_implementation = "sdpa"
    return False


def keeps_logits(model: Any) -> bool:
    """Whether a model can leave out logits that nobody needs."""
    inner = model.get_base_model() if hasattr(model, "peft_config") else model
    return "logits_to_keep" in inspect.signature(inner.forward).parameters


def _same(model: Any) -> bool:
    """Whether the logits after two rows are those of the two as a plain batch."""
    known = min(int(model.config.get_text_config().vocab_size), 97)
    texts = [[(7 * n + step * (n > 2)) % known for n in range(6)] for step in (0, 3)]
    device = next(model.parameters()).device
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            keep = DynamicCache(config=model.config)
            found = forward(model, lay_out(texts, [[4, 5], [4, 5]], device), keep)
            plain = torch.tensor(texts, device=device)
            wanted = model(plain, use_cache=False, logits_to_keep=2).logits.flatten(0, 1)
    except (UnfitError, TypeError, AttributeError):
        return False
    finally:
        model.train(training)
    return bool((found - wanted).abs().max() <= _TOLERANCE * wanted.abs().max())


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
