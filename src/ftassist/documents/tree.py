"""The search tree as rows: the one layout that terminal, figure and report all draw.

A row has a depth, a line number and what to write beside it. Knows no colours, no HTML and no
escape sequences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ftassist.documents import words
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import Trial

_LONGEST = 300
"""Characters of a label: far more than any has, but what data may hold has no end."""


@dataclass(frozen=True)
class TreeRow:
    """One trial in the tree.

    Attributes:
        depth: Steps below the base; a repeat stands one below the trial it repeats.
        line: Its line, from 0.
        parent_line: The line of the row it hangs on; None for the base.
        branch: The lines drawn before it in text, such as "│  ├─".
        best: Whether it is the best trial.
        on_best_path: Whether it lies between the base and the best trial.
        ghost: Whether it is a proposal nobody has decided on.
        still: Whether it runs by the journal and no runner is there.
        worths: What each of its changes was worth, in words, where that was tested.
        undominated: Whether no other trial beats it in every one of several metrics.
    """

    trial: Trial
    depth: int
    line: int
    parent_line: int | None
    branch: str
    best: bool
    on_best_path: bool
    ghost: bool
    still: bool = False
    worths: tuple[str, ...] = ()
    undominated: bool = False

    @property
    def mark(self) -> str:
        """Its shape."""
        return mark(self.trial)

    @property
    def title(self) -> str:
        """What it changes, whole; whoever has less room cuts it."""
        return title(self.trial)

    @property
    def word(self) -> str:
        """Its status or verdict; a repeat has no verdict of its own."""
        return tree_word(self.trial)

    @property
    def outcome(self) -> str:
        """What became of it, in a sentence."""
        return words.gone(self.trial) if self.still else words.outcome(self.trial)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What else is worth knowing: waiting, failure class, cached stages, isolation."""
        trial = self.trial
        found: list[str] = []
        if self.ghost:
            found.append("waiting for you")
        if trial.failure and trial.status == "failed":
            found.append(words.one_line(trial.failure.class_, 20))
        if trial.status == "running":
            place = trial.stage or "starting"
            found.append(f"no runner: stands still in {place}" if self.still else place)
        if part := words.rung(trial):
            found.append(part)
        if cached := words.cached(trial):
            found.append(f"⟲ {', '.join(cached)} cached")
        if trial.edited and trial.role == "trial":
            found.append("edited")
        if trial.refusals:
            found.append(f"{len(trial.refusals)} refused")
        if trial.isolation == "none" and trial.role != "base":
            found.append("not isolated")
        if self.undominated:
            found.append("beaten by none in all metrics")
        found += [f"worth of {text}" for text in self.worths]
        return tuple(found)


def mark(trial: Trial) -> str:
    """The shape of a trial in the tree."""
    return "↻" if trial.role == "replicate" else words.mark(trial)


def title(trial: Trial) -> str:
    """What a trial changes, on one line and whole; whoever has less room cuts it."""
    if trial.role == "base":
        return "base"
    if trial.role == "replicate":
        return f"repeat of {trial.replicate_of} on seed {trial.seed}"
    text = trial.proposal.change.description or trial.hypothesis
    return words.one_line(text, _LONGEST)


def tree_word(trial: Trial) -> str:
    """A trial's status or verdict; a repeat has no verdict of its own."""
    if trial.role == "replicate" and trial.status == "scored":
        return "scored"
    return words.word(trial)


def rows(snapshot: Snapshot) -> list[TreeRow]:
    """The rows of the tree, parents before children, oldest child first."""
    if "t0000" not in snapshot.state.trials:
        return []
    on_path = frozenset(snapshot.best_path)
    found: list[TreeRow] = []
    lines: dict[str, int] = {}
    for trial, depth, branch, hangs_on in _walk(snapshot):
        lines[trial.id] = len(found)
        found.append(
            TreeRow(
                trial=trial,
                depth=depth,
                line=len(found),
                parent_line=None if hangs_on is None else lines[hangs_on],
                branch=branch,
                best=trial.id == snapshot.best and trial.role != "base",
                on_best_path=trial.id in on_path,
                ghost=trial.status == "proposed",
                still=trial.status == "running" and not snapshot.alive,
                worths=tuple(
                    words.one_line(w.sentence()) for w in snapshot.worths.get(trial.id, ())
                ),
                undominated=trial.id in snapshot.front,
            )
        )
    return found


def _walk(snapshot: Snapshot) -> Iterator[tuple[Trial, int, str, str | None]]:
    """Depth first without recursion: (trial, depth, branch text, id it hangs on)."""
    hanging = _hanging(snapshot)
    base = snapshot.state.base
    stack: list[tuple[Trial, int, str, str, str | None]] = [(base, 0, "", "", None)]
    while stack:
        trial, depth, branch, indent, hangs_on = stack.pop()
        yield trial, depth, branch, hangs_on
        below = hanging.get(trial.id, [])
        for place, child in reversed(list(enumerate(below))):
            last = place == len(below) - 1
            stroke = "┄" if child.status == "proposed" else "─"
            arm = ("└" if last else "├") + stroke
            under = indent + ("   " if last else "│  ")
            stack.append((child, depth + 1, indent + arm, under, trial.id))


def _hanging(snapshot: Snapshot) -> dict[str, list[Trial]]:
    """The trials that hang on each trial: its repeats first, then its children."""
    found: dict[str, list[Trial]] = {}
    trials = snapshot.state.trials.values()
    for trial in sorted(trials, key=lambda t: t.role != "replicate"):
        hook = trial.replicate_of if trial.role == "replicate" else trial.parent
        if hook is not None:
            found.setdefault(hook, []).append(trial)
    return found
