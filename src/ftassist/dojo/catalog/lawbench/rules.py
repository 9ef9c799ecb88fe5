"""The rules of LawBench's views: pure functions from an output and an answer to a finding.

Sources: the `compute_*` functions of open-compass/LawBench, evaluation/evaluation_functions and
evaluation/utils. An answer that is not in the data's form is a `ValueError`.
"""

from __future__ import annotations

import logging
import math
import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from ftassist.dojo.scorers.subsequences import common_length

LONGEST_TERM = 216
"""Months: the distance of an output without a term is the logarithm of this."""

ENTITIES = (
    "犯罪嫌疑人", "受害人", "被盗货币", "物品价值", "盗窃获利",
    "被盗物品", "作案工具", "时间", "地点", "组织机构",
)  # fmt: skip
_NO_CONTENT = "无内容"
_NUMBER = re.compile(r"\d+\.?\d*")
_MOST_DIGITS = 300  # Python refuses to read integers of thousands of digits


class OutputFinding(NamedTuple):
    """What a rule found in an output.

    Attributes:
        score: From 0 to 1.
        parsed: Whether it is one answer in the form asked for.
        abstained: Whether nothing could be read.
        scored: False for records that upstream passes over.
    """

    score: float
    parsed: bool
    abstained: bool = False
    scored: bool = True


def plain(answer: str) -> str:
    """The answer as it is."""
    return answer


def without(prefix: str) -> Callable[[str], str]:
    """Takes a prefix away, wherever it stands (as upstream does)."""
    return lambda answer: answer.replace(prefix, "")


def letter_after(prefix: str, place: int) -> Callable[[str], str]:
    """Reads the letter of an answer."""

    def read(answer: str) -> str:
        if not answer.startswith(prefix) or len(answer) <= place or answer[place] not in "ABCDE":
            raise ValueError(f"answer {answer[:40]!r} does not start with {prefix} and a letter")
        return answer[place]

    return read


def choice(text: str, options: Sequence[str], gold: str) -> OutputFinding:
    """The right option must be the only one that stands in the output."""
    found = [option for option in options if option in text]
    if gold not in options:
        raise ValueError(f"answer {gold[:40]!r} is none of the options")
    return OutputFinding(float(found == [gold]), len(found) == 1, not found)


def dispute(text: str, options: Sequence[str], answer: str) -> OutputFinding:
    """View 2-2; records with the answer 赔偿, which is no option, are passed over."""
    gold = answer[7:-1]
    if gold == "赔偿":
        found = any(option in text for option in options)
        return OutputFinding(0.0, found, False, scored=False)
    if not answer.startswith("争议焦点类别："):
        raise ValueError(f"answer {answer[:40]!r} does not start with 争议焦点类别：")
    return choice(text, options, gold)


def marriage_labels(answer: str) -> list[str]:
    """The labels of an answer of view 2-3."""
    if not (answer.startswith("类别:") and answer.endswith("。")):
        raise ValueError(f"answer {answer[:40]!r} is not in the form 类别:...。")
    return answer[3:-1].split("、")


def accusations(answer: str) -> list[str]:
    """The accusations of an answer of view 3-3."""
    if not answer.startswith("罪名:"):
        raise ValueError(f"answer {answer[:40]!r} does not start with 罪名:")
    return answer.replace("罪名:", "").split(";")


def label_set(text: str, options: Sequence[str], gold: Sequence[str]) -> OutputFinding:
    """F1 of the options that stand in the output; nested names (抢劫 in 抢劫罪...) all count."""
    found = {option for option in options if option in text}
    return OutputFinding(_set_f1(set(gold), found), _only_labels(text, options), not found)


def _only_labels(text: str, options: Sequence[str]) -> bool:
    """Whether an output is nothing but options, in the form asked for or bare."""
    bare = re.sub(r"\[[^\]]*\]|<eoa>|罪名[:：]|类别[:：]|事件[:：]|[。\s]", "", text)
    parts = [part for part in re.split("[;；]", bare) if part]
    singles = [p for part in parts for p in (part.split("、") if part not in options else [part])]
    return bool(singles) and all(part in options for part in singles)


def _set_f1(gold: set[Any], found: set[Any]) -> float:
    """F1 of two sets; 0 if they share nothing."""
    hits = len(gold & found)
    if not hits:
        return 0.0
    precision, recall = hits / len(found), hits / len(gold)
    return 2 * precision * recall / (precision + recall)


def articles(text: str, answer: str) -> OutputFinding:
    """View 3-1: F1 of article numbers; the first number of each part between "、"."""
    if not (answer.startswith("法条:刑法第") and answer.endswith("条")):
        raise ValueError(f"answer {answer[:40]!r} is not in the form 法条:刑法第...条")
    parts = answer.replace("法条:刑法第", "").replace("条", "").split("、")
    gold = {int(part) for part in parts}
    numbers: list[list[str]] = []
    for part in text.split("、"):
        bare = re.sub("第(.*?)款", "", part.replace("万元", "元"))
        bare = re.sub("第(.*?)条", r"\1", bare)
        numbers.append(re.findall(r"\d+", arabic(bare)))
    found = {number for part in numbers if part if (number := _integer(part[0])) is not None}
    single = bool(found) and all(len(part) == 1 for part in numbers)
    return OutputFinding(_set_f1(gold, found), single, not found)


def prison_term(text: str, answer: str) -> OutputFinding:
    """Views 3-4 and 3-5; death and life sentences are passed over."""
    if "死刑" in answer or "无期" in answer:
        return OutputFinding(0.0, bool(text.strip()), False, scored=False)
    if not (answer.startswith("刑期:") and answer.endswith("个月")):
        raise ValueError(f"answer {answer[:40]!r} is not in the form 刑期:...个月")
    gold = int(answer.replace("刑期:", "").replace("个月", ""))
    text = arabic(text)
    months = [n for unit in ("个月", "月") for n in re.findall(rf"(\d+){unit}", text)]
    years = re.findall(r"(\d+)年", text)
    term = _integer(months[0]) if months else None
    if not months and years and (found := _integer(years[0])) is not None:
        term = found * 12
    if term is None:
        return OutputFinding(0.0, False, abstained=True)
    distance = abs(math.log(gold + 1) - math.log(term + 1))
    score = (math.log(LONGEST_TERM) - distance) / math.log(LONGEST_TERM)
    return OutputFinding(score, len(set(months)) + len(set(years)) == 1)


def amount(text: str, answer: str) -> OutputFinding:
    """View 3-7: the right amount is among the numbers of the output."""
    prefix, suffix = "上文涉及到的犯罪金额:", "元。"
    if not (answer.startswith(prefix) and answer.endswith(suffix)):
        raise ValueError(f"answer {answer[:40]!r} is not in the form {prefix}...{suffix}")
    gold = float(answer.replace(prefix, "").replace(suffix, ""))
    found = [float(number) for number in _NUMBER.findall(text)]
    return OutputFinding(float(gold in found), len(set(found)) == 1, not found)


def rouge_l(text: str, answer: str) -> OutputFinding:
    """ROUGE-L over words; an empty output stands for the word 无内容."""
    written = words(text) or (_NO_CONTENT,)
    gold = words(answer)
    if not gold:
        raise ValueError("the answer is empty")
    common = common_length(written, gold)
    precision, recall = common / len(written), common / len(gold)
    # The small term is the library's, against division by zero.
    score = 2.0 * (precision * recall / (precision + recall + 1e-8))
    return OutputFinding(score, bool(text.strip()))


def reading(text: str, answer: str) -> OutputFinding:
    """View 2-5: F1 of characters."""
    return OutputFinding(character_f1(answer, text), bool(text.strip()))


def triggers(text: str, answer: str) -> OutputFinding:
    """View 2-10: character F1 of the words in the order in which they stand."""
    gold, written = answer.split(";"), text.split(";")
    hits = sum(character_f1(one, other) for one, other in zip(gold, written, strict=False))
    return OutputFinding(_soft_f1(hits, len(written), len(gold)), bool(text.strip()))


def entities(text: str, answer: str) -> OutputFinding:
    """View 2-6: character F1 of each entity, written as type, colon and value."""
    gold = dict(_pair(part) for part in answer.split(";")) if answer.strip() else {}
    found = _entities_in(text)
    if not gold:
        return OutputFinding(float(not found), True)
    hits = sum(character_f1(gold[kind], value) for kind, value in found.items() if kind in gold)
    score = _soft_f1(hits, len(found), len(gold))
    return OutputFinding(score, bool(found), not found)


def _pair(part: str) -> tuple[str, str]:
    """Type and value of an entity of an answer; what follows a second colon is passed over."""
    kind, colon, rest = part.partition(":")
    if not colon:
        raise ValueError(f"entity {part[:40]!r} has no colon")
    return kind, rest.split(":")[0]


def _entities_in(text: str) -> dict[str, str]:
    """The last value of each type in an output; up to the next blank or line end."""
    found: dict[str, str] = {}
    for kind in ENTITIES:
        for match in re.finditer(kind, text):
            end = match.end()
            if end >= len(text) - 2 or text[end] not in ":：":
                continue
            value = re.split("\n| ", text[end + 1 :].strip())[0].strip()
            if value not in ("无", "未提及"):
                found[kind] = value
    return found


def _soft_f1(hits: float, written: int, gold: int) -> float:
    """F1 of partial hits; the small term is upstream's, against division by zero."""
    precision = hits / written if written else 0.0
    recall = hits / gold if gold else 0.0
    return 2 * precision * recall / (precision + recall + 1e-10)


def character_f1(gold: str, written: str) -> float:
    """F1 of the letters and digits of two texts, whatever their order; case does not count."""
    one, other = _characters(gold), _characters(written)
    if not one or not other:
        return float(one == other)
    common = (Counter(one) & Counter(other)).total()
    if not common:
        return 0.0
    precision, recall = common / len(other), common / len(one)
    return 2 * precision * recall / (precision + recall)


def _characters(text: str) -> list[str]:
    return [sign for sign in text.lower() if sign.isdigit() or sign.isalpha()]


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Words cut by jieba, in sentences cut by rouge-chinese, one after the other."""
    cut = " ".join(_jieba().cut(text))
    if not cut.strip():
        return ()
    sentences = [" ".join(part.split()) for part in _rouge().cut_sent(cut) if part]
    return tuple(word for sentence in sentences for word in sentence.split(" "))


@lru_cache(maxsize=4096)
def arabic(text: str) -> str:
    """The text with Chinese numbers in digits."""
    import cn2an

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        changed: str = cn2an.transform(text, "cn2an")
        return changed


def _integer(digits: str) -> int | None:
    """A number that is no longer than any amount or term can be."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None


@cache
def _jieba() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba


@cache
def _rouge() -> Any:
    from rouge_chinese import Rouge

    return Rouge(metrics=["rouge-l"])
