"""What a campaign can be begun with, as data: tasks, base models, agents, and this machine.

Looks at cards, names and the headers of weight files; fetches and loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ftassist.agent.backends import default_backend
from ftassist.agent.variants import MOST as MOST_VARIANTS
from ftassist.campaign.creating import CampaignWish, folder_for
from ftassist.campaign.memory_table import MemoryShape, model_folder, shape_of
from ftassist.documents.models import (
    fitting,
    machine_memory,
    shape_of_entry,
    size_words,
    ways_to_train,
)
from ftassist.dojo.sampled_task import FEWEST
from ftassist.dojo.task import TaskCard, read_card, task_folders
from ftassist.dojo.task_files import render_template
from ftassist.dojo.task_loader import load_card
from ftassist.errors import FtassistError
from ftassist.models import find, registry, store
from ftassist.models.reference import TINY_NAME
from ftassist.records.budget import Budget
from ftassist.records.executor import LOCAL, RAY
from ftassist.search import numbers
from ftassist.search.policies import POLICIES

CAMPAIGNS = "campaigns"
OWN_TASKS = "tasks"


def start_document(root: Path) -> dict[str, Any]:
    """All that a person can choose from.

    Args:
        root: The folder that campaigns and tasks of one's own are looked for in.
    """
    models = [_tiny(), *_known_models(), *_imported_models()]
    preferred = (m["key"] for m in models if m["here"] and m["fits"] and not m["teaching"])
    agent = default_backend()
    return {
        "schema": "ftassist/start/1",
        "tasks": [
            *_own_tasks(root),
            *(_task(root, key, load_card(key)) for key in task_folders()),
        ],
        "models": models,
        "model": next(preferred, TINY_NAME),
        "agents": [
            {"key": "playbook", "available": True},
            {"key": "anthropic", "available": agent == "anthropic"},
        ],
        "agent": agent,
        "policies": [{"key": name, "available": numbers.installed(name)} for name in POLICIES],
        "policy": CampaignWish.policy,
        "executors": [
            {"key": LOCAL, "available": True},
            {"key": RAY, "available": find_spec("ray") is not None},
        ],
        "most_variants": MOST_VARIANTS,
        "memory_mb": machine_memory(),
        "fewest_items": FEWEST,
        "own_budget": _own_budget(),
    }


def _own_budget() -> dict[str, Any]:
    """The budget that the card of a task of own files has."""
    import yaml

    names = (
        "key",
        "title",
        "about",
        "contract",
        "metric",
        "binary",
        "max_new_tokens",
        "max_length",
    )
    card = render_template("own_card.yaml.j2", **dict.fromkeys(names, "x"), views=[], licence="x")
    return Budget.of(yaml.safe_load(card)["budget"]).to_dict()


def data_place(card: TaskCard) -> str:
    """Where a task's data lies on this machine."""
    if card.data is None:
        return "in the package"
    from ftassist.dojo.location import available

    return available(card.data) or "needs data"


def own_task(root: Path, name: str) -> Path | None:
    """The folder of a task of one's own by its name, "tasks/mine"; None where there is none."""
    return next((folder for found, folder in own_folders(root) if found == name), None)


def own_folders(root: Path, file: str = "card.yaml") -> Iterator[tuple[str, Path]]:
    """Tasks right below ./tasks, or folders with another file, without following links."""
    below = root / OWN_TASKS
    if below.is_symlink() or not below.is_dir():
        return
    for folder in sorted(below.iterdir()):
        if not folder.is_symlink() and (folder / file).is_file():
            yield f"{OWN_TASKS}/{folder.name}", folder


def _own_tasks(root: Path) -> Iterator[dict[str, Any]]:
    for name, folder in own_folders(root):
        try:
            yield {**_task(root, name, read_card(folder / "card.yaml")), "own": True}
        except FtassistError as error:
            yield {**_empty_task(root, name), "own": True, "problem": error.what}


def _task(root: Path, key: str, card: TaskCard) -> dict[str, Any]:
    place = data_place(card)
    return {
        **_empty_task(root, key),
        "title": card.title,
        "domain": card.domain,
        "metric": card.metric.name,
        "licence": card.licence,
        "data": place,
        "here": place != "needs data",
        "budget": Budget.of(card.budget).to_dict(),
    }


def _empty_task(root: Path, key: str) -> dict[str, Any]:
    folder = folder_for(root / CAMPAIGNS, key).relative_to(root).as_posix()
    return {
        "key": key,
        **dict.fromkeys(("title", "domain", "metric", "licence", "data", "problem"), ""),
        "here": False,
        "own": False,
        "budget": Budget().to_dict(),
        "folder": folder,
    }


def _tiny() -> dict[str, Any]:
    title = "Teaching stand-in: trains in seconds, knows next to nothing"
    tiny = {**_model(TINY_NAME, _shape_here(TINY_NAME)), "title": title, "licence": "Apache-2.0"}
    return {**tiny, "here": True, "teaching": True}


def _known_models() -> Iterator[dict[str, Any]]:
    for key, model in registry.entries().items():
        yield {
            **_model(key, shape_of_entry(model)),
            "title": model.title,
            "licence": model.licence,
            "commercial": model.commercial,
            "gated": model.gated,
            "page": model.page,
            "good_for": model.good_for,
            "here": find(key) is not None,
            "fetch_mb": model.fetch_megabytes,
        }


def _imported_models() -> Iterator[dict[str, Any]]:
    for key in store.installed_keys():
        origin = store.origin_of(store.folder_of(key))
        if key not in registry.entries() and origin is not None:
            made = _model(key, _shape_here(key))
            yield {**made, "title": "imported", "licence": origin.licence, "here": True}


def _model(key: str, shape: MemoryShape | None) -> dict[str, Any]:
    ways = ways_to_train(shape) if shape else {}
    return {
        "key": key,
        "size": size_words(shape.parameters) if shape else "",
        **dict.fromkeys(("title", "licence", "page", "good_for"), ""),
        "commercial": True,
        "gated": False,
        "here": False,
        "teaching": False,
        "fetch_mb": 0,
        "needs": {name: way["weights_mb"] + way["training_mb"] for name, way in ways.items()},
        "fits": fitting(ways),
    }


def _shape_here(key: str) -> MemoryShape | None:
    folder = model_folder(key)
    return shape_of(folder) if folder else None
