import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ftassist.cli import app
from ftassist.models import tiny_path

COMMANDS = [
    *("tasks", "init", "doctor", "propose", "accept", "edit", "veto", "pause", "resume"),
    *("insights", "cancel", "budget", "replay", "agent-server-check"),
    *("stop", "run", "status", "tree", "show", "diff", "final", "report"),
    "simulate",
]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140"})


def run_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: ftassist {command}" in result.stdout


def test_the_command_line_imports_nothing_heavy() -> None:
    code = (
        "import sys, ftassist, ftassist.cli, ftassist.ui.magics, ftassist.ui.doctor,"
        " ftassist.ui.figures, ftassist.ui.report, ftassist.campaign\n"
        "heavy = {'torch', 'transformers', 'datasets', 'lm_eval', 'trl', 'peft', 'plotly'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_is_quick_to_ask_for(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.perf_counter()
    command = [sys.executable, "-m", "ftassist", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    with capsys.disabled():
        sys.stderr.write(f"\nftassist --help: {time.perf_counter() - began:.2f} s\n")
    assert all(name in done.stdout for name in COMMANDS)


def test_without_a_campaign_the_error_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FTASSIST_CAMPAIGN", raising=False)
    result = run("status")
    assert result.exit_code == 2
    assert "ftassist init --task" in result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_campaign_gets_the_nearest_name(demo_folder: Path) -> None:
    result = run("status", "-c", "mini_mth-1")
    assert result.exit_code == 2
    assert "did you mean 'mini_math-1'?" in result.stderr


def test_a_campaign_is_found_by_folder_name_and_environment(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_json("status", "-c", "mini_math-1")["name"] == "mini_math-1"
    assert run_json("status", "-c", str(demo_folder))["name"] == "mini_math-1"
    monkeypatch.setenv("FTASSIST_CAMPAIGN", str(demo_folder))
    monkeypatch.chdir("/")
    assert run_json("status")["name"] == "mini_math-1"


def test_an_unknown_task_gets_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("init", "--task", "mini_mth")
    assert result.exit_code == 2
    assert "did you mean 'mini_math'?" in result.stderr
    assert not (tmp_path / "campaigns").exists()


def test_a_budget_of_zero_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("init", "--task", "mini_math", "--trials", "0", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"] == "BudgetError"


def test_init_makes_numbered_campaigns_with_the_wanted_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "--task", "mini_math", "--trials", "3", "--rows", "50").exit_code == 0
    second = run_json("init", "--task", "mini_math", "--review", "never")
    assert second["name"] == "mini_math-2"
    assert second["review"] == "never"
    first = run_json("status", "-c", "mini_math-1")
    assert (first["budget"]["trials"], first["budget"]["rows"]) == (3, 50)


def test_init_can_give_the_word_for_cells_without_isolation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    silent = run_json("init", "--task", "mini_math")
    assert silent["consent"]["given_by"] == ""
    given = run_json("init", "--task", "mini_math", "--allow-unisolated")
    assert given["consent"]["given_by"].startswith("person:")
    assert not given["consent"]["waited_for"]


def base_with(folder: Path, template: str) -> Path:
    """The tiny model with another chat template."""
    shutil.copytree(tiny_path(), folder)
    (folder / "chat_template.jinja").write_text(template)
    return folder


def test_init_refuses_a_base_that_cannot_be_trained_in_its_templates_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    base = base_with(tmp_path / "base", "{{ raise_exception('closed on Sundays') }}")
    result = run("init", "--task", "mini_math", "--model", str(base))
    assert result.exit_code == 2
    assert "closed on Sundays" in " ".join(result.output.split())
    assert not (tmp_path / "campaigns").exists()


def test_init_tells_what_is_peculiar_of_a_bases_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = (tiny_path() / "chat_template.jinja").read_text()
    base = base_with(tmp_path / "base", "{{ strftime_now('%d %b') }}" + own)
    result = run("init", "--task", "mini_math", "--model", str(base))
    assert result.exit_code == 0, result.output
    assert "the base: its chat template writes the date" in " ".join(result.output.split())
    (note,) = run_json("status")["base_notes"]
    assert note.startswith("its chat template writes the date")
    report = tmp_path / "report.html"
    assert run("report", "--output", str(report)).exit_code == 0
    assert "its chat template writes the date" in report.read_text(encoding="utf-8")


def test_tasks_lists_and_shows_cards() -> None:
    keys = {task["key"] for task in run_json("tasks")}
    assert {"mini_math", "mini_tables", "mini_chemistry"} <= keys
    shown = run("tasks", "show", "mini_math")
    assert "Two-step word problems" in shown.stdout
    wrong = run("tasks", "show", "mini_maths")
    assert wrong.exit_code == 2
    assert "did you mean 'mini_math'?" in wrong.stderr


def test_an_unknown_command_is_refused() -> None:
    result = run("tre")
    assert result.exit_code == 2
    assert "tre" in result.stderr
