"""What in a cell deserves a second look before a person accepts it: advice, never a wall.

Reads the parsed cell and tells, with its line, what reaches for more than a trial needs: other
programs, the network, the evaluator's side, paths elsewhere, code made from text, loops over
trainings. It can be fooled, and is meant to be read; what holds a trial back is the isolation
and the evaluator (docs/security.md). Runs nothing and refuses nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ftassist.trial.cell_places import Use, is_place, uses_of
from ftassist.trial.static_check import CellFinding, Severity

LONG_TEXT = 2000
"""Characters from which on a literal text is remarked on; a prompt template has hundreds."""
LONG_LIST = 400
"""Elements from which on a literal list or dict is remarked on."""

_SHELL = "starts another program; a trial's work is done by the recipes"
_NETWORK = "a trial has no network: with isolation this fails"
_DYNAMIC = "makes code that nobody can read here"
_INSIDE = "reaches into ftassist itself; scores come from the evaluator alone"
_ELSEWHERE = "lies outside the trial's folder and the data repository"
_PROTECTED = "names what only the evaluator may read"
_SECRET = "reads variables of the environment; a trial's parameters are in its parameters cell"
_PICKLE = "runs code that is hidden in a file"
_SYSTEM = "acts on the system or on other processes"
_OBSCURE = "hides what the cell does"

_BY_REASON = (
    (_SHELL, "subprocess pty multiprocessing"),
    (
        _NETWORK,
        "socket socketserver ssl http urllib urllib3 requests httpx aiohttp ftplib smtplib "
        "telnetlib paramiko websocket websockets zmq huggingface_hub",
    ),
    (_DYNAMIC, "importlib runpy code codeop marshal types builtins"),
    (_SYSTEM, "ctypes cffi resource signal psutil mmap fcntl gc inspect"),
    (_PICKLE, "pickle dill cloudpickle shelve joblib"),
    (_OBSCURE, "base64 zlib codecs binascii lzma bz2"),
    (_INSIDE, "sqlite3 IPython ipykernel jupyter_client nbformat papermill"),
)
_MODULES = {name: why for why, names in _BY_REASON for name in names.split()}
_USUAL_NAMES = (
    "__future__ abc accelerate bisect collections contextlib copy csv dataclasses datasets "
    "datetime decimal difflib enum fractions functools hashlib heapq io itertools json logging "
    "math matplotlib networkx numpy operator os pandas pathlib peft plotly random rdkit re regex "
    "safetensors scipy shutil sklearn statistics string sympy sys tempfile textwrap time "
    "tokenizers torch tqdm transformers trl typing unicodedata uuid warnings"
)
_USUAL = frozenset(_USUAL_NAMES.split())
_OURS = re.compile(r"ftassist\.recipes(\.|$)|ftassist\.dojo$|ftassist$")
_CALLS: dict[str, str] = {
    **dict.fromkeys(("exec", "eval", "compile", "__import__"), _DYNAMIC),
    **dict.fromkeys(("globals", "locals", "vars", "setattr", "delattr", "breakpoint"), _OBSCURE),
    "get_ipython": _SHELL,
    "torch.load": _PICKLE,
    "os.getenv": _SECRET,
    **dict.fromkeys(("sys.settrace", "sys.setprofile", "sys.addaudithook"), _SYSTEM),
}
_OS_CALLS = re.compile(r"os\.(system|popen|exec\w+|spawn\w+|posix_spawn\w*|startfile)$")
_OS_ACTS = re.compile(r"os\.(fork\w*|kill\w*|set\w*id|chroot|mknod|mkfifo|(sym)?link|ptrace)$")
_DUNDER = re.compile(r"__(subclasses|globals|builtins|mro|bases|code|loader|closure|dict)__$")
_PROTECTED_NAME = re.compile(
    r"(^|[/\\])(evaluation|scores)([/\\]|$)|validation\.jsonl|\btest\.jsonl|journal\.db"
    r"|FTASSIST_(EVALUATOR|TOKEN)|scoring\.py|harness\.yaml"
)
_ABOVE = re.compile(r"(^|/)\.\.(/|$)")
_OWN_FOLDER = re.compile(r"/trial(/|$)")
_ADDRESS = re.compile(r"^(https?|ftp|ssh|git)://")
_ENCODED = re.compile(r"^[A-Za-z0-9+/_=-]{200,}$")
_TRAINS = re.compile(r"(^|\.)(sft|train)$")


Remark = tuple[str, str, Severity]
"""What, why, and how grave."""


def review(stage: str, tree: ast.Module) -> Iterator[CellFinding]:
    """What is worth telling of one cell, in the order of its lines.

    Example:
        >>> [f.message for f in review("train", ast.parse("import socket"))]
        ['imports socket']
    """
    found: dict[tuple[int, str], CellFinding] = {}
    uses = uses_of(tree)
    for node in ast.walk(tree):
        for message, why, severity in _remarks(node, uses.get(node, "unknown")):
            line = getattr(node, "lineno", 1)
            known = CellFinding(stage, line, message, severity, why)
            found.setdefault((line, message), known)
    yield from sorted(found.values(), key=lambda finding: finding.line)


def _remarks(node: ast.AST, use: Use) -> Iterator[Remark]:
    """What is remarkable about one node."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _module(alias.name)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from _module(node.module)
    elif isinstance(node, ast.Call):
        yield from _call(node)
    elif isinstance(node, ast.Attribute):
        yield from _attribute(node)
    elif isinstance(node, ast.Constant):
        yield from _literal(node.value, use)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from _many(len(node.elts))
    elif isinstance(node, ast.Dict):
        yield from _many(len(node.keys))
    elif isinstance(node, ast.For | ast.While) and _trains(node):
        why = "the best of several trainings is luck; a trial is one training, one score"
        yield "trains in a loop", why, "warning"


def _module(name: str) -> Iterator[Remark]:
    top = name.split(".", 1)[0]
    if top == "ftassist":
        if not _OURS.match(name):
            yield f"imports {name}", _INSIDE, "warning"
    elif top in _MODULES:
        yield f"imports {name}", _MODULES[top], "warning"
    elif top not in _USUAL:
        yield f"imports {name}", "a trial seldom needs it", "advice"


def _call(node: ast.Call) -> Iterator[Remark]:
    name = _dotted(node.func)
    if name in _CALLS:
        yield f"calls {name}", _CALLS[name], "warning"
    elif _OS_CALLS.match(name):
        yield f"calls {name}", _SHELL, "warning"
    elif _OS_ACTS.match(name):
        yield f"calls {name}", _SYSTEM, "warning"
    elif name == "getattr" and len(node.args) > 1 and not isinstance(node.args[1], ast.Constant):
        yield "looks an attribute up by a computed name", _OBSCURE, "warning"
    elif name.endswith("from_pretrained") and node.args:
        first = getattr(node.args[0], "value", None)
        if isinstance(first, str):
            why = "the evaluator scores only what descends from the campaign's base"
            yield f"loads the model {first[:60]!r}", why, "warning"
    for keyword in node.keywords:
        value = getattr(keyword.value, "value", None)
        if keyword.arg == "trust_remote_code" and value is not False:
            yield "trusts remote code", _PICKLE, "warning"
        elif keyword.arg == "weights_only" and value is not True:
            yield "loads pickled weights", _PICKLE, "warning"
        elif keyword.arg == "seed" and isinstance(keyword.value, ast.Constant):
            why = "the seed is the campaign's, the same for all trials"
            yield f"sets a seed of its own ({value!r})", why, "advice"


def _attribute(node: ast.Attribute) -> Iterator[Remark]:
    if _DUNDER.match(node.attr):
        yield f"uses {node.attr}", _OBSCURE, "warning"
    elif _dotted(node) == "os.environ":
        yield "uses os.environ", _SECRET, "warning"
    elif _dotted(node) == "sys.modules":
        yield "uses sys.modules", _OBSCURE, "warning"


def _literal(value: object, use: Use) -> Iterator[Remark]:
    if not isinstance(value, str | bytes):
        return
    text = value if isinstance(value, str) else value.decode("latin-1")
    if len(text) > LONG_TEXT:
        yield (
            f"holds a text of {len(text):,} characters",
            "it may carry answers or code",
            "warning",
        )
    elif _ENCODED.match(text):
        yield f"holds {len(text):,} characters of encoded text", _OBSCURE, "warning"
    short = text.strip()
    if _PROTECTED_NAME.search(short) and len(short) < 300:
        yield f"names {short[:80]!r}", _PROTECTED, "warning"
    elif short.startswith(("/proc", "/sys", "/dev/")):
        yield f"names {short[:80]!r}", _SYSTEM, "warning"
    elif _ADDRESS.match(short):
        yield f"names the address {short[:80]!r}", _NETWORK, "warning"
    elif " " not in short and "\n" not in short and _is_elsewhere(short, use):
        yield f"names the path {short[:80]!r}", f"it {_ELSEWHERE}", "warning"


def _is_elsewhere(text: str, use: Use) -> bool:
    if _ABOVE.search(text):
        return True
    return is_place(text, use) and not _OWN_FOLDER.match(text)


def _many(count: int) -> Iterator[Remark]:
    if count > LONG_LIST:
        yield f"holds {count:,} literal values", "rows come from the repository", "warning"


def _trains(loop: ast.For | ast.While) -> bool:
    """Whether a loop's body calls a training."""
    return any(
        isinstance(node, ast.Call) and _TRAINS.search(_dotted(node.func))
        for statement in loop.body
        for node in ast.walk(statement)
    )


def _dotted(node: ast.AST) -> str:
    """The name a call goes by, such as "os.system"; "" for what has none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
        return ".".join(reversed(parts))
    return ""
