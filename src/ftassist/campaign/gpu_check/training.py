"""One short training in a process of its own, measured: what a part of the GPU check runs.

    python -m ftassist.campaign.gpu_check.training '{"method": "lora", ...}'

Prints one JSON object as its last line. A process each, so that memory is given back and running
out of it ends nothing else.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from ftassist.campaign.gpu_check.wish import Found, TrainingWish
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task_loader import load_task
from ftassist.files import read_jsonl
from ftassist.isolation.ending import die_with_parent
from ftassist.recipes.arguments import TrainResult
from ftassist.trial.failures import from_exception

MIB = 2**20
PREFERENCE_RATE = 5e-6


def run(wish: TrainingWish) -> Found:
    """Trains as wished and says what it took."""
    with tempfile.TemporaryDirectory(prefix="ftassist-gpu-") as folder:
        place = Path(folder)
        data = place / "rows.jsonl"
        data.write_text(_rows(wish), encoding="utf-8")
        try:
            result = _train(wish, data, place / "model")
        except Exception as error:  # noqa: BLE001 - the class of any failure is the result
            told = str(getattr(error, "kind", "") or "")
            failed = from_exception(type(error).__name__, str(error), [], "train", told)
            return {"ok": False, "class": str(failed.failure), "message": failed.message[:600]}
        curve = [row for row in read_jsonl(place / "metrics.jsonl") if "loss" in row]
    found = {
        "ok": True,
        "device": result.device,
        "precision": result.precision,
        "steps": result.steps,
        "loss": result.loss,
        "peak_memory_mb": round(result.peak_memory / MIB, 1),
        "parameters_trained": result.parameters_trained,
        "seconds": {name: round(value, 2) for name, value in result.seconds.items()},
    }
    if len(curve) > 1 and curve[-1]["seconds"] > curve[0]["seconds"]:
        spent = curve[-1]["seconds"] - curve[0]["seconds"]
        found["tokens_a_second"] = round((curve[-1]["tokens"] - curve[0]["tokens"]) / spent, 1)
    return found


def _train(wish: TrainingWish, data: Path, output: Path) -> TrainResult:
    from ftassist.recipes import train

    method, model = wish.method, wish.model
    common: dict[str, Any] = {
        "batch_size": wish.batch_size,
        "max_steps": wish.steps,
        "max_length": wish.max_length,
        "epochs": 100,
    }
    if method == "dpo":
        return train.dpo(model, data, output, learning_rate=PREFERENCE_RATE, **common)
    if method == "grpo":
        common |= {"scorer": wish.task, "generations": 4, "max_new_tokens": 16}
        return train.grpo(
            model, data, output, learning_rate=PREFERENCE_RATE, supervised=1.0, **common
        )
    common |= {"method": method, "validation_share": 0.0}
    rate = 1e-5 if method == "full" else 1e-4
    return train.sft(model, data, output, learning_rate=rate, **common)


def _rows(wish: TrainingWish) -> str:
    """Real rows of a task's first own set; for DPO each with another row's answer as rejected."""
    repository = DataRepository(load_task(wish.task).repository_folder)
    name = repository.names()[0]
    found = repository.turns(name)[: wish.rows]
    lines = []
    for number, (prompt, answer) in enumerate(found):
        row: dict[str, Any] = {
            "id": f"{name}/{number}",
            "source": name,
            "messages": [
                {"role": "user", "content": " ".join([prompt] * wish.repeat_prompt)},
                {"role": "assistant", "content": answer},
            ],
        }
        if wish.method == "dpo":
            others = [other for _, other in found if other != answer]
            row["rejected"] = others[number % len(others)]
        lines.append(json.dumps(row, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)


def main() -> int:
    """Runs the training that the first argument describes."""
    die_with_parent(os.getppid())
    print(json.dumps(run(TrainingWish.of(json.loads(sys.argv[1])))), flush=True)  # noqa: T201 - its answer
    return 0


if __name__ == "__main__":
    sys.exit(main())
