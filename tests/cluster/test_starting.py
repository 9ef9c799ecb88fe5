"""Files that start a Ray cluster: read by the tools they are for, or by stand-ins of these."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.cluster.conftest import waited

from ftassist.cluster.starting import (
    ADDRESS_FILE,
    TOKEN_FILE,
    Wanted,
    sky_task,
    slurm_script,
    write_image,
)
from ftassist.errors import FtassistError

SBATCH = """#!/bin/bash
export SLURM_JOB_NODELIST="node[1-3]"
exec bash "$1"
"""
SCONTROL = "#!/bin/bash\nprintf 'node1\\nnode2\\nnode3\\n'\n"
SRUN = """#!/bin/bash
while [[ "$1" == --* ]]; do echo "srun $1" >> calls; shift; done
exec "$@"
"""
NOTE = '#!/bin/bash\necho "$(basename "$0") $*" >> calls\n'


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins of Slurm's commands and of Ray's on the path; they note how they are called."""
    programs = {"sbatch": SBATCH, "scontrol": SCONTROL, "srun": SRUN}
    programs |= dict.fromkeys(("ray", "ftassist", "apptainer"), NOTE)
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in programs.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755 | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sent(tools: Path, wanted: Wanted) -> list[str]:
    """The calls that a script makes when it is sent to the stand-in of sbatch."""
    (tools / "job.slurm").write_text(slurm_script(wanted))
    subprocess.run(["sbatch", "job.slurm"], check=True, timeout=30)
    calls = tools / "calls"
    # The steps of Slurm run beside the script, and may note their calls after its end.
    starts = 1 + (wanted.nodes > 1)
    waited(lambda: calls.read_text().count("ray start") >= starts)
    return calls.read_text().splitlines()


def test_a_slurm_job_starts_a_head_and_workers_and_runs_the_campaign(tools: Path) -> None:
    calls = sent(tools, Wanted(nodes=3, cpus=4, gpus=2, campaign="my campaign"))
    starts = [call for call in calls if call.startswith("ray start")]
    assert any("--head" in call and "--num-gpus=2" in call for call in starts)
    assert any("--address=node1:6379" in call for call in starts)
    assert "srun --exclude=node1" in calls
    assert (
        "ftassist run --campaign my campaign --executor ray --address node1:6379 --review never"
        in calls
    )
    assert (tools / ADDRESS_FILE).read_text().strip() == "node1:6379"


def test_a_slurm_job_makes_a_token_that_only_its_owner_may_read(tools: Path) -> None:
    (tools / TOKEN_FILE).write_text("of an earlier job")
    (tools / TOKEN_FILE).chmod(0o644)
    (tools / "bin" / "ray").write_text('#!/bin/bash\necho "$RAY_AUTH_MODE ray $*" >> calls\n')
    (tools / "bin" / "ray").chmod(0o755)
    (tools / "job.slurm").write_text(slurm_script(Wanted(nodes=1, campaign="c")))
    subprocess.run(["sbatch", "job.slurm"], check=True, timeout=30)
    waited(lambda: "token ray start" in (tools / "calls").read_text())
    token = tools / TOKEN_FILE
    assert re.fullmatch("[0-9a-f]{64}", token.read_text())
    assert stat.S_IMODE(token.stat().st_mode) == 0o600


def test_a_slurm_job_of_one_node_starts_no_workers(tools: Path) -> None:
    calls = sent(tools, Wanted(nodes=1, campaign="c"))
    assert sum(call.startswith("ray start") for call in calls) == 1


def test_an_image_runs_everything_inside_itself(tools: Path) -> None:
    calls = sent(tools, Wanted(nodes=1, image="f.sif", campaign="c"))
    assert all(call.startswith(("apptainer exec --nv f.sif", "srun")) for call in calls)


def test_what_would_break_out_of_the_script_is_refused_or_quoted(tools: Path) -> None:
    with pytest.raises(FtassistError, match="no time"):
        Wanted(time="1; rm -rf /")
    with pytest.raises(FtassistError, match="no name of an image"):
        Wanted(image="a$(touch broken)")
    with pytest.raises(FtassistError, match="no option"):
        Wanted(options=("--a\ntouch broken",))
    sent(tools, Wanted(nodes=1, campaign="$(touch broken)"))
    assert not (tools / "broken").exists()


def test_a_task_of_skypilot_is_yaml_with_what_was_wanted() -> None:
    task = yaml.safe_load(sky_task(Wanted(nodes=4, accelerators="A100:2", spot=True)))
    assert task["num_nodes"] == 4
    assert task["resources"]["accelerators"] == "A100:2"
    assert task["resources"]["use_spot"] is True
    assert "constraints.txt" in task["setup"]
    assert task["secrets"] == {"RAY_AUTH_TOKEN": None}, "asked for at its launch"
    assert task["run"].index("RAY_AUTH_MODE=token") < task["run"].index("ray start")
    checked = subprocess.run(["bash", "-n"], input=task["run"], text=True, check=False)
    assert checked.returncode == 0


def test_images_are_built_from_the_pinned_versions(tmp_path: Path) -> None:
    (tmp_path / "constraints.txt").write_text("ray==2.60.0\n")
    write_image(tmp_path / "image", tmp_path / "constraints.txt")
    for name in ("Dockerfile", "ftassist.def"):
        text = (tmp_path / "image" / name).read_text()
        assert "-c /opt/ftassist/constraints.txt" in text
        assert "bubblewrap" in text
    assert (tmp_path / "image" / "constraints.txt").read_text() == "ray==2.60.0\n"


def test_images_without_pinned_versions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FtassistError, match="no file of pinned versions"):
        write_image(tmp_path, tmp_path / "nothing.txt")
