"""The extension as Jupyter finds it: light, enabled by what the wheel brings, under any prefix."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ftassist.server.bodies import openapi
from ftassist.server.handlers.routes import routes
from ftassist.server.watcher import SCHEMA, SCHEMA_ID

from .conftest import Fetch, body

HEAVY = ("torch", "transformers", "datasets", "lm_eval", "trl", "peft", "numpy", "pandas", "rdkit")
READ = """
import sys, json
from pathlib import Path
from ftassist.server import FtassistApp
from ftassist.server.handlers.routes import routes
from ftassist.documents.start import start_document
from ftassist.server.campaigns import Campaigns
from ftassist.server.wishes import read_wish
routes()
campaigns = Campaigns(Path(sys.argv[1]))
start_document(campaigns.root)
read_wish(campaigns.root, {"task": "mini_math", "model": "tiny"})
for entry in campaigns.document()["campaigns"]:
    opened = campaigns.open(entry["id"])
    opened.view(0), opened.card("t0012"), opened.page("t0004"), opened.log("t0004", 0)
    opened.compare(["t0001", "t0002"])
print(json.dumps([m for m in sys.argv[2:] if m in sys.modules]))
"""


def test_the_server_never_imports_what_is_heavy(served: Path, jp_root_dir: Path) -> None:
    command = [sys.executable, "-c", READ, str(jp_root_dir), *HEAVY]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_the_wheel_enables_the_extension() -> None:
    root = Path(__file__).parents[2]
    config = json.loads((root / "jupyter-config" / "ftassist.json").read_text())
    assert config["ServerApp"]["jpserver_extensions"] == {"ftassist": True}
    target = "etc/jupyter/jupyter_server_config.d/ftassist.json"
    assert f'"jupyter-config/ftassist.json" = "{target}"' in (root / "pyproject.toml").read_text()


def test_the_extension_is_found_by_the_name_the_config_enables() -> None:
    import ftassist
    from ftassist.server import FtassistApp

    (point,) = ftassist._jupyter_server_extension_points()
    assert (point["module"], point["app"]) == ("ftassist", FtassistApp)


class TestUnderAPrefix:
    """JupyterHub serves each user below a prefix of their own."""

    @pytest.fixture
    def jp_base_url(self) -> str:
        return "/user/ada@example.org/lab-1/"

    async def test_routes_are_below_the_base_url(
        self, jp_fetch: Fetch, name: str, jp_web_app: Any
    ) -> None:
        response = await jp_fetch("ftassist", "campaigns", name)
        assert "/user/ada@example.org/lab-1/ftassist/" in response.effective_url
        assert body(response)["id"] == name


def test_every_route_is_described_and_every_described_path_has_a_route() -> None:
    described = set(openapi()["paths"])
    served = set()
    for pattern, _ in routes():
        plain = pattern.removeprefix("/ftassist").removesuffix("/?")
        plain = plain.replace("(?P<name>[A-Za-z0-9_-]{1,1400})", "{id}")
        for kept in ("making", "drafting"):
            plain = plain.replace(f"(?P<{kept}>[0-9a-f]{{32}})", f"{{{kept}}}")
        served.add(plain.replace("(?P<trial>t[0-9]{4,9})", "{trial}"))
    assert served == described


def test_every_schema_of_the_description_is_a_schema() -> None:
    for name, schema in openapi()["components"]["schemas"].items():
        assert name
        Draft202012Validator.check_schema(schema)


def test_the_event_schema_is_the_one_that_is_emitted() -> None:
    import yaml

    assert yaml.safe_load(SCHEMA.read_text())["$id"] == SCHEMA_ID
