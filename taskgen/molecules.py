"""A pool of known and derived molecules, split by their anonymous graph.

Derived molecules come from known ones by joining BRICS fragments, decorating carbons and
exchanging atoms. Knows nothing of questions. Needs RDKit.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdkit import Chem, RDLogger
from rdkit.Chem import BRICS

from taskgen.splits import Part, part_of

RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]

KNOWN = tuple(
    line
    for line in Path(__file__).with_name("molecules_known.txt").read_text().splitlines()
    if not line.startswith("#")
)
LONGEST = 38
DECORATIONS = (
    "F",
    "Cl",
    "Br",
    "C",
    "O",
    "OC",
    "N",
    "C#N",
    "C(=O)O",
    "C(C)=O",
    "C(N)=O",
    "C(F)(F)F",
    "[N+](=O)[O-]",
    "CC",
    "C1CC1",
    "CO",
    "CC#N",
    "OC(C)=O",
    "c1ccccc1",
    "C=O",
    "N1CCOCC1",
    "CCl",
    "NC(C)=O",
    "S(C)(=O)=O",
    "c1ccco1",
)
EXCHANGES = {
    "C": ("N", "O", "S"),
    "N": ("C", "O"),
    "O": ("N", "S", "C"),
    "F": ("Cl", "O", "C"),
    "Cl": ("F", "Br", "C"),
    "Br": ("Cl", "F"),
    "S": ("O", "N"),
    "c": ("n",),
    "n": ("c",),
}


@dataclass(frozen=True)
class Molecule:
    """A molecule by its canonical SMILES and the split its anonymous graph falls into."""

    smiles: str
    part: Part


def canonical(smiles: str) -> str | None:
    """Canonical SMILES without stereo marks, or None for a molecule that cannot be."""
    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None or "." in smiles:
        return None
    text: str = Chem.MolToSmiles(molecule, isomericSmiles=False)
    return text


@cache
def anonymous_graph(smiles: str) -> str:
    """The molecule's graph with every atom a carbon and every bond single, as SMILES."""
    editable = Chem.RWMol(Chem.MolFromSmiles(smiles))
    for atom in editable.GetAtoms():
        for change in (atom.SetFormalCharge, atom.SetNumExplicitHs):
            change(0)
        atom.SetAtomicNum(6)
        atom.SetIsAromatic(False)
        atom.SetNoImplicit(True)
    for bond in editable.GetBonds():
        bond.SetBondType(Chem.BondType.SINGLE)
        bond.SetIsAromatic(False)
    text: str = Chem.MolToSmiles(editable)
    return text


def molecule_part(smiles: str) -> Part:
    """The split of a molecule: that of its anonymous graph, so near relatives stay together."""
    return part_of("molecule", anonymous_graph(smiles))


def rewritten(smiles: str, rng: random.Random) -> str:
    """The same molecule as SMILES with its atoms in another order."""
    molecule = Chem.MolFromSmiles(smiles)
    order = list(range(molecule.GetNumAtoms()))
    rng.shuffle(order)
    text: str = Chem.MolToSmiles(Chem.RenumberAtoms(molecule, order), canonical=False)
    return text


def decorated(smiles: str, rng: random.Random) -> str | None:
    """The molecule with one hydrogen of a carbon replaced by a group."""
    molecule = Chem.MolFromSmiles(smiles)
    places = [
        a.GetIdx() for a in molecule.GetAtoms() if a.GetSymbol() == "C" and a.GetTotalNumHs() > 0
    ]
    if not places:
        return None
    group = Chem.MolFromSmiles(rng.choice(DECORATIONS))
    joined = Chem.RWMol(Chem.CombineMols(molecule, group))
    joined.AddBond(rng.choice(places), molecule.GetNumAtoms(), Chem.BondType.SINGLE)
    return canonical(Chem.MolToSmiles(joined))


def exchanged(smiles: str, rng: random.Random) -> str | None:
    """The molecule with one atom replaced by another element."""
    editable = Chem.RWMol(Chem.MolFromSmiles(smiles))
    places = [a for a in editable.GetAtoms() if symbol(a) in EXCHANGES and not a.GetFormalCharge()]
    if not places:
        return None
    atom = rng.choice(places)
    new = rng.choice(EXCHANGES[symbol(atom)])
    atom.SetAtomicNum({"c": 6, "n": 7}.get(new) or Chem.GetPeriodicTable().GetAtomicNumber(new))
    atom.SetNumExplicitHs(0)
    atom.SetNoImplicit(False)
    return canonical(Chem.MolToSmiles(editable))


def moved(smiles: str, rng: random.Random) -> str | None:
    """An isomer: one end atom bound somewhere else, formula unchanged."""
    editable = Chem.RWMol(Chem.MolFromSmiles(smiles))
    ends = [
        a
        for a in editable.GetAtoms()
        if a.GetDegree() == 1 and a.GetBonds()[0].GetBondType() == Chem.BondType.SINGLE
    ]
    if not ends:
        return None
    end = rng.choice(ends)
    old = end.GetNeighbors()[0].GetIdx()
    places = [
        a.GetIdx()
        for a in editable.GetAtoms()
        if a.GetSymbol() == "C" and a.GetTotalNumHs() > 0 and a.GetIdx() not in (end.GetIdx(), old)
    ]
    if not places:
        return None
    editable.RemoveBond(end.GetIdx(), old)
    editable.AddBond(end.GetIdx(), rng.choice(places), Chem.BondType.SINGLE)
    return canonical(Chem.MolToSmiles(editable))


def symbol(atom: Chem.Atom) -> str:
    """The element, in lower case where the atom is aromatic, as in SMILES."""
    text: str = atom.GetSymbol()
    return text.lower() if atom.GetIsAromatic() else text


def fragments(smiles: Iterable[str]) -> list[str]:
    """BRICS fragments with one open end, written with that end as `*`."""
    found = set()
    for text in smiles:
        pieces: set[str] = BRICS.BRICSDecompose(Chem.MolFromSmiles(text))  # type: ignore[no-untyped-call]
        for piece in pieces:
            molecule = Chem.MolFromSmiles(piece)
            for atom in molecule.GetAtoms():
                if atom.GetAtomicNum() == 0:
                    atom.SetIsotope(0)
            plain = Chem.MolToSmiles(molecule)
            if plain.count("*") == 1 and 3 < len(plain) < 22:
                found.add(plain)
    return sorted(found)


def joined(left: str, right: str) -> str | None:
    """Two fragments bound to each other at their open ends."""
    both = Chem.RWMol(Chem.CombineMols(Chem.MolFromSmiles(left), Chem.MolFromSmiles(right)))
    open_ends = [a for a in both.GetAtoms() if a.GetAtomicNum() == 0]
    first, second = (a.GetNeighbors()[0].GetIdx() for a in open_ends)
    both.AddBond(first, second, Chem.BondType.SINGLE)
    for index in sorted((a.GetIdx() for a in open_ends), reverse=True):
        both.RemoveAtom(index)
    return canonical(Chem.MolToSmiles(both))


def derived(rng: random.Random) -> Iterator[str | None]:
    """An endless stream of molecules made from known ones."""
    known = [text for text in map(canonical, KNOWN) if text]
    pieces = fragments(known)
    while True:
        way = rng.random()
        if way < 0.2:
            yield joined(*rng.sample(pieces, 2))
            continue
        text: str | None = rng.choice(known)
        for _ in range(rng.randint(1, 3)):
            if text:
                text = (decorated if rng.random() < 0.8 else exchanged)(text, rng)
        yield text


def pool(size: int, rng: random.Random) -> list[Molecule]:
    """All known molecules that are short enough, then derived ones, without repeats."""
    found = dict.fromkeys(t for t in map(canonical, KNOWN) if t and len(t) <= LONGEST)
    for text in derived(rng):
        if len(found) >= size:
            break
        if text and len(text) <= LONGEST and "%" not in text:
            found[text] = None
    return [Molecule(text, molecule_part(text)) for text in found]
