"""Evidence is measured from what a trial left, and nothing missing breaks it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.agent.evidence import PRINTED, collect, wrong_answers
from ftassist.agent.loss_curve import ENDS, summarise_losses
from ftassist.journal.state import Trial
from ftassist.records.failure import TrialFailure
from ftassist.records.feedback import TrialFeedback

TRIAL = Trial(id="t0001")


def write_metrics(folder: Path, *rows: dict[str, Any], tail: str = "") -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "metrics.jsonl").write_text(text + tail)


def test_an_empty_folder_gives_no_evidence(tmp_path: Path) -> None:
    found = collect(tmp_path / "not there", TRIAL)
    assert found.loss is None
    assert found.data is None
    assert found.audit is None
    assert found.training is None
    assert found.wrong is None
    assert found.seconds is None


def test_the_loss_curve_keeps_both_ends(tmp_path: Path) -> None:
    rows = [{"step": n + 1, "steps": 200, "loss": 2.0 - n / 100} for n in range(200)]
    write_metrics(tmp_path, *rows)
    loss = collect(tmp_path, TRIAL).loss
    assert loss is not None
    assert (loss.steps, loss.planned) == (200, 200)
    assert loss.head == tuple(round(row["loss"], 4) for row in rows[:ENDS])
    assert loss.tail == tuple(round(row["loss"], 4) for row in rows[-ENDS:])
    assert loss.slope is not None
    assert loss.slope < -0.5


def test_held_out_losses_are_kept_apart(tmp_path: Path) -> None:
    write_metrics(
        tmp_path,
        {"step": 1, "loss": 2.0},
        {"step": 1, "eval_loss": 1.9},
        {"step": 2, "loss": 1.0},
        {"step": 2, "eval_loss": 0.8},
        {"step": 3, "eval_loss": 1.0},
    )
    loss = collect(tmp_path, TRIAL).loss
    assert loss is not None
    assert loss.steps == 2
    assert loss.validation == ((1, 1.9), (2, 0.8), (3, 1.0))
    assert loss.validation_rise is not None
    assert round(loss.validation_rise, 2) == 0.25


def test_a_half_written_line_is_left_out(tmp_path: Path) -> None:
    write_metrics(tmp_path, {"step": 1, "loss": 2.0}, tail='{"step": 2, "lo')
    loss = collect(tmp_path, TRIAL).loss
    assert loss is not None
    assert loss.steps == 1


def test_a_loss_that_is_not_a_number_is_told(tmp_path: Path) -> None:
    write_metrics(tmp_path, {"step": 1, "loss": 2.0}, {"step": 2, "loss": None})
    loss = collect(tmp_path, TRIAL).loss
    assert loss is not None
    assert not loss.finite


def test_the_data_card_is_summed_up(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    card = {
        "rows": 7,
        "by_source": {"a": 4, "b": 3},
        "steps": [{"operator": "deduplicate", "dropped": {"exact duplicate": 2}}],
    }
    (tmp_path / "data" / "card.json").write_text(json.dumps(card))
    data = collect(tmp_path, TRIAL).data
    assert data is not None
    assert (data.rows, dict(data.by_source)) == (7, {"a": 4, "b": 3})
    assert data.dropped == {"deduplicate: exact duplicate": 2}


def test_a_broken_data_card_is_no_data(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "card.json").write_text('{"rows": 7, "by_so')
    assert collect(tmp_path, TRIAL).data is None


def test_the_token_audit_is_read(tmp_path: Path) -> None:
    detail = {"share_trained": 0.3, "rows": 100, "rows_truncated": 4, "longest_row": 300}
    checks = [{"name": "memory", "detail": {}}, {"name": "tokens", "detail": detail}]
    (tmp_path / "audit.json").write_text(json.dumps({"checks": checks}))
    audit = collect(tmp_path, TRIAL).audit
    assert audit is not None
    assert (audit.rows_truncated, audit.share_trained) == (4, 0.3)


def test_training_arguments_come_from_the_cell(kit: Any, tmp_path: Path) -> None:
    trial = replace(TRIAL, cells=kit.cells({"log": 9}, train={"epochs": 3}))
    training = collect(tmp_path, trial).training
    assert training is not None
    assert training["epochs"] == 3


def test_wrong_answers_fall_into_classes(kit: Any) -> None:
    views = {"apples": 0.9, "boats": 0.1}
    told = kit.feedback(0.5, views, parse_rate=0.8, truncated=0.1)
    found = wrong_answers(TrialFeedback.of(told))
    assert found is not None
    assert (found.unparsable, found.truncated, found.parsed) == (0.2, 0.1, 0.3)
    assert found.by_view == {"apples": 0.1, "boats": 0.9}


def test_wrong_answers_that_are_all_the_same_are_counted(kit: Any) -> None:
    wrong = [{"view": "boats", "output": "So the answer: 7"}] * 6 + [{"output": "answer: 8"}] * 2
    found = wrong_answers(TrialFeedback.of(kit.feedback(0.5, wrong=wrong)))
    assert found is not None
    assert found.shown == 0.75


def test_supervised_epochs_before_a_method_have_a_curve_of_their_own(tmp_path: Path) -> None:
    write_metrics(tmp_path, {"step": 1, "loss": 0.69})
    rows = "".join(json.dumps({"step": n, "loss": 3.0 - n / 5}) + "\n" for n in range(1, 11))
    (tmp_path / "supervised.jsonl").write_text(rows)
    found = collect(tmp_path, TRIAL)
    assert found.loss is not None
    assert found.supervised is not None
    assert (found.loss.steps, found.supervised.steps) == (1, 10)
    assert found.supervised.end == 1.0


def test_what_a_trial_printed_is_kept_to_its_end(tmp_path: Path) -> None:
    notebook = {
        "cells": [
            {"outputs": [{"output_type": "stream", "text": ["x" * 50_000, "\n"]}]},
            {
                "outputs": [
                    {"output_type": "stream", "text": "rows: 12\n"},
                    {"output_type": "error"},
                ]
            },
        ]
    }
    (tmp_path / "trial.ipynb").write_text(json.dumps(notebook))
    failed = replace(TRIAL, failure=TrialFailure("DATA", message="no row"))
    printed = collect(tmp_path, failed).printed
    assert printed.endswith("rows: 12\n")
    assert len(printed) == PRINTED
    assert collect(tmp_path, TRIAL).printed == printed, "and so is that of one that went well"


@pytest.mark.parametrize(
    "name", ["metrics.jsonl", "supervised.jsonl", "data/card.json", "audit.json", "trial.ipynb"]
)
def test_a_pipe_or_a_link_in_place_of_a_file_is_not_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "t0001"
    (folder / "data").mkdir(parents=True)
    secret = tmp_path / "secret.json"
    secret.write_text('{"loss": 1, "by_source": {"secret": 1}, "checks": [{"name": "tokens"}]}')
    (folder / name).symlink_to(secret)
    failed = replace(TRIAL, failure=TrialFailure("DATA"))
    assert collect(folder, failed) == collect(tmp_path / "none", failed)
    (folder / name).unlink()
    os.mkfifo(folder / name)  # reading it would wait for ever
    assert collect(folder, failed) == collect(tmp_path / "none", failed)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("metrics.jsonl", '{"loss": 1, "step": "x", "eval_loss": 2}'),
        ("metrics.jsonl", '{"loss": 1e999, "steps": 1e999}'),
        ("data/card.json", '{"by_source": {"a": "many"}}'),
        ("data/card.json", '{"by_source": {}, "steps": [1]}'),
        ("data/card.json", "[" * 100_000),
        ("audit.json", '{"checks": [{"name": "tokens", "detail": 3}]}'),
        ("audit.json", "3"),
        ("trial.ipynb", '{"cells": 3}'),
        ("trial.ipynb", '{"cells": [{"outputs": [{"output_type": "stream", "text": 3}]}]}'),
    ],
)
def test_whatever_a_cell_wrote_in_a_files_place_breaks_nothing(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / name).write_text(text)
    found = collect(tmp_path, replace(TRIAL, failure=TrialFailure("DATA")))
    json.dumps(found.to_dict())
    assert found.data is None


def test_evidence_is_json(kit: Any, tmp_path: Path) -> None:
    write_metrics(tmp_path, {"step": 1, "loss": 2.0})
    told = TrialFeedback.of(kit.feedback(0.5))
    trial = replace(TRIAL, feedback=told, cells=kit.cells({"log": 9}))
    assert json.loads(json.dumps(collect(tmp_path, trial).to_dict()))["loss"]["steps"] == 1


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=80))
def test_any_losses_can_be_summed_up(losses: list[float | None]) -> None:
    found = summarise_losses(losses)
    assert (found is None) == (not losses)
    if found:
        assert found.finite == (None not in losses)
        assert len(found.head) <= ENDS


def test_what_cells_printed_and_showed_is_kept_of_a_trial_that_went_well(tmp_path: Path) -> None:
    outputs = [
        {"output_type": "stream", "text": "680 read\n"},
        {"output_type": "execute_result", "data": {"text/plain": "106 rows (notes 106)"}},
        {"output_type": "display_data", "data": {"image/png": "aaaa"}},
    ]
    notebook = {"cells": [{"outputs": outputs}]}
    (tmp_path / "trial.ipynb").write_text(json.dumps(notebook))
    assert collect(tmp_path, TRIAL).printed == "680 read\n106 rows (notes 106)"


def test_what_audits_found_and_curation_warned_of_is_kept_failures_first(tmp_path: Path) -> None:
    checks = [
        {"name": "tokens", "passed": True, "message": "31% of 900 tokens are trained on"},
        {"name": "generation", "passed": False, "message": "the trained model answers ''"},
    ]
    (tmp_path / "audit.json").write_text(json.dumps(checks))
    card = {"rows": 1, "by_source": {"a": 1}, "steps": [{"operator": "load", "warnings": ["old"]}]}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "card.json").write_text(json.dumps(card))
    assert collect(tmp_path, TRIAL).remarks == (
        "generation FAILED: the trained model answers ''",
        "tokens: 31% of 900 tokens are trained on",
        "load: old",
    )
