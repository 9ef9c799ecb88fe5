"""Lengths in tokens: the tokenizer of a model that lies on this machine, or a named default.

Reads `tokenizer.json` with the `tokenizers` library alone; a model without one, or one that was
never downloaded, is counted with the tiny model's tokenizer, and the profile says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ftassist.files import hash_file
from ftassist.models import TINY_NAME, find, tiny_path

TOKENIZER = "tokenizer.json"
_AT_ONCE = 2_000


@dataclass(frozen=True)
class ModelTokenizer:
    """The tokenizer of a model.

    Attributes:
        name: The model; for the default it says that it is one.
        path: Its file.
    """

    name: str
    path: Path

    @property
    def digest(self) -> str:
        """A hash of its file."""
        return hash_file(self.path)

    def encode(self, text: str) -> list[int]:
        """The token ids of a text, without special tokens."""
        return list(_loaded(self.path).encode(text, add_special_tokens=False).ids)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has."""
        found: list[int] = []
        for start in range(0, len(texts), _AT_ONCE):
            part = list(texts[start : start + _AT_ONCE])
            made = _loaded(self.path).encode_batch_fast(part, add_special_tokens=False)
            found += map(len, made)
        return found


def tokenizer_of(model: str = "") -> ModelTokenizer:
    """The tokenizer of a model, or the tiny model's where the model's is not on this machine.

    Args:
        model: As a campaign names it.
    """
    own = tiny_path() / TOKENIZER
    if model in ("", TINY_NAME):
        return ModelTokenizer(TINY_NAME if model else f"{TINY_NAME} (the default)", own)
    found = find(model)
    for path in ((found.path if found else Path(model)) / TOKENIZER, _cached(model)):
        if path is not None and path.is_file():
            return ModelTokenizer(model, path)
    return ModelTokenizer(f"{TINY_NAME} (that of {model} is not on this machine)", own)


def _cached(model: str) -> Path | None:
    """The file in the Hugging Face cache; asks no network."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(model, TOKENIZER)
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None


@cache
def _loaded(path: Path) -> Any:
    """The tokenizer of a file, without the cuts and padding a trainer may have saved with it."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(path))
    made.no_truncation()
    made.no_padding()
    return made
