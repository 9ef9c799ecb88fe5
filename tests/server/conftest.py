"""A Jupyter server with the extension, over the hand-made campaign of `tests/conftest.py`."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pytest_jupyter.jupyter_server import *  # noqa: F403 -- as a plugin it would act on all tests
from tornado.httpclient import HTTPClientError, HTTPResponse

from ftassist.campaign import Campaign
from ftassist.files import write_json
from ftassist.journal import Kind
from ftassist.server.bodies import component
from ftassist.server.paths import campaign_id

Fetch = Callable[..., Awaitable[HTTPResponse]]
ITEMS = 320
VIEWS = ("shop", "travel", "home", "garden")


@pytest.fixture  # type: ignore[no-redef]
def jp_server_config() -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"ftassist": True},
            "allow_unauthenticated_access": False,
        },
        "FtassistApp": {"watch_seconds": 0.05, "search_seconds": 0.0},
    }


@pytest.fixture(autouse=True)
def no_runner(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Records the folders for which a runner was to be started, and starts none."""
    started: list[Path] = []

    def start(folder: Path) -> int:
        started.append(folder)
        return 4711

    monkeypatch.setattr("ftassist.server.runners.start_runner", start)
    return started


@pytest.fixture
def served(demo_original: Path, jp_root_dir: Path) -> Path:
    """The folder of a campaign below the server's root."""
    folder = shutil.copytree(demo_original, jp_root_dir / "campaigns" / "mini_math-1")
    add_details(folder)
    return folder


@pytest.fixture
def name(served: Path, jp_root_dir: Path) -> str:
    """The campaign's id."""
    return campaign_id(jp_root_dir.resolve(), served.resolve())


@pytest.fixture
def campaign(served: Path) -> Campaign:
    """The campaign, as another process would open it."""
    return Campaign.open(served)


def add_details(folder: Path) -> None:
    """Adds what the server shows beyond the journal: item scores, a notebook; and alternatives."""
    campaign = Campaign.open(folder)
    for trial in campaign.state.trials.values():
        if trial.score is not None:
            _write_scores(folder, trial.id, trial.score)
    first = campaign.trial("t0012")
    other = {
        **first.proposal.to_dict(),
        "beside": "t0012",
        "cells": dict(campaign.trial("t0004").cells),
    }
    campaign.say(Kind.PROPOSAL_MADE, other, trial="t0013", actor="agent:playbook")
    campaign.say(Kind.TRIAL_PINNED, trial="t0004", actor="person:ada")
    cell = {
        "cell_type": "code",
        "source": campaign.trial("t0004").cells["curate"],
        "metadata": {"ftassist": {"stage": "curate"}},
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "loading\rloaded 1,660 rows\n"},
            {
                "output_type": "stream",
                "name": "stdout",
                "text": "\x1b[31m<b>1,560 kept</b>\x1b[0m",
            },
        ],
    }
    write_json(folder / "trials" / "t0004" / "trial.ipynb", {"cells": [cell]})
    passed = {"check": "leakage", "message": "no row repeats an item"}
    campaign.say(Kind.PREFLIGHT_PASSED, passed, trial="t0004", actor="worker")
    _write_rows(folder / "trials" / "t0004")


def _write_rows(trial: Path) -> None:
    """What a trial leaves beside its notebook: the rows it trained on, and what it used."""
    lines = []
    for number in range(1, 121):
        turns = [
            {"role": "user", "content": f"What is {number} + 7? <script>alert(1)</script>"},
            {"role": "assistant", "content": f"{number} + 7 = {number + 7}"},
        ]
        source = "crowd_solutions" if number % 3 == 0 else "lessons_shop"
        row: dict[str, Any] = {"id": f"{source}/{number}", "source": source, "messages": turns}
        if number % 4 == 0:
            row["provenance"] = {"nearness": round(1 - number / 1000, 3)}
        lines.append(json.dumps(row) + "\n")
    (trial / "data").mkdir(exist_ok=True)
    (trial / "data" / "train.jsonl").write_text("".join(lines))
    samples = [
        {
            "seconds": 1.0 + second,
            "stage": "curate" if second < 4 else "train" if second < 30 else "evaluate",
            "cores": 0.9 + 0.02 * (second % 7),
            "memory_mb": 400.0 + 12 * min(second, 20),
            "gpu_memory_mb": None,
            "gpu_share": None,
        }
        for second in range(40)
    ]
    whole = {"every": 1.0, "cores": 2, "memory_limit_mb": 2048.0, "gpu": None, "samples": samples}
    write_json(trial / "usage.json", whole)


def _write_scores(folder: Path, trial: str, score: float) -> None:
    draw = random.Random(trial)
    right = set(draw.sample(range(ITEMS), round(score * ITEMS)))
    items = [
        {"id": f"i{i:03d}", "view": VIEWS[i % 4], "score": float(i in right)} for i in range(ITEMS)
    ]
    write_json(folder / "scores" / f"{trial}.validation.json", {"items": items})


def body(response: HTTPResponse) -> Any:
    """A response's JSON."""
    return json.loads(response.body)


def valid(document: Any, schema: str) -> Any:
    """The document, once it fits its schema in `openapi.yaml`."""
    wrong = sorted(Draft202012Validator(component(schema)).iter_errors(document), key=str)
    assert not wrong, "\n".join(f"{list(e.absolute_path)}: {e.message[:300]}" for e in wrong[:5])
    return document


async def refused(request: Awaitable[HTTPResponse], status: int) -> dict[str, Any]:
    """The error document of a request that must fail with a status."""
    with pytest.raises(HTTPClientError) as caught:
        await request
    assert caught.value.code == status
    assert caught.value.response is not None
    document: dict[str, Any] = json.loads(caught.value.response.body)
    return document
