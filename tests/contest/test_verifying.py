"""Somebody else's contest: what is sound has no findings, what was changed is named."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.contest import run, verify_contest
from ftassist.errors import DataError, FtassistError
from ftassist.files import read_json, write_json
from ftassist.journal import Kind

from .conftest import small

PLAYBOOK = "campaigns/mini_math/playbook/seed-0"


@pytest.fixture
def played(tmp_path: Path, simulated: list[str]) -> Path:
    """The folder of a contest of three agents that was played."""
    run(small("base", "plain", "playbook", seeds=1), tmp_path)
    return tmp_path


def findings(folder: Path) -> list[str]:
    return [str(found) for found in verify_contest(folder).findings]


def remade(folder: Path) -> None:
    """Writes the results anew, as a cheat who knows the program would."""
    from ftassist.contest.plan import kept
    from ftassist.contest.record import write

    write(kept(folder), folder)


def test_a_sound_contest_has_no_findings(played: Path) -> None:
    found = verify_contest(played)
    assert found.findings == ()
    assert (found.finished, found.bouts) == (3, 3)
    assert found.compared >= 3 + 8


def test_an_unfinished_contest_can_be_sound(played: Path) -> None:
    from ftassist.contest.plan import keep

    keep(small("random", seeds=1), played)
    remade(played)
    found = verify_contest(played)
    assert found.findings == ()
    assert (found.finished, found.bouts) == (3, 4)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seconds", 1e6),
        ("cheats", 3),
        ("trial", "t0001"),
        ("checksum", "0" * 32),
        ("status", "unfinished"),
    ],
)
def test_a_row_that_was_changed_is_named_with_what_it_is(
    played: Path, key: str, value: Any
) -> None:
    document = read_json(played / "results.json")
    row = document["bouts"][2]
    if row[key] == value:
        value = "t0002"
    row[key] = value
    write_json(played / "results.json", document)
    (found,) = [text for text in findings(played) if f"{key} is stated as" in text]
    assert "mini_math · playbook · seed 0" in found


def test_a_score_that_was_improved_is_noticed(played: Path) -> None:
    document = read_json(played / "results.json")
    document["bouts"][2]["test"]["score"] = 0.99
    write_json(played / "results.json", document)
    assert any("test is stated as" in text for text in findings(played))


def test_an_item_score_that_was_changed_is_noticed_though_results_are_made_anew(
    played: Path,
) -> None:
    row = read_json(played / "results.json")["bouts"][2]
    file = played / PLAYBOOK / "scores" / f"{row['trial']}.test.json"
    file.write_bytes(file.read_bytes().replace(b"0.0", b"1.0", 5))
    remade(played)
    found = findings(played)
    assert any("bytes changed" in text for text in found)
    assert any("its items give" in text for text in found)


def test_a_journal_that_was_changed_is_noticed(played: Path) -> None:
    with sqlite3.connect(played / PLAYBOOK / "journal.db") as connection:
        connection.execute("DROP TRIGGER no_update")
        connection.execute("UPDATE events SET payload = '{}' WHERE seq = 5")
    assert any("journal.db" in text or "cannot be gone over" in text for text in findings(played))


def _opened_twice(campaign: Campaign) -> None:
    trial = campaign.state.openings[0].trial
    campaign.say(Kind.TEST_OPENED, {"reason": "again"}, trial=trial)


def _edited(campaign: Campaign) -> None:
    payload = {"cells": {"train": "x = 1"}, "seen": 1}
    campaign.say(Kind.DECISION_EDITED, payload, trial="t0001", actor="person:eve")


def _accepted(campaign: Campaign) -> None:
    campaign.say(Kind.DECISION_ACCEPTED, {"reason": "mine"}, trial="t0001", actor="person:eve")


def _richer(campaign: Campaign) -> None:
    commands.set_budget(campaign, {"trials": 50}, actor="contest")


def _too_many_rows(campaign: Campaign) -> None:
    campaign.say(Kind.TRIAL_COMPLETED, {"seconds": {}, "rows": 9000}, trial="t0001")


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (_opened_twice, "opened 2 times"),
        (_edited, "edited by person:eve"),
        (_accepted, "decided on by person:eve"),
        (_richer, "its budget is"),
        (_too_many_rows, "trained on 9000 rows"),
    ],
)
def test_a_broken_rule_is_named_though_results_are_made_anew(
    played: Path, act: Callable[[Campaign], None], named: str
) -> None:
    act(Campaign.open(played / PLAYBOOK))
    remade(played)
    assert any(named in text for text in findings(played)), findings(played)


def test_a_campaign_of_another_agent_is_noticed(played: Path) -> None:
    import shutil

    shutil.rmtree(played / PLAYBOOK)
    shutil.copytree(played / "campaigns/mini_math/plain/seed-0", played / PLAYBOOK)
    remade(played)
    assert any("its backend is 'plain'" in text for text in findings(played))


def test_a_campaign_that_is_gone_is_named(played: Path) -> None:
    import shutil

    shutil.rmtree(played / PLAYBOOK)
    assert any("its campaign is missing" in text for text in findings(played))


def test_results_of_another_contest_are_refused(played: Path) -> None:
    document = read_json(played / "results.json")
    document["contest"]["budget"]["trials"] = 99
    write_json(played / "results.json", document)
    with pytest.raises(DataError, match="another contest"):
        verify_contest(played)


def test_a_folder_without_results_says_so(played: Path) -> None:
    (played / "results.json").unlink()
    with pytest.raises(FtassistError, match="no results"):
        verify_contest(played)
