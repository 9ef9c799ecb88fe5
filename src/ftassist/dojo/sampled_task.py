"""A task with fewer evaluation items, for campaigns that have little time to score.

A folder of its own in the cache: the same card, scoring and raw sets, and of each split a sample
drawn by seed, views in proportion. The card says how many items are left of how many, because the
fewer they are, the less a difference shows.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml

from ftassist.dojo.task import Split, Task, read_card
from ftassist.dojo.task_files import write_rows
from ftassist.errors import DataError
from ftassist.files import cache_folder, hash_folder, hash_text

SEED = "items"
FEWEST = 20
"""Fewer items show nothing but very large differences."""


def sampled_task(task: Task, sizes: Mapping[Split, int]) -> Task:
    """The task with so many items of each split named, where it has more.

    Args:
        task: The whole task.
        sizes: Items wanted, by split; a split that is not named stays whole.

    Raises:
        DataError: A size is too small.
    """
    for split, size in sizes.items():
        check_size(split, size)
    items = {split: task.items(split) for split in get_args(Split)}
    less = {split: size for split, size in sizes.items() if size < len(items[split])}
    if not less:
        return task
    name = "-".join([task.key, *(f"{split}{size}" for split, size in sorted(less.items()))])
    target = cache_folder() / "tasks" / f"{name}-{hash_text(hash_folder(task.folder), name)[:12]}"
    if not (target / "card.yaml").is_file():
        _write(task, target, {split: _drawn(items[split], n) for split, n in less.items()}, items)
    return Task(card=read_card(target / "card.yaml"), folder=target)


def check_size(split: Split, size: int) -> None:
    """Refuses a sample that shows nothing.

    Raises:
        DataError: It is too small.
    """
    if size < FEWEST:
        raise DataError(
            f"{size} {split} items are too few to score with",
            where=f"--{split}-items",
            fix=f"give {FEWEST} or more",
        )


def _drawn(items: Sequence[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """A sample with the views in proportion, in the order of the items."""
    views: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        views[str(item.get("view", "all"))].append(number)
    exact = {view: size * len(numbers) / len(items) for view, numbers in views.items()}
    quota = {view: int(share) for view, share in exact.items()}
    rest = sorted(exact, key=lambda view: (quota[view] - exact[view], view))
    for view in rest[: size - sum(quota.values())]:
        quota[view] += 1
    chosen = [
        number
        for view, numbers in sorted(views.items())
        for number in random.Random(f"{SEED}:{view}").sample(numbers, quota[view])
    ]
    return [items[number] for number in sorted(chosen)]


def _write(
    task: Task,
    target: Path,
    drawn: Mapping[str, Sequence[dict[str, Any]]],
    whole: Mapping[str, Sequence[dict[str, Any]]],
) -> None:
    """Copies the task's folder with other items and a card that says so; whole or not at all."""
    made = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(task.folder, made)
    for split, items in drawn.items():
        write_rows(made / "evaluation" / f"{split}.jsonl", items)
    card = yaml.safe_load((made / "card.yaml").read_text(encoding="utf-8"))
    told = " and ".join(
        f"{len(items)} of {len(whole[split]):,} {split} items"
        for split, items in sorted(drawn.items(), reverse=True)
    )
    card["limits"] = f"Scored on {told}, drawn by seed. {str(card.get('limits', '')).strip()}"
    card["reader"] = ""  # its items are in the folder
    card["baselines"] = []  # these were measured on all items
    text = yaml.safe_dump(card, allow_unicode=True, sort_keys=False, width=96)
    (made / "card.yaml").write_text(text, encoding="utf-8")
    try:
        made.rename(target)
    except OSError:
        if not (target / "card.yaml").is_file():
            raise
        shutil.rmtree(made, ignore_errors=True)  # another process was quicker
