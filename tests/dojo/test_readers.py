"""Readers of data sets that the mirror lacks, on own-written files in the public loaders' form.

Not the real files: these show that a file with those names and fields is read.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.catalog.tomg_bench.molecules import GROUPS
from ftassist.dojo.location import locate
from ftassist.dojo.preparation import reader_of, records, render
from ftassist.dojo.record import RawSet, Record
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.scorers import scorer_for
from ftassist.dojo.splits import Divided
from ftassist.dojo.task_loader import load_card, task_with_data


def read(task: str, folder: Path) -> list[Record]:
    """The records of a folder; their prompts can be rendered and their gold answers are right."""
    card, scorer = load_card(task), scorer_for(task)
    found = records(card, folder)
    for record in found:
        assert render(card, record).strip()
        if (gold := scorer.gold(record.doc, record.view)) is not None:
            assert scorer.judge(record.doc, gold, record.view).item == 1.0
    return found


def train(task: str, folder: Path) -> list[RawSet]:
    """The raw training sets of a folder."""
    card = load_card(task)
    located = locate(card.training[0].source, folder)
    made: list[RawSet] = list(reader_of(card).training(located, card, Divided([], [], [])))
    return made


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)


GTA = {
    "0": {
        "tools": [{"name": "OCR"}],
        "files": [{"type": "image", "path": "image/image_1.jpg", "url": None}],
        "dialogs": [
            {"role": "user", "content": "How much are three teas?"},
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "type": "function",
                        "function": {"name": "OCR", "arguments": {"image": "image/image_1.jpg"}},
                    }
                ],
                "thought": "Read the menu.",
            },
            {"role": "tool", "name": "OCR", "content": {"type": "text", "content": "tea 4"}},
            {"role": "assistant", "content": "Three teas are 12 dollars."},
        ],
        "gt_answer": {"whitelist": [["12"]], "blacklist": None},
    },
    "1": {
        "tools": [],
        "files": [],
        "dialogs": [{"role": "user", "content": "Draw a hat."}],
        "gt_answer": None,
    },
    "2": {
        "tools": [],
        "files": [],
        "dialogs": [{"role": "user", "content": "Describe it."}],
        "gt_answer": ["a red hat"],
    },
}


def test_a_question_of_gta_comes_with_what_the_tools_gave_and_without_the_answer(
    tmp_path: Path,
) -> None:
    (tmp_path / "dataset.json").write_text(json.dumps(GTA), encoding="utf-8")
    [record] = read("gta", tmp_path)
    prompt = render(load_card("gta"), record)
    assert "How much are three teas?" in prompt
    assert 'OCR({"image": "image/image_1.jpg"})' in prompt
    assert "-> tea 4" in prompt
    assert "12" not in prompt
    assert "Read the menu" not in prompt


def test_an_order_of_events_is_read_from_the_three_tables(tmp_path: Path) -> None:
    row = {"Question": "Order them.", "A": "a", "B": "b", "C": "c", "D": "d"}
    for name in ("train", "val", "test"):
        write_csv(tmp_path / "data" / f"{name}.csv", [{**row, "Answer": "B, A, D, C"}])
    assert [record.id for record in read("econlogicqa", tmp_path)] == ["validation-0", "test-0"]
    [questions] = train("econlogicqa", tmp_path)
    assert questions.rows[0]["response"] == "B, A, D, C"


def test_options_of_openfindata_are_those_the_record_has(tmp_path: Path) -> None:
    card = load_card("openfindata")
    for view in card.views:
        row = {"question": "问题", "A": "一", "B": "二", "C": "三", "answer": "B"}
        if view == "entity_recognition":
            row = {"question": "问题", "answer": "甲、乙"}
        (tmp_path / f"{view}.json").write_text(json.dumps([row, row]), encoding="utf-8")
    found = read("openfindata", tmp_path)
    assert len(found) == 2 * len(card.views)
    prompts = {record.view: render(card, record) for record in found}
    assert "C. 三" in prompts["financial_facts"]
    assert "D." not in prompts["financial_facts"]
    assert "A." not in prompts["entity_recognition"]


def test_all_views_of_tomg_bench_are_read_in_the_layouts_of_its_three_copies(
    tmp_path: Path,
) -> None:
    card = load_card("tomg_bench")
    assert card.data is not None
    for number, layout in enumerate(card.data.files):
        folder = tmp_path / str(number)
        for name in layout.values():
            row = {"index": 1, "Instruction": "Add a hydroxyl to CCO.", "molecule": "CCO"}
            write_csv(folder / name, [row])
        found = records(card, folder)
        assert {record.view for record in found} == set(card.views)


def test_a_molecule_with_a_backslash_stays_valid_json(tmp_path: Path) -> None:
    row = {"SubTask": "AddComponent", "Instruction": "Add it.", "molecule": "F/C=C\\F"}
    write_csv(tmp_path / "train.csv", [row])
    [made] = train("tomg_bench", tmp_path)
    assert json.loads(made.rows[0]["response"]) == {"molecule": "F/C=C\\F"}


def test_the_claim_in_question_is_found_by_its_number_before_its_place(tmp_path: Path) -> None:
    from datasets import Dataset

    claims = [{"claimNumber": 3, "claim_text": "three"}, {"claimNumber": 1, "claim_text": "one"}]
    row = {
        "application_number": 7,
        "claim_number": 1,
        "context": json.dumps({"title": "t", "abstract": "a", "claims": claims}),
        "prior_art_specification": json.dumps({"patent_id": "p", "specification": "s"}),
        "options": json.dumps({"17": "first", "4": "second"}),
        "gold_answers": [17],
        "silver_answers": [4],
        "negative_answers": [],
    }
    folder = tmp_path / "PI4PC"
    folder.mkdir()
    Dataset.from_list([row]).to_parquet(str(folder / "test-00000-of-00001.parquet"))
    [record] = read("panorama_pi4pc", tmp_path)
    prompt = render(load_card("panorama_pi4pc"), record)
    assert "Claim 1: one" in prompt
    assert prompt.index("4: second") < prompt.index("17: first")


def test_abstracts_are_read_from_the_two_files_that_their_repository_has_for_each(
    tmp_path: Path,
) -> None:
    for name, text in {
        "text/11.txt": "Cells grow .\nThey move .\n",
        "labels/11.txt": "< Sustaining proliferative signaling--Receptors "
        "ANDEvading growth suppressors--By evading contact inhibition< "
        "Evading growth suppressors--By evading contact inhibition",
        "text/12.txt": "Nothing of it .\n",
        "labels/12.txt": "< ",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    first, second = read("hoc", tmp_path)
    assert first.doc == {
        "document_id": "11",
        "sentences": ["Cells grow .", "They move ."],
        "hallmarks": ["Evading growth suppressors", "Sustaining proliferative signaling"],
    }
    assert (second.id, second.doc["hallmarks"]) == ("12", [])


def test_columns_of_tomg_bench_may_have_the_names_of_either_copy() -> None:
    scorer, view = scorer_for("tomg_bench"), "MolCustom/FunctionalGroup"
    groups = dict.fromkeys(GROUPS, "0")
    older = {**groups, "benzene rings": "1", "hydroxyl": "1"}
    newer = {"benzene_ring" if k == "benzene rings" else k: f"{v}.0" for k, v in older.items()}
    newer["thioether"] = "0"
    for doc in (older, newer):
        assert scorer.judge(doc, '{"molecule": "Oc1ccccc1"}', view).item == 1.0
        assert scorer.judge(doc, '{"molecule": "Oc1ccccc1O"}', view).item == 0.0


QUERIES = {
    "fg_count": ("Count the group. Input Molecule: CCO, Fragment Name: hydroxyl.", 1),
    "ring_count": ("Count the ring. Input Molecule: C1CC1, Ring Structure: C1CC1.", 1),
    "Murcko_scaffold": ("Give the scaffold. Input Molecule: CC1CC1.", "C1CC1"),
    "ring_system_scaffold": (
        "Is it there? Input Molecule: C1CC1, Ring System Structure: C1CC1",
        "Yes",
    ),
    "equivalence": ("Are they one? Molecule A: CCO, Molecule B: OCC.", "Yes"),
}


def test_a_folder_of_ones_own_is_enough_for_the_records_and_for_rows_in_their_wording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FTASSIST_DATA", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "cache"))
    for view, (query, gold) in QUERIES.items():
        rows = [
            {
                "id": f"{view}-{i}", "query": query, "gt": gold, "task": "mol_und",
                "subtask": view, "meta": "{}", "n": i,
            }
            for i in range(2)
        ]  # fmt: skip
        path = tmp_path / "own" / "chemcotbench" / "mol_und" / f"{view}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows), encoding="utf-8")
    made = task_with_data("chemcotbench_mol_und", tmp_path / "own")
    repository = DataRepository(made.repository_folder)
    assert repository.names() == sorted(f"rdkit_{view.lower()}" for view in QUERIES)
    assert repository.rows("rdkit_equivalence")[0]["prompt"].startswith("Are they one? Molecule A")


def test_raw_rows_are_taken_from_the_folder_of_the_records_where_they_lie_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FTASSIST_DATA", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "cache"))
    own = tmp_path / "own"
    own.mkdir()
    for name, topic in (("test", "film"), ("train", "play"), ("dev", "book")):
        lines = [f"{topic} {i} with scene {i * 37}\t{i % 2}" for i in range(8)]
        text = "sentence\tlabel\n" + "\n".join(lines) + "\n"
        (own / f"{name}.tsv").write_text(text, encoding="utf-8")
    repository = DataRepository(task_with_data("sst2", own).repository_folder)
    assert sum(len(repository.rows(name)) for name in repository.names()) == 16
