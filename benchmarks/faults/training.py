"""A runner whose agent proposes small but real trainings, killed as often as the stand-ins are.

    python -m benchmarks.faults.training FOLDER

Everything is the real thing but the agent: curation, LoRA training of the tiny model with a
checkpoint about every second, the evaluator. Each cell of train notes its start and its end, as
those of the stand-in do.
"""

from __future__ import annotations

import sys

from benchmarks.faults.stand_in import StandInAgent

from ftassist.campaign import proposing, runner

CURATE = """\
from ftassist.recipes import curate

rows = curate.load(repository, {{"lessons_shop": {variant} % 100 + 100}}, seed=seed)
curate.export(curate.decontaminate(rows), "data")"""
TRAIN = """\
os.environ["FTASSIST_CHECKPOINT_SECONDS"] = "1"
from ftassist.recipes import train

train.sft(
    model,
    "data",
    "model",
    method="lora",
    rank=8,
    learning_rate=3e-3,
    epochs=4,
    batch_size=16,
    seed=seed,
)
"""


class TrainingAgent(StandInAgent):
    """Proposes trainings that differ by the number of their rows."""

    curate = CURATE
    train = TRAIN


def main() -> int:
    """Runs the campaign in the folder named on the command line."""
    proposing.backend_by_name = lambda *_: TrainingAgent()  # type: ignore[attr-defined]
    return runner.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
