"""The data repository: listing, loading and refusing raw sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ftassist.dojo.repository import DataRepository
from ftassist.errors import DataError, UnknownNameError

TEXT_FIELDS = {"prompt": "question", "response": "answer"}
CARD = {
    "name": "small",
    "title": "Small",
    "description": "A set for tests.",
    "fields": TEXT_FIELDS,
    "rows": 2,
    "licence": "CC0-1.0",
    "provenance": "here",
    "notes": "none",
}


def row(question: Any = "1 + 1?", answer: Any = "2", **more: Any) -> dict[str, Any]:
    return {"question": question, "answer": answer, **more}


def chat(*turns: tuple[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def repository(folder: Path, rows: list[dict[str, Any]], **changes: Any) -> DataRepository:
    target = folder / "small"
    target.mkdir(parents=True)
    (target / "card.yaml").write_text(yaml.safe_dump(CARD | changes), encoding="utf-8")
    text = "".join(json.dumps(r) + "\n" for r in rows)
    (target / "rows.jsonl").write_text(text, encoding="utf-8")
    return DataRepository(folder)


def test_sets_are_listed_by_name(tmp_path: Path) -> None:
    assert repository(tmp_path, [row()]).names() == ["small"]


def test_an_unknown_set_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'small'"):
        repository(tmp_path, [row()]).rows("smal")


def test_rows_keep_the_field_names_of_the_set(tmp_path: Path) -> None:
    loaded = repository(tmp_path, [row(id="a"), row(id="b")]).load("small")
    assert loaded.column_names == ["question", "answer", "id"]
    assert loaded.num_rows == 2


def test_a_card_tells_prompt_from_response(tmp_path: Path) -> None:
    sets = repository(tmp_path, [row("x", "y")])
    assert sets.card("small").turns(sets.rows("small")[0]) == ("x", "y")


def test_a_chat_row_is_its_earlier_turns_and_its_last_answer(tmp_path: Path) -> None:
    rows = [chat(("system", "s"), ("user", "u"), ("assistant", "a"))]
    sets = repository(tmp_path, rows, fields={"messages": "messages"})
    assert sets.card("small").turns(sets.rows("small")[0]) == ("s\nu", "a")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"question": "no answer"}, "'answer' is missing"),
        (row(answer=None), "'answer' is missing"),
        (row(answer=3), "'answer' is int here and str in row 1"),
    ],
)
def test_a_bad_row_is_refused_with_file_and_row_number(
    tmp_path: Path, bad: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError, match=said) as refusal:
        repository(tmp_path, [row(), row(), bad]).rows("small")
    assert refusal.value.where.endswith("rows.jsonl row 3")


def test_numbers_in_a_mapped_field_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="must be text, it is int"):
        repository(tmp_path, [row(answer=1), row(answer=2)]).rows("small")


@pytest.mark.parametrize(
    "bad",
    [
        chat(("user", "u")),
        chat(("assistant", "a"), ("user", "u")),
        {"messages": ["u", "a"]},
    ],
)
def test_a_chat_that_does_not_end_with_an_answer_is_refused(
    tmp_path: Path, bad: dict[str, Any]
) -> None:
    rows = [chat(("user", "u"), ("assistant", "a")), bad]
    with pytest.raises(DataError) as refusal:
        repository(tmp_path, rows, fields={"messages": "messages"}).rows("small")
    assert refusal.value.where.endswith("row 2")


def test_a_set_may_be_in_any_format(tmp_path: Path) -> None:
    import pandas as pd

    sets = repository(tmp_path, [row("x", "y")])
    (tmp_path / "small" / "rows.jsonl").unlink()
    frame = pd.DataFrame([row("x", "y"), row("u", "v")])
    frame.to_parquet(tmp_path / "small" / "part-1.parquet")
    frame.to_csv(tmp_path / "small" / "part-2.csv.gz", index=False)
    assert sets.turns("small") == [("x", "y"), ("u", "v")] * 2
    assert sets.profile("small").rows == 4
    frame[:1].to_csv(tmp_path / "small" / "rows.csv", index=False)
    assert sets.turns("small") == [("x", "y")]
    for path in (tmp_path / "small").glob("*[!l]"):
        path.unlink()
    with pytest.raises(DataError, match="no rows beside its card"):
        sets.rows("small")


def test_a_set_of_sharegpt_chats_is_read(tmp_path: Path) -> None:
    talk = [{"from": "human", "value": "u"}, {"from": "gpt", "value": "a"}]
    sets = repository(tmp_path, [{"talk": talk}], fields={"messages": "talk"})
    assert sets.turns("small") == [("u", "a")]


def test_a_card_may_map_a_template(tmp_path: Path) -> None:
    fields = {"prompt": "{question}\n{hint?}", "response": "answer"}
    sets = repository(tmp_path, [row("x", "y", hint="z"), row("u", "v")], fields=fields)
    assert sets.turns("small") == [("x\nz", "y"), ("u", "v")]


def test_columns_that_the_card_does_not_map_may_hold_anything(tmp_path: Path) -> None:
    odd = [1, 0.5, None, "x", [1, "a"], {"a": [None]}]
    sets = repository(tmp_path, [row(odd=value) for value in odd])
    assert [r["odd"] for r in sets.rows("small")] == odd
    assert sets.profile("small").empty_fields == {"odd": 1}
    assert sets.load("small").num_rows == len(odd)


def test_bad_rows_are_counted_by_the_profile_and_left_out_where_the_card_says_so(
    tmp_path: Path,
) -> None:
    sets = repository(tmp_path, [row(), row(answer=None), row(answer=" ")], on_bad="drop")
    assert len(sets.rows("small")) == 1
    assert [bad.where.rpartition(" ")[2] for bad in sets.table("small").bad] == ["2", "3"]
    profile = sets.profile("small")
    assert (profile.rows, profile.bad_rows) == (1, 2)
    assert any("2 more rows cannot be used (first: 2)" in note for note in profile.quality)


def test_a_card_with_another_word_for_bad_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="on_bad='skip'"):
        repository(tmp_path, [row()], on_bad="skip").card("small")


def test_a_broken_line_is_refused_with_its_number(tmp_path: Path) -> None:
    sets = repository(tmp_path, [row()])
    with (tmp_path / "small" / "rows.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"question": \n')
    with pytest.raises(DataError) as refusal:
        sets.rows("small")
    assert refusal.value.where.endswith("rows.jsonl row 2")


def test_an_empty_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no rows"):
        repository(tmp_path, []).rows("small")


@pytest.mark.parametrize("fields", [{"prompt": "question"}, {"text": "question"}])
def test_a_card_that_maps_no_response_is_refused(tmp_path: Path, fields: dict[str, str]) -> None:
    with pytest.raises(DataError, match="prompt and response, or messages"):
        repository(tmp_path, [row()], fields=fields).card("small")


def test_a_card_without_a_licence_is_refused(tmp_path: Path) -> None:
    sets = repository(tmp_path, [row()])
    card = {key: value for key, value in CARD.items() if key != "licence"}
    (tmp_path / "small" / "card.yaml").write_text(yaml.safe_dump(card), encoding="utf-8")
    with pytest.raises(DataError, match="licence"):
        sets.card("small")


def test_a_profile_is_computed_once_for_the_same_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.dojo import repository as module
    from ftassist.dojo.task_loader import load_task

    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path))
    sets = DataRepository(load_task("mini_math").repository_folder)
    name = sets.names()[0]
    first = sets.profile(name)
    monkeypatch.setattr(module, "profile_rows", lambda *_: pytest.fail("computed again"))
    assert sets.profile(name) == first
    (next(tmp_path.glob("profiles/*.json"))).write_text("{", encoding="utf-8")
    monkeypatch.undo()
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path))
    assert sets.profile(name) == first
