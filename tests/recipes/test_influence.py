"""Rows by where they would pull the base: gradients of adapters, sketched."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ftassist.errors import DataError
from ftassist.recipes import curate
from ftassist.recipes.gradients import DIMENSIONS, gradients
from ftassist.recipes.rows import RESERVED, Rows

from .test_meaning import letters, sums


def chats(*parts: Rows) -> list[object]:
    return [chat for part in parts for chat in part.column("messages")]


def test_a_rows_gradient_is_its_own_and_the_same_again() -> None:
    rows = chats(sums(3), letters(2))
    found = gradients(rows, "tiny", seed=1)  # type: ignore[arg-type]
    assert found.shape == (5, DIMENSIONS)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(5), abs=1e-4)
    alone = gradients(rows[3:4], "tiny", seed=1)  # type: ignore[arg-type]
    assert float(alone[0] @ found[3]) == pytest.approx(1.0, abs=1e-3)


def test_the_sketch_keeps_what_a_gradient_is() -> None:
    """A row nudged along its own gradient loses loss; along another kind's it loses less."""
    found = gradients(chats(sums(4), letters(4)), "tiny", seed=0)  # type: ignore[arg-type]
    same = [found[a] @ found[b] for a in range(4) for b in range(4) if a != b]
    other = [found[a] @ found[b] for a in range(4) for b in range(4, 8)]
    assert min(same) > max(other)


def test_rows_that_pull_the_same_way_are_kept_and_say_how_much() -> None:
    rows = curate.join(sums(10), letters(10))
    kept = curate.influential(rows, letters(2), 6, model="tiny")
    assert kept.by_source() == {"rings": 6}
    pulls = [json.loads(r["fields"])[RESERVED]["provenance"]["pull"] for r in kept]
    assert all(0 < pull <= 1.0001 for pull in pulls)
    step = kept.card.steps[-1]
    assert (step.operator, step.rows_in, step.rows_out) == ("influential", 20, 6)
    assert step.dropped == {"others pull more the same way": 14}


def test_the_base_is_left_as_it_was() -> None:
    from ftassist.recipes import reading

    rows = sums(4).column("messages")
    before = reading.losses(rows, "tiny")
    gradients(rows, "tiny")
    assert reading.losses(rows, "tiny") == before


@pytest.mark.parametrize(("size", "to"), [(-1, 2), (3, 0)])
def test_what_cannot_be_chosen_is_refused(size: int, to: int) -> None:
    with pytest.raises(DataError):
        curate.influential(sums(5), sums(to), size, model="tiny")
