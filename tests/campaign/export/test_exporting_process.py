"""The process that exports for a server says each step, then what was kept or why nothing was."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.export.exporting_process import made
from ftassist.errors import FtassistError

pytestmark = pytest.mark.slow


def asked(campaign: Campaign, form: str, **wish: Any) -> dict[str, Any]:
    told = {"campaign": str(campaign.folder), "trial": "t0001", "form": form}
    return {**told, "wish": wish, "actor": "person:ada"}


@pytest.mark.usefixtures("in_process")
def test_it_hands_on_what_a_person_needs_and_credits_who_asked(campaign: Campaign) -> None:
    steps: list[str] = []
    kept = made(asked(campaign, "adapter"), steps.append)
    assert any("same 24 items" in line for line in kept["sentences"])
    assert kept["path"].endswith("exports/t0001-adapter")
    assert kept["low"] <= kept["difference"] <= kept["high"]
    assert any("scoring 24 items" in step for step in steps)
    last = campaign.journal.read(campaign.journal.last_seq() - 1)[-1]
    assert (last.kind, last.actor) == ("export.made", "person:ada")


@pytest.mark.usefixtures("in_process")
def test_an_export_that_loses_more_than_its_bound_is_refused_by_name(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftassist.campaign.export.exporting.troubles", lambda *_: ["it loses 0.5"])
    with pytest.raises(FtassistError, match="does not behave") as caught:
        made(asked(campaign, "adapter"), lambda _: None)
    assert "--force t0001" in caught.value.fix
    assert campaign.refresh().trials["t0001"].export["status"] == "failed"
