"""What a requirement card cites: found outside, or from memory and marked."""

from __future__ import annotations

import pytest

from ftassist.agent.citations import MARK, NO_SET, mark_card, mark_line, source_of
from ftassist.agent.survey import QuotedSource
from ftassist.records.survey import OutsideSource, Strategy, Survey, SurveyedSet

SOURCES = (
    OutsideSource(
        "paper", "arXiv:2402.03300v1", "Rewards", url="http://arxiv.org/abs/2402.03300v1"
    ),
    OutsideSource("data set", "org/sums", "Sums", url="https://huggingface.co/datasets/org/sums"),
)


def card(line: str = "", name: str = "orchard") -> Survey:
    return Survey(
        strategies=(Strategy("s", "w", (line,)),), raw_sets=(SurveyedSet(name, "u", "l", "f"),)
    )


def marked(line: str) -> str:
    return mark_card(card(line), SOURCES, {"orchard"}).strategies[0].rests_on[0]


@pytest.mark.parametrize(
    "line",
    [
        "arXiv:2402.03300",
        "arxiv.org/abs/2402.03300v2 says so",
        "https://arxiv.org/abs/2402.03300.",
        "see https://huggingface.co/datasets/org/sums",
        "62 % of orchard_steps show their work",
        "t0000 scores 0.1234 on boats",
    ],
)
def test_what_was_found_or_measured_stands_as_it_is(line: str) -> None:
    assert marked(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "arXiv:1706.03762",
        "2402.03300 and 2106.09685 together",
        "https://example.org/paper",
        "doi 10.1000/xyz123",
    ],
)
def test_a_source_from_memory_is_marked(line: str) -> None:
    assert marked(line) == f"{MARK} {line}"


def test_a_raw_set_that_is_not_there_is_marked() -> None:
    made = mark_card(card(name="moon_rocks"), (), {"orchard"})
    assert made.raw_sets[0].name == f"{NO_SET} moon_rocks"
    assert mark_card(card(), (), {"orchard"}).raw_sets == card().raw_sets


def test_a_proposal_may_cite_what_the_card_found_or_read() -> None:
    known = [source_of(QuotedSource.of(source)) for source in SOURCES]
    for line in ("arXiv:2402.03300 has it", "see https://huggingface.co/datasets/org/sums", "t1"):
        assert mark_line(line, known) == line
    assert mark_line("arXiv:1701.00001 has it", known).startswith(MARK)
