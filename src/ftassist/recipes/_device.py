"""The device a training runs on: which one, what it computes in, how much memory it has.

Imports torch, so it is loaded only when a training starts.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any

import psutil
import torch

from ftassist.errors import FtassistError
from ftassist.recipes import audit
from ftassist.recipes._ranks import ranks
from ftassist.recipes.arguments import ADAPTERS, PRECISION


def choose_device() -> torch.device:
    """The GPU, if one is visible, else the CPU with all cores that this process may use.

    Raises:
        FtassistError: Several GPUs are visible; a trial uses exactly one.
    """
    if torch.cuda.is_available():
        if ranks() > 1:
            device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(device)
            return device
        if gpus() > 1:
            raise FtassistError(
                f"{gpus()} GPUs are visible, this training is for one",
                where="train.sft",
                fix=f"give devices={gpus()}, or start the kernel with CUDA_VISIBLE_DEVICES=0",
            )
        return torch.device("cuda")
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(available_cores())
    return torch.device("cpu")


def gpus() -> int:
    """How many GPUs this process sees; asks without taking one."""
    return torch.cuda.device_count()


def available_cores() -> int:
    """The number of cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def precision(device: torch.device) -> str:
    """The type to compute in: "bf16" where the device has it natively, else "float32".

    The environment variable FTASSIST_PRECISION decides otherwise.

    Raises:
        FtassistError: The variable names neither.
    """
    if wanted := os.environ.get(PRECISION):
        if wanted not in ("bf16", "float32"):
            raise FtassistError(
                f"{PRECISION} is {wanted!r}, not a precision to train in",
                where="train",
                fix="set it to bf16 or float32, or unset it",
            )
        return wanted
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "float32"
    return "bf16" if _cpu_has_bf16() else "float32"


def weight_type(method: str, device: torch.device) -> torch.dtype:
    """The type of the loaded weights: float32, or bf16 for the frozen base of LoRA on a GPU."""
    frozen = method in ADAPTERS and device.type == "cuda" and precision(device) == "bf16"
    return torch.bfloat16 if frozen else torch.float32


def memory_check(model: Any, device: torch.device) -> audit.Check:
    """Whether gradients and optimizer fit into the memory that is free."""
    weights = sum(p.numel() * p.element_size() for p in model.parameters())
    if device.type == "cuda":
        available = torch.cuda.mem_get_info(device)[0]
    else:
        available = psutil.virtual_memory().available
    return audit.memory(weights, count_trained(model), available)


def count_trained(model: Any) -> int:
    """The number of parameters that are trained."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def peak_memory(device: torch.device) -> int:
    """The largest memory so far in bytes: of the GPU, or of this process."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def current_memory(device: torch.device) -> int:
    """The memory in use now, in bytes: of the GPU, or of this process."""
    if device.type == "cuda":
        return int(torch.cuda.memory_allocated(device))
    return int(psutil.Process().memory_info().rss)


def device_name(device: torch.device) -> str:
    """The name of the GPU, or "cpu"."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def _cpu_has_bf16() -> bool:
    """Whether the processor multiplies bf16 natively; emulated, it is slower than float32."""
    information = Path("/proc/cpuinfo")
    if not information.is_file():
        return False
    text = information.read_text(encoding="utf-8", errors="replace")
    return any(flag in text for flag in ("avx512_bf16", "amx_bf16"))
