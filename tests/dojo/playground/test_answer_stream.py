"""Answers by hand are those of a scoring, one model after the other, within their bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.dojo.evaluator.conftest import save_fine_tuned, save_random_model, write_task

from ftassist.dojo.evaluator import models
from ftassist.dojo.evaluator.harness import GreedyModel
from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.scoring import score
from ftassist.dojo.playground import answer_stream
from ftassist.dojo.playground.answer_stream import Answerer
from ftassist.dojo.playground.question import AskedModel, Job, Question
from ftassist.dojo.task_loader import load_task
from ftassist.errors import FtassistError

ROOM = 1e9
ITEM = "What is please please 114 plus 5?"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base, a trial fine-tuned from it, and the task of sums."""
    place = tmp_path_factory.mktemp("asked")
    save_random_model(place / "base")
    save_fine_tuned(place / "base", place / "t0001" / "model")
    write_task(place / "sums")
    return place


def job(place: Path, question: Question, *asked: AskedModel) -> Job:
    own = (AskedModel("t0000"), trial(place))
    where = {"base": str(place / "base"), "place": str(place / "copies")}
    task = str(place / "sums")
    return Job(**where, day="2026-11-28", system_turn="own", task=task, question=question,
               models=asked or own)  # fmt: skip


def trial(place: Path) -> AskedModel:
    folder = place / "t0001"
    return AskedModel("t0001", str(folder), "model", model_digest(folder / "model"))


def told(work: Job, memory: float = ROOM, cancelled: Any = lambda: False) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    Answerer(memory, cancelled).answer(work, said.append)
    return said


def answers(said: list[dict[str, Any]]) -> dict[str, str]:
    return {one["model"]: one["text"] for one in said if one.get("phase") == "done"}


def test_a_greedy_answer_is_the_one_that_was_scored(place: Path, tmp_path: Path) -> None:
    task = load_task(str(place / "sums"))
    base = models.load_base(str(place / "base"))
    scored = {}
    for name, folder in (("t0000", None), ("t0001", place / "t0001" / "model")):
        loaded = models.load_model(base, folder)
        harness = GreedyModel(loaded.model, base.tokenizer, base.end_ids, chats=base.chats)
        file = tmp_path / f"{name}.json"
        score(harness, task, "validation", model_digest=loaded.digest, scores_file=file)
        items = json.loads(file.read_text())["items"]
        scored[name] = next(i["output"] for i in items if i["id"] == "validation-2")
    assert ITEM in {item["prompt"] for item in task.items("validation")}
    by_hand = answers(told(job(place, Question(ITEM, max_new_tokens=12))))
    assert by_hand == scored
    assert by_hand["t0000"] != by_hand["t0001"]


def test_the_prompt_is_shown_as_the_template_writes_it(place: Path) -> None:
    said = told(job(place, Question("One?", system="Be brief.", max_new_tokens=2)))
    assert said[0]["prompt"] == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nOne?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert said[0]["tokens"] > 10


def test_an_answer_is_told_as_it_grows(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_stream, "_TELL_SECONDS", 0.0)
    said = told(job(place, Question(ITEM, max_new_tokens=8), AskedModel("t0000")))
    phases = [one.get("phase") for one in said[1:]]
    assert phases[:2] == ["loading", "answering"]
    assert phases[-1] == "done"
    grown = [one["text"] for one in said if one.get("phase") == "answering" and "text" in one]
    assert len(grown) >= 4
    assert sorted(grown, key=len) == grown
    assert said[-1]["ended"] == "limit"
    assert said[-1]["tokens"] == 8


def test_a_seed_says_what_is_sampled(place: Path) -> None:
    def sampled(seed: int) -> str:
        asked = Question(ITEM, max_new_tokens=12, temperature=1.5, seed=seed)
        return answers(told(job(place, asked, AskedModel("t0000"))))["t0000"]

    assert sampled(3) == sampled(3)
    assert len({sampled(seed) for seed in range(5)}) > 1


def test_a_share_of_next_to_nothing_samples_the_most_likely_tokens(place: Path) -> None:
    narrow = Question(ITEM, max_new_tokens=12, temperature=1.0, top_p=1e-9, seed=1)
    greedy = Question(ITEM, max_new_tokens=12)
    assert answers(told(job(place, narrow))) == answers(told(job(place, greedy)))


def test_a_model_that_was_changed_since_its_scoring_is_refused_and_the_base_answers(
    place: Path,
) -> None:
    other = AskedModel("t0001", str(place / "t0001"), "model", "0" * 24)
    said = told(job(place, Question(ITEM, max_new_tokens=2), AskedModel("t0000"), other))
    assert set(answers(said)) == {"t0000"}
    assert "not the one that was scored" in said[-1]["error"]["what"]
    assert not any((place / "copies").iterdir())


def test_a_prompt_longer_than_the_context_is_refused_with_both_lengths(place: Path) -> None:
    with pytest.raises(FtassistError, match="room for 244") as caught:
        told(job(place, Question("word " * 300, max_new_tokens=12)))
    assert caught.value.where == "prompt"


def test_what_is_cancelled_ends_within_a_token(place: Path) -> None:
    looks = iter([False, True, True])
    said = told(job(place, Question(ITEM, max_new_tokens=12)), cancelled=lambda: next(looks, True))
    assert said[-1]["ended"] == "cancelled"
    assert said[-1]["tokens"] == 1
    assert {one["model"] for one in said[1:]} == {"t0000"}


def test_a_model_larger_than_its_room_is_not_loaded(place: Path) -> None:
    said = told(job(place, Question(ITEM, max_new_tokens=2), AskedModel("t0000")), memory=1000.0)
    assert "the playground may take 0.0 GB" in said[-1]["error"]["what"]


def test_with_room_for_one_model_the_last_asked_stays(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []
    load = answer_stream.load

    def counted(base: models.Base, asked: AskedModel, copies: Path) -> Any:
        loads.append(asked.trial)
        return load(base, asked, copies)

    monkeypatch.setattr(answer_stream, "load", counted)
    work = job(place, Question(ITEM, max_new_tokens=1))
    small, large = Answerer(200_000.0, lambda: False), Answerer(ROOM, lambda: False)
    for answerer in (small, large):
        for _ in range(2):
            answerer.answer(work, lambda _: None)
    assert loads == ["t0000", "t0001", "t0000", "t0001", "t0000", "t0001"]


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "x" * 20_001}, "prompt"),
        ({"prompt": "x", "system": "x" * 20_001}, "system"),
        ({"prompt": "x", "max_new_tokens": 1025}, "max_new_tokens"),
        ({"prompt": "x", "temperature": float("nan")}, "temperature"),
        ({"prompt": "x", "top_p": 0.0}, "top_p"),
        ({"prompt": "x", "seed": -1}, "seed"),
    ],
)
def test_a_question_out_of_bounds_names_its_field(asked: dict[str, Any], where: str) -> None:
    with pytest.raises(FtassistError) as caught:
        Question(**asked)
    assert caught.value.where == where
