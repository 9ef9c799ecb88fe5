"""Looks for papers and data sets, against a stand-in of both services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from ftassist.agent.eyes import Sight
from ftassist.agent.eyes.sight import OUTSIDE
from ftassist.agent.lookup import Library, request
from ftassist.agent.trial_view import Quoted
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.agent_link import sight
from ftassist.campaign.proposing import context_of
from ftassist.documents.survey import survey_text
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import CATALOG
from ftassist.errors import DataError
from ftassist.journal import Kind
from ftassist.journal.state import BASE

from ..library_server import CARD, DATA, PAPERS, SETS, Services, feed, serving


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr(request, "_silent", {})
    with serving() as found:
        yield found


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=2))


@pytest.fixture
def eyes(campaign: Campaign, services: Services) -> Sight:
    seen = sight(campaign, context_of(campaign, campaign.refresh(), BASE))
    return replace(seen, outside=services.library)


def told(value: Any) -> str:
    return json.dumps(value, default=lambda each: getattr(each, "quoted", str(each)))


def test_papers_are_found_and_their_abstracts_read(eyes: Sight, services: Services) -> None:
    found = eyes.look("find_papers", {"query": "rewards (group)"})
    assert found.trail == "searched arXiv for 'rewards (group)': 1 paper"
    assert "Group rewards" in told(found.value)
    assert services.asked[-1][1]["search_query"] == ["all:rewards AND all:group"]
    read = eyes.look("read_paper", {"id": "arXiv:2402.03300"})
    assert read.trail == "read the abstract of arXiv:2402.03300v1"
    assert services.asked[-1] == (PAPERS, {"id_list": ["2402.03300"]})
    for part in ("What they are.", "A. Author", "2024-02-05"):
        assert part in told(read.value)
    (source,) = read.sources
    assert (source.name, source.text) == ("arXiv:2402.03300v1", "What they are.")


def test_data_sets_are_found_and_their_cards_read_with_the_licence(
    eyes: Sight, services: Services
) -> None:
    found = eyes.look("find_data", {"query": "sums"})
    assert [one["licence"].quoted for one in found.value["data_sets"]] == ["mit"]
    read = eyes.look("read_data_card", {"id": "org/sums"})
    assert read.trail == "read the card of org/sums (licence: mit)"
    assert read.value["card"].quoted == "# Sums\nMade by hand."
    services.bodies[f"{SETS}/org/sums"] = json.dumps({**DATA, "tags": None}).encode()
    del services.bodies[CARD]
    read = eyes.look("read_data_card", {"id": "org/sums"})
    assert "licence: not stated" in read.trail
    assert "could not be read: refused with 404" in read.value["card"].quoted


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("read_paper", "2402.99999"),
        ("read_paper", "../../etc"),
        ("read_paper", "2402.03300&x=1"),
        ("read_data_card", "org/none"),
        ("read_data_card", "org/sums/../../x"),
        ("read_data_card", "../models"),
        ("read_data_card", "org/sums?x"),
    ],
)
def test_what_is_not_there_or_no_name_is_told(eyes: Sight, name: str, id: str) -> None:
    look = eyes.look(name, {"id": id})
    assert look.failed and set(look.value) == {"error"}


def test_without_leave_they_are_neither_offered_nor_answered(
    eyes: Sight, services: Services
) -> None:
    shut = replace(eyes, outside=None)
    assert {tool.name for tool in eyes.tools} - {tool.name for tool in shut.tools} == {*OUTSIDE}
    look = shut.look("find_papers", {"query": "rewards"})
    assert look.failed and "--look-outside" in look.value["error"]
    assert services.asked == []


@pytest.mark.parametrize(
    ("agent", "offline", "allowed"),
    [({}, "", False), ({"look_outside": True}, "", True), ({"look_outside": True}, "1", False)],
)
def test_the_person_who_makes_a_campaign_allows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agent: dict[str, Any], offline: str,
    allowed: bool,
) -> None:  # fmt: skip
    monkeypatch.delenv("FTASSIST_OFFLINE", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    made = Campaign.create(tmp_path / "d", task="mini_math", agent=agent)
    seen = sight(made, context_of(made, made.refresh(), BASE))
    assert (seen.outside is not None) == allowed


def test_a_service_out_of_reach_is_told_in_a_line_and_not_asked_again(
    eyes: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[httpx.Request] = []
    real = httpx.Client.send

    def send(client: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
        tries.append(request)
        return real(client, request, **more)

    monkeypatch.setattr(httpx.Client, "send", send)
    off = replace(eyes, outside=Library("http://127.0.0.1:9", "http://127.0.0.1:9", pause=0.0))
    for name in ("find_papers", "find_data"):
        look = off.look(name, {"query": "rewards"})
        assert look.failed and "cannot be reached" in look.value["error"]
        assert "\n" not in look.value["error"]
    assert len(tries) == 1


def test_the_rows_are_read_once_for_many_questions(
    eyes: Sight, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    table = DataRepository.table

    def counted(self: DataRepository, name: str, *more: Any) -> Any:
        read.append(name)
        return table(self, name, *more)

    monkeypatch.setattr(DataRepository, "table", counted)
    for words in ("how are small sums with two digits best taught", "sums of two digits " * 3):
        assert not eyes.look("find_data", {"query": words.strip()}).failed
    assert sorted(read) == sorted(eyes.data.names())


def test_nothing_is_followed_elsewhere(eyes: Sight, services: Services) -> None:
    with serving() as other:
        services.moved[SETS] = f"{other.url}{SETS}"
        look = eyes.look("find_data", {"query": "sums"})
        assert "sends elsewhere" in look.value["error"]
        assert other.asked == []
    services.moved[SETS] = f"{services.url}/api/sets"
    services.bodies["/api/sets"] = json.dumps([DATA]).encode()
    assert not eyes.look("find_data", {"query": "sums"}).failed
    services.moved[SETS] = SETS
    assert "without an end" in eyes.look("find_data", {"query": "sums"}).value["error"]


@pytest.mark.parametrize("url", ["http://example.org", "ftp://example.org", "file:///etc"])
def test_only_https_is_asked(url: str) -> None:
    with pytest.raises(DataError, match="is not asked"):
        Library(url, "https://example.org")


def test_what_is_read_is_bounded(eyes: Sight, services: Services) -> None:
    services.bodies[PAPERS] = feed("word " * 50_000)
    services.bodies[CARD] = b"word " * 50_000
    for name, id in (("read_paper", "2402.03300"), ("read_data_card", "org/sums")):
        assert len(told(eyes.look(name, {"id": id}).value)) < 8_000


def test_what_was_read_is_kept_in_the_requirement_card(campaign: Campaign) -> None:
    def look(text: str, **more: str) -> None:
        source = {"kind": "paper", "name": "arXiv:1", "title": "T", "licence": "", "url": ""}
        payload = {"sources": [{**source, **({"text": text} if text else {}), **more}]}
        campaign.say(Kind.LOOKED, payload, actor="agent:a")

    look("")
    assert not campaign.refresh().survey
    look("An abstract.")
    campaign.say(Kind.SURVEY_MADE, {"asked": "sums", "sources": []}, actor="agent:a")
    look("A card.", name="org/sums", kind="data set", licence="mit")
    look("An abstract, again.")
    state = campaign.refresh()
    read = state.survey["read"]
    assert [one["text"] for one in read] == ["A card.", "An abstract, again."]
    assert all(len(one["date"]) == 10 for one in read)
    assert context_of(campaign, state, BASE).sources[0].text.quoted == "A card."
    text = survey_text(state.survey)
    assert "asked: sums" in text
    assert f"read on {read[0]['date']}: data set org/sums: T (mit)" in text


@pytest.mark.parametrize(
    "query",
    [
        "fine-tuning small language models on word problems",
        "curriculum learning for arithmetic",
        "chain of thought distillation into models under 200M parameters",
        "LoRA rank and learning rate for small models",
    ],
)
def test_honest_questions_pass(eyes: Sight, query: str) -> None:
    path = CATALOG / "mini_math" / "evaluation" / "validation.jsonl"
    shown = tuple(
        Quoted(json.loads(line)["prompt"]) for line in path.read_text("utf-8").splitlines()
    )
    eyes = replace(eyes, context=replace(eyes.context, shown_items=shown))
    assert not eyes.look("find_papers", {"query": query}).failed
