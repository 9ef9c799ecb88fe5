"""Tasks: what to get better at.

A task is a folder of the catalog:

    card.yaml                  what people and the agent read (TaskCard)
    harness.yaml               its lm-evaluation-harness definition (prompt, limits, scoring)
    scoring.py                 process_results(doc, results) -> {"score": .., "parsed": ..}
    evaluation/{validation,test}.jsonl   the evaluation items; never shown to a trial
    repository/<set>/{card.yaml,rows.jsonl}   the raw training sets

Knows nothing of models or trials. The evaluation folder is read by the evaluator process only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from ftassist.errors import DataError, UnknownNameError
from ftassist.files import read_jsonl

CATALOG = Path(__file__).parent / "catalog"
Split = Literal["validation", "test"]


@dataclass(frozen=True)
class Metric:
    """A metric and its direction; the direction is never asked of anybody later.

    Attributes:
        name: The field's name for it, such as "accuracy".
        higher_is_better: The direction.
        binary: Whether an item scores 0 or 1 (Wilson interval and McNemar test apply).
        unit: Shown after values; "" for a fraction shown as percent.
    """

    name: str
    higher_is_better: bool = True
    binary: bool = True
    unit: str = ""


@dataclass(frozen=True)
class Baseline:
    """A reference score on the validation and test split, measured, with how it was got."""

    name: str
    how: str
    validation: float
    test: float
    views: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskCard:
    """What people and the agent may read about a task.

    Attributes:
        key: The name used in commands, such as "mini_math".
        title: One line.
        domain: Math, chemistry, tables, ...
        description: A paragraph, with honest limits.
        prompt: How a question is put to the model (for people).
        output_contract: What an answer must look like to be parsed.
        views: Named parts of the evaluation set, with one line each.
        metric: The headline metric; the headline is the mean over items unless `reduction` says.
        reduction: "items" (mean over all items) or "views" (unweighted mean of view means).
        max_new_tokens: Generation limit of an answer, in tokens.
        max_length: Longest training row that makes sense, in tokens of the tiny model.
        budget: Default budget: trials, rows (training rows a trial), seconds.
        baselines: Measured reference scores.
        licence: Of the data.
        sources: Where the data comes from.
        limits: What the task does not measure.
    """

    key: str
    title: str
    domain: str
    description: str
    prompt: str
    output_contract: str
    views: dict[str, str]
    metric: Metric
    reduction: Literal["items", "views"]
    max_new_tokens: int
    max_length: int
    budget: dict[str, float]
    baselines: tuple[Baseline, ...]
    licence: str
    sources: tuple[str, ...]
    limits: str


@dataclass(frozen=True)
class Task:
    """A task's card and its folder."""

    card: TaskCard
    folder: Path

    @property
    def key(self) -> str:
        """The task's name."""
        return self.card.key

    @property
    def repository_folder(self) -> Path:
        """The raw training sets, which a trial may read."""
        return self.folder / "repository"

    @property
    def evaluation_folder(self) -> Path:
        """The evaluation items, which a trial may not read."""
        return self.folder / "evaluation"

    def items(self, split: Split) -> list[dict[str, Any]]:
        """The evaluation items of a split; called by the evaluator process only."""
        return list(read_jsonl(self.evaluation_folder / f"{split}.jsonl"))


def task_folders() -> dict[str, Path]:
    """All task folders by key: the catalog's, then those below `FTASSIST_TASKS`."""
    roots = [CATALOG]
    if extra := os.environ.get("FTASSIST_TASKS"):
        roots.append(Path(extra))
    return {p.parent.name: p.parent for root in roots for p in sorted(root.glob("*/card.yaml"))}


def load_task(key: str) -> Task:
    """Loads a task by key, or from a folder that holds a card.yaml.

    Raises:
        UnknownNameError: No such task; names the nearest.
        DataError: The card is incomplete.
    """
    folder = Path(key) if (Path(key) / "card.yaml").is_file() else task_folders().get(key)
    if folder is None:
        raise UnknownNameError.of("task", key, task_folders())
    return Task(card=read_card(folder / "card.yaml"), folder=folder.resolve())


def read_card(path: Path) -> TaskCard:
    """Reads a task card.

    Raises:
        DataError: A field is missing, unknown or not valid YAML.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        raw["metric"] = Metric(**raw["metric"])
        raw["baselines"] = tuple(Baseline(**b) for b in raw["baselines"])
        raw["sources"] = tuple(raw["sources"])
        return TaskCard(**raw)
    except (TypeError, KeyError, yaml.YAMLError) as error:
        raise DataError(
            f"the task card is not complete: {error}",
            where=str(path),
            fix="compare it with a card of the catalog",
        ) from error
