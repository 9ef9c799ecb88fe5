"""TRL's SFTTrainer set up for short, audited trainings on a CPU or on one GPU.

Imported by `train.sft` when it is called, because it imports torch. Rows arrive tokenised and
labelled, so that TRL neither cuts nor drops any; every step is written to the metrics and
audited.
"""

from __future__ import annotations

import math
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import datasets
import torch
from peft import LoraConfig
from transformers import PrinterCallback
from trl import SFTConfig

from ftassist.errors import CellError
from ftassist.recipes import audit
from ftassist.recipes._checkpoints import (
    Checkpointer,
    Keep,
    MonitorProgress,
    Resume,
    adapters_alone,
    find,
)
from ftassist.recipes._device import precision
from ftassist.recipes._monitor import CheckSink, Monitor
from ftassist.recipes._numerics import Recorder
from ftassist.recipes._planned import PlannedTrainer
from ftassist.recipes._ranks import ranks
from ftassist.recipes.arguments import ADAPTERS
from ftassist.recipes.batches import BatchPlan
from ftassist.recipes.metrics import MetricsWriter
from ftassist.recipes.models import LoadedModel, end_tokens
from ftassist.recipes.rows import Message
from ftassist.recipes.tokens import IGNORED, TokenRow

if TYPE_CHECKING:
    from ftassist.recipes.arguments import SftArguments

EVALUATIONS = 4
"""Validation losses over a training."""
NEW_TOKENS = 8
"""Tokens generated to try the trained model."""
LARGE = 1_000_000_000
"""Parameters above which activations are recomputed on a GPU, to save memory."""


def build(
    loaded: LoadedModel,
    training: Sequence[Sequence[TokenRow]],
    validation: Sequence[TokenRow],
    plan: BatchPlan,
    arguments: SftArguments,
    device: torch.device,
    *,
    checkpoints: Path | None = None,
    trainer_class: type[PlannedTrainer] | None = None,
) -> PlannedTrainer:
    """The trainer for tokenised rows.

    Args:
        loaded: Model and tokenizer.
        training: Groups of rows, each packed into one.
        validation: Held-out rows.
        plan: The order of the rows.
        arguments: Of the call.
        device: Where to train.
        checkpoints: The folder for checkpoints; None for a training that saves none.
        trainer_class: One with another loss.

    Raises:
        CellError: The targets name no linear layer of the model.
    """
    adapter = adapter_of(loaded.model, arguments)
    collator = PackedCollator(loaded.tokenizer.pad_token_id) if arguments.packing else None
    held_out = [[row] for row in validation]
    with without_future_warnings():
        trainer = (trainer_class or PlannedTrainer)(
            plan=plan,
            layers=arguments.layers,
            model=loaded.model,
            args=_configuration(
                loaded.model, arguments, plan, device, bool(validation), checkpoints
            ),
            data_collator=collator,
            train_dataset=make_dataset(training, packed=arguments.packing),
            eval_dataset=make_dataset(held_out, packed=arguments.packing) if held_out else None,
            processing_class=loaded.tokenizer,
            peft_config=adapter,
        )
    trainer.remove_callback(PrinterCallback)
    return trainer


def adapter_of(model: Any, arguments: SftArguments) -> LoraConfig | None:
    """The adapter to train; None for a training of all weights.

    Raises:
        CellError: The targets name no linear layer of the model, or it has fewer layers.
    """
    if arguments.method not in ADAPTERS:
        return None
    targets, last = _targets(model, arguments.targets), None
    if arguments.layers is not None:
        total = int(model.config.get_text_config().num_hidden_layers)
        if arguments.layers > total:
            raise CellError(
                f"layers={arguments.layers}, the model has {total}",
                where="train.sft",
                fix=f"give at most {total}, or leave it out",
            )
        last = list(range(total - arguments.layers, total))
        targets = sorted(_linear(model)) if targets == "all-linear" else targets
    return LoraConfig(
        r=arguments.rank,
        lora_alpha=arguments.alpha,
        target_modules=targets,
        layers_to_transform=last,
        lora_dropout=0.0,
        bias="none",
        task_type="CAUSAL_LM",
    )


def run(
    trainer: Any,
    plan: BatchPlan,
    metrics: MetricsWriter,
    log: CheckSink,
    numerics: Recorder,
    keep: Keep | None = None,
    last: int | None = None,
) -> MonitorProgress:
    """Trains, and audits every step.

    Args:
        trainer: The trainer.
        plan: Of the same training.
        metrics: Where its curve goes.
        log: Where its audits go.
        numerics: Writes its fingerprint before the first step.
        keep: Where its checkpoints lie; it goes on from the last. None for one without any.
        last: The step after which it rests, with a checkpoint there; None for its last step.

    Raises:
        TrainingStoppedError: Nothing is trained, the loss is not a number, or it exploded.
        TrainingPausedError: A pause was asked for.
    """
    last = plan.steps if last is None else last
    resume = find(keep, before=last) if keep else Resume()
    # A trainer with an order of its own has other batches than the plan's: none is foretold.
    planned = isinstance(trainer, PlannedTrainer)
    widths = plan.widths() if planned else []
    monitor = Monitor(plan, metrics, log, trainer.args.device, resume, widths, last)
    trainer.add_callback(monitor)
    if keep:
        trainer.add_callback(Checkpointer(keep, monitor.progress, last))
    numerics.watch(trainer, _first_epoch(trainer, plan) if planned else None, log, resume.step)
    with without_future_warnings(), adapters_alone(trainer.model):
        trainer.train(resume_from_checkpoint=str(resume.folder) if resume.folder else None)
    return monitor.progress


def _first_epoch(trainer: PlannedTrainer, plan: BatchPlan) -> Iterator[list[int]]:
    """The tokens of the rows, in the order in which the first epoch visits them."""
    rows = trainer.train_dataset["input_ids"]
    return (rows[number] for number in plan.epoch(0))


@contextmanager
def without_future_warnings() -> Iterator[None]:
    """Hides the libraries' notices that a cell's reader cannot act on, such as renames to come."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def try_generation(
    model: Any, loaded: LoadedModel, prompt: list[Message], device: torch.device
) -> audit.Check:
    """Lets the trained model answer a prompt with a few tokens."""
    tokenizer = loaded.tokenizer
    ends = end_tokens(loaded)
    asked = torch.tensor([loaded.chats.prompt_ids(prompt)], device=device)
    model.eval()
    with torch.inference_mode():
        output = model.generate(
            input_ids=asked,
            attention_mask=torch.ones_like(asked),
            max_new_tokens=NEW_TOKENS,
            do_sample=False,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=sorted(ends),
        )
    new = output[0, asked.shape[1] :].tolist()
    ended = bool(new) and new[-1] in ends
    return audit.generation(tokenizer.decode(new, skip_special_tokens=True), len(new), ended)


@dataclass(frozen=True)
class PackedCollator:
    """Batches packed rows: positions start anew with each document, and there is no padding mask.

    Without an attention mask and a cache, transformers builds a block-diagonal causal mask from
    the positions, so that documents do not see each other.
    """

    pad_token: int

    def __call__(self, examples: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """The batch as tensors; padding counts as a document of its own without labels."""
        width = max(len(example["input_ids"]) for example in examples)
        columns: dict[str, list[list[int]]] = {"input_ids": [], "labels": [], "position_ids": []}
        for example in examples:
            short = width - len(example["input_ids"])
            columns["input_ids"].append(example["input_ids"] + [self.pad_token] * short)
            columns["labels"].append(example["labels"] + [IGNORED] * short)
            columns["position_ids"].append(example["position_ids"] + list(range(short)))
        return {name: torch.tensor(values) for name, values in columns.items()}


def _configuration(
    model: Any,
    arguments: SftArguments,
    plan: BatchPlan,
    device: torch.device,
    validate: bool,
    checkpoints: Path | None,
) -> Any:
    on_gpu = device.type == "cuda"
    large = sum(p.numel() for p in model.parameters()) > LARGE
    return SFTConfig(
        output_dir=str(checkpoints or Path(tempfile.gettempdir()) / "ftassist-trainer"),
        # A callback asks for checkpoints when they are due; the last but one stays until the
        # last is complete.
        save_strategy="no",
        save_total_limit=2,
        report_to="none",
        disable_tqdm=True,
        use_cpu=not on_gpu,
        bf16=precision(device) == "bf16",
        gradient_checkpointing=arguments.checkpointing or (on_gpu and large),
        # Each of several processes takes its share: a batch is the same rows as on one device.
        per_device_train_batch_size=arguments.batch_size // ranks(),
        per_device_eval_batch_size=arguments.batch_size // ranks(),
        gradient_accumulation_steps=arguments.accumulation,
        num_train_epochs=arguments.epochs,
        max_steps=plan.steps,
        learning_rate=arguments.learning_rate,
        lr_scheduler_type=arguments.schedule,
        warmup_steps=math.ceil(arguments.warmup * plan.steps),
        weight_decay=arguments.weight_decay,
        eval_strategy="steps" if validate else "no",
        eval_steps=math.ceil(plan.steps / EVALUATIONS),
        logging_steps=1,
        # A loss that is not a number must be seen, not smoothed away.
        logging_nan_inf_filter=False,
        seed=arguments.seed,
        data_seed=arguments.seed,
        max_length=None,
        packing=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        dataloader_pin_memory=on_gpu,
    )


def make_dataset(groups: Sequence[Sequence[TokenRow]], *, packed: bool) -> Any:
    """Tokenised rows as a dataset; the rows of a group become one."""
    columns: dict[str, list[list[int]]] = {"input_ids": [], "labels": []}
    for group in groups:
        columns["input_ids"].append([token for row in group for token in row.ids])
        # The first token of a document has nothing before it to be predicted from.
        columns["labels"].append([label for row in group for label in (IGNORED, *row.labels[1:])])
    if packed:
        columns["position_ids"] = [
            [place for row in group for place in range(len(row))] for group in groups
        ]
    return datasets.Dataset.from_dict(columns)


def _targets(model: Any, targets: str | tuple[str, ...]) -> str | list[str]:
    if targets == "all-linear":
        return "all-linear"
    names = [targets] if isinstance(targets, str) else list(targets)
    linear = _linear(model)
    if unknown := sorted(set(names) - linear):
        raise CellError(
            f"targets name no linear layer: {', '.join(unknown)}",
            where="train.sft",
            fix=f'give "all-linear" or some of: {", ".join(sorted(linear))}',
        )
    return names


def _linear(model: Any) -> set[str]:
    """The names of the linear layers, without the one that makes logits."""
    return {
        name.rsplit(".", 1)[-1]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
    } - {"lm_head"}
