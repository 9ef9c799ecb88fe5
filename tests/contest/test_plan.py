from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.contest.plan import Contest, keep, kept
from ftassist.errors import BudgetError, DataError, FtassistError, UnknownNameError
from ftassist.files import read_json, write_json
from ftassist.records.budget import Budget

from .conftest import small


def test_each_agent_meets_each_task_on_each_seed_and_the_base_once() -> None:
    contest = replace(small("base", "playbook"), tasks=("mini_math", "mini_tables"), seeds=2)
    found = {(b.entry.label, b.task, b.seed) for b in contest.bouts}
    assert len(contest.bouts) == len(found)
    assert found == {
        ("base", "mini_math", 0),
        ("base", "mini_tables", 0),
        *(("playbook", task, seed) for task in contest.tasks for seed in (0, 1)),
    }


def test_a_seed_is_played_on_all_tasks_before_the_next_one() -> None:
    seeds = [bout.seed for bout in small("plain", "playbook", seeds=3).bouts]
    assert seeds == sorted(seeds)


def test_an_ablation_varies_one_thing_of_the_agents_that_have_it() -> None:
    contest = small(
        "base", "plain", "random", "playbook",
        ablations={"rows": (5000,), "policy": ("sequential",), "model": ("smollm2-135m",)},
    )  # fmt: skip
    varied = [entry for entry in contest.entries if entry.factor]
    assert {e.agent for e in varied if e.factor == "rows"} == {"plain", "random", "playbook"}
    assert {e.agent for e in varied if e.factor == "policy"} == {"playbook"}
    assert {e.agent for e in varied if e.factor == "model"} == {
        "base", "plain", "random", "playbook",
    }  # fmt: skip
    assert all(e.rows == 300 for e in varied if e.factor != "rows")
    assert all(e.model == "tiny" for e in varied if e.factor != "model")


def test_folders_of_bouts_are_all_different_and_stay_inside() -> None:
    agents = ("chain", "chain:a/../b", "chain:a-..-b", "anthropic:x y", "anthropic:x-y")
    places = [bout.place for bout in small(*agents).bouts]
    assert len(set(places)) == len(places)
    assert all(len(Path(p).parts) == 4 and ".." not in Path(p).parts for p in places)


@pytest.mark.parametrize(
    ("change", "kind", "named"),
    [
        ({"agents": ("playbok",)}, UnknownNameError, "playbook"),
        ({"agents": ("plain:gpt",)}, FtassistError, "plain asks no language model"),
        ({"agents": ("chain:",)}, FtassistError, "names no model"),
        ({"agents": ()}, DataError, "no agent"),
        ({"agents": ("base", "base")}, DataError, "twice"),
        ({"tasks": ()}, DataError, "no task"),
        ({"seeds": 0}, DataError, "0 seeds"),
        ({"policy": "greedi"}, UnknownNameError, "greedy"),
        ({"ablations": {"policy": ("sequentiel",)}}, UnknownNameError, "sequential"),
        ({"ablations": {"rows": (0,)}}, BudgetError, "rows"),
        ({"ablations": {"rows": (300,)}}, DataError, "300"),
        ({"ablations": {"weather": (1,)}}, DataError, "weather"),
        ({"server": {"dialect": "chat"}}, DataError, "no server is named"),
        ({"silence": 0.0}, DataError, "silence"),
    ],
)
def test_what_cannot_be_played_is_refused_by_name(
    change: dict[str, Any], kind: type[FtassistError], named: str
) -> None:
    with pytest.raises(kind) as caught:
        replace(small("base"), **change)
    assert named in str(caught.value)


def test_a_contest_comes_back_from_its_file(tmp_path: Path) -> None:
    contest = small("base", "chain:m", items={"test": 40}, ablations={"rows": (500,)})
    keep(contest, tmp_path)
    assert kept(tmp_path) == contest


def test_a_contest_of_before_there_were_agents_outside_still_opens(tmp_path: Path) -> None:
    keep(small("base"), tmp_path)
    raw = read_json(tmp_path / "contest.json")
    del raw["server"], raw["silence"]
    write_json(tmp_path / "contest.json", raw)
    assert kept(tmp_path) == small("base")


def test_agents_seeds_and_ablations_may_be_added_to_a_contest(tmp_path: Path) -> None:
    keep(small("base", "plain", seeds=3), tmp_path)
    joined = keep(small("playbook", seeds=1, ablations={"rows": (500,)}), tmp_path)
    assert joined.agents == ("base", "plain", "playbook")
    assert joined.seeds == 3
    assert joined == kept(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"budget": Budget(trials=9)},
        {"model": "other"},
        {"items": {"test": 40}},
        {"policy": "sequential"},
        {"server": {"base_url": "http://localhost:1"}},
        {"silence": 5.0},
    ],
)
def test_what_makes_bouts_comparable_may_not_change(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    keep(small("base"), tmp_path)
    with pytest.raises(DataError, match="another"):
        keep(replace(small("base"), **change), tmp_path)
    assert kept(tmp_path) == small("base")


@pytest.mark.parametrize("field", ["agents", "budget", "ablations"])
def test_a_broken_contest_file_is_an_error_with_its_place(tmp_path: Path, field: str) -> None:
    keep(small("base"), tmp_path)
    raw = read_json(tmp_path / "contest.json")
    write_json(tmp_path / "contest.json", {**raw, field: 3})
    with pytest.raises(FtassistError) as caught:
        kept(tmp_path)
    assert "contest.json" in caught.value.where


def test_a_folder_without_a_contest_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FtassistError) as caught:
        kept(tmp_path)
    assert "ftassist dojo run" in caught.value.fix
    with pytest.raises(DataError):
        Contest.of({"schema": "ftassist/dojo-contest/99"})
