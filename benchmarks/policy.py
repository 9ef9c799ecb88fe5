"""Plays a known good investigation through the agent's loop, to show that its tools suffice.

    python -m benchmarks.policy --folder CAMPAIGN [--trials 6] [--out FILE]

**There is no language model in it.** A server on loopback stands in for one and answers by a
script that an engineer wrote for mini_chemistry and for nothing else: it looks at rows, tokens
and wrong answers, hands in trials with their hypotheses, and writes their cells; all the rest (the
loop, the checks of cells, the dry run, sandbox, scoring, verdicts) is the program's own. What it
reaches says that the tools and the row cap are enough for such a score, and nothing about how good
any model is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from benchmarks.policy_cells import curate_cell, train_cell
from tests.agent.messages_server import Reply, serving

from ftassist.campaign import Budget, Campaign
from ftassist.dojo.task_loader import load_task
from ftassist.journal.events import Kind

TASK = "mini_chemistry"
NAME = "policy-script"
ENOUGH = 0.80
"""A validation score after which the script thinks that nothing is worth its cost."""
PARTS = (
    "raw sets", "program that verifies", "notes written anew", "duplicates", "balance", "epochs",
    "learning rate", "batch size", "method",
)  # fmt: skip
_FROM = re.compile(r"that grows? from (t\d{4,})")


@dataclass(frozen=True)
class Step:
    """One trial of the investigation.

    Attributes:
        statement: What is changed and what should come of it.
        cause: Why.
        key: The name of the change.
        looks: What is looked at before.
        curate: Its curate cell.
        train: Its train cell.
        low: The foretold change of the score, lower end.
        high: Its upper end.
    """

    statement: str
    cause: str
    key: str
    looks: Sequence[tuple[str, Mapping[str, Any]]]
    curate: str
    train: str
    low: float
    high: float

    def idea(self, parent: str, claim: str) -> dict[str, Any]:
        """The step as the Researcher's answer holds it."""
        return {
            "parent": parent,
            "hypothesis": {
                "statement": self.statement,
                "changes": ["data", "training"],
                "cause": self.cause,
                "evidence": [{"trial": parent, "claim": claim}],
                "metric": "accuracy",
                "low": self.low,
                "high": self.high,
                "refuted_if": "accuracy does not rise",
            },
            "change": {
                "key": self.key,
                "description": self.statement[:200],
                "parts": list(PARTS),
            },
            "instructions": "The cells are written down beside the idea.",
        }


def investigation() -> list[Step]:
    """The steps, in their order."""
    sets = ("group_notes", "ring_notes", "pair_notes")
    return [
        Step(
            "A program counts again, keeps the rows it agrees with and writes their notes as a "
            "copy of the molecule with running numbers; 2,000 rows, ten epochs.",
            "Bare lists of groups must be found at a distance; in a copy each one is decided "
            "where it stands, and the last number is the answer.",
            "data.notes:rewritten",
            [
                *(("read_rows", {"set": name, "count": 5}) for name in sets),
                ("count_rows", {"set": "student_reports"}),
                ("show_tokens", {"set": "group_notes", "row": 1}),
            ],
            curate_cell(),
            train_cell(),
            0.4,
            0.9,
        ),
        Step(
            "Batches of 16 in place of 32: twice the steps over the same rows.",
            "The loss was still falling when the rows were used up.",
            "train.batch_size:down",
            [("wrong_answers", {"trial": "t0001"}), ("show_curve", {"trial": "t0001"})],
            curate_cell(),
            train_cell(batch=16),
            0.0,
            0.15,
        ),
        Step(
            "Sixteen epochs in place of ten.",
            "Copies are exact already; which numbers stand where is still being learned.",
            "train.epochs:up",
            [("compare_trials", {"one": "t0001", "other": "t0002"})],
            curate_cell(),
            train_cell(batch=16, epochs=16),
            0.0,
            0.1,
        ),
    ]


@dataclass
class Policy:
    """Answers the agent's questions by the script.

    Attributes:
        campaign: The campaign it is asked in, to see when its score is enough.
        steps: What is still to be tried.
        now: The step that was handed in last.
    """

    campaign: Campaign
    steps: list[Step] = field(default_factory=investigation)
    now: Step | None = None

    def __call__(self, body: dict[str, Any]) -> Reply:
        """The reply to a request."""
        name = body["tools"][0]["name"]
        if name == "propose_trials":
            return self._propose(body)
        if name == "write_cells":
            assert self.now is not None
            return Reply(tool={"curate": self.now.curate, "train": self.now.train, "attempts": []})
        if name == "tell_analysis":
            return Reply(tool={**ANALYSIS, "attempts": []})
        return Reply(tool={**CARD, "attempts": []})

    def _propose(self, body: Mapping[str, Any]) -> Reply:
        known = [t.id for t in self.campaign.refresh().trials.values() if t.score is not None]
        best = max(self.campaign.state.trials[name].score or 0.0 for name in known)
        if not self.steps or best >= ENOUGH:
            why = f"validation stands at {best:.2f}: the script ends here"
            return Reply(tool={"alternatives": [], "why_none": why, "attempts": []})
        looks = [
            (name, given)
            for name, given in self.steps[0].looks
            if all(
                value in known for key, value in given.items() if key in ("trial", "one", "other")
            )
        ]
        if len(body["messages"]) == 1 and looks:
            return Reply(text="I look before I propose.", calls=looks)
        self.now = self.steps.pop(0)
        parent = _parent(body)
        idea = self.now.idea(parent, f"{parent} is what it grows from")
        return Reply(tool={"alternatives": [idea], "attempts": []})


def _parent(body: Mapping[str, Any]) -> str:
    """The trial that is to be grown, as the question names it."""
    found = _FROM.findall(json.dumps(body["messages"][0]))
    return str(found[-1])


ANALYSIS: Mapping[str, Any] = {
    "text": "The script reads nothing into it; the verdict is the program's.",
    "causes": [],
    "try_next": [],
    "avoid": [],
}
CARD: Mapping[str, Any] = {
    "asked": "Count groups and rings in short SMILES, and tell molecules apart.",
    "lacks": "It lists what is plausible, not what stands there.",
    "raw_sets": [
        {"name": "group_notes", "use": "all", "licence": "CC0-1.0", "flaw": "lists, no places"},
        {"name": "ring_notes", "use": "all", "licence": "CC0-1.0", "flaw": "lists, no places"},
        {"name": "pair_notes", "use": "all", "licence": "CC0-1.0", "flaw": "sorted lists"},
        {"name": "student_reports", "use": "what a program agrees with", "licence": "CC0-1.0",
         "flaw": "wrong labels"},
    ],
    "strategies": [
        {"name": name, "why": why, "rests_on": ["profiles"]}
        for name, why in (
            ("copy and number", "each decision stands beside its evidence"),
            ("verify by program", "wrong labels go"),
            ("many epochs", "two thousand rows are few"),
        )
    ],
}  # fmt: skip


def play(folder: Path, trials: int) -> dict[str, Any]:
    """Plays the investigation in a new campaign; returns what came of it, by trial."""
    prices = Path(tempfile.mkdtemp(prefix="policy-")) / "prices.yaml"
    free = dict.fromkeys(("input", "written", "cached", "output"), 0.0)
    table = {"as_of": "2026-01-01", "source": "nobody is paid", "models": {NAME: free}}
    prices.write_text(yaml.safe_dump(table), encoding="utf-8")
    os.environ |= {
        "FTASSIST_PRICES": str(prices),
        "FTASSIST_OFFLINE": "1",
        "ANTHROPIC_API_KEY": "sk-none-is-needed-0123456789",
    }
    rows = load_task(TASK).card.budget["rows"]
    begun = time.monotonic()
    with serving() as server:
        campaign = Campaign.create(
            folder,
            task=TASK,
            backend="anthropic",
            review="never",
            budget=Budget(trials=trials, rows=int(rows), seconds=36_000.0),
            agent={
                **dict.fromkeys(("researcher", "executor", "cheap"), NAME),
                "base_url": server.url,
                "ablations": False,
                "insights": False,
            },
            fresh_seeds=0,
            dry_run=True,
        )
        server.otherwise = Policy(Campaign.open(campaign.folder))
        campaign.start_runner()
        campaign.wait(lambda state: state.phase in ("finished", "paused", "stopped"))
    return outcome(campaign, time.monotonic() - begun)


def outcome(campaign: Campaign, seconds: float) -> dict[str, Any]:
    """What came of a campaign, by trial."""
    state = campaign.refresh()
    looks = [e.payload["trail"] for e in campaign.journal.read() if e.kind == Kind.LOOKED]
    return {
        "task": TASK,
        "what": "a script stood in for a language model; there was none",
        "rows": state.budget.rows,
        "seconds": round(seconds),
        "ended": f"{state.phase}: {state.reason}",
        "looks": looks,
        "trials": [
            {
                "trial": trial.id,
                "status": trial.status,
                "statement": trial.hypothesis,
                "score": trial.score,
                "low": trial.feedback.low if trial.feedback else None,
                "high": trial.feedback.high if trial.feedback else None,
                "views": trial.feedback.view_scores,
                "dry_run": tried.to_dict() if (tried := trial.proposal.dry_run) else None,
                "failure": trial.failure.message or None,
                "seconds": trial.seconds,
            }
            for trial in state.trials.values()
        ],
    }


def main() -> None:
    """Plays it and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    text = json.dumps(play(given.folder, given.trials), indent=1, default=dict)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
