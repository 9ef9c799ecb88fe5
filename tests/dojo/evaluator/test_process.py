from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.dojo.evaluator import client
from ftassist.dojo.evaluator.process import EvaluatorProcess, scrubbed
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.rewards import judge
from ftassist.dojo.task_loader import load_task
from ftassist.journal.store import Journal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaign")
    (folder / "trials" / "t0001").mkdir(parents=True)
    Journal(folder / "journal.db", create=True)
    return folder


@pytest.fixture(scope="module")
def evaluator(
    campaign: Path, task_folder: Path, base_folder: Path, save: Any
) -> Iterator[EvaluatorProcess]:
    with EvaluatorProcess(
        journal=campaign / "journal.db", log=campaign / "evaluator.log"
    ) as process:
        for trial in ("t0000", "t0001"):
            process.register(
                trial,
                campaign / "trials" / trial,
                scores=campaign / "scores",
                task=str(task_folder),
                base=str(base_folder),
            )
        save.fine_tuned(base_folder, campaign / "trials" / "t0001" / "model")
        yield process


@pytest.fixture
def in_trial(evaluator: EvaluatorProcess, campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the trial's kernel: its folder, its environment."""
    monkeypatch.chdir(campaign / "trials" / "t0001")
    for name, value in evaluator.environment("t0001").items():
        monkeypatch.setenv(name, value)


def scored(campaign: Path) -> list[tuple[str | None, float]]:
    rows = Journal(campaign / "journal.db").read()
    return [
        (event.trial, event.payload["feedback"]["score"])
        for event in rows
        if event.kind == "trial.scored"
    ]


def test_the_base_a_trial_and_the_sealed_split_are_scored_by_the_process(
    evaluator: EvaluatorProcess, campaign: Path, in_trial: None
) -> None:
    base = evaluator.evaluate("t0000", "validation")
    trial = client.evaluate("model")
    sealed = evaluator.evaluate("t0001", "test", model="model")
    assert base.evaluator_digest == trial.evaluator_digest == sealed.evaluator_digest
    assert base.model_digest != trial.model_digest == sealed.model_digest
    assert scored(campaign) == [("t0000", base.score), ("t0001", trial.score)]
    assert sorted(path.name for path in (campaign / "scores").iterdir()) == [
        "t0000.validation.json",
        "t0001.test.json",
        "t0001.validation.json",
    ]


def test_leaks_come_back_without_a_word_of_the_items(
    evaluator: EvaluatorProcess, in_trial: None
) -> None:
    rows = ["clean", "And so: WHAT is 100 plus 3 ?"]
    (leak,) = client.find_leaks(rows)
    assert (leak.row, leak.kind, rows[1][slice(*leak.span)]) == (1, "exact", "WHAT is 100 plus 3")
    raw = json.dumps(client._ask({"verb": "leaks", "rows": rows}))
    assert "103" not in raw
    assert "validation-" not in raw


def test_answers_are_judged_by_the_tasks_own_scoring(
    evaluator: EvaluatorProcess, in_trial: None, task_folder: Path
) -> None:
    row = {"id": "mine/1", "prompt": "What is 1 plus 1?", "answer": "2"}
    pairs = [(row, text) for text in ("Answer: 2", "Answer: 3", "")]
    asked = client.judge_answers(pairs, task="another")
    assert asked == judge(load_task(str(task_folder)), pairs)
    assert asked == [1.0, 0.0, 0.0]


def test_a_row_the_scoring_cannot_judge_is_named(
    evaluator: EvaluatorProcess, in_trial: None
) -> None:
    with pytest.raises(RefusedError, match="cannot judge this row") as caught:
        client.judge_answers([({"id": "mine/9"}, "Answer: 2")], task="another")
    assert (caught.value.kind, caught.value.where) == ("DATA", "mine/9")


def test_a_killed_evaluator_is_noticed_and_the_next_one_knows_the_trials(
    evaluator: EvaluatorProcess, campaign: Path, in_trial: None
) -> None:
    first = client.evaluate("model")
    pid = evaluator.pid
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    with pytest.raises(RefusedError, match="the evaluator") as caught:
        for _ in range(2):
            evaluator.evaluate("t0000", "validation")
    assert caught.value.kind == "KILLED"
    assert not evaluator.alive
    with pytest.raises(RefusedError, match="cannot be reached"):
        client.evaluate("model")
    evaluator.restart()
    assert evaluator.alive
    assert client.evaluate("model") == first
    assert len(scored(campaign)) == len(set(scored(campaign)))


def test_the_process_ends_when_its_owner_does(tmp_path: Path) -> None:
    script = (
        "import os, pathlib\n"
        "from ftassist.dojo.evaluator.process import EvaluatorProcess\n"
        "process = EvaluatorProcess()\n"
        "process.start()\n"
        "print(process.pid, flush=True)\n"
        "os._exit(1)\n"
    )
    environment = scrubbed(os.environ)
    owner = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    pid = int(owner.stdout)
    descriptor = _watch(pid)
    if descriptor is not None:
        import select

        assert select.select([descriptor], [], [], 30)[0], "the evaluator outlived its owner"
        os.close(descriptor)


def _watch(pid: int) -> int | None:
    """A descriptor that becomes readable when a process ends; None if it has ended."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def test_a_notebook_outside_a_campaign_gets_the_same_scores(
    evaluator: EvaluatorProcess,
    campaign: Path,
    task_folder: Path,
    base_folder: Path,
    in_trial: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = client.evaluate("model")
    monkeypatch.delenv("FTASSIST_EVALUATOR")
    outside = client.evaluate("model", task=str(task_folder), base=str(base_folder))
    assert (outside.score, outside.model_digest) == (inside.score, inside.model_digest)
    assert [wrong.output for wrong in outside.wrong] == [wrong.output for wrong in inside.wrong]
    client._local(str(task_folder), str(base_folder), Path.cwd()).stop()


def test_an_evaluator_that_cannot_start_says_why(tmp_path: Path) -> None:
    evaluator = EvaluatorProcess(journal=tmp_path / "nowhere.db")
    with pytest.raises(RefusedError, match="there is no journal here"):
        evaluator.start()
    evaluator.stop()


def test_the_general_panel_is_scored_beside_the_task_and_records_nothing(
    evaluator: EvaluatorProcess, campaign: Path
) -> None:
    before = scored(campaign)
    base = evaluator.panel("t0000")
    tuned = evaluator.panel("t0001", model="model")
    assert base.n == tuned.n == 144
    assert set(base.views) == {
        "instructions", "arithmetic", "knowledge", "copying", "honesty", "languages",
    }  # fmt: skip
    assert base.model_digest != tuned.model_digest
    assert (campaign / "scores" / "t0001.general.json").is_file()
    in_parts = evaluator.panel("t0000", seconds=600.0)
    assert (in_parts.n, in_parts.views) == (base.n, base.views), "asked in parts, joined again"
    assert scored(campaign) == before
