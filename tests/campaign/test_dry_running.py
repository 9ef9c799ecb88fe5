"""A campaign tries its proposals before they cost a trial: events, card, replay, consent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.campaign import Budget, Campaign, consent, dry_running
from ftassist.campaign import runner as runner_module
from ftassist.campaign.creating import CampaignWish, create
from ftassist.campaign.replaying import replay
from ftassist.documents.card import card_document
from ftassist.documents.card_html import card_text
from ftassist.documents.snapshot import take
from ftassist.journal import Kind
from ftassist.records.proposal import DryRun
from ftassist.records.tried import Tried
from ftassist.trial.failures import RunStoppedError
from ftassist.trial.job import TrialSpec

from ..agent.messages_server import Reply
from ..agent.stand_in import StandIn, standing_in
from .conftest import Played

BROKE = Tried(
    False, 2.0, stage="train", failure="CONFIG", message="TypeError: no such argument", log="here"
)
PASSED = Tried(True, 4.0)


class DryRuns:
    """Stands in for the kernel: answers as told, and keeps what it was given."""

    def __init__(self, *answers: Tried | BaseException) -> None:
        self.answers = list(answers)
        self.specs: list[TrialSpec] = []

    def __call__(self, campaign: Path, spec: TrialSpec, *, ended: Callable[[], bool]) -> Tried:
        assert not ended()
        self.specs.append(spec)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


Make = Callable[..., tuple[Played, DryRuns]]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Plays a campaign of one trial whose dry runs answer as they are told."""
    monkeypatch.setattr(runner_module, "RETRY_SECONDS", 0.0)
    with standing_in(monkeypatch) as (server, brain):

        def mending(body: dict[str, Any]) -> Reply:
            """As the stand-in, but that a mended cell is another one."""
            reply = brain(body)
            if "tried on some 50 rows" in str(body["messages"]) and reply.tool:
                train = str(reply.tool["train"]).replace("seed=seed", "max_steps=90, seed=seed")
                return Reply(tool={**reply.tool, "train": train})
            return reply

        server.otherwise = mending

        def play(
            *answers: Tried | BaseException,
            backend: str = "anthropic",
            known: Campaign | None = None,
        ) -> tuple[Played, DryRuns]:
            runs = DryRuns(*answers)
            monkeypatch.setattr("ftassist.trial.dry_run.dry_run", runs)
            campaign = known or Campaign.create(
                tmp_path / "c",
                task="mini_math",
                backend=backend,
                review="never",
                budget=Budget(trials=1),
                fresh_seeds=0,
                dry_run=True,
            )
            played = Played(campaign, lambda trial: 0.2 if trial == "t0000" else 0.6)
            played.run()
            return played, runs

        yield play
    key.forget()


def tried(campaign: Campaign) -> list[dict[str, Any]]:
    return [e.payload for e in campaign.journal.read() if e.kind == Kind.CELLS_TRIED]


def test_a_crash_costs_no_trial_and_stands_on_the_card(make: Make) -> None:
    played, runs = make(BROKE, PASSED)
    campaign = played.campaign
    assert [one["passed"] for one in tried(campaign)] == [False, True]
    assert [one["round"] for one in tried(campaign)] == [1, 2]
    assert campaign.state.trials_used == 1
    assert played.trials["t0001"].status == "scored"
    assert dict(runs.specs[-1].cells) == dict(played.trials["t0001"].cells)
    snapshot = take(campaign)
    card = card_document(snapshot, snapshot.state.trials["t0001"], "c")
    assert card["dry_run"] == (
        "dry run passed in 6.0 s; mended before: train: TypeError: no such argument (CONFIG)"
    )
    assert card["dry_run"] in card_text(card)


def test_a_mended_proposal_is_made_again_from_the_journal(make: Make) -> None:
    played, runs = make(BROKE, PASSED)
    before = len(runs.specs)
    found = list(replay(played.campaign))
    assert [one for one in found if not one.same] == []
    assert len(runs.specs) == before, "nothing is run again"


def test_what_the_executor_tried_before_it_handed_in_is_made_again_too(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = StandIn.__call__

    def trying(brain: StandIn, body: dict[str, Any]) -> Reply:
        """As the stand-in, but that it tries its cells once before it hands them in."""
        reply = asked(brain, body)
        offered = [tool["name"] for tool in body["tools"]]
        if "try_cells" not in offered or "tool_result" in str(body["messages"]):
            return reply
        given = {name: text for name, text in (reply.tool or {}).items() if name != "attempts"}
        return Reply(calls=[("try_cells", given)])

    monkeypatch.setattr(StandIn, "__call__", trying)
    played, runs = make(BROKE, PASSED)
    campaign = played.campaign
    looked = [e.payload for e in campaign.journal.read() if e.kind == Kind.LOOKED]
    assert [(one["tool"], one["purpose"]) for one in looked] == [
        ("try_cells", "implement"),
        ("try_cells", "mend"),
    ]
    assert "no such argument" in looked[0]["trail"]
    assert [one["passed"] for one in tried(campaign)] == [False, True]
    before = len(runs.specs)
    assert [one for one in replay(campaign) if not one.same] == []
    assert len(runs.specs) == before == 2, "what was tried while it was written is not run again"


def test_a_runner_that_is_killed_in_a_dry_run_loses_nothing(make: Make, tmp_path: Path) -> None:
    class KilledError(BaseException):
        """The end of the process."""

    with pytest.raises(KilledError):
        make(BROKE, KilledError())
    campaign = Campaign.open(tmp_path / "c")
    assert campaign.state.trials_used == 0
    assert [one["passed"] for one in tried(campaign)] == [False]
    campaign.say(Kind.RUNNER_STARTED, {"pid": 1, "host": "here"})
    played, _ = make(PASSED, known=campaign)
    assert played.trials["t0001"].status == "scored"
    assert campaign.refresh().trials_used == 1
    assert [one for one in replay(campaign) if not one.same] == []


def test_the_playbook_is_tried_where_that_is_asked_for(make: Make) -> None:
    played, runs = make(PASSED, backend="playbook")
    assert len(runs.specs) == len(tried(played.campaign)) == 1
    assert played.trials["t0001"].proposal.dry_run == DryRun(4.0, settled=True)


def test_a_proposal_of_rules_that_breaks_fails_with_what_was_wrong(make: Make) -> None:
    played, _ = make(BROKE, backend="playbook")
    assert "t0001" not in played.trials
    failed = [e for e in played.campaign.journal.read() if e.kind == Kind.PROPOSAL_FAILED]
    assert "no such argument" in failed[0].payload["message"]
    assert played.campaign.state.trials_used == 0


def test_language_models_are_tried_and_rules_are_not_where_nobody_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(name: str, **wish: Any) -> bool:
        campaign = create(tmp_path, CampaignWish(task="mini_math", folder=tmp_path / name, **wish))
        return dry_running.wanted(campaign.state)

    assert made("model", backend="anthropic")
    assert not made("rules", backend="playbook")
    assert not made("not", backend="anthropic", dry_run=False)
    assert made("both", backend="playbook", dry_run=True)


def test_a_models_cells_are_not_tried_where_nothing_isolates_them(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Open:
        works = False
        found = "no bubblewrap"
        fix = "install it"

    monkeypatch.setattr(dry_running, "probe", Open)
    monkeypatch.setattr(consent, "probe", Open)
    played, runs = make(PASSED)
    assert runs.specs == []
    assert tried(played.campaign)[0]["message"] == dry_running.UNISOLATED
    assert played.trials["t0001"].status in ("proposed", "accepted")


def test_a_person_who_cancels_ends_the_dry_run_and_the_proposal(make: Make) -> None:
    played, _ = make(RunStoppedError("the dry run was ended", "train"))
    failed = [e for e in played.campaign.journal.read() if e.kind == Kind.PROPOSAL_FAILED]
    assert failed[0].payload["kind"] == "cancelled"
