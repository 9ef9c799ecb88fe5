"""Whom the playground asks: a scored trial, its parent and the base, and nothing is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands, playground
from ftassist.dojo.playground.process import Playground
from ftassist.dojo.playground.question import Job, Question
from ftassist.errors import FtassistError
from ftassist.journal import Kind

QUESTION = Question("What is 1 + 1?")


class Listening(Playground):
    """Answers nothing and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[tuple[Job, bool]] = []

    def ask(self, job: Job, *, gpu: bool = True) -> Iterator[dict[str, Any]]:
        """Keeps the job."""
        self.jobs.append((job, gpu))
        yield {"prompt": "asked", "tokens": 1}


@pytest.fixture
def with_models(demo: Campaign) -> Campaign:
    """The demo, with a model folder in a trial and its parent."""
    for trial in ("t0002", "t0004"):
        (demo.trial_folder(trial) / "model").mkdir(parents=True)
    return demo


def test_the_base_the_parent_and_the_trial_are_asked_the_same(with_models: Campaign) -> None:
    listening = Listening()
    told = list(playground.ask(with_models, "t0004", QUESTION, listening))
    parent = with_models.trial("t0004").parent
    assert told[0] == {"models": ["t0000", parent, "t0004"]}
    job, _ = listening.jobs[0]
    assert [one.trial for one in job.models] == ["t0000", parent, "t0004"]
    assert job.models[0].folder == ""
    assert job.models[2].folder == str(with_models.trial_folder("t0004"))
    assert job.question.max_new_tokens == with_models.card.max_new_tokens


def test_a_model_that_was_removed_is_told_of_and_the_others_answer(with_models: Campaign) -> None:
    with_models.say(Kind.MODELS_REMOVED, {"trials": {"t0004": 10}, "bytes": 10})
    with_models.refresh()
    listening = Listening()
    told = list(playground.ask(with_models, "t0004", QUESTION, listening))
    assert (told[1]["model"], told[1]["phase"]) == ("t0004", "failed")
    assert "removed to free space" in told[1]["error"]["what"]
    assert "t0004" not in [one.trial for one in listening.jobs[0][0].models]
    assert told[-1]["prompt"] == "asked"


def test_a_trial_that_runs_keeps_the_gpu_for_itself(with_models: Campaign) -> None:
    listening = Listening()
    list(playground.ask(with_models, "t0004", QUESTION, listening))
    assert any(t.status == "running" for t in with_models.state.trials.values())
    assert listening.jobs[0][1] is False


def test_a_trial_without_a_score_is_not_asked(demo: Campaign) -> None:
    with pytest.raises(FtassistError, match="only scored trials can be asked"):
        list(playground.ask(demo, "t0012", QUESTION, Listening()))


def test_asking_writes_nothing_and_a_noted_prompt_stays_with_its_trial(
    with_models: Campaign,
) -> None:
    before = with_models.refresh().seq
    list(playground.ask(with_models, "t0004", QUESTION, Listening()))
    assert with_models.refresh().seq == before
    commands.note(
        with_models, "t0004", "  Ask me <b>again</b>. ", kind="prompt", actor="person:ada"
    )
    state = with_models.refresh()
    (note,) = state.trials["t0004"].notes
    assert (note["text"], note["kind"], note["actor"]) == (
        "Ask me <b>again</b>.",
        "prompt",
        "person:ada",
    )
    assert state.notes == with_models.state.notes
    assert not any("again" in text for text in state.notes)


def test_an_empty_note_is_refused(demo: Campaign) -> None:
    with pytest.raises(FtassistError, match="0 characters"):
        commands.note(demo, "t0004", " \n", kind="prompt")
