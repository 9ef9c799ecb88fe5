"""Training questions for `chemcotbench_mol_und`, labelled by RDKit on molecules outside it.

    python -m taskgen.understanding_rows --benchmark DIR

The official training set is gated, so these rows stand in for it. Molecules are those of the NCI
and WEHI sets that the RDKit package ships: the former are small, the latter are screening
compounds, of the benchmark's kind. Fragment patterns and names are RDKit's own list, with which
the benchmark's counts agree. A scaffold is written in its molecule's order, so that it can be read
off; the benchmark compares scaffolds by similarity, whatever their order. What is not in a
molecule, or not equal to it, is a small change of it (`mutations`). A molecule that occurs
in the benchmark, in any part of a question or as an answer, is left out. The rows hold molecules
and labels only: the wording of the questions is put around them when the task is prepared, from
the records themselves (`catalog/chemcotbench/reader.py`).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rdkit import Chem, RDConfig, RDLogger
from rdkit.Chem.Scaffolds import MurckoScaffold

from taskgen.molecules import canonical, rewritten
from taskgen.mutations import mutated

SEED = 5
ROWS = {
    "fg_count": 500,
    "ring_count": 500,
    "Murcko_scaffold": 2500,
    "ring_system_scaffold": 1500,
    "equivalence": 1000,
}
"""Rows of each view; scaffolds, which have to be written out, need the most to be learned."""

SHORTEST, LONGEST = 15, 60
SEVERAL = 0.3
"""Share of the questions on several fragments that is kept: the benchmark has few of them."""
RINGS = (
    *("c1ccccc1", "c1ccncc1", "C1CCCC1", "C1CCCCC1", "C1CCNCC1", "C1COCCN1", "C1CCNC1"),
    *("c1cncnc1", "c1cc[nH]c1", "c1cscn1", "C1CC1", "c1ccsc1", "c1ccoc1"),
)
OUT = (
    Path(__file__).parents[1]
    / "src/ftassist/dojo/catalog/chemcotbench/chemcotbench_mol_und/rdkit_rows.jsonl"
)
_SMILES = re.compile(r"[^\s,\"]{4,}")

Row = dict[str, Any]
RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]


def rows(banned: frozenset[str], sizes: Mapping[str, int] = ROWS, seed: int = SEED) -> list[Row]:
    """The rows of each view, without molecules whose canonical SMILES are banned."""
    rng = random.Random(seed)
    molecules = [text for text in shipped_molecules() if text not in banned]
    rng.shuffle(molecules)
    makers: dict[str, Callable[[Sequence[str], random.Random], Iterator[Row]]] = {
        "fg_count": fragment_counts,
        "ring_count": ring_counts,
        "Murcko_scaffold": scaffolds,
        "ring_system_scaffold": ring_systems,
        "equivalence": equivalences,
    }
    made = []
    for view, make in makers.items():
        rng.shuffle(molecules)
        found = (row for row in make(molecules, rng) if not banned & asked_about(view, row))
        chosen = [row for _, row in zip(range(sizes[view]), found, strict=False)]
        made += [{"id": f"{view}-{n:04d}", "view": view, **row} for n, row in enumerate(chosen)]
    return made


def asked_about(view: str, row: Row) -> frozenset[str]:
    """The molecules a row asks about, in canonical SMILES."""
    texts = [row["molecule"], *([row["other"]] if view == "equivalence" else [])]
    return frozenset(found for text in texts if (found := canonical(text)))


def shipped_molecules() -> list[str]:
    """The molecules of RDKit's NCI and WEHI files that have a ring and a middling length."""
    data = Path(RDConfig.RDDataDir)
    texts = [line.split()[0] for line in _lines(data / "NCI" / "first_5K.smi")]
    wehi = data / "Pains" / "test_data" / "wehi_mols.csv"
    texts += [line.split(",")[0].strip('"') for line in _lines(wehi)]
    found = map(canonical, texts)
    kept = (t for t in found if t and SHORTEST <= len(t) <= LONGEST and "1" in t)
    return list(dict.fromkeys(kept))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@cache
def fragments() -> dict[str, Any]:
    """RDKit's list of functional groups: patterns by name."""
    path = Path(RDConfig.RDDataDir) / "FunctionalGroups.txt"
    found = {}
    for line in path.read_text().splitlines():
        fields = [field.strip() for field in re.split(r"\t+", line.strip()) if field.strip()]
        if len(fields) == 3 and not line.startswith("//") and fields[2] != "???":
            found[fields[2]] = Chem.MolFromSmarts(fields[1])
    return found


def fragment_counts(molecules: Sequence[str], rng: random.Random) -> Iterator[Row]:
    """How many of a fragment, no fragment much oftener than others; several are kept rare."""
    asked: dict[str, int] = dict.fromkeys(fragments(), 0)
    for text in molecules:
        molecule = Chem.MolFromSmiles(text)
        counts = {n: len(molecule.GetSubstructMatches(p)) for n, p in fragments().items()}
        there = sorted((asked[name], rng.random(), name) for name, n in counts.items() if n)
        name = there[0][2] if there else ""
        if name and (counts[name] == 1 or rng.random() < SEVERAL):
            asked[name] += 1
            yield {"molecule": text, "other": name, "answer": str(counts[name])}


def ring_counts(molecules: Sequence[str], rng: random.Random) -> Iterator[Row]:
    """How many of a ring; single rings are kept rare, as in the benchmark."""
    for text in molecules:
        molecule = Chem.MolFromSmiles(text)
        counts = {r: len(molecule.GetSubstructMatches(Chem.MolFromSmiles(r))) for r in RINGS}
        several = [ring for ring, n in counts.items() if n > 1]
        single = [ring for ring, n in counts.items() if n == 1]
        if several or (single and rng.random() < 0.1):
            ring = rng.choice(several or single)
            yield {"molecule": text, "other": ring, "answer": str(counts[ring])}


def scaffolds(molecules: Sequence[str], rng: random.Random) -> Iterator[Row]:
    """The Murcko scaffold, in its molecule's order, of a molecule that is more than that."""
    del rng
    for text in molecules:
        molecule = Chem.MolFromSmiles(text)
        found = MurckoScaffold.GetScaffoldForMol(molecule)  # type: ignore[no-untyped-call]
        scaffold = Chem.MolToSmiles(found, canonical=False)
        if scaffold and canonical(scaffold) != text:
            yield {"molecule": text, "other": "", "answer": scaffold}


def ring_systems(molecules: Sequence[str], rng: random.Random) -> Iterator[Row]:
    """Is a ring system in the molecule: one of its own, or one of them changed (one of three)."""
    for text in molecules:
        own = sorted(own_ring_systems(text))
        if not own:
            continue
        system: str | None = rng.choice(own)
        wanted = rng.random() >= 1 / 3
        if not wanted:
            system = mutated(str(system), rng)
        pattern = Chem.MolFromSmiles(system) if system else None
        if pattern is None or not pattern.GetRingInfo().NumRings():
            continue
        there = Chem.MolFromSmiles(text).HasSubstructMatch(pattern)
        if there == wanted:
            yield {"molecule": text, "other": system, "answer": "Yes" if there else "No"}


def own_ring_systems(text: str) -> set[str]:
    """Fused ring systems of a molecule, and pairs of them that a bond links, as SMILES."""
    molecule = Chem.MolFromSmiles(text)
    systems: list[set[int]] = []
    for ring in map(set, molecule.GetRingInfo().AtomRings()):
        touching = [system for system in systems if system & ring]
        systems = [s for s in systems if not s & ring] + [ring.union(*touching)]
    pairs = [
        a | b
        for i, a in enumerate(systems)
        for b in systems[i + 1 :]
        if any(molecule.GetBondBetweenAtoms(x, y) for x in a for y in b)
    ]
    found = set()
    for atoms in systems + pairs:
        smiles = Chem.MolFragmentToSmiles(molecule, sorted(atoms))
        system = Chem.MolFromSmiles(smiles)
        if system is not None and molecule.HasSubstructMatch(system):
            found.add(Chem.MolToSmiles(system))
    return found


def equivalences(molecules: Sequence[str], rng: random.Random) -> Iterator[Row]:
    """Is it the same molecule: rewritten, or changed a little and rewritten (every other)."""
    for number, text in enumerate(molecules):
        other: str | None = text
        if number % 2:
            other = mutated(text, rng)
        if other is None or (number % 2 and other == text):
            continue
        answer = "No" if number % 2 else "Yes"
        yield {"molecule": text, "other": rewritten(other, rng), "answer": answer}


def benchmark_molecules(folder: Path) -> frozenset[str]:
    """Canonical SMILES of everything in the benchmark's records that is a molecule."""
    found = set()
    for path in sorted(folder.rglob("*.json")):
        for record in json.loads(path.read_text(encoding="utf-8")):
            texts = f"{record['query']} {record['gt']} {record['meta']}"
            for text in _SMILES.findall(texts):
                if made := canonical(text.strip(".;:'")):
                    found.add(made)
    return frozenset(found)


def main() -> None:
    """Writes the rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--benchmark", type=Path, required=True, help="folder of its JSON files")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    made = rows(benchmark_molecules(options.benchmark))
    options.out.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    print(f"{len(made)} rows to {options.out}")


if __name__ == "__main__":
    main()
