"""What is counted in mini_chemistry, and the worked solution of a count or comparison.

Labels come from RDKit; the worked texts list what is seen in the SMILES, from left to right.
"""

from __future__ import annotations

import re

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

GROUPS = {
    "halogen atoms": "[F,Cl,Br,I]",
    "carbonyl groups": "[#6X3]=[OX1]",
    "hydroxyl groups": "[OX2H]",
    "nitrile groups": "[CX2]#[NX1]",
    "amino groups": "[NX3H2]",
    "nitro groups": "[NX3+](=O)[O-]",
}
RINGS = ("rings", "aromatic rings")
SHOWN = {
    "carbonyl groups": "C=O",
    "hydroxyl groups": "OH",
    "nitrile groups": "CN",
    "amino groups": "NH2",
    "nitro groups": "NO2",
}
PATTERNS = {name: Chem.MolFromSmarts(smarts) for name, smarts in GROUPS.items()}
CLOSURE = re.compile(r"(\[[^\]]*\]|Cl|Br|[A-Za-z])([=#]?\d+)")


def count(smiles: str, feature: str) -> int:
    """How many of a group or kind of ring the molecule has."""
    molecule = Chem.MolFromSmiles(smiles)
    if feature == "rings":
        return int(rdMolDescriptors.CalcNumRings(molecule))
    if feature == "aromatic rings":
        return int(rdMolDescriptors.CalcNumAromaticRings(molecule))
    return len(molecule.GetSubstructMatches(PATTERNS[feature]))


def seen(smiles: str, feature: str) -> str:
    """What a reader lists when counting `feature` in the SMILES, in reading order."""
    molecule = Chem.MolFromSmiles(smiles)
    if feature in RINGS:
        return " ".join(
            atom + digit
            for atom, digits in CLOSURE.findall(smiles)
            for digit in digits.strip("=#")
        )
    matches = molecule.GetSubstructMatches(PATTERNS[feature])
    if feature == "halogen atoms":
        return " ".join(
            molecule.GetAtomWithIdx(i).GetSymbol() for i in sorted(m[0] for m in matches)
        )
    return " ".join([SHOWN[feature]] * len(matches))


def hetero_atoms(smiles: str) -> str:
    """The atoms other than carbon, in alphabetical order, then the number of rings."""
    molecule = Chem.MolFromSmiles(smiles)
    names = sorted(a.GetSymbol() for a in molecule.GetAtoms() if a.GetSymbol() != "C")
    return " ".join(names) or "none"
