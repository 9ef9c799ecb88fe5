import json
from dataclasses import replace
from typing import Any

import pytest

from ftassist.campaign import Campaign, trial_files
from ftassist.documents.snapshot import Snapshot, take
from ftassist.errors import DataError
from ftassist.records.baseline import ScoredBaseline
from ftassist.ui import figures
from ftassist.ui.report import pictures


@pytest.fixture
def snapshot(demo: Campaign) -> Snapshot:
    return take(demo, curves=True)


def traces(figure: Any) -> list[dict[str, Any]]:
    return [trace.to_plotly_json() for trace in figure.data]


def test_every_figure_is_a_plain_figure(snapshot: Snapshot) -> None:
    trial = snapshot.trial("t0004")
    made = (
        figures.tree(snapshot),
        figures.curves(snapshot, trial),
        figures.views(snapshot, trial),
        figures.predictions(snapshot),
    )
    assert {type(figure).__name__ for figure in made} == {"Figure"}


def test_the_tree_tells_a_tie_by_shape_and_text(snapshot: Snapshot) -> None:
    nodes = traces(figures.tree(snapshot))[-1]
    place = next(i for i, text in enumerate(nodes["text"]) if "t0003" in text)
    assert nodes["marker"]["symbol"][place] == "circle-open"
    assert "tied" in nodes["text"][place] and "0.42" in nodes["text"][place]


def test_the_best_path_is_thick_and_proposals_are_dashed(snapshot: Snapshot) -> None:
    edges = [t for t in traces(figures.tree(snapshot)) if t["mode"] == "lines"]
    assert sum(edge["line"]["width"] > 3 for edge in edges) == len(snapshot.best_path) - 1
    assert sum(edge["line"]["dash"] == "dot" for edge in edges) == 1


def test_labels_are_escaped(snapshot: Snapshot) -> None:
    labels = [text for t in traces(figures.tree(snapshot)) for text in t.get("text") or ()]
    assert not any("<img" in label for label in labels)
    assert any("&lt;img" in label for label in labels)


def test_scores_stand_beside_the_strongest_classical_baseline(snapshot: Snapshot) -> None:
    trial = snapshot.trial("t0004")
    assert not figures.views(snapshot, trial).layout.shapes
    words = ScoredBaseline("baseline-words", "<b>words", 500, 4, (), 0.31, 0.3, 0.32)
    known = (words, replace(words, name="majority", score=0.1))
    beside = replace(snapshot, state=replace(snapshot.state, baselines=known))
    layout = figures.views(beside, trial).layout
    (line,) = layout.shapes
    assert (line.x0, line.x1, line.line.dash) == (0.31, 0.31, "dash")
    assert layout.annotations[0].text == "&lt;b&gt;words 0.31"


def test_the_parents_curve_lies_behind(snapshot: Snapshot) -> None:
    drawn = traces(figures.curves(snapshot, snapshot.trial("t0004")))
    assert drawn[0]["name"] == "t0002 (parent)"
    assert drawn[0]["line"]["color"] == figures.GREY


def test_supervised_epochs_before_a_method_are_a_line_of_their_own(demo: Campaign) -> None:
    rows = "".join(json.dumps({"step": n, "loss": 3.0 - n}) + "\n" for n in (1, 2))
    (demo.trial_folder("t0004") / "supervised.jsonl").write_text(rows)
    snapshot = take(demo, curves=True)
    drawn = traces(figures.curves(snapshot, snapshot.trial("t0004")))
    (before,) = [t for t in drawn if t["name"] == "t0004, supervised epochs before"]
    assert list(before["y"]) == [2.0, 1.0]
    (own,) = [t for t in drawn if t["name"] == "t0004"]
    assert len(own["y"]) == len(
        [r for r in trial_files.metrics(demo.folder, "t0004").rows if "loss" in r]
    )
    assert 'class="curve-supervised"' in pictures.curve(snapshot, snapshot.trial("t0004"))


def test_views_have_intervals(snapshot: Snapshot) -> None:
    drawn = traces(figures.views(snapshot, snapshot.trial("t0004")))
    assert len(drawn) == 2
    assert all(value > 0 for value in drawn[1]["error_x"]["array"])


def test_a_prediction_that_failed_has_another_shape(snapshot: Snapshot) -> None:
    held, missed = traces(figures.predictions(snapshot))[-2:]
    assert "t0001" in held["y"] and "t0004" in missed["y"]
    assert held["marker"]["symbol"] != missed["marker"]["symbol"]


def test_a_trial_that_has_not_trained_has_no_curve(snapshot: Snapshot) -> None:
    with pytest.raises(DataError, match="t0012 has no learning curve"):
        figures.curves(snapshot, snapshot.trial("t0012"))


def test_without_a_judged_trial_there_are_no_predictions(snapshot: Snapshot) -> None:
    trials = {"t0000": snapshot.state.base}
    early = replace(snapshot, state=replace(snapshot.state, trials=trials))
    with pytest.raises(DataError, match="no prediction"):
        figures.predictions(early)


def test_a_figure_in_a_notebook_is_small(snapshot: Snapshot) -> None:
    bundle = figures.mime_bundle(figures.tree(snapshot), "text <b>")
    assert len(str(bundle)) < 60_000
    assert bundle["text/html"] == "<pre>text &lt;b&gt;</pre>"
