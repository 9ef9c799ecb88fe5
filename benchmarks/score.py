"""Seconds for ten thousand predictions, task by task: judging, metrics and intervals.

Records are those of the tests' fixtures, repeated; answers are the gold answer, the gold answer
after a page of prose, and (chemistry) other molecules, each row with a number of its own, so that
no cache helps where it would not help on real predictions.

    python benchmarks/score.py [--tasks aime25 ...] [--rows 10000] [--repeats 3] [--mirror]

With `--mirror` the records are the real ones below FTASSIST_DATA, and each is answered with the
gold answer of another record (of its view) or its own, cut at places that differ from row to row.
Tasks that run programs are left out: they cost a process a row.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from ftassist.dojo.location import available
from ftassist.dojo.preparation import records
from ftassist.dojo.scorers import Row, score_rows, scorer_for, scorer_keys
from ftassist.dojo.task import task_folders
from ftassist.dojo.task_loader import load_card
from ftassist.files import read_jsonl

FIXTURES = Path(__file__).parents[1] / "tests" / "dojo" / "scorers" / "fixtures"
RUN_PROGRAMS = {"tablebench_visualization"}
MOLECULE_KEYS = {
    "chemcotbench_mol_edit": "output",
    "chemcotbench_mol_opt": "Final Target Molecule",
    "chemcotbench_reaction": "output",
}
PROSE = (
    "The question asks for one thing. Let us look at it again, step by step, number by number. "
)


def main() -> None:
    """Prints a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", nargs="*", default=None)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--mirror", action="store_true")
    options = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| task | rows | seconds | processor seconds |\n|---|---|---|---|")
    made = real_rows if options.mirror else rows
    for task in options.tasks or [key for key in scorer_keys() if key not in RUN_PROGRAMS]:
        if options.mirror and not is_here(task):
            continue
        wall, cpu = measured(task, options.rows, options.repeats, made)
        print(f"| {task} | {options.rows} | {wall:.1f} | {cpu:.1f} |", flush=True)


def measured(
    task: str, size: int, repeats: int, made: Callable[[str, int, int], list[Row]]
) -> tuple[float, float]:
    """Median wall and processor seconds; libraries are loaded before the clock starts."""
    score_rows(task, made(task, 20, -1))
    walls, cpus = [], []
    for repeat in range(repeats):
        given = made(task, size, repeat)
        wall, cpu = time.perf_counter(), time.process_time()
        score_rows(task, given)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def rows(task: str, size: int, salt: int) -> list[Row]:
    """Rows with answers of several kinds."""
    scorer, made = scorer_for(task), []
    docs = cycle(read_jsonl(FIXTURES / f"{task}.jsonl"))
    molecules = cycle(_molecules())
    for number, doc in enumerate(islice(docs, size)):
        view = str(doc.get("view") or scorer.view_of(doc))
        gold = scorer.gold(doc, view) or "none"
        if task in MOLECULE_KEYS and number % 4:
            gold = json.dumps({MOLECULE_KEYS[task]: next(molecules)})
        prose = f"Row {number} of {salt}. {PROSE * 20 if number % 2 else ''}\n"
        made.append(Row(f"{number}", doc, prose + gold, view))
    return made


def is_here(task: str) -> bool:
    """Whether the mirror has the task's records."""
    source = load_card(task).data
    return source is not None and available(source) is not None


def real_rows(task: str, size: int, salt: int) -> list[Row]:
    """Rows of real records; a third of the answers is right."""
    scorer, made = scorer_for(task), []
    by_view: dict[str, list[str]] = {}
    found = records(load_card(task))
    for record in found:
        by_view.setdefault(record.view, []).append(scorer.gold(record.doc, record.view) or "none")
    for number, record in enumerate(islice(cycle(found), size)):
        answers = by_view[record.view]
        own = scorer.gold(record.doc, record.view) or "none"
        answer = answers[(number * 7 + salt) % len(answers)] if number % 3 else own
        cut = (
            len(answer) - (number // len(found)) % max(1, len(answer) // 4) if number % 3 else None
        )
        made.append(Row(f"{number}", record.doc, f"{answer[:cut]} ", record.view))
    return made


def _molecules() -> Iterator[str]:
    """Molecules that are in no record."""
    for row in read_jsonl(task_folders()["chemcotbench_mol_und"] / "rdkit_rows.jsonl"):
        yield row["molecule"]


if __name__ == "__main__":
    main()
