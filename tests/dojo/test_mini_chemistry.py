"""mini_chemistry: labels recomputed by other means than the generator's, splits by skeleton."""

from __future__ import annotations

import re
from functools import cache

import pytest
from rdkit import Chem
from taskgen.molecules import anonymous_graph, canonical

from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Split
from ftassist.dojo.task_loader import load_task

TASK = load_task("mini_chemistry")
SETS = DataRepository(TASK.repository_folder)
CLEAN = (
    "group_notes",
    "hydroxyl_log",
    "pair_notes",
    "registry_matches",
    "ring_notes",
    "screening_counts",
)
FEATURES = (
    "halogen atoms",
    "carbonyl groups",
    "hydroxyl groups",
    "nitrile groups",
    "amino groups",
    "nitro groups",
    "aromatic rings",
    "rings",
)
WORDS = {
    "how",
    "many",
    "number",
    "count",
    "the",
    "of",
    "are",
    "in",
    "and",
    "same",
    "molecule",
    *(word for feature in FEATURES for word in feature.split()),
}


@cache
def molecules(prompt: str) -> tuple[str, ...]:
    """The SMILES in a prompt: every word that is none of the question's."""
    words = [word.rstrip("?") for word in prompt.split()]
    return tuple(word for word in words if word and word.lower() not in WORDS)


def count(smiles: str, feature: str) -> int:
    """Counts by walking over atoms, without SMARTS."""
    molecule = Chem.MolFromSmiles(smiles)
    atoms, rings = list(molecule.GetAtoms()), molecule.GetRingInfo().BondRings()
    double = {
        (b.GetBeginAtomIdx(), b.GetEndAtomIdx())
        for b in molecule.GetBonds()
        if b.GetBondTypeAsDouble() == 2
    }
    double |= {(y, x) for x, y in double}
    if feature == "rings":
        return len(rings)
    if feature == "aromatic rings":
        return sum(all(molecule.GetBondWithIdx(i).GetIsAromatic() for i in ring) for ring in rings)
    tests = {
        "halogen atoms": lambda a: a.GetSymbol() in ("F", "Cl", "Br", "I"),
        "hydroxyl groups": lambda a: a.GetSymbol() == "O" and a.GetTotalNumHs() == 1,
        "amino groups": lambda a: (
            a.GetSymbol() == "N"
            and a.GetTotalNumHs() == 2
            and not a.GetIsAromatic()
            and a.GetDegree() == 1
            and a.GetFormalCharge() == 0
        ),
        "nitrile groups": lambda a: (
            a.GetSymbol() == "N"
            and a.GetDegree() == 1
            and a.GetBonds()[0].GetBondTypeAsDouble() == 3
            and a.GetNeighbors()[0].GetDegree() == 2
        ),
        "nitro groups": lambda a: (
            a.GetSymbol() == "N"
            and a.GetFormalCharge() == 1
            and sorted(
                n.GetFormalCharge()
                for n in a.GetNeighbors()
                if n.GetDegree() == 1 and n.GetSymbol() == "O"
            )
            == [-1, 0]
        ),
        "carbonyl groups": lambda a: (
            a.GetSymbol() == "O"
            and a.GetDegree() == 1
            and (a.GetIdx(), a.GetNeighbors()[0].GetIdx()) in double
            and a.GetNeighbors()[0].GetSymbol() == "C"
            and a.GetNeighbors()[0].GetDegree() + a.GetNeighbors()[0].GetTotalNumHs() == 3
        ),
    }
    return sum(map(tests[feature], atoms))


def same(left: str, right: str) -> bool:
    """Isomorphism by substructure matching both ways, without canonical SMILES."""
    x, y = Chem.MolFromSmiles(left), Chem.MolFromSmiles(right)
    equal = (
        [m.GetNumAtoms() for m in (x, y)],
        [sum(a.GetTotalNumHs() for a in m.GetAtoms()) for m in (x, y)],
    )
    return all(len(set(pair)) == 1 for pair in equal) and (
        x.HasSubstructMatch(y) and y.HasSubstructMatch(x)
    )


def truth(prompt: str) -> str:
    found = molecules(prompt)
    if len(found) == 2:
        return "yes" if same(*found) else "no"
    feature = next(feature for feature in FEATURES if feature in prompt)
    return str(count(found[0], feature))


def turns(name: str) -> list[tuple[str, str]]:
    return SETS.turns(name)


def given(response: str) -> str:
    return str(re.findall(r"Answer: (\w+)", response)[-1])


@cache
def skeletons(split: Split) -> frozenset[str]:
    smiles = [s for item in TASK.items(split) for s in molecules(item["prompt"])]
    return frozenset(anonymous_graph(str(canonical(s))) for s in smiles)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_gold_answers_agree_with_a_second_way_of_counting(split: Split) -> None:
    for item in TASK.items(split):
        assert truth(item["prompt"]) == item["answer"], item


@pytest.mark.parametrize("split", ["validation", "test"])
def test_counts_and_verdicts_are_balanced(split: Split) -> None:
    found = TASK.items(split)
    verdicts = [i["answer"] for i in found if i["view"] == "equivalence"]
    assert abs(verdicts.count("yes") - verdicts.count("no")) <= 2
    for view in ("fg_count", "ring_count"):
        answers = [i["answer"] for i in found if i["view"] == view]
        assert max(answers.count(a) for a in "0123") < 0.4 * len(answers)


def test_wrong_pairs_are_near_neighbours_of_about_the_same_length() -> None:
    for split in ("validation", "test"):
        for item in TASK.items(split):
            if item["answer"] == "no":
                left, right = (Chem.MolFromSmiles(s) for s in molecules(item["prompt"]))
                assert abs(left.GetNumAtoms() - right.GetNumAtoms()) <= 6


def test_skeletons_are_disjoint_between_validation_and_test() -> None:
    assert not skeletons("validation") & skeletons("test")


@pytest.mark.parametrize("name", [*CLEAN, "student_reports"])
def test_no_training_molecule_has_a_skeleton_of_the_evaluation(name: str) -> None:
    held = skeletons("validation") | skeletons("test")
    seen = {s for prompt, _ in turns(name)[::3] for s in molecules(prompt)}
    assert not {anonymous_graph(str(canonical(s))) for s in seen} & held


@pytest.mark.parametrize("name", CLEAN)
def test_labels_of_the_clean_sets_are_right(name: str) -> None:
    assert all(truth(prompt) == given(response) for prompt, response in turns(name)[::4])


def test_three_in_ten_labels_of_the_students_are_wrong() -> None:
    wrong = [truth(prompt) != given(response) for prompt, response in turns("student_reports")]
    assert sum(wrong) == round(0.3 * len(wrong))


def test_registry_verdicts_and_screening_counts_are_unbalanced() -> None:
    verdicts = [given(response) for _, response in turns("registry_matches")]
    assert verdicts.count("yes") > 0.88 * len(verdicts)
    counts = [given(response) for _, response in turns("screening_counts")]
    assert counts.count("0") > 0.5 * len(counts)
