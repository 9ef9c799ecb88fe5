"""A runner whose trials take milliseconds of work, for tests of the machinery around them.

    python -m benchmarks.faults.stand_in FOLDER

The runner, its workers, kernels, journal, stage cache and the evaluator's process and protocol
are the real ones. Stood in for are the agent (its proposals hold cells that write small files),
the libraries a spare kernel imports ahead of time, and the scoring (see `stand_in_evaluator`).

Each cell of train notes its start and its end in `.evidence` in the trial's folder, outside of
the journal, and holds a lock while it runs: what is counted there is what really ran.
"""

from __future__ import annotations

import sys

from ftassist.agent.backends.base import Analysis
from ftassist.agent.context import Context, Veto
from ftassist.agent.insight_changes import InsightChange
from ftassist.campaign import proposing, runner, workers
from ftassist.dojo.evaluator import process
from ftassist.records.proposal import Change, Estimate, Evidence, Hypothesis, Proposal
from ftassist.records.understanding import Understanding

EVIDENCE = ".evidence"
CURATE = """\
import json, random
from pathlib import Path

# variant {variant}
made = random.Random({variant})
rows = [
    {{"id": f"r{{n}}", "source": "made", "messages": [
        {{"role": "user", "content": f"what comes after {{made.random()}}?"}},
        {{"role": "assistant", "content": str(n)}},
    ]}}
    for n in range(8)
]
Path("data").mkdir(exist_ok=True)
Path("data/train.jsonl").write_text("".join(json.dumps(row) + "\\n" for row in rows))"""
BEGIN = """\
import fcntl, json, os, time
from pathlib import Path

evidence = os.open(".evidence", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
alone = open(".alone", "ab")
try:
    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    os.write(evidence, b"twice at once\\n")
os.write(evidence, f"begin {time.time()}\\n".encode())
"""
"""Notes that a train cell began, and whether another one of its trial was at work."""
END = """\
os.write(evidence, f"end {time.time()}\\n".encode())"""
TRAIN = """\
Path("model").mkdir(exist_ok=True)
for step in range(10):
    with open("metrics.jsonl", "a") as metrics:
        metrics.write(json.dumps({{"step": step + 1, "steps": 10, "loss": 1.0}}) + "\\n")
    time.sleep({pause})
Path("model/weights.bin").write_bytes(bytes({variant} % 256 for _ in range(100_000)))
Path("model/training.json").write_text(json.dumps({{"variant": {variant}}}))
"""
EVALUATE = """\
from ftassist.dojo import evaluate

evaluate("model")"""


class StandInAgent:
    """Proposes one small trial after the other; what it says of them is a fixed text."""

    name = "playbook"
    curate = CURATE
    train = TRAIN

    def propose(self, context: Context, parent: str, k: int = 1) -> list[Proposal]:
        """A trial that differs from all before it by one number."""
        variant = 1000 - context.budget.trials_left
        hypothesis = Hypothesis(
            statement=f"Variant {variant} changes nothing but a number.",
            changes=("data",),
            cause="none is supposed",
            evidence=(Evidence(parent, "there is none"),),
            metric=context.task.metric.name,
            low=-0.1,
            high=0.1,
            refuted_if="a larger change",
        )
        cells = {
            "curate": self.curate.format(variant=variant),
            "train": BEGIN + self.train.format(variant=variant, pause=0.02) + END,
            "evaluate": EVALUATE,
        }
        change = Change(f"data.variant:{variant}", f"variant {variant}")
        return [Proposal("t0000", hypothesis, cells, change, Estimate(1.0), self.name)]

    def analyse(self, context: Context, trial: str) -> Analysis:
        """Says that it looked."""
        return Analysis(f"{trial} was looked at.")

    def distil(self, context: Context) -> list[InsightChange]:
        """Learns nothing."""
        return []

    def understand(self, context: Context, veto: Veto) -> Understanding | None:
        """Reads nothing that rules do not."""
        return None


def main() -> int:
    """Runs the campaign in the folder named on the command line."""
    proposing.backend_by_name = lambda *_: StandInAgent()  # type: ignore[attr-defined]
    process.MODULE = "benchmarks.faults.stand_in_evaluator"
    workers.MODULE = "benchmarks.faults.stand_in_worker"
    return runner.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
