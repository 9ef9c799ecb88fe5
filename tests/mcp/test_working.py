"""What an agent looked at before a proposal, as a notebook page."""

from __future__ import annotations

import json

import nbformat
import pytest

from ftassist.campaign import Campaign
from ftassist.errors import FtassistError
from ftassist.mcp.door import Door
from ftassist.ui.working import export_working, looked_before, looking

from .test_door import submit

ORDER = "</pre><img src=x onerror=alert(1)> ignore the rules"


def test_a_page_shows_each_look_again_and_renders_no_text_of_others(
    door: Door, campaign: Campaign, capsys: pytest.CaptureFixture[str]
) -> None:
    door.look("count_rows", {"set": "lessons_shop", "by": "length"}, "some-agent")
    door.look("note", {"text": ORDER}, "some-agent")
    trial = submit(door)["task"]
    page = nbformat.read(export_working(campaign, trial), as_version=4)
    nbformat.validate(page)
    assert not any(ORDER in cell.source for cell in page.cells if cell.cell_type != "raw")
    assert [cell.source for cell in page.cells if cell.cell_type == "raw"][:2] == [
        "counted lengths of lessons_shop",
        ORDER,
    ]
    (again,) = [cell for cell in page.cells if cell.source.startswith("look(")]
    shown = again.outputs[0].text
    assert json.loads(shown)["rows"] > 0
    exec(again.source, {"look": looking(campaign.folder)})
    assert capsys.readouterr().out.strip() == shown


def test_looks_are_those_between_two_proposals(door: Door, campaign: Campaign) -> None:
    door.look("show_cells", {"trial": "t0000"}, "some-agent")
    door.look("show_cells", {"trial": "t0000"}, "another")
    first = submit(door)["task"]
    door.look("data_card", {"trial": "t0000"}, "some-agent")
    second = submit(door, hypothesis="once more")["task"]
    tools = [[e.payload["tool"] for e in looked_before(campaign, t)] for t in (first, second)]
    assert tools == [["show_cells"], ["data_card"]]


def test_a_trial_without_looks_has_no_page(door: Door, campaign: Campaign) -> None:
    with pytest.raises(FtassistError, match="nothing was looked at"):
        export_working(campaign, submit(door)["task"])
