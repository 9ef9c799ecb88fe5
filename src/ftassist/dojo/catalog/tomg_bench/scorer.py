"""TOMG-Bench: open molecule generation - customise, edit, optimise.

The rules of phenixace/TOMG-Bench (correct.py, evaluate.py, utils/evaluation.py). The molecule is
the value of `molecule` in the first {...} of the output (or what follows its first colon where
that is no JSON), else the whole output; of a chain "a => b" or "a -> b" the last part counts;
brackets around everything are taken off. MolCustom must have all counts of the record exactly
(bond counts of 0 are not looked at); MolEdit must change a group's count by one; MolOpt must move
the property in the asked direction. Similarity is the mean over valid molecules only. The headline
is the mean of the nine first metrics; upstream also publishes a weighted one. Novelty needs a
molecule collection and is not computed. The strict reading wants an object with `molecule`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from ftassist.dojo.catalog.omebench.scorer import similarity
from ftassist.dojo.catalog.tomg_bench.molecules import (
    GROUPS,
    atoms,
    bonds,
    group_count,
    parse,
    property_of,
)
from ftassist.dojo.scorers.scorer import COUNT, Array, Doc, Judged, Scorer, Sums, mean, ratio

CUSTOM = ("MolCustom/AtomNum", "MolCustom/BondNum", "MolCustom/FunctionalGroup")
EDIT = ("MolEdit/AddComponent", "MolEdit/DelComponent", "MolEdit/SubComponent")
OPTIMISE = ("MolOpt/LogP", "MolOpt/MR", "MolOpt/QED")
ATOMS: Mapping[str, int] = {
    "carbon": 6, "oxygen": 8, "nitrogen": 7, "sulfur": 16, "fluorine": 9, "chlorine": 17,
    "bromine": 35, "iodine": 53, "phosphorus": 15, "boron": 5, "silicon": 14, "selenium": 34,
    "tellurium": 52, "arsenic": 33, "antimony": 51, "bismuth": 83, "polonium": 84,
}  # fmt: skip
BONDS = ("single", "double", "triple", "rotatable", "aromatic")
_OTHER_COLUMNS = {"benzene rings": "benzene_ring"}
_BRACES = re.compile(r"\{.*?\}", re.DOTALL)


class TomgBench(Scorer):
    """Accuracy or success rate of nine views."""

    views = (*CUSTOM, *EDIT, *OPTIMISE)
    rates: ClassVar[Mapping[str, tuple[str, str]]] = {
        "accuracy": ("success", COUNT),
        "success_rate": ("success", COUNT),
        "validity": ("valid", COUNT),
    }

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Reads one molecule and checks what was asked of it."""
        written, asked = read_molecule(prediction)
        official = _statistics(doc, written, view)
        nothing = dict.fromkeys(official, 0.0)
        return Judged(view, asked, official, official if asked else nothing, official["success"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Success, similarity over valid molecules, validity; the mean of the views' success."""
        found: dict[str, Array] = {}
        firsts: list[Array] = []
        for view, of in sums.items():
            firsts.append(ratio(of["success"], of[COUNT]))
            found[f"{view}.{'accuracy' if view in CUSTOM else 'success_rate'}"] = firsts[-1]
            if view not in CUSTOM:
                found[f"{view}.similarity"] = ratio(of["similarity"], of["valid"])
            found[f"{view}.validity"] = ratio(of["valid"], of[COUNT])
        return {"score": mean(firsts), **found}


def read_molecule(text: str) -> tuple[str, bool]:
    """The molecule of an output, and whether it was given as asked: in an object's `molecule`."""
    try:
        braces = _BRACES.search(text)
        if braces is None:
            written = _last_of_chain(text.replace("\n", " ").strip())
            bracketed = written[0] == "[" and written[-1] == "]"
            return (written[1:-1] if bracketed else written), False
        body = braces.group().replace('""', '"')
        try:
            return _last_of_chain(json.loads(body)["molecule"]), True
        except (ValueError, KeyError, TypeError, RecursionError):
            bare = body.split(":")[1].strip().strip("}").strip().strip('"').strip()
            return _last_of_chain(bare), False
    except IndexError:
        return "", False


def _last_of_chain(text: str) -> str:
    """What stands after the last arrow.

    Raises:
        TypeError: It is no text.
    """
    if not isinstance(text, str):
        raise TypeError("the molecule is no text")
    for arrow in ("=>", "->"):
        if arrow in text:
            text = text.split(arrow)[-1].strip()
    return text


def _statistics(doc: Doc, written: str, view: str) -> dict[str, float]:
    """Valid, successful, similar."""
    molecule = parse(written)
    valid = float(molecule is not None)
    if view in CUSTOM:
        success = float(molecule is not None and _customised(doc, molecule, view))
        return {"valid": valid, "success": success}
    raw = str(doc["molecule"])
    check = _edited if view in EDIT else _optimised
    success = float(check(doc, raw, written, view)) if molecule is not None else 0.0
    alike = similarity(raw, written) if molecule is not None else 0.0
    return {"valid": valid, "success": success, "similarity": alike}


def _customised(doc: Doc, molecule: Any, view: str) -> bool:
    """Whether all counts of a record are met exactly."""
    if view == CUSTOM[0]:
        return all(atoms(molecule, n) == _asked(doc, name) for name, n in ATOMS.items())
    if view == CUSTOM[1]:
        wanted = {name: _asked(doc, name) for name in BONDS}
        return all(bonds(molecule, name) == n for name, n in wanted.items() if n)
    return all(group_count(molecule, name) == _asked(doc, name) for name in GROUPS)


def _asked(doc: Doc, name: str) -> int:
    """The number a column asks for; the copy on the Hub calls benzene rings otherwise."""
    other = _OTHER_COLUMNS.get(name, name)
    return int(float(doc[name if name in doc else other]))


def _edited(doc: Doc, raw: str, written: str, view: str) -> bool:
    """Whether the counts of the groups changed by one as asked."""
    changes = {"removed_group": -1} if view != EDIT[0] else {}
    changes |= {"added_group": 1} if view != EDIT[1] else {}
    return all(
        _group_of(written, str(doc[name])) == _group_of(raw, str(doc[name])) + change
        for name, change in changes.items()
    )


def _optimised(doc: Doc, raw: str, written: str, view: str) -> bool:
    """Whether the property moved in the direction of the instruction."""
    before, after = (property_of(smiles, view.rpartition("/")[2]) for smiles in (raw, written))
    down = any(word in str(doc["Instruction"]) for word in ("lower", "decrease"))
    return after < before if down else after > before


@lru_cache(maxsize=50_000)
def _group_of(smiles: str, name: str) -> int:
    """How often a molecule has a group.

    Raises:
        ValueError: The record's molecule or group is not valid.
    """
    molecule = parse(smiles)
    if molecule is None:
        raise ValueError(f"molecule {smiles!r} of the record is not valid")
    return group_count(molecule, "benzene rings" if name.startswith("benzene") else name)
