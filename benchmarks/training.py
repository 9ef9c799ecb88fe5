"""How fast `train.sft` trains, beside a plain TRL script with the same model, rows and settings.

    python -m benchmarks.training [--model smollm2-135m] [--rows 160] [--kind short]
                                  [--method lora] [--rounds 3] [--json figures.json]

Does the same training several ways, in turn, in every round of one run, each in a fresh process:
`ours`, and TRL's `SFTTrainer` as its documentation writes it, in bf16 (`trl`), in float32, and in
float32 without gradient checkpointing. Rows, batch, adapter, learning rate and epochs are the
same; ours computes in bf16 only where the processor does so natively, and the figures say in
what. One way more is a further epoch of `layers=15` (lora only), whose CPU seconds are a share of
the whole. `short` rows are questions of banking77, `long` ones worked problems of gsm8k.

Seconds are those of the optimizer steps: no imports, loading, tokenising and saving. CPU seconds
of the process over the same time stand beside them, which tell more on a machine that is not
quiet. Tokens count prompts and answers without padding. Medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ftassist.files import write_json

TASKS = {"short": "banking77", "long": "gsm8k"}
SETS = {"short": "banking77_train", "long": "gsm8k_train"}
LAST = "ours, a further epoch of the last 15 layers"
WAYS = ("ours", "trl", "trl, float32", "trl, float32, no checkpointing", LAST)
LAYERS = 15
BATCH = 16
RATE = 2e-4
RANK = 16
LONGEST = 512


@dataclass(frozen=True)
class Measured:
    """One training.

    Attributes:
        seconds: Wall time of its steps.
        cpu: CPU time of the process over these.
        tokens: Tokens of the rows, without padding, over all epochs.
        steps: Optimizer steps.
        losses: Of the first ten steps.
        precision: What it computed in.
    """

    seconds: float
    cpu: float
    tokens: int
    steps: int
    losses: list[float]
    precision: str


def rows_of(kind: str, number: int, seed: int = 0) -> list[dict[str, Any]]:
    """Chat rows of a real task."""
    from ftassist.dojo.repository import DataRepository
    from ftassist.dojo.task_loader import load_task

    turns = DataRepository(load_task(TASKS[kind]).repository_folder).turns(SETS[kind])
    chosen = random.Random(seed).sample(turns, number)
    return [
        {
            "id": f"row-{i}",
            "source": kind,
            "messages": [
                {"role": "user", "content": prompt},
                {"role": "assistant", "content": answer},
            ],
        }
        for i, (prompt, answer) in enumerate(chosen)
    ]


def ours(model: str, data: Path, method: str, epochs: int, layers: int | None = None) -> Measured:
    """The recipe; with `layers` the second of two epochs, when the frozen part is computed."""
    from transformers import Trainer

    from ftassist.recipes import train

    watch: dict[str, float] = {}
    inner = Trainer.train

    def timed(*arguments: Any, **more: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        found = inner(*arguments, **more)
        watch.update(seconds=time.perf_counter() - wall, cpu=time.process_time() - cpu)
        return found

    Trainer.train = timed
    result = train.sft(
        model,
        data,
        data.parent / "model",
        learning_rate=RATE,
        epochs=2 if layers else epochs,
        batch_size=BATCH,
        layers=layers,
        method=method,  # type: ignore[arg-type]
        rank=RANK,
        max_length=LONGEST,
        validation_share=0.0,
    )
    lines = (data.parent / "metrics.jsonl").read_text().splitlines()
    steps = [found for found in map(json.loads, lines) if "loss" in found]
    losses = [found["loss"] for found in steps]
    if layers:
        half = result.steps // 2
        wall = steps[-1]["seconds"] - steps[half - 1]["seconds"]
        cpu = watch["cpu"] * wall / watch["seconds"]
        return Measured(wall, cpu, result.tokens // 2, half, losses[half:], result.precision)
    seen = (result.tokens, result.steps, losses[:10], result.precision)
    return Measured(watch["seconds"], watch["cpu"], *seen)


def plain_trl(model: str, data: Path, method: str, epochs: int, way: str) -> Measured:
    """TRL's trainer, as a person would write it."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    from ftassist.models.reference import resolve

    folder = resolve(model).path
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    texts = Dataset.from_list(
        [{"prompt": row["messages"][:-1], "completion": row["messages"][-1:]} for row in rows]
    )
    arguments: dict[str, Any] = {}
    if way.endswith("no checkpointing"):
        arguments["gradient_checkpointing"] = False
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32),
        args=SFTConfig(
            output_dir=str(data.parent / "trl"),
            per_device_train_batch_size=BATCH,
            num_train_epochs=epochs,
            learning_rate=RATE,
            bf16=way == "trl",
            use_cpu=not torch.cuda.is_available(),
            max_length=LONGEST,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            **arguments,
        ),
        train_dataset=texts,
        processing_class=tokenizer,
        peft_config=LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules="all-linear")
        if method == "lora"
        else None,
    )
    tokens = sum(map(len, trainer.train_dataset["input_ids"])) * epochs
    wall, cpu = time.perf_counter(), time.process_time()
    trainer.train()
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    losses = [found["loss"] for found in trainer.state.log_history if "loss" in found]
    precision = "bf16" if trainer.args.bf16 else "float32"
    return Measured(seconds, used, tokens, trainer.state.global_step, losses[:10], precision)


def in_fresh_process(way: str, arguments: argparse.Namespace, data: Path) -> Measured:
    """One training in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.training", "--way", way, "--data", str(data)]
    command += ["--model", arguments.model, "--method", arguments.method]
    command += ["--epochs", str(arguments.epochs)]
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false"}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if ended.returncode:
        raise SystemExit(f"{way} failed:\n{ended.stderr[-3000:]}")
    return Measured(**json.loads(ended.stdout.splitlines()[-1]))


def summary(found: dict[str, list[Measured]]) -> dict[str, Any]:
    """Medians by way, and how many times as long as ours each takes."""
    wall = {way: statistics.median(m.seconds for m in runs) for way, runs in found.items()}
    cpu = {way: statistics.median(m.cpu for m in runs) for way, runs in found.items()}
    return {
        way: {
            "seconds": round(wall[way], 2),
            "cpu": round(cpu[way], 2),
            "tokens_per_second": round(runs[0].tokens / wall[way], 1),
            "steps": runs[0].steps,
            "precision": runs[0].precision,
            "times_ours": round(wall[way] / wall["ours"], 2),
            "times_ours_cpu": round(cpu[way] / cpu["ours"], 2),
            "losses": runs[0].losses,
        }
        for way, runs in found.items()
    }


def main() -> None:
    """Measures, or is one measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--rows", type=int, default=160)
    parser.add_argument("--kind", choices=sorted(TASKS), default="short")
    parser.add_argument("--method", choices=("lora", "full"), default="lora")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        given = (arguments.model, arguments.data, arguments.method, arguments.epochs)
        way = arguments.way
        if way.startswith("ours"):
            found_here = ours(*given, LAYERS if way == LAST else None)
        else:
            found_here = plain_trl(*given, way)
        print(json.dumps(asdict(found_here)))
        return
    rows = rows_of(arguments.kind, arguments.rows)
    ways = [w for w in arguments.ways if w != LAST or arguments.method == "lora"]
    found: dict[str, list[Measured]] = {way: [] for way in ways}
    for number in range(arguments.rounds):
        for way, runs in found.items():
            with tempfile.TemporaryDirectory() as folder:
                data = Path(folder) / "rows.jsonl"
                data.write_text("".join(json.dumps(row) + "\n" for row in rows))
                runs.append(in_fresh_process(way, arguments, data))
            load = os.getloadavg()[0]
            print(
                f"round {number + 1} {way}: {runs[-1].seconds:.1f} s, load {load:.1f}", flush=True
            )
    document = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}",
        "model": arguments.model,
        "rows": arguments.rows,
        "kind": arguments.kind,
        "method": arguments.method,
        "epochs": arguments.epochs,
        "rounds": arguments.rounds,
        "ways": summary(found),
    }
    print(json.dumps(document, indent=1))
    if arguments.json:
        write_json(arguments.json, document)


if __name__ == "__main__":
    main()
