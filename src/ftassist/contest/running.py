"""A whole contest: every bout that is not over, one by one or several at once; nothing twice.

One process a contest (a lock says so). A bout that fails does not keep the others from being
played; what failed is told, and tried again the next time.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from ftassist.campaign.campaign import Campaign
from ftassist.contest import bouts, record
from ftassist.contest.agents import agent_of, refuse_unplayable
from ftassist.contest.outside import Watch
from ftassist.contest.placing import Placing
from ftassist.contest.plan import Bout, Contest, keep
from ftassist.dojo.task_loader import load_task
from ftassist.errors import FtassistError, LockedError
from ftassist.journal.state import State
from ftassist.models.naming import checked_base, model_reference

LOCK = "contest.lock"


@dataclass
class ContestResult:
    """What a run of a contest came to.

    Attributes:
        over: Bouts that are over.
        played: Of these, those that were played now.
        failed: Why bouts are not over, by name.
    """

    over: int = 0
    played: int = 0
    failed: dict[str, FtassistError] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """Who is told of a contest's progress: from several threads where bouts are played at once.

    Attributes:
        begin: Called with a bout, its number from 1, and how many there are.
        end: Called with a bout, and why it failed, if it did.
        watch: Called with the campaign that runs and its state, ten times a second.
    """

    begin: Callable[[Bout, int, int], None] = lambda *_: None
    end: Callable[[Bout, FtassistError | None], None] = lambda *_: None
    watch: Watch = lambda *_: None


def run(
    asked: Contest,
    folder: Path,
    *,
    told: Told | None = None,
    placing: Placing | None = None,
) -> ContestResult:
    """Plays every bout of a contest that is not over, and writes `results.json` after each.

    Args:
        asked: What is asked; joined with what the folder's contest asks already.
        folder: The contest's folder.
        told: Who is told of its progress.
        placing: How many bouts are played at once, and where trials run.

    Raises:
        UnknownNameError: A task or model that does not exist.
        DataError: A task's data is not to be had, or the folder holds another contest.
        FtassistError: An agent cannot play here; nothing was begun.
        LockedError: Another process plays this contest.
        KeyboardInterrupt: A person ended it; what was played is kept.
    """
    told, placing = told or Told(), placing or Placing()
    _refuse_unplayable(asked)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        contest = keep(asked, folder)
        numbers = {bout: number for number, bout in enumerate(contest.bouts, start=1)}
        left = [bout for bout in numbers if not _over(bout, folder)]
        outcome = ContestResult(over=len(numbers) - len(left))

        def play(bout: Bout, ending: Event) -> FtassistError | None:
            told.begin(bout, numbers[bout], len(numbers))
            watch = _until(ending, told.watch)
            try:
                bouts.play(bout, contest, folder, watch=watch, placing=placing)
            except FtassistError as error:
                told.end(bout, error)
                return error
            told.end(bout, None)
            return None

        for bout, failed in placing.played(left, play):
            if failed:
                outcome.failed[bout.name] = failed
                continue
            outcome.over += 1
            outcome.played += 1
            record.write(contest, folder)
        record.write(contest, folder)
    return outcome


def _over(bout: Bout, folder: Path) -> bool:
    campaign = bouts.opened(bout, folder)
    return bool(campaign and bouts.over(campaign))


def _until(ending: Event, watch: Watch) -> Watch:
    """Watches a bout, and interrupts it once the contest ends: only the main thread is asked."""

    def watched(campaign: Campaign, state: State) -> None:
        if ending.is_set():
            raise KeyboardInterrupt
        watch(campaign, state)

    return watched


def _refuse_unplayable(contest: Contest) -> None:
    """Refuses, before anything is begun, what would fail in the middle.

    Raises:
        FtassistError: An agent, a task or a base model cannot be had.
    """
    for name in contest.agents:
        refuse_unplayable(agent_of(name), contest.server)
    for model in dict.fromkeys(entry.model for entry in contest.entries):
        checked_base(model_reference(model))
    for task in contest.tasks:
        load_task(task)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps other processes from playing the same contest; the system frees it at our death."""
    with (folder / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LockedError(
                "another process plays this contest",
                where=str(folder),
                fix="wait for it, or end it; the table so far is `ftassist dojo table FOLDER`",
            ) from None
        yield
