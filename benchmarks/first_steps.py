"""Looks for what changes the first loss of a training: the same first step in many surroundings.

    python -m benchmarks.first_steps [--rounds 1] [--precision float32,bf16] [--json FILE]

Each line is one process that trains the tiny model for one step on the same 199 rows: fresh, with
what a spare kernel loads, with other threads, instruction sets, hash seeds, memory, beside other
work, stopped and continued. Told are the loss, the loss of the fixed batch, and what of it differs
from the first plain process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.files import write_json
from ftassist.recipes.numerics import compare, read_fingerprints

ROWS, SEED, BATCH = 199, 0, 16
SPIN = "while True: pass"
STEP = f"""
import sys
from ftassist.recipes import train

for _ in range(int(sys.argv[2])):
    train.sft("tiny", sys.argv[1] + "/data", sys.argv[1] + "/model", method="lora", rank=8,
              learning_rate=3e-3, epochs=4, batch_size={BATCH}, seed={SEED}, max_steps=1)
"""
THREADS = "import torch; torch.set_num_threads({})\n"
EAGER = """
import transformers
find = transformers.AutoModelForCausalLM.from_pretrained
transformers.AutoModelForCausalLM.from_pretrained = (
    lambda *a, **k: find(*a, attn_implementation="eager", **k))
"""
SHIFTED = """
import random, torch
blocks = [torch.ones(random.randrange(1, 9_999)) for _ in range(2_000)][::2]
"""
HELD = "held = bytearray(2 * 2**30); held[::4096] = b'1' * (len(held) // 4096)\n"


@dataclass(frozen=True)
class Surrounding:
    """One way to run the step.

    Attributes:
        name: What to call it.
        before: Code that runs first.
        variables: Environment variables.
        times: Trainings in the one process; the last one is looked at.
        spinning: Processes that work beside it.
        stopping: Whether it is stopped and continued on the way.
    """

    name: str
    before: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    spinning: int = 0
    stopping: bool = False


def surroundings() -> list[Surrounding]:
    """All of them; the first is what the others are compared with."""
    from ftassist.trial.spare import PRELOADED

    loaded = f"import {PRELOADED}\n"
    return [
        Surrounding("plain"),
        Surrounding("plain again"),
        Surrounding("as a spare kernel", loaded),
        Surrounding("data libraries first", "import pyarrow, pandas, datasets, sklearn\n"),
        Surrounding("trained before", times=2),
        Surrounding("beside 4 busy processes", spinning=4),
        Surrounding("stopped and continued", stopping=True),
        Surrounding("2 GiB held", HELD),
        Surrounding("memory in other places", SHIFTED),
        *(Surrounding(f"hash seed {n}", variables={"PYTHONHASHSEED": str(n)}) for n in (1, 2)),
        *(Surrounding(f"{n} threads", THREADS.format(n)) for n in (1, 3, 8)),
        Surrounding("threads that spin", variables={"OMP_WAIT_POLICY": "ACTIVE"}),
        Surrounding("OpenMP decides", variables={"OMP_DYNAMIC": "true"}, spinning=4),
        Surrounding("MKL as for any processor", variables={"MKL_CBWR": "COMPATIBLE"}),
        Surrounding("oneDNN as of SSE 4.1", variables={"ONEDNN_MAX_CPU_ISA": "SSE41"}),
        Surrounding("torch without AVX", variables={"ATEN_CPU_CAPABILITY": "default"}),
        Surrounding("other attention", EAGER),
    ]


def run(where: Surrounding, folder: Path, precision: str) -> dict[str, Any]:
    """Runs one step in a process of its own."""
    (folder / "numerics.json").unlink(missing_ok=True)
    code = where.before + STEP
    command = [sys.executable, "-c", code, str(folder), str(where.times)]
    variables = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE", **where.variables}
    environment = {**os.environ, **variables, "FTASSIST_PRECISION": precision}
    with _busy(where.spinning):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        if where.stopping:
            _stop_and_continue(process)
        if process.wait(900):
            raise SystemExit(f"{where.name}: the step failed")
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    fingerprint = read_fingerprints(folder)[-1]
    loss = next(row["loss"] for row in rows if "loss" in row)
    return {"name": where.name, "precision": precision, "loss": loss, "numerics": fingerprint}


@contextmanager
def _busy(number: int) -> Iterator[None]:
    busy = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(number)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def _stop_and_continue(process: subprocess.Popen[bytes]) -> None:
    generator = random.Random(0)
    while process.poll() is None:
        time.sleep(generator.random())
        if process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            time.sleep(generator.random() / 2)
            process.send_signal(signal.SIGCONT)


def make_rows(folder: Path) -> None:
    """The rows of the soak's third trial."""
    from ftassist.dojo.task_loader import load_task
    from ftassist.recipes import curate

    repository = str(load_task("mini_math").repository_folder)
    rows = curate.load(repository, {"lessons_shop": ROWS}, seed=SEED)
    curate.export(rows, folder / "data")


def line(found: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    """One line of the table."""
    probe = (found["numerics"].probe or {}).get("loss")
    away = found["loss"] - first["loss"]
    compared = compare(first["numerics"], found["numerics"])
    told = "; ".join((*compared.results, *compared.causes)) or "no difference recorded"
    return (
        f"{found['precision']:8} {found['name']:26} loss {found['loss']!r:20} ({away:+.1e})  "
        f"fixed batch {probe!r:20} {told}"
    )


def main() -> int:
    """Runs all of them and prints a line each."""
    parser = argparse.ArgumentParser(description="look for what changes a first loss")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--precision", default="float32,bf16")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="first-steps-") as place:
        make_rows(Path(place))
        for precision in arguments.precision.split(","):
            first: dict[str, Any] = {}
            for where in [s for _ in range(arguments.rounds) for s in surroundings()]:
                found = run(where, Path(place), precision)
                first = first or found
                results.append(found)
                print(line(found, first), flush=True)
    if arguments.json:
        write_json(arguments.json, {"results": results})
    return 0


if __name__ == "__main__":
    sys.exit(main())
