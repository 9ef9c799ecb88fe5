"""The curation operators, on small raw sets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.errors import BudgetError, CellError, DataError, UnknownNameError
from ftassist.recipes import curate
from ftassist.recipes.rows import Rows

MakeRepository = Callable[..., Path]
QA = {"prompt": "q", "response": "a"}


def rows_of(*pairs: tuple[str, str], source: str = "own") -> Rows:
    raw = [{"q": question, "a": answer} for question, answer in pairs]
    return curate.to_chat(raw, source=source, prompt="q", response="a")


def questions(rows: Rows) -> list[str]:
    return [row["messages"][0]["content"] for row in rows]


def test_sets_with_different_fields_load_as_one_kind_of_row(repository: MakeRepository) -> None:
    folder = repository(
        bare=({"prompt": "question", "response": "label"}, [{"question": "1?", "label": "1"}]),
        talks=(
            {"messages": "turns"},
            [
                {
                    "turns": [
                        {"role": "user", "content": "2?"},
                        {"role": "assistant", "content": "2"},
                    ]
                }
            ],
        ),
    )
    rows = curate.load(str(folder), {"bare": None, "talks": 5}, seed=0)
    assert questions(rows) == ["1?", "2?"]
    assert rows.by_source() == {"bare": 1, "talks": 1}


def test_a_limit_draws_by_seed_and_the_card_tells(repository: MakeRepository) -> None:
    folder = repository(bare=(QA, [{"q": f"{i}?", "a": "1"} for i in range(50)]))
    one = curate.load(folder, {"bare": 10}, seed=1)
    assert questions(one) == questions(curate.load(folder, {"bare": 10}, seed=1))
    assert questions(one) != questions(curate.load(folder, {"bare": 10}, seed=2))
    step = one.card.steps[0]
    assert (step.rows_in, step.rows_out, sum(step.dropped.values())) == (50, 10, 40)


def test_a_set_known_to_hold_evaluation_records_is_loaded_with_a_warning(
    repository: MakeRepository,
) -> None:
    folder = repository(glue=(QA, [{"q": "fine?", "a": "yes"}]), own=(QA, [{"q": "x", "a": "y"}]))
    card = folder / "glue" / "card.yaml"
    told = yaml.safe_load(card.read_text(encoding="utf-8")) | {"provenance": "nyu-mll/glue, sst2"}
    card.write_text(yaml.safe_dump(told), encoding="utf-8")
    rows = curate.load(folder, ["glue", "own"])
    [warning] = rows.card.to_dict()["steps"][0]["warnings"]
    assert warning.startswith("set glue: nyu-mll/glue holds evaluation records of sst2")
    assert "beware" in repr(rows)
    assert "warnings" not in curate.load(folder, ["own"]).card.to_dict()["steps"][0]


def test_an_unknown_set_is_refused_with_the_nearest_name(repository: MakeRepository) -> None:
    folder = repository(worked=(QA, [{"q": "1?", "a": "1"}]))
    with pytest.raises(UnknownNameError, match="worked"):
        curate.load(folder, {"workd": None})


def test_a_bad_raw_row_is_refused_with_its_number(repository: MakeRepository) -> None:
    folder = repository(bare=(QA, [{"q": "1?", "a": "1"}, {"q": "2?", "a": 2}]))
    with pytest.raises(DataError, match="row 2"):
        curate.load(folder, ["bare"])


def test_bad_rows_are_left_out_and_counted_where_that_is_asked_for(
    repository: MakeRepository,
) -> None:
    raw: list[dict[str, Any]] = [
        {"q": "1?", "a": "1"},
        {"q": "2?", "a": 2},
        {"q": "3?", "a": "3"},
    ]
    rows = curate.load(repository(bare=(QA, raw)), ["bare"], on_bad="drop")
    assert [row["id"] for row in rows] == ["bare/1", "bare/3"]
    (step,) = rows.card.steps
    assert (step.rows_in, step.rows_out, step.dropped) == (3, 2, {"cannot be used": 1})
    assert "row 2: field 'a' is int here" in step.samples["cannot be used"][0]
    made = curate.to_chat(raw, source="own", prompt="q", response="a", on_bad="drop")
    assert made.card.steps[0].dropped == {"cannot be used": 1}
    with pytest.raises(CellError, match="on_bad='skip'"):
        curate.to_chat(raw, source="own", prompt="q", response="a", on_bad="skip")  # type: ignore[arg-type]


def test_instruction_and_input_can_be_one_prompt() -> None:
    raw = [{"i": "Add", "x": "1", "o": "2"}, {"i": "Go", "x": "", "o": "o"}, {"i": "Go", "o": "k"}]
    rows = curate.to_chat(raw, source="own", prompt=r"{i}\n\n{x?}", response="o")
    assert questions(rows) == ["Add\n\n1", "Go", "Go"]


def test_a_turn_that_is_not_trained_on_stays_marked_until_its_answer_is_another(
    tmp_path: Path,
) -> None:
    from ftassist.recipes.curate.sampling import answered

    names, weights = ("user", "assistant"), (1, 0, 1, 0, 1, 1)
    chat = [{"role": names[n % 2], "content": "x", "weight": w} for n, w in enumerate(weights)]
    rows = curate.to_chat([{"m": chat}], source="own", messages="m")
    curate.export(rows, tmp_path / "data")
    assert json.loads((tmp_path / "data/train.jsonl").read_text())["untrained"] == [1, 3]
    last = {"m": [*chat[:2], *chat[2:4]]}
    last["m"][1] = {**chat[1], "weight": 1}
    (row,) = curate.to_chat([last], source="own", messages="m")
    assert json.loads(row["fields"])["ftassist"]["untrained"] == [3]
    assert "untrained" not in json.loads(answered(row, "x", {}, "t")["fields"])["ftassist"]


def test_to_chat_without_field_names_is_refused() -> None:
    with pytest.raises(DataError, match="no field names"):
        curate.to_chat([{"q": "1?"}], source="own")


def test_exact_duplicates_are_dropped_up_to_white_space() -> None:
    rows = curate.deduplicate(rows_of(("1 + 1?", "2"), ("1  + 1?", " 2"), ("1 + 2?", "3")))
    assert questions(rows) == ["1 + 1?", "1 + 2?"]
    assert rows.card.steps[-1].samples == {"exact duplicate": ["own/2"]}


STORY = "Anna has {a} red apples in a basket and buys {b} green ones at the market on Monday"


def test_near_duplicates_are_dropped_only_when_asked_for() -> None:
    rows = rows_of((STORY.format(a=1, b=2), "3"), (STORY.format(a=1, b=2) + " morning", "3"))
    assert len(curate.deduplicate(rows)) == 2
    assert len(curate.deduplicate(rows, near=0.8)) == 1


def test_rows_with_different_answers_are_never_near_duplicates() -> None:
    rows = rows_of((STORY.format(a=1, b=2), "3"), (STORY.format(a=1, b=2) + " morning", "4"))
    assert len(curate.deduplicate(rows, near=0.8)) == 2


def test_a_similarity_out_of_range_is_refused() -> None:
    with pytest.raises(DataError, match=r"near=1\.5"):
        curate.deduplicate(rows_of(("1?", "1")), near=1.5)


def test_contradicting_labels_are_dropped() -> None:
    rows = curate.filter_labels(rows_of(("1?", "1"), ("1 ?", "2"), ("1?", "2"), ("3?", "3")))
    assert questions(rows) == ["1 ?", "3?"]


def test_the_majority_of_contradicting_labels_can_be_kept() -> None:
    pairs = [("1?", "1"), ("1?", "Answer: 1"), ("1?", "2"), ("3?", "3"), ("3?", "4")]
    rows = curate.filter_labels(rows_of(*pairs), keep="majority")
    assert questions(rows) == ["1?", "1?"]


def test_long_and_short_rows_are_dropped_by_tokens(llama: Path) -> None:
    rows = rows_of(("x", "1"), ("x" * 200, "1"), ("x" * 50, "1"))
    kept = curate.filter_length(rows, max_tokens=100, min_tokens=40, model=str(llama))
    assert questions(kept) == ["x" * 50]
    assert set(kept.card.steps[-1].dropped) == {
        "longer than 100 tokens",
        "shorter than 40 tokens",
    }


def test_responses_are_kept_or_dropped_by_pattern() -> None:
    rows = rows_of(("1?", r"so \boxed{1}"), ("2?", "2"))
    assert questions(curate.filter_response(rows, pattern=r"\\boxed")) == ["1?"]
    assert questions(curate.filter_response(rows, pattern=r"\\boxed", drop=True)) == ["2?"]


def test_a_broken_pattern_is_refused() -> None:
    with pytest.raises(DataError, match="not a regular expression"):
        curate.filter_response(rows_of(("1?", "1")), pattern="(")


def test_balance_cuts_large_groups_to_the_median() -> None:
    pairs = [(f"{i}?", "0") for i in range(9)] + [("a?", "1"), ("b?", "1"), ("c?", "2")]
    rows = curate.balance(rows_of(*pairs), by="answer", seed=0)
    answers = Counter(row["messages"][1]["content"] for row in rows)
    assert answers == {"0": 2, "1": 2, "2": 1}


def test_balance_by_an_unknown_field_is_refused() -> None:
    with pytest.raises(DataError, match="no field 'view'"):
        curate.balance(rows_of(("1?", "1")), by="view")


def test_balance_by_several_names_groups_their_combinations() -> None:
    raw = [{"q": f"{i}?", "a": str(i % 2), "view": "x" if i < 6 else "y"} for i in range(8)]
    rows = curate.to_chat(raw, source="own", prompt="q", response="a")
    assert len(curate.balance(rows, by=["view", "answer"], at_most=1)) == 4


def two_sources(repository: MakeRepository) -> Rows:
    folder = repository(
        big=(QA, [{"q": f"b{i}?", "a": "1"} for i in range(40)]),
        small=(QA, [{"q": f"s{i}?", "a": "1"} for i in range(4)]),
    )
    return curate.load(folder, ["big", "small"])


def test_mix_draws_the_shares_of_each_source(repository: MakeRepository) -> None:
    rows = curate.mix(two_sources(repository), weights={"big": 0.9, "small": 0.1}, total=20)
    assert rows.by_source() == {"big": 18, "small": 2}


def test_a_source_too_small_for_its_share_gives_all_it_has(repository: MakeRepository) -> None:
    rows = curate.mix(two_sources(repository), weights={"big": 0.5, "small": 0.5}, total=20)
    assert rows.by_source() == {"big": 10, "small": 4}


def test_mix_with_an_unknown_source_is_refused(repository: MakeRepository) -> None:
    with pytest.raises(UnknownNameError, match="smal"):
        curate.mix(two_sources(repository), weights={"smal": 1.0}, total=5)


def test_a_small_source_can_be_repeated(repository: MakeRepository) -> None:
    rows = curate.repeat(two_sources(repository), times={"small": 3})
    assert rows.by_source() == {"big": 40, "small": 12}


def test_order_by_length_puts_short_rows_first() -> None:
    rows = curate.order(rows_of(("xxx", "1"), ("x", "1"), ("xx", "1")), by="length")
    assert questions(rows) == ["x", "xx", "xxx"]


@dataclass(frozen=True)
class FakeLeak:
    row: int
    kind: str
    span: tuple[int, int] = (0, 2)


def test_rows_the_evaluator_names_are_dropped() -> None:
    asked: list[list[str]] = []

    def find(texts: list[str]) -> list[FakeLeak]:
        asked.append(texts)
        return [FakeLeak(1, "exact"), FakeLeak(1, "n-gram")]

    rows = curate.decontaminate(rows_of(("1?", "1"), ("2?", "2")), find=find)
    assert questions(rows) == ["1?"]
    assert asked == [["1?\n1", "2?\n2"]]
    assert rows.card.steps[-1].dropped == {"leaks an evaluation item (exact)": 1}
    (place,) = rows.card.steps[-1].to_dict()["places"]
    assert place == {"id": "own/2", "kind": "exact", "text": "2?\n2", "start": 0, "end": 2}


def test_export_writes_rows_and_card(tmp_path: Path) -> None:
    rows = curate.deduplicate(rows_of(("1?", "1"), ("1?", "1"), ("é?", "2")))
    curate.export(rows, tmp_path / "data")
    lines = (tmp_path / "data/train.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["messages"][0]["content"] for line in lines] == ["1?", "é?"]
    card = json.loads((tmp_path / "data/card.json").read_text(encoding="utf-8"))
    assert card["rows"] == 2
    assert [step["operator"] for step in card["steps"]] == ["to_chat", "deduplicate"]


def test_empty_data_names_the_operator_that_emptied_it(tmp_path: Path) -> None:
    rows = curate.filter_response(rows_of(("1?", "1")), pattern="nowhere")
    rows = curate.deduplicate(curate.sample(rows, 5), near=0.5)
    with pytest.raises(DataError, match="filter_response left no row"):
        curate.export(rows, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_more_rows_than_the_cap_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BudgetError, match="2 training rows, the cap is 1"):
        curate.export(rows_of(("1?", "1"), ("2?", "2")), tmp_path / "data", row_cap=1)


def test_the_cap_of_the_trial_counts_even_if_the_cell_gives_a_larger_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_ROW_CAP", "1")
    with pytest.raises(BudgetError, match="the cap is 1"):
        curate.export(rows_of(("1?", "1"), ("2?", "2")), tmp_path / "data", row_cap=10)


def test_a_row_that_does_not_meet_the_schema_is_named_at_export(tmp_path: Path) -> None:
    rows = rows_of(("1?", "1"), ("2?", "2"))
    spoilt: list[Any] = [dict(row) for row in rows]
    spoilt[1]["messages"] = spoilt[1]["messages"][:1]
    from ftassist.recipes.rows import make_dataset

    with pytest.raises(DataError, match=r"exported row 2 \(own/2\)"):
        curate.export(Rows(make_dataset(spoilt), rows.card), tmp_path / "data")


pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123")), max_size=30)


@settings(max_examples=30, deadline=None)
@given(pairs, st.integers(0, 40), st.integers(0, 3))
def test_every_step_accounts_for_every_row(
    found: list[tuple[str, str]], size: int, seed: int
) -> None:
    rows = curate.filter_labels(curate.deduplicate(rows_of(*found)))
    rows = curate.balance(curate.sample(rows, size, seed=seed), seed=seed)
    before = len(found)
    for step in rows.card.steps[1:]:
        assert step.rows_in == before
        assert step.rows_in == step.rows_out + sum(step.dropped.values())
        assert step.rows_out == sum(step.by_source.values())
        before = step.rows_out
    assert before == len(rows)


@settings(max_examples=20, deadline=None)
@given(pairs)
def test_deduplicating_twice_changes_nothing(found: list[tuple[str, str]]) -> None:
    once = curate.deduplicate(rows_of(*found), near=0.7)
    assert questions(curate.deduplicate(once, near=0.7)) == questions(once)


def test_importing_the_recipes_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from ftassist.recipes import curate, train, metrics; "
        "print([m for m in ('torch', 'transformers', 'datasets', 'trl', 'numpy') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_task_is_loaded_from_by_its_folder(repository: MakeRepository) -> None:
    folder = repository(bare=(QA, [{"q": "1?", "a": "1"}]))
    task = folder.parent / "published"
    task.mkdir()
    folder.rename(task / "repository")
    assert questions(curate.load(task, ["bare"])) == ["1?"]


def test_system_turns_are_folded_into_the_first_question_and_counted() -> None:
    raw = [{"q": "1?", "a": "1", "s": "Be brief."}, {"q": "2?", "a": "2", "s": "Be long."}]
    rows = curate.to_chat(raw, source="own", prompt="q", response="a", system="s")
    folded = curate.fold_system(rows)
    assert questions(folded) == ["Be brief.\n\n1?", "Be long.\n\n2?"]
    assert folded.card.steps[-1].arguments == {"rows_folded": 2}
    assert questions(curate.fold_system(rows_of(("3?", "3")))) == ["3?"]


def test_marks_of_turns_move_with_them_when_a_system_turn_is_folded() -> None:
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "1?"},
        {"role": "assistant", "content": "no", "weight": 0},
        {"role": "user", "content": "1?"},
        {"role": "assistant", "content": "one"},
    ]
    (row,) = curate.fold_system(curate.to_chat([{"m": turns}], source="own", messages="m"))
    (place,) = json.loads(row["fields"])["ftassist"]["untrained"]
    assert row["messages"][place] == {"role": "assistant", "content": "no"}
