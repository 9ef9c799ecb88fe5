"""The evidence of trials that have ended, read once.

What an ended trial left does not change without a word in the journal, and a word makes another
record of it. A context holds the evidence of all trials: without this each would read all folders.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from ftassist.agent.evidence import TrialEvidence, collect
from ftassist.journal.state import Trial

MOST = 1024
"""Trials whose evidence is kept; those asked for longest ago are given up first."""


class KeptEvidence:
    """Gathers evidence, once for each record of an ended trial."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, tuple[Trial, TrialEvidence]] = OrderedDict()

    def of(self, folder: Path, trial: Trial) -> TrialEvidence:
        """The evidence of a trial (see `evidence.collect`).

        Args:
            folder: `trials/<id>` of the campaign.
            trial: The trial's record; it must have ended.
        """
        record, evidence = self._kept.pop(folder, (None, None))
        if record is not trial or evidence is None:
            evidence = collect(folder, trial)
        self._kept[folder] = (trial, evidence)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return evidence
