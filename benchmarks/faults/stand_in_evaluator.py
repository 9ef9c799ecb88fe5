"""An evaluator that scores by a model's digest, in milliseconds; the process around it is real.

Started by the host's side as the real one is: same control channel, socket, tokens, registry and
journal. Only loading a base, generating and looking for leaks are stood in for.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ftassist.dojo.evaluator import trial_requests
from ftassist.dojo.evaluator.registry import Registration
from ftassist.dojo.evaluator.scoring import scores_document
from ftassist.dojo.evaluator.server import Server, own_stdout
from ftassist.dojo.evaluator.service import Service, journal_recorder
from ftassist.dojo.feedback import Feedback, ItemScore, summarise
from ftassist.dojo.leakage import Leak
from ftassist.dojo.task import Split, Task
from ftassist.files import hash_file, hash_folder, write_atomic

ITEMS = 60


class StandInService(Service):
    """Gives each model a score that its files decide."""

    def base(self, name: str, day: str = "", system_turn: str = "") -> Any:
        """Something with a digest."""
        return SimpleNamespace(digest="base")

    def leaks(self, task: str, rows: Any) -> list[Leak]:
        """Finds none."""
        return []

    def baselines(
        self, registration: Registration, rows: int, seed: int, split: Split = "validation"
    ) -> list[Any]:
        """Scores none."""
        return []

    def evaluate(self, registration: Registration, split: Split, folder: Path | None) -> Feedback:
        """Scores a model once and records it, as the real service does."""
        task = self.note_task(registration.task)
        digest = "base" if folder is None else hash_folder(folder)
        feedback = registration.scored.get(digest)
        if feedback is None:
            feedback = self._draw(registration, task, split, digest)
        self.record("trial.scored", registration.trial, {"feedback": feedback.to_dict()})
        return feedback

    def _draw(self, registration: Registration, task: Task, split: Split, digest: str) -> Feedback:
        generator = random.Random(digest)
        items = [
            ItemScore(f"i{n}", "all", float(generator.random() < 0.5), True, False, 1, "", "", "")
            for n in range(ITEMS)
        ]
        feedback = summarise(
            task.card, split, items, seconds=0.0, model_digest=digest, evaluator_digest="stand-in"
        )
        path = registration.scores_file(split)
        write_atomic(path, scores_document(feedback, items))
        return replace(feedback, scores_digest=hash_file(path))


def main() -> None:
    """Serves until the owner stops or disappears."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--journal", type=Path)
    arguments = parser.parse_args()
    trial_requests.model_digest = hash_folder  # type: ignore[attr-defined]
    answers = own_stdout()
    record = journal_recorder(arguments.journal) if arguments.journal else None
    Server(arguments.socket, StandInService(record), sys.stdin.buffer, answers).serve()


if __name__ == "__main__":
    main()
