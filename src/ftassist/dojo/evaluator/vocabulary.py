"""Vocabulary: whether the tokenizer and chat template saved with a model are the base's.

Scoring always takes both from the base; a folder that ships others is refused all the same,
because answers or code could be meant to travel in them. What the base itself has (several named
templates, code of its own that is never run) is no reason to refuse. Imports neither torch nor
transformers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.files import hash_file
from ftassist.models.reference import TEMPLATES, BaseModel

_GENERATION_TAG = re.compile(r"\{%-?\s*(?:end)?generation\s*-?%\}")
_REMOTE_CODE = ("auto_map", "custom_pipelines")
_WORD_LISTS = ("tokenizer.model", "spiece.model", "vocab.json", "vocab.txt", "merges.txt")
_REWRITTEN = {"padding", "truncation", "version"}
"""Parts of tokenizer.json that a trainer sets and that scoring takes from the base."""


def check_vocabulary(base: BaseModel, tokenizer: Any, folder: Path) -> None:
    """Checks what a model folder says of tokens and templates.

    Args:
        base: The base's files.
        tokenizer: The base's tokenizer.
        folder: The trial's model folder.

    Raises:
        RefusedError: INVALID: it names remote code, or tokens or a template that the base has not.
    """
    own = {path.name: path for path in base.files}
    _check_remote_code(folder, own, base.name)
    if (folder / "tokenizer.json").is_file():
        _check_tokenizer(tokenizer, folder)
    for name in _WORD_LISTS:
        path = folder / name
        if path.is_file() and not _same_words(path, own.get(name), tokenizer):
            raise _invalid(f"{name} is not the base's", folder)
    if (folder / "added_tokens.json").is_file():
        known = tokenizer.get_vocab()
        for token, number in read_object(folder / "added_tokens.json").items():
            if known.get(token) != number:
                raise _invalid(f"the token {token[:40]!r} was added to the base's", folder)
    known_templates = {_plain(template) for template in _templates_of_base(base, tokenizer)}
    for template in _templates(folder):
        if _plain(template) not in known_templates:
            raise _invalid("the chat template differs from the base's", folder)


def _same_words(path: Path, ours: Path | None, tokenizer: Any) -> bool:
    """Whether a list of words is the base's: the same file, or the same words spelled anew."""
    if ours is not None and ours.is_file() and hash_file(ours) == hash_file(path):
        return True
    try:
        if path.name == "vocab.json":
            return bool(read_object(path).items() <= tokenizer.get_vocab().items())
        if path.name == "merges.txt":
            lines = path.read_text(encoding="utf-8").splitlines()
            merges = [line for line in lines if line and not line.startswith("#version")]
            return merges == _merges(tokenizer)
    except (OSError, ValueError, TypeError):
        return False
    return False


def _merges(tokenizer: Any) -> list[str]:
    """The merges of a tokenizer, each as a line of merges.txt."""
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    found = backend.get("model", {}).get("merges") or []
    return [merge if isinstance(merge, str) else " ".join(merge) for merge in found]


def _templates_of_base(base: BaseModel, tokenizer: Any) -> Iterator[str]:
    """Every template the base has: those its tokenizer loaded, and those of its files."""
    loaded = tokenizer.chat_template
    yield from loaded.values() if isinstance(loaded, dict) else [str(loaded)]
    yield from _templates(base.path)


def _check_remote_code(folder: Path, own: Mapping[str, Path], name: str) -> None:
    """Refuses settings that would have a loader import code, but for those the base has itself.

    No code is ever loaded; a library that saves a model writes the base's settings along.
    """
    for path in sorted(folder.glob("*.json")):
        if path.name == "tokenizer.json" or path.name.endswith(".index.json"):
            continue
        document = _settings(path)
        ours = _settings(own[path.name]) if path.name in own else {}
        for key in _REMOTE_CODE:
            named = document.get(key)
            if named and _without_source(named, name) != _without_source(ours.get(key), name):
                raise _invalid(f"{path.name} names remote code ({key})", folder)


def _settings(path: Path) -> dict[str, Any]:
    """What a file sets; one that scoring reads is read again there, with an error of its own."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _without_source(named: Any, name: str) -> str:
    """Names of code, without the base's Hub id that transformers puts before each."""
    return json.dumps(named, sort_keys=True).replace(f"{name}--", "")


def _check_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Compares every part of a tokenizer that decides about tokens."""
    ours = json.loads(tokenizer.backend_tokenizer.to_str())
    theirs = read_object(folder / "tokenizer.json")
    for key in sorted({*ours, *theirs} - _REWRITTEN):
        if ours.get(key) != theirs.get(key):
            raise _invalid(f"the tokenizer differs from the base's in {key!r}", folder)


def _templates(folder: Path) -> Iterator[str]:
    """Every chat template of a folder, whatever place it is kept in; a base may name several."""
    for path in sorted((*folder.glob("*.jinja"), *folder.glob(f"{TEMPLATES}/*.jinja"))):
        yield path.read_text(encoding="utf-8", errors="replace")
    for name in ("tokenizer_config.json", "chat_template.json", "processor_config.json"):
        if not (folder / name).is_file():
            continue
        template = read_object(folder / name).get("chat_template")
        if isinstance(template, str):
            yield template
        elif template is not None:
            named = template if isinstance(template, list) else [template]
            for each in named:
                yield str(each.get("template", each)) if isinstance(each, dict) else str(each)


def _plain(template: Any) -> str:
    """A template without the marks that say which tokens are trained on, and without spacing."""
    return "".join(_GENERATION_TAG.sub("", str(template)).split())


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object of a model folder.

    Raises:
        RefusedError: INVALID: it is none.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _invalid(f"{path.name} cannot be read: {error}", path) from error
    if not isinstance(document, dict):
        raise _invalid(f"{path.name} is no JSON object", path)
    return document


def _invalid(what: str, where: Path) -> RefusedError:
    """A refusal that makes the trial INVALID."""
    return RefusedError(
        what,
        kind="INVALID",
        where=str(where),
        fix="save the base's own tokenizer and template with the model, or none",
    )
