from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from ftassist.dojo.evaluator import trial_requests
from ftassist.dojo.evaluator.elsewhere import Elsewhere
from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.protocol import MAX_BYTES, RefusedError, encode, read_message
from ftassist.dojo.evaluator.registry import Registration
from ftassist.dojo.evaluator.rewards import Pair
from ftassist.dojo.evaluator.server import MAX_CONNECTIONS, Server
from ftassist.dojo.evaluator.trial_requests import MAX_LEAK_CALLS, MAX_REFUSALS, MAX_REQUESTS
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.leakage import Leak
from ftassist.dojo.task import Split
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.metric import Metric

Message = dict[str, Any]


@dataclass
class FakeWork:
    """Work that scores any folder at once and remembers what it was asked for."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[tuple[str | None, str]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    busy: int = 0
    error: Exception | None = None

    def note_task(self, name: str) -> object:
        return name

    def panel(
        self, registration: Registration, folder: Path | None, seconds: float | None = None
    ) -> Feedback:
        return replace(self.evaluate(registration, "validation", folder), task="general_panel")

    def evaluate(self, registration: Registration, split: Split, folder: Path | None) -> Feedback:
        assert self.busy == 0, "one evaluation at a time"
        self.busy += 1
        self.gate.wait(10)
        self.busy -= 1
        if self.error is not None:
            raise self.error
        digest = model_digest(folder) if folder else "base"
        if digest in registration.scored:
            return registration.scored[digest]
        self.asked.append((registration.trial, split))
        return Feedback(
            task="sums",
            split=split,
            n=1,
            metric=Metric("accuracy"),
            score=1.0,
            low=0.2,
            high=1.0,
            views={},
            parse_rate=1.0,
            truncation_rate=0.0,
            wrong=(),
            seconds=0.1,
            generated_tokens=3,
            model_digest=digest,
            evaluator_digest="e",
        )

    def leaks(self, task: str, rows: list[str]) -> list[Leak]:
        return [Leak(n, "exact", 1.0, (0, 4)) for n, row in enumerate(rows) if "leak" in row]

    def baselines(
        self, registration: Registration, rows: int, seed: int, split: Split = "validation"
    ) -> list[ScoredBaseline]:
        return []

    def questions(self, registration: Registration) -> Message | None:
        return {"questions": [registration.trial]}

    def evaluate_answers(
        self, registration: Registration, folder: Path, elsewhere: Elsewhere
    ) -> Feedback:
        return self.evaluate(registration, "validation", folder)

    def judge(self, task: str, pairs: list[Pair]) -> list[float]:
        return [float(row["answer"] in answer) for row, answer in pairs]

    def refused(self, trial: str | None, error: RefusedError) -> None:
        self.refusals.append((trial, error.what))


@dataclass
class Running:
    """A server in a thread, and the owner's end of its control channel."""

    work: FakeWork
    path: Path
    trials: Path
    out: BinaryIO
    answers: BinaryIO
    owner_lost: threading.Event

    def control(self, **message: Any) -> Message:
        self.out.write(encode({"id": 1, **message}))
        self.out.flush()
        answer = read_message(self.answers)
        assert answer is not None
        return answer

    def register(self, trial: str = "t0001", **more: Any) -> str:
        folder = self.trials / trial
        (folder / "model").mkdir(parents=True, exist_ok=True)
        (folder / "model" / "model.safetensors").write_text(f"weights of {trial}")
        scores = str(self.trials.parent / "scores")
        answer = self.control(
            verb="register", trial=trial, folder=str(folder), scores=scores, task="sums",
            base="tiny", **more,
        )  # fmt: skip
        return str(answer["token"])

    def ask(self, message: Message) -> Message:
        return self.send(encode(message))

    def send(self, raw: bytes) -> Message:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.path))
            connection.sendall(raw)
            with connection.makefile("rb") as stream:
                answer = read_message(stream)
        assert answer is not None
        return answer


@pytest.fixture
def running(closed: Running) -> Running:
    """A server that serves trials."""
    assert closed.control(verb="open")["ok"]
    return closed


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Running]:
    """A server whose owner has not let trials in yet."""
    with tempfile.TemporaryDirectory(prefix="ft") as short:
        work, lost = FakeWork(), threading.Event()
        work.gate.set()
        requests_in, requests_out = os.pipe()
        answers_in, answers_out = os.pipe()
        path = Path(short) / "s"
        server = Server(
            path, work, os.fdopen(requests_in, "rb"), os.fdopen(answers_out, "wb"), lost.set
        )
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        out, answers = os.fdopen(requests_out, "wb"), os.fdopen(answers_in, "rb")
        assert "ready" in (read_message(answers) or {})
        yield Running(work, path, tmp_path / "trials", out, answers, lost)
        if not out.closed:
            out.write(encode({"verb": "stop"}))
            out.flush()
            thread.join(10)
            assert not thread.is_alive()


def error_of(answer: Message) -> tuple[str, str]:
    assert answer["ok"] is False
    return answer["error"]["kind"], answer["error"]["what"]


def test_a_trial_gets_its_validation_score(running: Running) -> None:
    token = running.register()
    answer = running.ask({"verb": "evaluate", "token": token, "model": "model"})
    assert Feedback.of(answer["feedback"]).score == 1.0
    assert running.work.asked == [("t0001", "validation")]


def test_a_trial_that_asks_a_server_started_again_waits_until_its_token_is_known(
    closed: Running,
) -> None:
    token = "of-before"
    answers: list[Message] = []
    request = {"verb": "evaluate", "token": token, "model": "model"}
    trial = threading.Thread(target=lambda: answers.append(closed.ask(request)))
    trial.start()
    trial.join(0.3)
    assert trial.is_alive()
    assert closed.register(token=token) == token
    assert closed.control(verb="open")["ok"]
    trial.join(10)
    assert [answer["ok"] for answer in answers] == [True]
    assert closed.work.refusals == []


@pytest.mark.parametrize("verb", ["evaluate", "leaks", "judge", "register", "stop"])
def test_a_wrong_token_is_refused_and_recorded(running: Running, verb: str) -> None:
    running.register()
    answer = running.ask({"verb": verb, "token": "guess", "model": "model"})
    assert error_of(answer) == ("INVALID", "the token is not valid")
    assert running.work.refusals == [(None, "the token is not valid")]


def test_the_test_split_cannot_be_asked_for_by_a_trial(running: Running) -> None:
    token = running.register()
    answer = running.ask({"verb": "evaluate", "token": token, "model": "model", "split": "test"})
    assert error_of(answer)[0] == "INVALID"
    assert running.work.asked == []
    assert running.work.refusals[0][0] == "t0001"


@pytest.mark.parametrize("verb", ["register", "stop", "ping", "__init__"])
def test_the_owners_verbs_do_not_exist_for_a_trial(running: Running, verb: str) -> None:
    token = running.register()
    assert error_of(running.ask({"verb": verb, "token": token}))[0] == "INVALID"


def test_a_model_outside_the_trial_is_refused(running: Running) -> None:
    token = running.register()
    running.register("t0002")
    answer = running.ask({"verb": "evaluate", "token": token, "model": "../t0002/model"})
    assert error_of(answer) == (
        "INVALID",
        "the path '../t0002/model' leads out of the trial's folder",
    )


def test_an_oversized_message_is_refused_and_recorded(running: Running) -> None:
    answer = running.send(b"x" * (MAX_BYTES + 1000) + b"\n")
    assert error_of(answer)[0] == "DATA"
    assert "more than" in running.work.refusals[0][1]


def test_what_is_no_message_is_answered_and_the_next_trial_served(running: Running) -> None:
    assert error_of(running.send(b"GET / HTTP/1.1\n"))[0] == "DATA"
    token = running.register()
    assert running.ask({"verb": "leaks", "token": token, "rows": []})["ok"]


def test_asking_again_gives_the_first_feedback_without_scoring_again(running: Running) -> None:
    token = running.register()
    request = {"verb": "evaluate", "token": token, "model": "model"}
    assert running.ask(request) == running.ask(request)
    assert len(running.work.asked) == 1


def test_a_second_model_of_a_trial_is_refused_and_recorded(running: Running) -> None:
    token = running.register()
    running.ask({"verb": "evaluate", "token": token, "model": "model"})
    (running.trials / "t0001" / "model" / "model.safetensors").write_text("other weights")
    answer = running.ask({"verb": "evaluate", "token": token, "model": "model"})
    assert error_of(answer)[0] == "BUDGET"
    assert len(running.work.asked) == len(running.work.refusals) == 1


def test_the_owner_may_allow_a_trial_a_second_model(running: Running) -> None:
    token = running.register(limit=2)
    for weights in ("one", "two"):
        (running.trials / "t0001" / "model" / "model.safetensors").write_text(weights)
        assert running.ask({"verb": "evaluate", "token": token, "model": "model"})["ok"]
    assert len(running.work.asked) == 2


def test_two_trials_at_once_are_scored_one_after_the_other(running: Running) -> None:
    tokens = [running.register(trial) for trial in ("t0001", "t0002")]
    running.work.gate.clear()
    answers: list[Message] = []

    def ask(token: str) -> None:
        answers.append(running.ask({"verb": "evaluate", "token": token, "model": "model"}))

    threads = [threading.Thread(target=ask, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    running.work.gate.set()
    for thread in threads:
        thread.join(10)
    assert [answer["ok"] for answer in answers] == [True, True]
    assert sorted(running.work.asked) == [("t0001", "validation"), ("t0002", "validation")]


def test_leaks_tell_about_rows_only(running: Running) -> None:
    token = running.register()
    answer = running.ask({"verb": "leaks", "token": token, "rows": ["clean", "a leak"]})
    assert answer["leaks"] == [{"row": 1, "kind": "exact", "share": 1.0, "span": [0, 4]}]


def test_answers_to_a_trials_own_rows_are_judged(running: Running) -> None:
    token = running.register()
    pairs = [[{"answer": "7"}, "it is 7"], [{"answer": "7"}, "it is 8"]]
    answer = running.ask({"verb": "judge", "token": token, "pairs": pairs})
    assert answer["rewards"] == [1.0, 0.0]


@pytest.mark.parametrize("pairs", [None, [["row", "text"]], [[{}, 7]], [[{}]]])
def test_only_pairs_of_a_row_and_a_text_are_judged(running: Running, pairs: object) -> None:
    token = running.register()
    answer = running.ask({"verb": "judge", "token": token, "pairs": pairs})
    assert error_of(answer)[0] == "DATA"


def test_a_training_may_ask_at_each_step_but_not_for_ever(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_requests, "MAX_JUDGE_CALLS", MAX_REQUESTS + 5)
    token = running.register()
    request = {"verb": "judge", "token": token, "pairs": []}
    assert all(running.ask(request)["ok"] for _ in range(MAX_REQUESTS + 5))
    assert error_of(running.ask(request))[0] == "BUDGET"
    assert running.ask({"verb": "leaks", "token": token, "rows": []})["ok"]


def test_the_evaluator_reads_no_rows_from_files(running: Running) -> None:
    token = running.register()
    answer = running.ask({"verb": "leaks", "token": token, "file": "../../etc/passwd"})
    assert error_of(answer)[0] == "DATA"


def test_requests_are_counted_and_not_every_refusal_is_recorded(running: Running) -> None:
    token = running.register()
    request = {"verb": "evaluate", "token": token, "model": "model"}
    assert all(running.ask(request)["ok"] for _ in range(MAX_REQUESTS))
    answers = [running.ask(request) for _ in range(MAX_REFUSALS + 3)]
    assert {error_of(answer)[0] for answer in answers} == {"BUDGET"}
    assert len(running.work.refusals) == MAX_REFUSALS


def test_nothing_of_a_trial_that_is_over_may_ask(running: Running) -> None:
    token = running.register()
    request = {"verb": "evaluate", "token": token, "model": "model"}
    assert running.ask(request)["ok"]
    assert running.control(verb="close", trial="t0001")["ok"]
    assert error_of(running.ask(request)) == (
        "INVALID",
        "t0001 is over; something of it still asks",
    )
    assert running.control(verb="evaluate", trial="t0001", split="test", model="model")["ok"]


def test_more_connections_than_are_served_at_once_wait_for_their_turn(running: Running) -> None:
    token = running.register()
    idle = [socket.socket(socket.AF_UNIX) for _ in range(MAX_CONNECTIONS)]
    for connection in idle:
        connection.connect(str(running.path))
    answers: list[Message] = []
    request = {"verb": "leaks", "token": token, "rows": []}
    thread = threading.Thread(target=lambda: answers.append(running.ask(request)))
    thread.start()
    thread.join(0.3)
    assert not answers
    idle[0].close()
    thread.join(10)
    for connection in idle:
        connection.close()
    assert answers[0]["ok"]


def test_leak_checks_are_counted_so_that_items_cannot_be_probed(running: Running) -> None:
    token = running.register()
    request = {"verb": "leaks", "token": token, "rows": ["guess"]}
    assert all(running.ask(request)["ok"] for _ in range(MAX_LEAK_CALLS))
    assert error_of(running.ask(request))[0] == "BUDGET"


BUGS: list[tuple[Exception, str]] = [
    (KeyError("bug"), "ENV"),
    (MemoryError(), "OOM"),
    (RuntimeError("CUDA out of memory"), "OOM"),
]


@pytest.mark.parametrize(("error", "kind"), BUGS)
def test_a_failure_is_answered_with_its_class_and_the_server_goes_on(
    running: Running, error: Exception, kind: str
) -> None:
    token = running.register()
    running.work.error = error
    request = {"verb": "evaluate", "token": token, "model": "model"}
    assert error_of(running.ask(request))[0] == kind
    running.work.error = None
    assert running.ask(request)["ok"]


def test_the_owner_opens_the_test_split_and_scores_the_base(running: Running) -> None:
    running.register("t0000")
    assert running.control(verb="evaluate", trial="t0000", split="validation")["ok"]
    answer = running.control(verb="evaluate", trial="t0000", split="test", model="model")
    assert answer["feedback"]["split"] == "test"
    assert running.work.asked == [("t0000", "validation"), ("t0000", "test")]


UNFIT: list[tuple[Message, str]] = [
    ({"verb": "evaluate", "trial": "t0009", "split": "test"}, "not registered"),
    ({"verb": "evaluate", "trial": "t0001", "split": "train"}, "no split 'train'"),
    ({"verb": "evaluate", "trial": "t0001"}, "needs a text field 'split'"),
    ({"verb": "dance"}, "no verb 'dance'"),
]


@pytest.mark.parametrize(("message", "said"), UNFIT)
def test_an_unfit_request_of_the_owner_is_answered(
    running: Running, message: Message, said: str
) -> None:
    running.register()
    assert said in error_of(running.control(**message))[1]


def test_the_server_ends_with_its_owner(running: Running) -> None:
    running.out.close()
    assert running.owner_lost.wait(10)


def test_the_socket_is_for_this_user_only(running: Running) -> None:
    assert running.path.stat().st_mode & 0o077 == 0


def test_a_path_that_is_no_text_is_refused(running: Running) -> None:
    token = running.register()
    answer = running.ask({"verb": "evaluate", "token": token, "model": ["model"]})
    assert "needs a text field 'model'" in error_of(answer)[1]
