"""What an agent looked at before a proposal, as a notebook page."""

from __future__ import annotations

import json

import nbformat
import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.commands import submit_proposal
from ftassist.errors import FtassistError
from ftassist.journal import Kind
from ftassist.mcp.door import Door
from ftassist.records.proposal import TrialProposal
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


def test_questions_asked_in_one_round_keep_their_own_looks(campaign: Campaign) -> None:
    def look(trail: str, **more: object) -> None:
        payload = {"tool": trail, "arguments": {}, "trail": trail, **more}
        campaign.say(Kind.LOOKED, payload, actor="agent:anthropic")

    def propose(*looked: str, actor: str = "agent:anthropic") -> str:
        made = TrialProposal("t0000", backend="anthropic", looked=looked)
        return submit_proposal(campaign, made, actor)

    for trail in ("rows", "cells"):
        look(trail)
    look("rows")
    look("asked wrongly", failed=True)
    look("tokens")
    made = [propose("rows", "cells"), propose("rows", "tokens"), propose()]
    look("rows")
    made += [propose("rows"), propose("rows", "cells", actor="person:ada")]
    tools = [[e.payload["tool"] for e in looked_before(campaign, trial)] for trial in made]
    wrongly = ["rows", "asked wrongly", "tokens"]
    assert tools == [["rows", "cells"], wrongly, [], ["rows"], ["rows", "cells"]]
    assert looked_before(campaign, made[3])[0].seq > looked_before(campaign, made[1])[-1].seq


def test_a_trial_without_looks_has_no_page(door: Door, campaign: Campaign) -> None:
    with pytest.raises(FtassistError, match="nothing was looked at"):
        export_working(campaign, submit(door)["task"])
