"""What of this machine a sandbox may read: the system, this interpreter, its packages, devices.

A list of what is shown; everything else, such as homes and other people's folders, is simply not
there. Evaluation data that ships with the package is always hidden. Mounts nothing itself.
"""

from __future__ import annotations

import os
import re
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CATALOG = PACKAGE / "dojo" / "catalog"
"""The tasks that ship, with their evaluation items."""
_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives",
    "/etc/localtime", "/etc/fonts", "/etc/mime.types", "/etc/ssl/openssl.cnf", "/etc/ssl/certs",
    "/sys/devices/system/cpu", "/sys/devices/system/node",
)  # fmt: skip
_GPU_DEVICES = (
    "nvidia[0-9]*", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset",
    "nvidia-caps", "kfd", "dri",
)  # fmt: skip
_GPU_SYSTEM = ("/sys/bus/pci", "/sys/devices", "/sys/module")


def system_paths() -> list[Path]:
    """Programs, libraries and the few settings that programs need."""
    return [path for name in _SYSTEM if (path := Path(name)).exists()]


def python_paths() -> list[Path]:
    """This interpreter, its standard library and the packages it imports."""
    found = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)]
    found += [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib")]
    found += [Path(folder) for folder in site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        found.append(Path(site.getusersitepackages()))
    found += _search_path()
    return [path for path in found if path.exists() and not is_too_wide(path)] + [PACKAGE]


def _search_path() -> list[Path]:
    """Folders of editable packages and of PYTHONPATH.

    What stands before the standard library is the script's folder or where Python was started:
    never a package, and full of other things.
    """
    standard = sysconfig.get_path("stdlib")
    after = sys.path[sys.path.index(standard) :] if standard in sys.path else []
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [path for name in (*after, *named) if name and (path := Path(name)).is_dir()]


def library_paths(environment: Iterable[str] = ("LD_LIBRARY_PATH",)) -> list[Path]:
    """Folders with libraries that environment variables name."""
    named = [part for name in environment for part in os.environ.get(name, "").split(os.pathsep)]
    return [p for part in named if part and (p := Path(part)).is_dir() and not is_too_wide(p)]


def gpu_devices(
    uuid: str = "", root: Path = Path("/dev"), driver: Path = Path("/proc/driver/nvidia/gpus")
) -> list[Path]:
    """The device files of GPUs, NVIDIA's and AMD's; none on a machine without.

    Args:
        uuid: The one NVIDIA GPU wanted, as nvidia-smi names it; "" for all. Where the driver does
            not tell which device file is its, all are given.
        root: Where device files lie.
        driver: Where the driver tells which GPU has which number.
    """
    found = [path for pattern in _GPU_DEVICES for path in sorted(root.glob(pattern))]
    numbers = {info.read_text() for info in driver.glob("*/information")}
    mine = {_minor(text) for text in numbers if uuid and uuid in text} - {""}
    if not mine:
        return found
    numbered = re.compile(r"nvidia(\d+)")
    return [p for p in found if not (m := numbered.fullmatch(p.name)) or m[1] in mine]


def _minor(information: str) -> str:
    match = re.search(r"Device Minor:\s*(\d+)", information)
    return match[1] if match else ""


def gpu_paths() -> list[Path]:
    """What GPU libraries read of the system beside their devices."""
    return [path for name in _GPU_SYSTEM if (path := Path(name)).exists()]


def is_too_wide(path: Path, *, work: bool = True) -> bool:
    """Whether a folder holds a home, everybody's temporary files, or the work going on here.

    Args:
        path: The folder.
        work: Whether the folder this process was started in counts as well.
    """
    resolved = path.resolve()
    inner = [Path.home(), Path(tempfile.gettempdir()), *([Path.cwd()] if work else [])]
    return any(place.resolve().is_relative_to(resolved) for place in inner)
