"""The trainings that cells call, each a signature and a page of help.

What they do is one story, told in `training`; what makes a training supervised, one of
preferences or of rewards is a method of its own. They know nothing of tasks and scores; the
evaluator judges what is saved. Importing this module is cheap: torch and the trainers load when
a training is called.
"""

from __future__ import annotations

from pathlib import Path

from ftassist.recipes import training
from ftassist.recipes.arguments import Method, SftArguments, TrainResult
from ftassist.recipes.batches import Order
from ftassist.recipes.checking import checked, shares_arguments
from ftassist.recipes.methods import average, distil, dpo, grpo, kto, merge
from ftassist.recipes.numerics import loaded_before
from ftassist.recipes.running import AuditLog, read_rows, split_rows
from ftassist.recipes.supervised import Supervised

__all__ = [
    "AuditLog",
    "average",
    "distil",
    "dpo",
    "grpo",
    "kto",
    "merge",
    "read_rows",
    "sft",
    "split_rows",
]


@shares_arguments(
    but=("packing", "weight_decay", "validation_share", "order", "layers", "devices")
)
@checked
def sft(
    model: str,
    data: str | Path,
    output: str | Path,
    *,
    learning_rate: float,
    epochs: float = 2,
    batch_size: int = 32,
    method: Method = "lora",
    rank: int = 16,
    alpha: float | None = None,
    targets: str | list[str] = "all-linear",
    accumulation: int = 1,
    max_length: int = 256,
    packing: bool = False,
    warmup: float = 0.05,
    schedule: str = "linear",
    weight_decay: float = 0.0,
    validation_share: float = 0.05,
    order: Order = "shuffled",
    seed: int = 0,
    max_steps: int | None = None,
    checkpointing: bool = False,
    layers: int | None = None,
    devices: int = 1,
) -> TrainResult:
    """Fine-tunes a model on the assistant's turns of chat rows and saves what it learned.

    Writes, beside `output`: `metrics.jsonl` (one line a step), `audit.json`, and `numerics.json`
    (what decides the last digits, taken before the first step); in `output`: the adapter or
    model as safetensors, the tokenizer and `training.json`. `output` appears whole or not at all.
    The same arguments and data give the same weights on a CPU. A training that was killed or
    paused goes on from its last checkpoint (`checkpoints/`, removed at the end).

    Args:
        model: "tiny", a folder, or a Hugging Face id.
        data: The folder `curate.export` wrote, or a .jsonl file of the same rows.
        output: The folder to save to; replaced if it is there.
        learning_rate: Peak of the schedule (AdamW); for the tiny model, 3e-3 suits LoRA and 1e-3
            full training.
        epochs: How often each row is seen.
        batch_size: Rows (with `packing`: packed rows) in a forward pass.
        method: "lora" trains a low-rank adapter, "full" all weights, "qlora" an adapter on a base
            in four bits (needs bitsandbytes and a GPU).
        rank: Rank of the adapter.
        alpha: Scale of the adapter; twice the rank by default.
        targets: Which linear layers get an adapter: "all-linear" or names such as "q_proj".
        accumulation: Forward passes in an optimizer step.
        max_length: Tokens after which a row is cut; rows cut before their answer are dropped.
            Rows with more tokens than the model reads lose the beginning of their prompt first.
        packing: Put several short rows into one of `max_length`; they do not see each other.
        warmup: Share of the steps over which the learning rate rises.
        schedule: How it falls after that: "linear", "cosine", "constant" or
            "constant_with_warmup".
        weight_decay: AdamW's.
        validation_share: Share of the rows held out for the validation loss (at most 64 rows).
        order: "shuffled", or "given" to keep the rows as exported (a curriculum).
        seed: Decides held-out rows, order and initial adapter.
        max_steps: Stop after so many steps.
        checkpointing: Recompute activations to save memory, at the price of time.
        layers: Adapt only the last so many layers. On a CPU what the layers below them make of
            the rows is computed once, not in every epoch: a quick look, and no replacement for
            an adapter on all layers.
        devices: Train on so many GPUs of one machine at once, data parallel: `batch_size` rows are
            shared among them, and the steps are those of one device. It makes a training faster;
            the model must still fit on one of them.

    Raises:
        CellError: An argument is out of range.
        DataError: Rows are missing or do not meet the schema (names the row).
        BudgetError: More rows than the trial's cap allows.
        ModelError: The model cannot be fine-tuned.
        TrainingStoppedError: Nothing is trained, the loss is not a number, or it exploded.
        TrainingPausedError: A pause was asked for; the same call goes on from there.

    Example:
        >>> train.sft(
        ...     model, "data", "model", learning_rate=3e-3, epochs=2, max_length=256, seed=seed
        ... )
    """
    return training.run(SftArguments.of(locals()), Supervised, loaded_before())
