"""Whether a response's final answer is the one a program gives. Scores nothing."""

from __future__ import annotations

from ftassist.dojo.scorers.numbers import only_number
from ftassist.recipes.answers import final_answer

_YES, _NO = frozenset({"yes", "true"}), frozenset({"no", "false"})


def agree(response: str, told: object) -> bool:
    r"""Whether a response ends with what a program says.

    Example:
        >>> agree("3 + 4 = 7. So \\boxed{7}", 7.0), agree("Answer: yes", True)
        (True, True)
    """
    answer = final_answer(response)
    if isinstance(told, bool):
        return answer.casefold() in (_YES if told else _NO)
    wanted = final_answer(str(told))
    return answer == wanted or _same_number(answer, wanted)


def _same_number(one: str, other: str) -> bool:
    try:
        return only_number(one) == only_number(other)
    except ValueError:
        return False
