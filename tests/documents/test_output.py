"""What a notebook keeps of a trial: readable without a server, escaped, without answers."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from ftassist.campaign import Campaign, commands
from ftassist.documents import PROPOSAL_MIME, card_output, node
from ftassist.documents.snapshot import take


class Elements(HTMLParser):
    """The elements of some HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def kept(campaign: Campaign, trial: str) -> dict[str, Any]:
    snapshot = take(campaign)
    return card_output(snapshot, snapshot.trial(trial))


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        ("t0012", ["t0012 · proposal", "%ftagent accept t0012"]),
        (
            "t0004",
            ["t0004 · better", "score 0.78 [0.73, 0.83]", "observed +0.37: more than predicted"],
        ),
        ("t0004", ["edited by ada (person)", "accepted by ada (person)", "+0.37 [0.31, 0.43]"]),
        ("t0006", ["t0006 · vetoed", "vetoed by ada (person): “"]),
        ("t0005", ["t0005 · failed", "failed: "]),
        ("t0011", ["t0011 · running"]),
    ],
)
def test_html_and_text_tell_the_decision_and_what_came_of_it(
    demo: Campaign, trial: str, said: list[str]
) -> None:
    output = kept(demo, trial)
    html = Elements(output["text/html"]).text
    for words in said:
        assert words in html
        assert words in output["text/plain"]


@pytest.mark.parametrize(
    ("trial", "head"),
    [
        ("t0012", "◌ t0012 · proposal by playbook"),
        ("t0006", "⊘ t0006 · vetoed · proposed by playbook"),
        ("t0004", "● t0004 · better · proposed by playbook · edited by ada (person)"),
        ("t0000", "◆ t0000 · base"),
    ],
)
def test_the_head_names_who_proposed_and_who_edited_and_not_who_decided(
    demo: Campaign, trial: str, head: str
) -> None:
    output = kept(demo, trial)
    assert output["text/plain"].splitlines()[0] == head
    assert head in Elements(output["text/html"]).text


def test_a_label_is_whole_whatever_its_length(demo: Campaign) -> None:
    trial = demo.trial("t0012")
    label = "rows of lessons_shop 50 → 400, rows of lessons_travel 50 → 400, epochs 2 → 4"
    change = replace(trial.proposal.change, description=label)
    told = replace(trial, proposal=replace(trial.proposal, change=change))
    assert node(told)["title"] == label


def test_what_is_decided_needs_no_instructions_any_more(demo: Campaign) -> None:
    commands.accept(demo, "t0012")
    output = kept(demo, "t0012")
    assert "%ftagent accept" not in output["text/html"] + output["text/plain"]
    assert output[PROPOSAL_MIME]["status"] == "accepted"


def test_the_html_of_hostile_texts_has_no_script_no_link_and_no_handler(demo: Campaign) -> None:
    for trial in demo.state.trials:
        if trial != "t0000":
            for tag, attributes in Elements(kept(demo, trial)["text/html"]).found:
                assert tag in ("div", "span", "details", "summary", "code", "pre")
                assert set(attributes) <= {"style", "open", "role"}


def test_a_notebook_keeps_no_answers_to_evaluation_items(demo: Campaign) -> None:
    wrong = demo.trial("t0004").feedback.wrong
    output = kept(demo, "t0004")
    assert wrong
    assert output[PROPOSAL_MIME]["live"]["wrong"] == []
    assert wrong[0].output not in output["text/html"] + output["text/plain"]
