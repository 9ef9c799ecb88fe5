"""The playground's process: started when asked, one question at a time, gone when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.dojo.evaluator.conftest import save_random_model, write_task

from ftassist.dojo.playground import process
from ftassist.dojo.playground.process import Playground
from ftassist.dojo.playground.question import AskedModel, Job, Question
from ftassist.errors import FtassistError, LockedError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Job:
    place = tmp_path_factory.mktemp("asked")
    task, base = write_task(place / "sums"), save_random_model(place / "base")
    question = Question("What is 1 plus 1?", max_new_tokens=200)
    return Job(
        str(base), "2026-11-28", "own", str(task), str(place), question, (AskedModel("t0000"),)
    )


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with Playground() as playground:
        yield playground


def test_it_answers_refuses_a_second_question_and_can_be_left_in_the_middle(
    playground: Playground, work: Job
) -> None:
    said = playground.ask(work)
    assert "1 plus 1" in next(said)["prompt"]
    with pytest.raises(LockedError, match="another question"):
        next(playground.ask(work))
    said.close()  # type: ignore[attr-defined]
    pid = playground.pid
    assert pid is not None
    again = list(playground.ask(work))
    assert again[-1]["phase"] == "done"
    assert playground.pid == pid
    assert not playground.busy


def test_it_holds_no_key_and_no_socket(
    work: Job, playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "planted")
    playground.stop()
    list(playground.ask(work))
    running = psutil.Process(playground.pid)
    assert "planted" not in " ".join(running.environ().values())
    assert running.net_connections() == []


def test_a_wrong_job_is_told_and_the_next_one_is_answered(
    playground: Playground, work: Job
) -> None:
    long = Question("word " * 500, max_new_tokens=2)
    asked = Job(**{**vars(work), "question": long})
    with pytest.raises(FtassistError, match="room for"):
        list(playground.ask(asked))
    assert list(playground.ask(work))[-1]["phase"] == "done"


def test_cancelling_ends_the_answer_and_not_the_process(
    playground: Playground, work: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = playground.ask(work)
    next(said)
    threading.Thread(target=playground.cancel).start()
    rest = list(said)
    assert rest == [] or rest[-1].get("ended", "cancelled") in ("cancelled", "end", "limit")
    assert playground.pid is not None


def test_who_asks_just_after_a_cancelled_question_is_answered(
    playground: Playground, work: Job
) -> None:
    said = playground.ask(work)
    next(said)
    playground.cancel()
    assert not playground.busy
    left = threading.Thread(target=lambda: list(said))
    asked_next: list[dict[str, Any]] = []
    next_one = threading.Thread(target=lambda: asked_next.extend(playground.ask(work)))
    next_one.start()
    left.start()
    left.join(60)
    next_one.join(60)
    assert asked_next[-1]["phase"] == "done"
    assert asked_next[-1].get("ended") != "cancelled"


def test_memory_over_the_bound_ends_it_with_the_reason(
    work: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "OWN_MB", 50.0)
    monkeypatch.setattr(process, "SHARE", 0.0)
    with Playground() as small, pytest.raises(FtassistError, match="MiB are allowed"):
        list(small.ask(work))


def test_it_ends_with_whoever_started_it(work: Job, tmp_path: Path) -> None:
    playground = Playground()
    list(playground.ask(work))
    running = playground._process
    assert running is not None
    assert running.stdin is not None
    running.stdin.close()
    deadline = time.monotonic() + 10
    while running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running.poll() == 0
    playground.stop()
