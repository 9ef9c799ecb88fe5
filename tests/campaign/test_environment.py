"""The environment API: what an agent sees, and that what it submits is a trial like any other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.conftest import Played

import ftassist.dojo
from ftassist.campaign import Budget, Campaign, commands
from ftassist.campaign.environment import Environment, TrialFailedError, make
from ftassist.dojo.feedback import Feedback
from ftassist.errors import BudgetError, CellError, UnknownNameError
from ftassist.journal.events import Kind

DOCUMENT = Path(__file__).parents[2] / "docs" / "environment.md"
CELLS = {"curate": "a = 1", "train": "b = 2", "evaluate": "c = 3"}


def listing() -> str:
    """The agent of docs/environment.md."""
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found.group(1)


def complete(feedback: dict[str, Any]) -> dict[str, Any]:
    """The simulated evaluator's feedback with the fields that the real one has as well."""
    return {
        "task": "mini_math", "split": "validation", "seconds": 1.0, "generated_tokens": 1,
        "metric": {"name": "accuracy"}, "model_digest": "m", "evaluator_digest": "e", **feedback,
    }  # fmt: skip


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment whose runner plays trials: odd ones score 0.7, even ones 0.5."""
    made = make("mini_math", "tiny", {"trials": 2}, folder=tmp_path / "c")

    def quality(trial: str) -> float:
        return 0.3 if trial == "t0000" else 0.5 + 0.2 * (int(trial[1:]) % 2)

    def start(campaign: Campaign) -> int:
        commands.set_review(campaign, "always")
        Played(campaign, quality).run()
        return 1

    monkeypatch.setattr(Campaign, "start_runner", start)
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: False)
    monkeypatch.setattr(Feedback, "of", classmethod(_read))
    return made


_REAL = Feedback.of.__func__  # type: ignore[attr-defined]


def _read(cls: type[Feedback], document: dict[str, Any]) -> Feedback:
    feedback: Feedback = _REAL(cls, complete(document))
    return feedback


def test_meta_tells_task_device_model_budget_and_parameters(env: Environment) -> None:
    meta = env.meta()
    assert meta["task"]["output_contract"]
    assert meta["device"]["cores"] >= 1
    assert {"method", "weights_mb", "longest_row"} <= set(meta["device"]["memory_table"][0])
    assert "tiny" in meta["model"]["name"]
    assert meta["model"]["card"]
    assert meta["budget"]["trials_left"] == 2
    assert meta["training"]["learning_rate"]["default"] is None
    assert meta["training"]["rank"]["default"] == 16


def test_meta_tells_no_test_score_of_the_tasks_baselines(env: Environment) -> None:
    told, known = env.meta()["task"]["baselines"], env.campaign.card.baselines
    assert [one["validation"] for one in told] == [one.validation for one in known]
    assert known and not any(one["test"] or one["views"] for one in told)


def test_the_repository_lists_and_samples_raw_sets(env: Environment) -> None:
    name = env.repository.names()[0]
    assert env.repository.sample(name, 2) == env.repository.sample(name, 2)
    assert len(env.repository.sample(name, 2)) == 2
    assert env.repository.profile(name).rows > 2


def test_a_submission_is_a_trial_in_the_journal(env: Environment) -> None:
    feedback = env.submit(CELLS, hypothesis="ones and twos")
    assert feedback.score == pytest.approx(0.7, abs=0.02)
    trial = env.campaign.trial("t0001")
    assert trial.status == "scored"
    assert dict(trial.cells) == CELLS
    assert trial.verdict
    assert trial.proposal.hypothesis.statement == "ones and twos"
    assert env.meta()["budget"]["trials_left"] == 1


def test_a_submission_may_start_from_another_trial(env: Environment) -> None:
    env.submit(CELLS)
    env.submit(CELLS, parent="t0001")
    assert env.campaign.trial("t0002").parent == "t0001"


def test_nothing_is_run_without_all_cells_or_for_an_unknown_parent(env: Environment) -> None:
    with pytest.raises(CellError, match="no train cell"):
        env.submit({"curate": "a", "evaluate": "b"})
    with pytest.raises(UnknownNameError):
        env.submit(CELLS, parent="t0009")
    assert set(env.campaign.refresh().trials) == {"t0000"}


def test_a_spent_budget_is_said_before_anything_runs(env: Environment) -> None:
    commands.set_budget(env.campaign, Budget(trials=1).to_dict())
    env.submit(CELLS)
    with pytest.raises(BudgetError, match="1 trials are used"):
        env.submit(CELLS)


def test_a_trial_without_a_score_is_an_error_with_its_class(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(campaign: Campaign) -> int:
        payload = {"class": "OOM", "stage": "train", "message": "no memory", "traceback": ""}
        campaign.say(Kind.TRIAL_STARTED, {"isolation": "none"}, trial="t0001")
        campaign.say(Kind.TRIAL_FAILED, payload, trial="t0001", actor="worker")
        return 1

    monkeypatch.setattr(Campaign, "start_runner", fail)
    with pytest.raises(TrialFailedError, match="no memory") as failure:
        env.submit(CELLS)
    assert (failure.value.kind, failure.value.trial) == ("OOM", "t0001")


def test_the_documented_agent_fits_in_forty_lines_and_spends_its_budget(env: Environment) -> None:
    agent = listing()
    body = agent[agent.index("def search") :].splitlines()
    assert len(body) <= 40
    names: dict[str, Any] = {}
    exec(compile(agent, str(DOCUMENT), "exec"), names)
    score, recipe = names["search"](env)
    assert score == pytest.approx(0.7, abs=0.02)
    assert set(recipe) == {"sets", "rows", "rate", "epochs"}
    assert env.meta()["budget"]["trials_left"] == 0


def test_importing_the_dojo_imports_no_campaign() -> None:
    code = "import sys, ftassist.dojo; print([m for m in sys.modules if 'ftassist.campaign' in m])"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_the_dojo_hands_make_on() -> None:
    assert ftassist.dojo.make is make


@pytest.mark.slow
def test_the_documented_agent_runs_for_real(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    exec(compile(listing(), str(DOCUMENT), "exec"), names)
    real = make("mini_math", "tiny", {"trials": 1, "rows": 60}, folder=tmp_path / "c")
    try:
        score, recipe = names["search"](real)
    finally:
        real.close()
    assert 0.0 <= score <= 1.0
    assert recipe["rows"] <= 60
