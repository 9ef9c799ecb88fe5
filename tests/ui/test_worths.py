"""What each of several changes was worth stands in the tree, on the trial and in the report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.attribution import Worth
from ftassist.documents import tree_document
from ftassist.documents.live import live_part
from ftassist.documents.snapshot import Snapshot, take
from ftassist.documents.trial import trial_page as page_document
from ftassist.ui import figures, terminal, trial_text
from ftassist.ui.report import render

PART = Worth("t0004", "train.epochs", 0.123, 0.05, 0.196, "t0006")
TOLD = "train.epochs: +0.123 [+0.050, +0.196] (t0006)"


@pytest.fixture
def snapshot(demo: Campaign) -> Snapshot:
    hostile = Worth("t0004", "<b>\x1b[31mrest</b>", 0.0, -0.1, 0.1, "t0006")
    return replace(take(demo), worths={"t0004": [PART, hostile]})


def test_the_tree_tells_it_with_its_interval(snapshot: Snapshot) -> None:
    assert f"worth of {TOLD}" in terminal.to_text(terminal.tree(snapshot), width=300)
    (node,) = [n for n in tree_document(snapshot)["nodes"] if n["trial"] == "t0004"]
    assert f"worth of {TOLD}" in node["remarks"]


def test_the_drawn_tree_tells_it_where_one_points(snapshot: Snapshot) -> None:
    hovers = [
        text
        for trace in figures.tree(snapshot).data
        for text in trace.to_plotly_json().get("hovertext") or ()
    ]
    (hover,) = [text for text in hovers if "worth of" in text]
    assert TOLD in hover
    assert "<b>" not in hover


def test_a_trials_own_page_tells_it(snapshot: Snapshot) -> None:
    trial = snapshot.trial("t0004")
    text = terminal.to_text(trial_text.trial_page(snapshot, trial), width=200)
    assert TOLD in text
    assert "\x1b[31mrest" not in text
    (part, _) = page_document(snapshot, trial)["worths"]
    assert (part["part"], part["low"], part["high"]) == ("train.epochs", 0.05, 0.196)


def test_a_card_and_a_page_in_jupyterlab_tell_it_with_the_verdict(snapshot: Snapshot) -> None:
    sentence = live_part(snapshot, snapshot.trial("t0004"))["verdict"]["sentence"]
    assert f"; worth of {TOLD}; worth of" in sentence
    assert "\x1b" not in sentence
    other = live_part(snapshot, snapshot.trial("t0001"))["verdict"]["sentence"]
    assert "worth of" not in other


def test_the_report_tells_it_and_nothing_in_it_is_markup(snapshot: Snapshot) -> None:
    html = render(snapshot)
    article = html[html.index('<article id="t0004"') : html.index('<article id="t0005"')]
    assert TOLD in article
    assert "<b>\x1b" not in article
    assert "&lt;b&gt;" in article
