"""A look by a program of the agent's own: rows in, printed text out, refused where it must be."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.eyes import Sight, programs
from ftassist.agent.trial_view import Quoted
from ftassist.isolation.support import Probe, probe

from .test_sight import sight  # noqa: F401

COUNT = """
import collections, json

rows = [json.loads(line) for line in open("notes.jsonl")]
print(len(rows), dict(collections.Counter(row["fields"]["kind"] for row in rows)))
print(rows[4]["row"], rows[4]["prompt"], rows[4]["response"], len(rows[4]["messages"]))
"""
walled = pytest.mark.skipif(not probe().works, reason=f"no bubblewrap: {probe().found}")


def ran(sight: Sight, program: str, *sets: str) -> Any:  # noqa: F811
    return sight.look("run_program", {"program": program, "sets": list(sets)})


@walled
def test_a_program_reads_all_rows_of_the_sets_it_names(sight: Sight) -> None:  # noqa: F811
    look = ran(sight, COUNT, "notes")
    assert isinstance(look.value["printed"], Quoted)
    first, second = look.value["printed"].quoted.splitlines()
    assert first == "30 {'even': 15, 'odd': 15}"
    assert second == "5 4 boats with 1 oars? 1 2"
    assert look.value["rows"] == {"notes": 30}
    assert look.trail == "ran a program of 5 lines over notes" and not look.failed


@walled
def test_a_program_that_fails_says_where(sight: Sight) -> None:  # noqa: F811
    look = ran(sight, "x = 1\nraise ValueError('no such kind')")
    assert look.failed and "which did not come to its end" in look.trail
    assert "line 2" in look.value["errors"].quoted
    assert "no such kind" in look.value["errors"].quoted


@walled
def test_what_it_prints_is_kept_short_and_the_rest_is_counted(sight: Sight) -> None:  # noqa: F811
    look = ran(sight, "print('x' * 50_000)")
    assert len(look.value["printed"].quoted) == programs.PRINTED
    assert look.value["characters_left_out"] == 50_001 - programs.PRINTED


@walled
def test_a_program_that_takes_too_long_is_ended(
    sight: Sight,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, ticks = programs.run_behind_walls, [0.0]
    monkeypatch.setattr(programs, "run_behind_walls", lambda *a, **k: run(*a, seconds=2.5, **k))
    begun = time.monotonic()
    look = ran(replace(sight, tick=lambda: ticks.append(time.monotonic())), "while True: pass")
    assert time.monotonic() - begun < 20
    assert look.failed and look.value["ended"] == "it took longer than its limit of 2.5 s"
    assert len(ticks) >= 3, "whoever waits is seen to be alive"


@pytest.mark.parametrize(
    ("program", "sets", "told"),
    [
        ("print(", [], "no Python"),
        ("x = '\0'", [], "no Python"),
        ("# " + "x" * 9_000, [], "program"),
        ("print(1)", ["nothing"], "no data set 'nothing'"),
        ("print(1)", ["../evaluation"], "no data set"),
        ("print(1)", "notes", "sets"),
        ("print(1)", ["notes"] * 20, "sets"),
    ],
)
def test_a_wrong_question_is_answered_and_nothing_runs(
    sight: Sight,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    sets: Any,
    told: str,
) -> None:
    monkeypatch.setattr(programs, "run_isolated", lambda *_, **__: pytest.fail("it ran"))
    look = sight.look("run_program", {"program": program, "sets": sets})
    assert look.failed and told in look.value["error"]


def test_without_walls_no_program_is_run_and_the_agent_is_told(
    sight: Sight,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(programs, "probe", lambda: Probe("none", "bwrap is not installed", "get"))
    monkeypatch.setattr(programs, "run_isolated", lambda *_, **__: pytest.fail("it ran"))
    look = ran(sight, COUNT, "notes")
    assert look.failed
    assert "nothing isolates programs here (bwrap is not installed)" in look.value["error"]
