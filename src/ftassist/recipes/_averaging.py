"""Averaging of trained weights with the base's; imported when `train.average` is called.

An adapter's second matrices are scaled, which is the same average of the weights it stands for,
exactly. Of whole weights every tensor goes the same share of the way from the base.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ftassist.errors import CellError, ModelError
from ftassist.files import write_json
from ftassist.recipes import audit, models
from ftassist.recipes.running import AuditLog
from ftassist.recipes.saving import write_folder

_WHERE = "train.average"
_ADAPTER = "adapter_model.safetensors"
_CLOSE = 0.01
"""How far the way that was gone may be from the share, for the rounding of stored numbers."""


def average_with_base(model: str, trained: str, output: str, share: float) -> dict[str, Any]:
    """Averages what was trained with its base; see `train.average`."""
    source = Path(trained)
    if not 0 < share <= 1:
        raise CellError(
            f"share={share!r} is not possible", where=_WHERE, fix="a share above 0, at most 1"
        )
    if source.resolve() == Path(output).resolve():
        raise CellError(
            f"{trained!r} cannot be averaged into itself",
            where=_WHERE,
            fix='train into a folder of its own, such as "trained"',
        )
    adapter = (source / "adapter_config.json").is_file()
    if not adapter and not (source / "config.json").is_file():
        raise ModelError(
            f"{trained!r} holds no trained model", where=_WHERE, fix="train it before in this cell"
        )
    record: dict[str, Any] = {"trained": trained, "share": share}
    gone = [math.nan]

    def write(folder: Path) -> None:
        shutil.copytree(source, folder, dirs_exist_ok=True)
        gone[0] = _scale(source, folder, share) if adapter else _go(model, source, folder, share)
        told = json.loads((folder / "training.json").read_text(encoding="utf-8"))
        write_json(folder / "training.json", {**told, "average": record})

    log = AuditLog.going_on(Path(output).resolve().parent / "audit.json")
    write_folder(Path(output).resolve(), write)
    record["gone"] = round(gone[0], 4)
    log.add(_check(record))
    return record


def _check(record: dict[str, Any]) -> audit.Check:
    """Whether what was saved stands where it should between the base and what was trained."""
    share, gone = record["share"], record["gone"]
    return audit.Check(
        "average",
        abs(gone - share) <= _CLOSE,
        f"the saved weights go {gone:.0%} of the way from the base to what was trained",
        fix=f"they should go {share:.0%}; train in float32, or save an adapter",
        detail=record,
    )


def _scale(source: Path, folder: Path, share: float) -> float:
    """Saves an adapter scaled; returns the share of what it added that it adds now."""
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    weights = load_file(source / _ADAPTER)
    scaled = {name for name in weights if ".lora_B." in name or ".lora_embedding_B." in name}
    plain = {name for name in weights if ".lora_A." in name or ".lora_embedding_A." in name}
    others = sorted(set(weights) - scaled - plain)
    if others or not scaled:
        raise CellError(
            f"an adapter with {others[:1] or 'nothing in it'} is no plain LoRA adapter",
            where=_WHERE,
            fix='train with method="lora" or "full"',
        )
    before = _norm(weights[name] for name in scaled)
    with safe_open(source / _ADAPTER, framework="pt") as file:
        told = file.metadata()
    new = {n: (w * share).to(w.dtype) if n in scaled else w for n, w in weights.items()}
    save_file(new, folder / _ADAPTER, metadata=told)
    # An adapter that adds nothing yet (of a run of one step) is the base, wherever it goes.
    return _norm(new[name] for name in scaled) / before if before else share


def _go(model: str, source: Path, folder: Path, share: float) -> float:
    """Saves whole weights that go a share of the way; returns the way that was gone."""
    import torch
    from transformers import AutoModelForCausalLM

    base = dict(models.load(model).model.named_parameters())
    trained = AutoModelForCausalLM.from_pretrained(
        source, dtype="auto", use_safetensors=True, trust_remote_code=False
    )
    whole: list[float] = []
    gone: list[float] = []
    with torch.inference_mode():
        for name, weights in trained.named_parameters():
            old = base.get(name)
            if old is None or old.shape != weights.shape:
                raise ModelError(
                    f"{name} is not as in the base {model!r}",
                    where=str(source),
                    fix="average a model with the base it was trained from",
                )
            whole.append(float((weights.float() - old).norm()))
            weights.copy_(torch.lerp(old, weights.float(), share))
            gone.append(float((weights.float() - old).norm()))
    for path in folder.glob("*.safetensors*"):
        path.unlink()
    trained.save_pretrained(folder)
    return math.hypot(*gone) / math.hypot(*whole) if any(whole) else share


def _norm(tensors: Iterable[Any]) -> float:
    """The length of tensors as one vector."""
    return math.hypot(*(float(tensor.float().norm()) for tensor in tensors))
