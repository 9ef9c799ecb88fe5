"""Lengths and samples of a training set, counted by the program."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ftassist.trial.row_summary import LONGEST_TURN, MOST_TURNS, summarise


def _row(prompt: int, answer: int, **more: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": "q" * prompt}]
    turns += [{"role": "assistant", "content": "a" * answer}]
    return {"id": "r", "source": "s", "messages": turns, **more}


@given(st.lists(st.integers(1, 3_000_000), min_size=1, max_size=30))
def test_every_row_is_in_the_bin_of_its_length(lengths: list[int]) -> None:
    found = summarise([_row(1, length) for length in lengths], 0)["lengths"]["answer"]
    edges, counts = found["edges"], found["counts"]
    assert len(edges) == len(counts) + 1
    assert edges == sorted(set(edges))
    assert sum(counts) == len(lengths)
    for index, count in enumerate(counts):
        last = index == len(counts) - 1 and edges[-1] > 1_000_000
        inside = [n for n in lengths if edges[index] <= n and (last or n < edges[index + 1])]
        assert count == len(inside)


def test_bins_of_two_sets_fit_together() -> None:
    small = summarise([_row(10, n) for n in (5, 40)], 0)["lengths"]["answer"]["edges"]
    large = summarise([_row(10, n) for n in (5, 4000)], 0)["lengths"]["answer"]["edges"]
    assert large[: len(small)] == small


def test_a_huge_row_is_cut_to_what_can_be_shown() -> None:
    turns = [{"role": role, "content": "x" * 9000} for role in ("user", "assistant") * 20]
    row = {"id": "i" * 9000, "source": "s", "messages": turns}
    (sample,) = summarise([row], 0)["samples"]
    assert len(sample["messages"]) == MOST_TURNS
    assert sample["turns_left_out"] == 40 - MOST_TURNS
    assert all(len(turn["content"]) == LONGEST_TURN + 1 for turn in sample["messages"])
    assert len(sample["id"]) == 200


def test_another_seed_draws_other_rows() -> None:
    rows = [_row(n + 1, 1) for n in range(200)]
    drawn = [[s["row"] for s in summarise(rows, seed)["samples"]] for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
