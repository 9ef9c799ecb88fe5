from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ftassist import teach
from ftassist.dojo.task_loader import load_task
from ftassist.recipes import curate
from ftassist.teach.exercises.data_decides import FEWEST, PLAINLY_WRONG, _turns

Pairs = Sequence[tuple[str, str]]


def count(pairs: Pairs, tidy: Callable[[str], str] = lambda text: " ".join(text.split())) -> int:
    return len(pairs) - len({(tidy(question), tidy(answer)) for question, answer in pairs})


def test_rows_that_nobody_contradicts_pass_and_each_other_count_has_its_hint() -> None:
    rows = curate.load("mini_math", ["crowd_solutions"])
    left = len(curate.filter_labels(rows))
    assert teach.check("03.1", left)
    assert "how many are left" in str(teach.check("03.1", len(rows) - left))
    majority = len(curate.filter_labels(rows, keep="majority"))
    assert majority == left or "majority" in str(teach.check("03.1", majority))
    assert not teach.check("03.1", 7)


def test_repeats_are_counted_on_pairs_that_the_reader_has_not_seen() -> None:
    assert teach.check("03.2", count)


@pytest.mark.parametrize(
    ("made", "hint"),
    [
        (lambda pairs: count(pairs, str), "Runs of spaces"),
        (lambda pairs: count(pairs, lambda text: " ".join(text.split()).lower()), "case does"),
        (lambda pairs: len(pairs) - len({question for question, _ in pairs}), "contradicts"),
        (lambda pairs: 0, "Two of three"),
        (
            lambda pairs: len(pairs) - len({" ".join(" ".join(pair).split()) for pair in pairs}),
            "Where the question ends",
        ),
        (lambda pairs: pairs[9], "IndexError"),
    ],
)
def test_another_count_of_repeats_gets_a_hint(made: Callable[[Pairs], int], hint: str) -> None:
    found = teach.check("03.2", made)
    assert not found
    assert hint in str(found)


def test_label_errors_that_were_found_pass_and_a_right_label_is_questioned() -> None:
    rows = {turn: number for number, turn in enumerate(_turns())}
    wrong = [rows[each] for each in PLAINLY_WRONG.items() if each in rows]
    assert len(wrong) >= 2 * FEWEST
    assert teach.check("03.3", wrong[:FEWEST])
    assert f"{FEWEST} are asked for" in str(teach.check("03.3", wrong[: FEWEST - 1]))
    fine = next(number for turn, number in rows.items() if turn[0] not in PLAINLY_WRONG)
    assert "could a person have meant" in str(teach.check("03.3", [fine]))
    assert "There is no row" in str(teach.check("03.3", [10**6]))


def test_the_list_of_label_errors_tells_nothing_of_the_sealed_test_set() -> None:
    task = load_task("banking77")
    sealed = {
        str(item["prompt"]) for split in ("validation", "test") for item in task.items(split)
    }
    assert not [q for q in PLAINLY_WRONG if any(f"Customer: {q}\n" in prompt for prompt in sealed)]
