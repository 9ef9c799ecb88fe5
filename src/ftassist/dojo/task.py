"""Tasks: what to get better at.

A task is a folder of the catalog:

    card.yaml                  what people and the agent read (TaskCard)
    harness.yaml               its lm-evaluation-harness definition (prompt, limits, scoring)
    scoring.py                 process_results(doc, results) -> {"score": .., "parsed": ..}
    evaluation/{validation,test}.jsonl   the evaluation items; never shown to a trial
    repository/<set>/{card.yaml,rows.jsonl}   the raw training sets

A published task of the catalog has only its card, which names the real data, and the code that
reads and judges its records (`task_code`); `preparation` makes the folder above from the data.
Tasks
of one benchmark lie in a folder of it, beside what they share.

Knows nothing of models or trials, nor of how a task is found by its key (`task_loader`). The
evaluation folder is read by the evaluator process only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from ftassist.errors import DataError
from ftassist.files import read_jsonl
from ftassist.records.metric import Metric

CATALOG = Path(__file__).parent / "catalog"
PANEL = Path(__file__).parent / "panel"
"""The general panel: a task folder that is no task to be fine-tuned for."""
Split = Literal["validation", "test"]
SplitPolicy = Literal["ours", "released"]
HARNESS = "harness:"
"""Prefix of the tasks of lm-evaluation-harness, such as "harness:sciq"."""

Reduction = Literal["items", "views", "scorer"]

_LOADERS = frozenset({"load_card", "load_task", "task_with_data"})


def __getattr__(name: str) -> Any:
    """Hands on the loaders, which were here in 0.1.0: programs that people wrote go on.

    By name, so that this file does not depend on the one that is built on it.
    """
    if name not in _LOADERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("ftassist.dojo.task_loader"), name)


@dataclass(frozen=True)
class Baseline:
    """A reference score on the validation and test split, measured, with how it was got.

    Attributes:
        test: None where it is not told.
        views: The same by view, on the test split.
    """

    name: str
    how: str
    validation: float
    test: float | None
    views: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Where a data set is published, at a pinned revision.

    Attributes:
        id: `<org>/<name>` on its host; also its folder below `FTASSIST_DATA`.
        revision: The commit the files are taken from.
        files: Where its files are, in the data set's folder, as patterns by part (such as a
            view). Several layouts are tried in turn; the first is the host's.
        licence: As the data set states it.
        host: "hub" (Hugging Face data sets), "github", or "package": files of ftassist itself, in
            the catalog folder named by the id.
        commercial: Whether the licence allows commercial use.
        gated: Whether the host wants its terms accepted first.
        access: What a person has to do to get it, where it takes more than a download.
        mirror: Its folder below `FTASSIST_DATA`, where that is not its id.
        archive: The zip file its authors release, where their repository does not have the data.
    """

    id: str
    revision: str
    files: tuple[dict[str, str], ...]
    licence: str
    host: Literal["hub", "github", "package"] = "hub"
    commercial: bool = True
    gated: bool = False
    access: str = ""
    mirror: str = ""
    archive: str = ""

    @property
    def folder(self) -> str:
        """Its folder below `FTASSIST_DATA`."""
        return self.mirror or self.id


@dataclass(frozen=True)
class Training:
    """Raw training data of a task and how it is prepared.

    Attributes:
        title: One line.
        source: Where it is published.
        preparation: What is done to it, such as which files and rows are left out.
    """

    title: str
    source: Source
    preparation: str


@dataclass(frozen=True)
class Splits:
    """How many items the split policy `ours` takes, over all views; fewer where data is short.

    Attributes:
        validation: Items of the validation split.
        test: Items of the test split.
        note: Where the sizes come from.
    """

    validation: int
    test: int
    note: str


@dataclass(frozen=True)
class TaskCard:
    """What people and the agent may read about a task.

    Attributes:
        key: The name used in commands, such as "mini_math".
        title: One line.
        domain: Math, chemistry, tables, ...
        description: A paragraph, with honest limits.
        prompt: How a question is put to the model: for people where the items carry their
            prompts, a Jinja template over the record where the card has a `reader`.
        output_contract: What an answer must look like to be parsed.
        views: Named parts of the evaluation set, with one line each.
        metric: The metric of an item and of the headline that a campaign improves.
        reduction: How the headline comes from items: "items" (mean over all items), "views"
            (unweighted mean of view means) or "scorer" (as the task's scorer says; then `headline`
            says it in words).
        max_new_tokens: Generation limit of an answer, in tokens.
        max_length: Longest training row that makes sense, in tokens of the tiny model.
        budget: Default budget: trials, rows (training rows a trial), seconds.
        baselines: Measured reference scores.
        licence: Of the data.
        sources: Where the data comes from.
        limits: What the task does not measure.
        paper: The benchmark suite that has the task: "FT-Dojo", "FT-Dojo release" (in its code,
            not in its paper), "FT-Bench" or "".
        scorer: The task whose scorer judges answers (see `task_code`): this one where the card
            names `data` and no other; "" for `scoring.py`.
        reader: The task whose reader reads the records, likewise; "" where items are in the
            folder.
        metrics: All headline metrics, each a row of the paper's table; empty for just `metric`.
        headline: The reduction to the headline metrics, in words.
        headline_views: The views that the headline counts; empty for all of them.
        data: Where the evaluation records are published.
        training: Raw training sets.
        splits: Sizes of the split policy `ours`.
        left_out: What of the benchmark is not scored here, and why.
        system_turn: Whether the system turn that a base's chat template adds by itself is written:
            "own" or "none", the same in training and scoring.
    """

    key: str
    title: str
    domain: str
    description: str
    prompt: str
    output_contract: str
    views: dict[str, str]
    metric: Metric
    reduction: Reduction
    max_new_tokens: int
    max_length: int
    budget: dict[str, float]
    baselines: tuple[Baseline, ...]
    licence: str
    sources: tuple[str, ...]
    limits: str
    paper: str = ""
    scorer: str = ""
    reader: str = ""
    metrics: tuple[Metric, ...] = ()
    headline: str = ""
    headline_views: tuple[str, ...] = ()
    data: Source | None = None
    training: tuple[Training, ...] = ()
    splits: Splits | None = None
    left_out: str = ""
    system_turn: Literal["own", "none"] = "own"

    @property
    def headlines(self) -> tuple[Metric, ...]:
        """The headline metrics."""
        return self.metrics or (self.metric,)

    @property
    def sealed(self) -> TaskCard:
        """The same as an agent is told it: nothing that was reached on the test split."""
        told = (replace(baseline, test=None, views={}) for baseline in self.baselines)
        return replace(self, baselines=tuple(told))


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

    def size(self, split: Split) -> int:
        """How many items a split has; what they say is not looked at."""
        with (self.evaluation_folder / f"{split}.jsonl").open("rb") as lines:
            return sum(1 for line in lines if line.strip())


def task_folders() -> dict[str, Path]:
    """All task folders by key: the catalog's, then those below `FTASSIST_TASKS`."""
    found = catalog_folders()
    if extra := os.environ.get("FTASSIST_TASKS"):
        found |= {p.parent.name: p.parent for p in sorted(Path(extra).glob("*/card.yaml"))}
    return found


def catalog_folders(catalog: Path | None = None) -> dict[str, Path]:
    """The task folders that ship, by key; those of one benchmark lie in a folder of it.

    No folder inside a task is looked into: a trial's kernel, which may ask for a task by its key,
    would be noted for listing evaluation items.
    """
    found: dict[str, Path] = {}
    for folder in (catalog or CATALOG).iterdir():
        cards = [folder / "card.yaml"]
        if not cards[0].is_file():
            cards = list(folder.glob("*/card.yaml"))
        found |= {card.parent.name: card.parent for card in cards}
    return dict(sorted(found.items()))


def read_card(path: Path) -> TaskCard:
    """Reads a task card.

    Raises:
        DataError: A field is missing, unknown or not valid YAML.
    """
    try:
        return card_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (TypeError, KeyError, yaml.YAMLError) as error:
        raise DataError(
            f"the task card is not complete: {error}",
            where=str(path),
            fix="compare it with a card of the catalog",
        ) from error


def card_of(raw: Mapping[str, Any]) -> TaskCard:
    """A card as its file, or a journal, writes it.

    Raises:
        TypeError: A field is missing or unknown.
        KeyError: A part is missing.
    """
    return TaskCard(
        **{
            **raw,
            "scorer": raw.get("scorer", raw["key"] if raw.get("data") else ""),
            "reader": raw.get("reader", raw["key"] if raw.get("data") else ""),
            "metric": Metric(**raw["metric"]),
            "metrics": tuple(Metric(**metric) for metric in raw.get("metrics", ())),
            "baselines": tuple(Baseline(**b) for b in raw["baselines"]),
            "sources": tuple(raw["sources"]),
            "headline_views": tuple(raw.get("headline_views", ())),
            "data": _source(raw["data"]) if raw.get("data") else None,
            "training": tuple(
                Training(**{**found, "source": _source(found["source"])})
                for found in raw.get("training", ())
            ),
            "splits": Splits(**raw["splits"]) if raw.get("splits") else None,
        }
    )


def _source(raw: dict[str, Any]) -> Source:
    """A source as the card writes it; `files` may be one layout or a list of them."""
    files = raw["files"]
    return Source(**{**raw, "files": tuple(files if isinstance(files, list) else [files])})
