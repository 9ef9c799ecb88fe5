"""Exercises of notebook 03: contradictions, repeats, wrong labels of a published data set.

The label errors are of Banking77's training set only; its test set is sealed.
"""

from __future__ import annotations

from typing import Any

from ftassist.teach.answers import WrongKindError, function, number, tried
from ftassist.teach.exercises.exercise import Exercise

FEWEST = 3
"""Label errors that 03.3 asks for."""

PLAINLY_WRONG: dict[str, str] = {
    "Card payment has be declined.": "reverted card payment",
    "Can I activate a card in the app?": "card linking",
    "My transfer is pending too long.": "balance not updated after bank transfer",
    "who charged my card": "transfer fee charged",
    "Can you explain why my payment is still pending?": "pending transfer",
    "My transfer to an account failed.": "beneficiary not allowed",
    "why did my account decline a incoming transfer": "beneficiary not allowed",
    "I need to cancel a transaction on my debit card.": "direct debit payment not recognised",
    "How long does transfers take?": "balance not updated after bank transfer",
    "Why did my payment get declined?": "declined transfer",
    "My cards were stolen": "lost or stolen phone",
    "I need a transaction reversed from my account.": "transaction charged twice",
}
"""Questions of Banking77's training set, each with the label that is plainly wrong for it.

Read by hand, one reader's judgement; there are more."""


def _uncontradicted(answer: Any) -> str:
    from ftassist.recipes import curate

    found = number(answer)
    rows = curate.load("mini_math", ["crowd_solutions"])
    left = len(curate.filter_labels(rows))
    if found == left:
        return ""
    if found == len(rows):
        return "Those are all of its rows."
    if found == len(rows) - left:
        return "So many are dropped; how many are left?"
    if found == len(curate.filter_labels(rows, keep="majority")):
        return 'That is what keep="majority" leaves; drop all contradicted rows.'
    return "Call curate.filter_labels on the rows, and look at how many it returns."


def _repeats(answer: Any) -> str:
    made = function(answer)
    tries: tuple[tuple[list[tuple[str, str]], int, str], ...] = (
        ([("a", "1"), ("b", "2")], 0, "Nothing is repeated there."),
        ([("a", "1"), ("a", "1"), ("a", "1")], 2, "Two of three say what the first one said."),
        (
            [("a", "1"), ("a", "2")],
            0,
            "One question with two answers contradicts; it repeats not.",
        ),
        ([("a  b", "1"), (" a b ", "1")], 1, "Runs of spaces do not count as a difference."),
        ([("c1", "x"), ("C1", "x")], 0, "Upper and lower case does count as a difference."),
        ([("a", "1 "), ("b", "1"), ("a", "1")], 1, "Spaces do not count in answers either."),
        ([("a b", "1"), ("a", "b 1")], 0, "Where the question ends does count."),
        ([], 0, "Of nothing, nothing is repeated."),
    )
    for pairs, wanted, hint in tries:
        found = number(tried(made, list(pairs)))
        if found != wanted:
            return f"repeats({pairs}) gave {found:g}, not {wanted}. {hint}"
    return ""


def _label_errors(answer: Any) -> str:
    if isinstance(answer, str) or not isinstance(answer, list | tuple | set | frozenset):
        raise WrongKindError("A list of row numbers is asked for, such as [12, 345, 678].")
    given = {int(number(each)) for each in answer}
    turns = _turns()
    if beyond := [each for each in given if not 0 <= each < len(turns)]:
        return f"There is no row {beyond[0]}; rows are numbered from 0 to {len(turns) - 1}."
    known = {each for each in given if _is_plainly_wrong(*turns[each])}
    if len(known) >= FEWEST:
        return ""
    unsure = sorted(given - known)
    told = f"{len(known)} of them we found plainly wrong, too; {FEWEST} are asked for."
    if not unsure:
        return told
    question, label = turns[unsure[0]]
    return f"{told} Row {unsure[0]}, {question!r} → {label}: could a person have meant just that?"


def _is_plainly_wrong(question: str, label: str) -> bool:
    return PLAINLY_WRONG.get(question) == label


def _turns() -> list[tuple[str, str]]:
    """Questions and labels of the training set, in the notebook's order."""
    from ftassist.dojo.repository import DataRepository
    from ftassist.dojo.task_loader import load_task

    repository = DataRepository(load_task("banking77").repository_folder)
    found = repository.turns("banking77_train")
    return [(_question(prompt), label) for prompt, label in found]


def _question(prompt: str) -> str:
    return prompt.split("Customer:")[-1].rsplit("Intent:", 1)[0].strip()


EXERCISES = {
    "03.1": Exercise(
        _uncontradicted,
        "What is left is cleaner, not clean: a question with one wrong answer contradicts nobody.",
    ),
    "03.2": Exercise(
        _repeats, "Near repeats need more than this; MinHash finds their candidates."
    ),
    "03.3": Exercise(
        _label_errors,
        "Ten minutes of reading. It is the cheapest improvement that there is.",
    ),
}
