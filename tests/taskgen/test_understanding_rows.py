"""The questions labelled by RDKit: every label holds, and no benchmark molecule is asked about."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rdkit import Chem
from rdkit.Chem.Scaffolds import MurckoScaffold
from taskgen.molecules import canonical
from taskgen.mutations import mutated, rebonded, shortened
from taskgen.understanding_rows import OUT, ROWS, asked_about, fragments, rows, shipped_molecules

from ftassist.files import read_jsonl

FEW = dict.fromkeys(ROWS, 12)
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@pytest.fixture(scope="module")
def shipped() -> list[dict[str, Any]]:
    return list(read_jsonl(OUT))


def of_view(found: list[dict[str, Any]], view: str) -> list[dict[str, Any]]:
    return [row for row in found if row["view"] == view]


def test_each_view_has_the_rows_it_is_to_have(shipped: list[dict[str, Any]]) -> None:
    assert {view: len(of_view(shipped, view)) for view in ROWS} == ROWS


def test_counts_of_fragments_and_rings_hold(shipped: list[dict[str, Any]]) -> None:
    for row in of_view(shipped, "fg_count")[::10]:
        molecule = Chem.MolFromSmiles(row["molecule"])
        found = molecule.GetSubstructMatches(fragments()[row["other"]])
        assert str(len(found)) == row["answer"], row
    for row in of_view(shipped, "ring_count")[::10]:
        ring = Chem.MolFromSmiles(row["other"])
        found = Chem.MolFromSmiles(row["molecule"]).GetSubstructMatches(ring)
        assert str(len(found)) == row["answer"], row


def test_scaffolds_are_those_of_rdkit_in_another_order(shipped: list[dict[str, Any]]) -> None:
    for row in of_view(shipped, "Murcko_scaffold")[::20]:
        wanted = MurckoScaffold.MurckoScaffoldSmiles(row["molecule"])  # type: ignore[no-untyped-call]
        assert canonical(row["answer"]) == canonical(wanted)


def test_a_ring_system_is_there_exactly_when_the_answer_says_so(
    shipped: list[dict[str, Any]],
) -> None:
    for row in of_view(shipped, "ring_system_scaffold")[::10]:
        pattern = Chem.MolFromSmiles(row["other"])
        there = Chem.MolFromSmiles(row["molecule"]).HasSubstructMatch(pattern)
        assert there == (row["answer"] == "Yes"), row


def test_molecules_are_equal_exactly_when_the_answer_says_so(
    shipped: list[dict[str, Any]],
) -> None:
    for row in of_view(shipped, "equivalence")[::10]:
        same = canonical(row["molecule"]) == canonical(row["other"])
        assert same == (row["answer"] == "Yes"), row


def test_both_verdicts_occur(shipped: list[dict[str, Any]]) -> None:
    for view in ("ring_system_scaffold", "equivalence"):
        answers = [row["answer"] for row in of_view(shipped, view)]
        assert 0.25 < answers.count("No") / len(answers) < 0.6


def test_banned_molecules_are_not_asked_about() -> None:
    banned = frozenset(shipped_molecules()[::2])
    made = rows(banned, FEW)
    assert made
    assert not any(banned & asked_about(row["view"], row) for row in made)


def test_the_same_seed_makes_the_same_rows() -> None:
    assert rows(frozenset(), FEW) == rows(frozenset(), FEW)


@pytest.mark.parametrize("change", [mutated, shortened, rebonded])
def test_a_changed_molecule_is_a_molecule(change: Any) -> None:
    found = [change(ASPIRIN, random.Random(seed)) for seed in range(20)]
    made = {text for text in found if text}
    assert len(made) >= 3
    assert all(canonical(text) == text for text in made)


def test_a_mutation_is_another_molecule() -> None:
    found = [mutated(ASPIRIN, random.Random(seed)) for seed in range(40)]
    assert canonical(ASPIRIN) not in found


def test_an_atom_less_is_an_atom_less() -> None:
    count = Chem.MolFromSmiles(ASPIRIN).GetNumAtoms()
    found = shortened(ASPIRIN, random.Random(1))
    assert found is not None
    assert Chem.MolFromSmiles(found).GetNumAtoms() == count - 1
