"""Readers of data sets that the mirror lacks, on own-written files in the public loaders' form.

Not the real files: these show that a file with those names and fields is read.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo.locating import locate
from ftassist.dojo.preparing import reader_of, records, render
from ftassist.dojo.readers.record import RawSet, Record
from ftassist.dojo.scorers import scorer_for
from ftassist.dojo.task import load_card


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
    made: list[RawSet] = list(reader_of(card).training(located, card, ()))
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
