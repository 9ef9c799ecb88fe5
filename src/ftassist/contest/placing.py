"""How a contest is played on the machines there are: how many bouts at once, and where trials run.

This is a choice of the day and no part of what is compared, so `contest.json` does not hold it;
where each campaign's trials ran stands in its own journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Event

from ftassist.campaign import commands
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.executors import check_executor
from ftassist.contest.plan import Bout
from ftassist.errors import DataError, FtassistError
from ftassist.records.executor import LOCAL

MOST_AT_ONCE = 64
Playing = Callable[[Bout, Event], FtassistError | None]
"""Plays a bout, and gives it up when the event is set; returns why it is not over."""


@dataclass(frozen=True)
class Placing:
    """How bouts are spread.

    Attributes:
        at_once: Bouts that are played at the same time.
        executor: Where trials run, "local" or "ray"; None for where each campaign's ran so far.
        address: Where the Ray cluster is; None for the one that this machine belongs to.
        allow_unisolated: A person's word that cells of a model may run without isolation.

    Raises:
        UnknownNameError: There is no such executor.
        DataError: So many bouts cannot be played at once, or an address is given for trials that
            run on this machine.
    """

    at_once: int = 1
    executor: str | None = None
    address: str | None = None
    allow_unisolated: bool = False

    def __post_init__(self) -> None:
        """Refuses what cannot be."""
        if not 1 <= self.at_once <= MOST_AT_ONCE:
            raise DataError(
                f"{self.at_once} bouts cannot be played at once",
                where="--at-once",
                fix=f"give a number from 1 to {MOST_AT_ONCE}",
            )
        check_executor(self.executor or LOCAL, self.address, where="--address")

    def put(self, campaign: Campaign, actor: str) -> None:
        """Has a campaign's trials run where they are to run, and its cells as was said."""
        if self.allow_unisolated and not campaign.refresh().consent:
            # No actor: the word is that of the person who plays, and no program can give it.
            commands.allow_unisolated(campaign, "asked for when the contest was played")
        if self.executor is not None:
            request = {"address": self.address} if self.address else {}
            commands.choose_executor(campaign, self.executor, request, actor=actor)

    def played(
        self, bouts: Sequence[Bout], play: Playing
    ) -> Iterator[tuple[Bout, FtassistError | None]]:
        """Plays bouts, and gives each as it ends, with why it is not over.

        When the one who iterates is interrupted, bouts that are being played are given up, and
        no other is begun.
        """
        ending = Event()
        if self.at_once == 1:
            yield from ((bout, play(bout, ending)) for bout in bouts)
            return
        with ThreadPoolExecutor(self.at_once, "bout") as pool:
            waiting = {pool.submit(play, bout, ending): bout for bout in bouts}
            try:
                for done in as_completed(waiting):
                    yield waiting[done], done.result()
            finally:
                ending.set()
                for future in waiting:
                    future.cancel()
