"""The files of a folder by part: its README's configurations, or the names `datasets` knows."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from ftassist.dojo.tables.reader import SUFFIXES
from ftassist.errors import DataError

MOST_ENTRIES = 5000
_SHARD = re.compile(r"(-\d{4,5}-of-\d{4,5}|[-_.]\d{3,5})$")
_ENDINGS = [*SUFFIXES, *(f"{suffix}.gz" for suffix in SUFFIXES)]


def folder_parts(folder: Path) -> dict[str, list[Path]]:
    """The files with rows of a folder, by part: `train`, or `config/train` of several configs.

    Raises:
        DataError: It holds none.
    """
    from datasets.data_files import DataFilesDict, EmptyDatasetError, get_data_patterns

    _refuse_huge(folder)
    base = str(folder)
    parts: dict[str, list[Path]] = {}
    try:
        for name, patterns in _configurations(folder).items():
            for split, files in _resolved(patterns, base).items():
                parts[f"{name}/{split}" if name else split] = files
        if not parts:
            found = DataFilesDict.from_patterns(
                get_data_patterns(base), base_path=base, allowed_extensions=_ENDINGS
            )
            parts = {str(split): sorted(map(Path, files)) for split, files in found.items()}
    except (EmptyDatasetError, FileNotFoundError, ValueError, OSError) as error:
        raise _nothing(folder) from error
    parts = {name: files for name, files in parts.items() if files}
    if not parts:
        raise _nothing(folder)
    return parts


def sets_of(files: Sequence[Path]) -> dict[str, list[Path]]:
    """Files by set: those that differ only in the number of a shard are one."""
    sets: dict[str, list[Path]] = {}
    for file in files:
        name = file.name.lower().removesuffix(".gz")
        stem = _SHARD.sub("", Path(name).stem) or Path(name).stem
        sets.setdefault(stem, []).append(file)
    return sets


def _configurations(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Patterns of files by split and configuration, as the README's header names them."""
    import yaml

    readme = folder / "README.md"
    if not readme.is_file():
        return {}
    head = readme.read_text(encoding="utf-8", errors="replace").split("---", 2)
    try:
        document = yaml.safe_load(head[1]) if len(head) == 3 and not head[0].strip() else {}
    except yaml.YAMLError:
        return {}
    listed = document.get("configs") if isinstance(document, dict) else None
    found: dict[str, dict[str, list[str]]] = {}
    for config in listed if isinstance(listed, list) else []:
        patterns = _patterns(config.get("data_files")) if isinstance(config, dict) else {}
        if patterns:
            found[str(config.get("config_name", "default"))] = patterns
    return {"": next(iter(found.values()))} if len(found) == 1 else found


def _patterns(files: object) -> dict[str, list[str]]:
    """The patterns of `data_files`: a text, a list, or a list by split."""
    if isinstance(files, str):
        return {"train": [files]}
    found: dict[str, list[str]] = {}
    for entry in files if isinstance(files, list) else []:
        if isinstance(entry, str):
            found.setdefault("train", []).append(entry)
        elif isinstance(entry, dict) and "path" in entry:
            path = entry["path"]
            listed = path if isinstance(path, list) else [path]
            found.setdefault(str(entry.get("split", "train")), []).extend(map(str, listed))
    return found


def _resolved(patterns: dict[str, list[str]], base: str) -> dict[str, list[Path]]:
    from datasets.data_files import DataFilesDict

    try:
        found = DataFilesDict.from_patterns(patterns, base_path=base, allowed_extensions=_ENDINGS)
    except FileNotFoundError:
        return {}
    return {str(split): sorted(map(Path, files)) for split, files in found.items()}


def _refuse_huge(folder: Path) -> None:
    """Refuses a folder that is no data set but half a disk, such as a home folder."""
    walked = (name for _, folders, files in os.walk(folder) for name in (*folders, *files))
    if next(islice(walked, MOST_ENTRIES, None), None) is not None:
        raise DataError(
            f"the folder holds more than {MOST_ENTRIES:,} files and folders",
            where=str(folder),
            fix="name the file with the rows, or a folder with nothing else in it",
        )


def _nothing(folder: Path) -> DataError:
    return DataError(
        "the folder holds no files with rows",
        where=str(folder),
        fix=f"put {', '.join(SUFFIXES)} files into it, or name a file",
    )
