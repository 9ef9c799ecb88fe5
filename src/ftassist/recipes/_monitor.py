"""Watches a training step by step: writes the metrics, audits, stops what is of no use.

The first steps of the real training serve as its trial run: gradients, time and memory are
audited there, so nothing is trained twice and the result is that of an unwatched training.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from transformers import TrainerCallback

from ftassist.recipes import audit
from ftassist.recipes._checkpoints import MonitorProgress, Resume
from ftassist.recipes._device import current_memory, peak_memory
from ftassist.recipes.batches import BatchPlan
from ftassist.recipes.metrics import MetricsWriter

LINES = 20
"""Lines about its steps that a training prints, the first and the last one left out."""

LINE_SECONDS = 20.0
"""A training whose steps are slow prints a line at least this often."""

FIRST_STEPS = 4
"""Steps audited closely: a LoRA A matrix gets its first gradient in the third (B starts at 0, and
the first step's learning rate may be 0)."""


class CheckSink(Protocol):
    """Where checks go; raises if one failed."""

    def add(self, check: audit.Check) -> None:
        """Takes a check."""
        ...


class Monitor(TrainerCallback):  # type: ignore[misc]
    """Writes every step to the metrics, and stops a training that is of no use."""

    def __init__(
        self,
        plan: BatchPlan,
        metrics: MetricsWriter,
        log: CheckSink,
        device: torch.device,
        resume: Resume,
        widths: Sequence[int],
        last: int,
    ) -> None:
        self.progress = MonitorProgress(
            training=list(resume.training),
            validation=list(resume.validation),
            seconds_before=resume.seconds,
        )
        self._widths = widths
        self._tokens = plan.tokens_seen()
        self._steps = plan.steps
        self._last = last
        self._metrics = metrics
        self._log = log
        self._device = device
        self._peaks: dict[str, float] = {}
        self._seconds: list[float] = []
        self._step_begin = time.perf_counter()
        self._printed = time.monotonic()
        self._at_rest = current_memory(device)
        for row in resume.rows:
            metrics.again(row)
        for check in resume.checks:
            self._add(check)

    def on_step_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Starts the step's clock; from the second step on, the optimizer's state is there."""
        if state.global_step == 1:
            self._at_rest = max(self._at_rest, current_memory(self._device))
        self._step_begin = time.perf_counter()

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Looks at the gradients of the first steps."""
        if state.global_step >= FIRST_STEPS:
            return
        trained = [(n, p) for n, p in more["model"].named_parameters() if p.requires_grad]
        for name, _ in trained:
            self._peaks.setdefault(name, 0.0)
        live = [(name, p.grad) for name, p in trained if p.grad is not None]
        if live:
            norms = torch.stack([norm.float() for norm in _norms([g for _, g in live])]).tolist()
            for (name, _), norm in zip(live, norms, strict=True):
                self._peaks[name] = max(self._peaks[name], norm)

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Stops the step's clock."""
        self._seconds.append(time.perf_counter() - self._step_begin)

    def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Writes and audits what the trainer logs: a step, or a validation loss."""
        logs = more.get("logs") or {}
        if "loss" in logs:
            self._on_loss(state.global_step, logs)
        elif "eval_loss" in logs:
            loss = float(logs["eval_loss"])
            self.progress.validation.append(loss)
            self._metrics.write(step=state.global_step, steps=self._steps, eval_loss=loss)

    def _on_loss(self, step: int, logs: dict[str, Any]) -> None:
        loss = float(logs["loss"])
        norm = float(logs.get("grad_norm") or 0.0)
        self.progress.training.append(loss)
        recent = self._seconds[1:][-20:] or self._seconds
        self._print(step, loss)
        self._metrics.write(
            step=step,
            steps=self._steps,
            loss=loss,
            learning_rate=float(logs["learning_rate"]),
            gradient_norm=norm,
            tokens=self._tokens[step - 1],
            seconds=round(self.progress.seconds, 3),
            eta=round((self._last - step) * sum(recent) / len(recent), 1),
        )
        finding = audit.loss_curve(self.progress.training, norm)
        if not finding.passed or step == self._last:
            self._log.add(finding)
        if step == min(FIRST_STEPS, self._steps):
            self._add(audit.gradients(self._peaks))
            memory = audit.MemoryEstimate.of(
                at_rest=self._at_rest,
                peak=peak_memory(self._device),
                seen=max(self._widths[:step], default=0),
                largest=max(self._widths, default=0),
            )
            self._add(audit.first_steps(self._seconds, self._steps, memory))

    def _print(self, step: int, loss: float) -> None:
        """Prints a line now and then, so that a person sees that it goes on."""
        due = step in (1, self._last) or step % max(1, self._steps // LINES) == 0
        if due or time.monotonic() - self._printed >= LINE_SECONDS:
            self._printed = time.monotonic()
            sys.stdout.write(f"step {step}/{self._steps} · loss {loss:.3f}\n")
            sys.stdout.flush()

    def _add(self, check: audit.Check) -> None:
        """Writes an audit of the first steps down, also for those who go on from here."""
        self.progress.checks.append(check)
        self._log.add(check)


def _norms(gradients: list[torch.Tensor]) -> list[torch.Tensor]:
    return list(torch._foreach_norm(gradients))
