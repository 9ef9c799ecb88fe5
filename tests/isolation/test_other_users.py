"""The same walls for a user who is not root; run by root, the tests take the user nobody."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NOBODY = "65534"
STORY = """
import json, os, sys
from pathlib import Path
from ftassist.isolation import Limits, probe, run_isolated

folder = Path(sys.argv[1])
room = dict(file_mb=8, disk_mb=32, temporary_mb=8)
limits = Limits(memory_mb=300, processes=40, seconds=30, **room)
def run(code, **more):
    r = run_isolated([sys.executable, "-I", "-c", code], folder, limits, **more)
    return [r.returncode, r.stdout, r.ended]
told = {"probe": [probe().isolation, probe().found, probe().fix], "outer": os.getuid()}
if probe().works:
    told["who"] = run("import os; open('made', 'w'); print(os.getuid())")
    told["secret"] = run("import os; print(os.path.exists(%r))" % sys.argv[2])
    told["write"] = run(
        "try:\\n    open('/usr/x', 'w')\\nexcept OSError as error:\\n    print(error.strerror)"
    )
    told["network"] = run("import socket; print([n for _, n in socket.if_nameindex()])")
    told["memory"] = run(
        "import time\\nx=[]\\nwhile 1:\\n    x.append(bytearray(8<<20)); time.sleep(.01)"
    )
    told["processes"] = run(
        "import os, time\\nwhile True:\\n    try:\\n        os.fork() or time.sleep(60)\\n"
        "    except OSError:\\n        print('refused', flush=True); time.sleep(60)"
    )
print(json.dumps(told))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that nobody can reach, with the room's code in it."""
    root = Path(tempfile.mkdtemp(prefix="fta-nobody-"))
    root.chmod(0o755)
    package = Path(__file__).parents[2] / "src" / "ftassist"
    (root / "src" / "ftassist").mkdir(parents=True)
    for name in ("__init__.py", "errors.py"):
        shutil.copy(package / name, root / "src" / "ftassist" / name)
    shutil.copytree(package / "isolation", root / "src" / "ftassist" / "isolation")
    (root / "work").mkdir(mode=0o777)
    (root / "work").chmod(0o777)
    (root / "secret").write_text("x")
    yield root
    shutil.rmtree(root, ignore_errors=True)


def _python() -> str:
    """An interpreter that another user may start."""
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        path = f"/usr/bin/{name}"
        check = "import sys; sys.exit(sys.version_info < (3, 11))"
        if Path(path).exists() and subprocess.run([path, "-c", check]).returncode == 0:
            return path
    pytest.skip("no system Python 3.11 or later that another user could start")


def test_the_walls_stand_for_a_user_who_is_not_root(bubblewrap: None, place: Path) -> None:
    command = [sys.executable]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is not installed")
        change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = [*change, _python()]
    command += ["-c", STORY, str(place / "work"), str(place / "secret")]
    env = {"PATH": os.defpath, "PYTHONPATH": str(place / "src"), "HOME": "/nonexistent"}

    done = subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["outer"] != 0
    if told["probe"][0] == "none":
        pytest.skip(f"this user cannot make sandboxes here: {told['probe'][1:]}")
    assert told["who"] == [0, "65534\n", ""]
    assert (place / "work" / "made").exists()
    assert told["secret"] == [0, "False\n", ""]
    assert told["write"] == [0, "Read-only file system\n", ""]
    assert told["network"] == [0, "['lo']\n", ""]
    assert told["memory"][2] == "memory"
    assert told["processes"][2] == "processes" or "refused" in told["processes"][1]
