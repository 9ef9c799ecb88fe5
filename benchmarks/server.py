"""How fast the Jupyter server extension answers over a campaign of 10,000 generated trials.

    python -m benchmarks.server [--trials 10000] [--campaigns 1] [--cold] ...

Starts a real Jupyter server on a port of this machine, in a process of its own. "processor" is
the server's own processor time for one answer; the wall clock includes the client, and whatever
else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from benchmarks.big_journal import write_many
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

from ftassist.campaign.kept_fold import LONG
from ftassist.journal import Journal, Kind
from ftassist.journal.sealed import VIEW
from ftassist.server.paths import campaign_id

_START_SECONDS = 120.0
_KEEP_SECONDS = 900.0


@dataclass
class Server:
    """A Jupyter server and how to ask it."""

    process: subprocess.Popen[bytes]
    port: int
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request needs to be let in."""
        return {"Authorization": f"token {self.token}"}

    def processor(self) -> float:
        """Seconds of processor time it has taken so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    async def get(self, path: str) -> HTTPResponse:
        """An answer."""
        address = f"http://127.0.0.1:{self.port}/{path}"
        request = HTTPRequest(address, headers=self.headers, request_timeout=300)
        return await AsyncHTTPClient().fetch(request)


@contextmanager
def running_server(root: Path) -> Iterator[Server]:
    """A server over a folder, ended on the way out."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.jpserver_extensions={'ftassist': True}",
    ]
    with (root.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options], stdout=log, stderr=log
        )
    try:
        yield Server(process, port, token)
    finally:
        process.terminate()
        process.wait(30)


async def until_up(server: Server) -> None:
    """Waits until the server answers."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            await server.get("api/status")
            return
        except OSError:
            if time.monotonic() > deadline or server.process.poll() is not None:
                raise
            await asyncio.sleep(0.2)


@dataclass
class Row:
    """A line of the table: seconds of wall clock and of the server's processor, and bytes."""

    what: str
    wall: float
    processor: float
    size: int

    def __str__(self) -> str:
        """The line."""
        wall, processor = f"{self.wall * 1e3:.0f} ms", f"{self.processor * 1e3:.0f} ms"
        return f"| {self.what} | {wall} | {processor} | {self.size:,} |"


async def measured(
    server: Server,
    what: str,
    ask: Callable[[], Awaitable[HTTPResponse]],
    rounds: int,
    before: Callable[[], object] = lambda: None,
) -> Row:
    """The median of some rounds of one question; `before` is done before each, unmeasured."""
    walls, size, spent = [], 0, 0.0
    for _ in range(rounds):
        before()
        taken, started = server.processor(), time.perf_counter()
        size = len((await ask()).body)
        walls.append(time.perf_counter() - started)
        spent += server.processor() - taken
    return Row(what, statistics.median(walls), spent / rounds, size)


async def hint_seconds(server: Server, journal: Journal, rounds: int) -> float:
    """The median time from an event in the journal to the hint in a browser's socket."""
    address = f"ws://127.0.0.1:{server.port}/api/events/subscribe"
    connection = await websocket_connect(HTTPRequest(address, headers=server.headers))
    await asyncio.sleep(3.0)
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        seq = journal.append(actor="bench", kind=Kind.NOTE, payload={"text": "x"}).seq
        while True:
            message = json.loads(await connection.read_message() or "{}")
            if message.get("seq") == seq:
                break
        taken.append(time.perf_counter() - started)
        await asyncio.sleep(0.05)
    connection.close()
    return statistics.median(taken)


async def clients_beside(server: Server, name: str, journal: Journal, count: int) -> list[Row]:
    """What `count` clients that follow a campaign wait for a delta, and others for the server."""
    following, plain, steps = [], [], 10
    seqs = [journal.last_seq()] * count
    taken = server.processor()
    answers = 0
    for _ in range(steps):
        journal.append(actor="bench", kind=Kind.TRIAL_PINNED, trial="t0005")

        async def follow(client: int) -> None:
            started = time.perf_counter()
            answer = await server.get(f"ftassist/campaigns/{name}?since={seqs[client]}")
            following.append((time.perf_counter() - started, len(answer.body)))
            seqs[client] = json.loads(answer.body)["seq"]

        async def look() -> None:
            started = time.perf_counter()
            await server.get("api/status")
            plain.append(time.perf_counter() - started)

        await asyncio.gather(*(follow(client) for client in range(count)), look())
        answers += count
    share = (server.processor() - taken) / answers
    waited = statistics.median(wall for wall, _ in following)
    return [
        Row(f"a delta for each of {count} clients at once", waited, share, following[-1][1]),
        Row("  api/status of the server meanwhile", statistics.median(plain), 0.0, 0),
    ]


async def answers_of_a_cold_server(root: Path, folder: Path, what: str) -> list[Row]:
    """The first list and view of a server that has just started."""
    path = f"ftassist/campaigns/{campaign_id(root, folder)}"
    with running_server(root) as server:
        await until_up(server)
        rows = [
            await measured(server, f"list, {what}", lambda: server.get("ftassist/campaigns"), 1),
            await measured(server, f"whole, {what}", lambda: server.get(path), 1),
        ]
        await until_kept(folder)
        return rows


async def delta_of_a_cold_server(root: Path, folder: Path) -> Row:
    """The first view of a server that has just started after an event that it does not know."""
    with closing(Journal(folder / "journal.db")) as journal:
        seq = journal.append(actor="bench", kind=Kind.TRIAL_PINNED, trial="t0005").seq
    path = f"ftassist/campaigns/{campaign_id(root, folder)}?since={seq - 1}"
    with running_server(root) as server:
        await until_up(server)
        return await measured(server, "delta, cold, after an event", lambda: server.get(path), 1)


async def until_kept(folder: Path) -> None:
    """Waits until a server has kept the view of a long campaign."""
    deadline = time.monotonic() + _KEEP_SECONDS
    with closing(Journal(folder / "journal.db")) as journal:
        long = journal.last_seq() >= LONG
    while long and not (folder / VIEW).is_file() and time.monotonic() < deadline:
        await asyncio.sleep(0.5)


async def cold_answers(root: Path, folder: Path) -> list[Row]:
    """First answers of servers, one after the other, over the same campaigns."""
    return [
        *await answers_of_a_cold_server(root, folder, "cold, journals never read"),
        *await answers_of_a_cold_server(root, folder, "cold, kept by a server before"),
        await delta_of_a_cold_server(root, folder),
    ]


async def measure_cold(root: Path, folder: Path) -> None:
    """Prints only what a server answers that has just started."""
    rows = await cold_answers(root, folder)
    print("| answer | wall | processor | bytes |\n|---|---|---|---|")
    print("\n".join(map(str, rows)))


async def measure(root: Path, folder: Path, clients: int, rounds: int) -> None:
    """Prints the table."""
    cold = await cold_answers(root, folder)
    with running_server(root) as server:
        await until_up(server)
        journal = Journal(folder / "journal.db")
        seq = journal.last_seq()

        def change() -> None:
            nonlocal seq
            seq = journal.append(actor="bench", kind=Kind.TRIAL_PINNED, trial="t0005").seq

        listed = await measured(
            server, "list, first of this server", lambda: server.get("ftassist/campaigns"), 1
        )
        rowlist = json.loads((await server.get("ftassist/campaigns")).body)["campaigns"]
        name = next(row["id"] for row in rowlist if row["path"].endswith(folder.name))
        path = f"ftassist/campaigns/{name}"
        rows = [
            *cold,
            listed,
            await measured(server, "whole, first", lambda: server.get(path), 1),
            await measured(server, "whole, after a change", lambda: server.get(path), 5, change),
            await measured(server, "whole, unchanged", lambda: server.get(path), 5),
            await measured(
                server,
                "delta, after a change",
                lambda: server.get(f"{path}?since={seq - 1}"),
                rounds,
                change,
            ),
            await measured(
                server, "nothing new", lambda: server.get(f"{path}?since={seq}"), rounds
            ),
            await measured(server, "card", lambda: server.get(f"{path}/trials/t0005/card"), 5),
            *await clients_beside(server, name, journal, clients),
        ]
        hint = await hint_seconds(server, journal, rounds)
    print("| answer | wall | processor | bytes |\n|---|---|---|---|")
    print("\n".join(map(str, rows)))
    print(f"| hint of a change in a browser's socket | {hint * 1e3:.0f} ms | | |")


def main() -> None:
    """Writes the campaign, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--campaigns", type=int, default=1, help="one large, the others of 100")
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--cold", action="store_true", help="only the first answers of servers")
    wanted = parser.parse_args()
    AsyncHTTPClient.configure(None, max_clients=100, max_body_size=1 << 30)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve() / "root"
        folder = root / "campaigns" / "generated-1"
        events = write_many(folder, wanted.trials, wanted.campaigns)
        load = psutil.getloadavg()[0]
        many = f"{wanted.campaigns} campaigns, one of "
        print(f"{many}{wanted.trials} trials, {events} events; load {load:.1f}\n")
        if wanted.cold:
            asyncio.run(measure_cold(root, folder))
        else:
            asyncio.run(measure(root, folder, wanted.clients, wanted.rounds))


if __name__ == "__main__":
    main()
