"""Supervised fine-tuning of a chat model, full or LoRA, on TRL's SFTTrainer.

`sft` is one story from top to bottom: load, tokenise, audit, train, try, save. It trains on the
assistant's tokens only, audits that it really does, and stops when training is of no use. It
knows nothing of tasks and scores; the evaluator judges what it saves. Importing this module is
cheap: torch and the trainer load when `sft` is called.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ftassist.dojo.dry_run import most_steps
from ftassist.recipes import models
from ftassist.recipes.arguments import Method, SftArguments, TrainResult
from ftassist.recipes.batches import Order, Plan, pack
from ftassist.recipes.checking import checked, shares_arguments
from ftassist.recipes.curate.exporting import check_row_cap
from ftassist.recipes.encoding import encode_audited
from ftassist.recipes.marks import wanted
from ftassist.recipes.methods import distil, dpo, grpo, kto, merge
from ftassist.recipes.metrics import MetricsWriter
from ftassist.recipes.numerics import loaded_before
from ftassist.recipes.running import (
    AuditLog,
    Clock,
    identity,
    read_rows,
    save_result,
    split_rows,
)
from ftassist.recipes.tokens import TokenRow

__all__ = [
    "AuditLog",
    "distil",
    "dpo",
    "grpo",
    "kto",
    "merge",
    "read_rows",
    "sft",
    "split_rows",
]


@shares_arguments(but=("packing", "weight_decay", "validation_share", "order"))
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
    chosen = tuple(targets) if isinstance(targets, list) else targets
    return _run(
        SftArguments(
            model=model,
            data=str(data),
            output=str(output),
            method=method,
            rank=rank,
            alpha=2 * rank if alpha is None else alpha,
            targets=chosen,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            accumulation=accumulation,
            max_length=max_length,
            packing=packing,
            warmup=warmup,
            schedule=schedule,
            weight_decay=weight_decay,
            validation_share=validation_share,
            order=order,
            seed=seed,
            max_steps=max_steps,
            checkpointing=checkpointing,
            layers=layers,
        )
    )


def _run(arguments: SftArguments) -> TrainResult:
    before = loaded_before()
    clock = Clock()
    folder = Path(arguments.output).resolve().parent
    if arguments.method == "qlora":
        models.check_quantisation()
    rows = read_rows(arguments.data)
    check_row_cap(len(rows))
    log = AuditLog(folder / "audit.json")
    rows = _learned(rows, log)
    with clock.phase("imports"):
        from ftassist.recipes import _checkpoints, _device, _numerics, _trainer
    with clock.phase("load"):
        device = _device.choose_device()
        weights = _device.weight_type(arguments.method, device)
        loaded = models.load(arguments.model, dtype=weights, quantised=arguments.method == "qlora")
    with clock.phase("tokenise"):
        training, validation = tokenised(rows, loaded, arguments, log)
        plan = plan_of(training, arguments)
    with clock.phase("prepare"):
        places = folder / _checkpoints.FOLDER
        trainer = _trainer.build(
            loaded, training, validation, plan, arguments, device, checkpoints=places
        )
        log.add(_device.memory_check(trainer.model, device))
        keep = _checkpoints.Keep(folder, identity(arguments, rows, loaded.location))
        numerics = _numerics.Recorder(folder, keep.fingerprint, before)
    with clock.phase("train"), MetricsWriter(folder / "metrics.jsonl", stage="train") as metrics:
        losses = _trainer.run(trainer, plan, metrics, log, numerics, keep)
    clock.seconds["train"] = round(losses.seconds, 3)
    with clock.phase("try"):
        log.add(_trainer.try_generation(trainer.model, loaded, rows[0]["messages"][:-1], device))
    result = TrainResult(
        output=arguments.output,
        method=arguments.method,
        rows=sum(len(group) for group in training),
        rows_validation=len(validation),
        steps=len(losses.training),
        loss=round(sum(losses.training[-5:]) / len(losses.training[-5:]), 6),
        validation_loss=losses.validation[-1] if losses.validation else None,
        tokens=plan.tokens_seen()[len(losses.training) - 1],
        parameters_trained=_device.count_trained(trainer.model),
        seconds=clock.seconds,
        peak_memory=_device.peak_memory(device),
        device=_device.device_name(device),
        precision=_device.precision(device),
    )
    save_result(trainer.model, loaded, result, asdict(arguments), losses.validation, clock)
    _checkpoints.remove(folder)
    return result


def _learned(rows: list[dict[str, Any]], log: AuditLog) -> list[dict[str, Any]]:
    """The rows whose answers are learned; a remark where some are not, or some turns."""
    kept, check = wanted(rows, "train.sft")
    if any(row.get("untrained") or row.get("label") is False for row in rows):
        log.add(check)
    return kept


def tokenised(
    rows: list[dict[str, Any]],
    loaded: models.LoadedModel,
    arguments: SftArguments,
    log: AuditLog,
) -> tuple[list[list[TokenRow]], list[TokenRow]]:
    """Groups of rows that share one packed row (one each without packing), and held-out rows."""
    coded = encode_audited(rows, loaded, arguments.max_length, log, fit=True)
    usable = [row.cut(arguments.max_length) for row in coded]
    usable = [row for row in usable if any(row.trained)]
    kept, held_out = split_rows(len(usable), arguments.validation_share, arguments.seed)
    training = [usable[index] for index in kept]
    validation = [usable[index] for index in held_out]
    if arguments.packing:
        return pack(training, arguments.max_length), validation
    return [[row] for row in training], validation


def plan_of(training: list[list[TokenRow]], arguments: SftArguments) -> Plan:
    """In which order, and in which batches, a training sees its rows."""
    return Plan(
        lengths=tuple(sum(len(row) for row in group) for group in training),
        batch_size=arguments.batch_size,
        accumulation=arguments.accumulation,
        epochs=arguments.epochs,
        max_steps=most_steps(arguments.max_steps),
        seed=arguments.seed,
        order=arguments.order,
    )
