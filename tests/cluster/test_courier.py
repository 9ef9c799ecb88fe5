"""One trial carried to a host and back: events, files, questions, and what is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.cluster.conftest import waited

from ftassist.cluster import leftovers, node_check
from ftassist.cluster.courier import Courier
from ftassist.cluster.parcel import Hashes, Parcel, parcels_of
from ftassist.files import hash_file
from ftassist.journal import Journal, Kind
from ftassist.trial.job import EXIT_CODES, TAKEN, TrialSpec, trial_lock


def test_a_trial_comes_home_with_its_events_and_files(post: Any) -> None:
    assert post.run(post.job()) == 0
    kinds = [event.kind for event in post.events()]
    assert kinds[2] == Kind.TRIAL_STARTED
    assert kinds[-1] == Kind.TRIAL_COMPLETED
    assert Kind.TRIAL_SCORED in kinds
    folder = post.campaign / "trials" / "t0001"
    files = post.events(Kind.TRIAL_COMPLETED)[0].payload["files"]
    assert "model/weights.safetensors" in files
    assert all(hash_file(folder / name) == digest for name, digest in files.items())
    assert (folder / "metrics.jsonl").read_text().startswith('{"step": 1')


def test_the_node_is_recorded_with_the_trial(post: Any) -> None:
    post.run(post.job())
    started = post.events(Kind.TRIAL_STARTED)[0].payload
    assert started["node"]["host"]


def test_nothing_of_an_attempt_stays_on_its_node(post: Any) -> None:
    post.run(post.job())
    assert list((post.store / "attempts").iterdir()) == []


def test_a_model_is_on_the_head_before_it_is_scored(post: Any) -> None:
    post.run(post.job())
    assert post.evaluator.saw == [{"weights.safetensors": "file"}]


def test_a_link_in_a_model_arrives_as_a_link_that_leads_nowhere(post: Any) -> None:
    post.run(post.job(link=True))
    assert post.evaluator.saw[0]["config.json"] == "link"
    link = post.campaign / "trials" / "t0001" / "model" / "config.json"
    assert not link.exists()


def test_a_link_left_on_the_head_is_not_written_through(post: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = post.campaign / "trials" / "t0001"
    folder.mkdir(parents=True)
    (folder / "model").symlink_to(outside)
    assert post.run(post.job()) == 0
    assert list(outside.iterdir()) == []


def test_finished_stages_are_not_made_again_on_another_node(post: Any) -> None:
    courier = post.courier(post.job(seconds=0.0, die=True))
    courier.join(60)
    assert courier.code == EXIT_CODES[Kind.ATTEMPT_LOST]
    post.store = post.store.with_name("another")
    assert post.run(post.job(attempt=2)) == 0
    finished = [e.payload for e in post.events(Kind.STAGE_FINISHED)]
    assert [f["cached_from"] for f in finished[-3:-1]] == ["t0001", "t0001"]


def test_an_attempt_whose_node_is_lost_says_so_and_can_run_again(post: Any) -> None:
    courier = post.courier(post.job(seconds=30))
    post.until(Kind.TRIAL_STARTED)
    post.lines[0].cut = True
    courier.join(30)
    assert courier.code == EXIT_CODES[Kind.ATTEMPT_LOST]
    (lost,) = post.events(Kind.ATTEMPT_LOST)
    assert lost.payload["message"] == "the node was lost"
    assert lost.payload["node_lost"]
    assert lost.payload["node"]["host"]
    post.lines[0].cut = False
    post.lines[0].end()
    assert post.run(post.job(attempt=2)) == 0


def test_an_attempt_that_was_given_up_can_say_nothing_more(post: Any) -> None:
    courier = post.courier(post.job(seconds=2))
    post.until(Kind.TRIAL_STARTED)
    journal = Journal(post.campaign / "journal.db")
    started = {"attempt": 2, "isolation": "none"}
    lost = {"message": "x", "stage": "train"}
    journal.append(actor="runner", kind=Kind.ATTEMPT_LOST, trial="t0001", payload=lost)
    journal.append(actor="worker", kind=Kind.TRIAL_STARTED, trial="t0001", payload=started)
    courier.join(30)
    assert courier.code == TAKEN
    assert post.events(Kind.TRIAL_COMPLETED) == []


def test_a_stopped_trial_says_so(post: Any) -> None:
    courier = post.courier(post.job(seconds=30))
    post.until(Kind.TRIAL_STARTED)
    courier.stop()
    courier.join(30)
    assert courier.code == EXIT_CODES[Kind.TRIAL_STOPPED]
    assert post.events()[-1].kind == Kind.TRIAL_STOPPED


def test_a_paused_trial_brings_its_checkpoint_home_and_takes_it_along(post: Any) -> None:
    courier = post.courier(post.job(seconds=30))
    waiting = post.campaign / "trials" / "t0001" / "metrics.jsonl"
    waited(waiting.is_file)
    courier.pause()
    courier.join(30)
    assert courier.code == EXIT_CODES[Kind.TRIAL_PAUSED]
    checkpoint = post.campaign / "trials" / "t0001" / "checkpoints" / "step"
    assert checkpoint.read_text() == "1"
    second = post.courier(post.job(attempt=2, seconds=30))
    post.until(Kind.TRIAL_PAUSED)
    there = "attempts/*/trials/t0001/checkpoints/step"
    waited(lambda: any(post.store.glob(there)))
    second.release()
    second.join(30)


def test_inputs_are_fetched_once_and_the_notebook_names_those_of_the_head(
    post: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("FTASSIST_CLUSTER_COPY", "1")
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text("{}")
    (base / "model.safetensors").write_text("weights")
    spec = TrialSpec("t0001", "mini_math", str(base), {}, "mini_math")
    parcels = parcels_of(spec, Hashes())
    assert [parcel.role for parcel in parcels] == ["model"]
    job = post.job()
    job = replace(job, spec=replace(job.spec, model=str(base)))
    assert post.run(job, parcels) == 0
    kept = post.store / "inputs" / parcels[0].digest
    assert (kept / "model.safetensors").read_text() == "weights"
    notebook = json.loads((post.campaign / "trials" / "t0001" / "trial.ipynb").read_text())
    assert notebook["cells"][0]["source"] == f"model = {json.dumps(str(base))}"


def test_a_file_that_arrives_damaged_is_not_kept(post: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("{}")
    wrong = Parcel("repository", str(tmp_path), {"rows.jsonl": ("0" * 32, 2)})
    assert post.run(post.job(), [wrong]) == EXIT_CODES[Kind.ATTEMPT_LOST]
    (lost,) = post.events(Kind.ATTEMPT_LOST)
    assert "arrived damaged" in lost.payload["message"]
    assert not (post.store / "inputs").exists()


def test_a_node_with_other_versions_runs_nothing(post: Any) -> None:
    real = node_check.report()
    head = {**real.to_dict(), "versions": {**real.versions, "torch": "0.0"}}

    report = node_check.NodeReport.from_dict(head)
    running = Courier(post.job(), [], post.dial, post.head(report=report))
    running.start()
    running.join(30)
    (lost,) = post.events(Kind.ATTEMPT_LOST)
    assert "torch is" in lost.payload["message"]
    assert "constraints.txt" in lost.payload["message"]
    assert post.events(Kind.TRIAL_STARTED) == []


def test_a_node_that_cannot_take_a_trial_is_named_and_the_trial_is_not_blamed(
    post: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(node_check, "LEAST_FREE", 2**60)
    told: list[str] = []
    courier = post.courier(post.job(), on_unfit=lambda node, why: told.append(why))
    courier.join(30)
    (lost,) = post.events(Kind.ATTEMPT_LOST)
    assert lost.payload["node_lost"]
    assert "GiB are free" in lost.payload["message"]
    assert told == [lost.payload["message"]]


def test_a_trial_that_is_stopped_before_it_has_a_place_leaves_no_word(post: Any) -> None:
    job = post.job()
    courier = Courier(job, [], lambda: post.dial(after=0.5), post.head())
    courier.start()
    courier.stop()
    courier.join(30)
    assert courier.code == TAKEN
    assert [e.kind for e in post.events()] == [Kind.PROPOSAL_MADE, Kind.DECISION_ACCEPTED]


def test_a_training_goes_on_elsewhere_from_the_checkpoint_it_had_when_its_node_was_lost(
    post: Any,
) -> None:
    courier = post.courier(post.job(seconds=30, keep=True))
    kept = post.campaign / "trials" / "t0001" / "checkpoints"
    waited((kept / "checkpoint-3" / "complete.json").is_file)
    assert [path.name for path in kept.iterdir()] == ["checkpoint-3"]
    post.lines[0].cut = True
    courier.join(30)
    assert courier.code == EXIT_CODES[Kind.ATTEMPT_LOST]
    post.lines[0].cut = False
    post.lines[0].end()
    post.store = post.store.with_name("another")
    job = post.job(attempt=2, changed=True)
    assert post.run(job) == 0
    resumed = post.campaign / "trials" / "t0001" / "data" / "resumed"
    assert resumed.read_text() == "checkpoint-3"
    assert not kept.exists()


@pytest.mark.parametrize("wishes", [{"full": True}, {"die": True}])
def test_a_trial_that_ends_for_want_of_room_on_its_node_is_run_elsewhere(
    post: Any, monkeypatch: pytest.MonkeyPatch, wishes: dict[str, bool]
) -> None:
    monkeypatch.setattr(node_check, "FULL", 2**60)
    told: list[str] = []
    courier = post.courier(post.job(**wishes), on_unfit=lambda node, why: told.append(why))
    courier.join(30)
    assert courier.code == EXIT_CODES[Kind.ATTEMPT_LOST]
    (lost,) = post.events(Kind.ATTEMPT_LOST)
    assert "is full" in lost.payload["message"]
    assert told == [lost.payload["message"]]
    assert post.events(Kind.TRIAL_FAILED) == []


def test_a_failure_on_a_node_with_room_is_the_trials_own(post: Any) -> None:
    assert post.run(post.job(full=True)) == EXIT_CODES[Kind.TRIAL_FAILED]
    assert post.events(Kind.ATTEMPT_LOST) == []


def test_a_trial_that_a_worker_of_this_machine_still_runs_is_not_carried_off(post: Any) -> None:
    with trial_lock(post.campaign / "trials" / "t0001"):
        assert post.run(post.job()) == TAKEN
    assert post.events(Kind.TRIAL_STARTED) == []
    assert post.run(post.job()) == 0


def test_what_an_attempt_left_running_is_ended_before_the_trial_runs_again(post: Any) -> None:
    running = post.courier(post.job(seconds=60))
    post.until(Kind.TRIAL_STARTED)
    pid = post.events(Kind.TRIAL_STARTED)[0].payload["pid"]
    assert leftovers.end(post.store, "", "t0009") == 0
    assert Path(f"/proc/{pid}").exists()
    assert leftovers.end(post.store, "", "t0001") == 1
    waited(lambda: not lives(pid), 10)
    running.join(30)


def lives(pid: int) -> bool:
    """Whether a process runs; one that only waits to be taken note of does not."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False
