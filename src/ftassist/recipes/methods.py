"""Trainings beyond supervised fine-tuning: DPO, KTO, GRPO, distillation; merging and averaging.

Each is audited, writes its metrics and saves like `train.sft`, and reads the same exported rows;
cells call them as `train.dpo` and so on. Importing this module is cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ftassist.errors import CellError
from ftassist.recipes import training
from ftassist.recipes.arguments import OTHER_USUALS, SftArguments, TrainResult
from ftassist.recipes.checking import checked
from ftassist.recipes.numerics import loaded_before
from ftassist.recipes.training import TrainingMethod


@checked
def dpo(
    model: str,
    data: str | Path,
    output: str | Path,
    *,
    learning_rate: float,
    beta: float = 0.1,
    supervised: float = 0.0,
    supervised_rate: float | None = None,
    seed: int = 0,
    **common: Any,
) -> TrainResult:
    """Direct preference optimisation (arXiv 2305.18290) on rows with a rejected answer.

    Rows come from `curate.sample_answers(..., keep="pairs")`: each has a chosen answer, its last
    turn, and a `rejected` one. Pairs whose answers are equal are dropped and counted. The
    reference is the model it starts from: the base, or the base after the supervised epochs.

    Args:
        model: The base model.
        data: The exported rows.
        output: Where to save.
        learning_rate: Peak of the schedule.
        beta: How strongly the reference holds.
        supervised: Epochs of supervised training on the rows' answers before.
        supervised_rate: Peak of their schedule; by default `learning_rate`.
        seed: Decides order and initial adapter.
        common: epochs, batch_size, method, rank, alpha, targets, accumulation, max_length, warmup,
            schedule, max_steps, checkpointing, as of `train.sft`.

    Raises:
        DataError: No row has a rejected answer that differs.
        CellError: An argument is out of range.

    Example:
        >>> train.dpo(model, "data", "model", learning_rate=1e-3, supervised=2, seed=seed)
    """
    arguments = _arguments(model, data, output, learning_rate, seed, common)
    more = {"beta": beta, **_supervised(supervised, supervised_rate, learning_rate)}
    return _run("dpo", arguments, more)


@checked
def kto(
    model: str,
    data: str | Path,
    output: str | Path,
    *,
    learning_rate: float,
    beta: float = 0.1,
    supervised: float = 0.0,
    supervised_rate: float | None = None,
    seed: int = 0,
    **common: Any,
) -> TrainResult:
    """KTO (arXiv 2402.01306) on rows labelled right or wrong, without pairs.

    Rows come from `curate.sample_answers(..., keep="labels")`. Arguments and errors are those of
    `dpo`; rows of both labels must be there, and the rarer label is weighted up.

    Example:
        >>> train.kto(model, "data", "model", learning_rate=1e-3, seed=seed)
    """
    arguments = _arguments(model, data, output, learning_rate, seed, common)
    more = {"beta": beta, **_supervised(supervised, supervised_rate, learning_rate)}
    return _run("kto", arguments, more)


@checked
def grpo(
    model: str,
    data: str | Path,
    output: str | Path,
    *,
    learning_rate: float,
    scorer: str,
    generations: int = 4,
    max_new_tokens: int = 64,
    temperature: float = 1.0,
    beta: float = 0.0,
    supervised: float = 0.0,
    supervised_rate: float | None = None,
    seed: int = 0,
    **common: Any,
) -> TrainResult:
    """GRPO (arXiv 2402.03300) with the task's own scorer as reward, on training rows.

    For each prompt several answers are sampled; the scorer compares each with the final answer of
    the row, and what is better than the others of its prompt is made likelier. Stops, saying so,
    when all answers of the first steps get the same reward: then there is nothing to learn from.

    Args:
        model: The base model.
        data: The exported rows.
        output: Where to save.
        learning_rate: Peak of the schedule.
        scorer: The task whose scorer gives the reward (the variable `task`).
        generations: Answers for each prompt.
        max_new_tokens: Longest answer.
        temperature: Of sampling.
        beta: Weight of the distance to the base model; with an adapter that was warmed up, to
            that.
        supervised: Epochs of supervised training on the rows' answers before: a base model that
            never earns a reward has nothing to learn from.
        supervised_rate: Peak of their schedule; by default `learning_rate`.
        seed: Decides order, sampling and initial adapter.
        common: As of `dpo`; `batch_size` counts prompts.

    Raises:
        CellError: An argument is out of range.
        TrainingStoppedError: No answer was better than another.

    Example:
        >>> train.grpo(
        ...     model, "data", "model", learning_rate=1e-3, scorer=task, supervised=2, seed=seed
        ... )
    """
    arguments = _arguments(model, data, output, learning_rate, seed, common)
    more = {
        "scorer": scorer,
        "generations": generations,
        "max_new_tokens": max_new_tokens,
        "temperature": temperature,
        "beta": beta,
        **_supervised(supervised, supervised_rate, learning_rate),
    }
    return _run("grpo", arguments, more)


@checked
def distil(
    model: str,
    data: str | Path,
    output: str | Path,
    *,
    teacher: str,
    learning_rate: float,
    weight: float = 0.5,
    temperature: float = 1.0,
    seed: int = 0,
    **common: Any,
) -> TrainResult:
    """Distillation: the answers of the rows, and what a stronger model would say at each token.

    The loss is `(1 - weight)` times the cross entropy plus `weight * temperature^2` times the
    divergence of the student from the teacher (arXiv 1503.02531), both on trained tokens only.

    Args:
        model: The base model, which learns.
        data: The exported rows.
        output: Where to save.
        teacher: A model on this machine with the same tokenizer.
        learning_rate: Peak of the schedule.
        weight: Share of the teacher, 0 to 1.
        temperature: Softens both distributions.
        seed: Decides order and initial adapter.
        common: As of `dpo`.

    Raises:
        ModelError: The teacher is not on this machine, or has another tokenizer.

    Example:
        >>> train.distil(model, "data", "model", teacher="tiny", learning_rate=3e-3, seed=seed)
    """
    arguments = _arguments(model, data, output, learning_rate, seed, common)
    more = {"teacher": teacher, "weight": weight, "temperature": temperature}
    return _run("distil", arguments, more)


@checked
def merge(
    model: str,
    adapters: Sequence[str | Path],
    output: str | Path,
    *,
    weights: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Merges adapters of the same base into one, as a weighted sum of what they add.

    Args:
        model: The base model.
        adapters: Folders that `train.sft` and the like wrote in this trial.
        output: Where to save the merged adapter.
        weights: One for each adapter; equal shares by default.

    Returns:
        What was merged: adapters, weights, rank.

    Raises:
        CellError: Fewer than two adapters, or another number of weights.
        ModelError: A folder holds no adapter of this base.

    Example:
        >>> for part in ("a", "b"):
        ...     train.sft(model, "data", f"adapters/{part}", learning_rate=3e-3, rank=8, seed=seed)
        >>> train.merge(model, ["adapters/a", "adapters/b"], "model", weights=[0.5, 0.5])
    """
    from ftassist.recipes._merging import merge_adapters

    shares = list(weights) if weights is not None else [1.0 / len(adapters) for _ in adapters]
    return merge_adapters(model, [str(path) for path in adapters], str(output), shares)


@checked
def average(
    model: str, trained: str | Path, output: str | Path, *, share: float = 0.5
) -> dict[str, Any]:
    """Averages what was trained with its base, to keep more of what the base could do.

    Each weight goes a share of the way from the base's to the trained one (WiSE-FT, arXiv
    2109.01903); of an adapter its part is scaled, which is the same. It costs no training: most
    of what was gained on the task is often kept while what was forgotten comes back.

    Args:
        model: The base model.
        trained: The folder that `train.sft` and the like wrote in this trial.
        output: Where to save the average.
        share: How far to go: 1 is what was trained, towards 0 it is the base.

    Returns:
        What was averaged: trained, share, and the way that was gone as it was measured.

    Raises:
        CellError: The share is not above 0 and at most 1, or the adapter is of another kind.
        ModelError: The folder holds no model trained from this base.

    Example:
        >>> train.sft(model, "data", "trained", learning_rate=3e-3, epochs=2, seed=seed)
        >>> train.average(model, "trained", "model", share=0.7)
    """
    from ftassist.recipes._averaging import average_with_base

    return average_with_base(model, str(trained), str(output), share)


def _supervised(epochs: float, rate: float | None, learning_rate: float) -> dict[str, float]:
    return {"supervised": epochs, "supervised_rate": learning_rate if rate is None else rate}


def _arguments(
    model: str,
    data: str | Path,
    output: str | Path,
    learning_rate: float,
    seed: int,
    common: dict[str, Any],
) -> SftArguments:
    """The arguments all trainings share, checked."""
    given = {"model": model, "data": data, "output": output, "learning_rate": learning_rate}
    return SftArguments.of({**given, "seed": seed, **OTHER_USUALS, **common})


def _run(kind: str, arguments: SftArguments, own: dict[str, Any]) -> TrainResult:
    _check(kind, own)
    return training.run(arguments, lambda: _method(kind, own), loaded_before())


def _method(kind: str, own: dict[str, Any]) -> TrainingMethod:
    """A method by its name; its trainer takes a second to import."""
    if kind == "grpo":
        from ftassist.recipes._rewards import Grpo

        return Grpo(own)
    if kind == "distil":
        from ftassist.recipes._distillation import Distillation

        return Distillation(own)
    from ftassist.recipes._preferences import Dpo, Kto

    return {"dpo": Dpo, "kto": Kto}[kind](own)


def _check(kind: str, own: Mapping[str, Any]) -> None:
    """Refuses a value of a method's own arguments that is out of range."""
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
        if name in own and not fits(own[name]):
            raise CellError(
                f"{name}={own[name]!r} is not possible",
                where=f"train.{kind}",
                fix=f"give {expected}",
            )
