import importlib.metadata
from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.ui import doctor
from ftassist.ui.terminal import to_text


def found(folder: Path) -> dict[str, doctor.HealthCheck]:
    return {check.name: check for check in doctor.examine(folder)}


def test_it_never_shows_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret-value")
    checks = doctor.examine(tmp_path)
    assert "secret" not in str(checks)
    assert found(tmp_path)["ANTHROPIC_API_KEY"].found == "set"


def test_without_a_key_it_says_who_proposes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    check = found(tmp_path)["ANTHROPIC_API_KEY"]
    assert check.state == "optional"
    assert "playbook" in check.fix


def test_a_missing_package_is_needed_and_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[[str], str] = importlib.metadata.version

    def version(name: str) -> str:
        if name == "torch":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    check = found(tmp_path)["torch"]
    assert check.state == "missing"
    assert "pip install torch" in check.fix
    assert not doctor.document([check])["healthy"]
    assert "missing: torch" in to_text(doctor.page([check]))


def test_untested_versions_are_named(tmp_path: Path) -> None:
    (tmp_path / "constraints.txt").write_text("rich==0.1\n# a comment\njinja2==0.2\n")
    check = found(tmp_path)["tested versions"]
    assert check.state == "optional"
    assert "(tested: 0.1)" in check.found and "(tested: 0.2)" in check.found


def test_a_missing_program_is_optional_and_says_what_it_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check = found(tmp_path)["bubblewrap"]
    assert check.state == "optional"
    assert "unisolated" in check.fix
    assert "apt install bubblewrap" in check.fix

    monkeypatch.setenv("FTASSIST_REQUIRE_SANDBOX", "1")
    assert found(tmp_path)["bubblewrap"].state == "missing"


def test_a_bubblewrap_that_does_not_work_is_not_taken_for_one_that_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bwrap"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit\n'
        "echo 'bwrap: No permissions to create new namespace' >&2; exit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    check = found(tmp_path)["bubblewrap"]

    assert check.state == "optional"
    assert "does not work: bwrap: No permissions" in check.found
    assert "user namespaces" in check.fix


def test_a_gpu_is_looked_for_without_importing_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'Test GPU, 1000 MiB'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Test GPU, 1000 MiB" in found(tmp_path)["GPU"].found


def test_a_read_only_folder_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    check = found(tmp_path)["campaigns folder"]
    assert (check.state, check.fix != "") == ("missing", True)
