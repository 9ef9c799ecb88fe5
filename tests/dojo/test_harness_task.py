"""Tasks of lm-evaluation-harness as tasks of a campaign, on a definition with local data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftassist.dojo.evaluator.definition import read_definition
from ftassist.dojo.evaluator.harness import harness_task
from ftassist.dojo.harness_task import harness_object
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task_loader import load_task
from ftassist.errors import UnknownNameError

PLACES = ("Paris", "Rome", "Oslo", "Bern", "Wien", "Riga", "Lima", "Cairo", "Quito", "Accra")


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two harness tasks on own-written data, and no network."""
    rows = [{"q": f"Where is tower {i} of {p}?", "a": p, "i": i % 2} for i, p in enumerate(PLACES)]
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    shared = (
        "dataset_path: json\n"
        f"dataset_kwargs: {{data_files: {{test: {data}, train: {data}}}}}\n"
        "training_split: train\ntest_split: test\n"
        'doc_to_text: "Question: {{q}} Answer:"\n'
    )
    generated = (
        shared + "task: own_places\noutput_type: generate_until\ndoc_to_target: '{{a}}'\n"
        'generation_kwargs: {until: ["\\n"], max_gen_toks: 9}\n'
        "metric_list:\n  - {metric: exact_match, aggregation: mean, higher_is_better: true}\n"
    )
    choice = (
        shared + "task: own_choice\noutput_type: multiple_choice\n"
        'doc_to_choice: ["{{a}}", "Atlantis"]\ndoc_to_target: 0\n'
        "metric_list:\n  - {metric: acc, aggregation: mean, higher_is_better: true}\n"
    )
    (tmp_path / "own_places.yaml").write_text(generated, encoding="utf-8")
    (tmp_path / "own_choice.yaml").write_text(choice, encoding="utf-8")
    for name, value in {
        "FTASSIST_HARNESS": str(tmp_path),
        "FTASSIST_CACHE": str(tmp_path / "cache"),
        "HF_HOME": str(tmp_path / "hf"),
        "HF_DATASETS_CACHE": str(tmp_path / "hf"),
    }.items():
        monkeypatch.setenv(name, value)
    harness_object.cache_clear()
    return tmp_path


@pytest.mark.slow
def test_a_task_with_generated_answers_keeps_prompt_and_scoring(harness: Path) -> None:
    task = load_task("harness:own_places")
    items = [*task.items("validation"), *task.items("test")]
    assert len(items) == len(PLACES)
    item = next(i for i in items if i["answer"] == "Rome")
    assert item["prompt"] == "Question: Where is tower 1 of Rome? Answer:"
    definition = read_definition(task.folder / "harness.yaml")
    assert definition["process_results"](item, ["Rome"])["score"] == 1.0
    assert definition["process_results"](item, ["Oslo"])["score"] == 0.0
    # The harness stops generating at a line end.
    assert definition["process_results"](item, ["Rome\nQuestion: Where"])["score"] == 1.0
    assert (task.card.max_new_tokens, definition["generation_kwargs"]["max_gen_toks"]) == (9, 9)
    assert len(DataRepository(task.repository_folder).turns("train")) == len(PLACES)
    assert load_task("harness:own_places").folder == task.folder


@pytest.mark.slow
def test_a_multiple_choice_task_stays_one(harness: Path) -> None:
    task = load_task("harness:own_choice")
    item = task.items("validation")[0]
    assert item["choices"][item["gold"]] == item["answer"]
    assert harness_task(task, "validation").OUTPUT_TYPE == "multiple_choice"
    assert task.card.metric.name == "acc"


@pytest.mark.slow
def test_an_unknown_harness_task_is_refused_with_the_nearest_name(harness: Path) -> None:
    with pytest.raises(UnknownNameError, match="own_places"):
        load_task("harness:own_place")


@pytest.mark.slow
def test_a_changed_definition_makes_the_task_anew(harness: Path) -> None:
    first = load_task("harness:own_places")
    path = harness / "own_places.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Answer:", "Say:"), encoding="utf-8")
    harness_object.cache_clear()
    again = load_task("harness:own_places")
    assert first.items("test")[0]["prompt"].endswith("Answer:")
    assert again.items("test")[0]["prompt"].endswith("Say:")
