"""The tools that jupyter-server-mcp offers of a campaign."""

from __future__ import annotations

import asyncio
import importlib
import tomllib
from collections.abc import Coroutine
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Budget, Campaign, commands
from ftassist.server import jupyter_mcp

ROOT = Path(__file__).parents[2]
GROUP = "jupyter_server_mcp.tools"
PROPOSAL: dict[str, Any] = {
    "curate": "from ftassist.recipes import curate\n"
    'rows = curate.load(repository, ["lessons_shop"], seed=seed)\n'
    'curate.export(curate.decontaminate(rows), "data")\n',
    "train": "from ftassist.recipes import train\n"
    'train.sft(model, "data", "model", learning_rate=1e-3, seed=seed)\n',
    "hypothesis": "worked answers help", "cause": "bare ones teach guessing",
    "low": 0.0, "high": 0.5,
}  # fmt: skip


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    monkeypatch.setattr(jupyter_mcp, "_root", tmp_path.resolve)
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 0)
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    return Campaign.create(
        tmp_path / "work" / "c", task="mini_math", review="always", dry_run=False,
        budget=Budget(trials=3),
    )  # fmt: skip


def run(act: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(act)


def test_the_tools_are_found_by_their_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    place = project["entry-points"][GROUP]["ftassist"]
    tools = EntryPoint("ftassist", place, GROUP).load()
    for tool in tools():
        module, name = tool.split(":")
        assert getattr(importlib.import_module(module), name).__doc__
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert tools() == []


def test_a_campaign_is_found_looked_at_and_proposed_to(campaign: Campaign) -> None:
    (name,) = run(jupyter_mcp.ftassist_campaigns())
    assert name == "work/c"
    meta = run(jupyter_mcp.ftassist_meta(name))
    assert meta["review"] == "always" and "read_rows(" in meta["looks"]
    assert run(jupyter_mcp.ftassist_sets(name))
    rows = run(jupyter_mcp.ftassist_look(name, "read_rows", {"set": "lessons_shop", "count": 2}))
    assert len(rows["shown"]["shown"]) == 2
    made = run(jupyter_mcp.ftassist_submit(name, **PROPOSAL))
    assert (made["status"], made["by"]) == ("proposed", "mcp:jupyter-server-mcp")
    assert run(jupyter_mcp.ftassist_trial(name, made["task"]))["over"] is False


def test_a_campaign_is_opened_by_its_name_without_a_search_for_all(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jupyter_mcp, "find_campaigns", None)
    assert run(jupyter_mcp.ftassist_meta("work/c"))["review"] == "always"


def test_where_a_proposal_would_run_by_itself_none_is_taken(campaign: Campaign) -> None:
    commands.set_review(campaign, "never")
    with pytest.raises(ValueError, match="asks nobody who they are"):
        run(jupyter_mcp.ftassist_submit("work/c", **PROPOSAL))
    assert list(campaign.refresh().trials) == ["t0000"]


@pytest.mark.parametrize("name", ["../c", "/", "work", "", "work/c/../c"])
def test_only_campaigns_below_the_root_are_opened(campaign: Campaign, name: str) -> None:
    with pytest.raises(ValueError, match="campaign"):
        run(jupyter_mcp.ftassist_meta(name))
