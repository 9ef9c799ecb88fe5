"""ChemCoTBench molecule editing: add, delete or substitute a functional group.

An edit is right where the counts of the groups it names change by exactly one, whatever else
changes. Official: JSON `output` or `answer`, quoted patterns, the longest SMILES-like run of the
text. A group the benchmark has no pattern for (a name with a blank) is never right. Strict: one
valid SMILES under `output`; blanks in group names are read as underscores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from ftassist.dojo.catalog.chemcotbench.answers import (
    answer_object,
    answer_text,
    meta_of,
    molecule_text,
    quoted,
    view_of,
)
from ftassist.dojo.catalog.chemcotbench.chemcotbench_mol_edit.functional_groups import count_group
from ftassist.dojo.catalog.chemcotbench.chemistry import is_molecule, morgan_similarity
from ftassist.dojo.scorers.extraction import first_group, stated, text_of
from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio

BITS = 2048
_PATTERNS = quoted("output", "answer")
_SOURCES = tuple(
    re.compile(rf"{label}:\s*([^\s,]+)")
    for label in ("Input Molecule", "Molecule SMILES", "Source Molecule")
)
_CHANGES = {
    "add": (("added_group", 1),),
    "delete": (("removed_group", -1),),
    "sub": (("added_group", 1), ("removed_group", -1)),
}


def extract(prediction: str) -> str:
    """The molecule by the official rule; "" for an empty text."""
    text = answer_text(prediction)
    answer = answer_object(text)
    if answer is not None:
        value = answer.get("output", answer.get("answer"))
        if value is not None:
            return str(value).strip()
    return molecule_text(text, _PATTERNS)


def source_of(doc: Doc) -> str:
    """The molecule to edit, which only the query names; "" if it does not."""
    return (first_group(_SOURCES, str(doc["query"])) or "").strip()


def is_edited(source: str, target: str, changes: Sequence[tuple[str, int]]) -> bool:
    """Whether the count of each group changes from source to target by the given number."""
    for group, change in changes:
        before, after = count_group(source, group), count_group(target, group)
        if before is None or after is None or after != before + change:
            return False
    return bool(changes)


class MoleculeEditing(Scorer):
    """Rate of correct edits, of valid molecules, and similarity to the reference edit."""

    views = ("add", "delete", "sub")
    required = ("query", "meta")
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "correct_rate": ("correct", COUNT),
        "valid_rate": ("valid", COUNT),
    }

    def view_of(self, doc: Doc) -> str | None:
        """The record's subtask."""
        return view_of(doc, self.views)

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """`item` is 1 for a correct edit."""
        meta, source = meta_of(doc), source_of(doc)
        names = [(str(meta.get(key, "")), change) for key, change in _CHANGES[view]]
        reference = str(meta.get("reference", ""))
        answer = extract(prediction)
        said = stated(prediction, "output", text_of)
        said = said if is_molecule(said) else None
        official = _statistics(source, answer, names, reference)
        plain = [(name.strip().replace(" ", "_"), change) for name, change in names]
        strict = _statistics(source, said or "", plain, reference)
        return Judged(view, said is not None, official, strict, official["correct"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """`acc`, the mean correct rate of the views, and each view's rates."""
        found: dict[str, Array] = {}
        for view, of in sums.items():
            found[f"{view}.correct_rate"] = ratio(of["correct"], of[COUNT])
            found[f"{view}.valid_rate"] = ratio(of["valid"], of[COUNT])
            found[f"{view}.tanimoto"] = ratio(of["similarity"], of[COUNT])
        return {"acc": mean([found[f"{view}.correct_rate"] for view in sums])} | found

    def gold(self, doc: Doc, view: str) -> str | None:
        """The reference edit in the form the query asks for."""
        reference = meta_of(doc).get("reference")
        return f'{{"output": "{reference}"}}' if reference else None


def _statistics(
    source: str, answer: str, changes: Sequence[tuple[str, int]], reference: str
) -> dict[str, float]:
    """Whether an answer is the edit asked for, is a molecule, and how near the reference it is."""
    return {
        "correct": float(is_edited(source, answer, changes)),
        "valid": float(is_molecule(answer)),
        "similarity": morgan_similarity(answer, reference, BITS),
    }
