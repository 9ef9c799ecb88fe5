"""The preflight ladder: each check refuses what it is for, and says which row and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.files import read_json
from ftassist.journal.events import Kind
from ftassist.trial.failures import StageFailedError
from ftassist.trial.job import TrialJob, TrialSpec
from ftassist.trial.preflight import CheckResult, Preflight


@dataclass(frozen=True)
class FakeLeak:
    row: int
    kind: str = "exact"
    span: tuple[int, int] = (0, 7)


def _row(number: int, **changes: Any) -> dict[str, Any]:
    messages = [
        {"role": "user", "content": f"what is {number}?"},
        {"role": "assistant", "content": str(number)},
    ]
    return {"id": f"r{number}", "source": "made", "messages": messages} | changes


@dataclass
class Ladder:
    """The checks of a trial whose data the test writes."""

    folder: Path
    spec: TrialSpec
    results: list[CheckResult]
    leaks: list[FakeLeak]

    def write(self, *rows: dict[str, Any] | str) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (self.folder / "data/train.jsonl").write_text("".join(f"{line}\n" for line in lines))

    def checks(self) -> Preflight:
        return Preflight(
            self.folder,
            self.spec,
            find_leaks=lambda texts: self.leaks,
            on_check=self.results.append,
        )

    def refusal(self, run: Callable[[], None]) -> StageFailedError:
        with pytest.raises(StageFailedError) as caught:
            run()
        return caught.value


@pytest.fixture
def ladder(tmp_path: Path, spec: TrialSpec) -> Ladder:
    return Ladder(tmp_path / "trial", spec, [], [])


def test_sound_data_passes_every_rung_in_order(ladder: Ladder) -> None:
    ladder.write(_row(1), _row(2))

    ladder.checks().after_curate()

    assert [result.check for result in ladder.results] == ["schema", "row_cap", "leakage"]
    assert all(result.passed for result in ladder.results)


@pytest.mark.parametrize(
    "bad",
    [
        {"id": "x", "source": "made"},
        _row(1, messages=[]),
        _row(1, messages=[{"role": "user", "content": 7}]),
        _row(1, id=7),
        '{"id": "half',
        "[1, 2]",
    ],
)
def test_a_bad_row_is_named_by_number(ladder: Ladder, bad: dict[str, Any] | str) -> None:
    ladder.write(_row(1), _row(2), bad, _row(4))

    refused = ladder.refusal(ladder.checks().after_curate)

    assert refused.failure.failure == "DATA"
    assert "row 3" in refused.failure.message
    assert refused.failure.stage == "schema"


def test_a_missing_export_says_what_to_do(ladder: Ladder) -> None:
    ladder.folder.mkdir()

    refused = ladder.refusal(ladder.checks().after_curate)

    assert refused.failure.failure == "DATA"
    assert 'curate.export(rows, "data")' in refused.failure.message


def test_empty_data_is_refused(ladder: Ladder) -> None:
    ladder.write()

    refused = ladder.refusal(ladder.checks().after_curate)

    assert "no rows to train on" in refused.failure.message


def test_the_row_cap_is_counted_by_the_program(ladder: Ladder) -> None:
    ladder.spec = replace(ladder.spec, row_cap=2)
    ladder.write(*[_row(n) for n in range(3)])

    refused = ladder.refusal(ladder.checks().after_curate)

    assert refused.failure.failure == "BUDGET"
    assert "3 training rows, the cap is 2" in refused.failure.message


def test_the_cap_itself_is_allowed(ladder: Ladder) -> None:
    ladder.spec = replace(ladder.spec, row_cap=3)
    ladder.write(*[_row(n) for n in range(3)])

    ladder.checks().after_curate()

    assert ladder.results[-1].passed


def test_leaking_rows_make_a_trial_invalid_and_are_listed(ladder: Ladder) -> None:
    ladder.write(*[_row(n) for n in range(4)])
    ladder.leaks = [FakeLeak(1, span=(5, 9)), FakeLeak(3, "n-gram")]

    refused = ladder.refusal(ladder.checks().after_curate)

    assert refused.failure.failure == "INVALID"
    assert "2 of 4 training rows" in refused.failure.message
    assert "curate.decontaminate" in refused.failure.message
    assert "sources: 2 of made" in refused.failure.message
    listed = read_json(ladder.folder / "leaks.json")
    assert [(leak["row"], leak["id"], leak["kind"]) for leak in listed["leaks"]] == [
        (2, "r1", "exact"),
        (4, "r3", "n-gram"),
    ]
    first = listed["leaks"][0]
    assert first["text"][first["start"] : first["end"]] == "is 1"
    assert ladder.results[-1].summary["sources"] == {"made": 2}


def test_a_leaking_row_is_kept_with_the_words_that_leak(ladder: Ladder) -> None:
    ladder.write(*[_row(n) for n in range(4)])
    ladder.leaks = [FakeLeak(2, "ngram", (5, 9))]

    ladder.refusal(ladder.checks().after_curate)

    (place,) = ladder.results[-1].summary["places"]
    assert (place["row"], place["id"], place["kind"]) == (3, "r2", "ngram")
    assert place["text"][place["start"] : place["end"]] == "is 2"
    assert place["text"] == "what is 2?\n2"


def test_many_leaking_rows_are_counted_and_a_few_kept(ladder: Ladder) -> None:
    ladder.write(*[_row(n) for n in range(60)])
    ladder.leaks = [FakeLeak(n) for n in range(60)]

    ladder.refusal(ladder.checks().after_curate)

    summary = ladder.results[-1].summary
    assert (summary["leaking"], len(summary["places"])) == (60, 20)


def test_lengths_and_the_same_few_rows_are_kept_with_the_schema_check(ladder: Ladder) -> None:
    ladder.write(*[_row(n) for n in range(40)])
    for _ in range(2):
        ladder.checks().after_curate()

    first, again = (r.summary for r in ladder.results if r.check == "schema")
    assert first == again
    assert sum(first["lengths"]["prompt"]["counts"]) == 40
    assert first["lengths"]["answer"]["longest"] == 2
    assert len(first["samples"]) == 5
    for sample in first["samples"]:
        assert sample["messages"][0]["content"] == f"what is {sample['row'] - 1}?"


def test_an_evaluator_that_cannot_be_asked_stops_the_trial(ladder: Ladder) -> None:
    def unreachable(texts: list[str]) -> list[FakeLeak]:
        raise ConnectionRefusedError("nobody listens")

    ladder.write(_row(1))
    checks = Preflight(
        ladder.folder, ladder.spec, find_leaks=unreachable, on_check=ladder.results.append
    )

    assert ladder.refusal(checks.after_curate).failure.failure == "ENV"


def test_data_changed_after_its_checks_is_cheating(ladder: Ladder) -> None:
    ladder.write(_row(1))
    checks = ladder.checks()
    checks.after_curate()
    ladder.write(_row(1), _row(2))

    refused = ladder.refusal(checks.after_train)

    assert refused.failure.failure == "INVALID"


def test_what_training_audited_is_reported_once(ladder: Ladder) -> None:
    ladder.write(_row(1))
    checks = ladder.checks()
    checks.after_curate()
    audit = {"checks": [{"name": "tokens", "passed": True, "message": "31 %", "detail": {"n": 1}}]}
    (ladder.folder / "audit.json").write_text(json.dumps(audit))

    checks.report_audit()
    checks.after_train()

    told = [result for result in ladder.results if result.check == "tokens"]
    assert [(result.message, result.summary) for result in told] == [("31 %", {"n": 1})]


def test_a_trial_with_leaking_rows_ends_before_it_trains(lab: Any, job: TrialJob) -> None:
    outcome = lab.run(job, find_leaks=lambda texts: [FakeLeak(0)])

    assert outcome.payload["class"] == "INVALID"
    assert lab.statuses(job)["curate"] == "completed"
    assert lab.statuses(job)["train"] == "pending"
    failed = lab.events(job, Kind.PREFLIGHT_FAILED)
    assert [event.payload["check"] for event in failed] == ["leakage"]


def test_cached_data_is_checked_again(lab: Any, job: TrialJob) -> None:
    lab.run(job)
    smaller = lab.as_trial(job, "t0002", row_cap=3)

    outcome = lab.run(smaller)

    assert lab.statuses(smaller)["curate"] == "skipped"
    assert outcome.payload["class"] == "BUDGET"


def test_a_job_without_an_evaluator_does_not_pass_for_one_without_leaks(
    lab: Any, job: TrialJob
) -> None:
    outcome = lab.run(replace(job, check_leakage=True))

    assert outcome.payload["class"] == "ENV"
    assert outcome.payload["stage"] == "leakage"
    assert lab.statuses(job)["train"] == "pending"
