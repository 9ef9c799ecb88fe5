"""What is asked of a contest, as data: agents, tasks, seeds, the budget, and what is varied.

Reads and writes `contest.json`; plays nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ftassist.agent.backends.anthropic.settings import AgentSettings
from ftassist.contest.agents import TREE, agent_of, policy_of
from ftassist.dojo.sampled_task import check_size
from ftassist.dojo.task import Split
from ftassist.errors import DataError, FtassistError
from ftassist.files import hash_text, read_json, write_json
from ftassist.records.budget import Budget

SCHEMA = "ftassist/dojo-contest/1"
FILE = "contest.json"
FACTORS = ("rows", "policy", "model", "agent_model")
"""What an ablation varies, one at a time; the rest stays as in the main table."""
MOST_SEEDS = 100
SILENCE = 600.0
"""Seconds for which an agent outside may propose nothing while nothing of it runs."""


@dataclass(frozen=True)
class Entry:
    """A column of the table: an agent in one setting.

    Attributes:
        agent: The agent, as named.
        model: The base model.
        rows: Training rows of a trial.
        policy: Which trial to grow next; "" where the agent has no choice.
        agent_model: The language model, where the contest names one for it.
        factor: What differs from the main table; "" in it.
    """

    agent: str
    model: str
    rows: int
    policy: str = ""
    agent_model: str = ""
    factor: str = ""

    @property
    def label(self) -> str:
        """The column's name, such as "playbook" or "playbook [rows=5000]"."""
        if not self.factor:
            return self.agent
        return f"{self.agent} [{self.factor}={getattr(self, self.factor)}]"


@dataclass(frozen=True)
class Bout:
    """An agent on a task with a seed: one campaign."""

    entry: Entry
    task: str
    seed: int

    @property
    def place(self) -> str:
        """Its campaign's folder below the contest's."""
        return f"campaigns/{_slug(self.task)}/{_slug(self.entry.label)}/seed-{self.seed}"

    @property
    def name(self) -> str:
        """It in words: "mini_math · playbook · seed 0"."""
        return f"{self.task} · {self.entry.label} · seed {self.seed}"


@dataclass(frozen=True)
class Contest:
    """What is asked.

    Attributes:
        agents: The agents by name.
        tasks: The tasks by key, or by folder.
        seeds: Campaigns of each agent on each task.
        model: The base model.
        budget: What each campaign may spend.
        policy: How agents that may choose grow their tree.
        agent_model: The language model of agents that name none; "" for the usual one.
        items: Items to score on, by split; a split that is not named stays whole.
        server: What the server of language models speaks (`dialect`) and where it is
            (`base_url`); empty for the usual one.
        silence: Seconds for which an agent outside may propose nothing while nothing of it runs.
        ablations: Further values by factor, each set against the main one.

    Raises:
        UnknownNameError: An agent or a policy that does not exist.
        DataError: Nothing to play, something named twice, or a value that is not possible.
    """

    agents: tuple[str, ...]
    tasks: tuple[str, ...]
    seeds: int = 3
    model: str = "tiny"
    budget: Budget = field(default_factory=Budget)
    policy: str = TREE
    agent_model: str = ""
    items: Mapping[Split, int] = field(default_factory=dict)
    server: Mapping[str, str] = field(default_factory=dict)
    silence: float = SILENCE
    ablations: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, names in (("agent", self.agents), ("task", self.tasks)):
            if not names:
                raise DataError(f"there is no {what}", where=f"--{what}s", fix=f"name a {what}")
            if twice := {name for name in names if names.count(name) > 1}:
                raise DataError(
                    f"{min(twice)!r} is named twice", where=f"--{what}s", fix="name it once"
                )
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise DataError(
                f"{self.seeds} seeds are not possible",
                where="--seeds",
                fix=f"give 1 to {MOST_SEEDS}",
            )
        for split, size in self.items.items():
            check_size(split, size)
        if not 0 < self.silence < math.inf:
            fix = "give seconds, more than 0"
            raise DataError(f"{self.silence} s are no silence", where="--silence", fix=fix)
        AgentSettings.of(self.server)
        policy_of(self.policy)
        for agent in self.agents:
            agent_of(agent)
        self._check_ablations()

    def _check_ablations(self) -> None:
        for factor, values in self.ablations.items():
            if factor not in FACTORS:
                raise DataError(f"{factor!r} cannot be varied", fix=f"vary {', '.join(FACTORS)}")
            main = self.budget.rows if factor == "rows" else getattr(self, factor)
            for value in values:
                if value == main or values.count(value) > 1:
                    raise DataError(
                        f"{value!r} is named twice",
                        where=f"--{factor.replace('_', '-')}",
                        fix="name it once; the first value is the main table's",
                    )
                if factor == "policy":
                    policy_of(str(value))
                if factor == "rows":
                    replace(self.budget, rows=value)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The columns: the main ones first, then those of each ablation."""
        main = [self._entry(agent) for agent in self.agents]
        varied = [
            replace(entry, **{factor: value}, factor=factor)
            for factor in FACTORS
            for value in self.ablations.get(factor, ())
            for entry in main
            if factor == "model" or factor in agent_of(entry.agent).free
        ]
        return (*main, *varied)

    @property
    def bouts(self) -> tuple[Bout, ...]:
        """All bouts, all tasks of a seed before the next, so that an unfinished table is even.

        The base model answers without chance, so it is asked once.
        """
        return tuple(self._bouts())

    def _bouts(self) -> Iterator[Bout]:
        for seed in range(self.seeds):
            for task in self.tasks:
                for entry in self.entries:
                    if seed == 0 or agent_of(entry.agent).kind.backend != "untouched":
                        yield Bout(entry, task, seed)

    def _entry(self, agent: str) -> Entry:
        known = agent_of(agent)
        return Entry(
            agent=agent,
            model=self.model,
            rows=self.budget.rows,
            policy=self.policy if "policy" in known.free else "",
            agent_model=self.agent_model if "agent_model" in known.free else "",
        )

    def to_dict(self) -> dict[str, Any]:
        """The contest as JSON."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def of(cls, raw: Mapping[str, Any], where: str = FILE) -> Contest:
        """Reads what `to_dict` wrote.

        Raises:
            DataError: It is none, or of another version.
        """
        if raw.get("schema") != SCHEMA:
            raise DataError(
                f"this is no contest of this version: schema {raw.get('schema')!r}",
                where=where,
                fix=f"give a folder that `ftassist dojo run` made ({SCHEMA})",
            )
        try:
            return cls(
                agents=tuple(raw["agents"]),
                tasks=tuple(raw["tasks"]),
                seeds=raw["seeds"],
                model=raw["model"],
                budget=Budget.of(raw["budget"]),
                policy=raw["policy"],
                agent_model=raw["agent_model"],
                items=dict(raw["items"]),
                server=dict(raw.get("server", {})),
                silence=float(raw.get("silence", SILENCE)),
                ablations={factor: tuple(found) for factor, found in raw["ablations"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"the contest cannot be read: {error}", where=where, fix="mend or remove the file"
            ) from error


def kept(folder: Path) -> Contest:
    """The contest of a folder.

    Raises:
        FtassistError: There is none.
        DataError: It cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        raise FtassistError(
            "there is no contest here",
            where=str(path),
            fix="give a folder that `ftassist dojo run --out FOLDER` made",
        )
    raw = read_json(path)
    return Contest.of(raw if isinstance(raw, Mapping) else {}, str(path))


def keep(asked: Contest, folder: Path) -> Contest:
    """Writes a contest into its folder, joined with the one that is there already.

    Agents, tasks, seeds and ablations may be added to a contest; what makes its bouts comparable
    may not change.

    Returns:
        The contest as it is now.

    Raises:
        DataError: The contest that is there is another one.
    """
    if (folder / FILE).is_file():
        asked = _joined(kept(folder), asked, folder)
    write_json(folder / FILE, asked.to_dict())
    return asked


def _joined(old: Contest, new: Contest, folder: Path) -> Contest:
    for name in ("model", "budget", "policy", "agent_model", "items", "server", "silence"):
        before, now = getattr(old, name), getattr(new, name)
        if before != now:
            raise DataError(
                f"this folder holds a contest with another {name.replace('_', ' ')}: "
                f"{_told(before)}, not {_told(now)}",
                where=str(folder / FILE),
                fix="ask for the same, or name another folder with --out",
            )
    factors = {**old.ablations, **new.ablations}
    return replace(
        new,
        agents=_union(old.agents, new.agents),
        tasks=_union(old.tasks, new.tasks),
        seeds=max(old.seeds, new.seeds),
        ablations={
            factor: _union(old.ablations.get(factor, ()), new.ablations.get(factor, ()))
            for factor in factors
        },
    )


def _union(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*old, *(value for value in new if value not in old))


def _told(value: Any) -> str:
    if isinstance(value, Budget):
        limits = value.to_dict().items()
        return ", ".join(f"{limit:g} {name}" for name, limit in limits if limit is not None)
    if isinstance(value, Mapping):
        return ", ".join(f"{given} {name}" for name, given in value.items()) or "the usual"
    return repr(value) if value else "the usual"


def _slug(name: str) -> str:
    """A name as a folder's; with a digest where characters had to go."""
    plain = re.sub(r"[^A-Za-z0-9._=@-]+", "-", name).strip("-.")
    return plain if plain == name else f"{plain[-60:].strip('-.')}-{hash_text(name)[:6]}"
