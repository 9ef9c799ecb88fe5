"""Ways to spoil a copy of the model that ships."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

WEIGHTS = "model.safetensors"


def edit(path: Path, **changes: Any) -> None:
    """Changes keys of a JSON file; None removes one."""
    document = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({k: v for k, v in document.items() if v is not None}))


def change(folder: Path, work: Callable[[dict[str, Any]], Any]) -> None:
    """Changes the tensors of a folder."""
    tensors = load_file(folder / WEIGHTS)
    work(tensors)
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def shard(folder: Path) -> None:
    """Divides the weights into two files with an index."""
    tensors = load_file(folder / WEIGHTS)
    names = sorted(tensors)
    half = len(names) // 2
    listed: dict[str, str] = {}
    for number, part in enumerate((names[:half], names[half:]), start=1):
        file = f"model-0000{number}-of-00002.safetensors"
        save_file({n: tensors[n] for n in part}, folder / file, metadata={"format": "pt"})
        listed |= dict.fromkeys(part, file)
    (folder / f"{WEIGHTS}.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": listed})
    )
    (folder / WEIGHTS).unlink()
