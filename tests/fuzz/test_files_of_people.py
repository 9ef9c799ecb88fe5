"""Inputs with mistakes: each works or is refused with its name, and none ends in a trace.

They are drawn from seeds; a failure names the seed. With the arguments of recipes they are 2,000.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from .mutations import BYTE_MISTAKES, DEEP, Rows, write_mutated
from .running import command, names_of

ODD = ("", " ", "\x00", "\ud800", "-", "--json", "../..", "nan", "🙂", "a" * 300, "{x}", "(", "\n")
"""Texts given for an option."""

WORDS = ("apple", "river", "stone", "cloud", "lamp", "horse", "paper", "glass", "bread", "wheel")


def rows_of(draw: random.Random) -> Rows:
    """Rows as they should be, in one of the usual shapes."""
    shape = draw.choice(("prompt", "question", "alpaca", "chat", "choice"))
    rows: Rows = []
    for number, word in enumerate(WORDS):
        asked, answer = f"What is {word} {number}?", draw.choice(("red", "blue", "7"))
        chat = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
        shapes: dict[str, dict[str, Any]] = {
            "prompt": {"id": f"r{number}", "prompt": asked, "answer": answer, "view": "a"},
            "question": {"question": asked, "output": number},
            "alpaca": {"instruction": asked, "input": word, "output": answer},
            "chat": {"messages": chat},
            "choice": {"question": asked, "choices": ["red", "blue"], "answer": number % 2},
        }
        rows.append(shapes[shape])
    return rows


def failures(part: int, run: Callable[[random.Random], str], name: str) -> list[str]:
    """What goes wrong in a hundred inputs, with their seeds."""
    found = []
    for seed in range(100 * part, 100 * part + 100):
        if wrong := run(random.Random(f"{name} {seed}")):
            found.append(f"--- {name} {seed}\n{wrong}")
    return found


@pytest.mark.parametrize("part", range(7))
def test_task_new_works_or_refuses_with_the_file_and_the_place(tmp_path: Path, part: int) -> None:
    metrics = (
        "accuracy", "accuracy", "exact_match", "macro_f1", "numeric", "rougeL", r"regex:(\d+)",
        "regex:(", "regex:", "python:none.py", "python:", "acuracy", *ODD,
    )  # fmt: skip

    def run(draw: random.Random) -> str:
        folder = Path(mkdtemp(tmp_path, draw))
        train = write_mutated(draw, folder, "train", rows_of(draw))
        held = write_mutated(draw, folder, "held", rows_of(draw))
        metric = draw.choice(metrics)
        given = ["--train", str(train), "--eval", str(held), "--metric", metric]
        for option, values in (
            ("--folder", (str(folder / "task"), str(folder / "a b"), *ODD)),
            ("--title", ODD),
            ("--licence", ODD),
            ("--max-new-tokens", ("0", "-5", "9" * 30, "x")),
        ):
            if draw.random() < 0.1 or option == "--folder":
                value = draw.choice(values) if draw.random() < 0.1 else values[0]
                given += [option, value]
        named = [*names_of(train), *names_of(held), *(g for g in given if g.startswith("--"))]
        return command(
            ["task", "new", *given], [*named, "metric", "pattern", "scoring file", "folder"]
        )

    found = failures(part, run, "task new")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("part", range(5))
def test_score_works_or_refuses_with_the_file_and_the_line(tmp_path: Path, part: int) -> None:
    tasks = ("sst2", "sst2", "econlogicqa", "hoc", "financeiq", "gsm8k", "panorama_par4pc",
             "tablebench_data_analysis", "gta", "cs_bench")  # fmt: skip
    fixtures = Path(__file__).parents[1] / "dojo" / "scorers" / "fixtures"

    def run(draw: random.Random) -> str:
        task = draw.choice(tasks)
        lines = (fixtures / f"{task}.jsonl").read_text(encoding="utf-8").splitlines()[:10]
        rows: Rows = []
        for number, line in enumerate(lines):
            doc = json.loads(line)
            view, gold = doc.pop("view", None), doc.pop("gold", "positive")
            if draw.random() < 0.1 and doc:
                doc[draw.choice([*doc])] = draw.choice((None, [], {}, "", -1, [[]], "{", 1e308))
            row = {"id": str(number), "doc": doc, "prediction": str(gold)}
            rows.append(row | ({"view": view} if view else {}))
        folder = Path(mkdtemp(tmp_path, draw))
        file = write_mutated(draw, folder, "said", rows)
        given = ["--predictions", str(file), "--data", str(folder / "none")]
        for option, values in (("--view", ODD), ("--split", ("ours", "theirs")), ("--json", ())):
            if draw.random() < 0.1:
                given += [option, *([draw.choice(values)] if values else [])]
        flags = [f for f in ("--keep-going", "--strip-thinking") if draw.random() < 0.2]
        named = [*names_of(file), "view", "split", "data set", "not on this machine"]
        return command(["score", task, *given, *flags], named)

    found = failures(part, run, "score")
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def small_task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task of one's own with few items."""
    folder = tmp_path_factory.mktemp("task")
    lines = [
        json.dumps({"prompt": f"Which colour has {word} {number}?", "answer": "red"})
        for number, word in enumerate(WORDS)
    ]
    (folder / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = str(folder / "rows.jsonl")
    made = ["task", "new", "--train", rows, "--eval", rows, "--metric", "accuracy"]
    assert command([*made, "--folder", str(folder / "small")], []) == ""
    return folder / "small"


@pytest.mark.parametrize("part", range(2))
def test_leakage_works_or_refuses_with_the_file_and_the_row(
    tmp_path: Path, part: int, small_task: Path
) -> None:
    def run(draw: random.Random) -> str:
        folder = Path(mkdtemp(tmp_path, draw))
        file = write_mutated(draw, folder, "rows", rows_of(draw))
        flags = ["--json"] if draw.random() < 0.2 else []
        return command(["leakage", str(small_task), "--data", str(file), *flags], names_of(file))

    found = failures(part, run, "leakage")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("part", range(1))
def test_init_works_or_refuses_with_the_file_or_the_option(
    tmp_path: Path, part: int, small_task: Path
) -> None:
    """What is mutated is a file of the task, a file of the base model, or an option."""
    tiny = Path(str(resources.files("ftassist.models") / "tiny"))

    def run(draw: random.Random) -> str:
        folder = Path(mkdtemp(tmp_path, draw))
        task, model, named = small_task, "tiny", ["task", "model", "budget", "campaign"]
        kind = draw.choice(("task", "model", "options"))
        if kind == "task":
            task = folder / "small"
            shutil.copytree(small_task, task)
            named += names_of(damaged_file(draw, task))
        elif kind == "model":
            base = folder / "base"
            base.mkdir()
            for file in tiny.iterdir():
                (base / file.name).symlink_to(file)
            named += names_of(damaged_file(draw, base))
            model = str(base)
            named.append(model)
        given = ["--task", str(task), "--model", model, "--folder", str(folder / "made")]
        for option, values in OPTIONS.items():
            if draw.random() < (0.3 if kind == "options" else 0.02):
                given += [option, draw.choice((*values, *ODD))]
                named += [option.strip("-"), given[-1]]
        return command(["init", *given], named)

    found = failures(part, run, "init")
    assert not found, "\n".join(found)


OPTIONS = {
    "--task": ("mini_mth", "harness:none", "nowhere/x", "sst2"),
    "--model": ("tiny2", "nowhere/x", "org/name", "/dev/null"),
    "--backend": ("playbok", "replay"),
    "--policy": ("greddy", "random"),
    "--review": ("timeout", "timeout -1", "cost x", "never", "timeout 1e999"),
    "--trials": ("0", "-1", "1e3", "9" * 30),
    "--rows": ("0", "x", "9" * 30),
    "--seconds": ("nan", "inf", "-1", "0"),
    "--seed": ("-1", "9" * 40, "1.5"),
    "--usd": ("nan", "-1", "inf"),
    "--teacher": ("nowhere", "/dev/null"),
    "--recording": ("nowhere",),
    "--data": ("nowhere", "/dev/null"),
    "--thinking": ("12", "on", "-1"),
    "--base-url": ("x", "file:///etc/passwd", "http://[::1"),
}
"""Values that are given to options of `init`."""


def damaged_file(draw: random.Random, folder: Path) -> Path:
    """A file of a folder that is cut, changed, emptied or gone, or holds something else."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    file = draw.choice(files)
    raw = file.read_bytes()
    file.unlink()
    if draw.random() < 0.1:
        return file
    other = (b"", b"[]", b"{}", b"\xff\xfe\x00", b"version https://git-lfs.github.com/spec/v1\n",
             DEEP.encode(), b"a: &a [*a]", b"{{ raise_exception(1) }}")  # fmt: skip
    change = draw.choice((*BYTE_MISTAKES, None))
    file.write_bytes(draw.choice(other) if change is None else change(draw, raw))
    return file


def mkdtemp(folder: Path, draw: random.Random) -> str:
    """A new folder for an input."""
    made = folder / f"{draw.getrandbits(64):x}"
    made.mkdir()
    return str(made)
