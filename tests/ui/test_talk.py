"""A chat about a campaign: it answers from the record and asks before it acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.journal import Kind
from ftassist.ui.talk import HELP, Talk

ADA, BEN = "person:ada", "person:ben"


@pytest.fixture
def talk(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """A chat about the hand-made campaign; t0012 waits for a decision."""
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 1)
    return Talk(lambda: Campaign.open(demo_folder))


def kinds(folder: Path) -> list[str]:
    return [str(event.kind) for event in Campaign.open(folder).journal.read()]


@pytest.mark.parametrize("asked", ["status", "How is it going?"])
def test_it_tells_where_the_campaign_stands(talk: Talk, asked: str) -> None:
    told = talk.answer(asked, ADA)
    assert "t0012 waits for your decision" in told
    assert "Best is t0" in told


def test_it_explains_a_verdict(talk: Talk, demo_folder: Path) -> None:
    state = Campaign.open(demo_folder).state
    name = next(t.id for t in state.trials.values() if t.verdict.kind == "better")
    told = talk.answer(f"why {name}?", ADA)
    assert "better than" in told and "items that select" in told


def test_it_shows_a_card(talk: Talk) -> None:
    told = talk.answer("show t0012", ADA)
    assert told.startswith("```text\n") and told.endswith("\n```") and "t0012" in told


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("accept t0012", Kind.DECISION_ACCEPTED),
        ("veto t0012: no more rows", Kind.DECISION_VETOED),
        ("propose: a lower learning rate", Kind.PROPOSAL_ASKED),
        ("alternatives to t0012: fewer rows", Kind.PROPOSAL_ASKED),
        ("pause", Kind.CAMPAIGN_PAUSED),
    ],
)
def test_it_asks_before_it_acts_and_acts_for_who_asked(
    talk: Talk, demo_folder: Path, asked: str, kind: Kind
) -> None:
    before = kinds(demo_folder)
    assert "Shall I?" in talk.answer(asked, ADA)
    assert kinds(demo_folder) == before, "nothing is done before the yes"
    assert talk.answer("yes", ADA).startswith("Done")
    event = list(Campaign.open(demo_folder).journal.read())[-1]
    assert (event.kind, event.actor) == (kind, ADA)
    assert "nothing that waits" in talk.answer("yes", ADA)


def test_what_was_done_is_told_in_the_words_it_was_asked_about_in(talk: Talk) -> None:
    asked = talk.answer("undo t0006", ADA)
    assert asked.startswith("I would take the veto of t0006 back (")
    assert talk.answer("yes", ADA) == "Done: take the veto of t0006 back."


def test_a_wish_is_passed_on_in_its_words(talk: Talk, demo_folder: Path) -> None:
    talk.answer("propose from t0004: more epochs, please", ADA)
    talk.answer("Yes.", ADA)
    event = list(Campaign.open(demo_folder).journal.read())[-1]
    told = (event.payload["parent"], event.payload["words"])
    assert told == ("t0004", "more epochs, please")


def test_somebody_elses_yes_does_nothing(talk: Talk, demo_folder: Path) -> None:
    before = kinds(demo_folder)
    talk.answer("accept t0012", ADA)
    assert "Somebody else" in talk.answer("yes", BEN)
    assert kinds(demo_folder) == before
    assert talk.answer("yes", ADA).startswith("Done")


def test_anything_but_a_yes_leaves_it(talk: Talk, demo_folder: Path) -> None:
    before = kinds(demo_folder)
    talk.answer("accept t0012", ADA)
    assert talk.answer("hmm, what else is there", ADA) == f"Left as it is. {HELP}"
    assert "nothing that waits" in talk.answer("yes", ADA)
    assert kinds(demo_folder) == before


@pytest.mark.parametrize("line", ["tree", "whatif", "insights", "diff t0004 t0002", "survey"])
def test_a_verb_that_only_tells_is_answered_at_once(
    talk: Talk, demo_folder: Path, line: str
) -> None:
    before = kinds(demo_folder)
    told = talk.answer(line, ADA)
    assert told.startswith("```text\n") and told.endswith("\n```") and len(told) > 20
    assert kinds(demo_folder) == before


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("budget --trials 40", Kind.BUDGET_CHANGED),
        ("pin t0004 the one to show", Kind.TRIAL_PINNED),
        ("note t0004 look at its rows", Kind.NOTE),
        ("Edit t0012 train\n```python\nx = 1\ny = 2\n```", Kind.DECISION_EDITED),
    ],
)
def test_any_other_verb_is_done_in_the_name_of_who_said_yes(
    talk: Talk, demo_folder: Path, message: str, kind: Kind
) -> None:
    before = kinds(demo_folder)
    assert "Shall I?" in talk.answer(message, ADA)
    assert kinds(demo_folder) == before, "nothing is done before the yes"
    assert talk.answer("yes", ADA).startswith("Done")
    event = list(Campaign.open(demo_folder).journal.read())[-1]
    assert (event.kind, event.actor) == (kind, ADA)
    if kind == Kind.DECISION_EDITED:
        assert Campaign.open(demo_folder).trial("t0012").cells["train"] == "x = 1\ny = 2\n"


def test_an_edit_is_on_what_was_there_when_it_was_asked_for(talk: Talk, demo_folder: Path) -> None:
    talk.answer("edit t0012 train\n```\nx = 1\n```", ADA)
    commands.edit(Campaign.open(demo_folder), "t0012", {"train": "y = 2\n"})
    assert not talk.answer("yes", ADA).startswith("Done")
    assert Campaign.open(demo_folder).trial("t0012").cells["train"] == "y = 2\n"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("budget --trails 4", "--trails"),
        ("edit t0012 train --file /etc/passwd", "no files"),
        ("report -o /tmp/x.html", "no files"),
        ("edit t0012 train", "below the line"),
        ("replay", "not for a chat"),
    ],
)
def test_a_verb_that_is_not_for_a_chat_or_wrong_is_told_in_words(
    talk: Talk, demo_folder: Path, message: str, told: str
) -> None:
    before = kinds(demo_folder)
    first = talk.answer(message, ADA)
    assert told in f"{first} {talk.answer('yes', ADA)}".replace("\\", "")
    assert kinds(demo_folder) == before


def test_what_was_decided_meanwhile_is_not_run_over(talk: Talk, demo_folder: Path) -> None:
    talk.answer("accept t0012", ADA)
    commands.veto(Campaign.open(demo_folder), "t0012", "no more rows")
    told = talk.answer("yes", ADA)
    assert not told.startswith("Done") and "t0012" in told


def test_a_mistake_is_told_in_words(talk: Talk) -> None:
    assert "What to do" in talk.answer("why t0099", ADA)
    assert "a veto needs a reason" in talk.answer("veto t0012", ADA)


def test_nothing_that_is_told_is_markup(talk: Talk, demo_folder: Path) -> None:
    commands.pause(Campaign.open(demo_folder), "<img src=x onerror=alert(1)> [a](http://b) `c`")
    told = talk.answer("status", ADA)
    assert "<img" not in told and "[a](" not in told and "&lt;img" in told
