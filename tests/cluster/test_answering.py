"""A model that answers on its node, through Ray: the scores of the head, to the item.

Base, task and both evaluators are real; what is stood in for is the training.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.conftest import WORKER
from tests.cluster.played import LEASE, Played, step_until

from ftassist.campaign import Budget, Campaign
from ftassist.cluster.workers import RayWorkers
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.task_loader import load_task
from ftassist.journal import Kind
from ftassist.models import find

pytest.importorskip("ray", reason="Ray is not installed: pip install ftassist[ray]")
pytestmark = [pytest.mark.slow, pytest.mark.night, pytest.mark.timeout(400)]
ITEMS = 12


@pytest.fixture
def played(cluster: Any, tmp_path: Path) -> Iterator[Played]:
    """A campaign on tiny and some items of mini_math."""
    task = shutil.copytree(load_task("mini_math").folder, tmp_path / "few_sums")
    items = task / "evaluation" / "validation.jsonl"
    lines = items.read_text().splitlines(keepends=True)
    items.write_text("".join(lines[:: len(lines) // ITEMS]))
    campaign = Campaign.create(
        tmp_path / "c", task=str(task), review="always", budget=Budget(trials=9), panel=False
    )
    found = Played(campaign, cluster, tmp_path / "e")
    yield found
    found.close()


@pytest.fixture
def head(played: Played) -> Iterator[EvaluatorProcess]:
    """The campaign's real evaluator."""
    log = played.campaign.folder / "logs" / "evaluator.log"
    with EvaluatorProcess(journal=played.campaign.journal.path, log=log) as process:
        yield process


def scored(played: Played, head: EvaluatorProcess, trial: str, evaluate: str) -> dict[str, Any]:
    """Runs a trial that leaves tiny itself as its model; what the event of its score says."""
    tiny = find("tiny")
    assert tiny is not None
    request = replace(played.request, evaluate=evaluate)
    workers = RayWorkers(
        played.campaign.folder, request, lease_seconds=LEASE, module=WORKER, evaluator=lambda: head
    )
    runner = played.runner(workers)
    runner._scorer.process = head
    played.accept(trial, model=str(tiny.path))
    try:
        step_until(runner, lambda: played.trial(trial).status in ("scored", "failed"), 300)
    finally:
        workers.release()
    found = played.campaign.journal.read()
    (event,) = [e for e in found if (e.kind, e.trial) == (Kind.TRIAL_SCORED, trial)]
    return dict(event.payload)


def test_a_model_scores_on_its_node_what_it_scores_on_the_head(
    played: Played, head: EvaluatorProcess, bubblewrap: None
) -> None:
    far = scored(played, head, "t0001", "node")
    near = scored(played, head, "t0002", "head")
    assert far["answered"]["host"]
    assert far["answered"]["answers"]
    assert "answered" not in near
    first, second = items(played.campaign.folder, "t0001"), items(played.campaign.folder, "t0002")
    assert len(first) >= ITEMS
    assert first == second
    assert far["feedback"]["score"] == near["feedback"]["score"]
    assert played.trial("t0001").answered.id == played.trial("t0001").node.id


def items(folder: Path, trial: str) -> Any:
    """What a trial scored and wrote, item by item."""
    return json.loads((folder / "scores" / f"{trial}.validation.json").read_text())["items"]
