"""What is done ahead of a trial: by a worker that waits for one, and in its spare kernel."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ftassist.recipes import first_use
from ftassist.trial.cell_arguments import check_arguments
from ftassist.trial.cell_review import review
from ftassist.trial.job import TrialSpec
from ftassist.trial.kernel_main import preload
from ftassist.trial.notebook import build
from ftassist.trial.spare import PRELOADED
from ftassist.trial.static_check import check_cells
from ftassist.trial.warming import CELLS

LOOK = """\
import sys
from ftassist.trial.warming import warm_up
warm_up()
from nbformat.validator import validators
print("ftassist.dojo.evaluator.client" in sys.modules, bool(validators), "torch" in sys.modules)
"""


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_the_cells_that_are_checked_ahead_are_sound() -> None:
    spec = TrialSpec("t0000", "", "tiny", CELLS, "")
    build(spec)
    assert check_cells(CELLS, spec.parameters(), (review, check_arguments)).findings == ()


def test_a_worker_has_the_format_and_the_recipes_at_hand() -> None:
    said = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "True", "False"]


def test_what_cannot_be_preloaded_is_left_out(
    monkeypatch: pytest.MonkeyPatch, thawed: None
) -> None:
    called: list[str] = []

    def fail() -> None:
        called.append("fails")
        raise OSError("no such file")

    monkeypatch.setattr(first_use, "fail", fail, raising=False)
    monkeypatch.setattr(first_use, "make_ahead", lambda: called.append("made"))
    name = first_use.__name__
    preload(["no.such.module", f"{name}:no_such_function", f"{name}:fail", f"{name}:make_ahead"])
    assert called == ["fails", "made"]
    assert gc.get_freeze_count() > 0


def test_a_spare_makes_ahead_what_recipes_make_once(thawed: None) -> None:
    from transformers import conversion_mapping

    from ftassist.dojo.known_sources import known_sources

    known_sources.cache_clear()
    assert PRELOADED.endswith("first_use:make_ahead")
    first_use.make_ahead()
    assert known_sources.cache_info().currsize == 1
    assert conversion_mapping._checkpoint_conversion_mapping_cache
