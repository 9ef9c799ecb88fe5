"""What the search believes and would do, in words."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.documents.knobs import knobs_document
from ftassist.documents.snapshot import take
from ftassist.documents.what_if import (
    believed_lines,
    front_sentence,
    what_if_document,
    what_if_lines,
)
from ftassist.records.final import NO_CLAIM, Claim
from ftassist.records.metric import Metric
from ftassist.records.settings import CampaignSettings
from ftassist.records.verdict import NO_VERDICT, TrialVerdict, VerdictKind
from ftassist.records.what_if import WhatIf
from ftassist.search.apart import Visible
from ftassist.search.front import Front
from ftassist.search.outlook import Belief, Outlook

SEEN = Visible(0.041, 0.034, 0.03, 0.024, measured=True)


def told(monkeypatch: pytest.MonkeyPatch, *, higher: bool = True, **known: Any) -> WhatIf:
    """The document of an outlook made by hand: three trials, best first."""
    verdicts: dict[str, TrialVerdict] = known.pop("verdicts", {})
    claim = known.pop("claim", NO_CLAIM)
    means = (("t0004", 0.81, 0.6), ("t0007", 0.8, 0.3), ("t0009", 0.79, 0.1))
    beliefs = tuple(Belief(name, m, m - 0.02, m + 0.02, 1, chance) for name, m, chance in means)
    made = Outlook("ftassist", (), "t0004", "posterior mean", beliefs, ("t0004",), SEEN)
    outlook = Outlook(**{**vars(made), **known})
    monkeypatch.setattr("ftassist.documents.what_if.what_if", lambda *_: outlook)
    metric = SimpleNamespace(name="accuracy", higher_is_better=higher)
    trials: dict[str, Any] = defaultdict(lambda: SimpleNamespace(verdict=NO_VERDICT))
    trials |= {name: SimpleNamespace(verdict=one) for name, one in verdicts.items()}
    state = SimpleNamespace(
        settings=CampaignSettings(policy="ftassist"), trials=trials, claim=claim, finalist="t0004"
    )
    card = SimpleNamespace(metric=metric, metrics=())
    campaign: Any = SimpleNamespace(card=card, state=state)
    return what_if_document(campaign)


def test_a_tied_set_is_named_with_why_one_of_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    document = told(monkeypatch, tied=("t0004", "t0007", "t0009"))
    assert document["tied_sentence"] == (
        "t0004 cannot be told apart from t0007 and t0009 for the first place; t0004 is taken "
        "because its posterior mean is the best (0.810 against 0.800 and 0.790)."
    )


def verdict(kind: VerdictKind, against: str = "t0007") -> dict[str, TrialVerdict]:
    return {"t0004": TrialVerdict(kind, against)}


def test_a_trial_that_is_better_than_its_parent_and_still_tied_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = told(monkeypatch, tied=("t0004", "t0007"), verdicts=verdict("better"))
    assert document["tied_sentence"].startswith(
        "t0004 is better than its parent t0007 on the same items; for the first place, where the "
        "luck of seeds and of being picked counts too, it cannot be told apart from t0007; t0004 "
        "is taken because"
    )
    tied = told(monkeypatch, tied=("t0004", "t0007"), verdicts=verdict("tied"))
    assert "same items" not in tied["tied_sentence"]


def test_a_tied_verdict_stands_beside_a_first_place_that_is_certain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sentence = told(monkeypatch, verdicts=verdict("tied", "t0000"))["tied_sentence"]
    assert sentence.startswith(
        "t0004 is not distinguishable from the base (t0000) on the same items alone; with all "
        "trials together it can be told apart from every other scored trial;"
    )


def test_the_claim_stands_in_the_sentence_once_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim = Claim("t0004", TrialVerdict("better", "t0000"))
    document = told(monkeypatch, tied=("t0004", "t0007"), claim=claim, verdicts=verdict("tied"))
    assert document["tied_sentence"].startswith(
        "t0004 is better than the base (t0000) over all its seeds; for the first place"
    )


def test_a_winner_is_called_one_where_it_can_be_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sentence = told(monkeypatch)["tied_sentence"]
    assert sentence.startswith("t0004 can be told apart from every other scored trial;")


def test_the_base_is_called_the_base_in_a_tied_set(monkeypatch: pytest.MonkeyPatch) -> None:
    base = Belief("t0000", 0.79, 0.7, 0.88, 4, 0.3)
    document = told(
        monkeypatch,
        tied=("t0004", "t0000"),
        yardstick="shrunken score",
        beliefs=(Belief("t0004", 0.8, 0.7, 0.9, 1, 0.7), base),
    )
    assert document["tied_sentence"] == (
        "t0004 cannot be told apart from the base (t0000) for the first place; t0004 is taken "
        "because its shrunken score is the best."
    )


def test_a_long_tied_set_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    names = tuple(f"t{n:04d}" for n in range(1, 9))
    beliefs = tuple(Belief(name, 0.5, 0.4, 0.6, 1, 0.125) for name in names)
    sentence = told(monkeypatch, tied=names, beliefs=beliefs, recommended=names[0])
    assert (
        "from t0002, t0003, t0004, t0005 and 3 more for the first place"
        in sentence["tied_sentence"]
    )


def test_a_finalist_that_is_not_the_best_any_more_is_called_the_finalist(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = told(monkeypatch, tied=("t0007", "t0004"))
    assert "t0007 is the finalist, chosen when it looked best" in document["tied_sentence"]


def test_how_sure_one_may_be_and_what_more_would_buy_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance, buys = told(monkeypatch)["sure"]
    assert "t0004 truly is the best of the 3 scored trials is 60 %" in chance
    assert "of t0007 30 %, of t0009 10 %" in chance
    assert "differ by 0.041 to be told apart" in buys
    assert "one more seed of each would make that 0.034" in buys
    assert "200 more validation items 0.030, both 0.024" in buys
    assert "assumed" not in buys


def test_noise_of_seeds_that_nobody_measured_is_called_assumed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = Visible(0.041, 0.034, None, None, measured=False)
    (_, buys) = told(monkeypatch, visible=seen)["sure"]
    assert "how much seeds differ is assumed" in buys
    assert "items" not in buys


def test_where_more_would_not_be_seen_it_is_said_that_one_may_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(told(monkeypatch, left=0.05)["sure"]) == 2
    *_, stop = told(monkeypatch, left=0.012)["sure"]
    assert stop.startswith("The smallest visible effect (0.041) exceeds what is left to gain")
    assert "at most 0.012 above the best" in stop


def test_a_front_names_its_metrics_with_their_directions_and_the_values_on_it() -> None:
    metrics = (
        Metric("mae", higher_is_better=False, binary=False),
        Metric("acc", binary=False, fraction=True),
    )
    values = {"t0001": (1.5, 0.8), "t0004": (1.0, 0.7)}
    sentence = front_sentence(Front(metrics, values, 3), "score")
    assert sentence.startswith(
        "By mae (less is better) and acc (more is better), 2 are beaten by no other of the 3 "
        "scored trials in all of them: t0001 1.500, 0.800; t0004 1.000, 0.700. The campaign "
        "improves score;"
    )
    assert front_sentence(None, "score") == ""
    assert front_sentence(Front(metrics, {"t0000": (1.0, 0.7)}, 1), "score") == ""


def test_where_lower_is_better_beliefs_are_in_the_metrics_own_direction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    losses = (Belief("t0001", -1.2, -1.4, -1.0, 1, 0.9), Belief("t0000", -2.0, -2.2, -1.8, 2, 0.1))
    first, second = told(monkeypatch, higher=False, beliefs=losses)["beliefs"]
    assert (first["mean"], first["low"], first["high"]) == (1.2, 1.0, 1.4)
    assert second["mean"] == 2.0


def test_before_anything_is_scored_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    document = told(monkeypatch, beliefs=(), tied=(), recommended=None, visible=None)
    assert believed_lines(document) == []
    assert what_if_lines(document) == [
        "ftassist would wait: nothing has a score yet, a trial is pending, or nothing is left to "
        "run"
    ]


def test_asked_for_no_step_only_what_is_believed_is_told(demo: Campaign) -> None:
    document = what_if_document(demo, slots=0)
    assert document["next"] == []
    assert document["tied"][0] == "t0004"
    assert len(document["beliefs"]) == 6


def test_numbers_of_few_trials_say_why_nothing_is_told_of_their_worth(demo: Campaign) -> None:
    document = knobs_document(take(demo))
    assert document["trials"] == ["t0001", "t0002", "t0003", "t0004", "t0008"]
    epochs = next(axis for axis in document["axes"] if axis["name"] == "epochs")
    assert epochs["values"] == [2, 2, 4, 3, 2]
    assert document["worths"] == []
    assert "6 are needed" in document["why_not"]
