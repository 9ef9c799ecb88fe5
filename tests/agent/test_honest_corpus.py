"""Whole honest proposals on every shipped task: no rule that can refuse one does.

Each is put together by chance from what an engineer would write: recipes, programs of one's own
over rows, texts that quote raw rows, the card and labels, and training calls. All rules look at
it: those of the idea, of the cells, of what can run, of copied evaluation text, and the check
before a person's decision.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ftassist.agent.plan import Plan, changed_parts
from ftassist.agent.proposal import read_proposal
from ftassist.agent.proposal_rules import check_idea, check_proposal
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.records.proposal import Proposal
from ftassist.trial.cell_arguments import check_arguments
from ftassist.trial.cell_review import review
from ftassist.trial.job import PARAMETERS
from ftassist.trial.static_check import check_cells

SHIPPED = ("mini_math", "mini_chemistry", "mini_tables", "banking77", "clinc150", "gsm8k")
HONEST = 84
"""Proposals a task: 504 in all."""

PIECES = (
    "rows = curate.deduplicate(rows)\nrows = curate.deduplicate(rows, near=0.85)",
    'rows = curate.filter_labels(rows, keep="majority")',
    "rows = curate.balance(rows, at_most=40, seed=seed)",
    "rows = curate.filter_length(rows, max_tokens=256, min_tokens=4, model=model)",
    """
seen = set()


def first_time(row):
    key = re.sub(r"[^a-z0-9 ]+", "", row["prompt"].lower()).strip()
    if key in seen:
        return False
    seen.add(key)
    return True


rows = curate.filter(rows, first_time, reason="said before in the same words")
""",
    """
counts = Counter(row["source"] for row in rows)
print({name: count for name, count in counts.most_common()})
rare = {name for name, count in counts.items() if count < 50}
rows = curate.filter(rows, lambda row: row["source"] not in rare or len(row["prompt"]) > 10)
""",
    """
def tidy(row):
    text = " ".join(row["response"].split())
    return text[:1].upper() + text[1:] if text else None


rows = curate.map(rows, tidy, on_bad="drop")
""",
    """
LAST = re.compile(r"(-?\\d+(?:[.,/]\\d+)?)\\s*$")


def boxed(row):
    found = LAST.search(row["response"].rstrip(". "))
    if not found:
        return None
    return {"response": row["response"] + f" \\\\boxed{{{found.group(1)}}}"}


made = curate.map(rows, boxed)
rows = curate.join(rows, curate.sample(made, 50, seed=seed))
""",
    """
def sums(draw):
    one, other = draw.randint(2, 99), draw.randint(2, 99)
    total = Fraction(one, other)
    steps = [f"{one}/{other} = {total.numerator}/{total.denominator}", f"about {float(total):.2f}"]
    return {"prompt": f"Write {one}/{other} in lowest terms.", "response": "; ".join(steps)}


made = curate.generate(sums, 120, source="fractions", seed=seed)
rows = curate.join(rows, made)
""",
    """
def agrees(row):
    numbers = [int(word) for word in re.findall(r"\\d+", row["prompt"])]
    return not numbers or str(max(numbers)) != row["response"].strip()


rows = curate.verify(rows, agrees)
""",
    """
lengths = np.array([len(row["messages"][-1]["content"]) for row in rows])
low, high = np.quantile(lengths, [0.02, 0.98])
rows = curate.filter(rows, lambda row: low <= len(row["response"]) <= high, reason="odd length")
print(f"kept answers of {low:.0f} to {high:.0f} characters")
""",
    """
frame = pd.DataFrame([{"id": row["id"], "text": row["messages"][-2]["content"]} for row in rows])
vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2).fit_transform(frame["text"])
groups = KMeans(n_clusters=8, random_state=seed, n_init=3).fit_predict(vectors)
frame["group"] = groups
keep = set(frame.groupby("group").head(60)["id"])
rows = curate.filter(rows, lambda row: row["id"] in keep, reason="crowded group")
""",
    """
class Judge:
    \"\"\"Says how plain an answer is.\"\"\"

    def __init__(self, words):
        self.words = frozenset(words)

    def __call__(self, row):
        said = row["response"].lower().split()
        return sum(word in self.words for word in said) <= max(3, len(said) // 2)


rows = curate.filter(rows, Judge(["um", "uh", "etc.", "and/or", "n/a"]), reason="mumbled")
""",
    """
rows = curate.score(rows, by="loss", model=model)
rows = curate.select(rows, min(400, row_cap), by="loss", keep="middle")
""",
    """
with open("data_notes.csv", "w", newline="") as handle:
    writer = csv.writer(handle)
    writer.writerow(["source", "rows"])
    for name, count in rows.by_source().items():
        writer.writerow([name, count])
""",
    """
try:
    from rdkit import Chem
except ImportError:
    Chem = None


def canonical(row):
    words = row["prompt"].split()
    made = [Chem.MolToSmiles(m) for w in words if Chem and (m := Chem.MolFromSmiles(w))]
    return {"prompt": row["prompt"] + ("\\n" + " ".join(made) if made else "")}


rows = curate.map(rows, canonical, on_bad="drop")
""",
    """
FORMS = {"yes": ("y", "true", "ja"), "no": ("n", "false", "nein"), "other/unclear": ("?", "/")}
back = {short: long for long, all_of in FORMS.items() for short in all_of}
rows = curate.map(rows, lambda row: back.get(row["response"].strip().lower(), row["response"]))
""",
    """
total = min(row_cap, len(rows))
order = sorted(rows.by_source().items(), key=itemgetter(1), reverse=True)
weights = {name: math.sqrt(count) for name, count in order}
rows = curate.mix(rows, weights=weights, total=total, seed=seed)
""",
    """
# Curriculum: short rows first, then long ones; see https in no place and no /tmp either.
rows = curate.order(rows, by="length")
""",
)
TRAINS = (
    'train.sft(model, "data", "model", learning_rate=2e-4, epochs=3, seed=seed)',
    'train.sft(model, "data", "model", method="lora", rank=16, alpha=32, learning_rate=1e-3,\n'
    "    epochs=4, batch_size=16, max_length=384, warmup=0.05, seed=seed)",
    'train.sft(model, "data", "model", method="full", learning_rate=5e-5, epochs=2,\n'
    '    schedule="linear", weight_decay=0.01, seed=seed)',
    'rate = 1e-3 if len(open("data/train.jsonl").readlines()) < 500 else 5e-4\n'
    'train.sft(model, "data", "model", method="lora", rank=8, learning_rate=rate, seed=seed)',
    'with open("data/train.jsonl") as handle:\n'
    "    count = sum(1 for _ in handle)\n"
    'print(f"{count} rows, {count // 16} steps an epoch")\n'
    'train.sft(model, "data", "model", layers=8, learning_rate=1e-3, epochs=6, seed=seed)',
    "set_seed(seed)\ntorch.manual_seed(seed + 1)\n"
    'train.sft(model, "data", "model", learning_rate=3e-4, epochs=2, order="given", seed=seed)',
)
IMPORTS = {
    "Counter": "from collections import Counter",
    "Fraction": "from fractions import Fraction",
    "KMeans": "from sklearn.cluster import KMeans",
    "TfidfVectorizer": "from sklearn.feature_extraction.text import TfidfVectorizer",
    "csv": "import csv",
    "itemgetter": "from operator import itemgetter",
    "math": "import math",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "re": "import re",
    "set_seed": "from transformers import set_seed",
    "torch": "import torch",
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("key", SHIPPED)
def test_no_rule_refuses_an_honest_proposal(key: str, kit: Any) -> None:
    many = Honest(load_task(key), random.Random(key), kit)
    for number in range(HONEST):
        proposal = many.proposal(number)
        assert many.told(proposal) == [], proposal.cells


@pytest.mark.parametrize("planted", ["import subprocess", "rows = rows[:10]", "x = 1 / sead"])
def test_the_same_proposal_is_refused_with_one_line_that_breaks_a_rule(
    planted: str, kit: Any
) -> None:
    many = Honest(load_task("mini_math"), random.Random(0), kit)
    good = many.proposal(0)
    head, found, tail = good.cells["curate"].partition("rows = curate.sample(")
    cells = {**good.cells, "curate": f"{head}{planted}\n{found}{tail}"}
    assert many.told(good) == []
    assert many.told(replace(good, cells=cells))


class Honest:
    """What is proposed on a task, and what the rules say of it."""

    def __init__(self, task: Task, luck: random.Random, kit: Any) -> None:
        self.task, self.luck = task, luck
        items = luck.sample(task.items("validation"), 10)
        wrong = [
            {"view": "-", "prompt": str(item["prompt"]), "gold": "g", "output": "o"}
            for item in items
        ]
        repository = DataRepository(task.repository_folder)
        self.sets = repository.names()
        profiles = {name: kit.profile(400, description=f"The set {name}.") for name in self.sets}
        world = kit.World(card=task.card, profiles=profiles)
        first = kit.cells({luck.choice(self.sets): 100})
        self.context = world.parent(first, views={}, wrong=wrong).context("t0001")
        self.quotes = quoted(task, repository, luck)

    def told(self, proposal: Proposal) -> list[str]:
        """What all rules that can refuse it say."""
        return [
            *check_idea(self.context, "t0001", proposal.hypothesis, proposal.change.key),
            *check_proposal(self.context, proposal),
            *errors(proposal.cells),
        ]

    def proposal(self, number: int) -> Proposal:
        """One by chance."""
        return honest(self.context, self.task, self.sets, self.quotes, self.luck, number)


def errors(cells: Mapping[str, str]) -> list[str]:
    """What the check before a decision calls an error."""
    found = check_cells(cells, PARAMETERS, [review, check_arguments]).findings
    return [
        f"{one.stage} line {one.line}: {one.message}" for one in found if one.severity == "error"
    ]


def quoted(task: Task, repository: DataRepository, luck: random.Random) -> list[Any]:
    """What an honest cell may quote: raw rows that are no items, the card, and its views."""
    from ftassist.dojo.leakage import LeakIndex

    some = luck.sample(repository.names(), min(3, len(repository.names())))
    turns = [turn for name in some for turn in repository.turns(name)[:200]]
    index = LeakIndex.build(task.items("validation"))
    leaking = {leak.row for leak in index.find([f"{asked} {said}" for asked, said in turns])}
    clean = [turn for number, turn in enumerate(turns) if number not in leaking]
    card = task.card
    return [
        luck.sample(clean, min(8, len(clean))),
        {asked[:60]: said for asked, said in luck.sample(clean, min(6, len(clean)))},
        [card.description, card.output_contract],
        dict(card.views),
    ]


def honest(
    context: Any, task: Task, sets: list[str], quotes: list[Any], luck: random.Random, number: int
) -> Proposal:
    """A proposal by chance."""
    chosen = luck.sample(sets, luck.randint(1, min(4, len(sets))))
    load = {name: luck.choice([None, 100, 250, 400]) for name in chosen}
    body = [
        f"# {luck.choice(['More of', 'Only', 'First'])} {', '.join(chosen)}: the weak views",
        f"KNOWN = {quotes[number % len(quotes)]!r}",
        f"rows = curate.load(repository, {load!r}, seed=seed)",
        *luck.sample(PIECES, luck.randint(1, 4)),
        "rows = curate.sample(rows, row_cap, seed=seed)",
        "rows = curate.decontaminate(rows)",
        'curate.export(rows, "data")',
    ]
    curate = with_imports("from ftassist.recipes import curate", "\n".join(body))
    train = with_imports("from ftassist.recipes import train", luck.choice(TRAINS))
    before = context.trial("t0001").cells
    cells = {**before, "curate": curate, "train": train}
    parts = changed_parts(Plan.of(before), Plan.of(cells))
    return read_proposal(
        {
            "parent": "t0001",
            "hypothesis": {
                "statement": f"Rows of {', '.join(chosen)} mend the weakest views.",
                "changes": ["data", "training"],
                "cause": f"{task.card.title}: what is asked there is rare in the parent's rows.",
                "evidence": [{"trial": "t0001", "claim": "its score", "value": 0.5}],
                "metric": task.card.metric.name,
                "low": 0.01,
                "high": 0.1,
                "refuted_if": "the score rises by less than 0.01",
                "claims": "better",
            },
            "cells": cells,
            "change": {
                "key": f"own:{number}",
                "description": "other rows, prepared by a program",
                "parts": parts,
            },
            "estimate": {},
            "backend": "anthropic",
            "rule": "idea",
        }
    )


def with_imports(first: str, body: str) -> str:
    """A cell with the imports it needs, at its head."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    return "\n".join([*(line for name, line in IMPORTS.items() if name in used), first, "", body])
