"""Takes the fingerprint of a training in the kernel that trains (see `numerics`).

What can be known before is taken before the trainer starts; the first batch, and the step it
belongs to, at the very moment the first step gets it. Draws no random number and changes none of
the trainer's state, so a training with it is the same as one without.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import psutil
import torch

from ftassist.files import write_json
from ftassist.recipes import audit, numerics
from ftassist.recipes._device import available_cores, device_name, precision
from ftassist.recipes._monitor import CheckSink
from ftassist.records.numerics import Fingerprint, Value

PROBE = (
    "The probe is always the same: seven apples and five pears make twelve pieces of fruit.",
    "A chemist counts 3 rings, 2 nitrogen atoms and 1 double bond in the drawing.",
    "Q: which row has the largest value in the second column? A: the fourth row.",
    "def total(values): return sum(values) / len(values) if values else 0.0",
)
"""The fixed texts whose loss is taken on every loaded model, whatever it is trained on."""
PROBE_TOKENS = 48
_WHOLE = 4_000_000
"""Numbers of a tensor up to which all of them are hashed; of a larger one, some of them."""
_FLAGS = ("sse4_2", "avx", "avx2", "fma", "avx_vnni", "amx_bf16", "amx_tile", "amx_int8")
_LIBRARIES = (
    "torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers",
    "safetensors", "numpy", "ftassist",
)  # fmt: skip
_VARIABLES = (
    "OMP_", "MKL_", "KMP_", "GOMP_", "ATEN_", "ONEDNN_", "DNNL_", "OPENBLAS_", "NVIDIA_TF32",
    "CUBLAS_", "TORCH_", "PYTORCH_", "PYTHONHASHSEED", "FTASSIST_PRECISION", "FTASSIST_DAY",
)  # fmt: skip
_NATIVE = ("libgomp", "libiomp", "libomp", "openblas", "libmkl", "libblas", "libtorch_cpu")
_trained = 0


class Recorder:
    """Writes the fingerprint of a training before its first step, and compares it with earlier.

    Args:
        folder: Where `numerics.json` lies.
        training: What is trained: a digest of arguments, rows and base.
        loaded: The libraries that were loaded before the recipe was called.
    """

    def __init__(self, folder: Path, training: str, loaded: Sequence[str]) -> None:
        self._folder = folder
        self._training = training
        self._loaded = list(loaded)
        self._fingerprint = Fingerprint()

    def part(self, name: str) -> Recorder:
        """A recorder for a training inside this one, such as the supervised epochs before it."""
        return Recorder(self._folder, f"{self._training}/{name}", self._loaded)

    def watch(
        self, trainer: Any, rows: Iterable[Sequence[int]] | None, log: CheckSink, step: int
    ) -> None:
        """Takes all that is known now; the rest, and the file, when the first step begins.

        Args:
            trainer: The trainer, about to start.
            rows: The tokens of the rows in the order of the first epoch; None where the trainer
                decides it.
            log: Where the comparison goes as an audit.
            step: The step it goes on from.
        """
        global _trained
        model, device = trainer.model, trainer.args.device
        self._fingerprint = Fingerprint(
            training=self._training,
            attempt=int(os.environ.get(numerics.ATTEMPT_VARIABLE) or 0),
            kernel=os.environ.get(numerics.KERNEL_VARIABLE, ""),
            step=step,
            settings=_settings(trainer, device),
            machine=_machine(device),
            versions={"python": platform.python_version(), **numerics.installed(_LIBRARIES)},
            variables=_variables(),
            process={"loaded_before": self._loaded, "trained_before": _trained},
            load={
                "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
                "free_mb": psutil.virtual_memory().available // 2**20,
            },
            probe=_probe(model, trainer.processing_class, device),
            inputs={
                **({"rows": _digest_of_rows(rows)} if rows is not None else {}),
                "weights": _digest_of_trained(model),
                "random": _digest_of_random(device),
            },
        )
        _trained += 1
        step_of_trainer = trainer.training_step

        def first_step(model: Any, inputs: Any, *arguments: Any, **more: Any) -> Any:
            del trainer.training_step
            self._finish(trainer.model, inputs, log)
            return step_of_trainer(model, inputs, *arguments, **more)

        trainer.training_step = first_step

    def _finish(self, model: Any, inputs: Any, log: CheckSink) -> None:
        seen = {
            **(self._fingerprint.inputs or {}),
            "first_batch": digest_of_batch(inputs),
            "weights_at_step": _digest_of_trained(model),
        }
        self._fingerprint = replace(self._fingerprint, inputs=seen)
        trainings = [*numerics.read_fingerprints(self._folder), self._fingerprint]
        known = [training.to_dict() for training in trainings]
        write_json(self._folder / numerics.FILE, {"schema": numerics.SCHEMA, "trainings": known})
        other = numerics.earlier(trainings)
        message = "numerics recorded before the first step"
        if other is not None:
            found = numerics.compare(other, self._fingerprint)
            message = found.sentence(numerics.name_of(other))
            print(message)  # noqa: T201 - the cell's output is the trial's log
        detail = {"digest": numerics.digest(self._fingerprint), "compared": other is not None}
        log.add(audit.Check("numerics", True, message, detail=detail))


def digest_of_batch(inputs: Any) -> str:
    """A digest of a batch as the trainer gives it: tensors, texts and numbers, however nested."""
    found = hashlib.blake2b(digest_size=8)

    def add(value: Any) -> None:
        if isinstance(value, torch.Tensor):
            found.update(f"{value.dtype}{tuple(value.shape)}".encode())
            found.update(_raw(value))
        elif isinstance(value, Mapping):
            for name in sorted(value, key=str):
                found.update(str(name).encode())
                add(value[name])
        elif isinstance(value, list | tuple):
            found.update(f"[{len(value)}".encode())
            for one in value:
                add(one)
        else:
            found.update(repr(value).encode())

    add(inputs)
    return found.hexdigest()


def _settings(trainer: Any, device: torch.device) -> dict[str, Value]:
    configuration = trainer.model.config
    return {
        "precision": "bf16" if trainer.args.bf16 else "float32",
        "weights": str(next(trainer.model.parameters()).dtype).removeprefix("torch."),
        "attention": str(getattr(configuration, "_attn_implementation", "")),
        "matmul": torch.get_float32_matmul_precision(),
        "threads": torch.get_num_threads(),
        "interop_threads": torch.get_num_interop_threads(),
        "omp_threads": _openmp("omp_get_max_threads"),
        "omp_dynamic": _openmp("omp_get_dynamic"),
        "onednn": bool(torch.backends.mkldnn.enabled),
        "mkl": torch._C.has_mkl,
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "flush_denormal": float(torch.tensor(1e-40) * 1) == 0.0,
        **({"tf32": torch.backends.cuda.matmul.allow_tf32} if device.type == "cuda" else {}),
    }


def _machine(device: torch.device) -> dict[str, Value]:
    model, flags = _processor()
    found: dict[str, Value] = {
        "device": device_name(device),
        "cpu": model,
        "flags": flags,
        "cores": available_cores(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "libraries": _native_libraries(),
    }
    if device.type == "cuda":
        found["cuda"] = str(torch.version.cuda)
        found["cudnn"] = str(torch.backends.cudnn.version())  # type: ignore[no-untyped-call]
        found["compute"] = "{}.{}".format(*torch.cuda.get_device_capability(device))
    return found


def _processor() -> tuple[str, list[str]]:
    """Its name, and those of its features that numerics libraries choose their code by."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine(), []
    pairs = (line.partition(":") for line in text.splitlines())
    first = {name.strip(): value.strip() for name, _, value in pairs}
    flags = sorted(
        flag
        for flag in (first.get("flags") or first.get("Features") or "").split()
        if flag in _FLAGS or flag.startswith(("avx512", "sve", "asimd"))
    )
    return first.get("model name", platform.machine()), flags


def _variables() -> dict[str, str]:
    names = sorted(name for name in os.environ if name.startswith(_VARIABLES))
    return {name: os.environ[name][:80] for name in names}


def _native_libraries() -> list[str]:
    """The OpenMP and BLAS libraries in this process; torch's own MKL and oneDNN are inside it."""
    try:
        text = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    names = {Path(line.split(None, 5)[5]).name for line in text.splitlines() if ".so" in line}
    return sorted(name for name in names if any(part in name for part in _NATIVE))


def _openmp(function: str) -> int | None:
    """What torch's OpenMP says; None where its library is not to be found."""
    try:
        return int(getattr(ctypes.CDLL(None), function)())
    except (OSError, AttributeError):
        pass
    folder = Path(torch.__file__).parent / "lib"
    for path in sorted([*folder.glob("libgomp*.so*"), *folder.glob("libiomp*.so*")]):
        try:
            return int(getattr(ctypes.CDLL(str(path)), function)())
        except (OSError, AttributeError):
            continue
    return None


def _probe(model: Any, tokenizer: Any, device: torch.device) -> dict[str, Value]:
    """The loss of the fixed texts: in the training's precision, and in float32 where it is not."""
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    ids = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in PROBE]
    width = min(PROBE_TOKENS, *(len(one) for one in ids))
    if width < 2:
        return {}
    batch = torch.tensor([one[:width] for one in ids], device=device)
    low = precision(device) == "bf16"
    found: dict[str, Value] = {"tokens": digest_of_batch(batch), "loss": _loss(model, batch, low)}
    if low and next(model.parameters()).dtype == torch.float32:
        found["float32"] = _loss(model, batch, False)
    return found


def _loss(model: Any, batch: torch.Tensor, low: bool) -> float:
    training = model.training
    model.eval()
    try:
        autocast = torch.autocast(batch.device.type, dtype=torch.bfloat16, enabled=low)
        with torch.no_grad(), autocast:
            logits = model(input_ids=batch, use_cache=False).logits[:, :-1].float()
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())
        return float(loss)
    finally:
        model.train(training)


def _digest_of_rows(rows: Iterable[Sequence[int]]) -> str:
    found = hashlib.blake2b(digest_size=8)
    for row in rows:
        found.update(numpy.asarray(row, dtype=numpy.int64).tobytes() + b";")
    return found.hexdigest()


def _digest_of_trained(model: Any) -> str:
    found = hashlib.blake2b(digest_size=8)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            found.update(name.encode())
            found.update(_raw(parameter.detach()))
    return found.hexdigest()


def _digest_of_random(device: torch.device) -> str:
    found = hashlib.blake2b(digest_size=8)
    found.update(_raw(torch.get_rng_state()))
    found.update(repr(random.getstate()).encode())
    kind, keys, *rest = numpy.random.get_state()
    found.update(f"{kind}{rest}".encode() + numpy.asarray(keys).tobytes())
    if device.type == "cuda":
        found.update(_raw(torch.cuda.get_rng_state(device)))
    return found.hexdigest()


def _raw(tensor: torch.Tensor) -> bytes:
    """The bytes of a tensor; of a large one, of evenly spaced numbers."""
    flat = tensor.detach().reshape(-1)
    if flat.numel() > _WHOLE:
        flat = flat[:: flat.numel() // _WHOLE + 1]
    return flat.contiguous().cpu().view(torch.uint8).numpy().tobytes()
