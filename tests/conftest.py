"""A campaign made by hand, with a trial of every kind, for the tests of whatever shows one.

`demo_folder` is a fresh copy for each test; `demo` is the same, opened. Texts that come from
data, models or people hold markup and control characters on purpose.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

from ftassist.campaign import Campaign
from ftassist.isolation import probe
from ftassist.journal import Journal, Kind
from ftassist.recipes.excerpts import excerpt
from ftassist.trial.row_summary import summarise

# A busy machine is no reason for a property test to fail.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def no_key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks a model that does not say so, whatever the environment it is run in."""
    if "arena" not in request.fixturenames:  # which plants a key, to look for it everywhere
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)


SCRIPT = "<script>alert('planted')</script>"
IMAGE = "<img src=x onerror=alert(1)>"
ESCAPE = "\x1b[31mred\x1b[0m"
_N = 320
_VIEWS = ("shop", "travel", "home", "garden")
_PERSON, _AGENT = "person:ada", "agent:playbook"


def _cells(sets: str, train: str, extra: str = "") -> dict[str, str]:
    curate = (
        "from ftassist.recipes import curate\n\n"
        f"rows = curate.load(repository, {sets}, seed=seed)\n"
        f'{extra}rows = curate.decontaminate(rows)\ncurate.export(rows, "data")'
    )
    fit = (
        "from ftassist.recipes import train\n\n"
        f'train.sft(\n    model,\n    "data",\n    "model",\n    {train},\n    seed=seed,\n)'
    )
    return {
        "curate": curate,
        "train": fit,
        "evaluate": "from ftassist.dojo import evaluate\n\nevaluate(model)",
    }


def _feedback(score: float) -> dict[str, Any]:
    half = 1.96 * math.sqrt(score * (1 - score) / _N) + 0.003
    views = {
        name: {
            "score": min(1.0, max(0.0, score + shift)),
            "low": max(0.0, score + shift - 2 * half),
            "high": min(1.0, score + shift + 2 * half),
            "n": _N // 4,
        }
        for name, shift in zip(_VIEWS, (0.06, -0.09, 0.02, 0.01), strict=True)
    }
    wrong = [
        {
            "id": f"mini_math/{index:04d}",
            "view": _VIEWS[index % 4],
            "prompt": f"Ada buys {index} apples & {SCRIPT} gives 2 away. How many are left?",
            "gold": str(index - 2),
            "output": f"{index} - 2 = {ESCAPE} \\boxed{{{index}}} {IMAGE}",
        }
        for index in range(4, 9)
    ]
    return {
        "score": score,
        "low": max(0.0, score - half),
        "high": min(1.0, score + half),
        "n": _N,
        "views": views,
        "parse_rate": 0.97,
        "truncation_rate": 0.01,
        "wrong": wrong,
        "seconds": 6.5,
    }


def _data(rows: int) -> dict[str, Any]:
    def step(name: str, before: int, after: int, **dropped: int) -> dict[str, Any]:
        return {
            "operator": name,
            "arguments": {},
            "rows_in": before,
            "rows_out": after,
            "by_source": {"lessons_shop": after // 2, "crowd_solutions": after - after // 2},
            "dropped": {key.replace("_", " "): value for key, value in dropped.items()},
            "samples": {},
        }

    cleaned = step("decontaminate", rows + 80, rows, shares_an_8_gram_with_validation=80)
    return {
        "steps": [
            step("load", 2060, rows + 260),
            step("deduplicate", rows + 260, rows + 80, exact_duplicate=140, near_duplicate=40),
            {**cleaned, "places": [_place(name) for name in ("lessons_shop/7", "exam/12")]},
        ]
    }


def _place(name: str) -> dict[str, Any]:
    """A row that repeats an item, with the words that do."""
    text = f"Ada buys 17 apples & {SCRIPT} gives 2 away.\nHow many are left?\n15"
    return {"id": name, "kind": "near", **excerpt(text, (0, text.index("\n")))}


def _rows(trial: str) -> list[dict[str, Any]]:
    """Training rows whose answers are longer in later trials."""
    longer = 30 * int(trial[1:])
    return [
        {
            "id": f"lessons_shop/{number}",
            "source": "lessons_shop",
            "messages": [
                {"role": "user", "content": f"What is {number} + {number * 7}? {SCRIPT}"},
                {"role": "assistant", "content": f"{number * 8} {'so ' * (longer + number % 40)}"},
            ],
        }
        for number in range(1, 201)
    ]


def _verdict(kind: str, against: str, difference: float, p: float) -> dict[str, Any]:
    return {
        "kind": kind,
        "against": against,
        "difference": difference,
        "low": difference - 0.06,
        "high": difference + 0.06,
        "p": p / 3,
        "p_adjusted": p,
        "n": _N,
        "family": 9,
        "method": "exact McNemar test, Newcombe interval",
    }


class Writer:
    """Writes events with a clock of its own, so that durations are those of a real run."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.now = 1_790_000_000.0
        patch.setattr("ftassist.journal.store.time", SimpleNamespace(time=lambda: self.now))
        self.journal = Journal(folder / "journal.db", create=True)

    def say(
        self,
        kind: str,
        trial: str | None = None,
        actor: str = "runner",
        after: float = 1.0,
        **payload: Any,
    ) -> None:
        self.now += after
        self.journal.append(actor=actor, kind=kind, trial=trial, payload=payload)

    def propose(
        self,
        trial: str,
        parent: str,
        statement: str,
        change: str,
        cells: dict[str, str],
        predicted: tuple[float, float] = (0.05, 0.2),
        changes: tuple[str, ...] = ("data",),
    ) -> None:
        evidence = [{"trial": parent, "claim": "118 of 200 answers have a wrong number"}]
        hypothesis = {
            "statement": statement,
            "changes": list(changes),
            "cause": "the model never saw the working",
            "evidence": evidence,
            "metric": "accuracy",
            "low": predicted[0],
            "high": predicted[1],
            "refuted_if": f"a change below +{predicted[0] / 2:.3f}",
        }
        self.say(
            Kind.PROPOSAL_MADE,
            trial,
            _AGENT,
            parent=parent,
            hypothesis=hypothesis,
            cells=cells,
            change={"key": f"{changes[0]}:{trial}", "description": change},
            estimate={"seconds": 25.0, "memory_mb": 1126.0, "cost_usd": 0.0},
            backend="playbook",
            rule="demo",
            why_parent=f"{parent} has the highest shrunken score",
            seed=0,
        )

    def start(self, trial: str, cached: str | None = None) -> None:
        self.say(Kind.TRIAL_STARTED, trial, isolation="bubblewrap", pid=1, attempt=1)
        self.say(Kind.STAGE_STARTED, trial, stage="curate")
        extra = {"cached_from": cached} if cached else {}
        self.say(Kind.STAGE_FINISHED, trial, stage="curate", seconds=1.2, after=1.2, **extra)
        summary = summarise(_rows(trial), 0)
        message = "200 rows meet the schema"
        self.say(Kind.PREFLIGHT_PASSED, trial, check="schema", message=message, summary=summary)
        example = "<|user|>2 + 3?<|assistant|>⟦5<|end|>⟧"
        self.say(
            Kind.PREFLIGHT_PASSED,
            trial,
            check="tokens",
            message="38% of 70,775 tokens are trained on",
            summary={"example": example},
        )
        self.say(Kind.STAGE_STARTED, trial, stage="train")

    def curve(self, trial: str, end: float, steps: int = 64, done: int | None = None) -> None:
        path = self.folder / "trials" / trial / "metrics.jsonl"
        path.parent.mkdir(parents=True)
        lines = []
        for step in range(1, (done or steps) + 1):
            wave = 0.05 * math.sin(step * 1.7)
            row: dict[str, Any] = {
                "step": step,
                "steps": steps,
                "loss": end + (2.4 - end) * math.exp(-step / 14) + wave,
                "learning_rate": 1e-3 * min(1.0, step / 6) * (1 - step / (steps + 8)),
                "seconds": 0.3 * step,
                "eta": 0.3 * (steps - step),
            }
            if step % 16 == 0:
                row["eval_loss"] = end + 0.1 + (2.4 - end) * math.exp(-step / 14)
            lines.append(json.dumps(row))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def finish(self, trial: str, score: float, verdict: dict[str, Any] | None = None) -> None:
        self.say(Kind.STAGE_FINISHED, trial, stage="train", seconds=19.0, after=19.0)
        self.say(Kind.STAGE_STARTED, trial, stage="evaluate")
        self.say(Kind.TRIAL_SCORED, trial, "evaluator", after=6.5, feedback=_feedback(score))
        self.say(Kind.STAGE_FINISHED, trial, stage="evaluate", seconds=6.5)
        rows = 1400 + 40 * int(trial[1:])
        self.say(
            Kind.TRIAL_COMPLETED,
            trial,
            seconds={"curate": 1.2, "train": 19.0, "evaluate": 6.5},
            rows=rows,
            peak_memory_mb=1090.0,
            data=_data(rows),
            training={"trained_token_share": 0.41, "rows_truncated": 3},
        )
        if verdict:
            low, high = 0.05, 0.2
            seen = {"low": low, "high": high, "observed": verdict["difference"]}
            held = low <= verdict["difference"] <= high
            self.say(
                Kind.TRIAL_JUDGED,
                trial,
                parent=verdict,
                best=verdict,
                prediction={**seen, "held": held},
            )

    def run(self, trial: str, score: float, verdict: dict[str, Any], end: float) -> None:
        self.say(Kind.DECISION_ACCEPTED, trial, _PERSON, reason="tests one thing", seen=1)
        self.start(trial)
        self.curve(trial, end)
        self.finish(trial, score, verdict)


def write_resting(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Writes a campaign with partial runs, whose only trial rests at the first rung."""
    w = Writer(folder, patch)
    w.say(
        Kind.CAMPAIGN_CREATED, None, _PERSON, name="rungs", task="mini_math", model="tiny",
        backend="playbook", policy="asha", rungs=[0.25, 0.5, 1.0], review="always", seed=0,
        budget={"trials": 6, "rows": 2000, "seconds": 1800.0}, versions={"ftassist": "0.1.0"},
    )  # fmt: skip
    w.say(Kind.TRIAL_STARTED, "t0000", isolation="none")
    w.say(Kind.TRIAL_SCORED, "t0000", "evaluator", after=5.0, feedback=_feedback(0.2))
    w.say(Kind.TRIAL_COMPLETED, "t0000", seconds={"evaluate": 5.0})
    cells = _cells('["lessons_shop", "crowd_solutions"]', "epochs=2, learning_rate=0.001")
    w.propose("t0001", "t0000", "Train on lessons.", "two epochs on lessons", cells)
    w.say(Kind.DECISION_ACCEPTED, "t0001", _PERSON, reason="", seen=1)
    w.say(Kind.TRIAL_STARTED, "t0001", isolation="none", rung=0.25)
    part = {"score": 0.4, "low": 0.3, "high": 0.5, "n": 60, "seconds": 2.0}
    w.say(Kind.RUNG_SCORED, "t0001", "evaluator", after=9.0, rung=0.25, feedback=part)
    w.say(Kind.TRIAL_RESTED, "t0001", rung=0.25)
    w.journal.close()


def write_demo(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Writes the whole campaign into `folder`."""
    w = Writer(folder, patch)
    w.say(
        Kind.CAMPAIGN_CREATED,
        None,
        _PERSON,
        name=folder.name,
        task="mini_math",
        model="tiny",
        backend="playbook",
        policy="greedy",
        review="always",
        budget={"trials": 12, "rows": 2000, "seconds": 1800.0},
        seed=0,
        versions={"ftassist": "0.1.0", "python": "3.11.2", "torch": "2.13.0"},
    )
    w.say(Kind.RUNNER_STARTED, pid=1, host="here")
    w.say(Kind.TRIAL_STARTED, "t0000", isolation="none")
    w.say(Kind.TRIAL_SCORED, "t0000", "evaluator", after=5.0, feedback=_feedback(0.04))
    w.say(Kind.TRIAL_COMPLETED, "t0000", seconds={"evaluate": 5.0})
    everything = _cells('["answer_key", "crowd_solutions"]', "epochs=2, learning_rate=0.001")
    worked = _cells('["lessons_shop", "crowd_solutions"]', "epochs=2, learning_rate=0.001")
    longer = _cells('["lessons_shop", "crowd_solutions"]', "epochs=4, learning_rate=0.001")
    all_four = _cells(
        '["lessons_shop", "lessons_travel", "lessons_home", "lessons_garden"]',
        "epochs=2, learning_rate=0.001",
        "rows = curate.deduplicate(rows)\n",
    )
    hot = _cells('["lessons_shop"]', "epochs=2, learning_rate=0.03")
    w.propose("t0001", "t0000", "Any supervised rows teach the form.", "all sets", everything)
    w.run("t0001", 0.22, _verdict("better", "t0000", 0.18, 0.0004), 1.1)
    w.propose("t0002", "t0001", "Rows that show their work help.", "worked solutions", worked)
    w.run("t0002", 0.41, _verdict("better", "t0001", 0.19, 0.0004), 0.8)
    w.propose(
        "t0003", "t0002", "Loss still falls at the end: train longer.", "more epochs", longer,
        changes=("training",),
    )  # fmt: skip
    w.say(Kind.DECISION_ACCEPTED, "t0003", _PERSON, reason="", seen=1)
    w.start("t0003", cached="t0002")
    w.curve("t0003", 0.7)
    w.finish("t0003", 0.42, _verdict("tied", "t0002", 0.01, 1.0))
    w.propose(
        "t0004", "t0002", "Cover all four settings: two views are far behind.",
        "lessons of all settings", all_four,
    )  # fmt: skip
    edited = all_four["train"].replace("epochs=2", "epochs=3")
    own = {"low": 0.05, "high": 0.2}
    cells = {"train": edited}
    w.say(Kind.DECISION_EDITED, "t0004", _PERSON, cells=cells, prediction=own, seen=1)
    w.run("t0004", 0.78, _verdict("better", "t0002", 0.37, 0.0004), 0.21)
    text = "The two weak views caught up; what is left are slips in multiplication."
    w.say(Kind.TRIAL_ANALYSED, "t0004", _AGENT, text=text, causes=[], try_next=[], avoid=[])
    w.propose(
        "t0005", "t0004", "A hotter start.", "learning rate 0.03", hot, (0, 0.1), ("training",)
    )
    w.say(Kind.DECISION_ACCEPTED, "t0005", _PERSON, reason="", seen=1)
    w.start("t0005")
    w.curve("t0005", 2.2, done=9)
    failure = {"stage": "train", "message": f"loss exploded at step 9 {SCRIPT}", "traceback": "x"}
    w.say(Kind.TRIAL_FAILED, "t0005", after=4.0, **{"class": "CONFIG"}, **failure)
    w.propose("t0006", "t0004", f"Add {SCRIPT} generated rows.", f"synthetic {IMAGE}", all_four)
    w.say(Kind.DECISION_VETOED, "t0006", _PERSON, reason=f"no synthetic rows {IMAGE}", seen=1)
    w.propose("t0007", "t0004", "Use the exam archive.", "exam archive", hot)
    w.say(Kind.DECISION_ACCEPTED, "t0007", _PERSON, reason="", seen=1)
    w.start("t0007")
    leak = {"stage": "curate", "message": "412 training rows copy validation items"}
    places = [{"row": 3, "source": "exam", **_place("exam/3")}]
    found = {"rows": 1640, "leaking": 412, "sources": {"exam": 412}, "places": places}
    refused = {"check": "leakage", "message": "412 of 1,640 rows repeat items", "class": "INVALID"}
    w.say(Kind.PREFLIGHT_FAILED, "t0007", "worker", 1.0, **refused, summary=found)
    w.say(Kind.TRIAL_FAILED, "t0007", after=2.0, **{"class": "INVALID"}, traceback="", **leak)
    w.propose("t0008", "t0004", "Balance the sources.", "balance", worked)
    w.run("t0008", 0.66, _verdict("worse", "t0004", -0.12, 0.002), 0.5)
    w.say(Kind.FINALIST_CHOSEN, "t0004", reason="the best shrunken score")
    for trial, seed, score in (("t0009", 1, 0.76), ("t0010", 2, 0.79)):
        w.say(Kind.REPLICATE_MADE, trial, of="t0004", seed=seed)
        w.start(trial)
        w.curve(trial, 0.22)
        w.finish(trial, score)
    w.propose("t0011", "t0004", "A little more of the same.", "more rows", longer)
    w.say(Kind.DECISION_ACCEPTED, "t0011", _PERSON, reason="", seen=1)
    w.start("t0011")
    w.curve("t0011", 0.2, done=41)
    w.propose(
        "t0012", "t0004", f"Train on rows that show their work {SCRIPT}.", "worked, capped",
        worked, (0.02, 0.09),
    )  # fmt: skip
    w.say(Kind.CLAIM_MADE, "t0004", verdict=_verdict("better", "t0000", 0.735, 0.0004))
    w.say(Kind.TEST_OPENED, "t0004", _PERSON, reason="the end of the search")
    scores = {"t0000": _feedback(0.05), "t0004": _feedback(0.76), "t0009": _feedback(0.74)}
    w.say(
        Kind.TEST_SCORED, "t0004", "evaluator",
        scores=scores, verdict=_verdict("better", "t0000", 0.7, 0.0004), runs=["t0004", "t0009"],
    )  # fmt: skip
    w.journal.close()


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """Real isolation."""
    if not probe().works:
        reason = f"no isolation here: {probe().found}; {probe().fix}"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def demo_original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo") / "mini_math-1"
    with pytest.MonkeyPatch.context() as patch:
        write_demo(folder, patch)
    yield folder


@pytest.fixture
def demo_folder(demo_original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy below ./campaigns of the current folder, which is a fresh one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FTASSIST_CAMPAIGN", raising=False)
    return shutil.copytree(demo_original, tmp_path / "campaigns" / "mini_math-1")


@pytest.fixture
def demo(demo_folder: Path) -> Campaign:
    return Campaign.open(demo_folder)
