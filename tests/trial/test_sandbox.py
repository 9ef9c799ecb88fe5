"""What a trial's kernel sees of the environment it was started from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.trial.sandbox import is_local, kernel_environment

PRIVATE = Path("/tmp/private")


@pytest.mark.parametrize(
    "name",
    ["ANTHROPIC_API_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "HOME_ASSISTANT"],
)
def test_secrets_and_unknown_variables_stay_outside(name: str) -> None:
    env = kernel_environment(PRIVATE, outer={name: "secret", "PATH": "/bin"})

    assert "secret" not in env.values()
    assert env["PATH"] == "/bin"


@settings(deadline=None)
@given(
    st.dictionaries(st.from_regex(r"[A-Z]{1,8}_(KEY|TOKEN|SECRET)", fullmatch=True), st.just("s3"))
)
def test_no_key_or_token_ever_passes(outer: dict[str, str]) -> None:
    assert "s3" not in kernel_environment(PRIVATE, outer=outer).values()


def test_the_evaluators_token_is_the_only_one_given() -> None:
    evaluator = {"FTASSIST_EVALUATOR": "/run/e.sock", "FTASSIST_TOKEN": "one-trial"}

    env = kernel_environment(PRIVATE, evaluator=evaluator, outer={"FTASSIST_TOKEN": "other"})

    assert env["FTASSIST_TOKEN"] == "one-trial"


def test_the_home_is_private_and_model_caches_stay_readable() -> None:
    env = kernel_environment(PRIVATE, outer={"HOME": "/home/ada"})

    assert env["HOME"] == str(PRIVATE)
    assert env["HF_HOME"] == "/home/ada/.cache/huggingface"
    assert env["IPYTHONDIR"].startswith(str(PRIVATE))
    assert env["JUPYTER_DATA_DIR"].startswith(str(PRIVATE))


def test_exactly_the_leased_device_is_visible() -> None:
    outer = {"CUDA_VISIBLE_DEVICES": "0,1,2"}

    assert kernel_environment(PRIVATE, gpu="GPU-1", outer=outer)["CUDA_VISIBLE_DEVICES"] == "GPU-1"
    assert kernel_environment(PRIVATE, outer=outer)["CUDA_VISIBLE_DEVICES"] == ""


def test_a_local_model_sets_the_libraries_offline(tmp_path: Path) -> None:
    assert is_local("tiny")
    assert is_local(str(tmp_path))
    assert not is_local("org/name")
    assert kernel_environment(PRIVATE, model="tiny", outer={})["HF_HUB_OFFLINE"] == "1"
    assert "HF_HUB_OFFLINE" not in kernel_environment(PRIVATE, model="org/name", outer={})


def test_a_relative_python_path_still_holds_in_another_folder() -> None:
    env = kernel_environment(PRIVATE, outer={"PYTHONPATH": "src"})

    assert Path(env["PYTHONPATH"]).is_absolute()
