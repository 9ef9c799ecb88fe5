"""Work in a thread of its own: what it hands out comes, errors too, and nobody is held up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from ftassist.agent.backends.anthropic import thread
from ftassist.agent.backends.anthropic.thread import handed_out


def test_what_work_hands_out_comes_in_order_and_ends() -> None:
    def work(give: Callable[[int], None]) -> None:
        for number in range(2500):  # more than wait in between
            give(number)

    assert [one for one in handed_out(work) if one is not None] == list(range(2500))


def test_an_error_of_the_work_is_raised_after_what_came_before_it() -> None:
    def work(give: Callable[[int], None]) -> None:
        give(1)
        raise ValueError("broken")

    seen: list[int | None] = []
    with pytest.raises(ValueError, match="broken"):
        seen.extend(handed_out(work))
    assert 1 in seen


def test_who_waits_looks_up_while_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "LOOK_SECONDS", 0.01)
    go_on = threading.Event()

    def work(give: Callable[[str], None]) -> None:
        assert go_on.wait(60)
        give("late")

    found = handed_out(work)
    assert next(found) is None
    go_on.set()
    assert [one for one in found if one] == ["late"]


def test_work_that_nobody_waits_for_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "LOOK_SECONDS", 0.01)
    over = threading.Event()

    def work(give: Callable[[int], None]) -> None:
        try:
            while True:
                give(1)
        finally:
            over.set()

    found = handed_out(work)
    assert next(one for one in found if one is not None) == 1
    found.close()
    assert over.wait(60)
