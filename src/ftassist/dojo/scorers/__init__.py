"""The official scoring rule of every published task, and the strict reading beside it."""

from __future__ import annotations

from ftassist.dojo.scorers.registry import scorer_for, scorer_keys
from ftassist.dojo.scorers.score import Row, Scores, score_rows
from ftassist.dojo.scorers.scorer import Judged, Scorer

__all__ = ["Judged", "Row", "Scorer", "Scores", "score_rows", "scorer_for", "scorer_keys"]
