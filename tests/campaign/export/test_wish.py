"""A wish for an export that makes no sense is refused before any work is done."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.campaign.export.wish import ExportWish
from ftassist.errors import FtassistError


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"form": "onnx"}, "'onnx' is no form"),
        ({"form": "merged", "numbers": "int4"}, "'int4' is no numbers"),
        ({"form": "gguf", "quantisation": "q9"}, "'q9' is no quantisation"),
        ({"form": "adapter", "quantisation": "q4_0"}, "q4_0 says nothing of 'adapter'"),
        ({"form": "gguf", "numbers": "float32"}, "float32 says nothing of 'gguf'"),
        ({"form": "merged", "bound": -0.1}, "allows nothing"),
        ({"form": "merged", "bound": float("nan")}, "allows nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(FtassistError, match=words):
        ExportWish(**given)


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        (ExportWish("merged"), "merged"),
        (ExportWish("merged", numbers="float32"), "merged-float32"),
        (ExportWish("ollama", quantisation="q4_0"), "ollama-q4_0"),
        (ExportWish("vllm"), "vllm"),
    ],
)
def test_forms_of_one_trial_have_different_names(wish: ExportWish, name: str) -> None:
    assert wish.name == name
