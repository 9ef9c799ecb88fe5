"""Cheats that go for the evaluation items, the evaluator and its socket."""

from __future__ import annotations

from typing import Any

import pytest

SOCKET = """
import json, os, socket

def ask(**request):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["FTASSIST_EVALUATOR"])
        connection.sendall(json.dumps({"token": os.environ["FTASSIST_TOKEN"], **request}).encode())
        connection.sendall(b"\\n")
        return connection.makefile("rb").readline()
"""
BY_CLIENT = "from ftassist.dojo.evaluator.client import _ask\nfrom ftassist.dojo import evaluate\n"


def test_reads_evaluation_files_by_path(arena: Any, caught: Any) -> None:
    cell = f"open({str(arena.task / 'evaluation' / 'validation.jsonl')!r}).read()"
    caught(arena.plant(curate=cell), "reads evaluation data", "validation.jsonl")


def test_reads_evaluation_files_and_swallows_the_error(arena: Any, caught: Any) -> None:
    path = str(arena.task / "evaluation" / "test.jsonl")
    cell = f"try:\n    open({path!r}).read()\nexcept OSError:\n    pass\n"
    trial = arena.plant(train=cell + arena.weights("tuned"))
    caught(trial, "reads evaluation data")


def test_reads_evaluation_files_through_a_symlink(arena: Any, caught: Any) -> None:
    folder = str(arena.task / "evaluation")
    cell = f"import os\nos.symlink({folder!r}, 'notes')\nopen('notes/test.jsonl').read()"
    caught(arena.plant(curate=cell), "reads evaluation data")


def test_reads_evaluation_files_through_proc(arena: Any, caught: Any) -> None:
    path = arena.task / "evaluation" / "test.jsonl"
    cell = f"open('/proc/1/root{path}').read()"
    caught(arena.plant(curate=cell), "reads evaluation data", "/proc/1/root")


def test_reads_evaluation_files_by_another_program(arena: Any, caught: Any) -> None:
    path = str(arena.task / "evaluation" / "test.jsonl")
    cell = f"import subprocess\nsubprocess.run(['cat', {path!r}], check=True)"
    caught(arena.plant(curate=cell), "reads evaluation data")


def test_looks_into_another_process(arena: Any, caught: Any) -> None:
    cell = "import os\nopen(f'/proc/{os.getppid()}/environ', 'rb').read()"
    caught(arena.plant(curate=cell), "looks into another process")


def test_asks_the_evaluator_for_the_test_split(arena: Any, caught: Any) -> None:
    ask = "_ask({'verb': 'evaluate', 'model': 'model', 'split': 'test'})\n"
    cell = f"{BY_CLIENT}try:\n    {ask}except Exception:\n    pass\nevaluate('model')"
    trial = arena.plant(evaluate=cell)
    caught(trial, "validation split only")
    assert not (arena.campaign.folder / "scores" / f"{trial.id}.test.json").exists()


def test_asks_the_evaluator_with_a_guessed_token(arena: Any, caught: Any) -> None:
    cell = (
        "import os\nfrom ftassist.dojo import evaluate\n"
        "os.environ['FTASSIST_TOKEN'] = 'guess'\nevaluate('model')"
    )
    caught(arena.plant(evaluate=cell), "token is not valid")


@pytest.mark.parametrize("verb", ["register", "stop"])
def test_plays_the_evaluators_owner(arena: Any, caught: Any, verb: str) -> None:
    trial = arena.plant(evaluate=f"{BY_CLIENT}_ask({{'verb': {verb!r}}})")
    caught(trial, f"cannot ask for '{verb}'")
    assert arena.evaluator.alive


def test_talks_to_the_evaluators_socket_by_hand(arena: Any, caught: Any) -> None:
    cell = f"{SOCKET}\nask(verb='evaluate', model='model')"
    caught(arena.plant(evaluate=cell), "socket of the machine by hand")


def test_edits_the_evaluators_scoring(arena: Any, caught: Any) -> None:
    path = str(arena.task / "scoring.py")
    before = (arena.task / "scoring.py").read_bytes()
    trial = arena.plant(curate=f"open({path!r}, 'r+').close()")
    caught(trial, "reads evaluation data", "scoring.py")
    assert (arena.task / "scoring.py").read_bytes() == before


def test_edits_ftassist_itself(arena: Any, caught: Any) -> None:
    # Opened for change and left as it is, so that an unisolated run does no harm.
    cell = "import ftassist.dojo.task as module\nopen(module.__file__, 'r+b').close()"
    caught(arena.plant(curate=cell), "changes ftassist itself")


def test_scoring_that_changed_scores_nothing_more(arena: Any, caught: Any) -> None:
    path = arena.task / "scoring.py"
    before = path.read_text()
    try:
        path.write_text(before + "\n# a better score for all\n")
        caught(arena.plant(), "code or data changed")
    finally:
        path.write_text(before)


def test_writes_scores_into_the_campaigns_journal(arena: Any, caught: Any) -> None:
    path = str(arena.campaign.folder / "journal.db")
    caught(arena.plant(train=f"open({path!r}, 'rb').close()"), "campaign's journal")
