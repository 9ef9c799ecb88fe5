"""A campaign as pandas frames, for a notebook's own plots and sums: `ftassist.load("name")`.

Reads the journal and the curves, and changes nothing. Each call reads what is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.campaign import trial_files
from ftassist.errors import UnknownNameError
from ftassist.records.rungs import PartialRun

if TYPE_CHECKING:
    import pandas as pd

    from ftassist.campaign import Campaign
    from ftassist.journal.state import Trial

_TEXTS = (
    *("trial", "parent", "role", "status", "hypothesis", "rule", "author"),
    *("verdict", "against", "device", "failure"),
)
_NUMBERS = (
    *("score", "low", "high", "parse_rate", "truncation_rate", "difference", "difference_low"),
    *("difference_high", "p_adjusted", "seconds", "peak_memory_mb"),
)
_SCORES = ("score", "low", "high", "n", "parse_rate", "truncation_rate")
_COUNTS = ("seed", "n", "rows", "attempts", "notes")


class Frames:
    """An open campaign whose parts are frames.

    Example:
        >>> import ftassist
        >>> frame = ftassist.load("mini_math-1").trials()  # doctest: +SKIP
        >>> frame[["score", "low", "high"]].plot()  # doctest: +SKIP
    """

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    def __repr__(self) -> str:
        state = self.campaign.refresh()
        return f"<campaign {self.campaign.name}: {state.phase}, {len(state.trials)} trials>"

    def trials(self, *, rungs: bool = False) -> pd.DataFrame:
        """One row a trial, by its id, the base first.

        Args:
            rungs: Give one row a partial run instead, by trial and rung: its score there, which is
                none of the trial, with what it is over and what it cost.

        Scores are the evaluator's on the validation split; `difference` with its interval and
        `p_adjusted` is the verdict against the trial named by `against`, greater is better.
        What a trial has not got yet is missing (NA). `tags` holds a tuple of words, `notes` how
        many notes people wrote: `frame[frame["tags"].map(lambda tags: "keep" in tags)]`.
        """
        import pandas as pd

        known = self.campaign.refresh().trials.values()
        if rungs:
            return _partial_runs(list(known))
        frame = pd.DataFrame([_row(trial) for trial in known])
        frame = frame.astype(
            {
                **dict.fromkeys(_TEXTS, "string"),
                **dict.fromkeys(_NUMBERS, "Float64"),
                **dict.fromkeys(_COUNTS, "Int64"),
            }
        )
        for name in ("created", "started", "finished"):
            frame[name] = pd.to_datetime(frame[name], unit="s", utc=True)
        return frame.set_index("trial")

    def curve(self, trial: str) -> pd.DataFrame:
        """A trial's training curve, by step; empty before it trains.

        Raises:
            UnknownNameError: No such trial; names the nearest.
        """
        import pandas as pd

        rows = trial_files.curve(self.campaign.folder, self.campaign.trial(trial).id)
        frame = pd.DataFrame(list(rows) or {"step": [], "loss": []})
        return frame.set_index("step")


def load(name: str | Path | None = None, root: str | Path = "campaigns") -> Frames:
    """Opens a campaign for reading: by name below `root`, by folder, or the newest.

    Raises:
        UnknownNameError: There is none of that name; names the nearest.
    """
    from ftassist.campaign import Campaign

    known = Campaign.find(Path(root)) if Path(root).is_dir() else []
    if name is None and known:
        return Frames(Campaign.open(known[-1]))
    for folder in (Path(name), Path(root) / name) if name is not None else ():
        if (folder / "journal.db").is_file():
            return Frames(Campaign.open(folder))
    raise UnknownNameError.of("campaign", str(name or "the newest"), [path.name for path in known])


def _partial_runs(trials: Sequence[Trial]) -> pd.DataFrame:
    """Each trial's scores at the rungs it was run to on the way."""
    import pandas as pd

    rows = [{"trial": trial.id, **run.to_dict()} for trial in trials for run in trial.partial]
    frame = pd.DataFrame(rows, columns=["trial", *(part.name for part in fields(PartialRun))])
    return frame.set_index(["trial", "rung"])


def _row(trial: Trial) -> dict[str, Any]:
    told, verdict, proposal = trial.feedback, trial.verdict, trial.proposal
    scored = trial.status == "scored"
    return {
        "trial": trial.id,
        "parent": trial.parent,
        "role": trial.role,
        "status": trial.status,
        "hypothesis": trial.hypothesis,
        "rule": proposal.rule or None,
        "author": proposal.backend or None,
        "seed": trial.seed,
        **{k: getattr(told, k) if scored else None for k in _SCORES},
        "verdict": verdict.kind,
        "against": verdict.against or None,
        "difference": verdict.difference,
        "difference_low": verdict.low,
        "difference_high": verdict.high,
        "p_adjusted": verdict.p_adjusted,
        "rows": trial.outcome.rows,
        "seconds": trial.seconds or None,
        "peak_memory_mb": trial.outcome.peak_memory_mb,
        "device": trial.gpu.name or ("cpu" if trial.started else None),
        "attempts": trial.attempt,
        "failure": trial.failure.class_ or None,
        "tags": tuple(trial.tags),
        "notes": len(trial.notes),
        "created": trial.created or None,
        "started": trial.started,
        "finished": trial.finished,
    }
