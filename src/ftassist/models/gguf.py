"""GGUF files as base models: their weights are taken out once, into a folder of safetensors.

A GGUF file holds weights in blocks of few bits with scales, as llama.cpp reads them. transformers
makes plain tensors of them; a model loaded so cannot be saved, a fresh one with the same weights
can. Trials, evaluator and sandbox then need to know nothing of GGUF. What comes out is what the
file holds: from a 4-bit file not the published weights to the bit.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
from pathlib import Path
from typing import Any

from ftassist.errors import ModelError
from ftassist.files import read_json, write_atomic

SUFFIX = ".gguf"
_MAGIC = b"GGUF"


def is_gguf(path: Path) -> bool:
    """Whether a file is one, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(4) == _MAGIC
    except OSError:
        return False


def convert(path: Path, folder: Path) -> str:
    """Writes the model of a GGUF file into a folder, in 16 bits; says what to know of it.

    Args:
        path: The file.
        folder: An empty or missing folder.

    Raises:
        ModelError: No GGUF file, one of a kind that transformers does not know, or a damaged one.
    """
    header = read_header(path)
    loaded = _load(path)
    model = _fresh(loaded["model"])
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    loaded["tokenizer"].save_pretrained(folder)
    _drop_unembedded(folder / "tokenizer.json", model.get_input_embeddings().num_embeddings)
    return note_of(header)


def read_header(path: Path) -> dict[str, Any]:
    """Architecture, name, licence and kind of file that a GGUF file states of itself.

    Raises:
        ModelError: It is none, it is cut off, or transformers does not know its architecture.
    """
    if not is_gguf(path):
        raise ModelError(
            f"{path.name!r} is no GGUF file",
            where=str(path),
            fix="give a file that begins with the letters GGUF; one of a few hundred bytes is "
            "often a pointer of Git LFS: fetch the file itself",
        )
    from gguf import GGUFReader

    try:
        reader = GGUFReader(str(path))
        known = {name: reader.fields[name].contents() for name in _NAMES if name in reader.fields}
    except (ValueError, KeyError, IndexError, OSError, OverflowError) as error:
        raise ModelError(
            f"the GGUF file is damaged or cut off: {error}",
            where=str(path),
            fix="fetch it again and compare its size",
        ) from error
    _check_architecture(str(known.get("general.architecture", "")), path)
    return known


_NAMES = ("general.architecture", "general.name", "general.license", "general.file_type")


def note_of(header: dict[str, Any]) -> str:
    """What to know of a model that comes from a file of few bits; "" from 16 or 32 bits."""
    from gguf import LlamaFileType

    kind = header.get("general.file_type")
    if kind in (LlamaFileType.ALL_F32, LlamaFileType.MOSTLY_F16, LlamaFileType.MOSTLY_BF16):
        return ""
    name = LlamaFileType(kind).name.removeprefix("MOSTLY_") if kind is not None else "few bits"
    bits = next((sign for sign in name if sign.isdigit()), "few")
    return f"from a {bits}-bit file ({name}), not the published weights to the bit"


def _check_architecture(name: str, path: Path) -> None:
    from transformers.modeling_gguf_pytorch_utils import GGUF_SUPPORTED_ARCHITECTURES

    known = sorted(set(GGUF_SUPPORTED_ARCHITECTURES) - {"general", "tokenizer", "t5", "umt5"})
    if name not in known:
        raise ModelError(
            f"a GGUF file of the architecture {name!r} cannot be read",
            where=str(path),
            fix=f"transformers reads: {', '.join(known)}; or give the model's own folder of "
            "safetensors",
        )


def _drop_unembedded(path: Path, embedded: int) -> None:
    """Takes tokens out that the converter added and the model has no embedding for."""
    if not path.is_file():
        return
    document = read_json(path)
    document["added_tokens"] = [t for t in document["added_tokens"] if t["id"] < embedded]
    write_atomic(path, json.dumps(document, ensure_ascii=False, indent=2))


def _load(path: Path) -> dict[str, Any]:
    """Model and tokenizer, as transformers reads them."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    try:
        # Its own bars go to stderr whatever one says; the caller tells the progress.
        with contextlib.redirect_stderr(io.StringIO()):
            return {
                "tokenizer": AutoTokenizer.from_pretrained(**where),
                "model": AutoModelForCausalLM.from_pretrained(**where, dtype=torch.bfloat16),
            }
    except (ValueError, KeyError, IndexError, OSError, RuntimeError, NotImplementedError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"the GGUF file cannot be made a model: {first}",
            where=str(path),
            fix="fetch it again, or give the model's own folder of safetensors",
        ) from error


def _fresh(loaded: Any) -> Any:
    """The same model without a trace of the file: one that can be saved."""
    from transformers import AutoModelForCausalLM

    config = copy.deepcopy(loaded.config)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    config.name_or_path = ""
    model = AutoModelForCausalLM.from_config(config, dtype=loaded.dtype)
    model.load_state_dict(loaded.state_dict())
    model.generation_config = loaded.generation_config
    return model
