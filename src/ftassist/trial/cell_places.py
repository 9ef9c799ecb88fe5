"""Which texts of a cell are places elsewhere, told from those that merely look like one.

"/" and "~" begin paths, and also bonds of a SMILES, separators and marks. A text is a place if it
begins with a known root, or by its use: what is opened is a path, what is split by is none.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

Use = Literal["path", "text", "unknown"]

_ROOT = re.compile(
    r"https?://\w|hf://|s3://|gs://|file:/|~/"
    r"|/(bin|boot|content|data|dev|etc|home|lib|lib64|media|mnt|opt|private|proc|root|run|sbin|srv"
    r"|sys|tmp|usr|Users|var|work|workspace)(/|$)"
)
_LIKE_ONE = re.compile(r"~$|~[A-Za-z_][\w.-]*/|/[\w.-]+(/[\w.-]+)+/?$")
_BONDS = re.compile(r"(/(Cl|Br|[BCNOPSFIbcnops]\d?)+)+/?")
"""A SMILES of bare atoms between directed bonds."""

_TEXT_CALLS = (
    "split rsplit partition rpartition startswith endswith strip lstrip rstrip removeprefix "
    "removesuffix count find rfind index rindex sub subn match fullmatch search findall finditer "
    "MolFromSmiles MolFromSmarts"
)
_TAKES_TEXT = frozenset(_TEXT_CALLS.split())
_OF_A_TEXT = _TAKES_TEXT | {"replace", "join", "format", "lower", "upper", "casefold", "translate"}
"""What is called on a text alone, not on a path."""
_PATH_CALLS = (
    "open Path PurePath PosixPath joinpath rename symlink_to hardlink_to samefile copy copyfile "
    "copytree move listdir scandir walk makedirs mkdir remove unlink rmtree chdir glob iglob "
    "rglob load save loadtxt savetxt from_pretrained save_pretrained load_dataset load_from_disk "
    "save_to_disk export to_csv to_json to_parquet to_pickle to_excel read_csv read_json "
    "read_parquet read_table read_excel read_pickle"
)
_TAKES_A_PATH = frozenset(_PATH_CALLS.split())
_PATH_NAMES = frozenset({"file", "filename", "path", "path_or_buf", "filepath_or_buffer"})
_TEXT_NAMES = frozenset({"sep", "delimiter", "separator", "end", "pat", "pattern", "quotechar"})
_HOLDERS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def is_place(text: str, use: Use = "unknown") -> bool:
    """Whether a text is a place outside of a trial's folder, as it is used.

    Example:
        >>> is_place("/odd/place"), is_place("/odd/place", "text"), is_place("/C/C")
        (True, False, False)
    """
    if "\n" in text:
        return False
    if _ROOT.match(text):
        return True
    if use == "path":
        return text.startswith("/") or bool(_LIKE_ONE.match(text))
    return use == "unknown" and bool(_LIKE_ONE.match(text)) and not _BONDS.fullmatch(text)


def uses_of(tree: ast.AST) -> Mapping[ast.AST, Use]:
    """How the expressions of a cell are used, where that can be seen; the others are unknown.

    A text that is given a name is used as the name is.
    """
    found: dict[ast.AST, Use] = {}
    for node in ast.walk(tree):
        found.update(_uses(node))
    named: dict[str, list[Use]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            named[node.id].append(found.get(node, "unknown"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [name.id for name in node.targets if isinstance(name, ast.Name)]
            found[node.value] = _together(use for name in names for use in named[name])
    return found


def _together(uses: Iterable[Use]) -> Use:
    every = set(uses)
    if "path" in every:
        return "path"
    return "text" if every == {"text"} else "unknown"


def _uses(node: ast.AST) -> Iterator[tuple[ast.AST, Use]]:
    """How a node uses the expressions right below it."""
    if isinstance(node, ast.Call):
        yield from _uses_of_call(node)
    elif isinstance(node, ast.Compare):
        yield from ((each, "text") for each in (node.left, *node.comparators))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield node.right, "text"  # what follows a text is below it
    elif isinstance(node, ast.JoinedStr):
        yield from ((each, "text") for each in node.values[1:])
    elif isinstance(node, _HOLDERS):
        # Marks or SMILES, mostly: paths that are opened in a loop are for the isolation to stop.
        yield from ((each, "text") for each in ast.iter_child_nodes(node))


def _uses_of_call(node: ast.Call) -> Iterator[tuple[ast.AST, Use]]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else ""
    name = function.id if isinstance(function, ast.Name) else name
    if isinstance(function, ast.Attribute) and name in _OF_A_TEXT:
        yield function.value, "text"
    # A path's own `replace` takes one argument, and moves a file there.
    if name in _TAKES_TEXT or (name == "replace" and len(node.args) > 1):
        yield from ((each, "text") for each in node.args)
    elif name in _TAKES_A_PATH or name == "replace":
        yield from ((each, "path") for each in node.args)
    for keyword in node.keywords:
        if keyword.arg in _TEXT_NAMES:
            yield keyword.value, "text"
        elif keyword.arg in _PATH_NAMES:
            yield keyword.value, "path"
