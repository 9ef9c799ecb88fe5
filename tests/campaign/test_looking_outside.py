"""A campaign whose model looks for papers: kept in its card, cited, replayed offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.agent import key
from ftassist.agent.citations import MARK
from ftassist.agent.lookup import Library
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.replaying import replay

from ..agent.library_server import serving
from ..agent.messages_server import Reply
from ..agent.stand_in import standing_in
from .conftest import Played

READ = "arXiv:2402.03300"
NEVER_READ = "arXiv:1701.00001"
LOOKS = [("find_papers", {"query": "group rewards"}), ("read_paper", {"id": READ})]


def test_what_was_read_is_kept_cited_and_replayed_without_asking_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cited = iter([READ, NEVER_READ])
    with serving() as services, standing_in(monkeypatch) as (server, brain):
        monkeypatch.delenv("FTASSIST_OFFLINE", raising=False)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        monkeypatch.setenv("FTASSIST_ARXIV", services.url)
        monkeypatch.setenv("HF_ENDPOINT", services.url)
        monkeypatch.setattr(Library, "public", lambda: services.library)

        def looking(body: dict[str, Any]) -> Reply:
            if body["tools"][0]["name"] != "propose_trials":
                return brain(body)
            if len(body["messages"]) == 1:
                return Reply(calls=LOOKS)
            reply = brain({**body, "messages": body["messages"][:1]})
            for one in (reply.tool or {}).get("alternatives", ())[:1]:
                one["hypothesis"]["cause"] += f" As {next(cited)} has it."
            return reply

        server.otherwise = looking
        campaign = Campaign.create(
            tmp_path / "c",
            task="mini_math",
            backend="anthropic",
            review="never",
            budget=Budget(trials=2),
            agent={"look_outside": True},
        )
        played = Played(campaign, lambda trial: 0.2 if trial == "t0000" else 0.6)
        played.run()
        asked = len(services.asked)
        trials = played.trials
        assert trials["t0001"].proposal["looked"][1] == "read the abstract of arXiv:2402.03300v1"
        assert not trials["t0001"].proposal["hypothesis"]["cause"].startswith(MARK)
        assert trials["t0002"].proposal["hypothesis"]["cause"].startswith(MARK)
        (read,) = campaign.refresh().survey["read"]
        assert (read["name"], read["text"]) == ("arXiv:2402.03300v1", "What they are.")
        last = [b for b in server.requests if b["tools"][0]["name"] == "propose_trials"][-1]
        assert "What they are." in str(last["messages"][0])
        found = list(replay(campaign))
        assert [one for one in found if one.same is not True] == []
        assert len(services.asked) == asked
    key.forget()
