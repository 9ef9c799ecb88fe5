"""Ids and files lead nowhere but into campaigns below the server's root."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError

from ftassist.files import open_inside
from ftassist.server.discovery import find_campaigns
from ftassist.server.paths import NotHereError, campaign_folder, campaign_id, id_of_folder

from .conftest import Fetch, body, refused, valid


def encoded(path: str) -> str:
    return base64.urlsafe_b64encode(path.encode()).decode().rstrip("=")


@pytest.fixture
def outside(served: Path, tmp_path: Path) -> Path:
    """A campaign outside the server's root."""
    return shutil.copytree(served, tmp_path / "outside" / "secret-1")


@pytest.mark.parametrize(
    "path",
    [
        "../outside/secret-1",
        "campaigns/../../outside/secret-1",
        "/etc",
        "campaigns/nothing",
        "campaigns\0",
        "",
        "campaigns/mini_math-1/trials",
        "a" * 1000,
    ],
)
async def test_an_id_that_leads_elsewhere_is_not_found(
    jp_fetch: Fetch, name: str, outside: Path, path: str
) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("ftassist", "campaigns", encoded(path) or "-")
    assert caught.value.code == 404


async def test_an_absolute_id_is_not_found(jp_fetch: Fetch, outside: Path) -> None:
    await refused(jp_fetch("ftassist", "campaigns", encoded(str(outside))), 404)


@pytest.mark.parametrize("name", ["!", "====", "_", "a" * 1401, "%2e%2e", "..%2f..%2fetc"])
async def test_what_is_no_id_is_not_found(jp_fetch: Fetch, name: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("ftassist", "campaigns", name)
    assert caught.value.code == 404


@pytest.mark.parametrize("trial", ["..", "t0004%2f..%2ft0005", "journal.db", "T0004", "t1"])
async def test_a_trial_is_named_by_its_id_only(jp_fetch: Fetch, name: str, trial: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("ftassist", "campaigns", name, "trials", trial, "log")
    assert caught.value.code == 404


async def test_a_link_out_of_the_root_is_neither_listed_nor_opened(
    jp_fetch: Fetch, name: str, outside: Path, jp_root_dir: Path
) -> None:
    (jp_root_dir / "link").symlink_to(outside)
    (jp_root_dir / "above").symlink_to(outside.parent)
    inner = jp_root_dir / "inner"
    inner.mkdir()
    (inner / "journal.db").symlink_to(outside / "journal.db")
    listed = body(await jp_fetch("ftassist", "campaigns"))["campaigns"]
    assert [c["id"] for c in listed] == [name]
    for path in ("link", "above/secret-1", "inner"):
        error = await refused(jp_fetch("ftassist", "campaigns", encoded(path)), 404)
        assert valid(error, "Error")["code"] == "not_here"
        assert str(outside) not in str(error)


async def test_a_folder_outside_the_root_is_refused_with_what_to_do(
    jp_fetch: Fetch, name: str, outside: Path
) -> None:
    for folder in (str(outside), "/etc", "campaigns/mini_math-1", f"{outside}/../../etc"):
        error = await refused(jp_fetch("ftassist", "campaigns", params={"folder": folder}), 404)
        assert "start Jupyter in a folder above it" in valid(error, "Error")["what_to_do"]


async def test_files_of_a_trial_that_are_links_are_not_read(
    jp_fetch: Fetch, name: str, served: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.jsonl"
    secret.write_text('{"step": 1, "key": "secret"}\n{"cells": []}\n')
    for file in ("metrics.jsonl", "trial.ipynb"):
        path = served / "trials/t0004" / file
        path.unlink()
        path.symlink_to(secret)
    for part, empty in (("metrics", "rows"), ("log", "text")):
        response = await jp_fetch("ftassist", "campaigns", name, "trials", "t0004", part)
        assert not body(response)[empty]
    page = await jp_fetch("ftassist", "campaigns", name, "trials", "t0004")
    assert b"secret" not in page.body


async def test_a_trials_folder_that_is_a_link_is_not_read(
    jp_fetch: Fetch, name: str, served: Path, tmp_path: Path
) -> None:
    real = (served / "trials/t0004").rename(tmp_path / "moved")
    (served / "trials/t0004").symlink_to(real)
    response = await jp_fetch("ftassist", "campaigns", name, "trials", "t0004", "metrics")
    assert body(response)["rows"] == []


def test_an_id_is_its_folder_and_back(served: Path, jp_root_dir: Path) -> None:
    root = jp_root_dir.resolve()
    name = campaign_id(root, served)
    assert campaign_folder(root, name) == served
    assert id_of_folder(root, str(served)) == name
    with pytest.raises(NotHereError):
        id_of_folder(served, str(root))


def test_the_root_itself_may_be_a_campaign(served: Path) -> None:
    assert campaign_folder(served, campaign_id(served, served)) == served


def test_a_search_is_bounded_and_skips_what_is_not_for_people(tmp_path: Path) -> None:
    for path in ("a/one", "a/.venv/two", "node_modules/three", "1/2/3/4/5/6/seven", "b"):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "journal.db").touch()
    found = find_campaigns(tmp_path)
    assert [f.relative_to(tmp_path).as_posix() for f in found.folders] == ["b", "a/one"]
    assert not found.cut
    assert find_campaigns(tmp_path, most_folders=2).cut
    assert len(find_campaigns(tmp_path, most_campaigns=1).folders) == 1


def test_a_named_pipe_does_not_hold_up_a_reader(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "metrics.jsonl")
    with pytest.raises(FileNotFoundError):
        open_inside(tmp_path, "metrics.jsonl")
