"""The numbers of a campaign's trainings, for an optimiser and for the agent.

Read from the cells: only what a train cell says with keyword arguments of one training call, or
leaves at its default, is a number here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ftassist.agent.plan import SUPERVISED, Plan
from ftassist.journal.state import State
from ftassist.search.policy import SearchKnob, SearchTree

SPACE = (
    SearchKnob("learning_rate", 1e-6, 2e-2, log=True),
    SearchKnob("epochs", 1.0, 8.0, whole=True),
    SearchKnob("batch_size", 4.0, 128.0, log=True, whole=True),
)
"""What an optimiser may choose of a supervised training."""
SUGGESTED = 3
"""Recipes that it suggests where it is asked."""


def with_numbers(state: State, tree: SearchTree) -> SearchTree:
    """The tree with the numbers of each trial that has all of them."""
    nodes = []
    for node in tree:
        cell = str(state.trials[node.id].cells.get("train", ""))
        nodes.append(replace(node, knobs=numbers_of_cell(cell)) if cell.strip() else node)
    return replace(tree, nodes=tuple(nodes), space=SPACE)


def seen_by_agent(
    state: State, tree: SearchTree, suggested: Mapping[str, float]
) -> dict[str, Any]:
    """What the agent is shown of the optimiser; nothing where it has nothing to say.

    Where the best quarter of the trials stood in each number that varied, and what that number
    seems worth (PED-ANOVA), once enough trials were scored; and the numbers it suggests.
    """
    from ftassist.search.numbers import ENOUGH, installed, regions

    if not installed():
        return {}
    known = with_numbers(state, tree)
    scored = sum(node.expandable and bool(node.knobs) for node in known)
    found = regions(known.nodes, SPACE) if scored >= ENOUGH else []
    told: dict[str, Any] = {}
    if suggested:
        told["suggested"] = dict(suggested)
    if found:
        told["scored_trials"] = scored
        told["knobs"] = {
            region.knob: {
                "best_from": region.low,
                "best_to": region.high,
                "importance": None if region.importance is None else round(region.importance, 3),
            }
            for region in found
        }
    return told


def known_to_optimiser(state: State, tree: SearchTree, seed: int) -> dict[str, Any]:
    """All that an optimiser of numbers knows of a campaign, and what it would try next.

    Raises:
        FtassistError: The extra `search` is not installed.
    """
    from ftassist.search.numbers import ENOUGH, STARTUP, importance_ranges, regions, suggest

    nodes = with_numbers(state, tree).nodes
    suggested = [usable(numbers) for numbers in suggest(nodes, SPACE, SUGGESTED, seed)]
    scored = [node for node in nodes if node.expandable and node.knobs]
    return {
        "may_choose": {knob.name: [knob.low, knob.high] for knob in SPACE},
        "trials": [
            {"trial": node.id, "score": node.score, **usable(dict(node.knobs))} for node in scored
        ],
        "best_quarter": {
            region.knob: [region.low, region.high] for region in regions(nodes, SPACE)
        },
        "importance": {
            one.knob: {
                "share": round(one.share, 3),
                "sure": [round(one.low, 3), round(one.high, 3)],
            }
            for one in importance_ranges(nodes, SPACE)
        },
        "suggested": suggested,
        "suggested_by": "chance: too few trials" if len(scored) < STARTUP else "what trials say",
        "trials_until_importance": max(0, ENOUGH - len(scored)),
    }


def usable(numbers: Mapping[str, float]) -> dict[str, float]:
    """Numbers as a person would write them: two digits, or whole; in the order of `SPACE`."""
    return {
        knob.name: int(value) if knob.whole else float(f"{value:.2g}")
        for knob in SPACE
        if (value := numbers.get(knob.name)) is not None
    }


@lru_cache(maxsize=4096)
def numbers_of_cell(train: str) -> tuple[tuple[str, float], ...]:
    """The numbers of a train cell; none where it is a person's own code or trains otherwise."""
    plan = Plan.of({"train": train})
    if plan.trainer not in SUPERVISED:
        return ()
    found = []
    for knob in SPACE:
        value: float | None = getattr(plan.settings, knob.name)
        if value is None:
            return ()
        found.append((knob.name, float(value)))
    return tuple(found)
