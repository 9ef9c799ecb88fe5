"""The collector of garbage is paused as long as anybody needs it, and then goes on."""

from __future__ import annotations

import gc

from ftassist.journal.collecting import collector_paused


def test_it_goes_on_when_the_last_one_is_done() -> None:
    assert gc.isenabled()
    with collector_paused():
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_one_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
