"""The FT-Dojo tasks on the mirror's real records; skips where there is no mirror.

Set FTASSIST_DATA to a mirror laid out `<org>/<name>/...` to run them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from ftassist.dojo.catalog.chemcotbench.reader import frame_of
from ftassist.dojo.catalog.financeiq.reader import benchmark_size
from ftassist.dojo.leakage import LeakIndex
from ftassist.dojo.location import DATA_VARIABLE, available
from ftassist.dojo.preparation import records
from ftassist.dojo.readers.order import released_order
from ftassist.dojo.record import Record
from ftassist.dojo.scorers import Row, score_rows, scorer_for
from ftassist.dojo.splits import divide
from ftassist.dojo.task import task_folders
from ftassist.dojo.task_loader import load_card, load_task
from ftassist.files import read_jsonl

PAPER = [key for key in task_folders() if load_card(key).paper == "FT-Dojo"]
RELEASE = [key for key in task_folders() if load_card(key).paper == "FT-Dojo release"]
FT_DOJO = sorted([*PAPER, *RELEASE])
LOWER_IS_BETTER = ("mae", "levenshtein")
GOLD: dict[str, dict[str, float]] = {
    # Two of the 60 reference substitutions change another count as well.
    "chemcotbench_mol_edit": {"acc": 2.9666667 / 3},
    # In `retro` 54 references glue reactants together without a dot and are no molecules.
    "chemcotbench_reaction": {"parsed": 421 / 475, "fts": 0.82},
}
"""What gold answers reach where the published references do not all pass the official rule."""

RUNS_PROGRAMS = "tablebench_visualization"
BY_TEXT = [key for key in FT_DOJO if key != RUNS_PROGRAMS]


@pytest.fixture
def mirror(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The task, where its records are on this machine; nothing is downloaded."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    key: str = request.node.callspec.params["task"]
    source = load_card(key).data
    assert source is not None
    if available(source) is None:
        pytest.skip(f"no records of {source.id} here: set {DATA_VARIABLE} to a mirror of it")
    yield key


@cache
def records_of(key: str) -> list[Record]:
    return records(load_card(key))


def answered(key: str, text: str | None) -> list[Row]:
    """Rows with the gold answer (those that have one), or all rows with one text."""
    scorer = scorer_for(key)
    return [
        Row(record.id, record.doc, answer, record.view)
        for record in records_of(key)
        if (answer := scorer.gold(record.doc, record.view) if text is None else text) is not None
    ]


def test_the_paper_has_thirteen_tasks_with_seventeen_rows_of_metrics_the_release_five_more() -> (
    None
):
    assert len(PAPER) == 13
    assert sum(len(load_card(key).headlines) for key in PAPER) == 17
    assert sorted(RELEASE) == [
        "aime24", "bioprobench_err", "bioprobench_gen", "bioprobench_ord", "bioprobench_pqa",
    ]  # fmt: skip


@pytest.mark.parametrize("task", FT_DOJO)
def test_a_card_pins_its_data_and_says_what_its_scorer_gives(task: str) -> None:
    card, scorer = load_card(task), scorer_for(task)
    sources = [card.data, *(training.source for training in card.training)]
    for source in sources:
        assert source is not None
        short = source.revision in card.limits and len(source.revision) == 7
        assert source.host == "package" or len(source.revision) == 40 or short
        assert source.licence
    assert tuple(card.views) == scorer.views
    assert card.training
    assert card.headline
    assert card.left_out


@pytest.mark.parametrize("task", FT_DOJO)
def test_no_training_source_takes_files_with_evaluation_rows(task: str) -> None:
    card = load_card(task)
    assert card.data is not None
    for training in card.training:
        taken = {name for layout in training.source.files for name in layout.values()}
        shared = taken & {name for layout in card.data.files for name in layout.values()}
        if training.source.id == card.data.id and task != "financeiq":
            assert not shared, "the reader would have to split the file by rows"
            assert not any("test" in name or "valid" in name for name in taken)


@pytest.mark.parametrize("task", BY_TEXT)
def test_gold_answers_score_best_on_the_real_records(task: str, mirror: str) -> None:
    made = answered(task, None)
    scores = score_rows(task, made)
    best = GOLD.get(task, {})
    assert scores.parsed == pytest.approx(best.get("parsed", 1.0), abs=5e-4)
    for metric in load_card(task).headlines:
        wanted = 0.0 if metric.name in LOWER_IS_BETTER else best.get(metric.name, 1.0)
        assert scores.metrics[metric.name] == pytest.approx(wanted, abs=5e-4), metric.name


@pytest.mark.parametrize("junk", ["", "?!"])
@pytest.mark.parametrize("task", FT_DOJO)
def test_junk_scores_worst_on_the_real_records(task: str, junk: str, mirror: str) -> None:
    scores = score_rows(task, answered(task, junk))
    assert scores.parsed == 0.0
    for metric in load_card(task).headlines:
        value = scores.metrics[metric.name]
        if metric.name in LOWER_IS_BETTER:
            gold = [r.doc["gt"] for r in records_of(task) if r.view in ("fg_count", "ring_count")]
            assert value >= min(map(int, gold))
        else:
            assert value < 0.02, metric.name


@pytest.mark.parametrize("policy", ["ours", "released"])
@pytest.mark.parametrize("task", FT_DOJO)
def test_a_split_policy_gives_items_of_every_view(task: str, policy: str, mirror: str) -> None:
    found = load_task(f"{task}@{policy}")
    validation, test = found.items("validation"), found.items("test")
    assert validation
    assert test
    if policy == "ours":
        assert not {item["id"] for item in validation} & {item["id"] for item in test}
        assert not {item["prompt"] for item in validation} & {item["prompt"] for item in test}


@pytest.mark.parametrize("task", ["chemcotbench_mol_und"])
def test_the_splits_have_the_sizes_of_the_papers_appendix(task: str, mirror: str) -> None:
    divided = divide(records_of(task), load_card(task).splits, "ours")
    assert (len(divided.validation), len(divided.test)) == (160, 160)
    views = Counter(record.view for record in divided.test)
    assert views == {
        "fg_count": 50,
        "equivalence": 50,
        "ring_system_scaffold": 30,
        "Murcko_scaffold": 20,
        "ring_count": 10,
    }


@pytest.mark.parametrize("task", ["chemcotbench_mol_und"])
def test_rows_labelled_by_rdkit_do_not_hold_a_benchmark_record(task: str, mirror: str) -> None:
    found = load_task(task)
    items = found.items("validation") + found.items("test")
    rows = [
        f"{row['prompt']}\n{row['response']}"
        for folder in sorted(found.repository_folder.glob("rdkit_*"))
        for row in read_jsonl(folder / "rows.jsonl")
    ]
    assert len(rows) >= 1500
    assert LeakIndex.build(items).find(rows) == []


def test_rows_labelled_by_rdkit_score_best_by_the_tasks_own_scorer() -> None:
    scorer = scorer_for("chemcotbench_mol_und")
    rows = list(read_jsonl(task_folders()["chemcotbench_mol_und"] / "rdkit_rows.jsonl"))
    gold = [
        Row(
            row["id"],
            {"query": "", "gt": row["answer"]},
            scorer.gold({"gt": row["answer"]}, row["view"]) or "",
            row["view"],
        )
        for row in rows
    ]
    scores = score_rows("chemcotbench_mol_und", gold)
    assert scores.metrics["score"] == 1.0
    assert scores.metrics["mae"] == 0.0
    assert set(scores.counts) == set(scorer.views)


def test_the_frame_of_a_question_ends_before_its_molecules() -> None:
    assert frame_of("Count it.\nInput Molecule: CCO, Fragment Name: hydroxyl.") == "Count it.\n"


def test_the_released_order_is_the_one_of_the_datasets_library() -> None:
    from datasets import Dataset

    shuffled = Dataset.from_dict({"n": list(range(50))}).shuffle(seed=42)["n"]
    assert released_order(list(range(50))) == list(shuffled)


@pytest.mark.parametrize(("rows", "size"), [(88, 44), (87, 44), (200, 100), (1211, 100)])
def test_the_benchmark_is_the_last_half_of_a_subject_up_to_a_hundred(rows: int, size: int) -> None:
    assert benchmark_size(rows) == size
