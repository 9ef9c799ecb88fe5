"""DPO, KTO, GRPO and distillation on TRL's trainers; imported when one of them is called.

One story for all: rows, audits, trainer, training, a try, the saved folder. What differs between
the methods is what an example is and which trainer takes it.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import datasets
import torch
from transformers import PrinterCallback, TrainerCallback
from trl import DPOConfig, GRPOConfig, KTOConfig

from ftassist.dojo.dry_run import most_steps
from ftassist.errors import CellError, DataError, ModelError
from ftassist.models import find
from ftassist.recipes import _device, _trainer, _warm_up, audit, models
from ftassist.recipes._chat_trainers import (
    ChatDPOTrainer,
    ChatGRPOTrainer,
    ChatKTOTrainer,
    ChatTokens,
)
from ftassist.recipes._numerics import Recorder
from ftassist.recipes._planned import PlannedTrainer
from ftassist.recipes.arguments import SftArguments, TrainResult
from ftassist.recipes.batches import Plan
from ftassist.recipes.chat import response_of
from ftassist.recipes.curate.exporting import check_row_cap
from ftassist.recipes.encoding import encode_audited
from ftassist.recipes.marks import wanted
from ftassist.recipes.metrics import MetricsWriter
from ftassist.recipes.reward import load_reward
from ftassist.recipes.running import AuditLog, Clock, identity, read_rows, save_result
from ftassist.recipes.tokens import IGNORED, TokenRow

Row = Mapping[str, Any]
FIRST_STEPS = 4
"""Steps in which some answers must be better than others of their prompt."""


@dataclass(frozen=True)
class MethodPlan:
    """A training to be done.

    Attributes:
        kind: The method.
        arguments: The shared arguments.
        more: The method's own.
        loaded: The libraries that were loaded before it was called.
    """

    kind: str
    arguments: SftArguments
    more: Mapping[str, Any]
    loaded: Sequence[str] = ()


def run(todo: MethodPlan) -> TrainResult:
    """Trains and saves; see `ftassist.recipes.methods`."""
    arguments = todo.arguments
    _check(todo)
    clock = Clock()
    folder = Path(arguments.output).resolve().parent
    log = AuditLog(folder / "audit.json")
    if arguments.method == "qlora":
        models.check_quantisation()
    whole = read_rows(arguments.data)
    check_row_cap(len(whole))
    rows = _usable(todo.kind, whole, log)
    with clock.phase("load"):
        device = _device.choose_device()
        weights = _device.weight_type(arguments.method, device)
        loaded = models.load(arguments.model, dtype=weights, quantised=arguments.method == "qlora")
    with clock.phase("tokenise"):
        rows, coded = _coded(rows, loaded, arguments, log, keep_all=todo.kind == "grpo")
        plan = _plan(coded, arguments)
        called = {"recipe": todo.kind, **todo.more}
        name = identity(arguments, rows, loaded.location, called)
        numerics = Recorder(folder, name, todo.loaded)
    with clock.phase("prepare"):
        torch.manual_seed(arguments.seed)
        if todo.more.get("supervised"):
            right = [row for row, raw in zip(coded, rows, strict=True) if raw.get("label", True)]
            loaded = _warm_up.warm_up(loaded, right, arguments, todo.more, device, log, numerics)
        trainer = _build(todo, rows, coded, loaded, plan, device)
        trainer.remove_callback(PrinterCallback)
        log.add(_device.memory_check(trainer.model, device))
        if todo.kind == "grpo":
            trainer.add_callback(RewardWatch(log))
    with clock.phase("train"), MetricsWriter(folder / "metrics.jsonl", stage="train") as metrics:
        losses = _trainer.run(trainer, plan, metrics, log, numerics)
    if not losses.training:
        raise DataError(
            f"no step was trained: {len(coded)} rows are fewer than a batch",
            where=f"train.{todo.kind}",
            fix=f"give {arguments.batch_size} rows or more, or a smaller batch_size",
        )
    with clock.phase("try"):
        log.add(_trainer.try_generation(trainer.model, loaded, rows[0]["messages"][:-1], device))
    result = TrainResult(
        output=arguments.output,
        method=arguments.method,
        rows=len(coded),
        rows_validation=0,
        steps=len(losses.training),
        loss=round(sum(losses.training[-5:]) / len(losses.training[-5:]), 6),
        validation_loss=None,
        tokens=plan.tokens_seen()[len(losses.training) - 1],
        parameters_trained=_device.count_trained(trainer.model),
        seconds=clock.seconds,
        peak_memory=_device.peak_memory(device),
        device=_device.device_name(device),
        precision=_device.precision(device),
    )
    record = {"recipe": todo.kind, **asdict(arguments), **todo.more}
    save_result(trainer.model, loaded, result, record, [], clock)
    return result


class RewardWatch(TrainerCallback):  # type: ignore[misc]
    """Stops a training whose answers all get the same reward: nothing can be learned from it."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log
        self._means: list[float] = []
        self._spread = 0.0

    def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Looks at the rewards of a step."""
        logs = more.get("logs") or {}
        if "reward" not in logs:
            return
        self._means.append(float(logs["reward"]))
        self._spread = max(self._spread, float(logs.get("reward_std") or 0.0))
        if len(self._means) == min(FIRST_STEPS, state.max_steps):
            detail = {"means": self._means, "largest_spread": self._spread}
            self._log.add(_reward_check(self._means, self._spread, detail))


def _reward_check(means: Sequence[float], spread: float, detail: dict[str, Any]) -> audit.Check:
    mean = sum(means) / len(means)
    if spread > 0:
        message = f"the reward of the first steps is {mean:.3f} on average, and answers differ"
        return audit.Check("reward", True, message, detail=detail)
    return audit.Check(
        "reward",
        False,
        f"every answer of the first {len(means)} steps gets the reward {mean:.3f}: there is "
        "nothing to learn from",
        "train supervised first, choose easier rows, or raise temperature or generations",
        detail,
    )


def _check(todo: MethodPlan) -> None:
    ranges: dict[str, tuple[Callable[[Any], bool], str]] = {
        "beta": (lambda v: v >= 0, "0 or more"),
        "weight": (lambda v: 0 <= v <= 1, "a share, 0 to 1"),
        "temperature": (lambda v: v > 0, "a number above 0"),
        "generations": (lambda v: v >= 2, "2 or more"),
        "max_new_tokens": (lambda v: v >= 1, "1 or more"),
        "supervised": (lambda v: v >= 0, "0 epochs or more"),
        "supervised_rate": (lambda v: v > 0, "a number above 0"),
    }
    for name, (fits, expected) in ranges.items():
        if name in todo.more and not fits(todo.more[name]):
            raise CellError(
                f"{name}={todo.more[name]!r} is not possible",
                where=f"train.{todo.kind}",
                fix=f"give {expected}",
            )


def _usable(kind: str, rows: Sequence[Row], log: AuditLog) -> list[Row]:
    """The rows a method can use; those it cannot are counted."""
    if kind == "dpo":
        kept = [r for r in rows if r.get("rejected") and r["rejected"] != _answer(r)]
        need, fix = "a rejected answer that differs", 'curate.sample_answers(..., keep="pairs")'
    elif kind == "kto":
        kept = [r for r in rows if isinstance(r.get("label"), bool)]
        need, fix = "a label, right or wrong", 'curate.sample_answers(..., keep="labels")'
        if len({r["label"] for r in kept}) < 2:
            kept = []
            need = "labels of both kinds, right and wrong"
    elif kind == "distil":
        return wanted(rows, "train.distil")[0]
    else:
        return list(rows)
    if not kept:
        raise DataError(f"no row has {need}", where=f"train.{kind}", fix=f"make them with {fix}")
    message = f"{len(kept)} of {len(rows)} rows have {need}"
    log.add(audit.Check("examples", True, message, detail={"rows": len(rows), "kept": len(kept)}))
    return kept


def _coded(
    rows: Sequence[Row],
    loaded: models.LoadedModel,
    arguments: SftArguments,
    log: AuditLog,
    *,
    keep_all: bool,
) -> tuple[list[Row], list[TokenRow]]:
    """The rows and their tokens; those cut before their answer are left out, as the audit told."""
    whole = encode_audited(rows, loaded, arguments.max_length, log)
    cut = [row.cut(arguments.max_length) for row in whole]
    kept = [n for n, row in enumerate(cut) if keep_all or any(row.trained)]
    return [rows[n] for n in kept], [cut[n] for n in kept]


def _plan(coded: Sequence[TokenRow], arguments: SftArguments) -> Plan:
    return Plan(
        lengths=tuple(len(row) for row in coded),
        batch_size=arguments.batch_size,
        accumulation=arguments.accumulation,
        epochs=arguments.epochs,
        max_steps=most_steps(arguments.max_steps),
        seed=arguments.seed,
        order=arguments.order,
    )


def _build(
    todo: MethodPlan,
    rows: Sequence[Row],
    coded: Sequence[TokenRow],
    loaded: models.LoadedModel,
    plan: Plan,
    device: torch.device,
) -> Any:
    arguments = todo.arguments
    if todo.kind == "distil":
        return _distilling(todo, coded, loaded, plan, device)
    common = _configuration(arguments, plan, device)
    shared = _shared(todo, loaded)
    with _trainer.without_future_warnings():
        if todo.kind == "dpo":
            config = DPOConfig(**common, max_length=arguments.max_length, beta=todo.more["beta"])
            return ChatDPOTrainer(args=config, train_dataset=_pairs(rows), **shared)
        if todo.kind == "kto":
            wanted = sum(bool(row["label"]) for row in rows)
            others = len(rows) - wanted
            config = KTOConfig(
                **common,
                max_length=arguments.max_length,
                beta=todo.more["beta"],
                desirable_weight=max(1.0, others / wanted),
                undesirable_weight=max(1.0, wanted / others),
            )
            return ChatKTOTrainer(args=config, train_dataset=_labelled(rows), **shared)
        generations = int(todo.more["generations"])
        common["per_device_train_batch_size"] *= generations
        config = GRPOConfig(
            **common,
            num_generations=generations,
            max_completion_length=int(todo.more["max_new_tokens"]),
            temperature=float(todo.more["temperature"]),
            beta=float(todo.more["beta"]),
        )
        reward = _reward(str(todo.more["scorer"]), rows)
        prompts = [{"prompt": list(r["messages"][:-1]), "row": n} for n, r in enumerate(rows)]
        dataset = datasets.Dataset.from_list(prompts)
        return ChatGRPOTrainer(reward_funcs=reward, args=config, train_dataset=dataset, **shared)


def _shared(todo: MethodPlan, loaded: models.LoadedModel) -> dict[str, Any]:
    """What all of TRL's trainers take; an adapter that was warmed up is gone on with."""
    warm = bool(todo.more.get("supervised"))
    full = todo.arguments.method == "full"
    adapter = None if warm else _trainer.adapter_of(loaded.model, todo.arguments)
    shared = {
        "model": loaded.model,
        "processing_class": loaded.tokenizer,
        "peft_config": adapter,
        "tokens": ChatTokens.of(loaded),
    }
    # With an adapter the trainer keeps a copy of it as reference; without one it would take the
    # base model's weights.
    if warm and full and todo.kind != "grpo":
        shared["ref_model"] = _warm_up.frozen_copy(loaded.model)
    return shared


def _configuration(arguments: SftArguments, plan: Plan, device: torch.device) -> dict[str, Any]:
    on_gpu = device.type == "cuda"
    return {
        "output_dir": str(Path(tempfile.gettempdir()) / "ftassist-trainer"),
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": not on_gpu,
        "bf16": _device.precision(device) == "bf16",
        "gradient_checkpointing": arguments.checkpointing,
        "per_device_train_batch_size": arguments.batch_size,
        "gradient_accumulation_steps": arguments.accumulation,
        "max_steps": plan.steps,
        "learning_rate": arguments.learning_rate,
        "lr_scheduler_type": arguments.schedule,
        "warmup_steps": math.ceil(arguments.warmup * plan.steps),
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "seed": arguments.seed,
        "data_seed": arguments.seed,
        "dataloader_pin_memory": on_gpu,
    }


def _answer(row: Row) -> str:
    return response_of(row["messages"])


def _pairs(rows: Sequence[Row]) -> Any:
    return datasets.Dataset.from_list(
        [
            {
                "prompt": list(row["messages"][:-1]),
                "chosen": [{"role": "assistant", "content": _answer(row)}],
                "rejected": [{"role": "assistant", "content": str(row["rejected"])}],
            }
            for row in rows
        ]
    )


def _labelled(rows: Sequence[Row]) -> Any:
    return datasets.Dataset.from_list(
        [
            {
                "prompt": list(row["messages"][:-1]),
                "completion": [{"role": "assistant", "content": _answer(row)}],
                "label": bool(row["label"]),
            }
            for row in rows
        ]
    )


def _reward(scorer: str, rows: Sequence[Row]) -> Callable[..., list[float]]:
    judge = load_reward(scorer)

    def reward(completions: Sequence[Any], row: Sequence[int], **_: Any) -> list[float]:
        answers = zip(completions, row, strict=True)
        return judge([(rows[number], str(turns[0]["content"])) for turns, number in answers])

    return reward


def _distilling(
    todo: MethodPlan,
    coded: Sequence[TokenRow],
    loaded: models.LoadedModel,
    plan: Plan,
    device: torch.device,
) -> Any:
    teacher = _teacher(str(todo.more["teacher"]), loaded, device)
    training = [[row] for row in coded]
    trainer = _trainer.build(
        loaded, training, [], plan, todo.arguments, device, trainer_class=DistillingTrainer
    )
    assert isinstance(trainer, DistillingTrainer)
    trainer.teacher = teacher
    trainer.weight = float(todo.more["weight"])
    trainer.softness = float(todo.more["temperature"])
    return trainer


def _teacher(name: str, loaded: models.LoadedModel, device: torch.device) -> Any:
    if find(name) is None:
        raise ModelError(
            f"the teacher {name!r} is not on this machine",
            where="train.distil",
            fix="name a model folder",
        )
    teacher = models.load(name)
    if teacher.tokenizer.get_vocab() != loaded.tokenizer.get_vocab():
        raise ModelError(
            f"the teacher {name!r} has another tokenizer",
            where="train.distil",
            fix="use curate.teach(rows, teacher=...), which needs no common tokenizer",
        )
    return teacher.model.to(device).eval().requires_grad_(False)


class DistillingTrainer(PlannedTrainer):
    """A planned trainer whose loss mixes the rows' answers with a teacher's distribution."""

    teacher: Any = None
    weight: float = 0.5
    softness: float = 1.0

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The mixed loss, as a mean over trained tokens."""
        targets = inputs["labels"][:, 1:]
        others = {name: value for name, value in inputs.items() if name != "labels"}
        output = model(**others, use_cache=False)
        with torch.no_grad():
            wanted = self.teacher(**others, use_cache=False).logits[:, :-1]
        trained = targets != IGNORED
        student = output.logits[:, :-1][trained].float()
        hard = torch.nn.functional.cross_entropy(student, targets[trained], reduction="sum")
        soft = torch.nn.functional.kl_div(
            torch.log_softmax(student / self.softness, -1),
            torch.log_softmax(wanted[trained].float() / self.softness, -1),
            reduction="sum",
            log_target=True,
        )
        total = (1 - self.weight) * hard + self.weight * self.softness**2 * soft
        count = trained.sum() if num_items_in_batch is None else num_items_in_batch
        loss = total / torch.as_tensor(count).clamp(min=1)
        return (loss, output) if return_outputs else loss
