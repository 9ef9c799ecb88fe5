"""How alike a model is to its base after real trainings, and how alike models are that swapped it.

Trains the tiny base on a mini task, full and LoRA, at several learning rates and epochs, and
compares what comes out with models that do not descend from it: random weights, a model of the
same shape pretrained from another seed, the base with its hidden units permuted, and the base
with some tensors of the other model in it.

    python -m benchmarks.lineage --task mini_math --minutes 4 --out build/lineage

Prints a table, one line a model as it is measured; docs/security.md has the table of one run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

from ftassist.dojo.evaluator.descent import Sample
from ftassist.dojo.evaluator.models import Base, load_base, load_model
from ftassist.dojo.task_loader import load_task
from ftassist.recipes import curate, train

State = dict[str, torch.Tensor]
TRAININGS: list[dict[str, Any]] = [
    {"method": "full", "learning_rate": 1e-4, "epochs": 1},
    {"method": "full", "learning_rate": 1e-3, "epochs": 2},
    {"method": "full", "learning_rate": 3e-3, "epochs": 2},
    {"method": "full", "learning_rate": 1e-3, "epochs": 8},
    {"method": "full", "learning_rate": 1e-2, "epochs": 2},
    {"method": "lora", "learning_rate": 3e-3, "epochs": 2, "rank": 16},
]
SETS = {
    "mini_math": ["lessons_shop", "lessons_travel", "lessons_home", "lessons_garden"],
    "mini_chemistry": ["ring_notes", "group_notes"],
    "mini_tables": ["lookup_steps", "sum_steps", "check_steps"],
}


def main() -> None:
    """Trains, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--task", default="mini_math", choices=sorted(SETS))
    parser.add_argument("--rows", type=int, default=1500)
    parser.add_argument("--minutes", type=float, default=4.0, help="pretraining of the stranger")
    parser.add_argument("--out", type=Path, default=Path("build/lineage"))
    options = parser.parse_args()
    base = load_base("tiny")
    ours = weights(load_model(base).model)
    print("| model | least cosine | median | loss or where |\n|---|---|---|---|")
    for name, state, note in strangers(base, ours, options.out, options.minutes):
        tell(name, ours, state, note)
    options.out.mkdir(parents=True, exist_ok=True)
    rows = curate.load(load_task(options.task).repository_folder, SETS[options.task], seed=0)
    curate.export(curate.sample(rows, options.rows, seed=0), options.out / "data")
    for arguments in TRAININGS:
        result = train.sft("tiny", options.out / "data", options.out / "model", **arguments)
        named = ", ".join(f"{key} {value}" for key, value in arguments.items())
        state = weights(load_model(base, options.out / "model").model)
        tell(named, ours, state, f"{result.steps} steps, loss {result.loss:.2f}")


def weights(model: Any) -> State:
    """The weights of a model, copied."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def tell(name: str, ours: State, theirs: State, note: str) -> None:
    """Prints one line of the table."""
    found = Sample.of(ours).cosines(theirs)
    least = min(found, key=lambda key: found[key])
    middle = statistics.median(found.values())
    print(f"| {name} | {found[least]:.3f} ({least}) | {middle:.3f} | {note} |", flush=True)


def strangers(
    base: Base, ours: State, out: Path, minutes: float
) -> Iterator[tuple[str, State, str]]:
    """Models that do not descend from the base, or only in part."""
    from pretraining.model import Config, build_model

    config = Config(seed=7, processes=1, minutes=minutes)
    random = build_model(config, base.tokenizer)
    yield "random weights", weights(random), "another seed"
    loss = pretrain(config, random, out)
    other = weights(random)
    yield "pretrained from another seed", other, f"{minutes:g} min, loss {loss:.2f}"
    yield "the base, hidden units permuted", permuted(ours, Random(0)), "computes what it did"
    layer = {name: other[name] if ".layers.2." in name else ours[name] for name in ours}
    yield "the base, one layer of the other", layer, "layer 2"
    embedded = {name: other[name] if "embed" in name else ours[name] for name in ours}
    yield "the base, the other's embedding", embedded, "embed_tokens"
    for share in (0.5, 0.8, 0.9):
        mixed = {name: torch.lerp(ours[name], other[name], share) for name in ours}
        yield f"a blend, {share:.0%} the other", mixed, "linear in the weights"


def permuted(ours: State, rng: Random) -> State:
    """The base with the units of each feed-forward layer and the residual stream shuffled."""
    state = dict(ours)
    width = ours["model.embed_tokens.weight"].shape[1]
    order = torch.tensor(rng.sample(range(width), width))
    for name, tensor in ours.items():
        if tensor.dim() == 1 or name.endswith(("o_proj.weight", "down_proj.weight")):
            state[name] = tensor[order]
        else:
            state[name] = tensor[:, order]
    return state


def pretrain(config: Any, model: Any, out: Path) -> float:
    """Pretrains as `pretraining.pretrain` does, in this process; returns the loss at the end."""
    import json
    import shutil

    from pretraining import molecules
    from pretraining.model import optimisers
    from pretraining.pretrain import loss_of, rate, source

    from ftassist.models import tiny_path

    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(tiny_path()) / "tokenizer.json", out / "tokenizer.json")
    if not (out / "molecules.json").exists():
        listed = molecules.collect(config.seed, 500)
        (out / "molecules.json").write_text(json.dumps(listed))
    steppers = optimisers(config, model)
    begun, losses = time.monotonic(), [0.0]
    for step, batch in enumerate(source(config, out, config.seed)):
        seconds = time.monotonic() - begun
        if seconds > 60 * config.minutes:
            break
        for stepper, full in zip(steppers, (config.matrix_rate, config.other_rate), strict=True):
            for group in stepper.param_groups:
                group["lr"] = full * rate(config, step, seconds)
        loss = loss_of(model, batch)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for stepper in steppers:
            stepper.step()
            stepper.zero_grad()
        losses.append(loss.item())
    return statistics.fmean(losses[-20:])


if __name__ == "__main__":
    main()
