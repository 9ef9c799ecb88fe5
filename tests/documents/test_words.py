from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftassist.documents import words
from ftassist.journal.state import Trial
from ftassist.records.decision import Decision
from ftassist.records.failure import TrialFailure
from ftassist.records.proposal import TrialProposal
from ftassist.records.verdict import NO_VERDICT, TrialVerdict

PROPOSED = TrialProposal(backend="playbook")


@given(st.text())
def test_cleaned_text_holds_no_control_or_direction_character(text: str) -> None:
    shown = words.clean(text)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in shown)
    assert "\x9b" not in shown and "\u202e" not in shown


@given(st.text(), st.integers(5, 80))
def test_one_line_is_one_line_and_no_longer(text: str, limit: int) -> None:
    shown = words.one_line(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown


@given(st.floats(-1, 1))
def test_a_difference_has_a_sign_and_never_a_negative_zero(value: float) -> None:
    shown = words.signed(value)
    assert shown[0] in "+−"
    assert shown != "−0.00"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "-"), (1.23, "1.2 s"), (25, "25 s"), (240, "4 min"), (7500, "2 h 05 min")],
)
def test_durations_are_said_as_people_say_them(seconds: float | None, shown: str) -> None:
    assert words.duration(seconds) == shown


def test_a_tie_is_told_as_not_distinguishable() -> None:
    verdict = TrialVerdict("tied", "t0002", 0.01, -0.05, 0.07)
    expected = "not distinguishable from t0002: difference +0.01 [−0.05, 0.07]"
    assert words.verdict_sentence(verdict) == expected


def test_an_adjusted_p_value_is_named_as_such() -> None:
    verdict = TrialVerdict("better", "t0002", 0.2, p=0.01, p_adjusted=0.03)
    assert words.verdict_sentence(verdict) == "better than t0002 by +0.20, adjusted p = 0.030"


@pytest.mark.parametrize(
    ("fields", "mark", "word"),
    [
        ({"status": "scored", "role": "base"}, "◆", "base"),
        ({"status": "scored", "verdict": TrialVerdict("tied")}, "○", "tied"),
        ({"status": "scored", "verdict": TrialVerdict("worse")}, "●", "worse"),
        ({"status": "proposed"}, "◌", "proposal"),
        ({"status": "accepted"}, "▷", "queued"),
        ({"status": "failed"}, "✕", "failed"),
        ({"status": "stopped"}, "■", "stopped"),
        ({"status": "invalid"}, "⚠", "invalid"),
        ({"status": "vetoed"}, "⊘", "vetoed"),
    ],
)
def test_shape_and_word_go_together(fields: dict[str, Any], mark: str, word: str) -> None:
    trial = Trial(id="t0001", **fields)
    assert (words.mark(trial), words.word(trial)) == (mark, word)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "proposed"}, "proposal by playbook"),
        (
            {
                "status": "scored",
                "decision": Decision("accept", "person:ada"),
                "verdict": TrialVerdict("tied", "t0000", 0.01),
            },
            "proposed by playbook · accepted by ada (person) · not distinguishable from t0000: "
            "difference +0.01",
        ),
        (
            {
                "status": "vetoed",
                "decision": Decision("veto", "person:ada", reason="too dear"),
            },
            "proposed by playbook · vetoed by ada (person): “too dear”",
        ),
        (
            {
                "status": "proposed",
                "proposal": replace(PROPOSED, proposed=PROPOSED, author="person:ada"),
            },
            "proposal by playbook · edited by ada (person)",
        ),
    ],
)
def test_who_proposed_and_who_decided_are_told_apart(fields: dict[str, Any], said: str) -> None:
    trial = Trial(id="t0001", **{"proposal": PROPOSED, **fields})
    assert words.origin(trial) == said


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            {"actor": "person:ada", "stage": "train", "message": "too slow"},
            "stopped by ada (person) in train: too slow",
        ),
        ({"actor": "person:ada", "message": "asked for"}, "stopped by ada (person)"),
        ({"stage": "train", "message": "enough"}, "stopped in train: enough"),
        ({"message": "enough"}, "stopped: enough"),
        ({"message": ""}, "stopped"),
    ],
)
def test_a_stopped_trial_tells_who_stopped_it_where_and_why(
    failure: dict[str, Any], said: str
) -> None:
    trial = Trial(id="t0001", status="stopped", failure=TrialFailure("STOPPED", **failure))
    assert words.outcome(trial) == said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "better",
            "better than a bag of words by +0.10 [0.02, 0.18], adjusted p = 0.010, n = 400",
        ),
        ("tied", "not better than a bag of words: difference +0.10"),
        ("worse", "worse than a bag of words: difference +0.10"),
    ],
)
def test_a_trial_is_told_against_a_classical_baseline(kind: str, said: str) -> None:
    verdict = {
        "kind": kind, "name": "bag of words", "against": "baseline-words", "difference": 0.1,
        "low": 0.02, "high": 0.18, "p": 0.001, "p_adjusted": 0.01, "n": 400,
    }  # fmt: skip
    assert words.baseline_sentence(TrialVerdict.of(verdict)).startswith(said)
    assert words.baseline_sentence(NO_VERDICT) == ""
