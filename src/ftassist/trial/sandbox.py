"""What a trial's kernel may see: its isolation and its environment variables.

The seam for isolation: so far there is only "none", which every trial started this way records.
Starts nothing itself (see `kernel`).
"""

from __future__ import annotations

import os
import site
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Isolation = Literal["none"]

_PASSED = frozenset({
    "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    "PYTHONPATH", "PYTHONWARNINGS", "SSL_CERT_FILE", "FTASSIST_TASKS", "FTASSIST_DATA",
    "FTASSIST_MODELS", "HF_HOME", "HF_HUB_CACHE", "TMPDIR", "OMP_NUM_THREADS",
})  # fmt: skip
_PASSED_PREFIXES = ("LC_", "CUDA_", "NVIDIA_", "NCCL_", "PYTORCH_")
_SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")


def available_isolation() -> Isolation:
    """The strongest isolation this machine offers to a trial's kernel."""
    return "none"


def kernel_environment(
    private: Path,
    *,
    model: str = "",
    gpu: str = "",
    evaluator: Mapping[str, str] | None = None,
    outer: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The environment variables of a trial's kernel: a short list of passed ones and our own.

    Args:
        private: A folder of the kernel's own, used as its home.
        model: The base model; one that lies on this machine sets the Hugging Face libraries
            offline.
        gpu: The identifier of the one device the kernel may see; "" for none.
        evaluator: Variables that lead to the evaluator.
        outer: The variables to pick from; by default this process's.
    """
    outer = os.environ if outer is None else outer
    env = {name: value for name, value in outer.items() if _passes(name)}
    env |= _private_folders(private, outer)
    env["CUDA_VISIBLE_DEVICES"] = gpu
    env["OMP_NUM_THREADS"] = outer.get("OMP_NUM_THREADS") or str(_cores())
    # Threads that spin while they wait make training ten times slower beside any other load.
    env["OMP_WAIT_POLICY"] = outer.get("OMP_WAIT_POLICY", "PASSIVE")
    env["TOKENIZERS_PARALLELISM"] = "false"
    env["PYTHONUNBUFFERED"] = "1"
    if is_local(model):
        env |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    return env | dict(evaluator or {})


def is_local(model: str) -> bool:
    """Whether a base model needs no network: a name that ships or a folder, not a hub id."""
    return "/" not in model or Path(model).expanduser().exists()


def _private_folders(private: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """A home without secrets; caches of models and user packages stay where they are."""
    home = Path(outer.get("HOME", "/nonexistent"))
    env = {
        "HOME": str(private),
        "IPYTHONDIR": str(private / "ipython"),
        "JUPYTER_CONFIG_DIR": str(private / "jupyter"),
        "JUPYTER_DATA_DIR": str(private / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "XDG_CACHE_HOME": str(private / "cache"),
        "MPLCONFIGDIR": str(private / "cache"),
        "HF_HOME": outer.get("HF_HOME", str(home / ".cache" / "huggingface")),
        "HF_DATASETS_CACHE": str(private / "datasets"),
    }
    if site.ENABLE_USER_SITE:
        env["PYTHONUSERBASE"] = outer.get("PYTHONUSERBASE", site.getuserbase())
    if "PYTHONPATH" in outer:
        parts = [str(Path(p).absolute()) for p in outer["PYTHONPATH"].split(os.pathsep) if p]
        env["PYTHONPATH"] = os.pathsep.join(parts)
    return env


def _passes(name: str) -> bool:
    if any(word in name.upper() for word in _SECRET_WORDS):
        return False
    return name in _PASSED or name.startswith(_PASSED_PREFIXES)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
