"""Campaigns that are made over REST: what can be chosen, what is refused, and how it comes."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.models.conftest import INSIDE, models, package, sha256, tiny_gguf
from tornado.httpclient import HTTPResponse

from ftassist.campaign import Campaign
from ftassist.dojo.task import CATALOG
from ftassist.models import registry, store
from ftassist.models.registry import Package

from .conftest import Fetch, body, valid

__all__ = ["models", "package", "tiny_gguf"]

WISH = {"task": "mini_math", "model": "tiny"}
SLEEPS = "import sys, time; sys.stdin.readline(); time.sleep(600)"
ENDS = "import sys; sys.stdin.readline(); sys.exit(3)"
FAKE = """
import sys
from pathlib import Path
from ftassist.models import registry
registry.REGISTRY = Path(sys.argv[1])
from ftassist.campaign.creating_process import main
main()
"""


async def ask(fetch: Fetch, document: Any) -> HTTPResponse:
    sent = json.dumps(document)
    return await fetch("ftassist", "campaigns", method="POST", body=sent, raise_error=False)


async def ended(fetch: Fetch, response: HTTPResponse, told: list[Any] | None = None) -> Any:
    """The making's last document; those before go to `told`."""
    assert response.code == 202, response.body
    document = valid(body(response), "Making")
    while document["phase"] in ("fetching", "making"):
        if told is not None:
            told.append(document)
        await asyncio.sleep(0.05)
        document = valid(body(await fetch("ftassist", "makings", document["id"])), "Making")
    return document


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Another process in the place of the one that makes campaigns."""

    def use(code: str, *arguments: str) -> None:
        monkeypatch.setattr(
            "ftassist.server.makings.COMMAND", (sys.executable, "-c", code, *arguments)
        )

    return use


@pytest.fixture
def carried(
    package: Path,
    tiny_gguf: Path,
    models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[..., None],
) -> Path:
    """A registry with one model more, "carried", which a package has; gives that package."""
    sums = sha256(package), sha256(tiny_gguf)
    fake = Package("carries-weights==1.0", "Apache-2.0", 6, sums[0], INSIDE, sums[1])
    known = registry.entry("smollm2-135m")
    entry = replace(known, key="carried", repository="nobody/carried", weights={}, package=fake)
    path = tmp_path / "registry.yaml"
    path.write_text(yaml.safe_dump([{**asdict(entry), "languages": ["English"]}]))
    monkeypatch.setattr(registry, "REGISTRY", path)
    registry.entries.cache_clear()
    command(FAKE, str(path))
    return package


@pytest.fixture(autouse=True)
def forget_registry() -> Any:
    """The registry is read anew after a test that had another one."""
    yield
    registry.entries.cache_clear()


@pytest.fixture
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)


async def test_the_choices_are_the_catalog_the_registry_and_the_machine(
    jp_fetch: Fetch,
    models: Path,
    no_key: None,
) -> None:
    start = valid(body(await jp_fetch("ftassist", "start")), "Start")
    tasks = {task["key"]: task for task in start["tasks"]}
    assert tasks["mini_math"]["here"]
    assert tasks["mini_math"]["folder"] == "campaigns/mini_math-1"
    assert tasks["mini_math"]["budget"]["trials"] > 0
    assert tasks["lawbench"]["data"] == "needs data"
    found = {model["key"]: model for model in start["models"]}
    assert found["tiny"]["teaching"]
    assert found["tiny"]["here"]
    assert found["smollm2-135m"]["licence"] == "Apache-2.0"
    assert found["smollm2-135m"]["fetch_mb"] == 93
    assert 0 < found["smollm2-135m"]["needs"]["lora"] < found["smollm2-135m"]["needs"]["full"]
    assert start["memory_mb"] > 256
    assert start["model"] == "tiny"
    assert start["agent"] == "playbook"
    assert [a["key"] for a in start["agents"] if a["available"]] == ["playbook"]


async def test_a_real_model_that_is_here_is_preferred_and_a_key_makes_an_agent(
    jp_fetch: Fetch,
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = models / "smollm2-135m"
    folder.mkdir(parents=True)
    store.write_origin(folder, store.Origin(folder.name, "file", "", "Apache-2.0", {}, "", ""))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-key-of-the-tests")
    response = await jp_fetch("ftassist", "start")
    start = valid(body(response), "Start")
    assert start["model"] == "smollm2-135m"
    assert start["agent"] == "anthropic"
    assert b"a-key-of-the-tests" not in response.body


async def test_tasks_of_ones_own_are_listed_and_a_broken_card_says_so(
    jp_fetch: Fetch, jp_root_dir: Path
) -> None:
    for name, card in (("broken", "key: broken"), ("plain", "")):
        (jp_root_dir / "tasks" / name).mkdir(parents=True)
        if card:
            (jp_root_dir / "tasks" / name / "card.yaml").write_text(card)
    start = valid(body(await jp_fetch("ftassist", "start")), "Start")
    own = [task for task in start["tasks"] if task["own"]]
    assert [task["key"] for task in own] == ["tasks/broken"]
    assert "not complete" in own[0]["problem"]


async def test_a_campaign_is_made_as_init_makes_it_and_is_in_the_list(
    jp_fetch: Fetch, jp_root_dir: Path, no_key: None
) -> None:
    wish = {
        **WISH,
        "review": "timeout 30",
        "policy": "uct",
        "variants": 3,
        "budget": {"trials": 3, "seconds": 90},
        "validation_items": 20,
        "backend": "playbook",
        "look_outside": True,
        "folder": "work/first",
    }
    made = await ended(jp_fetch, await ask(jp_fetch, wish))
    assert made["phase"] == "done", made
    listed = body(await jp_fetch("ftassist", "campaigns"))["campaigns"]
    assert [(row["id"], row["path"]) for row in listed] == [(made["campaign"], "work/first")]
    campaign = Campaign.open(jp_root_dir / "work" / "first")
    assert campaign.state.budget.trials == 3
    assert campaign.state.budget.seconds == 90
    assert campaign.state.review == "timeout 30"
    assert campaign.state.settings["policy"] == "uct"
    assert campaign.state.settings["variants"] == 3
    assert campaign.state.settings.agent["look_outside"] is True
    assert "20 of" in campaign.card.limits
    (first, *_) = campaign.journal.read(0)
    assert first.actor.startswith("person:")


async def test_without_a_folder_it_gets_the_next_free_one(
    jp_fetch: Fetch, jp_root_dir: Path, served: Path
) -> None:
    made = await ended(jp_fetch, await ask(jp_fetch, WISH))
    assert made["phase"] == "done", made
    assert (jp_root_dir / "campaigns" / "mini_math-2" / "journal.db").is_file()


class TestWithASearchThatIsBelievedForLong:
    """The folders are not searched again for an hour, unless somebody says so."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        return {**jp_server_config, "FtassistApp": {"search_seconds": 3600.0}}

    async def test_a_campaign_is_in_the_list_once_it_is_said_to_be_made(
        self, jp_fetch: Fetch
    ) -> None:
        assert body(await jp_fetch("ftassist", "campaigns"))["campaigns"] == []
        made = await ended(jp_fetch, await ask(jp_fetch, WISH))
        (row,) = body(await jp_fetch("ftassist", "campaigns"))["campaigns"]
        assert row["id"] == made["campaign"]


async def test_a_task_of_ones_own_is_listed_and_a_campaign_is_made_on_it(
    jp_fetch: Fetch, jp_root_dir: Path
) -> None:
    mine = shutil.copytree(CATALOG / "mini_math", jp_root_dir / "tasks" / "mine")
    start = body(await jp_fetch("ftassist", "start"))
    (own,) = [task for task in start["tasks"] if task["own"]]
    assert (own["key"], own["here"]) == ("tasks/mine", True)
    made = await ended(jp_fetch, await ask(jp_fetch, {**WISH, "task": own["key"]}))
    assert made["phase"] == "done", made
    campaign = Campaign.open(jp_root_dir / own["folder"])
    assert campaign.task.folder == mine.resolve()


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"task": "mini_mth"}, 404, ""),
        ({"task": "tasks/../../x"}, 404, ""),
        ({"model": "smollm2"}, 404, ""),
        ({"model": "/etc"}, 404, ""),
        ({"model": "qwen3-0.6b"}, 400, "model"),
        ({"budget": {"trials": 0}}, 400, "budget.trials"),
        ({"budget": {"rows": 10**9}}, 400, "budget.rows"),
        ({"budget": {"trials": "many"}}, 400, "budget.trials"),
        ({"review": "sometimes"}, 400, "review"),
        ({"policy": "greddy"}, 404, ""),
        ({"variants": 9}, 400, "variants"),
        ({"validation_items": 5}, 400, "--validation-items"),
        ({"backend": "replay"}, 400, "backend"),
        ({"folder": "/tmp/x"}, 400, "folder"),
        ({"folder": "../x"}, 400, "folder"),
        ({"folder": "a/.hidden"}, 400, "folder"),
        ({"folder": "a/b/c/d/e/f/g"}, 400, "folder"),
        ({"folder": "link/x"}, 400, "folder"),
        ({"folder": "file/x"}, 400, "folder"),
        ({"folder": "campaigns/mini_math-1"}, 400, "folder"),
        ({"folder": "campaigns/mini_math-1/x"}, 400, "folder"),
        ({"secret": 1}, 400, "body"),
    ],
    ids=str,
)
async def test_a_wish_that_makes_no_sense_is_refused_by_field_and_nothing_is_made(
    jp_fetch: Fetch,
    jp_root_dir: Path,
    served: Path,
    models: Path,
    change: dict[str, Any],
    status: int,
    where: str,
) -> None:
    (jp_root_dir / "link").symlink_to("/tmp")
    (jp_root_dir / "file").touch()
    response = await ask(jp_fetch, {**WISH, **change})
    assert response.code == status, response.body
    error = valid(body(response), "Error")
    assert error["message"]
    assert error["what_to_do"]
    assert error["where"] == where
    assert Campaign.find(jp_root_dir / "campaigns") == [served]


async def test_a_model_is_fetched_first_where_that_is_agreed_to_and_progress_is_told(
    jp_fetch: Fetch, carried: Path, jp_root_dir: Path
) -> None:
    told: list[Any] = []
    wish = {**WISH, "model": "carried", "fetch": True}
    made = await ended(jp_fetch, await ask(jp_fetch, wish), told)
    assert made["phase"] == "done", made
    assert "fetching" in {document["phase"] for document in told}
    assert store.installed("carried") is not None
    (folder,) = Campaign.find(jp_root_dir / "campaigns")
    assert Campaign.open(folder).state.settings["model"] == "carried"


async def test_a_model_that_cannot_be_had_is_a_clear_error_and_no_campaign(
    jp_fetch: Fetch, carried: Path, jp_root_dir: Path
) -> None:
    carried.unlink()
    wish = {**WISH, "model": "carried", "fetch": True}
    made = await ended(jp_fetch, await ask(jp_fetch, wish))
    assert made["phase"] == "failed"
    assert "'carried' cannot be fetched" in made["error"]["message"]
    assert "mirror: FTASSIST_DATA is not set" in made["error"]["where"]
    assert made["error"]["code"] == "model"
    assert not (jp_root_dir / "campaigns").exists()


async def test_other_requests_are_answered_while_one_is_made_and_it_can_be_cancelled(
    jp_fetch: Fetch, command: Callable[..., None], jp_serverapp: Any
) -> None:
    command(SLEEPS)
    making = body(await ask(jp_fetch, WISH))
    assert body(await jp_fetch("ftassist", "campaigns"))["campaigns"] == []
    process = jp_serverapp.web_app.settings["ftassist_makings"].get(making["id"]).process
    assert process.poll() is None
    response = await jp_fetch("ftassist", "makings", making["id"], method="DELETE")
    assert valid(body(response), "Making")["phase"] == "cancelled"
    assert process.wait(10) != 0


async def test_no_more_than_four_are_made_at_once(
    jp_fetch: Fetch, command: Callable[..., None]
) -> None:
    command(SLEEPS)
    makings = [body(await ask(jp_fetch, WISH)) for _ in range(4)]
    response = await ask(jp_fetch, WISH)
    assert response.code == 409
    assert "4 campaigns are being made" in valid(body(response), "Error")["message"]
    for making in makings:
        await jp_fetch("ftassist", "makings", making["id"], method="DELETE")


async def test_a_process_that_breaks_off_is_told_of(
    jp_fetch: Fetch, command: Callable[..., None]
) -> None:
    command(ENDS)
    made = await ended(jp_fetch, await ask(jp_fetch, WISH))
    assert made["phase"] == "failed"
    assert "ended with 3" in made["error"]["message"]


async def test_the_process_ends_with_the_server(
    jp_fetch: Fetch, command: Callable[..., None], jp_serverapp: Any
) -> None:
    command("import time; from ftassist.campaign import creating_process as c\n"
            "c._made = lambda *_: time.sleep(600)\nc.main()")  # fmt: skip
    making = body(await ask(jp_fetch, WISH))
    process = jp_serverapp.web_app.settings["ftassist_makings"].get(making["id"]).process
    process.stdin.close()
    assert process.wait(60) != 0


async def test_an_unknown_making_is_told_of(jp_fetch: Fetch) -> None:
    response = await jp_fetch("ftassist", "makings", "0" * 32, raise_error=False)
    assert response.code == 404
    assert "begin anew" in valid(body(response), "Error")["what_to_do"]
