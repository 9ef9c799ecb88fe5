"""Items a second: the evaluator against a plain one-by-one and a plain batched `generate` loop.

All three score the same model on the same items in one run, models loaded and libraries imported
before the clock starts. Ours includes the harness, scoring, intervals and hashes; the plain loops
only tokenise, generate and score. The scores must agree.

    python benchmarks/evaluate.py --task mini_math --model tiny

Prints a table; knows nothing of processes and sockets (see trial_overhead.py for those).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the evaluator process has it

import torch

from ftassist.dojo.evaluator.harness import GreedyModel, harness_task
from ftassist.dojo.evaluator.models import Base, load_base, load_model
from ftassist.dojo.evaluator.scoring import score
from ftassist.dojo.task import Task, load_task


@dataclass(frozen=True)
class Result:
    """One way of evaluating, over the repeats.

    Attributes:
        way: Its name.
        items: Items scored in a repeat.
        seconds: Median over the repeats.
        cpu_seconds: Median processor time, which a busy machine changes less.
        items_per_second: From the median of seconds.
        score: Mean item score; the same for all ways, but for ties in rounding.
    """

    way: str
    items: int
    seconds: float
    cpu_seconds: float
    items_per_second: float
    score: float


def main() -> None:
    """Runs the three ways in turn, `repeats` times, and prints their medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--task", default="mini_math")
    parser.add_argument("--model", default="tiny", help="base model: tiny, a folder or a Hub id")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32, help="rows a batch of the plain loop")
    parser.add_argument("--single", type=int, default=100, help="items of the one-by-one loop")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    task, base = load_task(arguments.task), load_base(arguments.model)
    model = load_model(base).model
    items = task.items("validation")
    ways: dict[str, tuple[int, Callable[[], float]]] = {
        "evaluator": (len(items), lambda: through_evaluator(base, model, task)),
        f"plain loop, batches of {arguments.batch}": (
            len(items),
            lambda: plain_loop(base, model, task, items, arguments.batch),
        ),
        "plain loop, one by one": (
            min(arguments.single, len(items)),
            lambda: plain_loop(base, model, task, items[: arguments.single], 1),
        ),
    }
    results = measure(ways, arguments.repeats)
    if arguments.json:
        print(json.dumps([asdict(result) for result in results], indent=1))
        return
    print(f"{arguments.task}, {arguments.model}, {torch.get_num_threads()} threads, ", end="")
    print(f"load {os.getloadavg()[0]:.1f}, medians of {arguments.repeats}")
    for result in results:
        print(
            f"{result.way:<28} {result.items:>4} items {result.seconds:>7.2f} s "
            f"(cpu {result.cpu_seconds:.2f} s) {result.items_per_second:>7.1f} items/s  "
            f"score {result.score:.3f}"
        )


def measure(ways: dict[str, tuple[int, Callable[[], float]]], repeats: int) -> list[Result]:
    """Medians of the ways, taken in turn so that a busy minute does not hit only one."""
    clocks: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    scores: dict[str, float] = {}
    for _ in range(repeats):
        for way, (_, run) in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            scores[way] = run()
            clocks[way].append((time.perf_counter() - wall, time.process_time() - cpu))
    results = []
    for way, (items, _) in ways.items():
        wall = statistics.median(wall for wall, _ in clocks[way])
        cpu = statistics.median(cpu for _, cpu in clocks[way])
        results.append(Result(way, items, wall, cpu, items / wall, scores[way]))
    return results


def through_evaluator(base: Base, model: Any, task: Task) -> float:
    """What the evaluator process does for a loaded model."""
    harness_model = GreedyModel(model, base.tokenizer, base.end_ids)
    return score(harness_model, task, "validation", model_digest="benchmark").score


def plain_loop(
    base: Base, model: Any, task: Task, items: list[dict[str, Any]], batch: int
) -> float:
    """What one would write by hand: items in order, padded batches, the library's generate."""
    tokenizer = base.tokenizer
    process_results = harness_task(task, "validation").config.process_results
    total = 0.0
    for start in range(0, len(items), batch):
        part = items[start : start + batch]
        chats = [[{"role": "user", "content": item["prompt"]}] for item in part]
        texts = tokenizer.apply_chat_template(chats, tokenize=False, add_generation_prompt=True)
        inputs = tokenizer(
            texts,
            return_tensors="pt",
            padding=True,
            padding_side="left",
            add_special_tokens=False,
            return_token_type_ids=False,
        )
        with torch.inference_mode():
            output = model.generate(
                **inputs.to(model.device),
                max_new_tokens=task.card.max_new_tokens,
                do_sample=False,
                eos_token_id=sorted(base.end_ids),
                pad_token_id=tokenizer.pad_token_id,
            )
        written = tokenizer.batch_decode(
            output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
        )
        total += sum(
            process_results(item, [text])["score"]
            for item, text in zip(part, written, strict=True)
        )
    return total / len(items)


if __name__ == "__main__":
    main()
