"""A training that was out of memory runs once more: a smaller batch, steps of the same size."""

from __future__ import annotations

import pytest

from ftassist.agent.plan import Plan
from ftassist.campaign.memory_retry import halved_batch
from ftassist.journal.state import Trial

CELL = (
    "from ftassist.recipes import train\n\n"
    'train.sft(model, "data", "model", learning_rate=0.001{more}, seed=seed)'
)


def failed(more: str = "", kind: str = "OOM", stage: str = "train", **changes: object) -> Trial:
    return Trial(
        id="t0001",
        status="failed",
        cells={"train": CELL.format(more=more)},
        failure={"class": kind, "stage": stage, "message": "no memory"},
        **changes,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("more", "batch", "accumulation"),
    [
        ("", 16, 2),
        (", batch_size=8, accumulation=3", 4, 6),
        (", batch_size=5", 1, 5),
        (", batch_size=6, accumulation=5", 3, 10),
        (", batch_size=7, accumulation=2", 2, 7),
    ],
)
def test_the_effective_batch_stays_exactly_what_it_was(
    more: str, batch: int, accumulation: int
) -> None:
    found = halved_batch(failed(more))
    assert found is not None
    training = Plan.of({"train": found[1]["source"]}).training
    assert (training["batch_size"], training["accumulation"]) == (batch, accumulation)
    assert training["learning_rate"] == 0.001


@pytest.mark.parametrize(
    "trial",
    [
        failed(", batch_size=1"),
        failed(kind="CONFIG"),
        failed(stage="curate"),
        failed(retries=({"reason": "x"},)),
        Trial(id="t0001", cells={"train": "mine()"}, failure={"class": "OOM", "stage": "train"}),
    ],
    ids=["one row", "another class", "another stage", "retried before", "a persons own cell"],
)
def test_what_cannot_be_counted_or_was_tried_is_not_tried_again(trial: Trial) -> None:
    assert halved_batch(trial) is None
