"""FinanceIQ: Chinese multiple-choice questions of ten finance exams.

Official (opencompass/utils/text_postprocessors.py of Jensen246/opencompass at abc7c91a): the
answer is the last character that is an upper-case letter, whichever it is; full-width, Greek
letters and Roman numerals are among them. The headline is the unweighted mean over subjects.
Strict: one letter A to D after "答案是" (the form the worked examples show), or standing alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio

SUBJECTS = (
    "注册会计师（CPA）",
    "银行从业资格",
    "证券从业资格",
    "基金从业资格",
    "保险从业资格CICE",
    "经济师",
    "税务师",
    "期货从业资格",
    "理财规划师",
    "精算师-金融数学",
)
_STATED = re.compile(r"答案(?:是|为)?\s*[:：]?\s*([A-Da-d])(?![A-Za-z])")
_ALONE = re.compile(r"\s*([A-Da-d])\s*[.。]?\s*")


def extract(prediction: str) -> str:
    """The last character that is an upper-case letter; "" if there is none."""
    return next((c for c in reversed(prediction) if c.isupper()), "")


def stated_letter(prediction: str) -> str | None:
    """The one option stated as an answer, or the option the text is."""
    if alone := _ALONE.fullmatch(prediction):
        return alone.group(1).upper()
    found = {letter.upper() for letter in _STATED.findall(prediction)}
    return found.pop() if len(found) == 1 else None


class FinanceIq(Scorer):
    """Accuracy of each subject and their unweighted mean."""

    views = SUBJECTS
    required = ("Answer",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {"accuracy": ("correct", COUNT)}

    def view_of(self, doc: Doc) -> str | None:
        """The record's subject."""
        subject = doc.get("subject")
        return subject if subject in self.views else None

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for the right option."""
        gold, said = str(doc["Answer"]), stated_letter(prediction)
        right = float(extract(prediction) == gold)
        strictly = float(said == gold.strip())
        return Judged(view, said is not None, {"correct": right}, {"correct": strictly}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """`accuracy` over subjects and that of each subject."""
        each = {f"{view}.accuracy": ratio(of["correct"], of[COUNT]) for view, of in sums.items()}
        return {"accuracy": mean(list(each.values()))} | each

    def gold(self, doc: Doc, view: str) -> str:
        """The answer as the worked examples give it."""
        del view
        return f"答案是: {doc['Answer']}"
