"""A trial's kernel seen from outside: started, asked, interrupted and ended.

The kernel leads a process group of its own and is reached over Unix sockets in a private folder
where the system allows it. Knows nothing of notebooks or stages.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from queue import Empty
from subprocess import Popen
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from ftassist.errors import FtassistError
from ftassist.isolation.ending import end_group
from ftassist.isolation.walls import Walls
from ftassist.isolation.watch import Breach
from ftassist.trial import kernel_watch
from ftassist.trial.failures import condense
from ftassist.trial.provisioner import SandboxProvisioner

START_SECONDS = 120.0
"""How long a kernel may take to answer for the first time."""
_ANSWER_SECONDS = {"kernel_info_reply": 1.0, "status": 0.2}
"""How long to wait for an answer before asking once more."""
_LONGEST_SOCKET_PATH = 90
_SIGNALLED = 128


class KernelKilledError(FtassistError):
    """The kernel was killed from outside before it could be given its trial."""


class _TrialKernelSpecs(KernelSpecManager):  # type: ignore[misc]
    """Knows one kernel: this interpreter, started through `kernel_main`, behind walls or not."""

    def __init__(self, *, isolated: bool) -> None:
        super().__init__()
        self._isolated = isolated

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ftassist.trial.kernel_main", "-f", "{connection_file}"]
        # A signal would reach the program around the kernel, and end it.
        mode = "message" if self._isolated else "signal"
        return KernelSpec(
            argv=argv, display_name=kernel_name, language="python", interrupt_mode=mode
        )


class TrialKernel:
    """A running kernel.

    Attributes:
        manager: Jupyter's manager of it; clients are made from it.
        private: The folder of its own: sockets, home, log. Removed by `end`.
        name: The kernel's name.
    """

    def __init__(self, manager: AsyncKernelManager, private: Path, name: str) -> None:
        self.manager = manager
        self.private = private
        self.name = name
        self._process: Popen[bytes] = manager.provisioner.process

    @classmethod
    async def start(
        cls,
        folder: Path,
        environment: Mapping[str, str],
        *,
        private: Path | None = None,
        kernel_name: str = "",
        walls: Walls | None = None,
    ) -> TrialKernel:
        """Starts a kernel, without waiting for it to answer.

        Args:
            folder: Its working directory.
            environment: All of its environment variables.
            private: Its own folder, made by `private_folder`.
            kernel_name: An installed kernel's name; by default this interpreter.
            walls: What it may see and use; None for no walls and no limits.

        Raises:
            FtassistError: It cannot be started.
            IsolationError: Isolation is required and does not work here.
        """
        private = private or private_folder()
        name = kernel_name or "python"
        own = _TrialKernelSpecs(isolated=walls is not None)
        specs = {} if kernel_name else {"kernel_spec_manager": own}
        manager = AsyncKernelManager(kernel_name=name, **specs)
        if len(str(private)) < _LONGEST_SOCKET_PATH and sys.platform != "win32":
            manager.transport = "ipc"
            manager.ip = str(private / "s")
        manager.connection_file = str(private / "connection.json")
        if walls is not None:
            manager.provisioner = SandboxProvisioner(
                kernel_id=private.name,
                kernel_spec=manager.kernel_spec,
                parent=manager,
                walls=walls,
            )
        arguments = ["--HistoryManager.enabled=False"]
        try:
            with (private / "kernel.log").open("wb") as log:
                await manager.start_kernel(
                    extra_arguments=arguments,
                    cwd=str(folder),
                    env={**environment, **kernel_watch.variables(folder, private)},
                    stdout=log,
                    stderr=log,
                )
        except (OSError, RuntimeError, KeyError) as error:
            raise FtassistError(
                f"the kernel {name!r} cannot be started: {error}",
                where=str(folder),
                fix="run `ftassist doctor`",
            ) from error
        return cls(manager, private, name)

    @property
    def pid(self) -> int:
        """The process id, which is also its process group."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        code = self._process.poll()
        if code is not None and code > _SIGNALLED and self.isolated:
            return _SIGNALLED - code  # bubblewrap tells a signal as a shell does
        return code

    @property
    def isolated(self) -> bool:
        """Whether it runs behind walls."""
        return bool(getattr(self.manager.provisioner, "isolated", False))

    @property
    def breach(self) -> Breach | None:
        """The limit it has passed, if any."""
        return getattr(self.manager.provisioner, "breach", None)

    def watch_folders(self, *folders: Path) -> None:
        """Has the sizes of other folders watched, once the one it was started with has moved."""
        if (watch := getattr(self.manager.provisioner, "watch", None)) is not None:
            watch.folders = folders

    async def ready(self, seconds: float = START_SECONDS) -> None:
        """Waits until the kernel answers, its imports done.

        Raises:
            FtassistError: It does not, with the end of its log.
        """
        async with self._client(seconds):
            return

    async def bind(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Gives a kernel that was started ahead of time its folder and its variables.

        Raises:
            KernelKilledError: Something killed it meanwhile.
            FtassistError: It does not answer.
        """
        watched = kernel_watch.variables(folder, self.private)
        code = (
            "import os as _os\n"
            f"_os.environ.update({ {**environment, **watched}!r})\n"
            f"_os.chdir({str(folder)!r})\n"
            "del _os"
        )
        try:
            async with self._client(START_SECONDS) as client:
                await self.evaluate(client, code=code)
        except FtassistError as error:
            if self.returncode == -signal.SIGKILL:
                raise KernelKilledError(error.what, where=error.where, fix=error.fix) from error
            raise

    @asynccontextmanager
    async def _client(self, seconds: float) -> AsyncIterator[Any]:
        client = self.manager.client()
        client.start_channels()
        try:
            await connected(client, seconds)
            yield client
        except RuntimeError as error:
            raise FtassistError(
                f"the kernel did not start: {error}\n{self.log()}".rstrip(),
                where=self.name,
                fix="run `ftassist doctor`",
            ) from error
        finally:
            client.stop_channels()

    async def evaluate(self, client: Any, expression: str = "None", *, code: str = "") -> str:
        """Runs code, then an expression, silently; returns the expression's text.

        Args:
            client: A client of this kernel, with channels open and no cell running.
            expression: What to evaluate.
            code: What to run before.

        Raises:
            FtassistError: It does not answer in time, or the code raises.
        """
        wish = {"value": expression}
        request = client.execute(code, silent=True, store_history=False, user_expressions=wish)
        content = await self._reply(client, request)
        value = content.get("user_expressions", {}).get("value", {})
        if content["status"] != "ok":
            raise FtassistError(f"the kernel refused: {content.get('evalue')}", where=self.name)
        return str(value.get("data", {}).get("text/plain", ""))

    async def _reply(self, client: Any, request: str, seconds: float = 10.0) -> dict[str, Any]:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    reply = await client.get_shell_msg()
                    if reply["parent_header"].get("msg_id") == request:
                        break
        except TimeoutError as error:
            raise FtassistError(
                "the kernel does not answer", where=self.name, fix="run the trial again"
            ) from error
        content: dict[str, Any] = reply["content"]
        return content

    async def interrupt(self) -> None:
        """Raises KeyboardInterrupt in the running cell."""
        with suppress(RuntimeError, ProcessLookupError):
            await self.manager.interrupt_kernel()

    async def kill(self) -> int:
        """Kills the kernel with everything below it, and waits for it to be gone.

        Returns:
            The exit code.
        """
        if self._process.poll() is None:
            end_group(self.pid)
        return await asyncio.to_thread(self._process.wait)

    async def end(self) -> int:
        """Kills the kernel and removes its folder. Safe to call twice.

        Returns:
            The exit code.
        """
        code = await self.kill()
        with suppress(RuntimeError):
            await self.manager.shutdown_kernel(now=True)
        await self.manager.cleanup_resources()
        shutil.rmtree(self.private, ignore_errors=True)
        return code

    def log(self) -> str:
        """The last lines the process wrote beside its cells, such as a crash report."""
        try:
            raw = (self.private / "kernel.log").read_bytes()[-20_000:]
        except OSError:
            return ""
        return condense(raw.decode(errors="replace"))


async def connected(client: Any, seconds: float = START_SECONDS) -> None:
    """Waits until a kernel answers a client whose channels were started, output included.

    The client's own `wait_for_ready` ends with waiting in vain for more output, 0.2 s each time.
    Here the kernel's word that it has answered, on the output channel, is the end.

    Raises:
        RuntimeError: The kernel died, or did not answer in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        request = client.kernel_info()
        with suppress(Empty):
            await _answer(client.get_shell_msg, request, "kernel_info_reply")
            await _answer(client.get_iopub_msg, request, "status")
            return
        if not await client.is_alive():
            raise RuntimeError("the kernel died before it answered")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the kernel did not answer in {seconds:g} s")


async def _answer(receive: Callable[..., Awaitable[Any]], request: str, kind: str) -> None:
    """Reads messages up to one of a kind that answers the request; Empty if none comes soon."""
    while True:
        message = await receive(timeout=_ANSWER_SECONDS[kind])
        if message["msg_type"] != kind or message["parent_header"].get("msg_id") != request:
            continue
        if kind != "status" or message["content"]["execution_state"] == "idle":
            return


def private_folder() -> Path:
    """A new folder for one kernel, with a path short enough for sockets.

    Its name tells whose it is; folders of processes that were killed are removed on the way.
    """
    for left in Path(tempfile.gettempdir()).glob("fta-*-*"):
        owner = left.name.split("-")[1]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists() and sys.platform == "linux":
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"fta-{os.getpid()}-")).resolve()
