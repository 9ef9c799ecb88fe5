"""An ordinary notebook behind walls: papermill, nbclient and restarts with the installed spec."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from ftassist.errors import IsolationError
from ftassist.isolation import probe
from ftassist.trial import provisioner, sandbox

CODE = """
import os, socket
print(os.getcwd())
print([n for _, n in socket.if_nameindex()])
try:
    told = open(".env").read()
except OSError:
    told = ""
print(os.path.exists("campaigns/secret"), repr(told))
open("made", "w").write("x")
"""


@pytest.fixture(autouse=True)
def spec(bubblewrap: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel spec, where only this test finds it."""
    place = tmp_path / "jupyter" / "kernels" / provisioner.NAME
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(provisioner.spec_document()))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notebooks"
    (made / "campaigns").mkdir(parents=True)
    (made / "campaigns" / "secret").write_text("x")
    (made / ".env").write_text("KEY=x")
    return made


def _notebook(*sources: str) -> Any:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])


def _text(notebook: Any) -> list[str]:
    return "".join(o.get("text", "") for c in notebook.cells for o in c.outputs).splitlines()


def test_papermill_runs_it_behind_walls_around_its_folder(folder: Path) -> None:
    nbformat.write(_notebook(CODE), folder / "in.ipynb")

    done = papermill.execute_notebook(
        str(folder / "in.ipynb"),
        str(folder / "out.ipynb"),
        engine_name="ftassist",
        kernel_name=provisioner.NAME,
        progress_bar=False,
    )

    assert _text(done) == [str(folder), "['lo']", "False ''"]
    assert (folder / "made").read_text() == "x"
    assert (folder / "campaigns" / "secret").read_text() == "x"


def test_other_clients_of_jupyter_can_use_it_too(folder: Path) -> None:
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(_notebook(CODE), kernel_name=provisioner.NAME, resources=resources)

    assert _text(client.execute()) == [str(folder), "['lo']", "False ''"]


def test_it_can_be_interrupted_and_started_again(folder: Path) -> None:
    async def story() -> list[str]:
        manager = AsyncKernelManager(kernel_name=provisioner.NAME)
        await manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels()
        statuses = []
        try:
            await client.wait_for_ready(timeout=60)
            request = client.execute("import time; print('on', flush=True); time.sleep(600)")
            await _printed(client)
            await manager.interrupt_kernel()
            statuses.append(await _status(client, request))
            await manager.restart_kernel(now=True)
            await client.wait_for_ready(timeout=60)
            statuses.append(await _status(client, client.execute("1 + 1")))
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
        return statuses

    assert asyncio.run(story()) == ["error", "ok"]


async def _printed(client: Any) -> None:
    """Waits until a cell has printed something."""
    async with asyncio.timeout(60):
        while (await client.get_iopub_msg())["msg_type"] != "stream":
            pass


async def _status(client: Any, request: str) -> str:
    async with asyncio.timeout(60):
        while True:
            reply = await client.get_shell_msg()
            if reply["parent_header"].get("msg_id") == request:
                return str(reply["content"]["status"])


def test_a_whole_home_is_not_handed_to_a_sandbox(tmp_path: Path) -> None:
    with pytest.raises(IsolationError, match="whole home"):
        sandbox.notebook_walls(Path.home(), tmp_path)


def test_the_spec_is_installed_where_jupyter_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / "env"))

    place = provisioner.install_spec()

    written = json.loads((place / "kernel.json").read_text())
    assert place.is_relative_to(tmp_path / "env")
    assert written["metadata"]["kernel_provisioner"]["provisioner_name"] == provisioner.NAME
    assert probe().works
