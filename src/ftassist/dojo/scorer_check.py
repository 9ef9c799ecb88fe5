"""Whether a scorer tells right from wrong, before anything is scored by it.

A scorer is held against answers whose worth is known: the right answer of an item must count, and
what no one would take for an answer must count less. A scorer that fails is refused: all scores of
a campaign would mean something else than its title says. Runs no scoring file itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.dojo.scorers.texts import label
from ftassist.errors import DataError

Item = Mapping[str, Any]
Judge = Callable[[Sequence[tuple[Item, str]]], Sequence[float]]
"""The scores of answers to items, all of them at once."""
MOST = 20
"""Items that are looked at."""
JUNK = ("", "?", "asdf qwer zxcv", "I do not know.", "<<<>>>")
"""Texts that answer no question."""
MOST_LABELS = 10
"""Right answers that are still taken for a closed set."""
_SHOWN = 60


@dataclass(frozen=True)
class TriedAnswer:
    """An answer of known worth.

    Attributes:
        item: The item it is given to.
        text: The answer.
        kind: "gold", or what kind of junk.
    """

    item: int
    text: str
    kind: str


def check_scorer(
    judge: Judge,
    items: Sequence[Item],
    right: Sequence[Sequence[str]],
    where: str,
    *,
    lists: bool = True,
) -> None:
    """Refuses a scorer that calls a right answer wrong, or junk right.

    Args:
        judge: The scorer.
        items: Some items, as the scorer gets them.
        right: Of each item, texts of which one must be right.
        where: What is named in a refusal.
        lists: Whether it is also held against other items' answers, alone and all at once, which
            a scorer that looks for the answer anywhere in a text takes for right.

    Raises:
        DataError: It does; names item and answer.
    """
    tried = [*_golds(right), *_junk(items, lists)]
    scores = judge([(items[one.item], one.text) for one in tried])
    best = [0.0] * len(items)
    for one, score in zip(tried, scores, strict=True):
        if one.kind == "gold":
            best[one.item] = max(best[one.item], score)
    _refuse_wrong_golds(items, right, best, where)
    fooled: dict[tuple[str, str], list[int]] = {}
    for one, score in zip(tried, scores, strict=True):
        if one.kind != "gold" and score >= best[one.item]:
            text = one.text if one.kind in ("text", "labels") else ""
            fooled.setdefault((one.kind, text), []).append(one.item)
    for (kind, text), numbers in fooled.items():
        if _is_fooled(kind, items, numbers):
            raise _called_right(kind, text, items[numbers[0]], len(numbers), len(items), where)


def sampled(items: Sequence[Item], most: int = MOST) -> list[Item]:
    """Items to look at: of each right answer by turns, so that all kinds are among them."""
    kinds: dict[str, list[Item]] = {}
    for item in items:
        kinds.setdefault(label(str(item["answer"])), []).append(item)
    found: list[Item] = []
    while kinds and len(found) < most:
        for key in list(kinds)[: most - len(found)]:
            found.append(kinds[key].pop(0))
            if not kinds[key]:
                del kinds[key]
    return found


def _golds(right: Sequence[Sequence[str]]) -> Iterator[TriedAnswer]:
    for number, texts in enumerate(right):
        yield from (TriedAnswer(number, text, "gold") for text in dict.fromkeys(texts))


def _junk(items: Sequence[Item], lists: bool) -> Iterator[TriedAnswer]:
    golds = [label(str(item["answer"])) for item in items]
    labels = {gold: str(item["answer"]) for gold, item in zip(golds, items, strict=True)}
    every = ", ".join(labels.values()) if 1 < len(labels) <= MOST_LABELS else ""
    for number in range(len(items)):
        yield from (
            TriedAnswer(number, text, "text") for text in JUNK if label(text) != golds[number]
        )
        if not lists:
            continue
        if every:
            yield TriedAnswer(number, every, "labels")
        other = next((labels[gold] for gold in labels if gold != golds[number]), "")
        if other:
            yield TriedAnswer(number, other, "other")


def _is_fooled(kind: str, items: Sequence[Item], numbers: Sequence[int]) -> bool:
    """Whether that is more than chance: a text may be right for one item, or in two ways."""
    golds = {label(str(items[number]["answer"])) for number in numbers}
    if kind in ("text", "labels"):
        return len(golds) > 1 or (kind == "text" and 2 * len(numbers) > len(items))
    return 2 * len(numbers) > len(items)


def _refuse_wrong_golds(
    items: Sequence[Item], right: Sequence[Sequence[str]], best: Sequence[float], where: str
) -> None:
    wrong = [number for number, score in enumerate(best) if not score > 0]
    if wrong:
        first = wrong[0]
        raise DataError(
            f"the scorer calls the right answer wrong: item {items[first].get('id', first)} with "
            f"{_shown(next(iter(right[first]), ''))}, and {len(wrong)} of {len(items)} looked at",
            where=where,
            fix="choose a metric that reads such answers, or mend the scoring file; a file whose "
            "items' `answer` is no answer itself defines right_answer(item)",
        )


def _called_right(kind: str, text: str, item: Item, count: int, of: int, where: str) -> DataError:
    names = {
        "text": f"the answer {_shown(text)}",
        "labels": f"all possible answers at once, {_shown(text)}",
        "other": "the right answer of another item",
    }
    return DataError(
        f"the scorer calls junk right: {names[kind]} counts as much as the right answer "
        f"{_shown(str(item['answer']))}, for {count} of {of} items looked at",
        where=where,
        fix="choose a stricter metric, or mend the scoring file",
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
