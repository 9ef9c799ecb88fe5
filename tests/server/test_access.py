"""Who may do what: nothing without a login, nothing without the right, no write without XSRF."""

from __future__ import annotations

import json
import warnings
from typing import Any
from urllib.parse import quote

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import APIHandler
from tornado.httpclient import HTTPResponse
from tornado.web import create_signed_value

from ftassist.campaign import Campaign
from ftassist.server.handlers.routes import routes

from .conftest import Fetch, body, refused, valid

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
IMPLEMENTED = [
    (pattern, verb)
    for pattern, handler in routes()
    for verb in VERBS
    if getattr(handler, verb.lower()) is not getattr(APIHandler, verb.lower())
]
WRONG = {"Authorization": "token wrong"}


class ReadOnly(Authorizer):
    """Lets everybody read, and nobody write."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return not (resource == "ftassist" and action != "read")


class Nobody(Authorizer):
    """Lets nobody do anything with campaigns."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "ftassist"


def path_of(pattern: str, name: str) -> list[str]:
    """An address that a route's pattern matches."""
    parts = pattern.strip("/?").split("/")
    known = {
        "(?P<name>[A-Za-z0-9_-]{1,1400})": name,
        "(?P<trial>t[0-9]{4,9})": "t0004",
        "(?P<making>[0-9a-f]{32})": "0" * 32,
        "(?P<drafting>[0-9a-f]{32})": "0" * 32,
    }
    return [known.get(part, part) for part in parts]


@pytest.mark.parametrize(("pattern", "verb"), IMPLEMENTED)
async def test_no_route_answers_without_a_login(
    jp_fetch: Fetch, name: str, pattern: str, verb: str
) -> None:
    sent = {"body": "{}"} if verb == "POST" else {}
    request = jp_fetch(*path_of(pattern, name), method=verb, headers=dict(WRONG), **sent)
    assert valid(await refused(request, 403), "Error")["code"] == "forbidden"


async def test_every_route_is_written_as_authenticated(jp_configurable_serverapp: Any) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        jp_configurable_serverapp()
    told = [str(warning.message) for warning in caught]
    assert not [text for text in told if "ftassist" in text]


@pytest.mark.parametrize(("pattern", "verb"), IMPLEMENTED)
async def test_no_route_answers_without_the_right(
    jp_fetch: Fetch, jp_serverapp: Any, name: str, pattern: str, verb: str
) -> None:
    jp_serverapp.web_app.settings["authorizer"] = Nobody(parent=jp_serverapp)
    sent = {"body": "{}"} if verb == "POST" else {}
    await refused(jp_fetch(*path_of(pattern, name), method=verb, **sent), 403)


async def test_one_who_may_only_read_decides_nothing(
    jp_fetch: Fetch, jp_serverapp: Any, name: str, campaign: Campaign
) -> None:
    jp_serverapp.web_app.settings["authorizer"] = ReadOnly(parent=jp_serverapp)
    before = campaign.refresh().seq
    assert body(await jp_fetch("ftassist", "campaigns", name))["seq"] == before
    for path, document in (
        ("decisions", {"decision": "accept", "trial": "t0012", "seen": before}),
        ("actions", {"action": "pause"}),
    ):
        sent = json.dumps(document)
        request = jp_fetch("ftassist", "campaigns", name, path, method="POST", body=sent)
        await refused(request, 403)
    assert campaign.refresh().seq == before
    wish = json.dumps({"task": "mini_math", "model": "tiny"})
    await refused(jp_fetch("ftassist", "campaigns", method="POST", body=wish), 403)
    for kept in ("makings", "task-drafts"):
        await refused(jp_fetch("ftassist", kept, "0" * 32, method="DELETE"), 403)


def cookie(server: Any, port: int) -> str:
    """The login cookie of a browser, without any token."""
    provider = server.identity_provider
    host = f"username-127-0-0-1-{port}"
    value = create_signed_value(
        server.web_app.settings["cookie_secret"], host, provider.user_to_cookie(User("ada"))
    )
    return f"{host}={value.decode()}"


async def post_as_browser(
    client: Any, server: Any, port: int, address: str, document: Any, token: str = ""
) -> HTTPResponse:
    headers = {"Cookie": cookie(server, port), "Content-Type": "application/json"}
    if token:
        headers["Cookie"] += f"; _xsrf={token}"
        headers["X-XSRFToken"] = token
    response: HTTPResponse = await client.fetch(
        quote(address),
        method="POST",
        body=json.dumps(document),
        headers=headers,
        raise_error=False,
    )
    return response


async def test_a_logged_in_browser_writes_nothing_without_its_xsrf_token(
    http_server_client: Any,
    http_server_port: Any,
    jp_serverapp: Any,
    jp_base_url: str,
    name: str,
    campaign: Campaign,
) -> None:
    port = http_server_port[1]
    before = campaign.refresh().seq
    for path, document in (
        ("decisions", {"decision": "accept", "trial": "t0012", "seen": before}),
        ("actions", {"action": "pause"}),
    ):
        address = f"/a@b/ftassist/campaigns/{name}/{path}"
        refusal = await post_as_browser(http_server_client, jp_serverapp, port, address, document)
        assert refusal.code == 403
        assert "_xsrf" in valid(body(refusal), "Error")["message"]
        assert campaign.refresh().seq == before
    token = "2|aaaaaaaa|bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb|1790000000"
    done = await post_as_browser(
        http_server_client, jp_serverapp, port, address, {"action": "pause"}, token
    )
    assert done.code == 200, "the same request with the token goes through"
    assert campaign.refresh().phase == "paused"
