"""A node that is cut off the network: in a network namespace of its own, and the link goes down.

Needs root and Ray. Real Ray, stand-in work: the trial on the far side must not go on for long, and
its loss is told only once it has ended.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.cluster.conftest import ROOTS, WORKER, waited
from tests.cluster.played import Played, step_until

from ftassist.cluster.request import Request
from ftassist.cluster.workers import RayWorkers

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install ftassist[ray]")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.getuid() != 0 or shutil.which("ip") is None,
        reason="network namespaces need root and `ip`",
    ),
]
HERE, THERE = "10.213.77.1", "10.213.77.2"
PORT = 16391
RAY = str(Path(sys.executable).parent / "ray")


class Far:
    """A Ray head here, and a node behind a link that can be cut."""

    def __init__(self, cache: Path) -> None:
        self.name = f"fta{os.getpid() % 10000}"
        self.environment = {
            **os.environ,
            "PYTHONPATH": ROOTS,
            "FTASSIST_CACHE": str(cache),
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        for words in (
            f"netns add {self.name}",
            f"link add {self.name}a type veth peer name {self.name}b",
            f"link set {self.name}b netns {self.name}",
            f"addr add {HERE}/30 dev {self.name}a",
            f"link set {self.name}a up",
            f"-n {self.name} addr add {THERE}/30 dev {self.name}b",
            f"-n {self.name} link set {self.name}b up",
            f"-n {self.name} link set lo up",
        ):
            self.ip(words)

    def ip(self, words: str) -> None:
        subprocess.run(["ip", *words.split()], check=True, capture_output=True)

    def start(self) -> None:
        head = ["--head", f"--port={PORT}", f"--node-ip-address={HERE}", "--num-cpus=0"]
        self._ray([], [*head, "--include-dashboard=false", "--min-worker-port=0"])
        waited(lambda: self._answers(), 60)
        node = [f"--address={HERE}:{PORT}", f"--node-ip-address={THERE}"]
        inside = ["ip", "netns", "exec", self.name]
        self._ray(inside, [*node, "--num-cpus=1", "--num-gpus=1", "--min-worker-port=0"])

    def cut(self) -> None:
        self.ip(f"link set {self.name}a down")

    def close(self) -> None:
        for process in self.processes:
            for child in [*psutil.Process(process.pid).children(recursive=True)]:
                child.kill()
            process.kill()
            process.wait()
        for words in (f"link del {self.name}a", f"netns del {self.name}"):
            subprocess.run(["ip", *words.split()], check=False, capture_output=True)

    def _ray(self, before: list[str], words: list[str]) -> None:
        command = [*before, RAY, "start", *words, "--block", "--object-store-memory=80000000"]
        self.processes.append(
            subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        )

    def _answers(self) -> bool:
        import socket

        try:
            socket.create_connection((HERE, PORT), 1).close()
        except OSError:
            return False
        return True


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Far]:
    try:
        found = Far(tmp_path / "cache")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespace can be made here: {error.stderr.decode()}")
    try:
        found.start()
        yield found
    finally:
        ray.shutdown()
        found.close()


def test_a_node_that_is_cut_off_ends_its_trial_before_the_loss_is_told(
    far: Far, played: Played
) -> None:
    played.request = Request(f"{HERE}:{PORT}")
    played.accept("t0001", seconds=120)
    ray.shutdown()
    workers = RayWorkers(
        played.campaign.folder,
        played.request,
        lease_seconds=8.0,
        silence_seconds=10.0,
        module=WORKER,
    )
    runner = played.runner(workers)
    try:
        waited(lambda: workers.slots == 1, 90)
        step_until(runner, lambda: played.trial("t0001").stage == "train", 90)
        assert played.trial("t0001").node["id"]
        (pid,) = played.pids("t0001")
        far.cut()
        begun = time.monotonic()
        step_until(runner, lambda: bool(played.trial("t0001").losses), 150)
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"
        assert time.monotonic() - begun >= 8.0
        assert played.trial("t0001").losses[0]["node_lost"]
        assert played.scores("t0001") == 0
    finally:
        workers.release()
