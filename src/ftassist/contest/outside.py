"""An agent outside takes part: its command is started with the way to the campaign's door.

What it submits there is a proposal like any other. Here it is seen whether the command lives,
whether anything comes of it, and that nothing of it is left at its end. It is a program of the
person who holds the contest and runs with that person's rights; only its cells are walled in.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from ftassist.campaign import judging
from ftassist.campaign.budget import spent
from ftassist.campaign.campaign import POLL_SECONDS, Campaign
from ftassist.contest.agents import Agent
from ftassist.errors import FtassistError
from ftassist.files import write_json
from ftassist.isolation.ending import die_with_parent, end_marked
from ftassist.journal.events import Kind
from ftassist.journal.state import BASE, State

ACTOR = "contest"
OVER = ("finished", "paused", "stopped")
BOUT = "FTASSIST_BOUT"
"""Marks all that a command starts: the folder of its campaign."""
CONFIG = "FTASSIST_MCP_CONFIG"
"""A file that names the server as most agents read it: {"mcpServers": {"ftassist": ...}}."""
COMMAND = "FTASSIST_MCP_COMMAND"
"""The server's command line, for a shell."""
PROMPT = "FTASSIST_PROMPT"
"""What is asked of the agent, in words."""
ASKED = Path(__file__).parent / "asked.md"
GRACE_SECONDS = 5.0
"""How long a command may take to end when it is told to."""
MOST_STARTS = 3
"""How often a runner that ended is started again while nothing new is proposed."""
_PASSED_ON = ("HF_HUB_OFFLINE", "HF_HOME", "PYTHONPATH", "OMP_NUM_THREADS")
Watch = Callable[[Campaign, State], None]


def take_part(
    campaign: Campaign, agent: Agent, *, silence: float, watch: Watch = lambda *_: None
) -> str:
    """Has an agent take part until the budget is spent or its command ends.

    Args:
        campaign: The campaign; its backend is `outside`, and nobody decides on its proposals.
        silence: Seconds for which it may propose nothing while nothing of it runs.
        watch: Called with the campaign and its state, ten times a second.

    Returns:
        Why nothing can be said of the agent; "" where its proposals are what they are.

    Raises:
        FtassistError: The command or the campaign's runner cannot be started.
    """
    end_marked(BOUT, str(campaign.folder))  # what a contest that was killed may have left
    with OutsideCommand(campaign, agent) as command:
        why = _watched(campaign, command, silence, watch)
    if not why:
        _let_finish(campaign, watch)
    return why


class OutsideCommand:
    """A command that runs: a process group of its own, ended as a whole.

    Args:
        campaign: The campaign that it is to take part in.
        agent: The agent whose command it is.
    """

    def __init__(self, campaign: Campaign, agent: Agent) -> None:
        self._campaign = campaign
        self._agent = agent
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Starts it.

        Raises:
            FtassistError: It cannot be started.
        """
        environment = {**os.environ, **given(self._campaign, self._agent)}
        filled = {"{config}": environment[CONFIG], "{prompt}": environment[PROMPT]}
        words = [_filled(word, filled) for word in self._agent.command]
        parent = os.getpid()
        try:
            with log_of(self._campaign).open("ab") as log:
                self._process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    start_new_session=True,
                    preexec_fn=lambda: die_with_parent(parent),
                )
        except OSError as error:
            raise FtassistError(
                f"the command cannot be started: {error.strerror or error}",
                where=self._agent.name,
                fix="try it by hand, then give the same command again",
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it and all that it started: asked first, then at once."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)
        self._signal(signal.SIGKILL)
        end_marked(BOUT, str(self._campaign.folder))
        self._process.wait()

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return None if self._process is None else self._process.poll()

    def _signal(self, number: int) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


class _Runner:
    """The campaign's runner, kept alive, so that no agent needs to start one of its own."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._starts = self._trials = 0

    def mind(self, state: State, *, needed: bool) -> None:
        """Starts it where it is gone; after a few times only once something new is proposed.

        Raises:
            FtassistError: It did not come up, or ends again and again while it is needed.
        """
        if len(state.trials) != self._trials:
            self._starts, self._trials = 0, len(state.trials)
        if self._campaign.runner_alive():
            return
        if self._starts < MOST_STARTS:
            self._starts += 1
            self._campaign.start_runner()
        elif needed:
            raise FtassistError(
                f"the runner ended {self._starts} times before its campaign did",
                where=str(self._campaign.folder / "logs" / "runner.log"),
                fix="read the log, then give the same command again: nothing is lost",
            )


def given(campaign: Campaign, agent: Agent) -> dict[str, str]:
    """The variables by which a command finds the campaign; writes the file that they name."""
    here = {
        name: value
        for name, value in os.environ.items()
        if (name.startswith("FTASSIST_") or name in _PASSED_ON)
        and name not in (BOUT, CONFIG, COMMAND, PROMPT)
    }
    name = Path(agent.command[0]).name
    words = [sys.executable, "-m", "ftassist", "mcp", "-c", str(campaign.folder), "--name", name]
    file = campaign.folder / "agent" / "mcp.json"
    file.parent.mkdir(exist_ok=True)
    server = {"command": words[0], "args": words[1:], "env": here}
    write_json(file, {"mcpServers": {"ftassist": server}})
    pairs = [f"{variable}={value}" for variable, value in here.items()]
    return {
        BOUT: str(campaign.folder),
        CONFIG: str(file),
        COMMAND: shlex.join(["env", *pairs, *words]),
        PROMPT: ASKED.read_text(encoding="utf-8").strip(),
    }


def log_of(campaign: Campaign) -> Path:
    """Where what a command says is kept."""
    folder = campaign.folder / "logs"
    folder.mkdir(exist_ok=True)
    return folder / "agent.log"


def _watched(campaign: Campaign, command: OutsideCommand, silence: float, watch: Watch) -> str:
    """Waits until the command or the campaign ends; returns why nothing can be said of it."""
    runner, proposed, quiet_since = _Runner(campaign), 0, time.monotonic()
    while True:
        state = campaign.refresh()
        watch(campaign, state)
        if state.phase in OVER:
            return ""
        if (code := command.code) is not None:
            return _how_it_ended(code, campaign.refresh())
        now, busy = time.monotonic(), _busy(state)
        if busy or len(state.trials) != proposed:
            proposed, quiet_since = len(state.trials), now
        elif now - quiet_since > silence:
            return f"its command was silent for {silence:g} s: no proposal, and nothing of it ran"
        runner.mind(state, needed=busy)
        time.sleep(POLL_SECONDS)


def _how_it_ended(code: int, state: State) -> str:
    """Why nothing can be said of an agent whose command ended before the campaign."""
    if spent(state):
        return ""
    if code:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return f"its command {how} before the budget was spent (logs/agent.log)"
    if not any(trial.role == "trial" for trial in state.trials.values()):
        return "its command ended without a proposal (logs/agent.log)"
    return ""


def _busy(state: State) -> bool:
    """Whether something is being done that the agent may wait for."""
    waiting = state.with_status("proposed", "accepted", "running")
    return bool(waiting or judging.unjudged(state) or judging.unanalysed(state))


def _let_finish(campaign: Campaign, watch: Watch) -> None:
    """Lets what was submitted come to its end, and then the campaign."""
    runner = _Runner(campaign)
    while (state := campaign.refresh()).phase not in OVER:
        watch(campaign, state)
        if not _busy(state) and not state.asked.failed:
            payload = {"message": "the agent proposes no more", "kind": "ideas", "parent": BASE}
            campaign.say(Kind.PROPOSAL_FAILED, payload, actor=ACTOR)
        runner.mind(state, needed=True)
        time.sleep(POLL_SECONDS)


def _filled(word: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(name, value)
    return word
