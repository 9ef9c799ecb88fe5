"""Safetensors files of a base model, looked at without loading them: whole, plain, finite.

A file is 8 bytes with the length of its header, the header (JSON: each tensor's type, shape and
place), and the numbers. From that it is plain whether a file is cut off or only a pointer to one;
numbers are sampled where there are very many. Needs neither torch nor transformers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ftassist.errors import ModelError

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
LOOKED_AT = 256 * 2**20
"""Most bytes of weights that are searched for numbers that are not finite; more are sampled."""

_HEADER_MOST = 100 * 2**20
_BLOCK = 64 * 1024
_POINTERS = (
    (b"version https://git-lfs", "Git LFS", "run `git lfs pull` in its folder"),
    (b"# xet version", "Xet", "download the file itself, with `hf download`"),
    (b"/annex/objects/", "git-annex", "run `git annex get` in its folder"),
)
_EXPONENTS = {"F64": ("<u8", 0x7FF0 << 48), "F32": ("<u4", 0x7F80 << 16), "F16": ("<u2", 0x7C00)}
_EXPONENTS["BF16"] = ("<u2", 0x7F80)
"""By type: how its numbers are read, and the bits that are all set in NaN and infinity."""


@dataclass(frozen=True)
class Tensor:
    """A tensor as a header tells of it: its place is in bytes from the file's beginning."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a base, all of them there.

    Raises:
        ModelError: There are none, one is missing, or the index cannot be read.
    """
    if (folder / "adapter_config.json").is_file():
        raise ModelError(
            f"the folder {folder.name!r} holds an adapter, not a model",
            where=str(folder),
            fix="name its base model, or merge the adapter into it first",
        )
    names = [WEIGHTS]
    if not (folder / WEIGHTS).exists() and (folder / INDEX).exists():
        names = sorted(set(index_of(folder).values()))
    missing = [name for name in names if not (folder / name).exists()]
    for name in missing:
        if (folder / name).is_symlink():
            refuse_pointer(folder / name)
    if missing:
        raise _missing(folder, missing, len(names))
    return [folder / name for name in names]


def index_of(folder: Path) -> dict[str, str]:
    """Which shard holds which tensor, as the index says.

    Raises:
        ModelError: It is no such list, or names files elsewhere.
    """
    listed = read_object(folder / INDEX).get("weight_map")
    if not isinstance(listed, dict) or not listed:
        raise _unusable("the index of the weights lists no tensors", folder / INDEX)
    for name in set(map(str, listed.values())):
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise _unusable(f"the index names {name!r}, which is no shard here", folder / INDEX)
    return {str(tensor): str(name) for tensor, name in listed.items()}


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object of a base's folder.

    Raises:
        ModelError: It is none, or a pointer to a file that was not fetched.
    """
    refuse_pointer(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(f"{path.name} cannot be read: {error}", path) from error
    if not isinstance(document, dict):
        raise _unusable(f"{path.name} is no JSON object", path)
    return document


def refuse_pointer(path: Path) -> None:
    """Refuses a file that only says where the real one is, and a link to nothing.

    Raises:
        ModelError: It is one; says how to get the file.
    """
    if path.is_symlink() and not path.exists():
        raise _unusable(
            f"{path.name} is a link to a file that is not there",
            path,
            fix=f"download the model again; {path.readlink()} is missing",
        )
    try:
        with path.open("rb") as file:
            start = file.read(256)
    except OSError as error:
        raise _unusable(f"{path.name} cannot be read: {error.strerror}", path) from error
    for mark, tool, fix in _POINTERS:
        if mark in start[:64] or (tool == "git-annex" and mark in start and len(start) < 256):
            raise _unusable(f"{path.name} is a pointer of {tool}, not the file itself", path, fix)


def tensors_of(path: Path) -> list[Tensor]:
    """The tensors of a file that is whole.

    Raises:
        ModelError: It is a pointer, cut off, or no safetensors file.
    """
    refuse_pointer(path)
    size = path.stat().st_size
    if size < 8:
        raise _cut(path, f"it has {size} bytes")
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(_HEADER_MOST, size - 8):
            raise _cut(path, f"its header would be {length:,} bytes, the file has {size:,}")
        raw = file.read(length)
    try:
        header = json.loads(raw)
        found = [
            Tensor(
                str(name),
                str(tensor["dtype"]),
                tuple(map(int, tensor["shape"])),
                8 + length + int(tensor["data_offsets"][0]),
                8 + length + int(tensor["data_offsets"][1]),
            )
            for name, tensor in header.items()
            if name != "__metadata__"
        ]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise _cut(path, f"its header cannot be read: {error}") from error
    end = max((tensor.end for tensor in found), default=8 + length)
    if end != size:
        raise _cut(path, f"it has {size:,} bytes where its header wants {end:,}")
    return found


def check_plain(path: Path, tensors: Sequence[Tensor]) -> None:
    """Refuses matrices that are no plain numbers, such as quantised ones.

    Raises:
        ModelError: Names the first.
    """
    for tensor in tensors:
        if len(tensor.shape) > 1 and tensor.dtype not in _EXPONENTS:
            raise _unusable(
                f"the weights are stored as {tensor.dtype} ({tensor.name})",
                path,
                fix="use the model in 16 or 32 bits: quantised weights cannot be fine-tuned here",
            )


def check_finite(files: Sequence[tuple[Path, Sequence[Tensor]]]) -> None:
    """Refuses weights with numbers that are NaN or infinite; looks at `LOOKED_AT` bytes at most.

    Raises:
        ModelError: Names the first tensor with one.
    """
    import numpy as np

    total = sum(tensor.end - tensor.begin for _, tensors in files for tensor in tensors)
    share = min(1.0, LOOKED_AT / total) if total else 1.0
    for path, tensors in files:
        numbers = np.memmap(path, dtype=np.uint8, mode="r")
        for tensor in tensors:
            if tensor.dtype in _EXPONENTS and not _finite(numbers, tensor, share):
                raise _unusable(
                    f"the weights hold numbers that are not finite: {tensor.name}",
                    path,
                    fix="download the model again, or use another one: a model with NaN or "
                    "infinite weights answers nothing",
                )


def _finite(numbers: Any, tensor: Tensor, share: float) -> bool:
    """Whether no number of a tensor, or of its sample, is NaN or infinite."""
    import numpy as np

    kind, mask = _EXPONENTS[tensor.dtype]
    for begin, end in _blocks(tensor, share):
        bits = np.frombuffer(numbers[begin:end].tobytes(), dtype=kind)
        wanted = bits.dtype.type(mask)
        if bool(np.any((bits & wanted) == wanted)):
            return False
    return True


def _blocks(tensor: Tensor, share: float) -> Iterator[tuple[int, int]]:
    """Parts of a tensor, evenly over it, that make up about its share; the last one among them."""
    length = tensor.end - tensor.begin
    blocks = -(-length // _BLOCK)
    wanted = max(1, round(blocks * share))
    for begin in islice(range(0, length, _BLOCK), 0, None, max(1, blocks // wanted)):
        yield tensor.begin + begin, tensor.begin + min(begin + _BLOCK, length)
    if wanted < blocks:
        yield tensor.begin + (blocks - 1) * _BLOCK, tensor.end


def _missing(folder: Path, missing: list[str], of: int) -> ModelError:
    """The error that weight files are not there, by what is there instead."""
    if of > 1:
        return _unusable(
            f"{len(missing)} of {of} weight files are missing: {', '.join(missing[:3])}",
            folder,
            fix="download the model again, all of it",
        )
    pickled = sorted(p.name for p in folder.iterdir() if p.suffix in {".bin", ".pt", ".pth"})
    if pickled:
        return _unusable(
            f"the weights are pickled ({pickled[0]}); only safetensors are loaded, never pickle",
            folder,
            fix="load it with transformers where you trust it and save it again with "
            "save_pretrained, which writes safetensors",
        )
    return _unusable(f"the model folder has no {missing[0]}", folder, fix="download it again")


def _cut(path: Path, why: str) -> ModelError:
    return _unusable(
        f"{path.name} is cut off or no safetensors file: {why}",
        path,
        fix="download it again; a broken download or a full disk leaves half a file",
    )


def _unusable(what: str, where: Path, fix: str = "") -> ModelError:
    return ModelError(what, where=str(where), fix=fix or "download the model again")
