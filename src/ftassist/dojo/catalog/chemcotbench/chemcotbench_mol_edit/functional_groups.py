"""How many of a functional group a molecule has, by the 20 patterns ChemCoTBench counts with.

The SMARTS are the benchmark's (opencompass/datasets/chemcotbench/chemcotbench_mol_edit.py of
Jensen246/opencompass at abc7c91a): a score is comparable only if the same atoms are matched.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from rdkit import Chem

from ftassist.dojo.catalog.chemcotbench.chemistry import molecule

SMARTS = {
    "benzene": "[cR1]1[cR1][cR1][cR1][cR1][cR1]1",
    "benzene_ring": "[cR1]1[cR1][cR1][cR1][cR1][cR1]1",
    "hydroxyl": "[OX2H]",
    "aldehyde": "[CX3H1](=O)[#6]",
    "ketone": "[#6][CX3](=O)[#6]",
    "carboxyl": "[CX3](=O)[OX2H1]",
    "ester": "[#6][CX3](=O)[OX2H0][#6]",
    "anhydride": "[CX3](=[OX1])[OX2][CX3](=[OX1])",
    "amine": "[NX3;H2,H1;!$(NC=O)]",
    "amide": "[NX3][CX3](=[OX1])[#6]",
    "nitro": "[$([NX3](=O)=O),$([NX3+](=O)[O-])][!#8]",
    "halo": "[F,Cl,Br,I]",
    "thiol": "[#16X2H]",
    "thioether": "[SX2][CX4]",
    "disulfide": "[#16X2H0][#16X2H0]",
    "sulfoxide": "[$([#16X3]=[OX1]),$([#16X3+][OX1-])]",
    "sulfone": "[$([#16X4](=[OX1])=[OX1]),$([#16X4+2]([OX1-])[OX1-])]",
    "sulfide": "[#16X2H0]",
    "nitrile": "[NX1]#[CX2]",
    "borane": "[BX3]",
}


@cache
def _pattern(group: str) -> Any:
    """The compiled pattern of a group."""
    return Chem.MolFromSmarts(SMARTS[group])


@lru_cache(maxsize=4096)
def count_group(smiles: str, group: str) -> int | None:
    """How many of a group there are, or None for an unknown group or no molecule.

    Sulfides are counted without the disulfide bonds, as the benchmark does: one less for each
    bond, though a disulfide has two such atoms.
    """
    found = molecule(smiles)
    if found is None or group not in SMARTS:
        return None
    number = len(found.GetSubstructMatches(_pattern(group)))
    if group == "sulfide":
        number -= len(found.GetSubstructMatches(_pattern("disulfide")))
    return number
