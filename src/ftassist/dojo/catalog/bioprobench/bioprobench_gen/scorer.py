"""BioProBench GEN: the steps of a protocol, written for a request.

Official (opencompass/datasets/bioprobench/bioprobench_gen.py of Jensen246/opencompass at
abc7c91a): after the last `</think>` and the last `</Structure>`, the first pair of tags; the
reference is its steps joined by blanks; ROUGE-1, -2 and -L are F-measures of the package
`rouge_score` with stemming. An answer without a pair of tags is left out of the means.

Not computed here: BLEU and METEOR (NLTK's punkt and WordNet, which no package carries), keyword
overlap (KeyBERT on MiniLM) and step recall and redundancy (all-mpnet-base-v2).

Strict: one pair of tags with text in it; an answer without one scores 0.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from ftassist.dojo.catalog.bioprobench.tagged import after_last, first, only, tagged
from ftassist.dojo.scorers.scorer import WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

KINDS = ("rouge1", "rouge2", "rougeL")


def extract(prediction: str) -> str | None:
    """The steps by the official rule; "" where the tags hold nothing."""
    inside = first(after_last(prediction, "</think>", "</Structure>"))
    return None if inside is None else inside.strip()


def reference(doc: Doc) -> str:
    """The steps in one line.

    Raises:
        KeyError: There are none.
    """
    return " ".join(_steps(doc))


class ProtocolSteps(Scorer):
    """Mean ROUGE of the protocols."""

    required = ("system_prompt", "instruction", "input", "output")

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is ROUGE-L, 0 where nothing can be read."""
        gold, said = reference(doc), extract(prediction)
        stated = only(after_last(prediction, "</think>", "</Structure>")) or ""
        official = _statistics(gold, said)
        parsed = bool(stated.strip())
        strict = official if parsed else _statistics(gold, "")
        return Judged(view, parsed, official, strict, official["rougeL"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Means over what could be read; 0 without any."""
        of = sums[WHOLE]
        return {kind: ratio(of[kind], of["counted"]) for kind in KINDS}

    def gold(self, doc: Doc, view: str) -> str:
        """The reference's steps, one a line."""
        del view
        lines = "\n".join(_steps(doc))
        return tagged(f"\n{lines}\n")


def _steps(doc: Doc) -> list[str]:
    """The steps; a record that holds them as one text has one."""
    steps = doc["output"]
    return [str(step) for step in steps] if isinstance(steps, list) else [str(steps)]


def _statistics(gold: str, said: str | None) -> dict[str, float]:
    if said is None:
        return {"counted": 0.0, **dict.fromkeys(KINDS, 0.0)}
    return {"counted": 1.0, **_measures(gold, said)}


@lru_cache(maxsize=4096)
def _measures(gold: str, said: str) -> dict[str, float]:
    """The F-measures by the package itself."""
    return {kind: float(found.fmeasure) for kind, found in _rouge().score(gold, said).items()}


@cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(KINDS), use_stemmer=True)
