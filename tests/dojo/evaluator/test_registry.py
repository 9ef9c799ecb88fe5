from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.dojo.evaluator.enrolment import Enrolment
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.registry import Registration, Registry


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    folder = tmp_path / "trials" / "t0001"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "model.safetensors").write_text("weights")
    return folder


def add(registry: Registry, folder: Path, scores: Path | None = None) -> Registration:
    return registry.add(
        Enrolment(
            trial="t0001",
            folder=str(folder),
            scores=str(scores or folder.parents[1] / "scores"),
            task="sums",
            base="tiny",
        )
    )


def test_every_registration_has_a_token_of_its_own(trial: Path) -> None:
    registry = Registry()
    first, second = add(registry, trial), add(registry, trial)
    assert first.token != second.token
    assert registry.of_token(second.token) == second


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_wrong_token_is_invalid(trial: Path, token: str) -> None:
    registry = Registry()
    add(registry, trial)
    with pytest.raises(RefusedError, match="token") as caught:
        registry.of_token(token)
    assert caught.value.kind == "INVALID"


def test_the_token_of_an_earlier_registration_is_void(trial: Path) -> None:
    registry = Registry()
    first = add(registry, trial)
    add(registry, trial)
    with pytest.raises(RefusedError):
        registry.of_token(first.token)


ESCAPES: list[Callable[[Path], str]] = [
    lambda trial: "..",
    lambda trial: "../t0002/model",
    lambda trial: "/etc",
    lambda trial: str(trial.parent / "t0002"),
    lambda trial: _link(trial / "out", trial.parent),
]


def _link(path: Path, target: Path) -> str:
    path.symlink_to(target)
    return path.name


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_path_that_leads_out_of_the_trial_is_invalid(
    trial: Path, escape: Callable[[Path], str]
) -> None:
    with pytest.raises(RefusedError, match="leads out") as caught:
        add(Registry(), trial).inside(escape(trial))
    assert caught.value.kind == "INVALID"


def test_a_path_inside_is_resolved(trial: Path) -> None:
    assert add(Registry(), trial).inside("data/../model") == trial.resolve() / "model"


def test_scores_may_not_lie_where_the_trial_can_write(trial: Path) -> None:
    with pytest.raises(RefusedError, match="outside the trial"):
        add(Registry(), trial, trial / "scores")


def test_an_unregistered_trial_is_a_clear_error() -> None:
    with pytest.raises(RefusedError, match="'t0009' is not registered"):
        Registry().of_trial("t0009")
