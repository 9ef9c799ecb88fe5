"""The Jupyter kernel provisioner `ftassist-sandbox`: starts a kernel behind walls.

Entry point of `jupyter_client.kernel_provisioners`. A trial's kernel brings its walls along (see
`kernel`); an ordinary notebook that asks for this provisioner in its kernel spec gets walls
around its own folder. Kernel and client meet on Unix sockets in a private folder, so the kernel
needs no network. Where isolation does not work the kernel starts without walls; its limits are
watched all the same.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Instance

from ftassist.errors import FtassistError
from ftassist.isolation.command import Sandboxed
from ftassist.isolation.support import isolation
from ftassist.isolation.walls import HOME, Walls
from ftassist.isolation.watch import Breach, ProcessWatch
from ftassist.trial.sandbox import kernel_environment, notebook_walls, socket_folder

NAME = "ftassist-sandbox"
"""Of the kernel spec, and of the provisioner it asks for."""


class SandboxProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Starts, watches and ends one kernel behind walls.

    Attributes:
        walls: The walls of a trial's kernel; None for an ordinary notebook's.
        watch: What looks after the limits, while the kernel runs.
    """

    walls = Instance(Walls, allow_none=True)
    watch: ProcessWatch | None = None
    _sockets: Path | None = None
    _command: Sandboxed | None = None

    @property
    def isolated(self) -> bool:
        """Whether the kernel was started behind walls."""
        return self._command is not None

    @property
    def breach(self) -> Breach | None:
        """The limit that the kernel has passed; looks again where none is known."""
        if self.watch is None:
            return None
        return self.watch.breach or self.watch.look()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Puts walls around the command.

        Raises:
            IsolationError: Isolation is required and does not work, or the notebook's folder is
                too wide to be handed to a sandbox.
        """
        kind = isolation()
        walls = self.walls
        if walls is None:
            self._own_sockets()
            assert self._sockets is not None
            walls = notebook_walls(Path(kwargs.get("cwd") or Path.cwd()), self._sockets)
            if kind != "none":
                outer = kwargs.get("env") or os.environ
                kwargs["env"] = kernel_environment(HOME, outer=outer, isolated=True)
        self._walls = walls
        kwargs = await super().pre_launch(**kwargs)
        if kind != "none":
            self._command = Sandboxed(kwargs["cmd"], walls)
            kwargs |= {"cmd": self._command.arguments, "cwd": "/"}
            kwargs["pass_fds"] = self._command.descriptors
        else:
            kwargs["cwd"] = str(walls.writable.get(walls.folder, walls.folder))
        return dict(kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Starts the kernel and the watch over its limits."""
        try:
            info = await super().launch_kernel(cmd, **kwargs)
        finally:
            if self._command is not None:
                self._command.close()
        assert self.process is not None
        folders = tuple(self._walls.writable.values())
        self.watch = ProcessWatch(self.process.pid, self._walls.limits, folders)
        self.watch.__enter__()
        return info

    async def send_signal(self, signum: int) -> None:
        """Sends a signal; kernels here are interrupted by message, which reaches only them."""
        if signum != signal.SIGINT or self._command is None:
            await super().send_signal(signum)

    async def cleanup(self, restart: bool = False) -> None:
        """Ends the watch, and removes the sockets of a kernel that does not come back."""
        if self.watch is not None:
            self.watch.__exit__()
        await super().cleanup(restart)
        if self._command is not None:
            self._command.forget()
        if self._sockets is not None and not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _own_sockets(self) -> None:
        """Gives the kernel sockets in a new folder; kept when it is started again."""
        if self._sockets is not None:
            return
        self._sockets = socket_folder()
        self.parent.transport = "ipc"
        self.parent.ip = str(self._sockets / "s")
        self.parent.connection_file = str(self._sockets / "connection.json")


def spec_document() -> dict[str, Any]:
    """The kernel.json of this interpreter behind walls, for ordinary notebooks."""
    version = ".".join(map(str, sys.version_info[:2]))
    return {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Python {version} (ftassist sandbox)",
        "language": "python",
        "interrupt_mode": "message",
        "metadata": {"kernel_provisioner": {"provisioner_name": NAME}},
    }


def install_spec(*, user: bool = False) -> Path:
    """Installs the kernel spec for Jupyter to find; one that is there is replaced.

    Args:
        user: For all environments of this user; by default for this environment only.

    Raises:
        FtassistError: The folder cannot be written to.
    """
    with tempfile.TemporaryDirectory(prefix="fta-spec-") as folder:
        (Path(folder) / "kernel.json").write_text(json.dumps(spec_document(), indent=1) + "\n")
        prefix = None if user else sys.prefix
        try:
            place = KernelSpecManager().install_kernel_spec(
                folder, kernel_name=NAME, user=user, prefix=prefix
            )
        except OSError as error:
            raise FtassistError(
                f"the kernel cannot be installed: {error}",
                where=prefix or "your Jupyter data folder",
                fix="use --user, or an environment you may write to",
            ) from error
    return Path(place)
