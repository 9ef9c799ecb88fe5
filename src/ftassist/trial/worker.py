"""The worker: one process that runs one trial and writes what happens to the journal itself.

    python -m ftassist.trial.worker [--spare CAMPAIGN MODEL REPOSITORY TEACHER]

It does its imports, waits for one line on its standard input (a `TrialJob`), runs the trial and
ends. The end of standard input ends it too, so it never outlives its runner; the trial is then
left as it is, for a later worker to go on with. A second line, "pause", ends it at the next point
that it can go on from. SIGTERM stops the trial for good. With `--spare` the kernel is started,
imports done, before the job is known, for a campaign, its models and its data repository; the
line "ready" on standard output tells when that is done. Decides nothing about which trial is run,
nor whether it was better.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ftassist.isolation.ending import become_subreaper, end_descendants
from ftassist.trial.failures import RUNNER_GONE, RunStoppedError, StopSwitch
from ftassist.trial.job import NO_JOB, TrialJob

ASKED = "asked to stop"
PAUSED = "asked to pause"
PAUSE = b"pause"
"""The line after the job that asks for a pause."""
_LONGEST_LINE = 8 * 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Runs the worker.

    Returns:
        The exit code (see `job.EXIT_CODES`).
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    become_subreaper()
    # jsonschema, which nbformat imports, builds a grammar of web addresses (a second of CPU) for
    # a format check that nobody here uses; it does without when that import fails.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        return asyncio.run(_work(arguments[1:] if "--spare" in arguments else []))
    finally:
        end_descendants()


async def _work(spare_for: list[str]) -> int:
    stop = StopSwitch()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.stop, ASKED)
    line: asyncio.Future[str] = loop.create_future()
    _read_input(loop, line, lambda: stop.pause(PAUSED), lambda: stop.stop(RUNNER_GONE))
    from ftassist.trial import execution
    from ftassist.trial.spare import Spare
    from ftassist.trial.warming import warm_up

    spare = await Spare.start(Path(spare_for[0]), *spare_for[1:]) if spare_for else None
    try:
        if spare is not None:
            warm_up()  # while the kernel imports
            await stop.guard(spare.kernel.ready())
            sys.stdout.write("ready\n")
            sys.stdout.flush()
        stopped = asyncio.ensure_future(stop.wait())
        waiting: set[asyncio.Future[Any]] = {line, stopped}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not line.done():
            return NO_JOB
        return await execution.run_job(TrialJob.from_line(line.result()), stop, spare)
    except RunStoppedError:
        return NO_JOB
    finally:
        if spare is not None:
            await spare.end()


def _read_input(
    loop: asyncio.AbstractEventLoop,
    line: asyncio.Future[str],
    on_pause: Callable[[], None],
    on_end: Callable[[], None],
) -> None:
    """Reads standard input as it comes: the job, then a wish to pause, then its end."""
    buffer = bytearray()

    def ready() -> None:
        raw = os.read(0, 65536)
        if not raw or len(buffer) > _LONGEST_LINE:
            loop.remove_reader(0)
            on_end()
            return
        buffer.extend(raw)
        while b"\n" in buffer:
            first, _, rest = bytes(buffer).partition(b"\n")
            buffer[:] = rest
            if not line.done():
                line.set_result(first.decode(errors="replace"))
            elif first == PAUSE:
                on_pause()

    loop.add_reader(0, ready)


if __name__ == "__main__":
    sys.exit(main())
