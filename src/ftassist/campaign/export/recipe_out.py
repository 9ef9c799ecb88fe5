"""A trial's training as a recipe for others: a YAML for `trl sft` or Axolotl, or a plain script.

Rows are handed over as tokens and labels, in the order and the batches that the trial saw them, so
that no other template, cut, packing or shuffle can make another training of them. Only the
training of `train.sft` travels so; nothing of ftassist is needed to run it.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from ftassist.agent.cells import parse
from ftassist.campaign.export.axolotl import axolotl_text, with_attention
from ftassist.campaign.export.provenance import provenance
from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json
from ftassist.models import registry, store
from ftassist.models.clock import parse_day
from ftassist.recipes.arguments import SftArguments

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.journal.state import Trial
    from ftassist.recipes.batches import BatchPlan
    from ftassist.recipes.tokens import TokenRow

RecipeForm = Literal["trl-yaml", "axolotl", "python"]
RECIPES: tuple[RecipeForm, ...] = ("trl-yaml", "axolotl", "python")
ROWS, CONFIG, SCRIPT = "rows.jsonl", "sft.yaml", "train.py"
AXOLOTL = "axolotl.yaml"


def recipe_form(name: str) -> RecipeForm | None:
    """The recipe that a name stands for; None for the name of another export."""
    return next((form for form in RECIPES if form == name), None)


def export_recipe(campaign: Campaign, trial: str, form: RecipeForm) -> Path:
    """Writes a trial's training below `exports`, and returns the folder.

    Raises:
        FtassistError: It is no training of `train.sft`, its rows or its record are gone, or it
            packs rows or adapts some layers only.
    """
    known = campaign.trial(trial)
    arguments, precision = _recorded(campaign, known)
    rows, plan, pad = _tokens(campaign, known, arguments)
    settings = _settings(campaign, arguments, precision, plan)
    place = campaign.folder / "exports"
    place.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".recipe-", dir=place))
    written = unrolled(rows, plan, pad)
    if form == "axolotl":
        written = with_attention(written)
    longest, filled = _write_rows(fresh / ROWS, written)
    if form == "trl-yaml":
        _write_yaml(fresh / CONFIG, _document(settings))
    elif form == "axolotl":
        text = axolotl_text(settings, ROWS, longest, filled=filled)
        (fresh / AXOLOTL).write_text(text, encoding="utf-8")
    else:
        (fresh / SCRIPT).write_text(_script(settings), encoding="utf-8")
    told = {"recipe": form, "cells": dict(known.cells), "settings": _document(settings)}
    write_json(fresh / "ftassist.json", {**provenance(campaign, known), **told})
    fresh.chmod(0o755)
    target = place / f"{known.id}-{form}"
    if target.exists():
        shutil.rmtree(target)
    return fresh.rename(target)


def _write_rows(path: Path, rows: Iterable[Mapping[str, list[int]]]) -> tuple[int, bool]:
    """Writes rows one by one; tokens of the longest, and whether some only fill a batch."""
    longest, filled = 0, False
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
            longest = max(longest, len(row["input_ids"]))
            filled = filled or set(row["labels"]) == {-100}
    return longest, filled


def unrolled(
    rows: Sequence[Sequence[TokenRow]], plan: BatchPlan, pad: int
) -> Iterator[dict[str, list[int]]]:
    """The rows of all steps, one after another, each as tokens and labels.

    An epoch's last batch may be smaller than the others: it is filled up with rows of which
    nothing is learned, and which therefore change no loss and no gradient.
    """
    size = plan.batch_size * plan.accumulation
    filler = {"input_ids": [pad, pad], "labels": [-100, -100]}
    left, epoch = plan.steps * size, 0
    while left:
        order = plan.epoch(epoch)
        for number in order[:left]:
            (row,) = rows[number]
            yield {"input_ids": list(row.ids), "labels": [-100, *row.labels[1:]]}
        left -= min(left, len(order))
        short = min(left, -len(order) % size)
        yield from [filler] * short
        left -= short
        epoch += 1


def _recorded(campaign: Campaign, trial: Trial) -> tuple[SftArguments, str]:
    """The arguments of a trial's one training as it recorded them, and what it computed in."""
    calls = parse("train", trial.cells.get("train", "")) or []
    if [call.function for call in calls] != ["train.sft"]:
        raise FtassistError(
            f"the train cell of {trial.id} is not one call of train.sft",
            where=trial.id,
            fix="export its model, or its notebook, which runs in any Jupyter",
        )
    record = campaign.model_folder(trial.id) / "training.json"
    if record.is_symlink() or not record.is_file():
        raise FtassistError(
            "the training left no record", where=str(record), fix="run the trial again"
        )
    try:
        written = read_json(record)
        given = written["arguments"]
        arguments = SftArguments.of(given)
    except (KeyError, TypeError) as error:
        raise FtassistError(
            f"the record of the training cannot be read: {error}",
            where=str(record),
            fix="run the trial again",
        ) from error
    for name in ("packing", "layers"):
        if getattr(arguments, name):
            raise FtassistError(
                f"a training with {name}={getattr(arguments, name)} does not travel: TRL has no "
                "such training",
                where=trial.id,
                fix="export its model instead",
            )
    return arguments, str(written.get("precision", ""))


def _tokens(
    campaign: Campaign, trial: Trial, arguments: SftArguments
) -> tuple[Sequence[Sequence[TokenRow]], BatchPlan, int]:
    """The rows as the trial tokenised them, in which order they were seen, and the pad token."""
    from ftassist.models.chat_format import ChatFormat
    from ftassist.recipes import models
    from ftassist.recipes.running import AuditLog, read_rows
    from ftassist.recipes.supervised import Supervised
    from ftassist.recipes.training import plan_of

    data = campaign.trial_folder(trial.id) / "data" / "train.jsonl"
    if data.is_symlink() or data.parent.is_symlink() or not data.is_file():
        raise FtassistError(
            "the training rows are gone", where=str(data), fix="run the trial's notebook again"
        )
    loaded = models.load(campaign.base_reference)
    day, turn = parse_day(campaign.day), campaign.card.system_turn
    # As a trial's kernel is told by its environment, which is not this process's.
    vars(loaded)["chats"] = ChatFormat.of(loaded.tokenizer, day, turn)
    method = Supervised()
    with tempfile.TemporaryDirectory() as place:
        log = AuditLog(Path(place) / "audit.json")
        rows = method.usable(read_rows(str(data)), log)
        groups = method.examples(rows, loaded, arguments, log).groups
    return groups, plan_of(groups, arguments), int(loaded.tokenizer.pad_token_id)


def _settings(
    campaign: Campaign, arguments: SftArguments, precision: str, plan: BatchPlan
) -> dict[str, Any]:
    """The settings of TRL that give the same training, by group."""
    adapter = arguments.method != "full"
    targets = arguments.targets
    return {
        "model": _model(campaign),
        "adapter": {
            "lora_r": arguments.rank,
            "lora_alpha": int(arguments.alpha) if float(arguments.alpha).is_integer()
            else arguments.alpha,
            "lora_dropout": 0.0,
            "lora_target_modules": [targets] if isinstance(targets, str) else list(targets),
        } if adapter else {},
        "training": {
            "output_dir": "model",
            "per_device_train_batch_size": arguments.batch_size,
            "gradient_accumulation_steps": arguments.accumulation,
            "num_train_epochs": 1,
            "max_steps": plan.steps,
            "learning_rate": arguments.learning_rate,
            "lr_scheduler_type": arguments.schedule,
            "warmup_steps": math.ceil(arguments.warmup * plan.steps),
            "weight_decay": arguments.weight_decay,
            "train_sampling_strategy": "sequential",
            "seed": arguments.seed,
            "bf16": precision == "bf16",
            "gradient_checkpointing": arguments.checkpointing,
            "max_length": None,
            "packing": False,
            "dataset_kwargs": {"skip_prepare_dataset": True},
            "remove_unused_columns": False,
            "logging_steps": 1,
            "save_strategy": "no",
            "report_to": "none",
        },
    }  # fmt: skip


def _model(campaign: Campaign) -> str:
    """What others load the base by: its id on the Hub, else its place on this machine."""
    known = registry.find(campaign.state.settings.model)
    origin = store.origin_of(campaign.base.path)
    published = known is not None and not (origin and origin.note)
    return known.repository if known and published else str(campaign.base.path)


def _document(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as `trl sft` reads them."""
    return {
        "model_name_or_path": settings["model"],
        "dtype": "float32",
        "datasets": [{"path": "json", "data_files": ROWS}],
        **({"use_peft": True, **settings["adapter"]} if settings["adapter"] else {}),
        **settings["training"],
    }


def _write_yaml(path: Path, document: Mapping[str, Any]) -> None:
    head = f"# In this folder: trl sft --config {CONFIG}\n"
    path.write_text(head + yaml.safe_dump(dict(document), sort_keys=False), encoding="utf-8")


def _script(settings: Mapping[str, Any]) -> str:
    lines = "\n".join(f"    {k}={v!r}," for k, v in settings["training"].items())
    adapter = settings["adapter"]
    peft, given = "", ""
    if adapter:
        targets = adapter["lora_target_modules"]
        peft = _ADAPTER.format(
            rank=adapter["lora_r"],
            alpha=adapter["lora_alpha"],
            targets=targets[0] if len(targets) == 1 else targets,
        )
        given = "\n    peft_config=adapter,"
    return _SCRIPT.format(
        importing="from peft import LoraConfig\n" if adapter else "",
        rows=ROWS,
        model=settings["model"],
        settings=lines,
        adapter=peft,
        given=given,
    )


_ADAPTER = """
adapter = LoraConfig(
    r={rank!r},
    lora_alpha={alpha!r},
    lora_dropout=0.0,
    target_modules={targets!r},
    task_type="CAUSAL_LM",
)"""
_SCRIPT = '''"""A training by TRL; run it in this folder: `python train.py`."""

import torch
from datasets import load_dataset
{importing}from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

BASE = {model!r}
settings = SFTConfig(
{settings}
){adapter}
tokenizer = AutoTokenizer.from_pretrained(BASE)
if tokenizer.pad_token is None:
    tokenizer.pad_token = tokenizer.eos_token
trainer = SFTTrainer(
    model=AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32),
    args=settings,
    train_dataset=load_dataset("json", data_files={rows!r}, split="train"),
    processing_class=tokenizer,{given}
)
trainer.train()
trainer.save_model(settings.output_dir)
'''
