"""The samples that the front end is built against are what the server answers.

    FTASSIST_WRITE_SAMPLES=1 python -m pytest tests/server/test_samples.py

writes them anew.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from .conftest import Fetch, body, valid

SAMPLES = Path(__file__).with_name("samples")
READS = {
    "campaigns": ("CampaignList", "", {}),
    "view_full": ("View", "{id}", {}),
    "view_delta": ("View", "{id}", {"since": "-6"}),
    "view_unchanged": ("View", "{id}", {"since": "-0"}),
    "trial_scored": ("Page", "{id}/trials/t0004", {}),
    "trial_failed": ("Page", "{id}/trials/t0005", {}),
    "trial_leaking": ("Page", "{id}/trials/t0007", {}),
    "trial_base": ("Page", "{id}/trials/t0000", {}),
    "card_proposal": ("Card", "{id}/trials/t0012/card", {}),
    "card_running": ("Card", "{id}/trials/t0011/card", {}),
    "card_finished": ("Card", "{id}/trials/t0004/card", {}),
    "card_cached": ("Card", "{id}/trials/t0003/card", {}),
    "card_failed": ("Card", "{id}/trials/t0005/card", {}),
    "card_vetoed": ("Card", "{id}/trials/t0006/card", {}),
    "card_invalid": ("Card", "{id}/trials/t0007/card", {}),
    "output_finished": ("Output", "{id}/trials/t0004/output", {}),
    "metrics": ("Metrics", "{id}/trials/t0011/metrics", {}),
    "log": ("Log", "{id}/trials/t0004/log", {}),
    "what_if": ("WhatIf", "{id}/what-if", {}),
    "knobs": ("Knobs", "{id}/knobs", {}),
    "usage": ("Usage", "{id}/trials/t0004/usage", {}),
    "rows_page": ("RowsPage", "{id}/trials/t0004/rows", {"start": "10", "count": "30"}),
    "compare": ("Compare", "{id}/compare", {"trials": "t0002,t0003,t0008"}),
}


@pytest.mark.parametrize("sample", READS)
async def test_a_sample_is_what_the_server_answers(
    jp_fetch: Fetch, name: str, jp_root_dir: Path, sample: str
) -> None:
    schema, path, query = READS[sample]
    if "since" in query:
        seq = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
        query = {"since": str(seq - int(query["since"][1:]))}
    parts = path.format(id=name).split("/") if path else []
    document = body(await jp_fetch("ftassist", "campaigns", *parts, params=query))
    compare_or_write(sample, valid(document, schema), jp_root_dir)


async def test_the_sample_of_a_stale_decision_is_what_the_server_answers(
    jp_fetch: Fetch, name: str, jp_root_dir: Path
) -> None:
    decision = {"decision": "accept", "trial": "t0012", "seen": 1}
    response = await post(jp_fetch, name, "decisions", decision)
    assert response.code == 409
    compare_or_write("stale_409", valid(body(response), "Stale"), jp_root_dir)


async def test_the_sample_of_a_decision_is_what_the_server_answers(
    jp_fetch: Fetch, name: str, jp_root_dir: Path
) -> None:
    seen = body(await jp_fetch("ftassist", "campaigns", name))["seq"]
    decision = {"decision": "veto", "trial": "t0012", "seen": seen, "reason": "no capped rows"}
    response = await post(jp_fetch, name, "decisions", decision)
    compare_or_write("decided", valid(body(response), "Decided"), jp_root_dir)


async def post(fetch: Fetch, name: str, path: str, document: Any) -> HTTPResponse:
    return await fetch(
        "ftassist",
        "campaigns",
        name,
        path,
        method="POST",
        body=json.dumps(document),
        raise_error=False,
    )


def compare_or_write(sample: str, document: Any, root: Path) -> None:
    path = SAMPLES / f"{sample}.json"
    text = json.dumps(_steady(document, root), indent=1, ensure_ascii=False, sort_keys=True)
    if os.environ.get("FTASSIST_WRITE_SAMPLES"):
        path.write_text(text + "\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text + "\n"


def _steady(document: Any, root: Path) -> Any:
    """A document without what differs from run to run: the root, the person, the clock."""
    text = json.dumps(document).replace(str(root.resolve()), "/home/ada/work")
    text = re.sub(r'"you": "person:[^"]*"', '"you": "person:ada"', text)
    text = re.sub(r'"(actor|author|by)": "person:(?!ada)[^"]*"', r'"\1": "person:ada"', text)
    # The demo's own clock stands in 2026; what is written by the test itself has today's time.
    text = re.sub(
        r'"(time|created|finished|started)": 1(?!790)\d{9}\.\d+', r'"\1": 1790000999.0', text
    )
    return json.loads(text)
