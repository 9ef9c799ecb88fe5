"""Merging of adapters with peft; imported when `train.merge` is called."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from peft import PeftConfig, PeftModel

from ftassist.errors import CellError, ModelError
from ftassist.files import write_json
from ftassist.recipes import audit, models
from ftassist.recipes.running import AuditLog
from ftassist.recipes.saving import write_folder

_MERGED = "merged"


def merge_adapters(
    model: str, adapters: list[str], output: str, weights: list[float]
) -> dict[str, Any]:
    """Merges adapters; see `train.merge`."""
    if len(adapters) < 2 or len(weights) != len(adapters):
        raise CellError(
            f"{len(adapters)} adapters with {len(weights)} weights cannot be merged",
            where="train.merge",
            fix="name two adapters or more, and one weight for each",
        )
    loaded = models.load(model)
    ranks = [_rank(path, loaded.location) for path in adapters]
    merged = PeftModel.from_pretrained(loaded.model, adapters[0], adapter_name="a0")
    for number, path in enumerate(adapters[1:], start=1):
        merged.load_adapter(path, adapter_name=f"a{number}")
    names = [f"a{number}" for number in range(len(adapters))]
    # Concatenating keeps the exact sum of what the adapters add, also for different ranks.
    merged.add_weighted_adapter(names, weights, _MERGED, combination_type="cat")
    merged.set_adapter(_MERGED)
    record = {"adapters": adapters, "weights": weights, "rank": sum(ranks)}
    log = AuditLog(Path(output).resolve().parent / "audit.json")
    message = f"{len(adapters)} adapters of ranks {ranks} become one of rank {sum(ranks)}"
    log.add(audit.Check("merge", True, message, detail=record))

    def write(folder: Path) -> None:
        merged.save_pretrained(folder, selected_adapters=[_MERGED], save_embedding_layers=False)
        for path in (folder / _MERGED).iterdir():
            shutil.move(str(path), folder / path.name)
        (folder / _MERGED).rmdir()
        loaded.tokenizer.save_pretrained(folder)
        write_json(
            folder / "training.json",
            {"arguments": record, "base": loaded.location, "method": "merge"},
        )

    write_folder(Path(output).resolve(), write)
    return record


def _rank(path: str, base: str) -> int:
    """The rank of an adapter of this base."""
    try:
        config = PeftConfig.from_pretrained(path)
    except (ValueError, OSError) as error:
        raise ModelError(
            f"{path!r} holds no adapter", where="train.merge", fix="train it before in this cell"
        ) from error
    if Path(str(config.base_model_name_or_path)).name != Path(base).name:
        raise ModelError(
            f"the adapter {path!r} belongs to {config.base_model_name_or_path!r}",
            where="train.merge",
            fix="merge adapters of the named base only",
        )
    return int(config.r)
