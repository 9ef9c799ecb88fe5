"""The look at rows like a wrong answer gives nothing of the evaluation item away.

It is the one look that goes from an evaluation item to training rows, so it must not serve to
search the training data by what an item asks or what its right answer is.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.eyes import Sight
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.agent_link import sight
from ftassist.campaign.proposing import context_of
from ftassist.dojo.task import CATALOG
from ftassist.journal.state import BASE
from ftassist.records.feedback import TrialFeedback

SET = "lessons_shop"


def told(value: Any) -> str:
    """All that a look shows, as one text."""
    return json.dumps(value, default=lambda each: getattr(each, "quoted", str(each)))


@pytest.fixture
def eyes(tmp_path: Path) -> Sight:
    """What the agent of a campaign on mini_math may look at."""
    campaign = Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=2))
    return sight(campaign, context_of(campaign, campaign.refresh(), BASE))


def shown(eyes: Sight, *wrong: dict[str, str]) -> Sight:
    """The same, where the base was seen to answer so."""
    base = replace(eyes.state.trials[BASE], feedback=TrialFeedback.of({"wrong": wrong}))
    return replace(eyes, state=replace(eyes.state, trials={**eyes.state.trials, BASE: base}))


def look(eyes: Sight, answer: int) -> dict[str, Any]:
    found = eyes.look("similar_rows", {"trial": BASE, "answer": answer, "set": SET})
    assert not found.failed
    return dict(found.value)


def items() -> list[dict[str, Any]]:
    """Real validation items."""
    path = CATALOG / "mini_math" / "evaluation" / "validation.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()[:20]]


@pytest.mark.parametrize(
    "outputs",
    [
        ("It is 20.", "We had 5.", "Zebras ate 1,234."),
        # More of an answer than is shown decides nothing.
        tuple("word " * 120 + end for end in ("= 1 + 2 + 3", r"\boxed{4}")),
    ],
    ids=["other words", "another end"],
)
def test_goes_from_an_item_to_training_rows_by_what_it_says(
    eyes: Sight, outputs: tuple[str, ...]
) -> None:
    """Whatever prompt, gold, view and words: one form, one answer."""
    wrong = [
        {"view": item["view"], "prompt": item["prompt"], "gold": item["answer"], "output": output}
        for item, output in zip(items(), outputs, strict=False)
    ]
    seen = shown(eyes, *wrong)
    found = {told({**look(seen, n + 1), "answer": 0}) for n in range(len(wrong))}
    assert len(found) == 1


def test_shows_evaluation_text_among_similar_rows(eyes: Sight) -> None:
    wrong = [
        {"view": "v", "prompt": item["prompt"], "gold": f"gold-{n}", "output": f"marked{n} is 3"}
        for n, item in enumerate(items())
    ]
    seen = shown(eyes, *wrong)
    for n, one in enumerate(wrong):
        text = told(look(seen, n + 1))
        assert all(said not in text for said in (one["prompt"], one["gold"], f"marked{n}"))


def test_reaches_for_an_answer_that_is_not_shown(eyes: Sight) -> None:
    seen = shown(eyes, {"output": "It is 20."})
    for answer in (0, 2, -1, 10**9, "1", 1.5):
        look = seen.look("similar_rows", {"trial": BASE, "answer": answer})
        assert look.failed and set(look.value) == {"error"}
