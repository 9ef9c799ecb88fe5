"""BioProBench: questions, order, errors and generation of biological protocols, as JSON files.

The four tasks have the same layout: a file with the benchmark's records, one with those for
training. What the prompts need beside a record's own fields is made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.record import Files, RawSet, Record, all_rows, as_text
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The benchmark's records."""
    del card
    yield from _records(files, "test")


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The records that the authors keep for training."""
    del divided
    yield RawSet(
        name="protocols",
        title="Records of the authors' training file",
        description="The task's prompt around each record, answered with its gold answer.",
        rows=training_rows(card, _records(located.files, "train")),
        provenance=f"{located.source.id}, revision {located.source.revision[:12]}",
        notes="Made by a language model from protocols; short answers, no reasons.",
    )


def _records(files: Files, part: str) -> Iterator[Record]:
    for number, row in enumerate(all_rows(files, part)):
        doc = _asked(row) if "is_correct" in row else row
        yield Record(f"{part}-{number}", "all", doc, _written_out(doc))


def _asked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record of ERR as its evaluator has it: the one step that is asked about, not both.

    So two records that ask the same are seen to be the same, whatever was made of their steps.
    """
    step = row["corrected_text"] if row["is_correct"] else row["corrupted_text"]
    return {"step": str(step), "context": row["context"], "is_correct": row["is_correct"]}


def _written_out(doc: Mapping[str, Any]) -> dict[str, str]:
    """What a prompt shows of a record that is no text in it."""
    if "context" in doc:
        return {"context_text": as_text(doc["context"])}
    if "wrong_steps" in doc:
        steps = doc["wrong_steps"]
        return {"steps_text": "\n".join(f"{index}: {step}" for index, step in enumerate(steps))}
    if "choices" in doc:
        return {"choices_text": "\n".join(f"- {choice}" for choice in doc["choices"])}
    return {}
