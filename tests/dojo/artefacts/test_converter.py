"""How a tokenizer parts text is told by its file, or refused: nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.dojo.artefacts.converter import pre_tokenizer
from ftassist.files import read_json
from ftassist.models import tiny_path

BYTES = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
BARE = {**BYTES, "use_regex": False}


def split(pattern: str, **more: Any) -> dict[str, Any]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", **more}


def document(*steps: dict[str, Any], normalizer: Any = None) -> dict[str, Any]:
    return {
        "normalizer": normalizer,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": list(steps)},
    }


@pytest.mark.parametrize(
    ("tokenizer", "name"),
    [
        ({"pre_tokenizer": BYTES}, "gpt-2"),
        (document(BYTES), "gpt-2"),
        (document({"type": "Digits", "individual_digits": True}, BYTES), "smollm"),
        (document({"type": "Digits", "individual_digits": False}, BYTES), None),
        (document(split("a|b"), BARE), None),
        (document({**BYTES, "add_prefix_space": True}), None),
        (document(BYTES, normalizer={"type": "Lowercase"}), None),
        ({"pre_tokenizer": None}, None),
    ],
)
def test_a_way_to_part_text_is_named_only_where_llama_cpp_has_it(
    tokenizer: dict[str, Any], name: str | None
) -> None:
    assert pre_tokenizer(tokenizer) == name


def test_the_tiny_models_way_to_part_text_is_its_own() -> None:
    assert pre_tokenizer(read_json(tiny_path() / "tokenizer.json")) is None
