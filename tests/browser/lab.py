"""A real JupyterLab with the bundle that is here, over a folder of its own; can be restarted.

Where Notebook 7 is installed, the same server has it below /tree and /notebooks.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

BUNDLE = Path(__file__).resolve().parents[2] / "src" / "ftassist" / "labextension"
TOKEN = "a-token-of-the-tests"
# A prefix as JupyterHub gives one, so that no address is right by chance.
PREFIX = "/hub/user/ada/"
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}


@dataclass
class Lab:
    """`jupyter lab` on a free port; `home` holds all it writes, `root` is what it serves."""

    home: Path
    #: Whether who opens a tab says who they are; else the server knows one account.
    people: bool = False
    root: Path = field(init=False)
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.home / "root"
        self.root.mkdir(parents=True)
        self.port = _free_port()
        shutil.copytree(BUNDLE, self.home / "share" / "labextensions" / "ftassist")
        self.set_up()
        self._process: subprocess.Popen[bytes] | None = None

    def set_up(self, **more: object) -> None:
        """Forgets what people have set, such as the theme; sets what `more` says of ftassist."""
        folder = self.home / "settings"
        shutil.rmtree(folder, ignore_errors=True)
        for plugin, settings in {
            **SETTINGS,
            **{f"ftassist/{k}": v for k, v in more.items()},
        }.items():
            path = folder / f"{plugin}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings), encoding="utf-8")

    def url(self, path: str = "lab", person: str = "nobody") -> str:
        """The address of a path below the prefix, with the token and who opens it."""
        named = f"&person={person}" if self.people else ""
        return f"http://127.0.0.1:{self.port}{PREFIX}{path}?token={TOKEN}{named}"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.base_url": PREFIX,
            "ServerApp.root_dir": self.root,
            "IdentityProvider.token": TOKEN,
            "LabApp.expose_app_in_browser": True,
            "JupyterNotebookApp.expose_app_in_browser": True,
            "LabApp.user_settings_dir": self.home / "settings",
            "LabApp.workspaces_dir": self.home / "workspaces",
            "FtassistApp.search_seconds": 0.5,
        }
        if self.people:
            options["ServerApp.identity_provider_class"] = "people.People"
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += [f"--{name}={value}" for name, value in options.items()]
        with (self.home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=self._environment(), cwd=self.root
            )
        deadline = time.monotonic() + 600
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"JupyterLab did not start:\n{self.log()[-3000:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ends the server and the kernels it started."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """Ends the server at once, as the system does when memory runs out."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Another server at the same address."""
        self.stop()
        self.start()

    def child(self, word: str) -> psutil.Process:
        """The one process below the server whose command names a word."""
        assert self._process is not None
        below = psutil.Process(self._process.pid).children(recursive=True)
        (found,) = [process for process in below if word in process.cmdline()]
        return found

    def log(self) -> str:
        """What the server has said."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url("api/status"), timeout=5) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "FTASSIST"))}
        return {
            **kept,
            "PYTHONPATH": str(Path(__file__).parent / "in_server"),  # of `people`
            "JUPYTER_PATH": str(self.home / "share"),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
            "IPYTHONDIR": str(self.home / "ipython"),
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
