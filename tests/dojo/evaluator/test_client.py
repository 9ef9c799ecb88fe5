from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ftassist.dojo.evaluator import client
from ftassist.dojo.evaluator.process import scrubbed, tail
from ftassist.dojo.evaluator.protocol import MAX_BYTES, RefusedError


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FTASSIST_EVALUATOR", "FTASSIST_TOKEN", "FTASSIST_TASK", "FTASSIST_BASE"):
        monkeypatch.delenv(name, raising=False)


def test_outside_a_campaign_the_task_must_be_named() -> None:
    with pytest.raises(RefusedError, match="the task must be named"):
        client.evaluate("model")


def test_an_evaluator_that_is_gone_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_EVALUATOR", str(tmp_path / "socket"))
    with pytest.raises(RefusedError, match="cannot be reached") as caught:
        client.evaluate("model")
    assert caught.value.kind == "ENV"


def test_rows_are_sent_in_parts_that_fit_a_message() -> None:
    rows = ["x" * 300_000 for _ in range(20)]
    parts = list(client._parts(rows))
    assert [row for _, part in parts for row in part] == rows
    assert all(sum(map(len, part)) <= MAX_BYTES // 2 for _, part in parts)
    assert [start for start, _ in parts] == [sum(len(p) for _, p in parts[:k])
                                             for k in range(len(parts))]  # fmt: skip


def test_what_cells_import_is_light() -> None:
    script = (
        "import sys\n"
        "from ftassist.dojo import evaluate, find_leaks\n"
        "heavy = {'torch', 'transformers', 'datasets', 'lm_eval', 'scipy', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=scrubbed(os.environ),
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_keys_and_tokens_do_not_reach_the_evaluator() -> None:
    environment = {"ANTHROPIC_API_KEY": "k", "HF_TOKEN": "t", "DB_PASSWORD": "p", "HOME": "/h"}
    kept = scrubbed(environment)
    assert kept["HOME"] == "/h"
    assert not {"ANTHROPIC_API_KEY", "HF_TOKEN", "DB_PASSWORD"} & kept.keys()


def test_the_end_of_a_long_log_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(f"line {n}" for n in range(9000)))
    assert tail(log, 2) == "line 8998\nline 8999"
    assert tail(tmp_path / "none") == ""
