"""Tokens that a proposal of a language model costs, by part, over a campaign of twelve trials.

    python -m benchmarks.agent_context [--trials 12] [--out FILE]

No language model is asked: a server on loopback stands in for one and answers with what the
playbook would say, and trials are played, not run, with ten wrong answers, a curve, a data card
and printed lines each. What is measured is what was sent: the requests' characters, divided by
four. To compare two states of the code, run it in a checkout of each.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.agent.stand_in import standing_in
from tests.campaign.conftest import Played

from ftassist.campaign import Budget, Campaign
from ftassist.journal import Kind

CHARACTERS_A_TOKEN = 4
STEPS = 120
_HISTORY = re.compile(r"seen from t\d+:\n\n(\{.*?\})\n(?:\n|Propose )", re.DOTALL)
PURPOSES = {
    "propose_trials": "propose",
    "write_cells": "write cells",
    "tell_analysis": "analyse",
    "settle_insights": "distil",
    "write_requirement_card": "survey (once)",
}


class Richly:
    """A campaign whose scores come with what real ones leave behind."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._items = campaign.task.items("validation")[:10]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._campaign, name)

    def say(self, kind: str, payload: Mapping[str, Any], **more: Any) -> None:
        """Writes an event; a score's with wrong answers and views, and files beside it."""
        told = dict(payload)
        trial = str(more.get("trial") or "")
        if kind == Kind.TRIAL_SCORED:
            wrong = [
                {
                    "id": item["id"],
                    "view": item["view"],
                    "prompt": item["prompt"],
                    "gold": str(item["answer"]),
                    "output": f"First I add, then I take away what was sold. So \\boxed{{{n}}}",
                }
                for n, item in enumerate(self._items)
            ]
            views = {
                name: {"score": told["feedback"]["score"], "low": 0.1, "high": 0.9, "n": 80}
                for name in sorted({item["view"] for item in self._items})
            }
            told["feedback"] = {**told["feedback"], "wrong": wrong, "views": views}
            leave(self._campaign.trial_folder(trial))
        self._campaign.say(kind, told, **more)


def leave(folder: Path) -> None:
    """Writes what a trial leaves behind: curve, data card, printed lines."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    curve = [{"step": n + 1, "steps": STEPS, "loss": 2.0 - n / STEPS} for n in range(STEPS)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in curve))
    steps = [
        {"operator": name, "rows_in": 1040, "rows_out": 1000, "dropped": {"duplicate": 40}}
        for name in ("load", "deduplicate", "decontaminate", "export")
    ]
    (folder / "data" / "card.json").write_text(json.dumps({"rows": 1000, "steps": steps}))
    text = "".join(f"step {n}: loss {2 - n / 100:.3f}, 12.4 rows a second\n" for n in range(40))
    outputs = [{"output_type": "stream", "text": text}]
    (folder / "trial.ipynb").write_text(json.dumps({"cells": [{"outputs": outputs}]}))


def quality(trial: str) -> float:
    """The score that a played trial gets: slowly better, with steps back."""
    number = int(trial[1:])
    return 0.1 if number == 0 else min(0.9, 0.5 + 0.03 * number - 0.05 * (number % 3))


def play(folder: Path, trials: int) -> list[dict[str, Any]]:
    """Plays a campaign; returns the bodies of all requests that were made."""
    with pytest.MonkeyPatch.context() as patch, standing_in(patch) as (server, _):
        campaign = Campaign.create(
            folder,
            task="mini_math",
            backend="anthropic",
            review="never",
            budget=Budget(trials=trials, usd=1000.0, seconds=1e6),
        )
        played = Played(campaign, quality)
        played.evaluator.campaign = Richly(campaign)  # type: ignore[assignment]
        played.run()
        return list(server.requests)


def parts(body: Mapping[str, Any]) -> dict[str, int]:
    """Characters of a request by part."""
    system = _text(body.get("system", ""))
    blocks = [_text(part) for turn in body["messages"] for part in _blocks(turn)]
    turn = blocks[-1] if blocks else ""
    found = _HISTORY.search(turn)
    history = found[1] if found else ""
    sizes = {
        "rules and reference": len(system),
        "form of the answer": len(json.dumps(body.get("tools", []))),
        "task, profiles, device": sum(map(len, blocks[:-1])),
        "the question": len(turn) - len(history),
    }
    for name, size in _of_history(history).items():
        sizes[f"history: {name}"] = size
    return sizes


def _of_history(text: str) -> dict[str, int]:
    if not text:
        return {}
    found = json.loads(text)
    sizes = {name: len(json.dumps(value, ensure_ascii=False)) for name, value in found.items()}
    trials = ("trials", "more_of_trials", "others", "outcomes")
    return {
        "trials": sum(sizes.get(name, 0) for name in trials),
        "else": len(text) - sum(sizes.get(name, 0) for name in trials),
    }


def _blocks(turn: Mapping[str, Any]) -> Sequence[Any]:
    content = turn["content"]
    return [content] if isinstance(content, str) else list(content)


def _text(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mapping):
        return str(part.get("text") or part.get("content") or "")
    return "".join(map(_text, part))


def measure(requests: Sequence[Mapping[str, Any]], trials: int) -> dict[str, Any]:
    """Tokens a proposal, by purpose and by part of the question for ideas."""
    purposes: dict[str, int] = defaultdict(int)
    calls: dict[str, int] = defaultdict(int)
    by_part: dict[str, int] = defaultdict(int)
    last: dict[str, int] = {}
    for body in requests:
        purpose = PURPOSES.get(body["tools"][0]["name"], "else")
        sizes = parts(body)
        purposes[purpose] += sum(sizes.values())
        calls[purpose] += 1
        if purpose == "propose":
            last = sizes
            for name, size in sizes.items():
                by_part[name] += size

    def tokens(found: Mapping[str, int], over: int) -> dict[str, int]:
        return {name: round(size / CHARACTERS_A_TOKEN / over) for name, size in found.items()}

    return {
        "trials": trials,
        "calls": dict(calls),
        "tokens a proposal, by purpose": tokens(purposes, trials),
        "tokens of a question for ideas, by part (mean)": tokens(by_part, calls["propose"]),
        "the same of the last one": tokens(last, 1),
    }


def main() -> None:
    """Plays, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="agent-context-") as place:
        requests = play(Path(place) / "c", given.trials)
    text = json.dumps(measure(requests, given.trials), indent=1)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
