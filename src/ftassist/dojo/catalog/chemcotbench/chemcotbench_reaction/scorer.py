"""ChemCoTBench reactions: products, reactants, next step, conditions, mechanism.

Official: the view's JSON key decides even where it holds no text (then the answer is invalid);
without JSON the quoted patterns, then the whole text - RDKit reads a text up to its first blank.
Strict: one text under the view's key, for `mechsel` one letter that stands alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from rapidfuzz.distance import Levenshtein

from ftassist.dojo.catalog.chemcotbench.answers import answer_object, answer_text, quoted, view_of
from ftassist.dojo.catalog.chemcotbench.chemcotbench_reaction import bleu
from ftassist.dojo.catalog.chemcotbench.chemistry import (
    is_molecule,
    maccs_similarity,
    morgan_count_similarity,
    plain_smiles,
    rdk_similarity,
    same_molecule,
)
from ftassist.dojo.scorers.extraction import first_group, stated, text_of
from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio

MOLECULES = ("fs", "retro", "nepp")
_ITEM = {"rcr": "exact", "mechsel": "correct"}
_KEYS = {
    "fs": ("Major Product", "output", "answer"),
    "retro": ("Reactants", "output", "answer"),
    "nepp": ("output", "answer"),
    "rcr": ("condition", "answer"),
    "mechsel": ("choice", "answer"),
}
_PATTERNS = {
    "fs": quoted(*_KEYS["fs"]),
    "retro": quoted(*_KEYS["retro"]),
    "mechsel": (
        re.compile(r'"choice"\s*:\s*"([A-Z])"'),
        re.compile(r'"answer"\s*:\s*"([A-Z])"'),
        re.compile(r"\b([A-Z])\b"),
    ),
}
_STATED_KEYS = {view: (_KEYS[view][0],) for view in _KEYS} | {"rcr": ("condition", "SMILES")}
_METRICS = {
    "exact_match": "exact",
    "validity": "valid",
    "morgan": "morgan",
    "maccs": "maccs",
    "rdk": "rdk",
    "levenshtein": "distance",
}


def extract(prediction: str, view: str) -> Any:
    """The answer by the official rule: a text, or what the JSON key holds; None for nothing."""
    text = answer_text(prediction)
    answer = answer_object(text)
    if answer is not None:
        first, *others = _KEYS[view]
        value: Any = next((answer[key] for key in (first, *others) if key in answer), None)
        if view != "mechsel":
            return value
        if value:
            return str(value).strip().upper()
    found = first_group(_PATTERNS.get(view, ()), text)
    return text.strip() if found is None else found.strip()


def gold_of(doc: Doc, view: str) -> str:
    """The reference text; of `fs`, the "Major Product" inside its JSON text."""
    gold = doc["gt"]
    if view == "fs" and isinstance(gold, str) and gold.startswith("{"):
        with suppress(ValueError):
            gold = json.loads(gold).get("Major Product", "")
    return str(gold) if gold else ""


class Reaction(Scorer):
    """Similarity of molecules, exact conditions, accuracy of the chosen mechanism."""

    views = ("fs", "retro", "rcr", "nepp", "mechsel")
    required = ("query", "gt")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "accuracy": ("correct", COUNT),
        "exact_match": ("exact", COUNT),
        "validity": ("valid", COUNT),
    }

    def view_of(self, doc: Doc) -> str | None:
        """The record's subtask."""
        return view_of(doc, self.views)

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is the Morgan similarity of a molecule, else 1 for a right answer."""
        gold, answer = gold_of(doc, view), extract(prediction, view)
        said = _stated(prediction, view)
        if view in MOLECULES:
            said = said if is_molecule(said) else None
            official, strict = _compared(answer, gold), _compared(said, gold)
            return Judged(view, said is not None, official, strict, official["morgan"])
        name, same = ("exact", _same_text) if view == "rcr" else ("correct", _same_letter)
        right = float(same(answer, gold))
        strictly = float(said is not None and same(said, gold))
        return Judged(view, said is not None, {name: right}, {name: strictly}, right)

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """`fts`, `acc`, every view's metrics, and `score`.

        `score` is ours, for campaigns: the unweighted mean over views of Morgan similarity, exact
        conditions and accuracy.
        """
        found: dict[str, Array] = {}
        for view, of in sums.items():
            if view in MOLECULES:
                found |= {f"{view}.{m}": ratio(of[s], of[COUNT]) for m, s in _METRICS.items()}
                found[f"{view}.bleu"] = bleu.bleu(of)
            elif view == "rcr":
                found["rcr.exact_match"] = ratio(of["exact"], of[COUNT])
            else:
                found["mechsel.accuracy"] = ratio(of["correct"], of[COUNT])
        headlines: dict[str, Array] = {}
        if similar := [found[f"{view}.morgan"] for view in MOLECULES if view in sums]:
            headlines["fts"] = mean(similar)
        if "mechsel" in sums:
            headlines["acc"] = found["mechsel.accuracy"]
        items = [ratio(of[_ITEM.get(view, "morgan")], of[COUNT]) for view, of in sums.items()]
        return headlines | {"score": mean(items)} | found

    def gold(self, doc: Doc, view: str) -> str:
        """The reference in the form of the view's key."""
        return json.dumps({_KEYS[view][0]: gold_of(doc, view)})


def _stated(prediction: str, view: str) -> str | None:
    """The strict answer: one text under the view's key; a lone letter for `mechsel`."""
    for key in _STATED_KEYS[view]:
        said = stated(prediction, key, text_of)
        if said is not None and view == "mechsel":
            return said if re.fullmatch(r"[A-Za-z]", said) else None
        if said is not None:
            return said
    return None


def _same_text(answer: Any, gold: str) -> bool:
    """Whether two texts are the same in lower case."""
    return (str(answer).lower().strip() if answer else "") == gold.lower().strip()


def _same_letter(answer: Any, gold: str) -> bool:
    """Whether the first Latin letter of the upper-cased answer is that of the reference."""
    mine = re.search(r"[A-Z]", str(answer).upper().strip()) if answer else None
    theirs = re.search(r"[A-Z]", gold.upper().strip())
    gold_letter = theirs.group() if theirs else gold.upper().strip()
    return (mine.group() if mine else "") == gold_letter


def _compared(answer: Any, gold: str) -> dict[str, float]:
    """All statistics of a molecule against its reference."""
    text = answer if isinstance(answer, str) and answer else None
    mine = plain_smiles(text) if text is not None else None
    theirs = plain_smiles(gold) if gold else None
    both = bool(mine) and bool(theirs)
    pair = (mine or "", theirs or "") if both else ("", "")
    return {
        "exact": float(text is not None and bool(gold) and same_molecule(text, gold)),
        "valid": float(mine is not None),
        "morgan": morgan_count_similarity(*pair),
        "maccs": maccs_similarity(*pair),
        "rdk": rdk_similarity(*pair),
        "distance": float(Levenshtein.distance(*pair)),
        **bleu.statistics(mine if both else None, theirs or None),
    }
