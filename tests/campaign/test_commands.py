"""What a person can ask of a campaign beside accept and veto, and what the runner makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.campaign.open_wishes import export_model
from ftassist.errors import CellError, FtassistError, StaleDecisionError, UnknownNameError
from ftassist.journal import Kind

from .conftest import Played

Make = Callable[..., Campaign]


@pytest.fixture
def proposed(make_campaign: Make) -> Played:
    """A campaign in which a person is asked about each trial, with one proposal."""
    campaign = make_campaign(review="always", trials=4)
    commands.ask_proposal(campaign)
    played = Played(campaign, lambda trial: 0.4)
    played.run()
    assert [t.id for t in campaign.refresh().pending] == ["t0001"]
    return played


def accepted(played: Played, trial: str = "t0001") -> Campaign:
    commands.accept(played.campaign, trial)
    played.run()
    played.campaign.refresh()
    return played.campaign


def test_a_veto_taken_back_is_a_proposal_again_and_steers_nothing(proposed: Played) -> None:
    campaign = proposed.campaign
    commands.veto(campaign, "t0001", "no")
    assert [v.trial for v in campaign.state.vetoes] == ["t0001"]
    commands.undo_veto(campaign, "t0001")
    trial = campaign.trial("t0001")
    assert (trial.status, trial.finished) == ("proposed", None)
    assert campaign.state.vetoes == ()
    assert [d.kind for d in trial.decisions] == ["veto", "undo veto"]
    accepted(proposed)
    assert campaign.trial("t0001").status == "scored"


def test_only_a_veto_can_be_taken_back(proposed: Played) -> None:
    with pytest.raises(StaleDecisionError, match="proposed"):
        commands.undo_veto(proposed.campaign, "t0001")


def test_cells_are_edited_together_or_not_at_all(proposed: Played) -> None:
    campaign = proposed.campaign
    before = campaign.trial("t0001").cells
    with pytest.raises(CellError):
        commands.edit(campaign, "t0001", {"curate": "x = 1", "train": "y = ("})
    assert campaign.trial("t0001").cells == before
    event = commands.edit(campaign, "t0001", {"curate": "x = 1", "train": "y = 2"})
    trial = campaign.trial("t0001")
    assert (trial.cells["curate"], trial.cells["train"]) == ("x = 1", "y = 2")
    assert (trial.changed, trial.decisions[-1].stages) == (event.seq, ("curate", "train"))


def test_an_edit_that_lacks_an_argument_is_saved_and_not_accepted(proposed: Played) -> None:
    call = 'train.sft(model, "data", "model", epochs=2)'
    source = f"from ftassist.recipes import train\n\n{call}"
    commands.edit(proposed.campaign, "t0001", {"train": source})
    with pytest.raises(CellError, match="needs learning_rate"):
        commands.accept(proposed.campaign, "t0001")
    assert proposed.campaign.trial("t0001").status == "proposed"


def test_an_edit_in_the_form_of_older_journals_is_still_read(proposed: Played) -> None:
    campaign = proposed.campaign
    payload = {"stage": "train", "source": "y = 2", "seen": 1}
    campaign.say(Kind.DECISION_EDITED, payload, trial="t0001")
    assert campaign.trial("t0001").cells["train"] == "y = 2"
    assert set(campaign.trial("t0001").edited) == {"train"}


def test_alternatives_are_other_proposals_from_the_same_parent(proposed: Played) -> None:
    campaign = proposed.campaign
    commands.ask_alternatives(campaign, "t0001", 2)
    proposed.run()
    pending = campaign.refresh().pending
    assert [t.id for t in pending] == ["t0001", "t0002", "t0003"]
    assert {t.parent for t in pending} == {pending[0].parent}
    assert len({json.dumps(dict(t.cells)) for t in pending}) == 3
    assert campaign.state.beside("t0003") == ("t0001", "t0002", "t0003")


def test_choosing_one_sets_the_others_aside_and_tells_the_agent_nothing(proposed: Played) -> None:
    campaign = proposed.campaign
    commands.ask_alternatives(campaign, "t0001", 2)
    proposed.run()
    commands.accept(campaign, "t0002")
    state = campaign.refresh()
    assert [t.id for t in state.pending] == []
    assert state.trials["t0001"].decision.reason == "t0002 was chosen"
    assert state.vetoes == ()
    assert state.trials_used == 1
    commands.undo_veto(campaign, "t0003")
    assert campaign.trial("t0003").status == "proposed"


def test_alternatives_are_not_accepted_without_a_person(proposed: Played) -> None:
    campaign = proposed.campaign
    commands.ask_alternatives(campaign, "t0001", 2)
    proposed.run()
    commands.set_review(campaign, "timeout 0.01")
    proposed.run()
    trials = campaign.refresh().trials
    assert trials["t0001"].status == "scored"
    assert {trials[name].decision.kind for name in ("t0002", "t0003")} == {"set aside"}


def test_a_branch_is_a_proposal_from_the_trial_that_was_named(proposed: Played) -> None:
    campaign = accepted(proposed)
    commands.ask_branch(campaign, "t0000")
    proposed.run()
    assert campaign.refresh().trials["t0002"].parent == "t0000"


def test_a_queued_trial_that_is_stopped_never_starts(proposed: Played) -> None:
    campaign = proposed.campaign
    commands.accept(campaign, "t0001")
    commands.ask_stop(campaign, "t0001", "changed my mind", actor="person:ada")
    proposed.run()
    trial = campaign.trial("t0001")
    assert (trial.status, trial.failure.message) == ("stopped", "changed my mind")
    assert proposed.workers.started == []
    assert campaign.state.vetoes == ()


def test_a_running_trial_is_stopped_by_its_worker_and_that_is_no_veto(
    proposed: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = proposed.campaign
    stopped: list[str] = []

    def start(job: Any) -> None:
        """Begins the trial; a person asks to stop it while it runs."""
        name = job.spec.trial
        campaign.say(Kind.TRIAL_STARTED, {"attempt": 1}, trial=name, actor="worker")
        proposed.workers.running[name] = 0
        commands.ask_stop(campaign, name, "too slow", actor="person:ada")

    def stop(trial: str) -> None:
        stopped.append(trial)
        proposed.workers.running.pop(trial)
        payload = {"reason": "asked to stop", "stage": "train"}
        campaign.say(Kind.TRIAL_STOPPED, payload, trial=trial, actor="worker")

    monkeypatch.setattr(proposed.workers, "start", start)
    monkeypatch.setattr(proposed.workers, "stop", stop)
    monkeypatch.setattr(proposed.workers, "reap", dict)
    commands.accept(campaign, "t0001")
    proposed.run()
    trial = campaign.trial("t0001")
    assert stopped == ["t0001"]
    assert (trial.status, trial.failure.message) == ("stopped", "too slow")
    assert trial.decisions[-1].actor == "person:ada"
    assert campaign.state.vetoes == ()


def test_a_trial_is_repeated_on_fresh_seeds_as_often_as_asked(proposed: Played) -> None:
    campaign = accepted(proposed)
    commands.ask_replicates(campaign, "t0001", 2)
    proposed.run()
    repeats = campaign.refresh().replicates("t0001")
    assert [(t.seed, t.status) for t in repeats] == [(1, "scored"), (2, "scored")]
    assert campaign.trial("t0001").replicates_wanted == 0
    commands.ask_replicates(campaign, "t0001", 1)
    proposed.run()
    assert [t.seed for t in campaign.refresh().replicates("t0001")] == [1, 2, 3]


def test_what_is_asked_while_the_runner_makes_up_its_mind_to_end_is_done(
    proposed: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = accepted(proposed)
    said: list[bool] = []

    def leave(leaving: bool = True) -> None:
        if not said:
            commands.ask_replicates(campaign, "t0001", 1)
        said.append(leaving)

    monkeypatch.setattr(proposed.lock, "leave", leave)
    proposed.run()
    assert [t.status for t in campaign.refresh().replicates("t0001")] == ["scored"]
    assert said == [True, False, True, True]  # it stayed once; the last is the end of the run


def test_an_exported_model_is_a_copy_that_says_where_it_comes_from(proposed: Played) -> None:
    campaign = accepted(proposed)
    model = campaign.trial_folder("t0001") / "model"
    (model / "tokenizer").mkdir(parents=True)
    (model / "model.safetensors").write_bytes(b"weights")
    (model / "tokenizer" / "merges.txt").write_text("a b")
    commands.ask_export(campaign, "t0001", actor="person:ada")
    proposed.run()
    export = campaign.trial("t0001").export
    assert (export["status"], export["files"], export["bytes"]) == ("made", 2, 10)
    folder = campaign.folder / export["folder"]
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    told = json.loads((folder / "ftassist.json").read_text())
    assert (told["trial"], told["base_model"]) == ("t0001", "tiny")
    assert told["validation"]["score"] == campaign.trial("t0001").score
    (model / "model.safetensors").write_bytes(b"trained on")
    assert (folder / "model.safetensors").read_bytes() == b"weights"


def test_an_export_that_fails_says_why(proposed: Played) -> None:
    campaign = accepted(proposed)
    commands.ask_export(campaign, "t0001")
    proposed.run()
    export = campaign.trial("t0001").export
    assert export["status"] == "failed"
    assert "no model folder" in export["message"]


def test_a_link_in_a_model_folder_is_never_copied(proposed: Played, tmp_path: Path) -> None:
    campaign = accepted(proposed)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    model = campaign.trial_folder("t0001") / "model"
    model.mkdir(parents=True)
    (model / "weights").symlink_to(secret)
    with pytest.raises(FtassistError, match="no regular file"):
        export_model(campaign, campaign.trial("t0001"))
    assert not list((campaign.folder / "exports").iterdir())


def test_a_pin_is_kept_until_it_is_taken_off(proposed: Played) -> None:
    campaign = proposed.campaign
    commands.pin(campaign, "t0001")
    assert campaign.trial("t0001").pinned
    commands.unpin(campaign, "t0001")
    assert not campaign.trial("t0001").pinned


@pytest.mark.parametrize(
    ("wish", "match"),
    [
        (lambda c: commands.ask_alternatives(c, "t0000"), "cannot have alternatives"),
        (lambda c: commands.ask_alternatives(c, "t0001", 4), "ask for 1 to 3|cannot be asked"),
        (lambda c: commands.ask_branch(c, "t0001"), "cannot be built on"),
        (lambda c: commands.ask_stop(c, "t0001"), "cannot be stopped"),
        (lambda c: commands.ask_replicates(c, "t0000"), "cannot be repeated"),
        (lambda c: commands.ask_export(c, "t0000"), "cannot be exported"),
    ],
)
def test_a_wish_that_cannot_come_true_is_refused_before_it_is_written(
    proposed: Played, wish: Callable[[Campaign], Any], match: str
) -> None:
    seq = proposed.campaign.refresh().seq
    with pytest.raises(FtassistError, match=match):
        wish(proposed.campaign)
    assert proposed.campaign.refresh().seq == seq


@pytest.mark.parametrize("phase", ["pause", "stop"])
def test_a_resting_campaign_takes_no_wish_for_a_proposal(proposed: Played, phase: str) -> None:
    getattr(commands, phase)(proposed.campaign, "enough")
    with pytest.raises(FtassistError, match="campaign is"):
        commands.ask_proposal(proposed.campaign)


def test_an_unknown_trial_is_named(proposed: Played) -> None:
    with pytest.raises(UnknownNameError):
        commands.pin(proposed.campaign, "t0099")


def test_an_edit_of_a_failed_trial_is_a_new_proposal_and_the_failed_one_stays(
    proposed: Played,
) -> None:
    campaign = proposed.campaign
    typo = 'from ftassist.recipes import train\n\ntrain.sft(model, "data", "model", epochs=2)'
    commands.edit(campaign, "t0001", {"train": "raise ValueError"})
    campaign.say(Kind.TRIAL_FAILED, {"class": "CONFIG", "message": "no"}, trial="t0001")
    failed = campaign.trial("t0001")
    seq = commands.ask_proposal(campaign).seq
    event = commands.edit(campaign, "t0001", {"train": typo}, prediction=(0.0, 0.1))
    new = campaign.trial(event.trial or "")
    assert (new.id, new.status, new.parent) == ("t0002", "proposed", failed.parent)
    assert new.cells == {**failed.cells, "train": typo}
    assert new.proposal.retries == "t0001"
    assert new.proposal.author.startswith("person:")
    assert new.proposal.hypothesis.high == 0.1
    assert campaign.trial("t0001") == failed
    assert campaign.state.asked.seq == seq, "a wish is still worked on"


def test_a_scored_trial_cannot_be_edited(proposed: Played) -> None:
    accepted(proposed)
    with pytest.raises(StaleDecisionError, match="scored"):
        commands.edit(proposed.campaign, "t0001", {"train": "x = 1"})
