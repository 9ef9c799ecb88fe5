"""General prompts that the base answers itself come among the rows, and none is the panel's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftassist.dojo.leakage import LeakIndex
from ftassist.dojo.task import PANEL, Task, read_card
from ftassist.errors import CellError
from ftassist.files import read_json, read_jsonl
from ftassist.recipes import curate
from ftassist.recipes.answers import normalise
from ftassist.recipes.curate import rehearsal
from ftassist.recipes.curate.rehearsal import general_prompts
from ftassist.recipes.rows import Rows


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Rows:
    """Three rows of a task; the base says nothing once, does not end once, else answers."""

    def said(model: str, prompts: list[object], *_: object) -> list[list[str]]:
        answers = ["", "on and on " * 200, *["A pleasant thing to do."] * len(prompts)]
        return [[text] for text in answers[: len(prompts)]]

    monkeypatch.setattr(rehearsal, "generate", said)
    raw = [{"q": f"{n} + {n}?", "a": f"{2 * n}"} for n in (1, 3, 2)]
    return curate.to_chat(raw, source="sums", prompt="q", response="a")


def test_the_base_answers_general_prompts_beside_the_rows(rows: Rows, tmp_path: Path) -> None:
    made = curate.rehearse(rows, model="tiny", count=10, seed=3)
    assert made.by_source() == {"sums": 3, "rehearsal": 8}
    assert made.column("messages")[:3] == rows.column("messages")
    step = made.card.steps[-1]
    assert (step.made, step.dropped) == (
        8, {"the model said nothing": 1, "the answer did not end": 1},
    )  # fmt: skip
    told = json.loads(made.column("fields")[-1])["ftassist"]["provenance"]
    assert told == {"model": "tiny", "prompt": "general, of ftassist (CC0-1.0)"}
    curate.export(made, tmp_path / "data")
    assert read_json(tmp_path / "data/card.json")["by_source"]["rehearsal"] == 8
    last = list(read_jsonl(tmp_path / "data/train.jsonl"))[-1]
    assert last["messages"][-1]["content"] == "A pleasant thing to do."


def test_the_seed_draws_the_prompts(rows: Rows) -> None:
    def asked(seed: int) -> list[str]:
        made = curate.rehearse(rows, model="tiny", count=10, seed=seed)
        return [chat[0]["content"] for chat in made.column("messages")[3:]]

    assert asked(1) == asked(1) != asked(2)
    assert len(set(asked(1))) == 8


@pytest.mark.parametrize("count", [0, 10_000])
def test_more_than_there_are_cannot_be_asked(rows: Rows, count: int) -> None:
    with pytest.raises(CellError, match="is not possible"):
        curate.rehearse(rows, model="tiny", count=count)


def test_no_prompt_is_one_of_the_panel() -> None:
    items = Task(read_card(PANEL / "card.yaml"), PANEL).items("validation")
    prompts = general_prompts()
    assert len(prompts) == len(set(prompts)) == 288
    index = LeakIndex.build(items)
    assert index.find(prompts) == []
    assert {normalise(p) for p in prompts}.isdisjoint(normalise(i["prompt"]) for i in items)
    assert index.find([items[0]["prompt"]]), "the check sees a question of the panel"
