"""One process of a training on several devices (see `several`): `python -m` with its folder.

Started by torch's launcher, which says by the environment which process of how many it is.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json
from ftassist.recipes import training
from ftassist.recipes._ranks import rank
from ftassist.recipes.arguments import SftArguments
from ftassist.recipes.several import ERROR, RESULT, TASK
from ftassist.recipes.supervised import Supervised


def main(folder: Path) -> int:
    """Trains; the first process tells the result, the first to fail its error."""
    task = read_json(folder / TASK)
    arguments = SftArguments.of(task["arguments"])
    try:
        with (
            Path(os.devnull).open("w") as nowhere,
            redirect_stdout(sys.stdout if rank() == 0 else nowhere),
        ):
            result = training.run(arguments, Supervised, task["before"])
    except Exception as error:
        _tell(folder / ERROR, error)
        raise
    if rank() == 0:
        write_json(folder / RESULT, asdict(result))
    return 0


def _tell(path: Path, error: Exception) -> None:
    told = {"kind": type(error).__name__, "what": str(error), "where": "", "fix": ""}
    if isinstance(error, FtassistError):
        told |= {"what": error.what, "where": error.where, "fix": error.fix}
    if not path.exists():
        write_json(path, told)


def _leave(code: int) -> NoReturn:
    """Ends this process as it stands.

    What it wrote is written. One that took itself down could be aborted: gloo's threads still
    listen to the other processes, which end at the same moment.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main(Path(sys.argv[1])))
