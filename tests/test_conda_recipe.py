"""The recipe for conda-forge asks for what the package asks for; conda itself is not tried."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
RECIPE = ROOT / "conda" / "recipe.yaml"
OTHER_NAMES = {"torch": "pytorch", "typing-extensions": "typing_extensions", "lm-eval": "lm_eval"}
"""What conda-forge calls a package otherwise."""
PARTS = {
    "schema_version": set(),
    "context": {"name", "version", "python_min"},
    "package": {"name", "version"},
    "source": {"path"},
    "build": {"number", "noarch", "script", "python"},
    "requirements": {"host", "run"},
    "tests": set(),
    "about": {"summary", "license", "license_file"},
    "extra": {"recipe-maintainers"},
}
"""The parts of the recipe format, version 1, that are used here."""


@pytest.fixture(scope="module")
def recipe() -> dict[str, Any]:
    found = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["project"])


def test_it_has_the_parts_of_the_format_and_no_others(recipe: dict[str, Any]) -> None:
    assert recipe.keys() == PARTS.keys()
    assert recipe["schema_version"] == 1
    for name, keys in PARTS.items():
        assert not keys or recipe[name].keys() == keys
    used = set(re.findall(r"\$\{\{ (\w+) \}\}", RECIPE.read_text(encoding="utf-8")))
    assert used == {*recipe["context"], "PYTHON"}


def test_it_asks_for_what_the_package_asks_for(
    recipe: dict[str, Any], project: dict[str, Any]
) -> None:
    wanted = {"python": "${{ python_min }}"}
    for requirement in project["dependencies"]:
        name, least = requirement.split(">=")
        wanted[OTHER_NAMES.get(name, name)] = least
    assert dict(line.split(" >=") for line in recipe["requirements"]["run"]) == wanted


def test_it_tells_the_same_of_the_package(recipe: dict[str, Any], project: dict[str, Any]) -> None:
    context = recipe["context"]
    assert (context["name"], context["version"]) == (project["name"], project["version"])
    assert project["requires-python"] == f">={context['python_min']}"
    assert recipe["about"]["summary"] == project["description"]
    assert recipe["about"]["license"] == project["license"]
    assert (ROOT / recipe["about"]["license_file"]).is_file()
    scripts = dict(line.split(" = ") for line in recipe["build"]["python"]["entry_points"])
    assert scripts == project["scripts"]
