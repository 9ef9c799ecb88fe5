"""What recipes make once in a process when they are first called, made ahead by a spare kernel."""

from __future__ import annotations


def make_ahead() -> None:
    """Patterns of checkpoints' names, the list of known sources, the kinds of arguments."""
    from pydantic import TypeAdapter
    from transformers.conversion_mapping import get_checkpoint_conversion_mapping

    from ftassist.dojo.known_sources import known_sources

    TypeAdapter(int)  # the first one looks for plugins among all that is installed
    known_sources()
    get_checkpoint_conversion_mapping("llama")  # the first one builds those of all models
