"""A campaign in a local MLflow store: once, and what is new the next time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.trackers.mirror import mirror
from ftassist.journal import Kind

mlflow = pytest.importorskip("mlflow", reason="needs the extra mlflow")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a store in a folder of its own."""
    uri = f"file://{tmp_path / 'mlruns'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return mlflow.tracking.MlflowClient(uri)


def runs(store: Any, campaign: Campaign) -> dict[str, Any]:
    experiment = store.get_experiment_by_name(f"ftassist/{campaign.name}")
    found = store.search_runs([experiment.experiment_id])
    return {run.data.tags["ftassist.trial"]: run for run in found}


def test_scores_parameters_and_parents_are_there_and_a_second_time_writes_nothing(
    demo: Campaign, store: Any
) -> None:
    written = mirror(demo, "mlflow")
    found = runs(store, demo)
    assert written == len(found) > 5
    run, trial = found["t0004"], demo.trial("t0004")
    assert run.data.metrics["score"] == trial.score
    assert run.data.params["train.sft.epochs"] == "3"
    assert run.data.tags["mlflow.parentRunId"] == found[str(trial.parent)].info.run_id
    assert found["t0005"].info.status == "FAILED"
    assert mirror(demo, "mlflow") == 0


def test_what_is_new_of_a_trial_is_added_to_its_run(demo: Campaign, store: Any) -> None:
    mirror(demo, "mlflow")
    before = runs(store, demo)["t0004"].info.run_id
    made = {"folder": "exports/t0004", "files": 3, "bytes": 10}
    demo.say(Kind.EXPORT_MADE, made, trial="t0004")
    assert mirror(demo, "mlflow") == 1
    run = runs(store, demo)["t0004"]
    assert run.info.run_id == before
    assert run.data.tags["ftassist.export"].endswith("exports/t0004")


def test_without_an_address_the_store_lies_beside_the_campaign(
    demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlalchemy", reason="needs the extra mlflow")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    written = mirror(demo, "mlflow")
    store = mlflow.tracking.MlflowClient(f"sqlite:///{demo.folder.parent}/mlflow.db")
    assert len(runs(store, demo)) == written
    assert mirror(demo, "mlflow") == 0
