"""The trainer of `train.sft`: TRL's, in the plan's order and with a loss that wastes nothing.

On a CPU, what the rows of a batch begin with is computed once (see `models.shared_rows`), and
logits only where a trained token follows. Losses and gradients are TRL's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from trl import SFTTrainer

from ftassist.models import shared_rows
from ftassist.recipes._frozen import Frozen
from ftassist.recipes._ranks import ranks
from ftassist.recipes.batches import BatchPlan
from ftassist.recipes.tokens import IGNORED

MOST_LOGITS = 500_000_000
"""Logits of a batch that may be held at once on a CPU: 2 GB in 32 bits."""


class PlannedTrainer(SFTTrainer):  # type: ignore[misc]
    """An SFTTrainer that visits the rows in the plan's order.

    TRL's own loss, made for GPUs, scores every position of a padded batch on a CPU and adds
    statistics nobody reads here; the value is the same.
    """

    def __init__(self, *, plan: BatchPlan, layers: int | None = None, **arguments: Any) -> None:
        self.plan = plan
        self._layers = layers
        self._frozen: Frozen | None = None
        super().__init__(**arguments)
        self._vocabulary = self.model.config.get_text_config().vocab_size
        self._own_loss = (
            self.args.device.type == "cpu"
            and ranks() == 1  # gradients are shared where the wrapped model is called as a whole
            and shared_rows.keeps_logits(self.model)
            and not self.aux_loss_enabled
        )
        self.shares = self._own_loss and shared_rows.share(self.model)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The mean cross entropy of the trained tokens."""
        trained = inputs["labels"][:, 1:] != IGNORED
        count = int(trained.sum())
        held = count if self.shares else len(trained) * int(trained.any(dim=0).sum())
        fits = self._own_loss and 0 < held * self._vocabulary <= MOST_LOGITS
        if return_outputs or not fits:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        logits, targets = (self._by_row if self.shares else self._by_column)(model, inputs)
        total = cross_entropy(logits.float(), targets, reduction="sum")
        return total / (count if num_items_in_batch is None else num_items_in_batch)

    def _by_row(
        self, model: Any, inputs: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits and targets of the trained tokens, without padding and repetition."""
        found = list(documents(inputs))
        # The last token of each is asked for and not read.
        rows = [tokens[:-1] for tokens, _ in found]
        after = [
            [n for n, label in enumerate(labels[1:]) if label != IGNORED] for _, labels in found
        ]
        targets = [label for _, labels in found for label in labels[1:] if label != IGNORED]
        layout = shared_rows.lay_out(rows, after, self.args.device)
        frozen = self._frozen_part()
        if frozen is None:
            logits = shared_rows.forward(model, layout)
        else:
            with frozen.skipped():
                logits = shared_rows.forward(model, layout, states=frozen.states(rows, layout))
        return logits, torch.tensor(targets, device=self.args.device)

    def _frozen_part(self) -> Frozen | None:
        """The layers below the trained ones, computed for all rows when first asked for."""
        if self._layers and self._frozen is None:
            self._frozen = Frozen(self.model, self._layers)
            sets = [rows for rows in (self.train_dataset, self.eval_dataset) if rows is not None]
            each = (
                {name: torch.tensor([value]) for name, value in row.items()}
                for rows in sets
                for row in rows
            )
            texts = [ids[:-1] for row in each for ids, _ in documents(row)]
            self._frozen.compute(texts, Path(self.args.output_dir).parent)
        return self._frozen

    def _by_column(
        self, model: Any, inputs: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits and targets of the trained tokens; logits only where some row has one."""
        targets = inputs["labels"][:, 1:]
        columns = (targets != IGNORED).any(dim=0).nonzero().squeeze(1)
        others = {name: value for name, value in inputs.items() if name != "labels"}
        logits = model(**others, use_cache=False, logits_to_keep=columns).logits
        targets = targets[:, columns]
        trained = targets != IGNORED
        return logits[trained], targets[trained]

    def create_model_card(self, *arguments: Any, **more: Any) -> None:
        """Writes none: a checkpoint is for this program only."""

    def _get_train_sampler(self, train_dataset: Any = None) -> PlannedSampler:
        return PlannedSampler(self.plan)


def documents(inputs: dict[str, torch.Tensor]) -> Iterator[tuple[list[int], list[int]]]:
    """Tokens and labels of each row of a collated batch; those of packed rows one by one.

    What comes after the last trained token of a row is left out, and rows without one.
    """
    positions = inputs.get("position_ids")
    starts = [[] for _ in inputs["input_ids"]] if positions is None else positions.tolist()
    both = zip(inputs["input_ids"].tolist(), inputs["labels"].tolist(), starts, strict=True)
    for ids, labels, places in both:
        begins = [n for n, place in enumerate(places) if place == 0] or [0]
        for begin, end in zip(begins, [*begins[1:], len(ids)], strict=True):
            last = max((n for n in range(begin + 1, end) if labels[n] != IGNORED), default=begin)
            if last > begin:
                yield ids[begin : last + 1], labels[begin : last + 1]


class PlannedSampler(torch.utils.data.Sampler[int]):
    """Yields each epoch's rows; every iteration is the next epoch."""

    def __init__(self, plan: BatchPlan) -> None:
        self.plan = plan
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Says which epoch comes next; a resumed training does not begin with the first."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        """The next epoch's rows."""
        order = self.plan.epoch(self.epoch)
        self.epoch += 1
        return iter(order)

    def __len__(self) -> int:
        """Rows of an epoch."""
        return len(self.plan.lengths)
