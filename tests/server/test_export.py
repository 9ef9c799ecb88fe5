"""Exports begun through the server: their steps, what was kept or why not, and their end."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Fetch, body, refused, valid

MADE = {"path": "/x/t0004-merged", "sentences": ["no difference"], "forced": False}
REFUSED = {"error": "FtassistError", "what": "it loses 0.2", "where": "merged", "fix": "--force"}


@pytest.fixture(autouse=True)
def model(served: Path) -> Path:
    """A model folder of t0004."""
    folder = served / "trials" / "t0004" / "model"
    folder.mkdir()
    return folder


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Puts a process in the place of the one that exports; it says lines, or waits."""

    def say(*lines: dict[str, Any], wait: bool = False) -> Path:
        asked = tmp_path / "asked.json"
        code = (
            "import sys, time, pathlib\n"
            "pathlib.Path(sys.argv[1]).write_text(sys.stdin.readline())\n"
            f"print({chr(10).join(map(json.dumps, lines))!r}, flush=True)\n"
            f"time.sleep({60 if wait else 0})"
        )
        command = (sys.executable, "-c", code, str(asked))
        monkeypatch.setattr("ftassist.server.exports.COMMAND", command)
        return asked

    return say


async def begin(fetch: Fetch, name: str, trial: str = "t0004", **more: Any) -> dict[str, Any]:
    path = ("ftassist", "campaigns", name, "trials", trial, "export")
    document = {"form": "merged", **more}
    response = await fetch(*path, method="POST", body=json.dumps(document))
    assert response.code == 202
    return check(body(response))


async def look(fetch: Fetch, name: str, until: tuple[str, ...]) -> dict[str, Any]:
    path = ("ftassist", "campaigns", name, "trials", "t0004", "export")
    while True:
        found = check(body(await fetch(*path)))
        if found["phase"] in until:
            return found
        await asyncio.sleep(0.02)


def check(document: Any) -> dict[str, Any]:
    found: dict[str, Any] = valid(document["exporting"], "Exporting")
    return found


async def test_an_export_tells_its_steps_and_what_was_kept(
    jp_fetch: Fetch, name: str, served: Path, process: Any
) -> None:
    asked = process({"doing": "writing"}, {"doing": "scoring"}, {"made": MADE})
    await begin(jp_fetch, name, numbers="float32", bound=0.05)
    found = await look(jp_fetch, name, ("done", "failed"))
    assert (found["phase"], found["steps"]) == ("done", ["writing", "scoring"])
    assert found["export"] == MADE
    told = json.loads(asked.read_text())
    assert told["campaign"] == str(served.resolve())
    assert told["wish"] == {"numbers": "float32", "bound": 0.05}
    assert told["actor"].startswith("person:")


async def test_a_refused_export_says_why(jp_fetch: Fetch, name: str, process: Any) -> None:
    process({"error": REFUSED})
    await begin(jp_fetch, name)
    found = await look(jp_fetch, name, ("done", "failed"))
    assert found["error"]["message"] == "it loses 0.2"
    assert found["export"] is None


async def test_a_process_that_dies_is_a_failure_with_its_status(
    jp_fetch: Fetch, name: str, process: Any
) -> None:
    process({"doing": "writing"})
    await begin(jp_fetch, name)
    found = await look(jp_fetch, name, ("done", "failed"))
    assert "ended with 0" in found["error"]["message"]


async def test_one_at_a_time_and_it_can_be_cancelled(
    jp_fetch: Fetch, name: str, process: Any
) -> None:
    process({"doing": "writing"}, wait=True)
    await begin(jp_fetch, name)
    error = await refused(begin(jp_fetch, name), 409)  # type: ignore[arg-type]
    assert "t0004 is being exported already" in error["message"]
    path = ("ftassist", "campaigns", name, "trials", "t0004", "export")
    ended = check(body(await jp_fetch(*path, method="DELETE")))
    assert ended["phase"] == "cancelled"
    process({"made": MADE})
    await begin(jp_fetch, name)
    assert (await look(jp_fetch, name, ("done",)))["export"] == MADE


async def test_before_any_export_there_is_none(jp_fetch: Fetch, name: str) -> None:
    path = ("ftassist", "campaigns", name, "trials", "t0004", "export")
    assert body(await jp_fetch(*path)) == {"exporting": None}


@pytest.mark.parametrize(
    ("trial", "more", "status", "said"),
    [
        ("t0012", {}, 400, "cannot be exported"),
        ("t0000", {}, 400, "cannot be exported"),
        ("t0002", {}, 400, "was never saved"),
        ("t0099", {}, 404, "t0099"),
        ("t0004", {"form": "onnx"}, 400, "onnx"),
        ("t0004", {"form": "adapter", "numbers": "float32"}, 400, "says nothing"),
        ("t0004", {"bound": -1}, 400, "minimum"),
    ],
)
async def test_what_cannot_be_exported_is_said_at_once(
    jp_fetch: Fetch, name: str, trial: str, more: dict[str, Any], status: int, said: str
) -> None:
    error = await refused(begin(jp_fetch, name, trial, **more), status)  # type: ignore[arg-type]
    assert said in error["message"]
