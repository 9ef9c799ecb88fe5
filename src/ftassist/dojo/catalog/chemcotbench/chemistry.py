"""What the ChemCoTBench scorers ask RDKit: is it a molecule, how alike are two, which scaffold.

A text that RDKit does not read is no molecule; its complaints are not passed on. Nothing here
raises on account of what a model wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import MACCSkeys, rdFingerprintGenerator
from rdkit.Chem.Scaffolds import MurckoScaffold

_CACHED = 4_096
_LONGEST = 10_000
"""Characters beyond which a text is not given to RDKit at all; real answers have below 500."""

_MORGAN: dict[int, Any] = {
    bits: rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=bits) for bits in (1024, 2048)
}
_MORGAN_COUNTS = rdFingerprintGenerator.GetMorganGenerator(radius=2)


@lru_cache(maxsize=_CACHED)
def molecule(smiles: str) -> Any | None:
    """The molecule a SMILES stands for, or None; an empty text is none.

    RDKit reads up to the first blank: a sentence that starts with a SMILES is a molecule.
    """
    if not smiles or len(smiles.split(maxsplit=1)[0] if smiles.strip() else "") > _LONGEST:
        return None
    with rdBase.BlockLogs(), suppress(UnicodeEncodeError):
        return Chem.MolFromSmiles(smiles)
    return None


def is_molecule(value: Any) -> bool:
    """Whether a value is the SMILES of a molecule."""
    return isinstance(value, str) and molecule(value) is not None


@lru_cache(maxsize=_CACHED)
def plain_smiles(smiles: str) -> str | None:
    """Canonical SMILES without stereo marks; None for what is no molecule or is an empty one."""
    found = molecule(smiles)
    if found is None:
        return None
    text: str = Chem.MolToSmiles(found, isomericSmiles=False, canonical=True)
    return text


@lru_cache(maxsize=_CACHED)
def _inchi(smiles: str) -> str | None:
    """The InChI of a molecule, "" where there is none to be had."""
    found = molecule(smiles)
    if found is None:
        return None
    with rdBase.BlockLogs():
        text: str = Chem.MolToInchi(found)  # type: ignore[no-untyped-call]
    return text


def same_molecule(first: str, second: str) -> bool:
    """Whether two SMILES have the same InChI."""
    left, right = _inchi(first), _inchi(second)
    return left is not None and left == right


def morgan_similarity(first: str, second: str, bits: int) -> float:
    """Tanimoto similarity of Morgan bit vectors of radius 2; 0 where one is no molecule."""
    return _alike(_MORGAN[bits].GetFingerprint, first, second)


def morgan_count_similarity(first: str, second: str) -> float:
    """Tanimoto similarity of Morgan counts of radius 2; 0 where one is no molecule."""
    return _alike(_MORGAN_COUNTS.GetSparseCountFingerprint, first, second)


def maccs_similarity(first: str, second: str) -> float:
    """Tanimoto similarity of MACCS keys; 0 where one is no molecule."""
    return _alike(MACCSkeys.GenMACCSKeys, first, second)  # type: ignore[attr-defined]


def rdk_similarity(first: str, second: str) -> float:
    """Tanimoto similarity of RDKit's path fingerprints; 0 where one is no molecule."""
    return _alike(Chem.RDKFingerprint, first, second)


def _alike(fingerprint: Callable[[Any], Any], first: str, second: str) -> float:
    """Tanimoto similarity of two molecules under a fingerprint."""
    left, right = molecule(first), molecule(second)
    if left is None or right is None:
        return 0.0
    with rdBase.BlockLogs():
        return float(DataStructs.TanimotoSimilarity(fingerprint(left), fingerprint(right)))


@lru_cache(maxsize=_CACHED)
def murcko_scaffold(smiles: str) -> str | None:
    """The Murcko scaffold as SMILES ("" for a molecule without rings), or None."""
    found = molecule(smiles)
    if found is None:
        return None
    with rdBase.BlockLogs():
        try:
            text: str = MurckoScaffold.MurckoScaffoldSmiles(mol=found)  # type: ignore[no-untyped-call]
        except (ValueError, RuntimeError):
            return None
    return text


def share_an_atom(first: str, second: str) -> bool:
    """Whether the largest common substructure of two molecules has an atom at all."""
    left, right = molecule(first), molecule(second)
    if left is None or right is None:
        return False
    elements = [{atom.GetAtomicNum() for atom in m.GetAtoms()} for m in (left, right)]
    return bool(elements[0] & elements[1])
