"""Where data is looked for, in which order, and what is said when it is nowhere."""

from __future__ import annotations

import io
import logging
import tarfile
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from ftassist import hub_reach
from ftassist.dojo import hub
from ftassist.dojo.location import available, how_to_get, locate
from ftassist.dojo.task import Source
from ftassist.errors import DataError

REVISION = "0123456789abcdef0123456789abcdef01234567"
SOURCE = Source("org/name", REVISION, ({"a": "data/a-*.jsonl"}, {"a": "a.jsonl"}), "MIT")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Empty places, and no network."""
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path / "mirror"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    snapshot = tmp_path / "hub" / "datasets--org--name" / "snapshots" / REVISION
    return {
        "folder": tmp_path / "own",
        "mirror": tmp_path / "mirror" / "org" / "name",
        "cache": snapshot,
    }


def put(folder: Path, name: str = "a.jsonl") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("{}\n", encoding="utf-8")


def online(monkeypatch: pytest.MonkeyPatch, download: Any) -> None:
    """A Hub that answers with `download`."""
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(hub, "reachable", lambda: True)
    monkeypatch.delenv("HF_HUB_OFFLINE")


def never(*_: Any, **__: Any) -> Any:
    pytest.fail("the Hub was asked")


def test_a_named_folder_comes_before_the_mirror_and_the_mirror_before_the_cache(
    places: dict[str, Path],
) -> None:
    put(places["cache"], "data/a-0.jsonl")
    assert locate(SOURCE).place == "cache"
    put(places["mirror"])
    assert locate(SOURCE).place == "mirror"
    put(places["folder"])
    assert locate(SOURCE, places["folder"]).place == "folder"


def test_a_named_folder_without_the_files_is_an_error_even_if_the_mirror_has_them(
    places: dict[str, Path],
) -> None:
    put(places["mirror"])
    with pytest.raises(DataError, match="not on this machine"):
        locate(SOURCE, places["folder"])


def test_shards_of_a_part_come_in_the_order_of_their_names(places: dict[str, Path]) -> None:
    put(places["cache"], "data/a-1.jsonl")
    put(places["cache"], "data/a-0.jsonl")
    assert [path.name for path in locate(SOURCE).files["a"]] == ["a-0.jsonl", "a-1.jsonl"]


def test_another_revision_in_the_cache_is_not_taken(places: dict[str, Path]) -> None:
    put(places["cache"].with_name("f" * 40), "data/a-0.jsonl")
    assert available(SOURCE) is None


def test_the_hub_is_asked_for_the_pinned_revision_and_the_named_files_only(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {}

    def download(name: str, **arguments: Any) -> str:
        asked.update(arguments, name=name)
        put(tmp_path / "down", "data/a-0.jsonl")
        return str(tmp_path / "down")

    online(monkeypatch, download)
    assert locate(SOURCE).place == "host"
    assert (asked["name"], asked["revision"]) == ("org/name", REVISION)
    assert asked["repo_type"] == "dataset"
    assert "data/a-*.jsonl" in asked["allow_patterns"]


def test_a_host_that_cannot_be_reached_is_an_error_with_what_to_do(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(name: str, **arguments: Any) -> str:
        raise OSError("no route to host")

    online(monkeypatch, download)
    with pytest.raises(DataError, match="no route to host") as refusal:
        locate(SOURCE)
    assert "FTASSIST_DATA/org/name" in refusal.value.fix


def test_a_gated_set_says_whose_terms_to_accept_and_a_non_commercial_one_says_so() -> None:
    gated = Source(
        "org/name", REVISION, ({"a": "a"},), "CC-BY-NC-4.0", gated=True, commercial=False
    )
    text = how_to_get(gated)
    assert "https://huggingface.co/datasets/org/name" in text
    assert "no commercial use" in text


def test_a_mirror_may_have_a_folder_of_another_name(places: dict[str, Path]) -> None:
    put(places["mirror"].parents[1] / "other" / "place")
    source = Source("org/name", REVISION, ({"a": "a.jsonl"},), "MIT", mirror="other/place")
    assert available(source) == "mirror"


def test_the_hub_is_not_asked_for_what_the_mirror_has(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    online(monkeypatch, never)
    monkeypatch.setattr(hub, "reachable", never)
    put(places["mirror"])
    gated = Source("org/name", REVISION, ({"a": "a.jsonl"},), "MIT", gated=True)
    assert locate(gated).place == "mirror"


def test_a_gated_set_is_not_asked_for_without_a_token(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    online(monkeypatch, never)
    monkeypatch.setattr(hub, "reachable", never)
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: None)
    gated = Source("org/name", REVISION, ({"a": "a.jsonl"},), "MIT", gated=True)
    with pytest.raises(DataError, match="no Hugging Face token") as refusal:
        locate(gated)
    assert "accept the terms at https://huggingface.co/datasets/org/name" in refusal.value.fix


def test_a_hub_out_of_reach_is_found_out_by_one_question_and_not_by_the_librarys_six(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    online(monkeypatch, never)
    monkeypatch.setattr(hub, "reachable", lambda: False)
    with pytest.raises(DataError, match=r"https://huggingface\.co cannot be reached") as refusal:
        locate(SOURCE)
    assert "FTASSIST_DATA/org/name" in refusal.value.fix


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """The address of a server that refuses everything, and what it was asked."""
    asked: list[str] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(self.path)
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", address)
    monkeypatch.setattr(hub_reach, "_minute", lambda: 1)
    hub_reach._reached.cache_clear()
    yield address, asked
    server.shutdown()
    server.server_close()
    hub_reach._reached.cache_clear()


def test_a_hub_that_refuses_is_reached_and_asked_once_a_minute(
    endpoint: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hub_reach.reachable()
    assert hub_reach.reachable()
    assert len(endpoint[1]) == 1
    monkeypatch.setattr(hub_reach, "_minute", lambda: 2)
    assert hub_reach.reachable()
    assert len(endpoint[1]) == 2


def test_a_closed_port_is_out_of_reach(
    endpoint: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert not hub_reach.reachable()


def test_a_short_commit_is_looked_up_and_its_whole_name_asked_for(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {}

    def download(name: str, **arguments: Any) -> str:
        asked.update(arguments)
        put(tmp_path / "down")
        return str(tmp_path / "down")

    online(monkeypatch, download)
    commits = [SimpleNamespace(commit_id="f" * 40), SimpleNamespace(commit_id=REVISION)]
    api = SimpleNamespace(list_repo_commits=lambda name, repo_type: commits)
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda: api)
    short = Source("org/name", REVISION[:7], ({"a": "a.jsonl"},), "MIT")
    assert locate(short).place == "host"
    assert asked["revision"] == REVISION
    commits.pop()
    with pytest.raises(DataError, match="0 commits of it begin with 0123456"):
        locate(short)


def test_the_cache_has_a_short_commit_under_its_whole_name(places: dict[str, Path]) -> None:
    put(places["cache"])
    assert available(Source("org/name", REVISION[:7], ({"a": "a.jsonl"},), "MIT")) == "cache"


def test_a_download_that_broke_off_is_not_taken_for_the_data_set(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def incomplete(*_: Any, **__: Any) -> str:
        raise LocalEntryNotFoundError("2 files are missing")

    put(places["cache"])
    assert available(SOURCE) == "cache"
    monkeypatch.setattr(huggingface_hub, "snapshot_download", incomplete)
    assert available(SOURCE) is None
    with pytest.raises(DataError) as refusal:
        locate(SOURCE)
    assert "a download of it broke off" in refusal.value.where


def test_one_shard_of_three_is_not_the_whole_part(places: dict[str, Path]) -> None:
    source = Source("org/name", REVISION, ({"a": "a-*.jsonl"},), "MIT")
    put(places["mirror"], "a-00000-of-00002.jsonl")
    assert available(source) is None
    put(places["mirror"], "a-00001-of-00002.jsonl")
    assert available(source) == "mirror"


def test_a_licence_without_commercial_use_is_told_before_the_download(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def download(name: str, **arguments: Any) -> str:
        assert "CC-BY-NC-4.0" in caplog.text
        raise OSError("far enough")

    online(monkeypatch, download)
    source = Source("org/name", REVISION, ({"a": "a"},), "CC-BY-NC-4.0", commercial=False)
    with caplog.at_level(logging.WARNING), pytest.raises(DataError, match="far enough"):
        locate(source)
    assert "allows no commercial use" in caplog.text


def test_files_by_a_pattern_come_out_of_the_archive_of_the_commit(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packed, asked = io.BytesIO(), []
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in ("text/1.txt", "labels/1.txt", "README.md", "text/../../out.txt"):
            member = tarfile.TarInfo(f"name-{REVISION}/{name}")
            member.size = 2
            archive.addfile(member, io.BytesIO(b"ok"))

    def answer(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        packed.seek(0)
        return packed

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "own"))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    source = Source(
        "org/name", REVISION, ({"t": "text/*.txt", "l": "labels/*.txt"},), "MIT", host="github"
    )
    found = locate(source)
    assert asked == [f"https://codeload.github.com/org/name/tar.gz/{REVISION}"]
    assert [path.name for path in found.files["t"]] == ["1.txt"]
    kept = sorted(p.relative_to(found.folder).as_posix() for p in found.folder.rglob("*.*"))
    assert kept == ["labels/1.txt", "text/1.txt"]
    assert available(source) == "cache"


def test_an_archive_that_breaks_off_is_an_error_and_leaves_nothing(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        urllib.request, "urlopen", lambda url, timeout: io.BytesIO(b"\x1f\x8b\x08")
    )
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "own"))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    source = Source("org/name", REVISION, ({"t": "text/*.txt"},), "MIT", host="github")
    with pytest.raises(DataError, match="broke off"):
        locate(source)
    assert not list((tmp_path / "own").rglob("*.txt"))


def test_data_that_is_released_as_a_zip_file_is_taken_out_of_it(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packed, asked = io.BytesIO(), []
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("top/a.json", "top/image/1.png", "../a.json"):
            archive.writestr(name, "ok")

    def answer(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        packed.seek(0)
        return packed

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "own"))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    layouts = ({"a": "a.json"}, {"a": "top/a.json"})
    where = "https://github.com/org/name/releases/download/v1/data.zip"
    source = Source("org/name", REVISION, layouts, "MIT", host="github", archive=where)
    found = locate(source)
    assert asked == [where]
    kept = [p.relative_to(found.folder).as_posix() for p in found.folder.rglob("*") if p.is_file()]
    assert kept == ["top/a.json"]
