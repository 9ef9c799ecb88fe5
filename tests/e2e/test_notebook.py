"""A person's first campaign in a notebook, through a real kernel, runner, worker and evaluator."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from ftassist.campaign import Campaign, commands, trial_files
from ftassist.journal import Kind

QUICK = """%%ftagent edit t0001 train
from ftassist.recipes import train

train.sft(
    model,
    "data",
    "model",
    method="lora",
    rank=8,
    learning_rate=3e-3,
    epochs=2,
    batch_size=32,
    max_steps=30,
    seed=seed,
)"""
REASON = "not now, try something else first"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[NotebookNode, Path]:
    """The executed notebook and the folder it ran in."""
    folder = tmp_path_factory.mktemp("notebook")
    sources = [
        "%load_ext ftassist",
        "%ftagent task mini_math --trials 4",
        "%ftagent propose",
        QUICK,
        "%ftagent accept t0001",
        "%ftagent propose",
        f'%ftagent veto t0002 "{REASON}"',
        "%ftagent propose",
        "%ftagent tree",
        "%ftagent final t0001",
        "%ftagent report",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    client = NotebookClient(
        notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    try:
        with pytest.MonkeyPatch.context() as patch:  # a key would let a language model think
            patch.delenv("ANTHROPIC_API_KEY", raising=False)
            client.execute()
    finally:
        for found in Campaign.find(folder / "campaigns"):
            commands.stop(Campaign.open(found), "the test is over")
    return notebook, folder


@pytest.fixture(scope="module")
def campaign(story: tuple[NotebookNode, Path]) -> Campaign:
    return Campaign.open(Campaign.find(story[1] / "campaigns")[-1])


def text(notebook: NotebookNode, cell: int) -> str:
    """All text a cell put out."""
    parts = []
    for output in notebook.cells[cell].outputs:
        parts.append(output.get("text", ""))
        parts.append(str(output.get("data", {}).get("text/plain", "")))
    return "\n".join(parts)


pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_proposal_is_shown_with_its_document_and_fallbacks(
    story: tuple[NotebookNode, Path],
) -> None:
    data = [o["data"] for o in story[0].cells[2].outputs if "data" in o]
    shown = [d for d in data if "application/vnd.ftassist.proposal.v1+json" in d]
    assert shown
    assert "t0001" in shown[-1]["text/plain"]
    assert "<script" not in shown[-1]["text/html"]


def test_what_the_person_wrote_is_what_ran(campaign: Campaign) -> None:
    trial = campaign.trial("t0001")
    assert trial.cells["train"].strip() == QUICK.split("\n", 1)[1].strip()
    assert trial.edited["train"].startswith("person:")
    notebook = nbformat.read(campaign.trial_folder("t0001") / "trial.ipynb", as_version=4)
    sources = [c.source for c in notebook.cells if c.cell_type == "code"]
    assert any("max_steps=30" in source for source in sources)
    assert trial_files.metrics(campaign.folder, "t0001").rows[-1]["steps"] == 30


def test_the_accepted_trial_is_scored_by_the_evaluator_and_judged(campaign: Campaign) -> None:
    trial = campaign.trial("t0001")
    assert trial.status == "scored"
    assert trial.verdict.against == "t0000"
    scored = [e for e in campaign.journal.read() if e.kind == Kind.TRIAL_SCORED]
    assert {e.actor for e in scored} == {"evaluator"}


def test_the_third_proposal_heeds_the_veto(campaign: Campaign) -> None:
    vetoed, third = campaign.trial("t0002"), campaign.trial("t0003")
    assert vetoed.status == "vetoed"
    assert campaign.state.vetoes[0].reason == REASON
    assert third.proposal.change.key != vetoed.proposal.change.key
    assert third.status == "proposed"
    assert dict(third.cells) != dict(vetoed.cells)


def test_the_tree_is_a_plain_figure_and_no_widget(story: tuple[NotebookNode, Path]) -> None:
    kinds = {k for o in story[0].cells[8].outputs for k in o.get("data", {})}
    assert "application/vnd.plotly.v1+json" in kinds
    assert "application/vnd.jupyter.widget-view+json" not in kinds
    assert len(nbformat.writes(story[0])) < 1_000_000


def test_the_test_split_was_opened_once_for_the_trial(campaign: Campaign) -> None:
    assert [o.trial for o in campaign.state.openings] == ["t0001"]
    assert set(campaign.state.tests["t0001"]["scores"]) == {"t0000", "t0001"}


def test_the_report_is_one_file_that_loads_nothing(campaign: Campaign) -> None:
    html = (campaign.folder / "report.html").read_text(encoding="utf-8")
    assert "t0001" in html
    assert "<script" not in html
    assert 'src="http' not in html
