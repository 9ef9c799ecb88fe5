import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ftassist.campaign import Campaign
from ftassist.cli import app
from ftassist.contest import bouts

from ..contest.conftest import simulated

__all__ = ["simulated"]
SMALL = ["--seeds", "1", "--trials", "2", "--rows", "300", "--seconds", "600"]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["dojo", *words], env={"COLUMNS": "140"})


def play(folder: Path, *words: str) -> Result:
    return run("run", "--out", str(folder), *SMALL, *words)


def test_a_contest_is_run_gone_over_and_shown(tmp_path: Path, simulated: list[str]) -> None:
    played = play(tmp_path, "--agents", "base,plain,playbook")
    assert played.exit_code == 0, played.output
    assert "[3/3] mini_math · playbook · seed 0" in played.stdout
    assert "3 bouts are over, 3 of them played now" in played.stdout
    assert "ftassist dojo table" in played.stdout
    verified = run("verify", str(tmp_path))
    assert verified.exit_code == 0, verified.output
    assert "3 of 3 bouts are finished" in verified.stdout and "0 findings" in verified.stdout
    page = tmp_path / "page.md"
    assert run("table", str(tmp_path), "--out", str(page)).exit_code == 0
    assert "| task | metric | base | plain | playbook |" in page.read_text(encoding="utf-8")


def test_the_same_command_again_plays_nothing_twice(tmp_path: Path, simulated: list[str]) -> None:
    play(tmp_path, "--agents", "base,plain")
    again = play(tmp_path, "--agents", "base,plain")
    assert "2 bouts are over, 0 of them played now" in again.stdout
    assert "[1/2]" not in again.stdout


def test_json_holds_the_results_and_nothing_else(tmp_path: Path, simulated: list[str]) -> None:
    played = play(tmp_path, "--agents", "base", "--json")
    document: dict[str, Any] = json.loads(played.stdout)
    assert document["schema"] == "ftassist/dojo-results/1"
    assert document["bouts"][0]["status"] == "finished"
    verified = json.loads(run("verify", str(tmp_path), "--json").stdout)
    assert verified["findings"] == []


def test_further_values_of_an_option_are_ablations(tmp_path: Path, simulated: list[str]) -> None:
    words = ("--agents", "playbook", "--policy", "tree,chain")
    played = run("run", "--out", str(tmp_path), *SMALL[:4], "--rows", "300,600", *words)
    assert played.exit_code == 0, played.output
    made = [Campaign.open(path.parent) for path in tmp_path.glob("campaigns/*/*/*/journal.db")]
    found = {(c.state.settings["policy"], c.state.budget.rows) for c in made}
    assert found == {("greedy", 300), ("greedy", 600), ("sequential", 300)}


def test_findings_end_with_an_exit_code(tmp_path: Path, simulated: list[str]) -> None:
    play(tmp_path, "--agents", "base")
    (scores,) = tmp_path.glob("campaigns/*/*/*/scores/t0000.test.json")
    scores.write_text("{}", encoding="utf-8")
    verified = run("verify", str(tmp_path))
    assert verified.exit_code == 1
    assert "base · seed 0" in verified.stdout


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--agents", "playbok"], "did you mean 'playbook'?"),
        (["--agents", "chain:m"], "ANTHROPIC_API_KEY"),
        (["--tasks", "mini_maths"], "did you mean 'mini_math'?"),
        (["--rows", "many"], "'many' is no number of rows"),
        (["--seconds", "0"], "budget.seconds"),
        (["--policy", "treee"], "policy"),
        (["--test-items", "3"], "too few"),
    ],
)
def test_a_slip_is_told_before_anything_is_begun(
    tmp_path: Path, simulated: list[str], words: list[str], named: str
) -> None:
    found = run("run", "--out", str(tmp_path / "c"), *words)
    assert found.exit_code == 2, found.output
    assert named in found.stderr
    assert not (tmp_path / "c").exists()
    assert not simulated


def test_a_folder_without_a_contest_is_told(tmp_path: Path) -> None:
    for command in ("table", "verify"):
        found = run(command, str(tmp_path))
        assert found.exit_code == 2
        assert "there is no contest here" in found.stderr


def test_an_interrupt_says_how_to_go_on(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Campaign, "wait", interrupt)
    found = play(tmp_path, "--agents", "playbook")
    assert found.exit_code == 130
    assert "give the same command again" in found.stderr


def test_chat_completions_are_asked_for_with_a_place_and_no_other_key(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    words = ("--agents", "base,chain:local", "--dialect", "chat")
    nowhere = play(tmp_path / "a", *words)
    assert nowhere.exit_code != 0 and "no server is named" in nowhere.output
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(bouts, "_run_alone", lambda campaign, _: None)
    play(tmp_path / "b", *words)
    kept = json.loads((tmp_path / "b" / "contest.json").read_text(encoding="utf-8"))
    assert kept["server"] == {"dialect": "chat", "base_url": "http://127.0.0.1:9/v1"}


def test_an_entry_that_does_not_count_is_told_at_the_end(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mcp", reason="the extra `mcp` is not installed")
    played = play(tmp_path, "--agents", "base,mcp:false")
    assert played.exit_code == 0, played.output
    assert "2 bouts are over" in played.stdout
    assert "no valid entry: mini_math · mcp:false · seed 0" in played.stdout
    assert "its command ended with exit code 1" in " ".join(played.stdout.split())
