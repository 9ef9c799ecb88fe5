"""Tasks by key or folder: finds the card, has the data looked up and laid out, gives the task."""

from __future__ import annotations

from pathlib import Path

from ftassist.dojo.task import HARNESS, SplitPolicy, Task, TaskCard, read_card, task_folders
from ftassist.errors import DataError, UnknownNameError


def load_card(key: str) -> TaskCard:
    """The card of a task, without its data.

    Raises:
        UnknownNameError: No such task; names the nearest.
        DataError: The card is incomplete.
    """
    if key.startswith(HARNESS):
        return load_task(key).card
    return read_card(_card_folder(_split_of(key)[0]) / "card.yaml")


def load_task(key: str) -> Task:
    """Loads a task by key, or from a folder that holds a card.yaml.

    `KEY@released` takes the split policy `released` of a published task instead of `ours`;
    `harness:NAME` is a task of lm-evaluation-harness. The data of both are looked up, and laid
    out as a task folder of one's own, when the task is first loaded (see `preparation`).

    Raises:
        UnknownNameError: No such task; names the nearest.
        DataError: The card is incomplete, or the task's data is not on this machine and cannot
            be had.
    """
    if key.startswith(HARNESS):
        from ftassist.dojo.harness_task import prepare_harness

        made = prepare_harness(key.removeprefix(HARNESS))
        return Task(card=read_card(made / "card.yaml"), folder=made)
    name, policy = _split_of(key)
    folder = _card_folder(name)
    card = read_card(folder / "card.yaml")
    if not card.reader:
        return Task(card=card, folder=folder.resolve())
    from ftassist.dojo.preparation import prepare

    return Task(card=card, folder=prepare(card, folder, policy))


def task_with_data(key: str, data: Path) -> Task:
    """A published task on the evaluation data in a folder of one's own.

    Raises:
        DataError: The task has its items in its folder, or the data is not what the card says.
    """
    from ftassist.dojo.preparation import prepare

    name, policy = _split_of(key)
    folder = _card_folder(name)
    card = read_card(folder / "card.yaml")
    if not card.reader:
        raise DataError(
            f"the task {key!r} has its own items", fix="leave the data folder away for this task"
        )
    return Task(card=card, folder=prepare(card, folder, policy, data))


def _split_of(key: str) -> tuple[str, SplitPolicy]:
    """A task's name and the split policy asked for."""
    name, at, policy = key.rpartition("@")
    if not at or (Path(key) / "card.yaml").is_file():
        return key, "ours"
    if policy not in ("ours", "released"):
        raise UnknownNameError.of("split policy", policy, ("ours", "released"))
    return name, "released" if policy == "released" else "ours"


def _card_folder(key: str) -> Path:
    """The folder that holds a task's card."""
    folder = Path(key) if (Path(key) / "card.yaml").is_file() else task_folders().get(key)
    if folder is None:
        raise UnknownNameError.of("task", key, task_folders())
    return folder
