"""Models asked by hand through the server: a stream of answers, one question at a time."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.dojo.playground.process import Playground
from ftassist.dojo.playground.question import Job

from .conftest import Fetch, body, refused, valid


class Slow(Playground):
    """Answers nothing until it is cancelled or let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.cancelled = threading.Event()

    def _asked(self, job: Job, gpu: bool) -> Iterator[dict[str, Any]]:
        yield {"prompt": job.question.prompt, "tokens": 3}
        self.go_on.wait(20)
        done = {"text": "<b>2</b>", "tokens": 1, "seconds": 0.1, "ended": "end"}
        yield {"model": "t0000", "phase": "done", **done}

    def cancel(self) -> None:
        """Remembers that it was cancelled."""
        self.cancelled.set()
        self.go_on.set()


@pytest.fixture
def slow(jp_serverapp: Any) -> Slow:
    """A playground that waits, in the place of the server's."""
    slow = Slow()
    jp_serverapp.web_app.settings["ftassist_asking"]._playground = slow
    return slow


def lines(response: Any) -> list[dict[str, Any]]:
    """The lines of a stream, each of which fits its schema."""
    raw = response.body.decode().split("\n\n")
    found = [json.loads(one.removeprefix("data: ")) for one in raw if one]
    return [valid(line, "PlaygroundLine") for line in found]


def asking(fetch: Fetch, name: str, trial: str = "t0004", **more: Any) -> Any:
    path = ("ftassist", "campaigns", name, "trials", trial, "playground")
    document = {"prompt": "What is 1 + 1?", **more}
    return fetch(*path, method="POST", body=json.dumps(document), request_timeout=60)


async def test_answers_come_as_a_stream_of_lines(jp_fetch: Fetch, name: str, slow: Slow) -> None:
    slow.go_on.set()
    response = await asking(jp_fetch, name)
    assert response.headers["Content-Type"] == "text/event-stream"
    told = lines(response)
    assert told[0]["models"] == ["t0000", "t0002", "t0004"]
    assert [one["model"] for one in told if one.get("phase") == "failed"] == ["t0002", "t0004"]
    assert told[-1]["text"] == "<b>2</b>"


async def test_a_second_question_is_refused_while_one_is_answered(
    jp_fetch: Fetch, name: str, slow: Slow
) -> None:
    first = asyncio.ensure_future(asking(jp_fetch, name))
    while not slow.busy:
        await asyncio.sleep(0.02)
    error = await refused(asking(jp_fetch, name), 409)
    assert valid(error, "Error")["code"] == "locked"
    slow.go_on.set()
    assert lines(await first)[-1]["phase"] == "done"


@pytest.mark.usefixtures("jp_fetch")  # without it nobody listens at the port
async def test_whoever_goes_away_cancels(
    jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str], name: str, slow: Slow
) -> None:
    text = json.dumps({"prompt": "What is 1 + 1?"})
    path = f"{jp_base_url}ftassist/campaigns/{name}/trials/t0004/playground"
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(text)}"]
    head += [f"{key}: {value}" for key, value in jp_auth_header.items()]
    writer.write(("\r\n".join(head) + "\r\n\r\n" + text).encode())
    assert b"200" in await reader.readline()
    while not slow.busy:
        await asyncio.sleep(0.02)
    writer.close()
    assert await asyncio.to_thread(slow.cancelled.wait, 10)


@pytest.mark.parametrize(
    ("trial", "more", "status", "said"),
    [
        ("t0012", {}, 400, "only scored trials"),
        ("t0099", {}, 404, "t0099"),
        ("t0004", {"prompt": " "}, 400, "nothing to ask"),
        ("t0004", {"temperature": 9}, 400, "maximum"),
        ("t0004", {"model": "/etc"}, 400, "model"),
    ],
)
async def test_what_cannot_be_asked_is_said_at_once(
    jp_fetch: Fetch, name: str, slow: Slow, trial: str, more: dict[str, Any], status: int,
    said: str,
) -> None:  # fmt: skip
    error = await refused(asking(jp_fetch, name, trial, **more), status)
    assert said in error["message"]
    assert not slow.busy


async def test_a_prompt_is_noted_with_its_trial(
    jp_fetch: Fetch, name: str, campaign: Campaign
) -> None:
    note = {"action": "note", "trial": "t0004", "text": "What is 2 + 2?"}
    path = ("ftassist", "campaigns", name)
    await jp_fetch(*path, "actions", method="POST", body=json.dumps(note))
    page = valid(body(await jp_fetch(*path, "trials", "t0004")), "Page")
    assert [one["text"] for one in page["notes"]] == ["What is 2 + 2?"]


@pytest.mark.slow
async def test_the_tiny_base_answers_through_a_process_that_ends_on_leaving(
    jp_fetch: Fetch, jp_serverapp: Any, name: str
) -> None:
    told = lines(await asking(jp_fetch, name, max_new_tokens=4))
    assert next(one for one in told if "prompt" in one)["prompt"].count("1 + 1") == 1
    assert (told[-1]["model"], told[-1]["phase"]) == ("t0000", "done")
    found = jp_serverapp.web_app.settings["ftassist_asking"]
    assert found.pid is not None
    path = ("ftassist", "campaigns", name, "trials", "t0004", "playground")
    await jp_fetch(*path, method="DELETE")
    assert found.pid is None
