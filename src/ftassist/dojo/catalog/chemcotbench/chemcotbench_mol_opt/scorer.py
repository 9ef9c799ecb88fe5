"""ChemCoTBench molecule optimisation: propose a molecule with more of a property.

Official: JSON `Final Target Molecule` (or its other names), quoted patterns, the longest
SMILES-like run. Success is a property above the source's. A view whose oracle is missing has
success 0 by the official rule as released, and counts as not scored: `sr` takes the zeros as the
release does, `sr_scored` leaves the view out, the strict reading does not report it at all.
Strict: one valid SMILES under `Final Target Molecule`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from ftassist.dojo.catalog.chemcotbench.answers import (
    answer_object,
    answer_text,
    meta_of,
    molecule_text,
    quoted,
    view_of,
)
from ftassist.dojo.catalog.chemcotbench.chemcotbench_mol_opt.oracles import oracle
from ftassist.dojo.catalog.chemcotbench.chemistry import (
    is_molecule,
    morgan_similarity,
    murcko_scaffold,
    share_an_atom,
)
from ftassist.dojo.scorers.extraction import stated, text_of
from ftassist.dojo.scorers.scorer import (
    COUNT,
    Array,
    Doc,
    Judged,
    Reading,
    Scorer,
    Sums,
    mean,
    ratio,
    table,
)

KEY = "Final Target Molecule"
BITS = 1024
BEST = {"logp": 0.5, "solubility": 0.5}
"""Improvement that counts for `best_rate`; 0.3 in the other views."""

_NAMES = (KEY, "Final_Target_Molecule", "output", "answer")
_PATTERNS = quoted(*_NAMES)
_SOURCE = re.compile(r"Source Molecule:\s*([^\s.]+)")
_MUCH = {
    "logp": "C" * 30,
    "solubility": "OCC(O)C(O)C(O)C(O)CO",
    "qed": "OC[CH]1O[CH](O[CH]2CO[CH](O[CH]12)c1ccccc1)c1ccccc1",
}
_RATES = {
    "success_rate": "success",
    "best_rate": "best",
    "valid_smiles_rate": "valid",
    "valid_score_rate": "scored",
    "scaffold_hard": "same scaffold",
}


def extract(prediction: str) -> str:
    """The molecule by the official rule; "" for an empty text."""
    text = answer_text(prediction)
    answer = answer_object(text)
    if answer is not None:
        value: Any = next((answer[n] for n in _NAMES if answer.get(n)), answer.get(_NAMES[-1]))
        if value is not None:
            return str(value).strip()
    return molecule_text(text, _PATTERNS)


def source_of(doc: Doc) -> str:
    """The molecule to improve: after "Source Molecule:" up to a blank or full stop, or in meta."""
    if found := _SOURCE.search(str(doc["query"])):
        return found.group(1)
    meta = meta_of(doc)
    return str(meta.get("source", meta.get("src", "")))


@lru_cache(maxsize=4096)
def scaffold_match(source: str, target: str) -> tuple[bool, float]:
    """Whether two molecules have one Murcko scaffold, and how alike their scaffolds are."""
    first, second = murcko_scaffold(source), murcko_scaffold(target)
    if first is None or second is None:
        return False, 0.0
    if first == second:
        return True, 1.0
    alike = morgan_similarity(first, second, BITS) if share_an_atom(first, second) else 0.0
    return False, alike


class MoleculeOptimisation(Scorer):
    """Rates of success and of valid molecules, mean improvement, and kept scaffolds."""

    views = ("drd", "gsk", "jnk", "logp", "qed", "solubility")
    judges_all_views = True
    required = ("query",)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {k: (v, COUNT) for k, v in _RATES.items()}

    def view_of(self, doc: Doc) -> str | None:
        """The record's subtask."""
        return view_of(doc, self.views)

    def not_scored(self, view: str) -> str:
        """Why the view's oracle is missing."""
        return oracle(view).missing

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for a molecule with more of the property."""
        source = source_of(doc)
        said = stated(prediction, KEY, text_of)
        said = said if is_molecule(said) else None
        official = _statistics(view, source, extract(prediction))
        strict = _statistics(view, source, said or "")
        return Judged(view, said is not None, official, strict, official["success"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """`sr`, `vs`, `sr_scored` and each view's rates; not the mean improvement."""
        found: dict[str, Array] = {}
        for view, of in sums.items():
            for name, statistic in _RATES.items():
                found[f"{view}.{name}"] = ratio(of[statistic], of[COUNT])
            found[f"{view}.scaffold_soft"] = ratio(of["scaffold similarity"], of[COUNT])
        headlines = {
            "sr": mean([found[f"{view}.success_rate"] for view in sums]),
            "vs": mean([found[f"{view}.valid_smiles_rate"] for view in sums]),
        }
        if scored := [view for view in sums if not self.not_scored(view)]:
            headlines["sr_scored"] = mean([found[f"{view}.success_rate"] for view in scored])
        return headlines | found

    def gold(self, doc: Doc, view: str) -> str | None:
        """A molecule with much of the property; None for a view whose oracle is missing."""
        del doc
        much = None if self.not_scored(view) else _MUCH.get(view)
        return f'{{"{KEY}": "{much}"}}' if much else None

    def reduce(self, judged: Sequence[Judged], reading: Reading = "official") -> dict[str, float]:
        """All metrics, with the winsorised mean improvement, which is no function of sums."""
        found = super().reduce(judged, reading)
        for view, columns in table(judged, reading).items():
            found[f"{view}.mean_improvement"] = winsorised_mean(columns["improvement"])
        return found if reading == "official" else self._scored_only(found)

    def _scored_only(self, found: Mapping[str, float]) -> dict[str, float]:
        """Without what needs an oracle that is missing."""
        needs = ("success_rate", "best_rate", "mean_improvement", "valid_score_rate")
        gone = {f"{view}.{name}" for view in self.views if self.not_scored(view) for name in needs}
        kept = {name: value for name, value in found.items() if name not in gone | {"sr"}}
        return ({"sr": found["sr_scored"]} if "sr_scored" in found else {}) | kept


def winsorised_mean(improvements: Array) -> float:
    """The mean with both tails set to the 5th and 95th percentile."""
    low, high = np.percentile(improvements, [5, 95])
    return float(np.mean(np.clip(improvements, low, high)))


def _statistics(view: str, source: str, target: str) -> dict[str, float]:
    """What a proposed molecule is worth; all zero where it is none."""
    valid, comparable = is_molecule(target), is_molecule(target) and is_molecule(source)
    before = oracle(view).value(source) if comparable else None
    after = oracle(view).value(target) if comparable else None
    improvement = None if before is None or after is None else after - before
    same, alike = scaffold_match(source, target) if comparable else (False, 0.0)
    gain = improvement or 0.0
    return {
        "valid": float(valid),
        "scored": float(improvement is not None),
        "improvement": gain,
        "success": float(gain > 0),
        "best": float(gain >= BEST.get(view, 0.3)),
        "same scaffold": float(same),
        "scaffold similarity": alike,
    }
