"""`python -m ftassist.dojo.evaluator --socket PATH [--journal PATH]`: one evaluator process.

Started by `process.EvaluatorProcess`; see `server` for what it answers.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from ftassist.dojo.evaluator.server import Server, own_stdout
from ftassist.dojo.evaluator.service import Service, journal_recorder


def main() -> None:
    """Reads the arguments and serves until the owner stops or disappears."""
    parser = argparse.ArgumentParser(prog="python -m ftassist.dojo.evaluator", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="where trials connect")
    parser.add_argument("--journal", type=Path, help="the journal that scores are written to")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for noisy in ("lm_eval", "transformers", "datasets", "httpx"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    answers = own_stdout()
    record = journal_recorder(arguments.journal) if arguments.journal else None
    Server(arguments.socket, Service(record), sys.stdin.buffer, answers).serve(first=_warm_up)


def _warm_up() -> None:
    """Imports what the first evaluation needs while nobody waits for it.

    In the thread that works: imports of transformers in two threads at once fail.
    """
    import ftassist.dojo.evaluator.harness
    import ftassist.dojo.evaluator.models  # noqa: F401


if __name__ == "__main__":
    main()
