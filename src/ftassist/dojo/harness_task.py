"""Tasks of lm-evaluation-harness, laid out as task folders of one's own.

`harness:NAME` is looked up in the harness's registry (and below `FTASSIST_HARNESS`, a folder of
own definitions). Its documents become evaluation items with the prompt the harness would ask; its
scoring stays the harness's. Its training documents become a raw set. Tasks of two kinds can be
used: generated answers and multiple choice. The harness loads the data itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from ftassist.dojo.own_task import divided_items
from ftassist.dojo.record import RawSet
from ftassist.dojo.scorers.sample import as_written
from ftassist.dojo.task import Splits
from ftassist.dojo.task_files import Item, TaskFiles, render_template, write_task
from ftassist.errors import DataError, UnknownNameError
from ftassist.files import cache_folder, hash_file, hash_text

OWN_VARIABLE = "FTASSIST_HARNESS"
MOST_ITEMS = 400
"""Items of a split at most; benchmarks of tens of thousands would make every trial slow."""

MOST_ROWS = 20_000
MOST_TOKENS = 256
"""Of an answer, where the task sets no limit; the harness's own default."""
GENERATED, CHOICE = "generate_until", "multiple_choice"


def prepare_harness(name: str) -> Path:
    """The task folder of a harness task, made at its first use and kept in the cache.

    Raises:
        UnknownNameError: The harness has no such task; names the nearest.
        DataError: It is of a kind that cannot be used, or its data cannot be had.
    """
    key = "harness_" + "".join(c if c.isalnum() else "_" for c in name)
    folder = cache_folder() / "tasks" / f"{key}-{_digest(name)}"
    if (folder / "card.yaml").is_file():
        return folder
    return write_task(folder, _files(name, key))


def _digest(name: str) -> str:
    """What a prepared folder depends on: the harness, definitions of one's own, and this code."""
    own = os.environ.get(OWN_VARIABLE, "")
    written = sorted(Path(own).rglob("*.yaml")) if own else []
    definitions = [path for path in written if not path.is_relative_to(cache_folder())]
    code = [Path(__file__), *(Path(__file__).with_name(n) for n in ("splits.py", "sketches.py"))]
    files = map(hash_file, [*code, *definitions])
    return hash_text(name, own, version("lm-eval"), *files)[:12]


def process_results_of(
    name: str,
) -> Callable[[Mapping[str, Any], Sequence[str]], dict[str, float]]:
    """The harness task's own scoring, for items that carry their document as JSON text."""
    metric = _metric(name)[0]

    @as_written
    def process_results(item: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
        """Scores one generated answer by the harness task's filters and metrics."""
        task = harness_object(name)
        doc = json.loads(item["record"])
        found = task.process_results(doc, [_filtered(task, doc, _ended(task, results[0]))])
        return {"score": float(found[metric]), "parsed": float(bool(results[0].strip()))}

    return process_results


@cache
def harness_object(name: str) -> Any:
    """The harness's own task.

    Raises:
        UnknownNameError: There is no such task.
        DataError: Its data cannot be had, or it is a group of tasks.
    """
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=os.environ.get(OWN_VARIABLE) or None)
    if name not in manager.all_subtasks:
        raise UnknownNameError.of("harness task", name, manager.all_subtasks)
    try:
        return manager.load_task_or_group(name)[name]
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise DataError(
            f"the harness cannot load {name!r}: {error}",
            fix="go online, or set HF_HUB_OFFLINE=1 with the data in the Hugging Face cache",
        ) from error


def _ended(task: Any, text: str) -> str:
    """An answer up to the first of the texts at which the harness stops generating."""
    until = _generation(task).get("until") or []
    for stop in [until] if isinstance(until, str) else until:
        text = text.split(stop)[0] if stop else text
    return text


def _generation(task: Any) -> Mapping[str, Any]:
    """The settings the harness generates with."""
    return task.config.generation_kwargs or {}


def _filtered(task: Any, doc: Mapping[str, Any], text: str) -> Any:
    """An answer after the first of the task's filters."""
    from lm_eval.api.instance import Instance

    filters = getattr(task, "_filters", [])
    if not filters:
        return text
    answer = Instance("generate_until", dict(doc), (), 0)
    answer.resps = [text]
    filters[0].apply([answer])
    return answer.filtered_resps[filters[0].name]


def _metric(name: str) -> tuple[str, bool]:
    """The task's first metric and its direction."""
    config = harness_object(name).config
    first = (config.metric_list or [{"metric": "acc"}])[0]
    return str(first["metric"]), bool(first.get("higher_is_better", True))


def _files(name: str, key: str) -> TaskFiles:
    """Everything the task folder holds."""
    task = harness_object(name)
    kind = task.config.output_type
    if kind not in (GENERATED, CHOICE):
        raise DataError(
            f"the harness task {name!r} is of the kind {kind!r}",
            fix="choose one with generated answers or multiple choice",
        )
    documents = task.test_docs() if task.has_test_docs() else task.validation_docs()
    items = [_item(task, dict(doc), number) for number, doc in enumerate(documents)]
    divided = divided_items(items, Splits(MOST_ITEMS, MOST_ITEMS, ""))
    return TaskFiles(
        card=_card(name, key),
        harness=_harness(key, kind, _most_tokens(task)),
        files=_scoring(name, kind),
        items=divided,
        sets=_training(task, name),
        licence="as the data set states",
    )


def _item(task: Any, doc: dict[str, Any], number: int) -> Item:
    """A document as an item."""
    item = {
        "id": str(number),
        "view": "all",
        "prompt": str(task.doc_to_text(doc)),
        "record": json.dumps(doc, ensure_ascii=False, default=str),
    }
    target = task.doc_to_target(doc)
    if task.config.output_type == CHOICE:
        choices = [str(choice) for choice in task.doc_to_choice(doc)]
        place = target if isinstance(target, int) else choices.index(str(target))
        return {**item, "choices": choices, "gold": place, "answer": choices[place]}
    return {**item, "answer": str(target[0] if isinstance(target, list) else target)}


def _training(task: Any, name: str) -> list[RawSet]:
    """The task's training documents, prompt and answer."""
    if not task.has_training_docs():
        return []
    rows = []
    for number, doc in zip(range(MOST_ROWS), task.training_docs(), strict=False):
        item = _item(task, dict(doc), number)
        rows.append({"id": item["id"], "prompt": item["prompt"], "response": item["answer"]})
    return [
        RawSet(
            name="train",
            title="The harness task's training documents",
            description="The prompt of the task and its target.",
            rows=rows,
            provenance=f"lm-evaluation-harness, {name}",
            notes="As the data set gives them.",
        )
    ]


def _card(name: str, key: str) -> str:
    """The task's card."""
    metric, higher = _metric(name)
    choice = harness_object(name).config.output_type == CHOICE
    document = {
        "key": key,
        "title": f"{name} of lm-evaluation-harness",
        "domain": "harness",
        "description": str(harness_object(name).config.description or name),
        "prompt": "As the harness asks it.",
        "output_contract": "One of the choices." if choice else "As the harness reads it.",
        "views": {"all": "all items"},
        "metric": {
            "name": metric,
            "higher_is_better": higher,
            "binary": metric in ("acc", "exact_match"),
            "fraction": True,
        },
        "reduction": "items",
        "max_new_tokens": _most_tokens(harness_object(name)),
        "max_length": 1024,
        "budget": {"trials": 8, "rows": 2000, "seconds": 3600},
        "licence": "as the data set states",
        "sources": [f"lm-evaluation-harness {version('lm-eval')}"],
        "limits": f"At most {MOST_ITEMS} items a split; scored by the first of its metrics.",
        "baselines": [],
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=96)


def _most_tokens(task: Any) -> int:
    """The tokens of an answer at most: the harness task's own limit, where it has one."""
    return int(_generation(task).get("max_gen_toks") or MOST_TOKENS)


def _harness(key: str, kind: str, most_tokens: int) -> str:
    """The definition the evaluator runs."""
    if kind == GENERATED:
        return render_template(
            "harness.yaml.j2", key=key, max_new_tokens=most_tokens, higher_is_better="true"
        )
    document = {
        "task": f"ftassist_{key}",
        "output_type": CHOICE,
        "doc_to_text": "{{prompt}}",
        "doc_to_choice": "{{choices}}",
        "doc_to_target": "{{gold}}",
        "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
        "metadata": {"version": 1.0},
    }
    return yaml.safe_dump(document, sort_keys=False)


def _scoring(name: str, kind: str) -> dict[str, str]:
    """The scoring file, where answers are generated."""
    if kind == CHOICE:
        return {}
    lines = [
        f'"""Scoring of {name}: the harness task\'s own."""',
        "",
        "from ftassist.dojo.harness_task import process_results_of",
        "",
        f"process_results = process_results_of({name!r})",
        "",
    ]
    return {"scoring.py": "\n".join(lines)}
