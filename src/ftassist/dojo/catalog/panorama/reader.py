"""PANORAMA: patent examination records of three tasks, each in a folder of its own.

Only the test files are evaluation; training rows come from the train files, and no file with
"validation" or "test" in its name is read for training.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.readers.order import released_order
from ftassist.dojo.record import Files, RawSet, Record, all_rows
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

MISSING = "not given"


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The records of the test file, in the order of the released loader."""
    found = _records(all_rows(files, "test"), card.key)
    yield from released_order(list(found))


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The records of the train files under the task's prompt; answers only, no reasons."""
    del divided
    rows = training_rows(card, _records(all_rows(located.files, "train"), "train"))
    yield RawSet(
        name="panorama_train",
        title="Patent examination records of the training part",
        description="PANORAMA's train records with the task's prompt and the gold answer.",
        rows=rows,
        provenance=f"{located.source.id}, revision {located.source.revision[:12]}, train only",
        notes="Answers without reasons; prompts are long. Non-commercial licence.",
    )


def _records(rows: Sequence[Mapping[str, Any]], name: str) -> Iterator[Record]:
    """Rows as records; texts for the prompt are written out beside the record."""
    for number, row in enumerate(rows):
        doc = {key: _plain(value) for key, value in row.items()}
        yield Record(f"{name}-{number}", "all", doc, _written_out(doc))


def _plain(value: Any) -> Any:
    """NumPy arrays as lists, everything else as it is."""
    return value.tolist() if hasattr(value, "tolist") else value


def _written_out(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Title, abstract, the claim in question, options and prior art as texts."""
    context = _parsed(doc.get("context"))
    context = context if isinstance(context, dict) else {}
    given = context.get("claims") or []
    claims = [_claim(claim) for claim in given]
    return {
        "title": context.get("title", MISSING),
        "abstract": context.get("abstract", MISSING),
        "claims_text": _numbered(claims),
        "claim_text": _claim_in_question(given, str(doc.get("claim_number", ""))),
        "options_text": _options(_parsed(doc.get("options"))),
        "prior_art_text": _prior_art(doc),
    }


def _parsed(value: Any) -> Any:
    """JSON text as what it holds."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _claim_in_question(claims: Sequence[Any], number: str) -> str:
    """The claim that has the number, else the one that stands at its place."""
    for claim in claims:
        if isinstance(claim, dict) and str(claim.get("claimNumber", "")) == number:
            return _claim(claim)
    place = int(number) - 1 if number.isdigit() else -1
    return _claim(claims[place]) if 0 <= place < len(claims) else MISSING


def _claim(claim: Any) -> str:
    return str(claim["claim_text"] if isinstance(claim, dict) and "claim_text" in claim else claim)


def _numbered(claims: Sequence[str]) -> str:
    return "\n".join(f"{number}. {claim}" for number, claim in enumerate(claims, start=1))


def _options(options: Any) -> str:
    """The options by key: paragraphs as they are, patents with title, abstract and claims."""
    if not isinstance(options, dict):
        return MISSING
    numeric = all(str(key).isdigit() for key in options)
    keys = sorted(options, key=(lambda key: int(key)) if numeric else str)
    return "\n\n".join(f"{key}: {_patent(_parsed(options[key]))}" for key in keys)


def _patent(patent: Any) -> str:
    """A patent written out, with the cited paragraphs where the record has them."""
    if not isinstance(patent, dict):
        return str(patent)
    lines = [f"{patent.get('patent_id', MISSING)} - {patent.get('title', MISSING)}"]
    lines.append(f"Abstract: {patent.get('abstract', MISSING)}")
    if claims := patent.get("claims"):
        lines.append("Claims:\n" + _numbered([_claim(claim) for claim in claims]))
    if paragraphs := patent.get("paragraphs"):
        cited = (f"[{p.get('key', '?')}] {p.get('content', '')}" for p in paragraphs)
        lines.append("Cited paragraphs:\n" + "\n".join(cited))
    if specification := patent.get("specification"):
        lines.append(f"Specification:\n{specification}")
    return "\n".join(lines)


def _prior_art(doc: Mapping[str, Any]) -> str:
    """The one prior art document of PI4PC, or all of NOC4PC."""
    one = _parsed(doc.get("prior_art_specification"))
    if isinstance(one, dict):
        return _patent(one)
    many = _parsed(doc.get("prior_art_specifications"))
    documents = [_patent(_parsed(found)) for found in many] if isinstance(many, list) else []
    return "\n\n".join(documents) or MISSING
