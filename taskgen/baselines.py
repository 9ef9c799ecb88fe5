"""Measures the baselines of the mini tasks and writes them into the task cards.

    python -m taskgen.baselines            majority and classical baselines
    python -m taskgen.baselines --base     the untouched base model, through the evaluator

`majority` answers each view with the most frequent label of the clean training sets. `bag of
characters` is a logistic regression a view on counts of character 1- to 3-grams of the prompt.
Writes only the `baselines:` block, which is the last of a card.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import yaml

from ftassist.dojo.task import Baseline, Task
from ftassist.dojo.task_loader import load_task
from taskgen.build import TASKS, build
from taskgen.rawset import Pair
from taskgen.task_data import TaskData

CLEAN = {
    "mini_math": (
        "answer_key",
        "lessons_shop",
        "lessons_travel",
        "lessons_home",
        "lessons_garden",
    ),
    "mini_chemistry": ("ring_notes", "group_notes", "pair_notes"),
    "mini_tables": ("export_answers", "lookup_steps", "sum_steps", "check_steps"),
}
Predictor = Callable[[Sequence[Pair]], list[str]]


def majority(train: Sequence[Pair]) -> Predictor:
    """Always the most frequent training label (ties: the first in alphabetical order)."""
    counts = Counter(pair.answer for pair in train)
    label = min(counts, key=lambda answer: (-counts[answer], answer))
    return lambda pairs: [label] * len(pairs)


def bag_of_characters(train: Sequence[Pair]) -> Predictor:
    """Logistic regression on character n-grams of the prompt."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    model = make_pipeline(
        CountVectorizer(analyzer="char", ngram_range=(1, 3), min_df=3, lowercase=False),
        MaxAbsScaler(),
        LogisticRegression(C=3.0, max_iter=300),
    )
    model.fit([pair.prompt for pair in train], [pair.answer for pair in train])
    return lambda pairs: [str(label) for label in model.predict([p.prompt for p in pairs])]


def length_difference(train: Sequence[Pair]) -> Predictor:
    """For pairs: the verdict by the difference in length, learned; else the majority.

    Shows whether telling two molecules apart can be had from lengths alone.
    """
    if train[0].view != "equivalence":
        return majority(train)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for pair in train:
        counts[difference(pair.prompt)][pair.answer] += 1
    overall = majority(train)([train[0]])[0]

    def verdict(pair: Pair) -> str:
        found = counts[difference(pair.prompt)]
        return max(sorted(found), key=found.__getitem__) if found else overall

    return lambda pairs: list(map(verdict, pairs))


def difference(prompt: str) -> int:
    """By how many characters the two longest words of a prompt differ."""
    first, second = sorted(map(len, prompt.split()), reverse=True)[:2]
    return first - second


def named_column(train: Sequence[Pair]) -> Predictor:
    """For tables: the first cell of a column the question names, or the first column; true."""
    del train

    def guess(pair: Pair) -> str:
        head, *rows, question = (line.split(" | ") for line in pair.prompt.splitlines())
        if pair.view == "fact_checking":
            return "true"
        if "which column" in question[0].lower():
            return head[1]
        named = [i for i, column in enumerate(head) if i and column in question[0]]
        return rows[0][named[0] if named else 1]

    return lambda pairs: list(map(guess, pairs))


METHODS: dict[str, tuple[str, Callable[[Sequence[Pair]], Predictor], tuple[str, ...]]] = {
    "majority": (
        "most frequent label of each view in the clean training sets",
        majority,
        tuple(TASKS),
    ),
    "bag of characters": (
        "logistic regression on character 1- to 3-grams, one a view, "
        "trained on the clean training sets",
        bag_of_characters,
        tuple(TASKS),
    ),
    "length difference": (
        "pairs by their difference in length, counts by majority",
        length_difference,
        ("mini_chemistry",),
    ),
    "named column": (
        "first cell of a column the question names, or the first column; true for statements",
        named_column,
        ("mini_tables",),
    ),
}


def measure(data: TaskData, method: str) -> Baseline:
    """Trains a baseline on the clean sets and scores it on both splits."""
    how, train, _ = METHODS[method]
    clean = [p for raw in data.sets if raw.name in CLEAN[data.key] for p in raw.pairs]
    right: dict[str, dict[str, list[bool]]] = {"validation": {}, "test": {}}
    for view in dict.fromkeys(pair.view for pair in data.test):
        predict = train([pair for pair in clean if pair.view == view])
        for split, pairs in (("validation", data.validation), ("test", data.test)):
            asked = [pair for pair in pairs if pair.view == view]
            guesses = predict(asked)
            right[split][view] = [g == p.answer for g, p in zip(guesses, asked, strict=True)]
    return Baseline(
        name=method,
        how=how,
        validation=mean([r for group in right["validation"].values() for r in group]),
        test=mean([r for group in right["test"].values() for r in group]),
        views={view: mean(group) for view, group in right["test"].items()},
    )


def mean(values: Sequence[bool]) -> float:
    """Share of true values, to four places."""
    return round(sum(values) / len(values), 4)


def write_baselines(task: Task, measured: Sequence[Baseline]) -> None:
    """Puts `measured` on the card; baselines of other names that are there stay."""
    path: Path = task.folder / "card.yaml"
    names = {baseline.name for baseline in measured}
    kept = [b for b in task.card.baselines if b.name not in names]
    head, _, _ = path.read_text(encoding="utf-8").partition("\nbaselines:")
    block = yaml.safe_dump([asdict(b) for b in (*measured, *kept)], sort_keys=False, width=96)
    path.write_text(f"{head}\nbaselines:\n{block}", encoding="utf-8")


def main() -> None:
    """Measures and writes the baselines of one task or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--task", choices=sorted(TASKS), action="append")
    parser.add_argument("--base", action="store_true", help="score the base model instead")
    options = parser.parse_args()
    for key in options.task or sorted(TASKS):
        if options.base:
            from taskgen.base_score import measure_base

            measured = [measure_base(load_task(key))]
        else:
            data = build(key)
            measured = [measure(data, m) for m, (*_, tasks) in METHODS.items() if key in tasks]
        write_baselines(load_task(key), measured)
        for baseline in measured:
            print(
                f"{key} {baseline.name}: validation {baseline.validation:.3f}, "
                f"test {baseline.test:.3f}, by view on test {baseline.views}"
            )


if __name__ == "__main__":
    main()
