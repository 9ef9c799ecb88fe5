"""Agents outside: a command under the gate; breaking, falling silent, leaving nothing behind."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from ftassist.campaign import Budget, Campaign, dry_running, finale, gate
from ftassist.contest import outside, page, run, verify_contest
from ftassist.contest.agents import agent_of
from ftassist.contest.outside import BOUT, COMMAND, CONFIG, PROMPT
from ftassist.errors import FtassistError, IsolationError
from ftassist.files import read_json
from ftassist.journal.state import State
from ftassist.mcp.door import Door

from ..campaign.conftest import Played
from .conftest import small
from .test_running import rows

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")
CURATE = (
    "from ftassist.recipes import curate\n\nrows = curate.load(repository, ['lessons_shop'], "
    "seed=seed)\nrows = curate.decontaminate(rows)\ncurate.export(rows, 'data')\n"
)
TRAIN = (
    "from ftassist.recipes import train\n\ntrain.sft(model, 'data', 'model', learning_rate=1)\n"
)


@pytest.fixture(autouse=True)
def no_dry_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated cells are not tried on rows: they could not run."""
    monkeypatch.setattr(dry_running, "wanted", lambda state, **_: False)


def python(source: str) -> str:
    """The agent whose command is a program in Python."""
    return f"mcp:{shlex.quote(sys.executable)} -c {shlex.quote(source)}"


def submitting(count: int, then: str = "") -> str:
    """A command that submits proposals through the door, as the server does when it is asked."""
    words = {"curate": CURATE, "train": TRAIN, "hypothesis": "h", "cause": "c"}
    return python(
        "import os\n"
        "from pathlib import Path\n"
        "from ftassist.campaign import Campaign\n"
        "from ftassist.mcp.door import Door\n"
        "from ftassist.campaign import dry_running\n"
        "Campaign.start_runner = lambda self: 1\n"
        "dry_running.wanted = lambda state, **_: False\n"  # simulated cells cannot run
        f"folder = Path(os.environ[{BOUT!r}])\n"
        f"for _ in range({count}):\n"
        f"    Door(Campaign.open(folder), 'probe').submit(**{words!r}, change=(0.0, 0.5))\n" + then
    )


def played(tmp_path: Path, agent: str, **more: Any) -> dict[str, Any]:
    """The row of the one bout of a contest in which an agent played."""
    run(small(agent, seeds=1, **more), tmp_path)
    (found,) = rows(tmp_path)
    return found


def waiting(folder: Path) -> Campaign:
    """A campaign that waits for an agent outside, with nobody who decides."""
    budget, who = Budget(trials=2), "outside"
    return Campaign.create(
        folder / "c", task="mini_math", backend=who, review="never", budget=budget
    )


def test_what_an_agent_outside_submits_runs_is_scored_and_handed_in(
    tmp_path: Path, simulated: list[str]
) -> None:
    found = played(tmp_path, submitting(2))
    assert (found["status"], found["trials"], found["scored"]) == ("finished", 2, 2)
    state = Campaign.open(tmp_path / found["campaign"]).state
    assert found["trial"] == state.finalist
    assert {t.proposal.backend for t in state.trials.values() if t.proposal} == {"mcp:probe"}
    assert {t.decision.actor for t in state.trials.values() if t.decision} == {"runner"}
    assert verify_contest(tmp_path).findings == ()


def test_an_agent_that_ends_before_its_budget_hands_in_what_it_has(
    tmp_path: Path, simulated: list[str]
) -> None:
    found = played(tmp_path, submitting(1))
    assert (found["status"], found["trials"], found["trial"]) == ("finished", 1, "t0001")
    assert found["reason"].startswith("the agent proposes no more")


def test_what_is_submitted_beyond_the_budgets_trials_does_not_run(
    tmp_path: Path, simulated: list[str]
) -> None:
    found = played(tmp_path, submitting(3))
    assert (found["status"], found["trials"]) == ("finished", 2)
    last = Campaign.open(tmp_path / found["campaign"]).state.trials["t0003"]
    assert last.status == "vetoed" and "all 2 trials are used" in last.decision.reason
    assert verify_contest(tmp_path).findings == ()


def test_what_waits_when_the_seconds_are_used_does_not_run(
    tmp_path: Path, simulated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = waiting(tmp_path)
    door = Door(campaign, "probe")
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 1)
    for _ in range(2):
        door.submit(CURATE, TRAIN, "h", "c", (0.0, 0.5))
    monkeypatch.undo()

    def one_takes_all(state: State) -> str:
        return "9 s of trials are used" if state.trials["t0001"].feedback else ""

    monkeypatch.setattr(gate, "spent", one_takes_all)
    monkeypatch.setattr(finale, "spent", one_takes_all)
    Played(campaign, lambda _: 0.5).run()
    first, second = (campaign.refresh().trials[name] for name in ("t0001", "t0002"))
    assert (first.status, second.status) == ("scored", "vetoed")
    assert second.decision.reason == "the budget is spent: 9 s of trials are used"


@pytest.mark.parametrize(
    ("agent", "silence", "why"),
    [
        (python("raise SystemExit(3)"), 600.0, "ended with exit code 3"),
        (submitting(1, "raise SystemExit(4)"), 600.0, "ended with exit code 4"),
        (python("import os; os.kill(os.getpid(), 9)"), 600.0, "was ended by signal 9"),
        (python("pass"), 600.0, "ended without a proposal"),
        (python("import time; time.sleep(600)"), 0.5, "was silent for 0.5 s"),
    ],
)
def test_a_command_that_breaks_or_is_silent_is_no_valid_entry_and_the_table_says_why(
    tmp_path: Path, simulated: list[str], agent: str, silence: float, why: str
) -> None:
    contest = small("base", agent, seeds=1, silence=silence)
    assert run(contest, tmp_path).failed == {}
    base, found = rows(tmp_path)
    assert (base["status"], found["status"]) == ("finished", "invalid")
    assert why in found["reason"] and "test" not in found
    text = page(tmp_path)
    assert "no valid entry" in text.split("## Sealed test")[1].split("##")[0]
    assert why in text.split("### No valid entries")[1].split("##")[0]
    assert not Campaign.open(tmp_path / found["campaign"]).state.openings
    assert verify_contest(tmp_path).findings == ()


def test_what_is_no_valid_entry_is_not_played_again(tmp_path: Path, simulated: list[str]) -> None:
    mark = tmp_path / "mark"
    agent = python(f"open({str(mark)!r}, 'a').write('x'); raise SystemExit(1)")
    for _ in range(2):
        assert run(small(agent, seeds=1), tmp_path / "contest").over == 1
    assert mark.read_text() == "x"


def test_at_its_end_nothing_that_the_command_started_is_left(
    tmp_path: Path, simulated: list[str]
) -> None:
    pids = tmp_path / "pids"
    source = (
        "import subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "near = subprocess.Popen(sleep)\n"
        "away = subprocess.Popen(sleep, start_new_session=True)\n"
        f"open({str(pids)!r}, 'w').write(f'{{near.pid}} {{away.pid}}')\n"
        "raise SystemExit(1)\n"
    )
    assert played(tmp_path / "contest", python(source))["status"] == "invalid"
    for pid in map(int, pids.read_text().split()):
        _await_gone(pid)


def test_an_interrupt_ends_the_command_and_the_same_command_goes_on(
    tmp_path: Path, simulated: list[str]
) -> None:
    begun: list[psutil.Process] = []

    def interrupt(campaign: Campaign, _: Any) -> None:
        if found := [p for p in psutil.Process().children() if "time.sleep" in str(p.cmdline())]:
            begun.extend(found)
            raise KeyboardInterrupt

    agent = agent_of(python("import time; time.sleep(600)"))
    campaign = Campaign.create(
        tmp_path / "c",
        task="mini_math",
        backend="outside",
        review="never",
        budget=Budget(trials=2),
    )
    with pytest.raises(KeyboardInterrupt):
        outside.take_part(campaign, agent, silence=60.0, watch=interrupt)
    assert begun
    for process in begun:
        _await_gone(process.pid)


def test_a_command_is_told_where_the_server_is_and_what_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_DATA", "/a folder/with data")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret-key-of-the-agent")
    campaign = Campaign.create(tmp_path / "c", task="mini_math", backend="outside")
    given = outside.given(campaign, agent_of("mcp:/opt/probe --prompt {prompt}"))
    server = read_json(Path(given[CONFIG]))["mcpServers"]["ftassist"]
    assert server["args"][-5:] == ["mcp", "-c", str(campaign.folder), "--name", "probe"]
    assert server["env"]["FTASSIST_DATA"] == "/a folder/with data"
    words = shlex.split(given[COMMAND])
    assert words[0] == "env" and "FTASSIST_DATA=/a folder/with data" in words
    assert words[-len(server["args"]) :] == server["args"]
    assert "submit" in given[PROMPT]
    assert "sk-secret" not in Path(given[CONFIG]).read_text() + given[COMMAND]


def test_config_and_prompt_are_put_into_the_commands_words(
    tmp_path: Path, simulated: list[str]
) -> None:
    out = tmp_path / "words"
    source = f"import sys; open({str(out)!r}, 'w').write('|'.join(sys.argv[1:])); sys.exit(1)"
    found = played(tmp_path / "contest", python(source) + " --mcp-config {config} {prompt}")
    assert "exit code 1" in found["reason"]
    _, config, prompt = out.read_text().split("|")
    assert read_json(Path(config))["mcpServers"]
    assert prompt.startswith("The MCP server")


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("mcp:", "names no command"),
        ("mcp", "names no command"),
        ("mcp:python 'open", "no closing quotation"),
        ("mcp:/no/such/program --x", "no program '/no/such/program'"),
    ],
)
def test_a_command_that_cannot_be_is_refused_before_anything_is_begun(
    tmp_path: Path, simulated: list[str], agent: str, said: str
) -> None:
    with pytest.raises(FtassistError) as caught:
        run(small("base", agent), tmp_path / "c")
    assert said in str(caught.value)
    assert not (tmp_path / "c").exists()


def test_a_campaign_of_an_agent_outside_asks_nobody_here(
    tmp_path: Path, simulated: list[str]
) -> None:
    campaign = Campaign.create(
        tmp_path / "c",
        task="mini_math",
        backend="outside",
        review="never",
        budget=Budget(trials=2),
    )
    campaign.start_runner()
    state = campaign.refresh()
    assert (state.phase, state.base.status) == ("running", "scored")
    assert len(state.trials) == 1 and not state.asked.failed
    Door(campaign, "probe").submit(CURATE, TRAIN, "h", "c", (0.0, 0.5))
    assert campaign.refresh().trials["t0001"].status == "scored"
    assert campaign.state.phase == "running"


@pytest.mark.slow
@pytest.mark.night
@pytest.mark.timeout(900)
def test_a_client_of_the_official_package_plays_a_whole_campaign(tmp_path: Path) -> None:
    client = Path(__file__).parent / "client.py"
    contest = small(
        f"mcp:{sys.executable} {client} 60 120 180",
        seeds=1,
        budget=Budget(trials=2, rows=200, seconds=600.0),
        items={"validation": 20, "test": 20},
    )
    try:
        outcome = run(contest, tmp_path)
    except IsolationError as error:
        pytest.skip(f"no isolation here: {error.what}")
    assert outcome.failed == {}
    (found,) = rows(tmp_path)
    assert (found["status"], found["trials"], found["cheats"]) == ("finished", 2, 0), found
    assert found["test"]["n"] == 20
    state = Campaign.open(tmp_path / found["campaign"]).state
    made = [t for t in state.trials.values() if t.role == "trial"]
    assert [t.status for t in made] == ["scored", "scored"]
    assert {t.proposal.backend for t in made} == {f"mcp:{Path(sys.executable).name}"}
    log = (tmp_path / found["campaign"] / "logs" / "agent.log").read_text()
    assert "t0001 scored" in log and "t0002 scored" in log and "t0003" not in log
    assert verify_contest(tmp_path).findings == ()


def _await_gone(pid: int) -> None:
    for _ in range(200):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    raise AssertionError(f"process {pid} was left")
