"""Pretrain the tiny base model on a CPU: corpus, tokenizer, training, export, in that order.

    python -m pretraining.pretrain --minutes 50 --out build/pretraining

Killed runs go on from the last checkpoint when the same command is given again. The length of
the run is wall-clock time of training, because that is what a small machine has to give; the
learning rate follows it.
"""

import argparse
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor, distributed, nn
from torch.multiprocessing.spawn import spawn
from torch.nn import functional

from pretraining import mix, molecules, text, tokenizer
from pretraining.export import export_checkpoint
from pretraining.model import Config, build_model, optimisers
from pretraining.packing import Batch, batches

log = logging.getLogger("pretrain")


def prepare(config: Config, out: Path) -> Tokenizer:
    """Write the molecules and the tokenizer to `out` unless they are there; return the tokenizer.

    The tokenizer never sees a real SMILES string: their symbols stay single tokens.
    """
    out.mkdir(parents=True, exist_ok=True)
    listed, built = out / "molecules.json", out / "tokenizer.json"
    if not listed.exists():
        listed.write_text(json.dumps(molecules.collect(config.seed, config.molecules)))
    if not built.exists():
        rng = Random(config.seed)
        stream = mix.stream(rng, text.library(), ["CCO"])
        documents = (next(stream) for _ in range(12000))
        texts = ["".join(part for part, _ in document.parts) for document in documents]
        texts += [text.story(rng) for _ in range(12000)]
        texts += [text.chemistry(rng) for _ in range(3000)]
        texts += text.library()[::4] + ["Cl Br"] * 4000
        tokenizer.build(texts).save(str(built))
    return Tokenizer.from_file(str(built))


def source(config: Config, out: Path, seed: int) -> Iterator[Batch]:
    """Yield batches for one process for ever; making them takes about 2 % of its time."""
    listed = json.loads((out / "molecules.json").read_text())
    documents = mix.stream(Random(seed), text.library(), listed)
    coder = Tokenizer.from_file(str(out / "tokenizer.json"))
    return batches(documents, coder, config.batch_tokens // config.processes)


def rate(config: Config, step: int, seconds: float) -> float:
    """Return the share of the full learning rate: warm-up, constant, linear decay by the clock."""
    progress = seconds / (60 * config.minutes)
    decayed = 1 - (progress - config.decay_from) / (1 - config.decay_from)
    return min(1.0, (step + 1) / config.warmup_steps) * min(1.0, max(config.last_rate, decayed))


def loss_of(model: nn.Module, batch: Batch) -> Tensor:
    """Return the weighted cross-entropy; a token attends to earlier ones of its own document."""
    ids = torch.from_numpy(batch.ids).long()
    segments = torch.from_numpy(batch.segments)
    weights = torch.from_numpy(batch.weights)[:, 1:]
    causal = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).tril()
    allowed = (segments[:, None, :, None] == segments[:, None, None, :]) & causal
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(input_ids=ids, attention_mask=allowed, use_cache=False).logits[:, :-1]
    losses = functional.cross_entropy(
        logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none"
    )
    return (losses * weights.flatten()).sum() / weights.sum()


@dataclass
class Progress:
    """Where a run stands; `kinds` counts the tokens of this process by kind of document."""

    step: int
    seconds: float
    tokens: int
    loss: float
    kinds: Counter[str]
    pace: float = 0.0


def save(
    path: Path, model: nn.Module, steppers: list[torch.optim.Optimizer], progress: Progress
) -> None:
    """Write a checkpoint so that a kill at any moment leaves a whole one."""
    state = {
        "model": model.state_dict(),
        "optimisers": [stepper.state_dict() for stepper in steppers],
        "progress": vars(progress) | {"kinds": dict(progress.kinds)},
    }
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def resume(path: Path, model: nn.Module, steppers: list[torch.optim.Optimizer]) -> Progress:
    """Restore the state of a checkpoint if there is one."""
    if not path.exists():
        return Progress(0, 0.0, 0, 0.0, Counter())
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    for stepper, kept in zip(steppers, state["optimisers"], strict=True):
        stepper.load_state_dict(kept)
    progress = Progress(**state["progress"])
    progress.kinds = Counter(progress.kinds)
    return progress


def average(config: Config, model: nn.Module, figures: list[float]) -> list[float]:
    """Average the gradients and `figures` over the processes; the figures come back.

    One flat buffer a step: processes wait for each other once, not in every operation, so a
    busy core costs little.
    """
    gradients = [each.grad for each in model.parameters() if each.grad is not None]
    flat = torch.cat([*(each.flatten() for each in gradients), torch.tensor(figures)])
    distributed.all_reduce(flat)
    flat /= config.processes
    at = 0
    for each in gradients:
        each.copy_(flat[at : at + each.numel()].view_as(each))
        at += each.numel()
    return flat[at:].tolist()


def advance(
    config: Config,
    model: nn.Module,
    steppers: list[torch.optim.Optimizer],
    batch: Batch,
    progress: Progress,
) -> None:
    """Take one step and bring `progress` up to date, equally in every process."""
    begun = time.monotonic()
    for stepper, full in zip(steppers, (config.matrix_rate, config.other_rate), strict=True):
        for group in stepper.param_groups:
            group["lr"] = full * rate(config, progress.step, progress.seconds)
    loss = loss_of(model, batch)
    torch.autograd.backward(loss)
    last, seconds, tokens = average(
        config, model, [loss.item(), progress.pace, batch.tokens.total()]
    )
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for stepper in steppers:
        stepper.step()
        stepper.zero_grad()
    progress.step += 1
    progress.seconds += seconds
    progress.tokens += round(tokens * config.processes)
    progress.loss = 0.98 * progress.loss + 0.02 * last if progress.loss else last
    progress.kinds += batch.tokens
    progress.pace = time.monotonic() - begun


def train(rank: int, config: Config, out: Path) -> None:
    """Train in process `rank` until the time is up, from the checkpoint in `out` if any."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo",
        init_method=f"file://{out.resolve()}/meeting",
        rank=rank,
        world_size=config.processes,
    )
    coder = tokenizer.as_pretrained(prepare(config, out), config.longest)
    model = build_model(config, coder)
    steppers = optimisers(config, model)
    checkpoint = out / "checkpoint.pt"
    progress = resume(checkpoint, model, steppers)
    log.info(
        "process %d: %d parameters, from step %d", rank, model.num_parameters(), progress.step
    )
    saved = progress.seconds
    for batch in source(config, out, config.seed + 1000 * progress.step + rank):
        advance(config, model, steppers, batch, progress)
        if rank == 0 and progress.step % 50 == 0:
            log.info(
                "step %d, %.0f s, %d tokens (%.0f/s), loss %.3f",
                progress.step,
                progress.seconds,
                progress.tokens,
                progress.tokens / progress.seconds,
                progress.loss,
            )
        finished = progress.seconds >= 60 * config.minutes
        if rank == 0 and (finished or progress.seconds - saved > 60 * config.save_every):
            save(checkpoint, model, steppers, progress)
            saved = progress.seconds
        if finished:
            break
    distributed.destroy_process_group()


def main() -> None:
    """Run everything from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=Config.minutes)
    parser.add_argument("--out", type=Path, default=Path("build/pretraining"))
    options = parser.parse_args()
    config = Config(minutes=options.minutes)
    prepare(config, options.out)
    (options.out / "meeting").unlink(missing_ok=True)
    start: Callable[..., object] = spawn  # torch gives it no annotations
    start(train, (config, options.out), nprocs=config.processes)
    export_checkpoint(config, options.out, options.out / "model")


if __name__ == "__main__":
    main()
