"""The recorded lattice: real trainings of a model over a grid, as a world of the search.

    python -m benchmarks.lattice --keep FOLDER [--model tiny] [--jobs 2] [--write]

Every cell of the grid (which sets, rows, epochs, rate, method) is trained on two seeds on
mini_math, each run in three parts: to a quarter and to a half of its steps, and to its end, as
campaigns run trials in parts. The whole run is scored on half of the validation items, the first
two parts on half of those, as campaigns do it, and the whole run on half of the test items, too,
which nothing chooses by: `ftassist simulate --worlds lattice` takes the truth from them. Seconds
are a processor's for the training, on one thread: a busy machine hardly shows in them.

The table in the package is of `tiny`, a stand-in of 1.8 million parameters. A model that people
fine-tune gets its own by `--model smollm2-135m` (some ten times as long).

What is done is kept in FOLDER, so that a run that was ended goes on; `--write` puts the table
where the package reads it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.scoring import item_scores, named_items
from ftassist.dojo.shown import partial_items
from ftassist.dojo.task import Split
from ftassist.dojo.task_loader import load_task
from ftassist.files import read_json, write_json
from ftassist.simulate.lattice import TABLE, packed

TASK = "mini_math"
RUNGS = (0.25, 0.5, 1.0)
SEEDS = (0, 1)
SETS = {
    "lessons": ("lessons_garden", "lessons_home", "lessons_shop", "lessons_travel"),
    "two lessons": ("lessons_shop", "lessons_travel"),
    "crowd": ("crowd_solutions",),
}
"""Worked solutions of all four settings, of two of them, and some that are wrong three in ten."""
KNOBS: dict[str, tuple[Any, ...]] = {
    "data": tuple(SETS),
    "rows": (100, 300),
    "epochs": (1, 3),
    "rate": (1e-3, 3e-3),
    "method": ("lora", "full"),
}
"""The grid. A rate is that of all weights of `tiny`."""
LORA_FACTOR = 3.0
"""Adapters train at so many times the rate of all weights."""
RATE_FACTORS = {"tiny": 1.0}
OTHERS_FACTOR = 0.05
"""Pretrained models of a hundred million parameters take a twentieth of the rate of `tiny`."""
BATCH = 8

Place = tuple[int, ...]


def places() -> Iterator[tuple[Place, int]]:
    """Every cell and seed."""
    for place in product(*(range(len(values)) for values in KNOBS.values())):
        for seed in SEEDS:
            yield place, seed


def name_of(place: Place, seed: int) -> str:
    """The name of a run's file."""
    return "-".join(map(str, place)) + f".{seed}"


def run(place: Place, seed: int, model: str, folder: Path) -> None:
    """Trains one cell on one seed, in three parts, and keeps what each scored."""
    import torch

    from ftassist.recipes import curate

    torch.set_num_threads(1)
    told = {knob: values[i] for (knob, values), i in zip(KNOBS.items(), place, strict=True)}
    repository = str(load_task(TASK).repository_folder)
    trial = folder / "running" / name_of(place, seed)
    shutil.rmtree(trial, ignore_errors=True)
    trial.mkdir(parents=True)
    os.chdir(trial)
    rows = curate.load(repository, dict.fromkeys(SETS[told["data"]]), seed=seed)
    curate.export(curate.sample(rows, told["rows"], seed=seed), "data")
    seconds: list[float] = []
    validation: list[str] = []
    spent = 0.0
    for rung in RUNGS:
        began = time.process_time()
        _train(model, told, seed, rung)
        spent += time.process_time() - began
        seconds.append(round(spent, 2))
        validation.append(packed(_scores(model, "validation", trial / "model", rung)))
    test = packed(_scores(model, "test", trial / "model"))
    kept = {"place": place, "seed": seed, "seconds": seconds, "validation": validation}
    write_json(folder / "runs" / f"{name_of(place, seed)}.json", {**kept, "test": test})
    os.chdir(folder)
    shutil.rmtree(trial)


def _train(model: str, told: Mapping[str, Any], seed: int, rung: float) -> None:
    """Trains in the current folder to a rung, from the rung before where there was one."""
    from ftassist.recipes import train

    os.environ["FTASSIST_RUNG"] = f"{rung:g}"
    lora = told["method"] == "lora"
    factor = RATE_FACTORS.get(model, OTHERS_FACTOR) * (LORA_FACTOR if lora else 1.0)
    train.sft(
        model,
        "data",
        "model",
        method=told["method"],
        learning_rate=told["rate"] * factor,
        epochs=told["epochs"],
        batch_size=BATCH,
        seed=seed,
    )


def _warm(model: str, folder: Path) -> None:
    """Imports and first calls, which no run is to pay for."""
    import torch

    from ftassist.recipes import curate

    torch.set_num_threads(1)
    trial = folder / "running" / f"warm-{os.getpid()}"
    trial.mkdir(parents=True)
    os.chdir(trial)
    rows = curate.load(
        str(load_task(TASK).repository_folder), dict.fromkeys(SETS["lessons"]), seed=0
    )
    curate.export(curate.sample(rows, 32, seed=0), "data")
    for method in ("full", "lora"):
        _train(model, {"method": method, "rate": 1e-3, "epochs": 1}, 0, 1.0)
        shutil.rmtree("model")
    os.chdir(folder)
    shutil.rmtree(trial)


@lru_cache(maxsize=1)
def _base(model: str) -> Any:
    from ftassist.dojo.evaluator.models import load_base

    return load_base(model)


@lru_cache(maxsize=4)
def asked(split: Split, rung: float = 1.0) -> tuple[str, ...]:
    """The ids of the items that are asked: half of a split's, in part half of those."""
    items = named_items(load_task(TASK).items(split))
    half = partial_items(items, None)
    if rung < 1.0:
        half = partial_items([item for item in items if item[0] in half], None)
    return tuple(sorted(half))


def _scores(model: str, split: Split, folder: Path | None, rung: float = 1.0) -> list[float]:
    """Scores a folder's model, or the untouched one, as the evaluator does, on what is asked."""
    from ftassist.dojo.evaluator.harness import GreedyModel, run
    from ftassist.dojo.evaluator.models import load_model

    base, task = _base(model), load_task(TASK)
    loaded = load_model(base, folder).model
    answering = GreedyModel(loaded, base.tokenizer, base.end_ids, chats=base.chats)
    found = item_scores(task, run(answering, task, split, asked(split, rung)), answering.answers)
    return [item.score for item in sorted(found, key=lambda item: item.id)]


def base_scores(model: str) -> dict[str, Any]:
    """The untouched model's items, and the places of those that runs in part are scored on."""
    splits: tuple[Split, ...] = ("validation", "test")
    partial = asked("validation", RUNGS[0])
    return {
        "base": {split: packed(_scores(model, split, None)) for split in splits},
        "partial": [asked("validation").index(item) for item in partial],
    }


def table(model: str, folder: Path) -> dict[str, Any]:
    """The whole table, as the package keeps it."""
    import torch
    import transformers

    runs = [read_json(folder / "runs" / f"{name_of(*at)}.json") for at in places()]
    return {
        "task": TASK,
        "model": model,
        "made": f"{datetime.now(UTC):%Y-%m-%d}",
        "about": "tiny is a stand-in of 1.8 M parameters; for a model that people fine-tune: "
        "python -m benchmarks.lattice --keep FOLDER --model smollm2-135m --write",
        "command": f"python -m benchmarks.lattice --keep FOLDER --model {model} --write",
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "knobs": {knob: list(values) for knob, values in KNOBS.items()},
        "rungs": RUNGS,
        "items": len(asked("validation")),
        "batch": BATCH,
        "rate factors": {"model": RATE_FACTORS.get(model, OTHERS_FACTOR), "lora": LORA_FACTOR},
        **read_json(folder / "base.json"),
        "runs": runs,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs what is missing of the grid, and writes the table when it is whole."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, required=True, help="where runs are kept")
    parser.add_argument("--model", default="tiny", help="the base model")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=None, help="only so many runs, to try it")
    parser.add_argument("--write", action="store_true", help="put the table into the package")
    given = parser.parse_args(arguments)
    folder = given.keep.resolve() / given.model
    (folder / "runs").mkdir(parents=True, exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = "1"
    if not (folder / "base.json").exists():
        write_json(folder / "base.json", base_scores(given.model))
    missing = [at for at in places() if not (folder / "runs" / f"{name_of(*at)}.json").exists()]
    wanted = missing[: given.first]
    began = time.monotonic()
    spawned = get_context("spawn")
    with ProcessPoolExecutor(given.jobs, spawned, _warm, (given.model, folder)) as pool:
        going = [pool.submit(run, *at, given.model, folder) for at in wanted]
        for count, one in enumerate(as_completed(going), 1):
            one.result()
            left = (time.monotonic() - began) / count * (len(wanted) - count)
            print(f"{count} of {len(wanted)} · {left / 60:.0f} min left", file=sys.stderr)
    if given.write and len(wanted) == len(missing):
        text = json.dumps(table(given.model, folder), separators=(",", ":"))
        TABLE.write_text(text.replace('{"place"', '\n{"place"') + "\n", encoding="utf-8")
        print(f"{TABLE.name}: {len(text) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
