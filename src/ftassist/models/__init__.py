"""The tiny base model that ships with the package; where it lies, not how to run it."""

from pathlib import Path

TINY_NAME = "tiny"


def tiny_path() -> Path:
    """Return the folder of the tiny causal base model, in the layout of transformers.

    >>> (tiny_path() / "config.json").name
    'config.json'
    """
    return Path(__file__).parent / TINY_NAME
