"""What a raw training set looks like, by counting.

Pure functions from rows to a `Profile`. Reports what can be measured without knowing the truth:
lengths, languages, repeats, labels that contradict each other, how answers are distributed and
written. Does not know which set is good.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ftassist.dojo.languages import languages
from ftassist.dojo.quality import quality_notes
from ftassist.dojo.tables.values import is_nothing, plain

if TYPE_CHECKING:
    from ftassist.dojo.set_card import SetCard

SEED = 0
SAMPLES = 3
PERCENTILES = {"min": 0.0, "p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
BOXED = re.compile(r"\\boxed\{([^{}]*)\}")
_LISTS = ("fields", "samples", "quality", "known_sources")
LABELLED = re.compile(r"\b(final answer|answer):[ \t]*([^\n]*)", re.IGNORECASE)


class Tokenizer(Protocol):
    """Anything that turns text into token ids."""

    def encode(self, text: str) -> Sequence[int]:
        """The token ids of a text."""
        ...


@dataclass(frozen=True)
class Profile:
    """The measured look of a raw set. JSON-able by `to_dict`.

    Attributes:
        name: The set.
        rows: Number of rows.
        fields: The fields of its rows.
        empty_fields: Rows with an empty value, by field.
        prompt_characters: Percentiles of prompt lengths.
        response_characters: Percentiles of response lengths.
        prompt_tokens: The same in tokens, where a tokenizer was given.
        response_tokens: The same in tokens, where a tokenizer was given.
        tokenizer: Whose tokens they are.
        languages: Shares of languages, of the rows whose prompt and response tell one.
        exact_duplicates: Rows that repeat an earlier row's prompt and response.
        near_duplicates: Rows whose prompt equals an earlier, differently written one once case,
            spacing and closing marks are taken away.
        repeated_prompts: Different prompts that stand on more than one row (spacing aside).
        conflicting_prompts: Those of them with more than one final answer.
        conflicting_rows: Rows that carry one of the conflicting prompts.
        answers: The ten most frequent final answers with their shares.
        answer_entropy: Entropy of the final answers, in bits.
        answer_forms: Shares of how the final answer is written: boxed, "final answer", "answer" or
            plain.
        worked_share: Share of responses that show work before the answer.
        samples: Three rows, the same every time.
        licence: As on the card.
        notes: The collector's notes, from the card.
        quality: What in these counts asks for a look.
        known_sources: Known bad sources that the card names (see `known_sources`).
        bad_rows: Rows that cannot be used; nothing else here counts them.
    """

    name: str
    rows: int
    fields: tuple[str, ...]
    empty_fields: dict[str, int]
    prompt_characters: dict[str, int]
    response_characters: dict[str, int]
    prompt_tokens: dict[str, int] | None
    response_tokens: dict[str, int] | None
    exact_duplicates: int
    near_duplicates: int
    repeated_prompts: int
    conflicting_prompts: int
    conflicting_rows: int
    answers: dict[str, float]
    answer_entropy: float
    answer_forms: dict[str, float]
    worked_share: float
    samples: tuple[dict[str, Any], ...]
    licence: str
    notes: str
    tokenizer: str = ""
    languages: dict[str, float] = field(default_factory=dict)
    quality: tuple[str, ...] = ()
    known_sources: tuple[str, ...] = ()
    bad_rows: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON values."""
        return asdict(self) | {name: list(getattr(self, name)) for name in _LISTS}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Profile:
        """Rebuilds a profile from `to_dict`."""
        lists = {name: tuple(document[name]) for name in _LISTS}
        return cls(**{**document, **lists})


@dataclass(frozen=True)
class FinalAnswer:
    """The end of a response: the answer, how it is marked, and whether work stands before it."""

    text: str
    form: str
    shows_work: bool


def final_answer(response: str) -> FinalAnswer:
    r"""Finds the final answer of a response.

    The last `\boxed{}` counts, else what follows the last "Final Answer:" or "Answer:", else the
    whole response. Work is any letter or digit before that mark; a plain response of
    several lines or more than one sentence shows work, too.
    """
    boxes, labels = list(BOXED.finditer(response)), list(LABELLED.finditer(response))
    if boxes:
        match, form = boxes[-1], "boxed"
        answer = match.group(1)
    elif labels:
        match = labels[-1]
        form, answer = match.group(1).lower(), match.group(2)
    else:
        text = response.strip()
        return FinalAnswer(fold(text), "plain", "\n" in text or ". " in text)
    work = sum(map(str.isalnum, response[: match.start()])) > 0
    return FinalAnswer(fold(answer), form, work)


def fold(text: str) -> str:
    """The text without differences of case, spacing and closing marks."""
    return spaced(text).casefold()


def spaced(text: str) -> str:
    """The text with single spaces and without closing marks; case stays (SMILES need it)."""
    return " ".join(text.split()).rstrip(".?! ")


def profile_rows(
    card: SetCard,
    rows: Sequence[Mapping[str, Any]],
    tokenizer: Tokenizer | None = None,
    known_sources: Sequence[str] = (),
    bad: Sequence[str] = (),
) -> Profile:
    """Measures the rows of a set.

    Args:
        rows: Its rows; at least one.
        tokenizer: Adds lengths in tokens.
        known_sources: Known bad sources that the card names, in words.
        bad: Places of rows of the set that cannot be used and are not among `rows`.
    """
    turns = [card.turns(row) for row in rows]
    finals = [final_answer(response) for _, response in turns]
    counted = Counter(final.text for final in finals)
    answers = {a: round(n / len(rows), 4) for a, n in counted.most_common(10)}
    forms = _shares(Counter(final.form for final in finals))
    repeats = _repeats([prompt for prompt, _ in turns], finals)
    empty, spoken = _empty(rows), languages([f"{p}\n{r}" for p, r in turns])
    duplicates = len(turns) - len(set(turns))
    near_duplicates = _near_duplicates([p for p, _ in turns])
    return Profile(
        name=card.name,
        rows=len(rows),
        fields=tuple(rows[0]),
        empty_fields=empty,
        prompt_characters=percentiles([len(p) for p, _ in turns]),
        response_characters=percentiles([len(r) for _, r in turns]),
        prompt_tokens=_tokens([p for p, _ in turns], tokenizer),
        response_tokens=_tokens([r for _, r in turns], tokenizer),
        tokenizer=getattr(tokenizer, "name", "") if tokenizer else "",
        languages=spoken,
        exact_duplicates=duplicates,
        near_duplicates=near_duplicates,
        **repeats,
        answers=answers,
        answer_entropy=round(entropy(counted), 3),
        answer_forms=forms,
        worked_share=round(sum(final.shows_work for final in finals) / len(rows), 4),
        samples=tuple(map(plain, random.Random(SEED).sample(list(rows), min(SAMPLES, len(rows))))),
        licence=card.licence,
        notes=card.notes,
        quality=quality_notes(
            len(rows),
            bad=bad,
            empty=empty,
            duplicates=duplicates,
            near_duplicates=near_duplicates,
            conflicting=repeats["conflicting_rows"],
            answers=answers,
            forms=forms,
            languages=spoken,
        ),
        known_sources=tuple(known_sources),
        bad_rows=len(bad),
    )


def percentiles(values: Sequence[int]) -> dict[str, int]:
    """Least, median, 90th and 99th percentile (nearest rank) and greatest of some lengths."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return {name: ordered[round(share * last)] for name, share in PERCENTILES.items()}


def entropy(counts: Mapping[str, int]) -> float:
    """Shannon entropy of a distribution, in bits."""
    total = sum(counts.values())
    return -sum(n / total * math.log2(n / total) for n in counts.values())


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: round(n / total, 4) for name, n in sorted(counts.items())}


def _empty(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    names = dict.fromkeys(key for row in rows for key in row)
    counts = {name: sum(_is_empty(row.get(name)) for row in rows) for name in names}
    return {name: count for name, count in counts.items() if count}


def _is_empty(value: Any) -> bool:
    return is_nothing(value) or (isinstance(value, list) and not value)


def _tokens(texts: Sequence[str], tokenizer: Tokenizer | None) -> dict[str, int] | None:
    if tokenizer is None:
        return None
    at_once = getattr(tokenizer, "lengths", None)
    return percentiles(
        at_once(texts) if at_once else [len(tokenizer.encode(text)) for text in texts]
    )


def _near_duplicates(prompts: Sequence[str]) -> int:
    """Different prompts in excess of the different folded prompts."""
    return len(set(prompts)) - len({fold(prompt) for prompt in prompts})


def _repeats(prompts: Sequence[str], finals: Sequence[FinalAnswer]) -> dict[str, int]:
    answers: dict[str, list[str]] = defaultdict(list)
    for prompt, final in zip(prompts, finals, strict=True):
        answers[spaced(prompt)].append(final.text)
    conflicting = [given for given in answers.values() if len(set(given)) > 1]
    return {
        "repeated_prompts": sum(len(given) > 1 for given in answers.values()),
        "conflicting_prompts": len(conflicting),
        "conflicting_rows": sum(map(len, conflicting)),
    }
