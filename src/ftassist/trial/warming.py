"""What a worker does once for its first trial, done while it has none.

The notebook format's checks are compiled, the modules imported that recipes' arguments are looked
up in, and the kinds of arguments read: a third of a second that a trial with a spare kernel would
wait for between its acceptance and its first cell.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ftassist.errors import FtassistError
from ftassist.trial.failures import StageFailedError
from ftassist.trial.job import TrialSpec
from ftassist.trial.notebook import build
from ftassist.trial.preflight import Preflight

CELLS = {
    "curate": """\
from ftassist.recipes import curate

rows = curate.load(repository, {"raw": 100}, seed=seed)
rows = curate.deduplicate(rows)
rows = curate.decontaminate(rows)
curate.export(rows, "data")""",
    "train": """\
from ftassist.recipes import train

train.sft(model, "data", "model", learning_rate=1e-3, epochs=2, batch_size=16, seed=seed)""",
    "evaluate": """\
from ftassist.dojo import evaluate

evaluate("model")""",
}
"""As those of most trials."""


def warm_up() -> None:
    """Builds and checks a trial that is never run; what fails here, a trial is told."""
    spec = TrialSpec(trial="t0000", task="", model="tiny", cells=CELLS, repository="")
    with suppress(FtassistError, StageFailedError, OSError):
        build(spec)
        Preflight(Path(), spec, find_leaks=None, on_check=lambda _: None).before()
    import ftassist.dojo.evaluator.client  # noqa: F401 - a trial comes to it later
