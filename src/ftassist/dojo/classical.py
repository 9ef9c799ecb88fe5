r"""Classical baselines: what a linear model on word or character counts reaches on a task.

For tasks with a closed answer set only: some raw sets answer with few, short, repeated texts that
the task's own scoring takes for right. Such sets are put together under a trial's row cap, rows
that hold an evaluation item are left out, and tf-idf with logistic regression is fitted twice: on
words and pairs of words, and on characters. It takes seconds, and it is the least a fine-tuned
model should beat. Knows nothing of campaigns.

    TfidfVectorizer(ngram_range=(1, 2)) or (analyzer="char_wb", ngram_range=(1, 4)), sublinear
    LogisticRegression(C=10)
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Text = tuple[str, str]
"""A prompt and the answer to it."""
Score = Callable[[str], float]

MOST_LABELS = 300
LONGEST_LABEL = 80
FEWEST_ROWS = 40
MOST_NUMBERS = 30
"""Different numbers among the answers; more are results of a computation, not classes."""
TRIED_LABELS = 25
"""Labels of a set that are shown to the scoring, to find out whether they are the task's."""
OWN_SHARE = 0.8
"""Share of them that must be right for some item."""
MOST_ITERATIONS = 300

_MARKED = re.compile(r"(?:final\s+)?answer\s*:.*|\\boxed\{[^{}]*\}|####.*", re.IGNORECASE)
_NUMBER = re.compile(r"\d")

KINDS: dict[str, dict[str, Any]] = {
    "bag of words": {"ngram_range": (1, 2)},
    "bag of characters": {"analyzer": "char_wb", "ngram_range": (1, 4)},
}
"""Features by name: words and pairs of words; one to four characters within words."""


@dataclass(frozen=True)
class ClassicalRows:
    """Rows that a classical model may learn from.

    Attributes:
        texts: Prompts and labels.
        sets: The raw sets they are from.
        labels: How many labels there are.
    """

    texts: list[Text]
    sets: tuple[str, ...]
    labels: int


def label_of(response: str) -> str | None:
    """The answer at the end of a response, or a short response itself; None for a longer text."""
    found = _MARKED.findall(response)
    label = " ".join((found[-1] if found else response).split())
    return label if 0 < len(label) <= LONGEST_LABEL else None


def training_of(
    sets: dict[str, Sequence[Text]], is_own: Callable[[str], bool], rows: int, seed: int
) -> ClassicalRows | None:
    """The rows of the sets that have the task's own closed answers; None if there are none.

    Args:
        sets: Prompts and responses of each raw set.
        is_own: Whether an answer is right for some item of the task.
        rows: How many rows at most: a trial's cap.
        seed: Of the draw.
    """
    labelled = {name: _closed(texts) for name, texts in sets.items()}
    kept = {
        name: texts
        for name, texts in labelled.items()
        if texts and _is_of_the_task(texts, is_own, seed)
    }
    texts = [text for found in kept.values() for text in found]
    texts = random.Random(seed).sample(texts, min(rows, len(texts)))
    labels = {label for _, label in texts}
    if len(texts) < FEWEST_ROWS or not 2 <= len(labels) <= MOST_LABELS:
        return None
    return ClassicalRows(texts, tuple(sorted(kept)), len(labels))


def predict(kind: str, training: ClassicalRows, prompts: Sequence[str]) -> list[str]:
    """The label that a model of a kind gives to each prompt."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, **KINDS[kind]),
        LogisticRegression(C=10, max_iter=MOST_ITERATIONS),
    )
    model.fit([prompt for prompt, _ in training.texts], [label for _, label in training.texts])
    return [str(label) for label in model.predict(list(prompts))]


def majority(training: ClassicalRows) -> str:
    """The most frequent label."""
    return Counter(label for _, label in training.texts).most_common(1)[0][0]


def _closed(texts: Sequence[Text]) -> list[Text]:
    """Prompts and labels of a set whose answers are few and repeated; none of another set."""
    found = [(prompt, label) for prompt, said in texts if (label := label_of(said)) is not None]
    labels = {label for _, label in found}
    numbers = {label for label in labels if _NUMBER.search(label)}
    is_closed = (
        len(found) >= 0.9 * len(texts)
        and 3 * len(labels) <= len(found)
        and len(labels) <= MOST_LABELS
        and len(numbers) <= MOST_NUMBERS
    )
    return found if is_closed else []


def _is_of_the_task(texts: Sequence[Text], is_own: Callable[[str], bool], seed: int) -> bool:
    labels = sorted({label for _, label in texts})
    tried = random.Random(seed).sample(labels, min(TRIED_LABELS, len(labels)))
    return sum(map(is_own, tried)) >= OWN_SHARE * len(tried)
