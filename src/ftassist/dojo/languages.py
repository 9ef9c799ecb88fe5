"""Which languages the texts of a set are in, by py3langid (a classifier of 139 languages).

Code, SMILES, formulas and a handful of words are no language: a text is classified only if it has
enough letters, and "unclear" unless one language is likelier than all others together. What is
said is the share of texts, drawn evenly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

TEXTS = 200
"""Texts that are looked at; the classifier takes about a millisecond for each."""
LETTERS = 20
"""Fewer letters in words tell nothing."""
SURE = 0.5
"""Probability from which on a language is told; Chinese and its close relatives share theirs."""
UNCLEAR = "unclear"


def languages(texts: Sequence[str]) -> dict[str, float]:
    """Shares of languages as ISO 639-1 codes, and of texts that are "unclear"; most first.

    >>> languages(["Wie viele Äpfel bleiben übrig, wenn Anna drei von ihnen verschenkt?"])
    {'de': 1.0}
    """
    step = max(1, len(texts) // TEXTS)
    looked_at = texts[::step][:TEXTS]
    counts = Counter(_language(text) for text in looked_at)
    return {name: round(count / len(looked_at), 4) for name, count in counts.most_common()}


def _language(text: str) -> str:
    """The language of a text."""
    words = " ".join(word for word in text.split() if _is_word(word))
    if sum(map(str.isalpha, words)) < LETTERS and not any("一" <= sign <= "鿿" for sign in words):
        return UNCLEAR
    code, probability = _identifier().classify(words)
    return str(code) if probability >= SURE else UNCLEAR


def _is_word(word: str) -> bool:
    """Whether a piece of text is letters with marks at its ends, and no code or formula."""
    bare = word.strip(".,;:!?()[]{}\"'`“”‘’。，；：？！、（）《》")
    return bool(bare) and all(sign.isalpha() or sign in "'’-，。、；：" for sign in bare)


@cache
def _identifier() -> Any:
    """The classifier with probabilities."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
