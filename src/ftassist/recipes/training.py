"""One training from top to bottom: rows, tokens, audits, steps, a try, the saved folder.

It trains on the assistant's tokens only, audits that it really does, and stops when training is
of no use. What differs between supervised fine-tuning, preferences, rewards and distillation is a
`TrainingMethod`: which rows it can use, what an example is, and which trainer takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ftassist.dojo.dry_run import most_steps
from ftassist.errors import DataError
from ftassist.recipes import _ranks, models, several
from ftassist.recipes.arguments import SftArguments, TrainResult
from ftassist.recipes.batches import BatchPlan
from ftassist.recipes.curate.exporting import check_row_cap
from ftassist.recipes.metrics import MetricsWriter
from ftassist.recipes.rung import last_step
from ftassist.recipes.running import AuditLog, Clock, identity, read_rows, save_result
from ftassist.recipes.tokens import TokenRow

if TYPE_CHECKING:
    import torch

    from ftassist.recipes._checkpoints import MonitorProgress
    from ftassist.recipes._numerics import Recorder

Row = dict[str, Any]
_LAST = 5
"""Steps whose mean loss is told."""


@dataclass(frozen=True)
class Examples:
    """What is learned from, tokenised.

    Attributes:
        rows: The rows.
        groups: Their tokens; the rows of a group are packed into one.
        held_out: Rows for the validation loss.
    """

    rows: Sequence[Row]
    groups: Sequence[Sequence[TokenRow]]
    held_out: Sequence[TokenRow] = ()


@dataclass(frozen=True)
class Ready:
    """What a method builds its trainer from.

    Attributes:
        arguments: Those that trainings share.
        loaded: Model and tokenizer.
        examples: What is learned from.
        plan: In which order.
        device: Where.
        checkpoints: The folder that checkpoints may lie in.
        log: Where audits go.
        numerics: For a training inside this one.
    """

    arguments: SftArguments
    loaded: models.LoadedModel
    examples: Examples
    plan: BatchPlan
    device: torch.device
    checkpoints: Path
    log: AuditLog
    numerics: Recorder


class TrainingMethod(Protocol):
    """What makes a training the one it is."""

    @property
    def name(self) -> str:
        """As cells call it: "sft", "dpo"."""

    @property
    def called(self) -> Mapping[str, Any]:
        """What is recorded beside the shared arguments: the recipe, and its own arguments."""

    @property
    def resumes(self) -> bool:
        """Whether it leaves checkpoints and goes on from the last."""

    def usable(self, rows: list[Row], log: AuditLog) -> list[Row]:
        """The rows it can learn from; those it cannot are counted.

        Raises:
            DataError: There are none.
        """

    def examples(
        self, rows: list[Row], loaded: models.LoadedModel, arguments: SftArguments, log: AuditLog
    ) -> Examples:
        """The rows as it learns from them; those cut before their answer are left out."""

    def trainer(self, ready: Ready) -> Any:
        """The trainer, about to start."""


def run(
    arguments: SftArguments, method_of: Callable[[], TrainingMethod], before: Sequence[str]
) -> TrainResult:
    """Trains and saves.

    Args:
        arguments: Those that trainings share.
        method_of: Gives the method; may import its trainer, which takes seconds.
        before: The libraries that were loaded before the recipe was called.
    """
    clock = Clock()
    if arguments.devices > 1 and _ranks.ranks() == 1:
        from ftassist.recipes import _device

        return several.launch(arguments, before, _device.gpus())
    folder = Path(arguments.output).resolve().parent
    own = _ranks.own_folder(folder)
    if arguments.method == "qlora":
        models.check_quantisation()
    rows = read_rows(arguments.data)
    check_row_cap(len(rows))
    log = AuditLog(own / "audit.json")
    with clock.phase("imports"):
        method = method_of()
    rows = method.usable(rows, log)
    with clock.phase("imports"):
        from ftassist.recipes import _checkpoints, _device, _numerics, _trainer
    with clock.phase("load"):
        device = _device.choose_device()
        weights = _device.weight_type(arguments.method, device)
        loaded = models.load(arguments.model, dtype=weights, quantised=arguments.method == "qlora")
    with clock.phase("tokenise"):
        examples = method.examples(rows, loaded, arguments, log)
        plan = plan_of(examples.groups, arguments)
        training = identity(arguments, examples.rows, loaded.location, method.called)
    with clock.phase("prepare"):
        places = folder / _checkpoints.FOLDER
        numerics = _numerics.Recorder(own, training, before)
        trainer = method.trainer(
            Ready(arguments, loaded, examples, plan, device, places, log, numerics)
        )
        log.add(_device.memory_check(trainer.model, device))
        keep = _checkpoints.Keep(folder, training) if method.resumes else None
    with clock.phase("train"), MetricsWriter(own / "metrics.jsonl", stage="train") as metrics:
        last = last_step(plan.steps) if method.resumes else plan.steps
        losses = _trainer.run(trainer, plan, metrics, log, numerics, keep, last)
    if not losses.training:
        raise DataError(
            f"no step was trained: {len(examples.groups)} rows are fewer than a batch",
            where=f"train.{method.name}",
            fix=f"give {arguments.batch_size} rows or more, or a smaller batch_size",
        )
    clock.seconds["train"] = round(losses.seconds, 3)
    _ranks.wait_for_all()
    with clock.phase("try"):
        prompt = examples.rows[0]["messages"][:-1]
        log.add(_trainer.try_generation(trainer.model, loaded, prompt, device))
    result = _result(arguments, examples, plan, losses, clock, trainer.model, device)
    if last < plan.steps:
        result = replace(result, of_steps=plan.steps)
    record = {**asdict(arguments), **method.called}
    if _ranks.rank() == 0:
        save_result(trainer.model, loaded, result, record, losses.validation, clock)
        if method.resumes and last == plan.steps:
            _checkpoints.remove(folder)
    _ranks.wait_for_all()
    return result


def _result(
    arguments: SftArguments,
    examples: Examples,
    plan: BatchPlan,
    losses: MonitorProgress,
    clock: Clock,
    model: Any,
    device: torch.device,
) -> TrainResult:
    from ftassist.recipes import _device

    steps, last = len(losses.training), losses.training[-_LAST:]
    return TrainResult(
        output=arguments.output,
        method=arguments.method,
        rows=sum(len(group) for group in examples.groups),
        rows_validation=len(examples.held_out),
        steps=steps,
        loss=round(sum(last) / len(last), 6),
        validation_loss=losses.validation[-1] if losses.validation else None,
        tokens=plan.tokens_seen()[steps - 1],
        parameters_trained=_device.count_trained(model),
        seconds=clock.seconds,
        peak_memory=_device.peak_memory(device),
        device=_device.device_name(device),
        precision=_device.precision(device),
    )


def plan_of(groups: Sequence[Sequence[TokenRow]], arguments: SftArguments) -> BatchPlan:
    """In which order, and in which batches, a training sees its rows."""
    return BatchPlan(
        lengths=tuple(sum(len(row) for row in group) for group in groups),
        batch_size=arguments.batch_size,
        accumulation=arguments.accumulation,
        epochs=arguments.epochs,
        max_steps=most_steps(arguments.max_steps),
        seed=arguments.seed,
        order=arguments.order,
    )
