"""The Jupyter kernel provisioner `ftassist-sandbox`: starts a kernel behind walls.

Entry point of `jupyter_client.kernel_provisioners`. A trial's kernel brings its walls along (see
`kernel`); an ordinary notebook that asks for this provisioner in its kernel spec gets walls
around its own folder. Kernel and client meet on Unix sockets in a private folder, so the kernel
needs no network. Where isolation does not work the kernel starts without walls; its limits are
watched all the same.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Instance

from ftassist.isolation.command import Sandboxed
from ftassist.isolation.support import isolation
from ftassist.isolation.walls import HOME, Walls
from ftassist.isolation.watch import Breach, Watch
from ftassist.trial import notebook_walls
from ftassist.trial.sandbox import kernel_environment


class SandboxProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Starts, watches and ends one kernel behind walls.

    Attributes:
        walls: The walls of a trial's kernel; None for an ordinary notebook's.
        watch: What looks after the limits, while the kernel runs.
    """

    walls = Instance(Walls, allow_none=True)
    watch: Watch | None = None
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
            walls = notebook_walls.around(Path(kwargs.get("cwd") or Path.cwd()), self._sockets)
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
        self.watch = Watch(self.process.pid, self._walls.limits, folders)
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
        self._sockets = notebook_walls.socket_folder()
        self.parent.transport = "ipc"
        self.parent.ip = str(self._sockets / "s")
        self.parent.connection_file = str(self._sockets / "connection.json")
