from dataclasses import replace
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.documents.progress import News, moments, now_line
from ftassist.errors import FtassistError
from ftassist.journal import Kind, State
from ftassist.ui import waiting
from ftassist.ui.following import in_lines


def without(state: State, *gone: str, **changes: Any) -> State:
    trials = {name: trial for name, trial in state.trials.items() if name not in gone}
    return replace(state, trials=trials, **changes)


def test_a_running_trial_needs_nobody(demo: Campaign) -> None:
    assert waiting.needs_nobody(demo.state)


def test_a_proposal_under_review_always_needs_a_person(demo: Campaign) -> None:
    assert not waiting.needs_nobody(without(demo.state, "t0011"))


def test_a_proposal_under_review_never_needs_nobody(demo: Campaign) -> None:
    assert waiting.needs_nobody(without(demo.state, "t0011", review="never"))


def test_nothing_to_do_under_review_always_needs_a_person(demo: Campaign) -> None:
    assert not waiting.needs_nobody(without(demo.state, "t0011", "t0012"))


def test_a_spent_budget_needs_nobody_until_it_is_finished(demo: Campaign) -> None:
    spent = without(demo.state, "t0011", "t0012", budget=replace(demo.state.budget, trials=2))
    assert waiting.needs_nobody(spent)
    assert not waiting.needs_nobody(replace(spent, phase="finished"))


def test_a_paused_campaign_is_not_asked(demo: Campaign) -> None:
    commands.veto(demo, "t0012", "no")
    commands.pause(demo, "lunch")
    with pytest.raises(FtassistError, match="the campaign is paused: lunch"):
        waiting.ask(demo, tell=lambda _: None)


def test_a_timeout_says_that_the_runner_goes_on(
    demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 1)
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: True)
    commands.veto(demo, "t0012", "no")
    with pytest.raises(FtassistError, match=r"no proposal came within 0\.01 s"):
        waiting.ask(demo, tell=lambda _: None, timeout=0.01)


def test_progress_gives_stage_step_loss_and_time_left(demo: Campaign) -> None:
    (moment,) = moments(demo, demo.state)
    assert (moment.stage, moment.step, moment.steps) == ("train", 41, 64)
    assert moment.left == pytest.approx(6.9)
    assert now_line(demo, demo.state).startswith("t0011 train ██████░░░░ step 41/64 · loss 0.")


def test_news_are_told_once(demo: Campaign) -> None:
    news = News()
    first = news.lines(demo.state)
    assert any("◆ t0000 base model: 0.04" in line for line in first)
    assert any("not distinguishable from t0002" in line for line in first)
    assert news.lines(demo.state) == []
    demo.say(Kind.TRIAL_FAILED, {"class": "OOM", "message": "no memory"}, trial="t0011")
    assert news.lines(demo.refresh()) == ["✕ t0011 failed: OOM: no memory"]


def test_without_a_terminal_progress_is_plain_lines(
    demo: Campaign, capsys: pytest.CaptureFixture[str]
) -> None:
    with in_lines(demo) as show:
        show(demo.state)
        show(demo.state)
    lines = capsys.readouterr().out.splitlines()
    assert sum("step 41/64" in line for line in lines) == 1
    assert not any("\x1b" in line for line in lines)
