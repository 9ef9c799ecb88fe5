"""The reference of recipes says what the code says, and every example in it runs."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.cell_check import check_runs
from ftassist.agent.cell_rules import check_cell, imports
from ftassist.agent.reference import entry, examples, index, page, reference
from ftassist.errors import UnknownNameError
from ftassist.recipes import curate, train
from ftassist.recipes.rows import Rows

ROOT = Path(__file__).parents[2]
EXAMPLES = examples()


def sums(count: int, **more: Any) -> Rows:
    raw = [
        {"q": f"{n} + {n % 3} = ?", "a": f"\\boxed{{{n + n % 3}}}", **more} for n in range(count)
    ]
    return curate.join(
        curate.to_chat(raw, source="worked", prompt="q", response="a"),
        curate.to_chat(raw, source="bare", prompt="q", response="a"),
    )


def test_the_page_is_what_the_code_says() -> None:
    written = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert written == page(), "run `python -m ftassist.agent.reference > docs/recipes.md`"


def test_every_operator_and_training_has_an_example_and_stands_in_the_text() -> None:
    told = reference()
    operators = {f"curate.{name}" for name in curate.__all__} - {"curate.check_row_cap"}
    trainings = {
        f"train.{name}"
        for name in train.__all__
        if inspect.isfunction(getattr(train, name)) and name not in ("read_rows", "split_rows")
    }
    assert set(EXAMPLES) == operators | trainings
    for name, example in EXAMPLES.items():
        assert f"### {name}" in told
        assert name in example


def test_the_arguments_of_every_function_stand_in_the_text() -> None:
    told = reference()
    for name in EXAMPLES:
        module, _, function = name.partition(".")
        known = inspect.signature(getattr({"curate": curate, "train": train}[module], function))
        entry = told.partition(f"### {name}\n")[2].partition("### ")[0]
        for argument in known.parameters:
            assert argument in ("common", "find") or f"{argument}: " in entry, (name, argument)


def test_what_may_be_imported_stands_in_the_text() -> None:
    assert imports() in reference()


def test_the_index_has_every_signature_and_a_look_the_rest() -> None:
    assert imports() in index()
    for name in EXAMPLES:
        signed = reference().partition(f"### {name}\n\n")[2].partition("\n")[0].strip("`")
        assert f"- `{signed}`: " in index(), name
        assert entry(name).rstrip() in reference()
    assert len(index()) < len(reference()) / 2
    with pytest.raises(UnknownNameError, match=r"curate\.mop"):
        entry("curate.mop")


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_keeps_the_rules_that_cells_are_held_to(name: str) -> None:
    module = name.partition(".")[0]
    stage = "curate" if module == "curate" else "train"
    head = f"from ftassist.recipes import {module}\nrows = made = None\n"
    cell = f"{head}{EXAMPLES[name]}\n"
    assert check_cell(stage, cell) == []
    wrong = [what for what in check_runs(stage, cell) if "export" not in what]
    assert wrong == []


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a cell finds, in small; evaluator and broker are stand-ins that do nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("worked", "bare"):
        folder = tmp_path / "repository" / name
        folder.mkdir(parents=True)
        card = {
            "name": name, "title": name, "description": name, "licence": "CC0", "notes": "",
            "fields": {"prompt": "q", "response": "a"}, "rows": 3, "provenance": "a test",
        }  # fmt: skip
        (folder / "card.yaml").write_text(json.dumps(card))
        lines = [json.dumps({"q": f"{n}?", "a": str(n)}) for n in range(3)]
        (folder / "rows.jsonl").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr("ftassist.dojo.evaluator.client.find_leaks", lambda texts: [])
    monkeypatch.setattr(
        "ftassist.recipes.curate.synthesis.ask_broker",
        lambda request: {
            "rows": [
                {"id": row["id"], "prompt": row["prompt"], "response": f"So {row['response']}"}
                for row in request["rows"]
            ],
            "provenance": {"model": "a stand-in"},
        },
    )
    return {
        "curate": curate, "train": train, "model": "tiny", "task": "mini_math", "seed": 0,
        "row_cap": 100, "trial": "t0001", "repository": str(tmp_path / "repository"),
        "rows": sums(4),
        "made": curate.generate(lambda draw: {"prompt": "p", "response": "r"}, 2, source="new"),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(n for n in EXAMPLES if n.startswith("curate.")))
def test_an_example_of_an_operator_runs(name: str, world: dict[str, Any]) -> None:
    exec(compile(EXAMPLES[name], name, "exec"), world)
    gives_rows = f"curate.{name.partition('.')[2]}(" in EXAMPLES[name]
    assert gives_rows
    assert all(isinstance(world[key], Rows) for key in ("rows", "made"))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(n for n in EXAMPLES if n.startswith("train.")))
def test_an_example_of_a_training_runs(
    name: str, world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tiny model earns no reward of the task's own scorer; a stand-in likes even lengths.
    monkeypatch.setattr(
        "ftassist.recipes._rewards.load_reward",
        lambda task: lambda pairs: [float(len(answer) % 2) for _, answer in pairs],
    )
    rows = [
        {
            "id": f"sums/{n}", "source": "sums", "label": n % 2 == 0 or name != "train.kto",
            "messages": [
                {"role": "user", "content": f"{n} + 1 = ?"},
                {"role": "assistant", "content": f"\\boxed{{{n + 1}}}"},
            ],
            **({"rejected": "\\boxed{99}"} if name == "train.dpo" else {}),
        }
        for n in range(16 if name == "train.grpo" else 6)  # its batch is of 16 prompts
    ]  # fmt: skip
    Path("data").mkdir()
    Path("data/train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    exec(compile(EXAMPLES[name], name, "exec"), world)
    assert Path("model").is_dir()
