"""What fits on a device: an estimate for each way of training, before any trial has run.

Weights, gradients and the two moments of AdamW are counted. What the activations of a token need
is an estimate for transformers (Korthikanti et al., arXiv 2205.05198): 34 bytes a layer and unit
of width in 16 bits, twice that in 32, without the attention matrix, which is not kept; with
checkpointing 2 bytes a layer and unit, and one layer in full. All logits of a row are held only
where the vocabulary is small. The first steps of a real training measure what is so.

A training that is out of memory all the same is run once more, with half the batch and twice the
accumulation: the optimizer steps stay exactly the same size, so the trial tests the same
hypothesis; its cell changes, and the event says how. A cell that is more than a call of the recipe
is a person's own and is not rewritten.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ftassist.agent.advice import half_batch
from ftassist.agent.cells import parse, render
from ftassist.agent.training_settings import TrainingSettings
from ftassist.files import read_json
from ftassist.journal.state import Trial
from ftassist.models import find
from ftassist.recipes import train

RANK = 16
"""Rank of the adapters, the default of `train.sft`."""
SHARE = 0.9
"""The part of the memory that a training may take."""
MIB = 2**20

_GRADIENT_AND_MOMENTS = 12  # bytes for each trained parameter, as `recipes.audit.memory` counts
_FOUR_BITS = 0.55  # bytes for each weight in NF4 with its scales
_LAYER, _KEPT = 34, 2
_SMALL_VOCABULARY = 65_536
_HEADER_MOST = 100 * MIB


@dataclass(frozen=True)
class MemoryShape:
    """The sizes of a model that its memory depends on.

    Attributes:
        parameters: All parameters.
        linear: Parameters in the matrices of its layers.
        adapter: Parameters of an adapter of rank `RANK` on these.
        width: Its hidden size.
        vocabulary: Its tokens.
        context: Tokens it reads at once; 0 where it does not say.
    """

    parameters: int
    linear: int
    adapter: int
    layers: int
    width: int
    vocabulary: int
    context: int


@dataclass(frozen=True)
class Fit:
    """One way of training on a device.

    Attributes:
        method: "full", "lora" or "qlora".
        checkpointing: Whether activations are recomputed.
        weights_mb: The model's weights, in MiB.
        training_mb: Gradients and optimizer, in MiB.
        longest_row: Tokens of the longest row that fits, alone in its batch; 0 where none does.
    """

    method: str
    checkpointing: bool
    weights_mb: int
    training_mb: int
    longest_row: int


def memory_table(model: str, memory_mb: float, *, gpu: bool) -> list[dict[str, Any]]:
    """The rows of the table, as JSON values; none for a model that is not on this machine.

    Args:
        model: The base model, as named.
        memory_mb: The device's memory, in MiB.
        gpu: Whether it is a GPU, where the frozen base of an adapter takes 16 bits.
    """
    folder = model_folder(model)
    shape = shape_of(folder) if folder is not None else None
    if shape is None:
        return []
    methods = ("full", "lora", "qlora") if gpu else ("full", "lora")
    return [
        asdict(fit(shape, method, memory_mb, gpu=gpu, checkpointing=checkpointing))
        for method in methods
        for checkpointing in (False, True)
    ]


def fit(
    shape: MemoryShape, method: str, memory_mb: float, *, gpu: bool, checkpointing: bool
) -> Fit:
    """What one way of training needs, and the longest row it leaves room for."""
    width = 2 if gpu and method != "full" else 4
    trained = shape.parameters if method == "full" else shape.adapter
    weights = float(shape.parameters * width)
    if method == "qlora":
        weights = shape.linear * _FOUR_BITS + (shape.parameters - shape.linear) * width
    training = _GRADIENT_AND_MOMENTS * trained
    layers = _KEPT * shape.layers + _LAYER if checkpointing else _LAYER * shape.layers
    logits = 4 * shape.vocabulary if shape.vocabulary <= _SMALL_VOCABULARY else 0
    of_a_token = layers * shape.width * width / 2 + logits
    room = SHARE * memory_mb * MIB - weights - training
    longest = max(0, int(room / of_a_token))
    return Fit(
        method,
        checkpointing,
        math.ceil(weights / MIB),
        math.ceil(training / MIB),
        min(longest, shape.context) if shape.context else longest,
    )


def model_folder(model: str) -> Path | None:
    """Where a model's files lie on this machine; asks no network."""
    found = find(model)
    return found.path if found and not found.gguf_file else None


def shape_of(folder: Path) -> MemoryShape | None:
    """The shape of a model; None where its files do not tell."""
    weights = sorted(folder.glob("*.safetensors"))
    config = folder / "config.json"
    if not weights or not config.is_file():
        return None
    document = read_json(config)
    described = document.get("text_config", document)
    sizes = [size for path in weights for size in _tensors(path)]
    layers, width = described.get("num_hidden_layers"), described.get("hidden_size")
    if not sizes or not layers or not width:
        return None
    vocabulary = int(described.get("vocab_size", 0))
    linear = [size for size in sizes if len(size) == 2 and vocabulary not in size]
    return MemoryShape(
        parameters=sum(map(math.prod, sizes)),
        linear=sum(map(math.prod, linear)),
        adapter=sum(RANK * sum(size) for size in linear),
        layers=int(layers),
        width=int(width),
        vocabulary=vocabulary,
        context=int(described.get("max_position_embeddings") or 0),
    )


def _tensors(path: Path) -> Iterator[list[int]]:
    """The shapes of a file's tensors, from its header: 8 bytes of length, then JSON."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _HEADER_MOST:
            return
        try:
            header: Mapping[str, Any] = json.loads(file.read(length))
        except ValueError:
            return
    for name, tensor in header.items():
        if name != "__metadata__":
            yield list(tensor["shape"])


def halved_batch(trial: Trial) -> tuple[str, dict[str, Any]] | None:
    """The trial and the payload of its `trial.retried` event; None where there is no retry.

    A trial is retried once, if it failed in its train stage for want of memory.
    """
    failure = trial.failure
    if trial.retries or failure.class_ != "OOM" or failure.stage != "train":
        return None
    calls = parse("train", trial.cells.get("train", ""))
    if calls is None or [call.function for call in calls].count("train.sft") != 1:
        return None
    (call,) = (call for call in calls if call.function == "train.sft")
    names = ("batch_size", "accumulation")
    batch, accumulation = (_argument(call.keywords, name) for name in names)
    if not isinstance(batch, int) or not isinstance(accumulation, int):
        return None
    changes = half_batch(TrainingSettings(batch_size=batch, accumulation=accumulation))
    devices = _argument(call.keywords, "devices")
    if not changes or (isinstance(devices, int) and changes["batch_size"] % devices):
        return None  # each device has one row of a batch already
    changed = call.with_keywords(**changes)
    half, passes = (changes[name] for name in names)
    source = render("train", [changed if c is call else c for c in calls])
    return trial.id, {
        "reason": f"out of memory: {failure.message}",
        "stage": "train",
        "source": source,
        "change": f"batch_size {batch} -> {half}, accumulation {accumulation} -> {passes}",
        "peak_memory_mb": failure.peak_memory_mb,
        "cuda_peak_mb": failure.cuda_peak_mb,
    }


def _argument(keywords: Any, name: str) -> Any:
    """The value of an argument of `train.sft`, its default where the cell names none."""
    if name in keywords:
        return keywords[name]
    return inspect.signature(train.sft).parameters[name].default
