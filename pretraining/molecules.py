"""SMILES strings without labels: well-known molecules and recombinations of their pieces."""

from collections.abc import Callable, Iterable
from random import Random

from rdkit import Chem, rdBase
from rdkit.Chem import BRICS

from pretraining.conversation import Exchange, Item
from pretraining.words import DATA

# RDKit has no annotations here.
_decompose: Callable[..., Iterable[str]] = BRICS.BRICSDecompose
_build: Callable[..., Iterable[Chem.Mol]] = BRICS.BRICSBuild

SMILES = (DATA / "molecules.smi").read_text().split()


def collect(seed: int, count: int) -> list[str]:
    """Return the molecules above and up to `count` BRICS recombinations, canonical and unique.

    Raises:
        ValueError: if one of the written strings is no valid SMILES.
    """
    rdBase.DisableLog("rdApp.*")
    rng = Random(seed)
    parents = []
    for text in SMILES:
        molecule = Chem.MolFromSmiles(text)
        if molecule is None:
            raise ValueError(f"not a SMILES string: {text!r}")
        parents.append(molecule)
    pieces = sorted({piece for parent in parents for piece in _decompose(parent)})
    found = dict.fromkeys(Chem.MolToSmiles(parent) for parent in parents)
    while len(found) < count:
        chosen = [Chem.MolFromSmiles(piece) for piece in rng.sample(pieces, 6)]
        for built in _build(chosen, maxDepth=2, scrambleReagents=False):
            built.UpdatePropertyCache(strict=False)
            text = Chem.MolToSmiles(built)
            if len(text) <= 90 and Chem.MolFromSmiles(text) is not None:
                found[text] = None
            if rng.random() < 0.3:
                break
    return list(found)[:count]


def randomised(rng: Random, smiles: str) -> str:
    """Return another spelling of the same molecule."""
    molecule = Chem.MolFromSmiles(smiles)
    return str(Chem.MolToRandomSmilesVect(molecule, 1, rng.randrange(2**31))[0])


def listing(rng: Random, molecules: list[str]) -> str:
    """Return a few lines of SMILES in random spellings; some repeat a molecule."""
    chosen = [rng.choice(molecules) for _ in range(rng.randrange(1, 6))]
    lines = []
    for smiles in chosen:
        spellings = [randomised(rng, smiles) for _ in range(rng.choice((1, 1, 2)))]
        lines.append(rng.choice((" = ", "\n", " ")).join(spellings))
    return rng.choice(("\n", "\n", " . ")).join(lines)


def spellings(rng: Random, molecules: list[str]) -> Exchange:
    """Ask to copy SMILES strings, to write their symbols apart, or to spell a molecule anew."""
    items = []
    for _ in range(rng.randrange(1, 4)):
        text = randomised(rng, rng.choice(molecules))
        kind = rng.random()
        if kind < 0.5:
            frame = rng.choice(("Repeat: {}", "Copy this: {}", "Echo\n{}", "SMILES {} again:"))
            items.append(Item(frame.format(text), text))
        elif kind < 0.8:
            items.append(Item(f"Symbols of {text}", " ".join(text)))
        else:
            items.append(Item(f"Another spelling of {text}", randomised(rng, text)))
    return Exchange("", tuple(items))
