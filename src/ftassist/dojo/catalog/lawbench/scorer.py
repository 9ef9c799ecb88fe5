"""LawBench: twenty Chinese legal tasks, each with a rule of its own (open-compass/LawBench).

The rules are upstream's `compute_*` functions on the raw output. Choices: the right option must be
the only one whose text stands anywhere in the output. Sets of labels: F1 of the options that stand
in the output. Law articles: F1 of the first number of each part between two ideographic commas.
Prison terms: one minus the distance of logarithms over log 216, the first number of months, else
of years. Amounts: the right number is among the numbers of the output. Texts: ROUGE-L over words
cut by jieba, character F1, or character F1 by entity. View 2-1 needs ChERRANT with the weights of
a word segmenter and is not scored. An output nothing can be read from is an abstention.

The strict reading asks for one answer: choices as upstream, label sets that hold nothing but
options, one amount, one term; texts must not be empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

from ftassist.dojo.catalog.lawbench import rules
from ftassist.dojo.catalog.lawbench.labels import labels
from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio


class _Rule(NamedTuple):
    """The rule of a view: from output and answer to a finding, and what upstream counts."""

    judge: Callable[[str, str], rules.OutputFinding]
    gold: Callable[[str], str] = rules.plain
    abstains: bool = True


def _choice(options: tuple[str, ...], gold: Callable[[str], str]) -> _Rule:
    return _Rule(lambda text, answer: rules.choice(text, options, gold(answer)))


def _labels(options: tuple[str, ...], read: Callable[[str], list[str]]) -> _Rule:
    def judge(text: str, answer: str) -> rules.OutputFinding:
        return rules.label_set(text, options, read(answer))

    return _Rule(judge, lambda answer: ";".join(read(answer)))


def _text(prefix: str = "") -> _Rule:
    def judge(text: str, answer: str) -> rules.OutputFinding:
        return rules.rouge_l(text, answer.replace(prefix, "") if prefix else answer)

    gold = rules.without(prefix) if prefix else rules.plain
    return _Rule(judge, gold, abstains=False)


_RULES: Mapping[str, _Rule] = {
    "1-1": _text("答案:"),
    "1-2": _choice(tuple("ABCD"), rules.letter_after("正确答案：", 5)),
    "2-2": _Rule(lambda text, answer: rules.dispute(text, labels("disputes"), answer)),
    "2-3": _labels(labels("marriage"), rules.marriage_labels),
    "2-4": _choice(labels("advice"), rules.plain),
    "2-5": _Rule(
        lambda text, answer: rules.reading(text, answer.replace("回答:", "")),
        rules.without("回答:"),
        abstains=False,
    ),
    "2-6": _Rule(rules.entities, lambda answer: answer.replace(";", "\n") + "\n\n\n"),
    "2-7": _text(),
    "2-8": _choice(tuple("ABCDE"), rules.letter_after("[正确答案]", 6)),
    "2-9": _labels(labels("events"), lambda answer: answer.split(";")),
    "2-10": _Rule(rules.triggers, abstains=False),
    "3-1": _Rule(rules.articles),
    "3-2": _text(),
    "3-3": _labels(labels("accusations"), rules.accusations),
    "3-4": _Rule(rules.prison_term),
    "3-5": _Rule(rules.prison_term),
    "3-6": _choice(tuple("ABCD"), rules.letter_after("正确答案:", 5)),
    "3-7": _Rule(rules.amount),
    "3-8": _text(),
}
_UNSCORED = {
    "2-1": "its measure is F0.5 of ChERRANT, which needs LTP's word-segmentation weights",
}
_ORDER = ("1-1", "1-2", *(f"2-{i}" for i in range(1, 11)), *(f"3-{i}" for i in range(1, 9)))


class LawBench(Scorer):
    """Mean score over the views."""

    views = _ORDER
    required = ("answer",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "score": ("score", "scored"),
        "abstention_rate": ("abstained", COUNT),
    }

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Applies the rule of the view."""
        found = _RULES[view].judge(prediction, str(doc["answer"]))
        counts = {"scored": float(found.scored), "abstained": float(found.abstained)}
        official = {**counts, "score": found.score if found.scored else 0.0}
        strict = {**counts, "score": official["score"] if found.parsed else 0.0}
        return Judged(view, found.parsed, official, strict, official["score"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Score and abstention rate of each view, and the mean score."""
        found: dict[str, Array] = {}
        for view, of in sums.items():
            found[f"{view}.score"] = ratio(of["score"], of["scored"])
            if _RULES[view].abstains:
                found[f"{view}.abstention_rate"] = ratio(of["abstained"], of[COUNT])
        scores = [value for name, value in found.items() if name.endswith(".score")]
        return {"score": mean(scores), **found}

    def gold(self, doc: Doc, view: str) -> str | None:
        """The record's answer, in the form in which the rule reads it best."""
        return _RULES[view].gold(str(doc["answer"])) if view in _RULES else None

    def not_scored(self, view: str) -> str:
        """View 2-1 is not."""
        return _UNSCORED.get(view, "")
