"""Makes a campaign from what a person asked for: one way for all faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.agent.backends import check_backend, default_backend
from ftassist.campaign import commands
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.executors import check_executor
from ftassist.campaign.review import parse_review
from ftassist.campaign.rounds import checked_variants
from ftassist.cluster.request import AUTO, ClusterRequest
from ftassist.dojo.sampled_task import check_size, sampled_task
from ftassist.dojo.task import Split
from ftassist.dojo.task_loader import load_card, load_task, task_with_data
from ftassist.models import TINY_NAME
from ftassist.records.budget import Budget
from ftassist.records.executor import LOCAL
from ftassist.search.policies import policy_by_name
from ftassist.search.stopping import checked_stopping


@dataclass(frozen=True)
class CampaignWish:
    """A campaign as a person wants it; what is None is left to the task's card or to us.

    Attributes:
        task: What to get better at.
        model: The base model, as named.
        backend: Who thinks; else a language model where a key is set, the playbook without.
        policy: Which trial to grow next.
        variants: Proposals asked for at once, at most.
        stopping: What is done where nothing that is left to gain would be seen: "stop", "wait" or
            "never"; "" for the first.
        review: Whether a proposal needs a person.
        budget: Limits in the place of the card's, by name.
        items: How many items of a split to score on, by split.
        seed: Of sampling and training.
        teacher: Folder of a stronger model; "" for none.
        agent: Settings of the backend.
        fresh_seeds: How often the finalist is trained again; else as often as a claim needs.
        data: Folder of a published task's evaluation data.
        folder: Where; else the next free one for the task.
        allow_unisolated: Whether cells of a model may run without isolation in it.
        panel: Whether base and finalist are scored on the general panel; None for yes, but for the
            tiny model.
        dry_run: Whether cells are tried on a few rows before they cost a trial; None for yes where
            a language model writes them.
        track: The trackers it is mirrored in.
        executor: Where its trials run: "local" or "ray".
        address: Where the Ray cluster is; "" for the one this machine belongs to.
    """

    task: str
    model: str = "tiny"
    backend: str | None = None
    policy: str = "greedy"
    variants: int = 1
    stopping: str = ""
    review: str = "always"
    budget: Mapping[str, float | None] = field(default_factory=dict)
    items: Mapping[Split, int | None] = field(default_factory=dict)
    seed: int = 0
    teacher: str = ""
    agent: Mapping[str, Any] = field(default_factory=dict)
    fresh_seeds: int | None = None
    data: Path | None = None
    folder: Path | None = None
    allow_unisolated: bool = False
    panel: bool | None = None
    dry_run: bool | None = None
    track: tuple[str, ...] = ()
    executor: str = LOCAL
    address: str = ""


def create(root: Path, wish: CampaignWish, *, actor: str | None = None) -> Campaign:
    """Makes the campaign, where the wish names no folder in the next free one below `root`.

    Raises:
        UnknownNameError: No such task, policy or backend.
        BudgetError: A limit is not positive.
        DataError: The review mode does not exist, the items are too few, or the task's data is
            not to be had.
        ModelError: The base is not here, or cannot be fine-tuned or scored.
        FtassistError: The folder already holds a campaign, or cannot be written.
    """
    check_executor(wish.executor, wish.address, where="address")
    place = wish.folder or folder_for(root, wish.task)
    task = wish.task
    if wish.data is not None:
        task = str(task_with_data(task, wish.data).folder)
    task = _with_fewer_items(task, wish.items)
    backend = wish.backend or default_backend()
    campaign = Campaign.create(
        place,
        task=task,
        model=wish.model,
        backend=backend,
        policy=wish.policy,
        variants=wish.variants,
        stopping=wish.stopping,
        review=wish.review,
        budget=budget_of(task, wish.budget),
        seed=wish.seed,
        teacher=wish.teacher,
        agent=wish.agent,
        fresh_seeds=wish.fresh_seeds,
        actor=actor,
        panel=wish.model != TINY_NAME if wish.panel is None else wish.panel,
        dry_run=(backend == "anthropic" or None) if wish.dry_run is None else wish.dry_run,
        track=wish.track,
    )
    if wish.executor != LOCAL:
        request = ClusterRequest(wish.address or AUTO)
        commands.set_executor(campaign, wish.executor, request.to_dict(), actor=actor)
        campaign.refresh()
    if wish.allow_unisolated:
        commands.allow_unisolated(campaign, "asked for when it was made", actor=actor)
        campaign.refresh()
    return campaign


def check(wish: CampaignWish) -> None:
    """Refuses what can be told to be wrong at once, without the task's data and the model.

    Raises:
        UnknownNameError: No such task, backend or policy.
        BudgetError: A limit is not positive.
        DataError: The review mode does not exist, the items are too few, or an address is given
            for trials that run on this machine.
    """
    budget_of(wish.task, wish.budget)
    parse_review(wish.review)
    check_backend(wish.backend or default_backend())
    policy_by_name(wish.policy)
    checked_variants(wish.variants)
    checked_stopping(wish.stopping)
    check_executor(wish.executor, wish.address, where="address")
    for split, size in wish.items.items():
        if size is not None:
            check_size(split, size)


def budget_of(task: str, limits: Mapping[str, float | None]) -> Budget:
    """A budget: the task card's, with the limits a person gave in their place.

    Raises:
        UnknownNameError: No such task.
        BudgetError: A limit is not positive.
    """
    given = {name: value for name, value in limits.items() if value is not None}
    return Budget.of({**load_card(task).budget, **given})


def folder_for(root: Path, task: str) -> Path:
    """The next free <root>/<task>-<number>."""
    number, name = 1, Path(task.replace(":", "_")).name
    while (root / f"{name}-{number}").exists():
        number += 1
    return root / f"{name}-{number}"


def _with_fewer_items(task: str, sizes: Mapping[Split, int | None]) -> str:
    """A task with so many items of a split, as its folder; the task itself where none is asked."""
    wanted: dict[Split, int] = {split: size for split, size in sizes.items() if size is not None}
    return str(sampled_task(load_task(task), wanted).folder) if wanted else task
