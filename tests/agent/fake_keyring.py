"""A keyring in memory, in place of the `keyring` package and whatever backend it has here."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest


class FakeKeyring(ModuleType):
    """The `keyring` package with one backend, in memory."""

    def __init__(self, stored: str | None, broken: bool = False) -> None:
        super().__init__("keyring")
        self.stored, self.broken = stored, broken
        self.asked: list[tuple[str, str]] = []
        self.errors = ModuleType("keyring.errors")
        self.error = type("KeyringError", (Exception,), {})
        self.errors.KeyringError = self.error  # type: ignore[attr-defined]

    def get_password(self, service: str, account: str) -> str | None:
        self.asked.append((service, account))
        if self.broken:
            raise self.error("locked")
        return self.stored


def install(monkeypatch: pytest.MonkeyPatch, fake: FakeKeyring) -> FakeKeyring:
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", fake.errors)
    return fake
