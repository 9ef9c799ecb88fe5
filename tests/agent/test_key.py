"""The key: from the environment or the keyring, by the process that calls, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftassist.agent import key
from ftassist.errors import FtassistError

from .fake_keyring import FakeKeyring, install

SECRET = "sk-ant-from-the-keyring-0123456789"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(key.VARIABLE, raising=False)
    key.forget()
    yield
    key.forget()


def test_a_key_in_the_keyring_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = install(monkeypatch, FakeKeyring(f" {SECRET}\n"))
    assert key.read_key() == SECRET
    assert key.read_key() == SECRET
    assert fake.asked == [(key.SERVICE, key.VARIABLE)], "it is asked once"


def test_the_environment_comes_before_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = install(monkeypatch, FakeKeyring(SECRET))
    monkeypatch.setenv(key.VARIABLE, "sk-ant-from-outside")
    assert key.read_key() == "sk-ant-from-outside"
    assert fake.asked == []


def test_a_key_from_the_keyring_stays_out_of_the_environment_and_of_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, FakeKeyring(SECRET))
    key.take()
    assert key.read_key() == SECRET
    assert SECRET not in "\n".join(os.environ.values())
    code = "import os; print(dict(os.environ))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert child.returncode == 0
    assert SECRET not in child.stdout


def test_a_key_from_the_keyring_is_taken_out_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakeKeyring(SECRET))
    key.read_key()
    assert key.scrub(f"401: bad key {SECRET}!") == "401: bad key [key]!"


@pytest.mark.parametrize("fake", [FakeKeyring(None), FakeKeyring(""), FakeKeyring("x", True)])
def test_an_empty_or_locked_keyring_means_there_is_no_key(
    monkeypatch: pytest.MonkeyPatch, fake: FakeKeyring
) -> None:
    install(monkeypatch, fake)
    assert not key.has_key()
    with pytest.raises(FtassistError, match="no key") as caught:
        key.read_key()
    assert "keyring set ftassist" in caught.value.fix


def test_without_the_keyring_package_there_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not key.has_key()


def test_only_this_module_reads_the_keyring() -> None:
    source = Path(key.__file__).parents[1]
    naming = [p for p in source.rglob("*.py") if "keyring" in p.read_text(encoding="utf-8")]
    assert naming == [Path(key.__file__)]
