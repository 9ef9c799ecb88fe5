"""The speed of a training is measured once, on the task's own rows, and a failure is told."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign, speed
from ftassist.campaign.base_scoring import BaseScoring
from ftassist.campaign.speed import SpeedRun, measure_training
from ftassist.errors import FtassistError
from ftassist.journal import Kind
from ftassist.models import tiny_path
from ftassist.records.speed import UNMEASURED, MeasuredSpeed


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A campaign whose base, a copy of the tiny one, counts as large."""
    monkeypatch.setattr(speed, "SMALL", 1)
    base = shutil.copytree(tiny_path(), tmp_path / "base")
    return Campaign.create(tmp_path / "c", task="mini_math", model=str(base))


def test_the_tiny_model_is_not_measured(tmp_path: Path) -> None:
    assert not SpeedRun(Campaign.create(tmp_path / "c", task="mini_math")).wanted


def test_a_small_base_is_not_measured(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SpeedRun(campaign).wanted
    monkeypatch.setattr(speed, "SMALL", 10**12)
    assert not SpeedRun(campaign).wanted


@pytest.mark.slow
def test_a_few_steps_on_the_task_s_rows_tell_tokens_a_second(campaign: Campaign) -> None:
    found = SpeedRun(campaign).measure()
    assert isinstance(found, MeasuredSpeed), found
    assert (found.tokens_a_second or 0) > 0, found
    assert (found.fixed_seconds or 0) > 0
    assert found.width == 160
    assert set(found.tokens_a_row) >= {"answer_key", "lessons_shop"}
    campaign.say(Kind.SPEED_MEASURED, found.to_dict(), actor="runner")
    campaign.refresh()
    assert not SpeedRun(campaign).wanted


def test_a_measurement_that_fails_is_a_note_and_no_error(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> str:
        raise FtassistError("no rows today")

    monkeypatch.setattr(speed, "_sampled", broken)
    found = SpeedRun(campaign).measure()
    assert isinstance(found, str)
    assert "no rows today" in found


def test_one_that_was_stopped_before_it_began_starts_nothing(campaign: Campaign) -> None:
    run = SpeedRun(campaign)
    run.stop()
    assert run.measure() == UNMEASURED


def test_too_few_rows_are_an_error(tmp_path: Path) -> None:
    row = {
        "id": "a/1",
        "source": "a",
        "messages": [
            {"role": "user", "content": "1 + 1?"},
            {"role": "assistant", "content": "2"},
        ],
    }
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    with pytest.raises(FtassistError):
        measure_training(path, "tiny")


def test_what_was_measured_is_written_once_the_base_is_scored(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    scoring = BaseScoring(campaign, lambda: None, lambda _: False)  # type: ignore[arg-type,return-value]
    answer: Future[Any] = Future()
    answer.set_result(([], MeasuredSpeed(tokens_a_second=250.0), 3.0))
    campaign.say(Kind.TRIAL_STARTED, {"isolation": "none"}, trial="t0000", actor="runner")
    scoring._answer = answer
    assert scoring.step()
    assert campaign.refresh().speed["tokens_a_second"] == 250.0
    told: Future[Any] = Future()
    told.set_result(([], "it was too slow", 3.0))
    scoring._answer = told
    scoring.step()
    assert "it was too slow" in campaign.refresh().notes[-1]
