"""Small changes of a molecule, each giving another molecule: what a question's "No" is made of.

They are of the kinds seen in the validation records of ChemCoTBench: an atom of another element,
an atom less, a bond of another order. Needs RDKit; knows nothing of questions.
"""

from __future__ import annotations

import random

from rdkit import Chem, RDLogger

from taskgen.molecules import canonical, exchanged

RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]

TRIES = 8


def mutated(smiles: str, rng: random.Random) -> str | None:
    """The molecule with one small change, as canonical SMILES; None where none was found."""
    for _ in range(TRIES):
        change = rng.choice((exchanged, shortened, rebonded))
        found = change(smiles, rng)
        if found is not None and found != smiles:
            return found
    return None


def shortened(smiles: str, rng: random.Random) -> str | None:
    """The molecule without one atom; the two neighbours of an inner one are bound together."""
    editable = _kekulised(smiles)
    places = [a.GetIdx() for a in editable.GetAtoms() if 1 <= a.GetDegree() <= 2]
    if not places:
        return None
    place = rng.choice(places)
    around = [a.GetIdx() for a in editable.GetAtomWithIdx(place).GetNeighbors()]
    if len(around) == 2 and editable.GetBondBetweenAtoms(around[0], around[1]) is None:
        editable.AddBond(around[0], around[1], Chem.BondType.SINGLE)
    editable.RemoveAtom(place)
    return canonical(Chem.MolToSmiles(editable))


def rebonded(smiles: str, rng: random.Random) -> str | None:
    """The molecule with a single bond made double, or the other way round."""
    editable = _kekulised(smiles)
    other = {
        Chem.BondType.SINGLE: Chem.BondType.DOUBLE,
        Chem.BondType.DOUBLE: Chem.BondType.SINGLE,
    }
    bonds = [bond for bond in editable.GetBonds() if bond.GetBondType() in other]
    if not bonds:
        return None
    bond = rng.choice(bonds)
    bond.SetBondType(other[bond.GetBondType()])
    for atom in (bond.GetBeginAtom(), bond.GetEndAtom()):
        atom.SetNumExplicitHs(0)
        atom.SetNoImplicit(False)
    return canonical(Chem.MolToSmiles(editable))


def _kekulised(smiles: str) -> Chem.RWMol:
    """The molecule with single and double bonds in place of aromatic ones."""
    editable = Chem.RWMol(Chem.MolFromSmiles(smiles))
    Chem.Kekulize(editable, clearAromaticFlags=True)
    for atom in editable.GetAtoms():
        atom.SetNumExplicitHs(0)
    return editable
