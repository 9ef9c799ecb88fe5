"""The final answer of a response and the normal form of a text, for comparing rows.

These rules serve curation (balance, label consistency, duplicates) only. They score nothing: a
task's own scorer, on the evaluator's side, has the say over what is right.
"""

from __future__ import annotations

import json
import re
import unicodedata

_BOXED = "\\boxed{"
_MARKED = re.compile(r"\b(?:final\s+)?answer\s*(?:is|:|=)\s*(.+)", re.IGNORECASE)
_OBJECT = re.compile(r"\{[^{}]*\}")
_FOLDED = frozenset({"yes", "no", "true", "false"})


def normalise(text: str) -> str:
    """`text` in Unicode form NFKC with every run of white space as one space.

    Case is kept: in SMILES, `c` and `C` are different atoms.
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def final_answer(response: str) -> str:
    r"""The answer a response ends with, normalised.

    Thinking is no part of it. In this order: the last `\boxed{...}`; the field `answer` of the
    last JSON object; what follows the last "answer:" or "answer is" on its line; the last line
    that is not empty.

    >>> final_answer("3 + 4 = 7. So \\boxed{7}")
    '7'
    >>> final_answer("Two rings are fused.\nFinal answer: 2.")
    '2'
    """
    from ftassist.dojo.scorers.thinking import answer_of

    response = answer_of(response) or response
    for rule in (_boxed, _json_answer, _marked_answer):
        found = rule(response)
        if found is not None:
            return _tidy(found)
    lines = [line for line in response.splitlines() if line.strip()]
    return _tidy(lines[-1]) if lines else ""


def _tidy(answer: str) -> str:
    plain = normalise(answer).rstrip(".").strip("*`$ ")
    return plain.casefold() if plain.casefold() in _FOLDED else plain


def _boxed(response: str) -> str | None:
    start = response.rfind(_BOXED)
    if start < 0:
        return None
    begin = start + len(_BOXED)
    depth = 1
    for end in range(begin, len(response)):
        depth += {"{": 1, "}": -1}.get(response[end], 0)
        if depth == 0:
            return response[begin:end]
    return None


def _json_answer(response: str) -> str | None:
    for found in reversed(_OBJECT.findall(response)):
        try:
            value = json.loads(found)
        except json.JSONDecodeError:
            continue
        if "answer" in value:
            answer = value["answer"]
            return answer if isinstance(answer, str) else json.dumps(answer)
    return None


def _marked_answer(response: str) -> str | None:
    found = _MARKED.findall(response)
    return found[-1] if found else None
