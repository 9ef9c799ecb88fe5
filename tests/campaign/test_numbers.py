"""Numbers by an optimiser: what it suggests reaches the cells, and the agent sees its state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ftassist.agent.plan import Plan
from ftassist.campaign import Campaign
from ftassist.campaign.numbers import SPACE, seen_by_agent, with_numbers
from ftassist.campaign.queries import search_tree
from ftassist.campaign.replaying import replay
from ftassist.documents.snapshot import take
from ftassist.ui import knob_figures
from ftassist.ui.knob_figures import importance, parallel

from .conftest import Played

pytest.importorskip("optuna", reason="the extra `search` is not installed")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A campaign whose policy is the optimiser."""
    from ftassist.campaign import Budget

    campaign = Campaign.create(
        tmp_path_factory.mktemp("tpe") / "c",
        task="mini_math",
        policy="tpe",
        review="never",
        budget=Budget(trials=8),
    )
    Played(campaign, lambda trial: 0.2 if trial == "t0000" else 0.5 + 0.01 * int(trial[1:])).run()
    return campaign


def test_the_numbers_an_optimiser_suggests_are_those_that_are_run(played: Campaign) -> None:
    trials = played.refresh().trials.values()
    optimised = [t for t in trials if t.proposal.optimiser]
    assert len(optimised) >= 5
    for trial in optimised:
        training = Plan.of(trial.cells).training
        wanted = trial.proposal.optimiser
        assert training["learning_rate"] == pytest.approx(wanted["learning_rate"], rel=0.06)
        assert "TPE over" in trial.proposal.why_parent


def test_the_agent_is_shown_where_the_best_trials_stood_and_what_a_number_is_worth(
    played: Campaign,
) -> None:
    state = played.refresh()
    told = seen_by_agent(state, search_tree(state, played.card.metric), {"learning_rate": 1e-3})
    assert told["suggested"] == {"learning_rate": 1e-3}
    assert told["scored_trials"] >= 6
    worth = [knob["importance"] for knob in told["knobs"].values()]
    assert sum(worth) == pytest.approx(1.0, abs=0.01)


def test_figures_show_the_numbers_of_all_trials_and_what_each_seems_worth(
    played: Campaign,
) -> None:
    snapshot = take(played)
    (lines,) = parallel(snapshot).data
    assert [axis.label for axis in lines.dimensions][-1] == "accuracy"
    scored = [t for t in snapshot.state.trials.values() if t.role == "trial"]
    assert len(lines.dimensions[-1].values) == len(scored)
    figure, told = importance(snapshot)
    (bars,) = figure.data
    assert sum(bars.x) == pytest.approx(1.0)
    assert "learning rate" in told and "%" in told


def test_the_numbers_alone_are_shown_without_resampling_trials(
    played: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resampled(*_: object) -> None:
        raise AssertionError("trials were resampled")

    monkeypatch.setattr("ftassist.documents.knobs.importance_ranges", resampled)
    snapshot = take(played)
    assert parallel(snapshot).data and knob_figures.lines(snapshot).startswith("t0001")


def test_the_decisions_of_a_campaign_with_an_optimiser_come_out_the_same(
    played: Campaign,
) -> None:
    found = list(replay(played))
    assert [one for one in found if not one.same] == []


def test_a_trial_of_another_kind_has_no_numbers(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign()
    Played(campaign, lambda _: 0.5).run()
    state = campaign.refresh()
    tree = with_numbers(state, search_tree(state, campaign.card.metric))
    assert tree.root.knobs == ()
    assert {name for name, _ in tree.nodes[1].knobs} == {knob.name for knob in SPACE}
