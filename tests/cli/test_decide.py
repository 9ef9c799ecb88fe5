import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ftassist.campaign import Campaign
from ftassist.cli import app


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140"})


def run_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_accept_writes_a_decision_and_starts_the_runner(
    demo_folder: Path, started: list[str]
) -> None:
    document = run_json("accept", "t0012", "--reason", "why not")
    assert document["status"] == "accepted"
    assert document["decision"]["reason"] == "why not"
    assert started == ["mini_math-1"]


def test_a_stale_decision_is_refused(demo_folder: Path, started: list[str]) -> None:
    result = run("accept", "t0012", "--seen", "3", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"] == "StaleDecisionError"
    assert Campaign.open(demo_folder).state.trials["t0012"].status == "proposed"
    assert started == []


def test_a_decided_trial_cannot_be_decided_again(demo_folder: Path, started: list[str]) -> None:
    result = run("accept", "t0006")
    assert result.exit_code == 2
    assert "vetoed" in result.stderr


def test_a_veto_needs_a_reason(demo_folder: Path) -> None:
    refused = run("veto", "t0012")
    assert refused.exit_code == 2
    assert "reason" in refused.stderr
    assert run_json("veto", "t0012", "too dear")["status"] == "vetoed"


def test_edit_takes_a_file_and_credits_the_person(demo_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "train.py"
    source.write_text("from ftassist.recipes import train\n\ntrain.sft(model, 'data', 'model')\n")
    document = run_json("edit", "t0012", "train", "--file", str(source))
    assert document["edited"]["train"].startswith("person:")
    assert "train.sft(model" in Campaign.open(demo_folder).state.trials["t0012"].cells["train"]


def test_an_edit_with_a_mistyped_argument_is_refused_with_the_near_match(
    demo_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "train.py"
    call = "train.sft(model, 'data', 'model', lerning_rate=1e-3)"
    source.write_text(f"from ftassist.recipes import train\n\n{call}\n")
    refused = run("edit", "t0012", "train", "--file", str(source))
    assert refused.exit_code == 2
    assert "'lerning_rate'" in refused.stderr
    assert "did you mean 'learning_rate'?" in refused.stderr
    assert not Campaign.open(demo_folder).trial("t0012").edited


def test_edit_opens_the_editor_without_a_file(
    demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text("import sys; open(sys.argv[1], 'a').write('\\n# mine\\n')\n")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {editor}")
    assert run("edit", "t0012", "train").exit_code == 0
    assert "# mine" in Campaign.open(demo_folder).state.trials["t0012"].cells["train"]


def test_edit_without_file_or_editor_says_what_to_do(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    result = run("edit", "t0012", "train")
    assert result.exit_code == 2
    assert "--file train.py" in result.stderr


def test_a_cell_with_a_syntax_error_is_refused(demo_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "train.py"
    source.write_text("def broken(:\n")
    result = run("edit", "t0012", "train", "--file", str(source), "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"] == "CellError"


def test_an_unknown_stage_gets_the_nearest_name(demo_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "train.py"
    source.write_text("x = 1\n")
    result = run("edit", "t0012", "trian", "--file", str(source))
    assert result.exit_code == 2
    assert "did you mean 'train'?" in result.stderr


def test_pause_resume_and_stop_change_the_phase(demo_folder: Path, started: list[str]) -> None:
    assert run("pause", "lunch").exit_code == 0
    assert run_json("status")["phase"] == "paused"
    assert run("resume").exit_code == 0
    assert run_json("status")["phase"] == "running"
    assert run("stop", "enough").exit_code == 0
    document = run_json("status")
    assert (document["phase"], document["reason"]) == ("stopped", "enough")


def test_propose_shows_the_one_that_waits(demo_folder: Path, started: list[str]) -> None:
    result = run("propose")
    assert result.exit_code == 0
    assert "t0012 · proposal" in result.stdout
    assert "predicted: +0.02 to +0.09" in result.stdout
    assert "next: ftassist accept t0012" in result.stdout
    document = run_json("propose")
    assert document["schema"] == "ftassist/proposal-card/1"
    assert document["trial"] == "t0012"
    assert document["parent"] == {"trial": "t0004", "score": 0.78}


def test_a_veto_says_how_its_reason_is_understood_and_how_to_correct_it(demo_folder: Path) -> None:
    told = run("veto", "t0012", "no more rows, change the learning rate instead").stdout
    assert "avoid: more rows · try: another learning rate" in told
    assert "ftassist correct t0012" in told
    told = run("correct", "t0012", "--try", "more epochs").stdout
    assert "understood as   try: more epochs" in told


def test_a_reason_that_is_not_understood_says_so(demo_folder: Path) -> None:
    told = run("veto", "t0012", "let us try something else first").stdout
    assert "kept as a note for the agent; no change is ruled out by it" in told


def test_an_edit_says_whose_hypothesis_it_is_and_what_is_predicted(
    demo_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "train.py"
    known = Campaign.open(demo_folder).trial("t0012").cells["train"]
    source.write_text(known.replace("epochs=2", "epochs=6"))
    told = run("edit", "t0012", "train", "--file", str(source)).stdout
    assert "the agent's prediction is withdrawn" in told
    told = run("edit", "t0012", "train", "--file", str(source), "--predict", "-2% to +8%").stdout
    # The cell is the same as before, so that nothing is written.
    assert "unchanged" in told


def test_an_edit_may_come_with_a_prediction(demo_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "train.py"
    known = Campaign.open(demo_folder).trial("t0012").cells["train"]
    source.write_text(known.replace("epochs=2", "epochs=6"))
    told = run("edit", "t0012", "train", "--file", str(source), "--predict", "-2% to +8%").stdout
    assert "predicted: −0.02 to +0.08" in told
    bad = run("edit", "t0012", "train", "--file", str(source), "--predict", "a lot")
    assert bad.exit_code == 2
    assert "cannot read the prediction" in bad.stderr
