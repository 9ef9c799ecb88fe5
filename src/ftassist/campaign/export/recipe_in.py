"""A recipe that was exported, as the first proposal of a new campaign.

Reads what `export --as trl-yaml|python` wrote: the cells of its trial, and what a person has
changed in `sft.yaml` since. Nothing runs: the proposal waits as any other does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ftassist.agent.cells import Call, parse, render
from ftassist.campaign.export.recipe_out import CONFIG
from ftassist.errors import FtassistError
from ftassist.files import read_json
from ftassist.journal.state import BASE
from ftassist.records.proposal import Change, Estimate, Hypothesis, Proposal

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

RECORD = "ftassist.json"
CARRIED: Mapping[str, str] = {
    "per_device_train_batch_size": "batch_size",
    "gradient_accumulation_steps": "accumulation",
    "learning_rate": "learning_rate",
    "lr_scheduler_type": "schedule",
    "weight_decay": "weight_decay",
    "gradient_checkpointing": "checkpointing",
    "lora_r": "rank",
    "lora_alpha": "alpha",
}
"""Settings of TRL whose change becomes an argument of `train.sft`."""


@dataclass(frozen=True)
class Recipe:
    """A recipe as it was read.

    Attributes:
        task: The task it was made for, by key or folder name.
        base: The base model, likewise.
        source: Whose it is, such as "t0007 of mini_math-1".
        cells: Its cells, with what was changed.
        changed: Arguments that a person changed in `sft.yaml`: name to value.
    """

    task: str
    base: str
    source: str
    cells: Mapping[str, str]
    changed: Mapping[str, Any]


def read_recipe(folder: Path) -> Recipe:
    """The recipe in a folder that `export --as trl-yaml` or `--as python` wrote.

    Raises:
        FtassistError: It is none, or something was changed that has no counterpart here.
    """
    record = folder / RECORD
    if not record.is_file():
        raise FtassistError(
            "this is no exported recipe",
            where=str(record),
            fix="name a folder that `ftassist export --as trl-yaml` wrote",
        )
    told = read_json(record)
    if "recipe" not in told or "cells" not in told:
        raise FtassistError(
            "the export says nothing of the cells it was made by",
            where=str(record),
            fix="export the recipe again",
        )
    changed = _changed(folder / CONFIG, told.get("settings", {}))
    cells = {stage: str(source) for stage, source in told["cells"].items()}
    cells.setdefault("evaluate", render("evaluate", [Call("evaluate", ("model",))]))
    if changed:
        cells["train"] = _with(cells["train"], changed, record)
    source = f"{told['trial']} of {told['campaign']}"
    return Recipe(str(told["task"]), str(told["base_model"]), source, cells, changed)


def proposal_of(recipe: Recipe, campaign: Campaign) -> Proposal:
    """The recipe as a proposal: from the base, with no prediction but that it helps."""
    said = ", ".join(f"{name}={value}" for name, value in recipe.changed.items())
    statement = f"The recipe of {recipe.source}{f', with {said}' if said else ''}"
    return Proposal(
        parent=BASE,
        hypothesis=Hypothesis(
            statement=statement[:300],
            changes=("data", "training"),
            cause="it was trained so before",
            evidence=(),
            metric=campaign.card.metric.name,
            low=0.0,
            high=1.0,
            refuted_if="no gain over the base",
        ),
        cells=dict(recipe.cells),
        change=Change("recipe", statement),
        estimate=Estimate(),
        backend="recipe",
        rule="imported recipe",
    )


def _changed(path: Path, written: Mapping[str, Any]) -> dict[str, Any]:
    """What a person changed in the YAML, as arguments of `train.sft`."""
    if not path.is_file():
        return {}
    try:
        now = yaml.safe_load(path.read_text(encoding="utf-8"))
        differs = {key for key in {*now, *written} if now.get(key) != written.get(key)}
    except (yaml.YAMLError, TypeError, AttributeError) as error:
        raise FtassistError(
            f"the recipe cannot be read: {error}", where=str(path), fix="export it again"
        ) from error
    if foreign := sorted(differs - set(CARRIED)):
        raise FtassistError(
            f"{', '.join(foreign)} was changed, which a campaign cannot take over",
            where=str(path),
            fix=f"change only {', '.join(CARRIED)}; edit the proposal for anything else",
        )
    return {CARRIED[key]: now.get(key) for key in sorted(differs)}


def _with(source: str, changed: Mapping[str, Any], where: Path) -> str:
    """A train cell with other arguments."""
    calls = parse("train", source)
    if calls is None or [call.function for call in calls] != ["train.sft"]:
        raise FtassistError(
            "the train cell is not one call of train.sft", where=str(where), fix="export it again"
        )
    return render("train", [calls[0].with_keywords(**changed)])
