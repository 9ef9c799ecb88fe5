"""AIME 2024: the rule of AIME, without the judge's second look."""

from __future__ import annotations

from ftassist.dojo.catalog.aime.scorer import Aime


class Aime24(Aime):
    """Accuracy, with no second look."""

    second_look = False
