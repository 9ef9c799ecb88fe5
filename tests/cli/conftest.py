"""The command line with no runner really started."""

import pytest

from ftassist.campaign import Campaign


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Campaigns whose runner a command started; none is really started."""
    names: list[str] = []

    def start(self: Campaign) -> int:
        names.append(self.name)
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", start)
    return names
