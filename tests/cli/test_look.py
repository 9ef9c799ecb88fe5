import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ftassist.campaign import Campaign
from ftassist.cli import app
from ftassist.errors import SealedError
from ftassist.records.final import OpenedTest


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140"})


def run_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_status_tells_best_budget_and_what_waits(demo_folder: Path) -> None:
    text = run("status").stdout
    assert "best 0.78 [0.73, 0.83] ●t0004" in text
    assert "8/12 trials" in text
    assert "t0012 waits for your decision" in text
    assert "stand-in" in text
    document = run_json("status")
    assert document["schema"] == "ftassist/campaign/1"
    assert document["pending"] == ["t0012"]
    assert document["statuses"]["scored"] == 8
    assert document["summary"].startswith("t0004 is better than the base model by +0.7")


def test_what_if_tells_the_next_step_and_writes_nothing(demo_folder: Path) -> None:
    before = Campaign.open(demo_folder).journal.last_seq()
    document = run_json("whatif", "--policy", "ftassist")
    assert document["policy"] == "ftassist"
    (choice,) = document["next"]
    assert choice["trial"] in choice["reason"] and choice["instead"]
    means = {belief["trial"]: belief for belief in document["beliefs"]}
    assert means["t0004"]["low"] < means["t0004"]["mean"] < means["t0004"]["high"]
    text = run("whatif").stdout
    assert "greedy would grow from" in text and "not the runner-up:" in text
    assert Campaign.open(demo_folder).journal.last_seq() == before
    assert run("whatif", "--policy", "gredy").exit_code != 0


def test_the_status_says_what_cannot_be_told_apart_and_how_sure_one_may_be(
    demo_folder: Path,
) -> None:
    text = " ".join(run("status").stdout.split())
    assert "t0004 can be told apart from every other scored trial" in text
    assert "one more seed of each would make that" in text
    search = run_json("status")["search"]
    assert search["tied"] == ["t0004"]
    assert len(search["sure"]) == 2


def test_the_plan_is_told_and_nothing_is_run(demo_folder: Path) -> None:
    before = Campaign.open(demo_folder).journal.last_seq()
    text = run("run", "--plan").stdout
    assert "5 trials: about 2 min" in text and "in all about 2 min" in text
    assert run_json("run", "--plan")["schema"] == "ftassist/plan/1"
    assert Campaign.open(demo_folder).journal.last_seq() == before


def test_a_cap_on_device_hours_is_set_and_told(demo_folder: Path) -> None:
    assert "no cap" in run("budget").stdout
    assert "of 3," in run("budget", "--device-hours", "3").stdout
    assert run_json("budget")["budget"]["device_hours"] == 3.0
    assert "of 3 device-hours" in run("status").stdout
    refused = run("budget", "--device-hours", "0")
    assert refused.exit_code != 0 and "above zero" in refused.output


def test_a_proposal_says_how_far_off_earlier_estimates_were(demo_folder: Path) -> None:
    text = " ".join(run("show", "t0012").stdout.split())
    assert "earlier estimates of time were off by ×1.1" in text


def test_the_tree_tells_each_outcome_by_shape_and_word(demo_folder: Path) -> None:
    text = run("tree").stdout
    lines = {line.split(" t00")[1][:2]: line for line in text.splitlines() if " t00" in line}
    assert "◆" in lines["00"]
    assert "○" in lines["03"] and "tied" in lines["03"] and "curate cached" in lines["03"]
    assert "better ★" in lines["04"]
    assert "✕" in lines["05"] and "CONFIG" in lines["05"]
    assert "⊘" in lines["06"] and "vetoed" in lines["06"]
    assert "⚠" in lines["07"] and "invalid" in lines["07"]
    assert "repeat of t0004 on seed 1" in lines["09"]
    assert "▷" in lines["11"] and "running" in lines["11"]
    assert "┄◌" in lines["12"] and "waiting for you" in lines["12"]


def test_the_tree_as_json_has_a_node_for_each_trial(demo_folder: Path) -> None:
    nodes = run_json("tree")["nodes"]
    assert [node["trial"] for node in nodes][:2] == ["t0000", "t0001"]
    best = next(node for node in nodes if node["trial"] == "t0004")
    assert best["best"] and best["on_best_path"] and best["low"] < best["score"] < best["high"]


def test_show_gives_verdict_prediction_data_and_costs(demo_folder: Path) -> None:
    text = run("show", "t0004").stdout
    for part in (
        "better than t0002 by +0.37",
        "predicted +0.05 to +0.20, observed +0.37: more than predicted",
        "140 exact duplicate",
        "edited by ada (person)",
        "peak memory 1.1 GB",
    ):
        assert part in text


def test_show_makes_control_characters_of_answers_visible(demo_folder: Path) -> None:
    text = run("show", "t0004").stdout
    assert "\x1b" not in text
    assert "\\x1b[31mred" in text


def test_show_takes_short_names(demo_folder: Path) -> None:
    assert run_json("show", "best")["id"] == "t0004"
    assert run_json("show", "3")["id"] == run_json("show", "t3")["id"] == "t0003"
    assert run_json("show", "base")["id"] == "t0000"


def test_an_unknown_trial_gets_the_nearest_name(demo_folder: Path) -> None:
    result = run("show", "t0040")
    assert result.exit_code == 2
    assert "did you mean 't00" in result.stderr


def test_diff_names_only_what_changed(demo_folder: Path) -> None:
    document = run_json("diff", "t0002", "t0003")
    assert [(c["name"], c["before"], c["after"]) for c in document["parameters"]] == [
        ("train.sft.epochs", "2", "4")
    ]
    assert [cell["added"] for cell in document["cells"]] == [0, 1, 0]
    against_parent = run_json("diff", "t0003")
    assert against_parent["before"] == "t0002"
    assert "+    epochs=4, learning_rate=0.001," in run("diff", "t0003").stdout


def test_final_shows_the_verdict_and_tells_of_a_second_opening(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def final(campaign: Campaign, trial: str | None = None, **_: Any) -> OpenedTest:
        return campaign.refresh().tests["t0004"]

    monkeypatch.setattr("ftassist.campaign.final.open_test", final)
    assert "t0004 is better than the base model by +0.70" in run("final").stdout
    assert run_json("final")["scores"]["t0004"]["score"] == 0.76


@pytest.mark.parametrize(
    ("said", "meant"), [("4", "t0004"), ("t4", "t0004"), ("base", "t0000"), (None, None)]
)
def test_final_takes_a_trial_by_the_names_that_show_takes(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, meant: str | None
) -> None:
    asked = []

    def final(campaign: Campaign, trial: str | None = None, **_: Any) -> OpenedTest:
        asked.append(trial)
        return campaign.refresh().tests["t0004"]

    monkeypatch.setattr("ftassist.campaign.final.open_test", final)
    run_json("final", *([said] if said else []))
    assert asked == [meant]


def test_a_sealed_test_split_is_an_error_with_a_way_on(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def final(campaign: Campaign, *_: Any, **__: Any) -> None:
        raise SealedError("it was opened before", fix="ask for it with --again")

    monkeypatch.setattr("ftassist.campaign.final.open_test", final)
    result = run("final", "t0004")
    assert result.exit_code == 2
    assert "--again" in result.stderr


def test_report_is_written_where_asked(demo_folder: Path, tmp_path: Path) -> None:
    document = run_json("report", "-o", str(tmp_path / "r.html"))
    assert document["bytes"] == (tmp_path / "r.html").stat().st_size
    assert run("report").stdout.strip().endswith("report.html")
    assert (demo_folder / "report.html").is_file()


def test_a_report_into_a_place_that_cannot_be_written_is_an_error(
    demo_folder: Path, tmp_path: Path
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    result = run("report", "-o", str(blocker / "r.html"))
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_a_damaged_journal_is_shown_up_to_the_damage(demo_folder: Path) -> None:
    with sqlite3.connect(demo_folder / "journal.db") as database:
        database.execute("DROP TRIGGER no_update")
        database.execute("UPDATE events SET payload = '{}' WHERE seq = 40")
    document = run_json("status")
    assert document["damage"].startswith("event 40")
    assert document["seq"] == 39
    assert "damaged at event 40" in run("status").stdout
