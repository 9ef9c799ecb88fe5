"""What a server keeps of a long campaign for the next one, and when it is not believed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign import Campaign, kept_fold
from ftassist.files import CACHE_VARIABLE
from ftassist.journal import Kind
from ftassist.server import keeping, kept_view
from ftassist.server.campaigns import Campaigns
from ftassist.server.paths import campaign_id


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every journal counts as long, here; in processes none does."""
    monkeypatch.setattr(kept_fold, "LONG", 1)
    monkeypatch.setattr(kept_view, "LONG", 1)


@pytest.fixture
def root(demo_folder: Path) -> Path:
    return demo_folder.parent.parent.resolve()


@pytest.fixture
def name(root: Path, demo_folder: Path) -> str:
    return campaign_id(root, demo_folder.resolve())


@pytest.fixture
def start(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Campaigns]]:
    """Starts servers that keep nothing by themselves."""
    monkeypatch.setattr(keeping.Keeping, "want", lambda *_: None)
    started: list[Campaigns] = []

    def begin() -> Campaigns:
        started.append(Campaigns(root))
        return started[-1]

    yield begin
    for campaigns in started:
        campaigns.close()


def no_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Campaigns are not opened beside any more, so that what was kept is seen."""
    monkeypatch.setattr(Campaigns, "_open_beside", lambda *_: None)

    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("it was opened")

    monkeypatch.setattr("ftassist.server.campaigns.OpenCampaign", refused)


def test_a_cold_server_shows_what_was_kept_without_opening_it(
    root: Path, name: str, start: Callable[[], Campaigns], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = start().view(name, 0)
    seq = json.loads(whole)["seq"]
    unchanged = start().view(name, seq)
    assert keeping.keep(root, name)
    no_opening(monkeypatch)
    cold = start()
    assert cold.view(name, 0) == whole
    assert cold.view(name, seq) == unchanged


def test_the_campaign_is_opened_beside_and_then_answers_itself(
    root: Path, name: str, start: Callable[[], Campaigns]
) -> None:
    assert keeping.keep(root, name)
    cold = start()
    whole = cold.view(name, 0)
    until(lambda: name in cold._open and name not in cold._views)
    assert cold.open(name).do(lambda campaign: campaign.begun_with) == json.loads(whole)["seq"]
    assert cold.view(name, 0) == whole


def test_after_an_event_the_view_is_made_of_the_kept_state_and_the_event(
    root: Path, name: str, demo_folder: Path, start: Callable[[], Campaigns]
) -> None:
    assert keeping.keep(root, name)
    seq = Campaign.open(demo_folder).say(Kind.CAMPAIGN_PAUSED, {"reason": "tea"}).seq
    cold = start()
    view = json.loads(cold.view(name, 0))
    assert (view["seq"], view["campaign"]["phase"]) == (seq, "paused")
    assert cold.open(name).do(lambda campaign: campaign.begun_with) == seq - 1


def _damaged(folder: Path) -> None:
    place = folder / kept_view.NAME
    place.write_bytes(place.read_bytes().replace(b'"scored"', b'"failed"'))


def _other_journal(folder: Path) -> None:
    with sqlite3.connect(folder / "journal.db") as db:
        db.execute("DROP TRIGGER no_update")
        db.execute("UPDATE events SET digest='0' WHERE seq=(SELECT max(seq) FROM events)")


def _moved(folder: Path) -> None:
    (folder / kept_view.NAME).write_bytes((folder / kept_fold.NAME).read_bytes())


@pytest.mark.parametrize("change", [_damaged, _other_journal, _moved])
def test_a_kept_view_that_does_not_hold_is_not_shown(
    root: Path, name: str, demo_folder: Path, change: Callable[[Path], None]
) -> None:
    assert keeping.keep(root, name)
    assert kept_view.kept_view(demo_folder, name) is not None
    change(demo_folder)
    assert kept_view.kept_view(demo_folder, name) is None


def test_a_view_of_a_stranger_of_other_code_or_another_root_is_not_shown(
    root: Path, name: str, demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeping.keep(root, name)
    assert kept_view.kept_view(demo_folder, "another") is None
    with monkeypatch.context() as patched:
        patched.setattr(kept_view, "code_mark", lambda *_: "another version")
        assert kept_view.kept_view(demo_folder, name) is None
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "other"))
    assert kept_view.kept_view(demo_folder, name) is None


def test_while_a_runner_works_no_kept_view_is_shown(
    root: Path, name: str, start: Callable[[], Campaigns], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeping.keep(root, name)
    monkeypatch.setattr("ftassist.server.campaigns.holder", lambda _: 4711)
    monkeypatch.setattr(kept_view, "read_sealed", lambda *_: pytest.fail("it was looked at"))
    start().view(name, 0)


def damage_below(folder: Path) -> None:
    """Changes an old event and not its digest, as no reader of the newer ones can see."""
    with sqlite3.connect(folder / "journal.db") as db:
        db.execute("DROP TRIGGER no_update")
        db.execute("UPDATE events SET payload=payload || ' ' WHERE seq=7")


def test_damage_below_what_was_kept_is_found_and_told(
    root: Path, name: str, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeping.keep(root, name)
    damage_below(demo_folder)
    server = Campaigns(root)
    try:
        server.open(name)
        until(lambda: name in server._damaged)
        assert not (demo_folder / kept_fold.NAME).exists()
        assert not (demo_folder / kept_view.NAME).exists()
        view = json.loads(server.view(name, 0))
        assert view["campaign"]["damage"].startswith("event 7")
    finally:
        server.close()


def test_what_cannot_be_removed_is_not_believed_again(
    root: Path, name: str, demo_folder: Path, start: Callable[[], Campaigns]
) -> None:
    assert keeping.keep(root, name)
    files = {kept: (demo_folder / kept).read_bytes() for kept in (kept_fold.NAME, kept_view.NAME)}
    damage_below(demo_folder)
    assert not keeping.keep(root, name)
    for kept, content in files.items():
        (demo_folder / kept).write_bytes(content)
    server = start()
    assert server.open(name).sound
    server._forget(name)
    assert not server.open(name).sound
    assert json.loads(server.view(name, 0))["campaign"]["damage"]


def test_a_copy_that_cannot_be_written_is_served_and_stays_as_it_is(
    root: Path, demo_folder: Path, start: Callable[[], Campaigns], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(demo_folder, root / "campaigns" / "copy")
    before = sorted(path.name for path in copy.iterdir())
    monkeypatch.setattr("ftassist.journal.sealed.write_atomic", _write_protected)
    name = campaign_id(root, copy)
    assert keeping.keep(root, name)
    assert json.loads(start().view(name, 0))["campaign"]["damage"] == ""
    assert {path.name for path in copy.iterdir()} >= set(before)
    assert not (copy / kept_fold.NAME).exists()


def _write_protected(path: Path, content: bytes) -> None:
    raise PermissionError(13, "read-only", str(path))


def test_a_short_journal_starts_no_process(
    root: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_fold, "LONG", 10_000)
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a process was started"))
    server = Campaigns(root)
    server.open(name)
    server.close()


def test_each_campaign_is_kept_once_and_one_after_the_other(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    class Process:
        def __init__(self, command: list[str], **_: Any) -> None:
            begun.append(command[4])

        def wait(self, timeout: float | None = None) -> int:
            return keeping.DAMAGED if begun[-1] == "b" else 0

    monkeypatch.setattr("subprocess.Popen", Process)
    told: list[str] = []
    kept = keeping.Keeping(root, told.append)
    for wanted in ("a", "b", "a", "c", "b"):
        kept.want(wanted, 5)
    until(lambda: len(begun) == 3 and not kept._working)
    assert (begun, told) == (["a", "b", "c"], ["b"])
    kept.close()
