"""Records the campaign that notebook 08 replays: python -m tests.notebooks.record_agent FILE.

There is no language model in it. A server on loopback stands in for one: it is asked and answers
as one would be, with tools, looks, a call that does not exist and its repair, and what it
proposes are the playbook's ideas. The trials are real ones of the tiny model; a person's
veto is given by this script. What tells of the machine is left out of the file.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.agent.messages_server import Reply
from tests.agent.stand_in import StandIn, standing_in

from ftassist.agent.backends.anthropic.settings import DEFAULTS
from ftassist.campaign import Budget, Campaign, commands
from ftassist.campaign.lock import RunnerLock
from ftassist.campaign.runner import Runner
from ftassist.models import tiny_path

TRIALS = 3
REASON = "leave the data as they are, try a lower learning rate instead"
READ = {"avoid": [{"key": "data"}], "try": [{"key": "train.learning_rate:down"}]}
"""How the stand-in reads that reason, should it be asked."""
PERSON = "person:reader"
LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("read_rows", {"set": "exam_archive", "count": 3}),
    ("count_rows", {"set": "lessons_shop"}),
)
KEPT = ("task", "model", "backend", "policy", "review", "budget", "seed")
"""What is kept of the first event; the rest names places and versions of a machine."""


class Character:
    """The stand-in, with looks before its ideas, and a wrong call in its first cells."""

    def __init__(self, brain: StandIn) -> None:
        self._brain = brain
        self._erred = False

    def __call__(self, body: dict[str, Any]) -> Reply:
        """The reply to a request."""
        tool = body["tools"][0]["name"]
        if tool == "propose_trials" and len(body["messages"]) == 1:
            return Reply(calls=LOOKS)
        if tool not in ANSWERED:
            return Reply(tool={**READ, "attempts": []})
        reply = self._brain(body)
        if tool == "write_cells" and not self._erred and reply.tool:
            self._erred = True
            wrong = str(reply.tool["train"]).replace("learning_rate=", "learning_speed=")
            return Reply(tool={**reply.tool, "train": wrong})
        return reply


ANSWERED = (
    "propose_trials", "write_cells", "tell_analysis", "settle_insights", "write_requirement_card",
)  # fmt: skip


def decide(campaign: Campaign, veto: str) -> bool:
    """One decision of the person: accept, the named trial vetoed; False when all is done."""
    state = campaign.refresh()
    if state.pending:
        name = state.pending[0].id
        if name == veto:
            commands.veto(campaign, name, REASON, actor=PERSON)
        else:
            commands.accept(campaign, name, "", actor=PERSON)
    elif all(t.status not in ("accepted", "running") for t in state.trials.values()):
        if state.trials_used >= TRIALS or state.asked.failed:
            return False  # the budget is used up, or the agent has no more ideas
        if not state.asked.seq:
            commands.ask_proposal(campaign, actor=PERSON)
    return True


def record(folder: Path, veto: str) -> list[dict[str, Any]]:
    """Plays the campaign, and returns its events without what tells of the machine."""
    with pytest.MonkeyPatch.context() as patch, standing_in(patch) as (server, brain):
        server.otherwise = Character(brain)
        campaign = Campaign.create(
            folder, task="mini_math", model="tiny", backend="anthropic", review="always",
            budget=Budget(trials=TRIALS, rows=400, seconds=150, usd=5.0),
        )  # fmt: skip
        with RunnerLock(campaign.folder) as lock:
            runner = Runner(campaign, lock)
            person = threading.Thread(target=_watch, args=(folder, veto, runner), daemon=True)
            person.start()
            runner.run()
        return [told(event.to_dict(), folder) for event in campaign.journal.read()]


def _watch(folder: Path, veto: str, runner: Runner) -> None:
    campaign = Campaign.open(folder)
    while decide(campaign, veto):
        time.sleep(0.5)
    time.sleep(10.0)  # the last trial is judged and analysed
    runner.end("the recording is over")


def told(event: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """An event without what tells of the machine it was recorded on."""
    payload = dict(event["payload"])
    if event["kind"] == "campaign.created":
        payload = {name: payload[name] for name in KEPT if name in payload}
    for name in ("pid", "host", "versions", "numerics", "traceback"):
        payload.pop(name, None)
    text = json.dumps({**event, "payload": payload}, ensure_ascii=False, sort_keys=True)
    for model in DEFAULTS.values():
        text = text.replace(model, "stand-in")
    text = text.replace(str(folder), ".").replace(str(tiny_path()), "tiny")
    found = dict(json.loads(text))
    return {**found, "actor": PERSON} if found["actor"].startswith("person:") else found


def main(file: Path, veto: str) -> None:
    """Records into a file of one event a line."""
    with tempfile.TemporaryDirectory(prefix="recording-") as place:
        events = record(Path(place) / "agent-at-work", veto)
    lines = [json.dumps(event, ensure_ascii=False, sort_keys=True) for event in events]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
