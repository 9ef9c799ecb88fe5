"""What a trial's kernel, or a sandboxed notebook's, may see: walls and environment variables.

What stands behind the walls is decided here, how they are built in `isolation`. Starts nothing
itself (see `kernel`).
"""

from __future__ import annotations

import os
import site
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psutil

from ftassist.dojo.task import CATALOG, PANEL, task_folders
from ftassist.errors import FtassistError, IsolationError
from ftassist.isolation.limits import MIB, Limits
from ftassist.isolation.support import Isolation, probe
from ftassist.isolation.system import (
    gpu_devices,
    gpu_paths,
    is_too_wide,
    library_paths,
    python_paths,
    system_paths,
)
from ftassist.isolation.walls import HOME, Walls
from ftassist.models import find, store
from ftassist.models.links import own_files
from ftassist.models.reference import DATA_VARIABLE

INSIDE = Path("/trial")
"""Where an isolated trial's folder lies for its kernel."""
MEMORY_VARIABLE = "FTASSIST_MEMORY_MB"
DISK_VARIABLE = "FTASSIST_DISK_MB"
_MEMORY_SHARE = 0.85

_PASSED = frozenset({
    "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    "PYTHONPATH", "PYTHONWARNINGS", "SSL_CERT_FILE", "FTASSIST_TASKS", "FTASSIST_DATA",
    "FTASSIST_MODELS", "FTASSIST_PRECISION", "HF_HOME", "HF_HUB_CACHE", "TMPDIR",
    "OMP_NUM_THREADS",
})  # fmt: skip
_PASSED_PREFIXES = ("LC_", "CUDA_", "NVIDIA_", "NCCL_", "PYTORCH_")
_NOTEBOOK_PRIVATE = ("campaigns", ".git", ".env", ".ssh", ".netrc", ".aws", ".config")
_SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")


def available_isolation() -> Isolation:
    """The strongest isolation this machine offers to a trial's kernel."""
    return probe().isolation


def trial_walls(
    folder: Path,
    private: Path,
    *,
    campaign: Path,
    model: str = "",
    repository: str = "",
    teacher: str = "",
    gpu: str | None = "",
    memory_mb: float = 0.0,
) -> Walls:
    """The walls around a trial's kernel.

    Args:
        folder: The trial's folder, or the one that will become it; at `INSIDE` inside.
        private: The kernel's own folder, with its sockets; at the same path inside.
        campaign: The campaign's folder, of which nothing else is seen.
        model: The base model.
        repository: The data repository: a task's key or a folder.
        teacher: A stronger model that cells may learn from; "" for none.
        gpu: The identifier of the one device it may use; "" for none, None for any.
        memory_mb: The most memory it may use, in MiB; 0 for the usual share of the machine.
    """
    hidden, shown = task_views(repository)
    devices = gpu_devices(gpu or "") if gpu is None or gpu else []
    return Walls(
        INSIDE,
        readable=[
            *common_readable(),
            *model_paths(model),
            *model_paths(teacher),
            *(gpu_paths() if devices else []),
        ],
        hidden=[campaign, *hidden],
        shown=shown,
        writable={INSIDE: folder, private: private},
        devices=devices,
        limits=default_limits(memory_mb),
    )


def common_readable() -> list[Path]:
    """The system, this interpreter and its packages."""
    return [*system_paths(), *python_paths(), *library_paths()]


def task_views(repository: str = "") -> tuple[list[Path], list[Path]]:
    """What is hidden of the tasks, and what is shown: cards and data repositories.

    Args:
        repository: One more data repository: a task's key or a folder.
    """
    folders = list(task_folders().values())
    named = Path(repository)
    extra: list[Path] = []
    if repository and (named / "card.yaml").is_file():
        folders.append(named)
    elif repository and named.is_dir():
        extra.append(named)
    shown = [part for one in folders for part in _readable_of_task(one)]
    return [CATALOG, PANEL, *(folder.parent for folder in folders), *folders], [*shown, *extra]


def _readable_of_task(folder: Path) -> list[Path]:
    """A task's card and repository; no task is loaded, for that may fetch its data."""
    return [part for name in ("card.yaml", "repository") if (part := folder / name).exists()]


def model_paths(model: str) -> list[Path]:
    """The files of a base model, as loaders read them; empty for one that is not here.

    Files and not their folder: one that is a link is then mounted where the link is, if what it
    leads to is a file of a model, and what else the folder holds is nobody's business.

    Raises:
        ModelError: A link leads to what is no file of a model.
    """
    found = find(model) if model else None
    if found is None:
        return []  # told when it is loaded
    cached = [p for p in cached_models() if p.name == f"models--{model.replace('/', '--')}"]
    return [*own_files(found), *cached]


def cached_models() -> list[Path]:
    """The models, not the data sets, in the Hugging Face cache of this user."""
    return sorted(_hub_cache(os.environ).glob("models--*"))


def default_limits(memory_mb: float = 0.0) -> Limits:
    """The limits of a trial's kernel: most of the machine's memory, room for checkpoints.

    The environment variables FTASSIST_MEMORY_MB and FTASSIST_DISK_MB set others.

    Raises:
        FtassistError: One of the variables is not a number.
    """
    most = psutil.virtual_memory().total / MIB * _MEMORY_SHARE
    memory = memory_mb or _number(MEMORY_VARIABLE) or most
    return Limits(memory_mb=memory, disk_mb=_number(DISK_VARIABLE) or Limits.disk_mb)


def _number(variable: str) -> float:
    text = os.environ.get(variable, "0")
    try:
        return float(text)
    except ValueError as error:
        fix = "give a number of MiB, or unset it"
        raise FtassistError(f"{variable} is {text!r}, not a number", fix=fix) from error


def _hub_cache(outer: Mapping[str, str]) -> Path:
    home = Path(outer.get("HOME", "/nonexistent"))
    default = Path(outer.get("HF_HOME", home / ".cache" / "huggingface")) / "hub"
    return Path(outer.get("HF_HUB_CACHE", default))


def kernel_environment(
    private: Path,
    *,
    model: str = "",
    gpu: str = "",
    evaluator: Mapping[str, str] | None = None,
    outer: Mapping[str, str] | None = None,
    isolated: bool = False,
) -> dict[str, str]:
    """The environment variables of a trial's kernel: a short list of passed ones and our own.

    Args:
        private: A folder of the kernel's own, used as its home.
        model: The base model; one that lies on this machine sets the Hugging Face libraries
            offline.
        gpu: The identifier of the one device the kernel may see; "" for none.
        evaluator: Variables that lead to the evaluator.
        outer: The variables to pick from; by default this process's.
        isolated: Whether the kernel runs behind walls: without network, in a home that is `HOME`.
    """
    outer = os.environ if outer is None else outer
    env = {name: value for name, value in outer.items() if _passes(name)}
    env[store.MODELS_VARIABLE] = str(store.models_folder().absolute())  # the home is another one
    if mirror := env.get(DATA_VARIABLE):
        env[DATA_VARIABLE] = str(Path(mirror).expanduser().absolute())
    env |= _private_folders(HOME if isolated else private, outer)
    env["CUDA_VISIBLE_DEVICES"] = gpu
    env["OMP_NUM_THREADS"] = outer.get("OMP_NUM_THREADS") or str(cores())
    # Threads that spin while they wait make training ten times slower beside any other load.
    env["OMP_WAIT_POLICY"] = outer.get("OMP_WAIT_POLICY", "PASSIVE")
    env["TOKENIZERS_PARALLELISM"] = "false"
    env["PYTHONUNBUFFERED"] = "1"
    if isolated:
        env |= {"USER": "nobody", "LOGNAME": "nobody", "HF_HUB_CACHE": str(_hub_cache(outer))}
        env["HF_HOME"] = str(HOME / "huggingface")
        env.pop("TMPDIR", None)
    if isolated or is_local(model):
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


def cores() -> int:
    """Cores that this process, and so a trial, may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def notebook_walls(folder: Path, sockets: Path) -> Walls:
    """The walls around the kernel of an ordinary notebook that asks for them.

    Its folder can be written to, at its own path; campaigns in it are hidden.

    Args:
        folder: The notebook's folder.
        sockets: The folder of the kernel's sockets.

    Raises:
        IsolationError: The folder is a home, or holds one, or everybody's temporary files.
    """
    folder = folder.resolve()
    if is_too_wide(folder, work=False):
        raise IsolationError(
            "a sandbox can have the notebook's folder, and this is a whole home or more",
            where=str(folder),
            fix="move the notebook into a folder of its own",
        )
    hidden, shown = task_views()
    return Walls(
        folder,
        readable=[*common_readable(), *cached_models()],
        hidden=[*hidden, *(folder / name for name in _NOTEBOOK_PRIVATE)],
        shown=shown,
        writable={folder: folder, sockets: sockets},
        limits=default_limits(),
    )


def socket_folder() -> Path:
    """A new folder for the sockets of one kernel, with a short path."""
    return Path(tempfile.mkdtemp(prefix="fta-")).resolve()
