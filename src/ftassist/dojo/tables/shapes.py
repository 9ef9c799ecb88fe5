"""Which known shape rows have: which of their columns are asked, answered, and the rest.

Looks at the names of columns that most rows have, and at a few values where names do not tell.
What it finds is shown to a person before anything rests on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.dojo.tables.examples import FIRST_OPTION
from ftassist.dojo.tables.options import first_number, options_of
from ftassist.dojo.tables.table import Raw
from ftassist.dojo.tables.templates import fields_of
from ftassist.dojo.tables.turns import transcript
from ftassist.errors import DataError

CHATS = ("messages", "conversations", "conversation", "dialogue", "dialog", "turns", "chat")
PROMPTS = (
    "prompt", "question", "input", "instruction", "query", "problem", "text", "sentence",
    "utterance", "dialogue", "document", "article", "source",
)  # fmt: skip
ANSWERS = (
    "answer", "response", "output", "completion", "label_text", "label", "target", "answers",
    "solution", "category", "intent", "class", "summary", "highlights", "note", "answerKey",
    "answer_idx", "targets", "labels",
)  # fmt: skip
INPUTS = ("input", "context")
CONTEXTS = ("context", "passage")
SYSTEMS = ("system", "system_prompt", "system_message")
CHOICES = ("choices", "options")
_LETTERS = ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J")
_LETTER_NAMES = ("{}", "option_{}", "choice_{}", "option{}", "opt_{}", "op{}")
_SEEN = 200
"""Rows whose values are looked at."""


@dataclass(frozen=True)
class Shape:
    """What was recognised.

    Attributes:
        name: The shape, for people.
        fields: Which field plays which part, as on a set's card.
    """

    name: str
    fields: dict[str, str]


def columns(rows: Sequence[Raw]) -> list[str]:
    """The columns that at least half of the rows have, in the order they are met."""
    counts = Counter(str(name) for row in rows for name in row)
    return [name for name, count in counts.items() if 2 * count >= len(rows)]


def recognise(rows: Sequence[Raw], given: Mapping[str, str], where: str) -> Shape:
    """The shape of rows.

    Args:
        given: Parts a person named; they count before what is found.
        where: What the rows are called.

    Raises:
        DataError: It cannot be told what is asked or answered; names the columns.
    """
    known = columns(rows)
    for found in (_pairs, _chats, _labels, _choices, _alpaca, _plain):
        shape = found(known, rows[:_SEEN], given, where)
        if shape:
            fields = {**shape.fields, **given}
            whole = {"prompt", "response"} <= set(given)
            return Shape("as mapped" if whole else shape.name, fields)
    raise _untold(known, given, where)


def _pairs(
    known: list[str], rows: Sequence[Raw], given: Mapping[str, str], where: str
) -> Shape | None:
    """Preference pairs: chosen and rejected, texts or chats."""
    del where
    if not {"chosen", "rejected"} <= set(known) or {"response"} & set(given):
        return None
    prompt = given.get("prompt") or _first(known, PROMPTS)
    chats = (_turns_in(row.get("chosen")) or transcript(row.get("chosen")) for row in rows)
    if not prompt and not any(chats):
        return None
    fields = {"prompt": prompt or "chosen", "response": "chosen", "rejected": "rejected"}
    return Shape("preference pairs", {**fields, **_system(known)})


def _chats(
    known: list[str], rows: Sequence[Raw], given: Mapping[str, str], where: str
) -> Shape | None:
    """Lists of turns."""
    del where
    if {"prompt", "response"} & set(given):
        return None
    named = [name for name in CHATS if name in known]
    others = [name for name in known if name not in CHATS and name != "prompt"]
    for name in (*named, *others):
        turns = next((t for row in rows if (t := _turns_in(row.get(name)))), None)
        answered = turns and len(turns) > 1
        if turns and (answered or name in CHATS):
            kind = "ShareGPT chats" if "from" in turns[0] else "chat messages"
            more = {"tools": "tools"} if "tools" in known else {}
            return Shape(kind, {"messages": name, **more, **_system(known)})
    return None


def _labels(
    known: list[str], rows: Sequence[Raw], given: Mapping[str, str], where: str
) -> Shape | None:
    """Answers marked wanted or not, as KTO takes them."""
    del where
    answer = _first(known, ("completion", "response", "answer", "output"))
    if {"response"} & set(given) or "label" not in known or not answer:
        return None
    prompt = given.get("prompt") or _first(known, PROMPTS)
    if not prompt or not all(isinstance(row.get("label"), bool) for row in rows):
        return None
    fields = {"prompt": prompt, "response": answer, "label": "label"}
    return Shape("labelled answers", {**fields, **_system(known)})


def _choices(
    known: list[str], rows: Sequence[Raw], given: Mapping[str, str], where: str
) -> Shape | None:
    """Multiple choice: options as a list, an object, or columns."""
    source = given.get("options") or _first(known, CHOICES) or _letter_columns(known)
    names = ("answer", "answerKey", "label", "target", "answer_idx", "correct_answer", "gold",
             "Answer", "correct", "answer_index")  # fmt: skip
    answer = given.get("response") or _first(known, names)
    prompt = given.get("prompt") or _first(
        known, ("question", "Question", "prompt", "query", "input", "problem", "sentence")
    )
    if not source or not answer or not prompt:
        return None
    if "prompt" in given and not {"options", source} & set(fields_of(given["prompt"])):
        return None
    if "options" not in given and not _hold_options(rows, source, where):
        return None
    template = prompt if "prompt" in given else f"{{{prompt}}}\n{{options}}"
    fields = {"prompt": template, "response": answer, "options": source}
    if number := _first_option(rows, answer, source, where):
        fields[FIRST_OPTION] = number
    return Shape("multiple choice", {**fields, **_system(known)})


def _alpaca(
    known: list[str], rows: Sequence[Raw], given: Mapping[str, str], where: str
) -> Shape | None:
    """An instruction with its input, or a question with its context: both are asked."""
    del where
    answer = given.get("response") or _answer(known, rows)
    if not answer or "prompt" in given or "prompt" in known:
        return None
    if "instruction" in known and "question" not in known:
        more = [name for name in INPUTS if name in known and name != answer]
        source = "\n\n".join(["{instruction}", *(f"{{{name}?}}" for name in more[:1])])
        name = "instruction and input" if more else "prompt and answer"
        fields = {"prompt": source if more else "instruction", "response": answer}
        return Shape(name, {**fields, **_system(known)})
    context = _first(known, CONTEXTS)
    if "question" in known and context:
        fields = {"prompt": f"{{{context}?}}\n\n{{question}}", "response": answer}
        return Shape("question and context", {**fields, **_system(known)})
    return None


def _plain(
    known: list[str], rows: Sequence[Raw], given: Mapping[str, str], where: str
) -> Shape | None:
    """A prompt and an answer under one of their usual names."""
    del where
    answer = given.get("response") or _answer(known, rows)
    prompt = given.get("prompt") or _first(
        [name for name in known if name != answer], (*PROMPTS, *map(str.capitalize, PROMPTS))
    )
    unnamed = not prompt and not answer and known == ["column_1", "column_2"]
    if unnamed:
        prompt, answer = known
    if not prompt or not answer:
        return None
    system = {} if {"prompt", "response"} <= set(given) else _system(known)
    return Shape("prompt and answer", {"prompt": prompt, "response": answer, **system})


def _answer(known: Sequence[str], rows: Sequence[Raw] = ()) -> str:
    """The column of the answer; of SQuAD's objects the texts in it."""
    name = _first(known, (*ANSWERS, *map(str.capitalize, ANSWERS)))
    value = next((row[name] for row in rows if name in row), None)
    texts = isinstance(value, Mapping) and isinstance(value.get("text"), list)
    return f"{name}.text" if texts else name


def _system(known: Collection[str]) -> dict[str, str]:
    name = _first(known, SYSTEMS)
    return {"system": name} if name else {}


def _letter_columns(known: Collection[str]) -> str:
    """Columns of options, A and B at least, parted by commas."""
    for form in _LETTER_NAMES:
        for change in (str.upper, str.lower):
            names = [form.format(change(letter)) for letter in _LETTERS]
            there = [name for name in names if name in known]
            if there[:2] == names[:2]:
                return ",".join(there)
    return ""


def _hold_options(rows: Sequence[Raw], source: str, where: str) -> bool:
    """Whether most of some rows hold options there."""
    found = 0
    for row in rows:
        try:
            found += len(options_of(row, source, where)) > 1
        except DataError:
            continue
    return 2 * found > len(rows)


def _first_option(rows: Sequence[Raw], answer: str, source: str, where: str) -> str:
    """The number of the first option, where answers are numbers."""
    answers = []
    for row in rows:
        try:
            answers.append((row.get(answer), len(options_of(row, source, where))))
        except DataError:
            continue
    return "1" if first_number(answers) else ""


def _turns_in(value: Any) -> list[Any] | None:
    """The turns a value holds, as a list or as its JSON text; None where it holds none."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        import json

        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if not isinstance(value, list | tuple) or not value or not isinstance(value[0], Mapping):
        return None
    return list(value) if {"role", "from"} & set(value[0]) else None


def _first(known: Collection[str], names: Sequence[str]) -> str:
    return next((name for name in names if name in known), "")


def _untold(known: Sequence[str], given: Mapping[str, str], where: str) -> DataError:
    """The refusal of rows whose parts cannot be told."""
    asked = given.get("prompt") or _first(known, PROMPTS)
    lacking = "--answer" if asked else "--prompt" if _answer(known) else "--prompt and --answer"
    names = ("answer", ANSWERS) if asked else ("prompt", PROMPTS)
    return DataError(
        f"the rows have none of the fields {', '.join(names[1][:5])}; "
        f"they have: {', '.join(known)[:300] or 'none'}",
        where=where,
        fix=f"say which it is with {lacking}, or name the field {names[0]!r}",
    )
