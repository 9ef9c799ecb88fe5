"""A stand-in of the Hugging Face Hub on the loopback: repositories, and commits to them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hub:
    """What the stand-in holds.

    Attributes:
        private: Whether a repository is private, by its name.
        files: The files of a repository's last commit.
        messages: Messages of commits, in order.
        asked: The paths of all requests.
        keys: The keys that requests carried.
        status: What every request is answered with; 200 for what the Hub would.
    """

    address: str = ""
    private: dict[str, bool] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    status: int = 200

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """What the Hub says to a request."""
        if self.status != 200:
            return self.status, {"error": "no"}
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        name = "/".join(path.split("/")[3:5])
        if method == "GET" and name in self.private:
            return 200, {"id": name, "private": self.private[name], "sha": "0" * 40}
        if "/preupload/" in path:
            wanted = json.loads(body)["files"]
            plain = {"uploadMode": "regular", "shouldIgnore": False}
            return 200, {"files": [{"path": file["path"], **plain} for file in wanted]}
        if "/commit/" in path:
            return self._commit(name, body)
        return 404, {"error": f"no {path}"}

    def _create(self, wish: dict[str, Any]) -> tuple[int, Any]:
        owner = wish.get("organization") or "ada"
        name = f"{owner}/{wish['name']}"
        url = {"url": f"{self.address}/{name}"}
        if name in self.private:
            return 409, {"error": "You already created this repo", **url}
        private = wish.get("private") or wish.get("visibility") == "private"
        self.private[name] = bool(private)
        return 200, url

    def _commit(self, name: str, body: bytes) -> tuple[int, Any]:
        for line in map(json.loads, body.splitlines()):
            if line["key"] == "header":
                self.messages.append(line["value"]["summary"])
            elif line["key"] == "file":
                content = base64.b64decode(line["value"]["content"])
                self.files.setdefault(name, {})[line["value"]["path"]] = content
        return 200, {
            "commitUrl": f"{self.address}/{name}/commit/{'1' * 40}",
            "commitOid": "1" * 40,
            "success": True,
        }


@contextmanager
def running() -> Iterator[Hub]:
    """A stand-in that answers until the end of the block."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            hub.asked.append(self.path)
            if key := self.headers.get("Authorization"):
                hub.keys.add(key)
            status, document = hub.answer(self.command, self.path.partition("?")[0], body)
            raw = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
