from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from ftassist.errors import ModelError
from ftassist.models import gguf, tiny_path

from .conftest import write_gguf


def test_the_weights_and_the_tokenizer_of_a_file_are_those_it_was_made_of(
    tiny_gguf: Path, tmp_path: Path
) -> None:
    note = gguf.convert(tiny_gguf, tmp_path / "model")
    assert note == ""  # 32 bits are the published weights
    loaded = [
        AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        for folder in (tmp_path / "model", tiny_path())
    ]
    tokenizers = [
        AutoTokenizer.from_pretrained(folder) for folder in (tmp_path / "model", tiny_path())
    ]
    chat = [{"role": "user", "content": "How many apples are 3 and 14?"}]
    ids = [
        found.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt")[
            "input_ids"
        ]
        for found in tokenizers
    ]
    assert ids[0].tolist() == ids[1].tolist()
    with torch.inference_mode():
        ours, theirs = (model(ids[1]).logits for model in loaded)
    # The tiny model is stored in 16 bits, and so is what comes out of the file.
    assert torch.allclose(ours, theirs, atol=1e-4)


def test_a_file_of_few_bits_says_that_it_is_not_the_published_weights() -> None:
    from gguf import LlamaFileType

    note = gguf.note_of({"general.file_type": LlamaFileType.MOSTLY_Q4_1})
    assert note == "from a 4-bit file (Q4_1), not the published weights to the bit"


def test_another_file_under_that_name_is_told_apart(tmp_path: Path) -> None:
    pointer = tmp_path / "model.gguf"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ModelError, match=r"'model.gguf' is no GGUF file"):
        gguf.read_header(pointer)


def test_a_file_that_was_cut_off_is_an_error_that_names_it(
    tiny_gguf: Path, tmp_path: Path
) -> None:
    for size in (4, 30, 2000):
        cut = tmp_path / f"{size}.gguf"
        cut.write_bytes(tiny_gguf.read_bytes()[:size])
        with pytest.raises(ModelError, match="damaged or cut off") as error:
            gguf.read_header(cut)
        assert error.value.where == str(cut)


def test_an_unknown_architecture_is_named_with_those_that_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    write_gguf(path, "rwkv7")
    with pytest.raises(ModelError, match="architecture 'rwkv7' cannot be read") as error:
        gguf.read_header(path)
    assert "llama" in error.value.fix
    assert "qwen3" in error.value.fix
