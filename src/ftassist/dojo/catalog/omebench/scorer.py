r"""oMeBench: the steps of an organic reaction mechanism, scored by oMeS.

The rule of skylarkie/oMeBench (scripts/run.py, scripts/utils_eval.py). The answer stands between
[ANSWER] tags (or after the first one); a fence is taken off only at the very start; of a text with
"is :" the part behind it counts; the rest must be JSON, a list of steps or an object with
`mechanism`. Anything else scores 0. Steps are aligned as by Needleman and Wunsch: two steps match
if their subtypes are equal; a match earns the gold step's weight if the molecules are the same
(`s_total`), or the weight times their Morgan similarity (radius 2, 2,048 bits) if it is 0.6 or
more (`s_partial`). Ties go to the better sum of the other kind, then to matches, then to fewer
gaps. `v` is the share of valid SMILES, `l` the share of gold steps with a match. Upstream rounds
each row to two places and the means to three.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ftassist.dojo.scorers.scorer import COUNT, WHOLE, Array, Doc, Judged, Scorer, Sums, ratio

SIMILAR = 0.6
_GAP = 1e-6
_NAMES = ("s_partial", "s_total", "v", "l")
_NOTHING = dict.fromkeys(_NAMES, 0.0)

GoldStep = tuple[str, str, float]
Step = tuple[Any, str]


class _Cell(NamedTuple):
    """The best alignment of two beginnings, in the order in which ties are broken."""

    total: float
    partial: float
    rank: int
    penalty: float
    matches: int


class OmeBench(Scorer):
    """Mean oMeS over reactions."""

    required = ("mechanism",)

    def judge(self, doc: Doc, prediction: str, view: str) -> Judged:
        """Aligns the steps of an answer with the reference mechanism."""
        gold = [
            (str(s["subtype"]), str(s["intermediate_smiles"]), float(s["step_weight"]))
            for s in doc["mechanism"]
        ]
        steps = read_steps(prediction)
        official = oms(gold, steps) if steps is not None else _NOTHING
        parsed = steps is not None and prediction.count("[ANSWER]") <= 1
        strict = official if parsed else _NOTHING
        return Judged(view, parsed, official, strict, official["s_partial"])

    def metrics(self, sums: Sums) -> dict[str, Array]:
        """Means over reactions, to three places as upstream."""
        found = sums[WHOLE]
        return {name: np.round(ratio(found[name], found[COUNT]), 3) for name in _NAMES}

    def gold(self, doc: Doc, view: str) -> str:
        """The reference mechanism."""
        del view
        names = ("step", "type", "subtype", "intermediate_smiles")
        steps = [{name: step.get(name) for name in names} for step in doc["mechanism"]]
        return f"[ANSWER]{json.dumps(steps)}[/ANSWER]"


def read_steps(text: str) -> list[Step] | None:
    """The steps of an answer, or None where upstream gives no score."""
    text = text.strip()
    if "[ANSWER]" in text:
        text = text.split("[ANSWER]")[1].split("[/ANSWER]")[0].strip()
    if text.startswith("```"):
        text = text.strip("`").replace("json\n", "").replace("JSON\n", "").strip()
    if "is :" in text:
        text = text.split("is :")[1].strip()
    try:
        found = json.loads(text)
        if isinstance(found, dict):
            found = found.get("mechanism", found)
        if not isinstance(found, list):
            return None
        steps = [(step["subtype"], step["intermediate_smiles"]) for step in found]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return steps if all(isinstance(smiles, str) for _, smiles in steps) else None


def oms(gold: Sequence[GoldStep], steps: Sequence[Step]) -> dict[str, float]:
    """The four values of one reaction, rounded to two places as upstream."""
    best = _aligned(gold, steps)
    valid = sum(bool(canonical(smiles)) for _, smiles in steps)
    return {
        "s_partial": round(best.partial, 2),
        "s_total": round(best.total, 2),
        "v": round(valid / max(1, len(steps)), 2),
        "l": round(best.matches / max(1, len(gold)), 2),
    }


def _aligned(gold: Sequence[GoldStep], steps: Sequence[Step]) -> _Cell:
    """The best alignment of all steps."""
    above = [_Cell(0.0, 0.0, 0, -_GAP * j, 0) for j in range(len(steps) + 1)]
    for i, (subtype, smiles, weight) in enumerate(gold, start=1):
        row = [_Cell(0.0, 0.0, 0, -_GAP * i, 0)]
        for j, (other, written) in enumerate(steps, start=1):
            match = subtype == other
            earned = _earned(smiles, written, weight) if match else (0.0, 0.0)
            corner = above[j - 1]
            diagonal = _Cell(
                corner.total + earned[0],
                corner.partial + earned[1],
                3 if match else 2,
                corner.penalty - (0.0 if match else _GAP),
                corner.matches + match,
            )
            # The order of the three decides where all four numbers are equal.
            row.append(max(_gap(above[j]), _gap(row[j - 1]), diagonal, key=lambda c: c[:4]))
        above = row
    return above[-1]


def _gap(cell: _Cell) -> _Cell:
    """A cell reached by leaving a step out."""
    return cell._replace(rank=1, penalty=cell.penalty - _GAP)


def _earned(smiles: str, written: str, weight: float) -> tuple[float, float]:
    """What a match of two molecules adds to the exact and to the partial sum."""
    one, other = canonical(smiles), canonical(written)
    if not one or not other:
        return 0.0, 0.0
    alike = similarity(smiles, written)
    return (weight if one == other else 0.0), (weight * alike if alike >= SIMILAR else 0.0)


@lru_cache(maxsize=50_000)
def canonical(smiles: str) -> str:
    """Canonical SMILES; "" if it is not valid."""
    from rdkit import Chem

    molecule = _molecule(smiles)
    return "" if molecule is None else str(Chem.MolToSmiles(molecule, canonical=True))


@lru_cache(maxsize=50_000)
def similarity(one: str, other: str) -> float:
    """Tanimoto similarity of Morgan fingerprints (radius 2, 2,048 bits); 0 if one is not valid."""
    from rdkit import DataStructs
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    molecules = [_molecule(one), _molecule(other)]
    if None in molecules:
        return 0.0
    generator = GetMorganGenerator(radius=2, fpSize=2048)
    first, second = (generator.GetFingerprint(molecule) for molecule in molecules)
    return float(DataStructs.TanimotoSimilarity(first, second))


def _molecule(smiles: str) -> Any:
    """A molecule, or None; RDKit's messages about wrong SMILES are kept quiet."""
    from rdkit import Chem
    from rdkit.rdBase import BlockLogs

    quiet = BlockLogs()
    try:
        return Chem.MolFromSmiles(smiles) if smiles.isascii() else None
    finally:
        del quiet
