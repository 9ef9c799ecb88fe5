from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.contest import results, run
from ftassist.contest.record import check, checksum
from ftassist.errors import DataError
from ftassist.files import read_json, write_json
from ftassist.journal import Kind

from .conftest import small


@pytest.fixture
def played(tmp_path: Path, simulated: list[str]) -> Path:
    """The folder of a contest of two agents that was played."""
    run(small("base", "playbook", seeds=1), tmp_path)
    return tmp_path


def test_results_fit_their_schema_begun_or_not(played: Path) -> None:
    asked = small("base", "plain", "playbook", seeds=1)
    document = results(played, asked)
    check(document, "here")
    assert [row["status"] for row in document["bouts"]] == ["finished", "not begun", "finished"]


def test_a_row_tells_score_cost_and_what_became_of_trials(played: Path) -> None:
    row = read_json(played / "results.json")["bouts"][1]
    state = Campaign.open(played / row["campaign"]).state
    assert row["test"]["score"] == state.tests[row["trial"]]["scores"][row["trial"]]["score"]
    assert row["test"]["low"] < row["test"]["score"] < row["test"]["high"]
    assert row["base_test"]["score"] == pytest.approx(0.2, abs=0.01)
    assert (row["trials"], row["scored"], row["failed"], row["invalid"]) == (2, 2, 0, 0)
    assert (row["usd"], row["calls"], row["cheats"]) == (0, 0, 0)
    assert row["metric"]["name"] == "accuracy"


def test_cheats_and_failures_are_counted(played: Path) -> None:
    campaign = Campaign.open(played / "campaigns/mini_math/playbook/seed-0")
    refusal = {"class": "INVALID", "what": "it read the evaluation", "where": "x", "by": "watch"}
    campaign.say(Kind.ATTEMPT_SEEN, refusal, trial="t0002", actor="worker")
    campaign.say(Kind.TRIAL_FAILED, {"class": "OOM", "message": "m"}, trial="t0001")
    row = results(played)["bouts"][1]
    assert (row["cheats"], row["invalid"], row["failed"]) == (1, 1, 1)


def test_a_checksum_stands_for_journal_and_item_scores(played: Path) -> None:
    campaign = Campaign.open(played / "campaigns/mini_math/playbook/seed-0")
    first = checksum(campaign)
    assert checksum(Campaign.open(campaign.folder)) == first
    scores = campaign.folder / "scores" / "t0001.validation.json"
    raw = scores.read_bytes()
    scores.write_bytes(raw.replace(b"1.0", b"0.0", 1))
    assert checksum(campaign) != first
    scores.write_bytes(raw)
    assert checksum(campaign) == first
    campaign.say(Kind.NOTE, {"text": "a word more"})
    assert checksum(campaign) != first


def test_what_fits_no_schema_is_refused_with_its_place(played: Path) -> None:
    document = read_json(played / "results.json")
    document["bouts"][1]["cheats"] = -1
    write_json(played / "results.json", document)
    with pytest.raises(DataError, match="bouts/1/cheats"):
        check(document, "results.json")
