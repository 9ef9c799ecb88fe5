"""The widgets without a browser: what they show, what their buttons decide, when they end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.documents.snapshot import take
from ftassist.errors import FtassistError, JournalError, UnknownNameError
from ftassist.journal import Kind
from ftassist.ui.widgets import ProposalCard, TrialExplorer
from ftassist.ui.widgets.follower import Follower


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Records for which campaigns a runner was to be started, and starts none."""
    folders: list[Path] = []
    monkeypatch.setattr(Campaign, "start_runner", lambda self: folders.append(self.folder))
    return folders


@pytest.fixture
def card(demo: Campaign) -> Iterator[ProposalCard]:
    made = ProposalCard(campaign=demo, follow=False)
    yield made
    made.close()


@pytest.fixture
def explorer(demo: Campaign) -> Iterator[TrialExplorer]:
    made = TrialExplorer(demo, follow=False)
    yield made
    made.close()


class Tags(HTMLParser):
    """The elements of some HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


PLAIN = {
    "div", "span", "details", "summary", "code", "pre", "table", "caption", "thead", "tbody",
    "tr", "th", "td",
}  # fmt: skip


def shown(button: Any) -> bool:
    return bool(button.layout.display != "none")


def labels(card: ProposalCard) -> list[str]:
    return [b.description for b in card._buttons.values() if shown(b)]


def click(card: ProposalCard, label: str) -> str:
    """Presses a button that is there, and returns what the card says then."""
    (button,) = (b for b in card._buttons.values() if b.description == label and shown(b))
    button.click()
    return Tags(card._message.value).text


def soon(condition: Callable[[], bool]) -> bool:
    """Whether something comes true within some seconds."""
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.02)
    return True


def test_a_card_shows_the_proposal_that_waits(card: ProposalCard) -> None:
    text = Tags(card._body.value).text
    assert "t0012 · proposal by playbook" in text
    assert "predicted: +0.02 to +0.09" in text
    assert labels(card) == ["Accept", "Save edits", "Veto", "Alternatives"]
    assert card._cells["train"].value == card.document["cells"]["train"]


def test_accept_runs_what_is_shown(
    card: ProposalCard, demo: Campaign, started: list[Path]
) -> None:
    assert click(card, "Accept") == "t0012 accepted; it runs"
    assert demo.trial("t0012").status == "accepted"
    assert started == [demo.folder]
    assert labels(card) == ["Stop"]


def test_what_stands_in_the_boxes_is_what_is_accepted(card: ProposalCard, demo: Campaign) -> None:
    card._cells["train"].value += "\n# mine"
    click(card, "Accept")
    trial = demo.trial("t0012")
    assert trial.cells["train"].endswith("\n# mine")
    assert set(trial.edited) == {"train"}
    assert trial.status == "accepted"


def test_edits_are_saved_and_a_broken_one_is_kept_in_the_box(
    card: ProposalCard, demo: Campaign
) -> None:
    assert click(card, "Save edits") == "no cell was changed"
    card._cells["train"].value = "x = ("
    assert "what to do" in click(card, "Save edits")
    assert card._cells["train"].value == "x = ("
    card._cells["train"].value = "x = 1"
    assert click(card, "Save edits").startswith("train of t0012 saved")
    assert demo.trial("t0012").cells["train"] == "x = 1"


def test_a_veto_needs_a_reason_and_can_be_undone(card: ProposalCard, demo: Campaign) -> None:
    assert "a veto needs a reason" in click(card, "Veto")
    card._reason.value = "no more rows, change the learning rate instead"
    told = click(card, "Veto")
    assert "understood as avoid: more rows" in " ".join(told.split())
    assert "try: another learning rate" in told
    assert "%ftagent correct t0012" in told
    assert demo.trial("t0012").decision.reason.startswith("no more rows")
    assert labels(card) == ["Undo veto", "Propose next"]
    assert click(card, "Undo veto") == "t0012 is a proposal again"
    assert demo.trial("t0012").status == "proposed"


def test_a_decision_on_what_was_decided_elsewhere_is_refused(
    card: ProposalCard, demo: Campaign
) -> None:
    commands.veto(demo, "t0012", "somebody else was first")
    assert "has changed since you looked at it" in click(card, "Accept")
    assert demo.trial("t0012").status == "vetoed"
    assert labels(card) == ["Undo veto", "Propose next"]


def test_alternatives_stop_and_the_next_proposal_are_wishes(
    card: ProposalCard, demo: Campaign
) -> None:
    seq = demo.refresh().seq
    click(card, "Alternatives")
    click(card, "Accept")
    click(card, "Stop")
    kinds = [event.kind for event in demo.journal.read(seq)]
    assert kinds == [Kind.PROPOSAL_ASKED, Kind.DECISION_ACCEPTED, Kind.TRIAL_STOP_ASKED]


def test_typing_is_not_lost_when_the_campaign_changes(card: ProposalCard, demo: Campaign) -> None:
    card._cells["train"].value = "half a thou"
    commands.edit(demo, "t0012", {"curate": "y = 1"})
    card.show(take(demo))
    assert card._cells["train"].value == "half a thou"
    assert card._cells["curate"].value == "y = 1"


@pytest.mark.parametrize("trial", [f"t{number:04d}" for number in range(13)])
def test_nothing_from_data_becomes_markup(demo: Campaign, trial: str) -> None:
    card = ProposalCard(trial, demo, follow=False)
    bundle = card._repr_mimebundle_()
    for html in (card._body.value, bundle["text/html"]):
        assert Tags(html).found <= PLAIN
        assert "\x1b" not in html
    card.close()


def test_a_finished_card_says_what_came_of_it(demo: Campaign) -> None:
    card = ProposalCard("t0004", demo, follow=False)
    text = Tags(card._body.value).text
    assert "score 0.78" in text
    assert "better than t0002 by +0.37" in text
    assert "predicted +0.05 to +0.20, observed +0.37: more than predicted" in text
    assert "wrong answers (5 shown)" in text
    card.close()


def test_a_card_follows_until_it_is_closed(demo: Campaign) -> None:
    card = ProposalCard(campaign=demo)
    commands.veto(demo, "t0012", "from another process")
    assert soon(lambda: "from another process" in card._body.value)
    card.close()
    assert card._follower is not None
    assert not card._follower.alive


def test_without_a_proposal_or_a_campaign_it_is_said_what_to_do(
    demo: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.veto(demo, "t0012", "none left")
    with pytest.raises(FtassistError, match="no proposal waits"):
        ProposalCard(campaign=demo, follow=False)
    with pytest.raises(UnknownNameError):
        ProposalCard("t0099", demo, follow=False)
    monkeypatch.chdir(tmp_path / "campaigns")
    with pytest.raises(JournalError, match="No campaign here yet"):
        TrialExplorer(follow=False)


def test_the_explorer_shows_state_budget_and_tree(explorer: TrialExplorer) -> None:
    head = Tags(explorer._head.value).text
    assert "mini_math-1 · mini_math · tiny · playbook" in head
    assert "8/12 trials" in head
    assert "t0012 waits for your decision" in head
    lines = {trial: line for line, trial in explorer._tree.options}
    assert "★" in lines["t0004"]
    assert "waiting for you" in lines["t0012"]
    assert "⟲ curate cached" in lines["t0003"]
    assert all("\x1b" not in line for line in lines.values())


def test_selecting_a_trial_shows_its_card_and_a_decision_shows_in_the_tree(
    explorer: TrialExplorer, demo: Campaign
) -> None:
    explorer._tree.value = "t0012"
    assert explorer.card is not None
    explorer.card._reason.value = "too expensive"
    click(explorer.card, "Veto")
    explorer.show(take(demo))
    lines = {trial: line for line, trial in explorer._tree.options}
    assert "vetoed" in lines["t0012"]
    assert explorer._tree.value == "t0012"


def test_the_explorers_buttons_pause_resume_stop_and_ask(
    explorer: TrialExplorer, demo: Campaign, started: list[Path]
) -> None:
    seq = demo.refresh().seq
    explorer._tree.value = "t0002"
    for name in ("propose", "pause", "resume", "stop"):
        explorer._buttons[name].click()
    events = demo.journal.read(seq)
    assert [event.kind for event in events] == [
        Kind.PROPOSAL_ASKED, Kind.CAMPAIGN_PAUSED, Kind.CAMPAIGN_RESUMED, Kind.CAMPAIGN_STOPPED,
    ]  # fmt: skip
    assert events[0].payload == {"parent": "t0002", "seen": seq}
    explorer._buttons["propose"].click()
    assert "the campaign is stopped" in Tags(explorer._message.value).text


def test_the_review_mode_is_changed_by_a_person_only(
    explorer: TrialExplorer, demo: Campaign
) -> None:
    seq = demo.refresh().seq
    explorer._review.value = "never"
    assert demo.refresh().review == "always", "it is asked once before it starts to spend"
    assert "accepts its own proposals" in explorer._message.value
    explorer._sure.click()
    assert demo.refresh().review == "never"
    assert not shown(explorer._sure)
    commands.set_review(demo, "timeout 60")
    explorer.show(take(demo))
    assert explorer._review.value == "timeout 60"
    assert demo.refresh().seq == seq + 2


def test_the_explorer_leaves_a_table_for_viewers_without_a_kernel(
    explorer: TrialExplorer,
) -> None:
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    tags = Tags(bundle["text/html"])
    assert tags.found <= PLAIN
    assert "not distinguishable" in tags.text or "tied" in tags.text
    assert "t0004" in bundle["text/plain"]


def test_the_explorer_follows_and_its_thread_ends_with_it(demo: Campaign) -> None:
    explorer = TrialExplorer(demo)
    commands.pause(demo, "from elsewhere")
    assert soon(lambda: "paused (from elsewhere)" in explorer._head.value)
    explorer.close()
    assert explorer._follower is not None
    assert not explorer._follower.alive


def test_a_follower_ends_when_the_campaign_is_gone(demo: Campaign, tmp_path: Path) -> None:
    follower = Follower(tmp_path / "gone", lambda _: None)
    follower.start()
    assert soon(lambda: not follower.alive)
    follower.stop()
