"""Links among a model's files: what they may lead to before a sandbox is shown it.

A folder of links is a usual thing (a snapshot of the Hugging Face cache, weights linked from a
store), and a loader follows them. But a file behind a link is mounted wherever it lies, so a link
in a folder that somebody downloaded could show a trial the evaluation data, a journal or a key.
What a link leads to must therefore be a file of the kind that its name says, told by what is in
it, and lie outside the places that are nobody's model. Reads the beginning of files only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from ftassist.errors import ModelError
from ftassist.models.reference import CONFIG, GGUF, BaseModel

_LOOKS: dict[str, frozenset[str]] = {
    CONFIG: frozenset({"model_type", "architectures"}),
    "generation_config.json": frozenset({"transformers_version", "eos_token_id", "max_length"}),
    "tokenizer.json": frozenset({"model", "pre_tokenizer", "decoder"}),
    "tokenizer_config.json": frozenset({"tokenizer_class", "chat_template", "eos_token"}),
    "special_tokens_map.json": frozenset({"eos_token", "bos_token", "pad_token", "unk_token"}),
    "chat_template.json": frozenset({"chat_template"}),
}
"""Keys of which a file of this name has one."""
_NUMBERED = ("vocab.json", "added_tokens.json")
_INDEX = ".safetensors.index.json"
_TEXTS = ("merges.txt", "vocab.txt")
_BY_SUFFIX = (".safetensors", ".jinja", ".model", GGUF)

_ADDRESSED = re.compile(r"[0-9a-f]{30,}")
"""In the names of files that a store names by their content."""
_PRIVATE = frozenset({
    ".ssh", ".gnupg", ".aws", ".azure", ".config", ".docker", ".kube", ".env", ".netrc",
    ".password-store", ".mozilla",
})  # fmt: skip
_SYSTEM = tuple(Path(name) for name in ("/proc", "/sys", "/etc", "/boot"))
_MOST = 64 * 2**20


def check_links(base: BaseModel) -> None:
    """Whether every link that a loader would follow leads to a file of a model.

    Raises:
        ModelError: One does not; names it and what it leads to.
    """
    for path, target in _foreign(base):
        if why := _trouble(path, target):
            raise ModelError(
                f"{path.name} of the model {base.name!r} is a link to {why}",
                where=f"{path} -> {target}",
                fix="put the model's own file in place of the link",
            )


def own_files(base: BaseModel) -> list[Path]:
    """The files that a sandbox is shown.

    A link that no loader needs is left out, unless it leads into a store of files named by their
    content; so is one to nothing, which is told where the model is looked at.

    Raises:
        ModelError: A link that a loader would follow leads to what is no file of a model.
    """
    check_links(base)
    foreign = dict(_foreign(base))
    return [path for path in base.files if path not in foreign or _shown(path, foreign[path])]


def _foreign(base: BaseModel) -> Iterator[tuple[Path, Path]]:
    """Each file that lies elsewhere than in the model's folder, and where it lies."""
    for path in base.files:
        target = path.resolve()
        if not target.is_relative_to(base.path.resolve()):
            yield path, target


def _shown(path: Path, target: Path) -> bool:
    if not target.exists():
        return False
    return _is_needed(path) or (
        not _forbidden(target) and _ADDRESSED.search(target.stem) is not None
    )


def _is_needed(path: Path) -> bool:
    """Whether a loader asks for a file of this name."""
    name = path.name
    known = name in _LOOKS or name in _NUMBERED or name in _TEXTS or name.endswith(_INDEX)
    return known or path.suffix.lower() in _BY_SUFFIX


def _trouble(path: Path, target: Path) -> str:
    """What is wrong with where a link leads; "" where nothing is."""
    if not _is_needed(path) or not target.exists():
        return ""
    if why := _forbidden(target):
        return why
    if not target.is_file():
        return "what is no ordinary file"
    if not _is_of_kind(path, target):
        return f"what is no {path.suffix.lstrip('.')} file of a model"
    return ""


def _forbidden(target: Path) -> str:
    """Why a place is nobody's model; "" where it may be one's."""
    if any(target.is_relative_to(place) for place in _SYSTEM):
        return "a file of the system"
    if private := _PRIVATE & {*target.parts}:
        return f"a file in {sorted(private)[0]}, where private things are kept"
    if any(part.startswith(("datasets--", "spaces--")) for part in target.parts):
        return "a file of a data set"
    for folder in target.parents:
        if (folder / "journal.db").exists():
            return "a file of a campaign"
        if (folder / "card.yaml").is_file() and (folder / "evaluation").is_dir():
            return "a file of a task, where its evaluation data lies"
    return ""


def _is_of_kind(path: Path, target: Path) -> bool:
    """Whether a file is what the name of the link to it says."""
    name, suffix = path.name, path.suffix.lower()
    try:
        if suffix == ".safetensors":
            return _begins(target, 9)[8:] == b"{" or _is_pointer(target)
        if suffix == GGUF:
            return _begins(target, 4) == b"GGUF"
        if suffix == ".json":
            return _is_json_of(name, target)
    except OSError:
        return False
    addressed = _ADDRESSED.search(target.stem) is not None
    if suffix == ".txt":
        return addressed or target.name.endswith(name)
    return addressed or target.suffix.lower() == suffix


def _is_pointer(target: Path) -> bool:
    """Whether it stands for weights that were not downloaded: told better elsewhere."""
    return target.suffix == ".safetensors" and target.stat().st_size < 1024


def _is_json_of(name: str, target: Path) -> bool:
    """Whether a JSON file has what one of this name has; empty ones have nothing to hide."""
    if target.stat().st_size > _MOST:
        return False
    try:
        found = json.loads(target.read_bytes())
    except (ValueError, RecursionError):
        return target.name.endswith(name)  # broken; told better by what reads it
    if not isinstance(found, dict):
        return False
    if name.endswith(_INDEX):
        return "weight_map" in found
    if name in _NUMBERED:
        return all(isinstance(number, int) for number in found.values())
    return not found or bool(_LOOKS[name] & found.keys())


def _begins(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
