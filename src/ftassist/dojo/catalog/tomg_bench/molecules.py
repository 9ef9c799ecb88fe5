"""Counts and properties of molecules as TOMG-Bench takes them, on RDKit.

The group patterns are the benchmark's (utils/evaluation.py): hydroxyl includes acids, ester
includes anhydrides, sulfide leaves disulfides out pair by pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

GROUPS: Mapping[str, str] = {
    "benzene rings": "[cR1]1[cR1][cR1][cR1][cR1][cR1]1",
    "hydroxyl": "[OX2H]",
    "anhydride": "[CX3](=[OX1])[OX2][CX3](=[OX1])",
    "aldehyde": "[CX3H1](=O)[#6]",
    "ketone": "[#6][CX3](=O)[#6]",
    "carboxyl": "[CX3](=O)[OX2H1]",
    "ester": "[#6][CX3](=O)[OX2H0][#6]",
    "amide": "[NX3][CX3](=[OX1])[#6]",
    "amine": "[NX3;H2,H1;!$(NC=O)]",
    "nitro": "[$([NX3](=O)=O),$([NX3+](=O)[O-])][!#8]",
    "halo": "[F,Cl,Br,I]",
    "nitrile": "[NX1]#[CX2]",
    "thiol": "[#16X2H]",
    "sulfide": "[#16X2H0]",
    "disulfide": "[#16X2H0][#16X2H0]",
    "sulfoxide": "[$([#16X3]=[OX1]),$([#16X3+][OX1-])]",
    "sulfone": "[$([#16X4](=[OX1])=[OX1]),$([#16X4+2]([OX1-])[OX1-])]",
    "borane": "[BX3]",
}
OTHER_GROUPS: Mapping[str, str] = {"thioether": "[SX2][CX4]"}


@lru_cache(maxsize=20_000)
def parse(smiles: str) -> Any:
    """A molecule, or None where there is none; RDKit's messages are kept quiet."""
    from rdkit import Chem
    from rdkit.rdBase import BlockLogs

    quiet = BlockLogs()
    try:
        return Chem.MolFromSmiles(smiles) if smiles.strip() and smiles.isascii() else None
    finally:
        del quiet


def atoms(molecule: Any, number: int) -> int:
    """Heavy atoms of an element."""
    return sum(atom.GetAtomicNum() == number for atom in molecule.GetAtoms())


def bonds(molecule: Any, kind: str) -> int:
    """Bonds of a kind: single, double, triple, aromatic or rotatable."""
    if kind == "rotatable":
        from rdkit.Chem.rdMolDescriptors import CalcNumRotatableBonds

        return int(CalcNumRotatableBonds(molecule))
    from rdkit.Chem.rdchem import BondType

    wanted = getattr(BondType, kind.upper())
    return sum(bond.GetBondType() == wanted for bond in molecule.GetBonds())


def group_count(molecule: Any, name: str) -> int:
    """How often a functional group stands in a molecule.

    Raises:
        ValueError: The benchmark has no such group.
    """
    found = len(molecule.GetSubstructMatches(_pattern(name)))
    if name == "sulfide":
        found -= len(molecule.GetSubstructMatches(_pattern("disulfide")))
    return found


@lru_cache(maxsize=50_000)
def property_of(smiles: str, name: str) -> float:
    """LogP (Crippen), MR (Crippen) or QED of a molecule.

    Raises:
        ValueError: The molecule is not valid.
    """
    from rdkit.Chem import QED
    from rdkit.Chem.rdMolDescriptors import CalcCrippenDescriptors

    molecule = parse(smiles)
    if molecule is None:
        raise ValueError(f"molecule {smiles!r} of the record is not valid")
    if name == "QED":
        quality: Any = QED
        return float(quality.qed(molecule))
    logp, refractivity = CalcCrippenDescriptors(molecule)
    return float({"LogP": logp, "MR": refractivity}[name])


@cache
def _pattern(name: str) -> Any:
    from rdkit import Chem

    patterns = {**GROUPS, **OTHER_GROUPS}
    if name not in patterns:
        raise ValueError(f"there is no functional group {name!r}")
    return Chem.MolFromSmarts(patterns[name])
