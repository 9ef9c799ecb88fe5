"""Decisions over REST: written as in any face, refused when stale, credited to the person."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.identity import IdentityProvider, User

from ftassist.campaign import Campaign

from .conftest import Fetch, body, refused, valid
from .test_samples import post


async def seen(fetch: Fetch, name: str, trial: str) -> int:
    card = body(await fetch("ftassist", "campaigns", name, "trials", trial, "card"))
    return int(card["seen"])


async def test_an_accepted_proposal_is_queued_and_wakes_the_runner(
    jp_fetch: Fetch, name: str, campaign: Campaign, no_runner: list[Path]
) -> None:
    decision = {
        "decision": "accept",
        "trial": "t0012",
        "seen": await seen(jp_fetch, name, "t0012"),
    }
    done = valid(body(await post(jp_fetch, name, "decisions", decision)), "Decided")
    trial = campaign.trial("t0012")
    assert trial.status == done["trial"]["status"] == "accepted"
    assert trial.decision.actor == f"person:{getpass.getuser()}" == done["trial"]["you"]
    assert done["trial"]["live"]["outcome"] == "accepted, waiting for the runner"
    assert campaign.trial("t0013").decision.kind == "set aside"
    assert no_runner == [campaign.folder]


async def test_edited_cells_are_what_is_shown_and_credited(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    cells = {
        "curate": campaign.trial("t0012").cells["curate"] + "\n# by hand",
        "train": campaign.trial("t0012").cells["train"].replace("epochs=2", "epochs=7"),
    }
    decision = {
        "decision": "edit",
        "trial": "t0012",
        "seen": await seen(jp_fetch, name, "t0012"),
        "cells": cells,
    }
    done = valid(body(await post(jp_fetch, name, "decisions", decision)), "Decided")
    assert {stage: done["trial"]["cells"][stage] for stage in cells} == cells
    assert set(done["trial"]["edited"]) == {"curate", "train"}
    assert campaign.trial("t0012").cells["train"] == cells["train"]
    assert campaign.trial("t0012").decisions[-1].stages == ("curate", "train")


async def test_a_mistyped_argument_is_refused_with_its_cell_line_and_near_match(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    typo = (
        'from ftassist.recipes import train\ntrain.sft(model, "data", "model", lerning_rate=1e-3)'
    )
    decision = {
        "decision": "edit",
        "trial": "t0012",
        "seen": await seen(jp_fetch, name, "t0012"),
        "cells": {"train": typo},
    }
    response = await post(jp_fetch, name, "decisions", decision)
    told = valid(body(response), "Error")
    assert response.code == 400
    assert "'lerning_rate'" in told["message"]
    assert told["where"] == "train cell, line 2"
    assert told["what_to_do"].startswith("did you mean 'learning_rate'?")
    assert not campaign.trial("t0012").edited


async def test_a_veto_with_a_reason_can_be_taken_back(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    vetoes = len(campaign.refresh().vetoes)
    decision = {
        "decision": "veto",
        "trial": "t0012",
        "seen": await seen(jp_fetch, name, "t0012"),
        "reason": "no capped rows",
    }
    done = body(await post(jp_fetch, name, "decisions", decision))
    assert done["trial"]["live"]["decided"]["reason"] == "no capped rows"
    assert len(campaign.refresh().vetoes) == vetoes + 1
    undo = {"decision": "undo_veto", "trial": "t0012", "seen": done["trial"]["seen"]}
    back = valid(body(await post(jp_fetch, name, "decisions", undo)), "Decided")
    assert back["trial"]["status"] == "proposed"
    assert len(campaign.refresh().vetoes) == vetoes
    assert [d.kind for d in campaign.trial("t0012").decisions] == ["veto", "undo veto"]


async def test_a_veto_answers_how_it_is_understood_and_takes_a_correction(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    veto = {
        "decision": "veto",
        "trial": "t0012",
        "seen": await seen(jp_fetch, name, "t0012"),
        "reason": "no more rows, change the learning rate instead",
    }
    card = valid(body(await post(jp_fetch, name, "decisions", veto)), "Decided")["trial"]
    assert card["understood"]["text"] == "avoid: more rows · try: another learning rate"
    assert "train.epochs:up" in [reading["key"] for reading in card["readings"]]
    fix = {"decision": "correct", "trial": "t0012", "seen": card["seen"], "try": ["more epochs"]}
    card = valid(body(await post(jp_fetch, name, "decisions", fix)), "Decided")["trial"]
    assert card["understood"]["text"] == "try: more epochs"
    assert card["understood"]["by"] == f"person:{getpass.getuser()}"
    wrong = {**fix, "seen": card["seen"], "try": ["more magic"]}
    assert (await post(jp_fetch, name, "decisions", wrong)).code in (400, 404)


async def test_an_edit_withdraws_the_agents_prediction_and_takes_the_persons(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    source = campaign.trial("t0012").cells["train"].replace("epochs=2", "epochs=7")
    edit = {
        "decision": "edit",
        "trial": "t0012",
        "seen": await seen(jp_fetch, name, "t0012"),
        "cells": {"train": source},
    }
    card = valid(body(await post(jp_fetch, name, "decisions", edit)), "Decided")["trial"]
    assert card["prediction_withdrawn"]
    assert card["author"] == f"person:{getpass.getuser()}"
    own = {**edit, "seen": card["seen"], "prediction": {"low": 0.01, "high": 0.04}}
    card = valid(body(await post(jp_fetch, name, "decisions", own)), "Decided")["trial"]
    assert card["predicted"] == {"low": 0.01, "high": 0.04}
    assert not card["prediction_withdrawn"]


async def test_of_two_decisions_on_the_same_state_the_second_is_refused_with_the_first(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    looked_at = await seen(jp_fetch, name, "t0012")
    veto = {"decision": "veto", "trial": "t0012", "seen": looked_at, "reason": "mine was first"}
    assert (await post(jp_fetch, name, "decisions", veto)).code == 200
    before = campaign.refresh().seq
    accept = {"decision": "accept", "trial": "t0012", "seen": looked_at}
    response = await post(jp_fetch, name, "decisions", accept)
    stale = valid(body(response), "Stale")
    assert response.code == 409
    assert stale["card"]["live"]["decided"]["reason"] == "mine was first"
    assert campaign.refresh().seq == before


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"decision": "edit", "trial": "t0012", "cells": {"train": "x = ("}}, "cell"),
        ({"decision": "edit", "trial": "t0012", "cells": {}}, "cell"),
        ({"decision": "edit", "trial": "t0012", "cells": {"train": "#" * 100_001}}, "cell"),
        ({"decision": "edit", "trial": "t0012", "cells": {"deploy": "x = 1"}}, "body"),
        ({"decision": "edit", "trial": "t0012", "cells": {"train": 7}}, "body"),
        ({"decision": "veto", "trial": "t0012"}, "ftassist"),
        ({"decision": "veto", "trial": "t0012", "reason": "  "}, "ftassist"),
        ({"decision": "veto", "trial": "t0012", "reason": "x" * 2001}, "body"),
        ({"decision": "delete", "trial": "t0012"}, "body"),
        ({"decision": "accept", "trial": "../t0012"}, "body"),
        ({"decision": "accept", "trial": "t0012", "force": True}, "body"),
    ],
)
async def test_a_decision_that_makes_no_sense_is_refused_and_nothing_is_written(
    jp_fetch: Fetch, name: str, campaign: Campaign, document: dict[str, Any], code: str
) -> None:
    before = campaign.refresh().seq
    response = await post(jp_fetch, name, "decisions", {**document, "seen": before})
    error = valid(body(response), "Error")
    assert (response.code, error["code"]) == (400, code)
    assert error["what_to_do"]
    assert campaign.refresh().seq == before


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", "[" * 100_000, '{"decision": "accept"}'])
async def test_a_body_that_is_no_decision_is_refused(jp_fetch: Fetch, name: str, raw: str) -> None:
    request = jp_fetch("ftassist", "campaigns", name, "decisions", method="POST", body=raw)
    assert valid(await refused(request, 400), "Error")["code"] == "body"


async def test_a_body_that_is_too_long_is_refused(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    before = campaign.refresh().seq
    raw = json.dumps({"decision": "veto", "trial": "t0012", "seen": 1, "reason": "x" * 2**20})
    request = jp_fetch("ftassist", "campaigns", name, "decisions", method="POST", body=raw)
    assert valid(await refused(request, 413), "Error")["code"] == "too_long"
    assert campaign.refresh().seq == before


async def test_a_trial_that_is_over_cannot_be_decided_on(jp_fetch: Fetch, name: str) -> None:
    for trial, decision in (("t0004", "accept"), ("t0005", "undo_veto")):
        looked_at = await seen(jp_fetch, name, trial)
        document = {"decision": decision, "trial": trial, "seen": looked_at}
        assert (await post(jp_fetch, name, "decisions", document)).code == 409


async def test_a_decision_on_a_trial_nobody_knows_is_not_found(jp_fetch: Fetch, name: str) -> None:
    response = await post(
        jp_fetch, name, "decisions", {"decision": "accept", "trial": "t0099", "seen": 1}
    )
    assert response.code == 404


class Hub(IdentityProvider):
    """Knows its users by name, as JupyterHub does."""

    def get_user(self, handler: Any) -> User:
        return User("grace")

    def is_token_authenticated(self, handler: Any) -> bool:
        return True


async def test_on_a_shared_server_a_decision_is_credited_to_who_made_it(
    jp_fetch: Fetch, jp_serverapp: Any, name: str, campaign: Campaign
) -> None:
    jp_serverapp.web_app.settings["identity_provider"] = Hub(parent=jp_serverapp)
    looked_at = campaign.refresh().seq
    decision = {"decision": "veto", "trial": "t0012", "seen": looked_at, "reason": "no"}
    await jp_fetch(
        "ftassist", "campaigns", name, "decisions", method="POST", body=json.dumps(decision)
    )
    assert campaign.trial("t0012").decision.actor == "person:grace"
