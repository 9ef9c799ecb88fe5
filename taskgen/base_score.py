"""The untouched base model as a baseline, scored by the product's own evaluator."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.task import Baseline, Task


def measure_base(task: Task, base: str = "tiny") -> Baseline:
    """Scores the base model on both splits."""
    with tempfile.TemporaryDirectory() as folder, EvaluatorProcess() as evaluator:
        trial = Path(folder, "trial")
        trial.mkdir()
        evaluator.register("t0000", trial, scores=Path(folder, "scores"), task=task.key, base=base)
        validation = evaluator.evaluate("t0000", "validation")
        test = evaluator.evaluate("t0000", "test")
    return Baseline(
        name="base model",
        how=f"the untouched model {base!r}, weights {test.model_digest[:8]}",
        validation=round(validation.score, 4),
        test=round(test.score, 4),
        views={view: round(estimate.score, 4) for view, estimate in test.views.items()},
    )
