"""Items a second: the evaluator against a plain one-by-one and a plain batched `generate` loop.

All three score the same model on the same items in one run, models loaded and libraries imported
before the clock starts. Ours includes the harness, scoring, intervals and hashes; the plain loops
only tokenise, generate and score. The scores must agree; how many answers are the same token for
token is counted.

    python -m benchmarks.evaluate --task mini_math --model tiny [--items 200]

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
from dataclasses import asdict, dataclass, fields
from itertools import takewhile
from typing import Any

os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the evaluator process has it

import torch

from ftassist.dojo.evaluator.harness import GreedyModel, harness_task
from ftassist.dojo.evaluator.models import Base, load_base, load_model
from ftassist.dojo.evaluator.scoring import score
from ftassist.dojo.task import Split, Task
from ftassist.dojo.task_loader import load_task


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
        same: Answers that are those of the evaluator token for token.
    """

    way: str
    items: int
    seconds: float
    cpu_seconds: float
    items_per_second: float
    score: float
    same: int


Outcome = tuple[float, list[tuple[int, ...]]]
"""Mean score and the tokens of each answer."""


class Part(Task):
    """A task with its first items only."""

    most: int

    def items(self, split: Split) -> list[dict[str, Any]]:
        """The first items of a split."""
        return super().items(split)[: self.most]


def first_items(task: Task, most: int) -> Task:
    """A task that has at most so many items."""
    found = Part(**{field.name: getattr(task, field.name) for field in fields(task)})
    object.__setattr__(found, "most", most)
    return found


def main() -> None:
    """Runs the three ways in turn, `repeats` times, and prints their medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--task", default="mini_math")
    parser.add_argument("--model", default="tiny", help="base model: tiny, a folder or a Hub id")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32, help="rows a batch of the plain loop")
    parser.add_argument("--single", type=int, default=100, help="items of the one-by-one loop")
    parser.add_argument("--items", type=int, default=1_000_000, help="at most so many")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    task = first_items(load_task(arguments.task), arguments.items)
    base = load_base(arguments.model)
    model = load_model(base).model
    items = task.items("validation")
    ways: dict[str, tuple[int, Callable[[], Outcome]]] = {
        "evaluator": (len(items), lambda: through_evaluator(base, model, task)),
        f"plain loop, batches of {arguments.batch}": (
            len(items),
            lambda: plain_loop(base, model, task, items, arguments.batch),
        ),
    }
    if arguments.single:
        ways["plain loop, one by one"] = (
            min(arguments.single, len(items)),
            lambda: plain_loop(base, model, task, items[: arguments.single], 1),
        )
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
            f"score {result.score:.3f}  same answers {result.same}"
        )


def measure(ways: dict[str, tuple[int, Callable[[], Outcome]]], repeats: int) -> list[Result]:
    """Medians of the ways, taken in turn so that a busy minute does not hit only one."""
    clocks: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    outcomes: dict[str, Outcome] = {}
    for _ in range(repeats):
        for way, (_, run) in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            outcomes[way] = run()
            clocks[way].append((time.perf_counter() - wall, time.process_time() - cpu))
    results = []
    for way, (items, _) in ways.items():
        wall = statistics.median(wall for wall, _ in clocks[way])
        cpu = statistics.median(cpu for _, cpu in clocks[way])
        score, answers = outcomes[way]
        same = sum(a == b for a, b in zip(answers, outcomes["evaluator"][1], strict=False))
        results.append(Result(way, items, wall, cpu, items / wall, score, same))
    return results


def through_evaluator(base: Base, model: Any, task: Task) -> Outcome:
    """What the evaluator process does for a loaded model."""
    harness_model = GreedyModel(model, base.tokenizer, base.end_ids, chats=base.chats)
    found = score(harness_model, task, "validation", model_digest="benchmark").score
    return found, [harness_model.answers[n].tokens for n in sorted(harness_model.answers)]


def plain_loop(
    base: Base, model: Any, task: Task, items: list[dict[str, Any]], batch: int
) -> Outcome:
    """What one would write by hand: items in order, padded batches, the library's generate."""
    tokenizer = base.tokenizer
    process_results = harness_task(task, "validation").config.process_results
    total = 0.0
    answers: list[tuple[int, ...]] = []
    for start in range(0, len(items), batch):
        part = items[start : start + batch]
        chats = [[{"role": "user", "content": item["prompt"]}] for item in part]
        texts = [base.chats.question_of(chat) for chat in chats]
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
        new = output[:, inputs["input_ids"].shape[1] :]
        answers += [
            tuple(takewhile(lambda token: token not in base.end_ids, row)) for row in new.tolist()
        ]
        written = tokenizer.batch_decode(new, skip_special_tokens=True)
        total += sum(
            process_results(item, [text])["score"]
            for item, text in zip(part, written, strict=True)
        )
    return total / len(items), answers


if __name__ == "__main__":
    main()
