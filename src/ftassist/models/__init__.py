"""Base models: the tiny one that ships, and the one rule by which any other is found and checked.

Loads no weights to train or score (see `recipes.models` and `dojo.evaluator.models`).
"""

from ftassist.models.check import check_base, check_files
from ftassist.models.reference import TINY_NAME, BaseModel, find, resolve, tiny_path
from ftassist.models.unpacking import ready

__all__ = [
    "TINY_NAME",
    "BaseModel",
    "check_base",
    "check_files",
    "find",
    "ready",
    "resolve",
    "tiny_path",
]
