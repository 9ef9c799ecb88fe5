"""Notes and tags on trials: events with who wrote them, and nothing that the agent hears."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ftassist.campaign import Campaign, commands
from ftassist.campaign.proposing import context
from ftassist.cli import app
from ftassist.errors import FtassistError, UnknownNameError
from ftassist.journal import Kind

ADA = "person:ada"


def test_a_tag_stays_with_its_trial_until_it_is_taken_away(demo: Campaign) -> None:
    changed = demo.trial("t0004").changed
    commands.tag(demo, "t0004", "#keep", actor=ADA)
    commands.tag(demo, "t0004", "short-answers", actor=ADA)
    trial = demo.trial("t0004")
    assert list(trial.tags) == ["keep", "short-answers"]
    assert trial.tags["keep"]["actor"] == ADA
    assert trial.changed == changed  # no decision that was made before becomes stale by it
    commands.untag(demo, "t0004", "keep", actor=ADA)
    assert list(demo.trial("t0004").tags) == ["short-answers"]
    assert list(Campaign.open(demo.folder).trial("t0004").tags) == ["short-answers"]


@pytest.mark.parametrize("name", ["", "two words", "a,b", "<b>", "x" * 41, "-x"])
def test_what_is_no_word_is_no_tag(demo: Campaign, name: str) -> None:
    with pytest.raises(FtassistError, match="cannot be a tag"):
        commands.tag(demo, "t0004", name)


def test_a_tag_is_given_once_and_not_without_end(demo: Campaign) -> None:
    commands.tag(demo, "t0004", "keep")
    with pytest.raises(FtassistError, match="already"):
        commands.tag(demo, "t0004", "keep")
    with pytest.raises(UnknownNameError, match="keep"):
        commands.untag(demo, "t0004", "kep")
    for number in range(1, commands.MOST_TAGS):
        commands.tag(demo, "t0004", f"tag{number}")
    with pytest.raises(FtassistError, match="as many as it may"):
        commands.tag(demo, "t0004", "more")


def test_a_note_is_taken_away_by_its_number(demo: Campaign) -> None:
    first = commands.note(demo, "t0004", " answers <b>are</b> short ", actor=ADA)
    commands.note(demo, "t0004", "look at travel", actor=ADA)
    assert [note["text"] for note in demo.trial("t0004").notes] == [
        "answers <b>are</b> short",
        "look at travel",
    ]
    commands.remove_note(demo, "t0004", first.seq, actor=ADA)
    (left,) = demo.trial("t0004").notes
    assert (left["text"], left["kind"], left["actor"]) == ("look at travel", "note", ADA)
    with pytest.raises(FtassistError, match=f"it has: {left['seq']}"):
        commands.remove_note(demo, "t0004", first.seq)


def test_notes_of_older_journals_are_kept(demo: Campaign) -> None:
    demo.say(Kind.NOTE, {"text": "a prompt of before"}, trial="t0004", actor=ADA)
    (note,) = demo.trial("t0004").notes
    assert (note["text"], note["kind"]) == ("a prompt of before", "")


def test_the_agent_is_told_of_neither(demo: Campaign) -> None:
    commands.note(demo, "t0004", "pssst-a-note", actor=ADA)
    commands.tag(demo, "t0004", "pssst-a-tag", actor=ADA)
    assert "pssst" not in repr(context(demo, "t0004"))


def test_the_command_line_writes_shows_and_takes_away(demo: Campaign) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(app, [*words, "--campaign", str(demo.folder)])
        assert result.exit_code == 0, result.output
        return result.output

    assert "#keep #short" in run("tag", "t0004", "keep", "short")
    assert "#short" in run("tag", "t0004", "keep", "--remove")
    told = json.loads(run("note", "t0004", "too short", "--json"))
    assert told["tags"] == ["short"]
    assert told["notes"][0]["text"] == "too short"
    assert "too short" in run("show", "t0004")
    assert "no notes" in run("note", "t0003")
    assert "too short" not in run("note", "t0004", "--remove", str(told["notes"][0]["seq"]))


def test_a_refused_tag_is_told_in_words(demo: Campaign, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["tag", "t0004", "a b", "--campaign", str(demo.folder)])
    assert result.exit_code == 2
    assert "cannot be a tag" in result.output
