"""What can be read of campaigns, and how what cannot be read is said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.journal import Kind

from .conftest import Fetch, body, refused, valid


async def test_the_list_names_a_campaign_with_what_waits(jp_fetch: Fetch, name: str) -> None:
    listed = valid(body(await jp_fetch("ftassist", "campaigns")), "CampaignList")["campaigns"]
    assert [(c["id"], c["path"]) for c in listed] == [(name, "campaigns/mini_math-1")]
    assert listed[0]["pending"] == ["t0012", "t0013"]
    assert listed[0]["best"] == "t0004"


async def test_an_empty_root_gives_an_empty_list(jp_fetch: Fetch) -> None:
    document = valid(body(await jp_fetch("ftassist", "campaigns")), "CampaignList")
    assert document["campaigns"] == []


async def test_a_card_finds_its_campaign_by_folder(
    jp_fetch: Fetch, name: str, served: Path
) -> None:
    response = await jp_fetch("ftassist", "campaigns", params={"folder": str(served.resolve())})
    assert [c["id"] for c in body(response)["campaigns"]] == [name]


async def test_a_damaged_campaign_is_listed_with_the_reason(
    jp_fetch: Fetch, name: str, jp_root_dir: Path
) -> None:
    broken = jp_root_dir / "broken"
    broken.mkdir()
    (broken / "journal.db").write_bytes(b"no journal at all " * 100)
    listed = valid(body(await jp_fetch("ftassist", "campaigns")), "CampaignList")["campaigns"]
    found = {c["path"]: c for c in listed}
    assert found["broken"]["phase"] == "damaged"
    assert found["broken"]["damage"]
    assert found["campaigns/mini_math-1"]["damage"] == ""
    error = await refused(jp_fetch("ftassist", "campaigns", found["broken"]["id"]), 503)
    assert valid(error, "Error")["code"] == "journal"


async def test_a_delta_holds_the_nodes_that_changed_and_is_smaller(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    whole = await jp_fetch("ftassist", "campaigns", name)
    seq = valid(body(whole), "View")["seq"]
    campaign.say(Kind.TRIAL_PINNED, trial="t0002")
    response = await jp_fetch("ftassist", "campaigns", name, params={"since": str(seq)})
    delta = valid(body(response), "View")
    assert (delta["full"], delta["seq"]) == (False, seq + 1)
    assert [(n["trial"], n["pinned"]) for n in delta["nodes"]] == [("t0002", True)]
    assert len(response.body) < len(whole.body) / 3


async def test_nothing_new_is_no_nodes_at_the_same_sequence_number(
    jp_fetch: Fetch, name: str
) -> None:
    seq = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
    document = body(await jp_fetch("ftassist", "campaigns", name, params={"since": str(seq)}))
    assert (document["seq"], document["nodes"], document["full"]) == (seq, [], False)


async def test_deltas_put_together_are_the_whole(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    first = body(await jp_fetch("ftassist", "campaigns", name))
    nodes = {n["trial"]: n for n in first["nodes"]}
    seq = first["seq"]
    for trial in ("t0001", "t0005", "t0001"):
        campaign.say(Kind.TRIAL_PINNED, trial=trial)
        delta = body(await jp_fetch("ftassist", "campaigns", name, params={"since": str(seq)}))
        nodes.update({n["trial"]: n for n in delta["nodes"]})
        seq = delta["seq"]
    whole = body(await jp_fetch("ftassist", "campaigns", name))
    assert nodes == {n["trial"]: n for n in whole["nodes"]}
    assert whole["campaign"] == delta["campaign"]


async def test_a_client_from_the_future_gets_the_whole(jp_fetch: Fetch, name: str) -> None:
    document = body(await jp_fetch("ftassist", "campaigns", name, params={"since": "999999"}))
    assert document["full"]
    assert len(document["nodes"]) == 14


async def test_a_journal_that_was_replaced_is_read_anew(
    jp_fetch: Fetch, name: str, served: Path
) -> None:
    before = body(await jp_fetch("ftassist", "campaigns", name))
    for path in served.glob("journal.db*"):
        path.unlink()
    Campaign.create(served, task="mini_math")
    after = body(await jp_fetch("ftassist", "campaigns", name))
    assert before["seq"] > after["seq"] == 1
    assert [n["trial"] for n in after["nodes"]] == ["t0000"]


@pytest.mark.parametrize("since", ["-1", "two", "1e3", "٣", "9" * 30])
async def test_a_sequence_number_that_is_none_is_refused(
    jp_fetch: Fetch, name: str, since: str
) -> None:
    request = jp_fetch("ftassist", "campaigns", name, params={"since": since})
    assert valid(await refused(request, 400), "Error")["where"] == "since"


async def test_an_unknown_trial_is_not_found_and_the_nearest_is_named(
    jp_fetch: Fetch, name: str
) -> None:
    for path in ("", "card", "metrics", "log"):
        parts = [part for part in ("trials", "t0014", path) if part]
        error = await refused(jp_fetch("ftassist", "campaigns", name, *parts), 404)
        assert valid(error, "Error")["code"] == "unknown_name"


async def test_metrics_are_read_on_from_a_byte(jp_fetch: Fetch, name: str, served: Path) -> None:
    first = body(await jp_fetch("ftassist", "campaigns", name, "trials", "t0011", "metrics"))
    assert [row["step"] for row in first["rows"]] == list(range(1, 42))
    with (served / "trials/t0011/metrics.jsonl").open("a") as file:
        file.write('{"step": 42, "loss": NaN}\n{"step": 43, "lo')
    after = {"after": str(first["next"])}
    response = await jp_fetch(
        "ftassist", "campaigns", name, "trials", "t0011", "metrics", params=after
    )
    assert body(response)["rows"] == [{"step": 42, "loss": None}]


async def test_a_long_training_curve_comes_in_parts(
    jp_fetch: Fetch, name: str, served: Path
) -> None:
    row = json.dumps({"step": 1, "loss": 0.5, "note": "x" * 1000}) + "\n"
    (served / "trials/t0011/metrics.jsonl").write_text(row * 2000)
    rows, after, calls = 0, 0, 0
    while calls < 10:
        calls += 1
        response = await jp_fetch(
            *("ftassist", "campaigns", name, "trials", "t0011", "metrics"),
            params={"after": str(after)},
        )
        part = valid(body(response), "Metrics")
        rows, after = rows + len(part["rows"]), part["next"]
        if not part["truncated"]:
            break
    assert (rows, calls) == (2000, 4)


async def test_a_log_comes_without_colours_and_in_parts_between_characters(
    jp_fetch: Fetch, name: str, served: Path
) -> None:
    first = body(await jp_fetch("ftassist", "campaigns", name, "trials", "t0004", "log"))
    assert first["text"] == "── curate ──\nloaded 1,660 rows\n<b>1,560 kept</b>\n"
    output = {"output_type": "stream", "name": "stdout", "text": "é" * 50_000}
    cell = {"cell_type": "code", "metadata": {}, "outputs": [output]}
    (served / "trials/t0004/trial.ipynb").write_text(json.dumps({"cells": [cell]}))
    text, after = "", 0
    while True:
        response = await jp_fetch(
            *("ftassist", "campaigns", name, "trials", "t0004", "log"),
            params={"after": str(after)},
        )
        part = valid(body(response), "Log")
        assert len(response.body) < 70_000
        text, after = text + part["text"], part["next"]
        if after >= part["size"]:
            break
    assert text == "é" * 50_000


async def test_a_log_holds_no_value_that_a_cell_between_the_stages_left_behind(
    jp_fetch: Fetch, name: str, served: Path
) -> None:
    def value(text: str) -> dict[str, Any]:
        return {"output_type": "execute_result", "data": {"text/plain": text}}

    stage = {"ftassist": {"stage": "train"}}
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [value("'2000'")]},
        {"cell_type": "code", "metadata": stage, "outputs": [value("full: 760 rows")]},
    ]
    (served / "trials/t0004/trial.ipynb").write_text(json.dumps({"cells": cells}))
    part = body(await jp_fetch("ftassist", "campaigns", name, "trials", "t0004", "log"))
    assert part["text"] == "── train ──\nfull: 760 rows\n"


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"cells": 3}', b'{"cells": [7]}'])
async def test_a_broken_notebook_is_an_empty_log(
    jp_fetch: Fetch, name: str, served: Path, content: bytes
) -> None:
    (served / "trials/t0004/trial.ipynb").write_bytes(content)
    part = body(await jp_fetch("ftassist", "campaigns", name, "trials", "t0004", "log"))
    assert part == {"text": "", "next": 0, "size": 0}


async def test_a_comparison_says_when_two_trials_cannot_be_told_apart(
    jp_fetch: Fetch, name: str
) -> None:
    response = await jp_fetch(
        "ftassist", "campaigns", name, "compare", params={"trials": "t0002,t0003,t0005"}
    )
    document = valid(body(response), "Compare")
    pairs = {(c["before"], c["after"]): c for c in document["comparisons"]}
    assert pairs["t0002", "t0003"]["label"] == "not distinguishable"
    assert pairs["t0002", "t0005"]["label"] is None
    assert "t0005 has no score" in pairs["t0002", "t0005"]["sentence"]
    assert document["smallest_effect"].startswith("With 320 validation items")


@pytest.mark.parametrize(
    "trials", ["", "t0001", "t0001,t0001", "t0001,t0002,t0003,t0004,t0005,t0006,t0007"]
)
async def test_one_trial_or_too_many_are_not_compared(
    jp_fetch: Fetch, name: str, trials: str
) -> None:
    request = jp_fetch("ftassist", "campaigns", name, "compare", params={"trials": trials})
    valid(await refused(request, 400), "Error")


async def test_item_scores_that_are_gone_are_said_to_be(
    jp_fetch: Fetch, name: str, served: Path
) -> None:
    (served / "scores/t0008.validation.json").unlink()
    response = await jp_fetch(
        "ftassist", "campaigns", name, "compare", params={"trials": "t0002,t0008"}
    )
    pair = valid(body(response), "Compare")["comparisons"][0]
    assert pair["label"] is None
    assert "cannot be read" in pair["sentence"]


async def test_a_number_json_does_not_know_becomes_null(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    campaign.say(Kind.TRIAL_SCORED, {"feedback": {"score": 0.5, "low": math.nan}}, trial="t0011")
    response = await jp_fetch("ftassist", "campaigns", name, "trials", "t0011")
    assert b"NaN" not in response.body
    assert body(response)["feedback"]["low"] is None
