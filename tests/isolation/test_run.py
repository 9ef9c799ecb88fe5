"""What code behind walls can reach: its folder and the system to read, and nothing else."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from ftassist.dojo.task import CATALOG
from ftassist.errors import IsolationError
from ftassist.isolation import probe, run_isolated
from ftassist.isolation.support import Probe

TRY_TO_OPEN = """
import sys
for line in sys.stdin:
    try:
        open(line.strip()).read()
        print("read", line.strip())
    except OSError as error:
        print(type(error).__name__)
"""


def _attempts(run_code: Any, code: str) -> list[str]:
    """The lines a program printed; it must have ended well."""
    result = run_code(code)
    assert result.returncode == 0, result
    lines: list[str] = result.stdout.split("\n")[:-1]
    return lines


def test_code_runs_and_its_output_comes_back(run_code: Any) -> None:
    result = run_code("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")

    assert (result.stdout, result.stderr, result.returncode) == ("out\n", "err\n", 3)
    assert result.isolation == "bubblewrap"
    assert result.ended == ""


def test_standard_input_and_chosen_variables_reach_it(bubblewrap: None, folder: Path) -> None:
    code = "import os, sys; print(sys.stdin.read(), os.environ['CHOSEN'])"
    result = run_isolated(
        [sys.executable, "-c", code], folder, stdin=b"hello", environment={"CHOSEN": "yes"}
    )

    assert result.stdout == "hello yes\n"


def test_files_written_to_the_folder_stay(run_code: Any, folder: Path) -> None:
    run_code("open('made.txt', 'w').write('x'); import os; os.makedirs('a/b')")

    assert (folder / "made.txt").read_text() == "x"
    assert (folder / "a/b").is_dir()


def test_evaluation_data_is_not_there(run_code: Any) -> None:
    files = [str(p) for p in CATALOG.rglob("*") if p.is_file()]
    assert any("evaluation" in name for name in files)

    lines = _attempts(
        run_code,
        f"import os\nthere = [p for p in {files!r} if os.path.exists(p)]\n"
        f"print(len(there), os.listdir({str(CATALOG)!r}))",
    )

    assert lines == ["0 []"]


def test_evaluation_data_cannot_be_reached_through_proc(run_code: Any) -> None:
    target = next(CATALOG.rglob("evaluation/validation.jsonl"))

    lines = _attempts(
        run_code,
        "import os\n"
        "pids = [p for p in os.listdir('/proc') if p.isdigit()]\n"
        "found = []\n"
        f"for p in pids + ['self', '{os.getpid()}']:\n"
        "    for way in ('root', 'cwd'):\n"
        "        try:\n"
        f"            found.append(open(f'/proc/{{p}}/{{way}}{target}').read())\n"
        "        except OSError:\n"
        "            pass\n"
        "print(len(found), len(pids) < 10)",
    )

    assert lines == ["0 True"]


def test_other_folders_and_homes_are_not_there(run_code: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("key")
    home_file = Path.home()

    lines = _attempts(
        run_code,
        "import os\n"
        f"print(os.path.exists({str(secret)!r}))\n"
        f"home = {str(home_file)!r}\n"
        "files = [f for r, _, fs in os.walk(home) for f in fs if 'site-packages' not in r]\n"
        "print(os.path.expanduser('~'), [e for e in os.listdir(os.path.expanduser('~'))])\n"
        "print(any(f in ('.bashrc', '.netrc', '.gitconfig', 'authorized_keys') for f in files))",
    )

    assert lines == ["False", "/tmp/home []", "False"]


def test_nothing_outside_can_be_written(run_code: Any) -> None:
    places = ["/usr/x", "/etc/x", "/x", "/dev/x", sys.prefix, str(CATALOG), str(CATALOG.parent)]

    lines = _attempts(
        run_code,
        "import os\n"
        f"for place in {places!r}:\n"
        "    place = place if not os.path.isdir(place) else place + '/x'\n"
        "    try:\n"
        "        open(place, 'w'); print('WROTE', place)\n"
        "    except OSError as error:\n"
        "        print(error.strerror)",
    )

    assert set(lines) == {"Read-only file system"}


def test_the_hosts_loopback_cannot_be_reached(run_code: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass  # it listens: a refusal below is the wall's

        lines = _attempts(
            run_code,
            "import socket\n"
            "try:\n"
            f"    socket.create_connection(('127.0.0.1', {port}), timeout=5); print('CONNECTED')\n"
            "except OSError as error:\n"
            "    print(type(error).__name__)\n"
            "print([name for _, name in socket.if_nameindex()])",
        )

    assert lines == ["ConnectionRefusedError", "['lo']"]


def test_abstract_unix_sockets_of_the_host_cannot_be_reached(run_code: Any) -> None:
    name = f"ftassist-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen(1)
        with socket.socket(socket.AF_UNIX) as near:
            near.connect("\0" + name)

        lines = _attempts(
            run_code,
            "import socket\n"
            "try:\n"
            f"    socket.socket(socket.AF_UNIX).connect('\\0{name}'); print('CONNECTED')\n"
            "except OSError as error:\n"
            "    print(type(error).__name__)",
        )

    assert lines == ["ConnectionRefusedError"]


def test_the_environment_holds_no_secret(
    bubblewrap: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "s3cret")
    monkeypatch.setenv("SOMETHING", "s3cret")

    code = "import os; print('s3cret' in str(os.environ), open('/proc/1/environ').read())"
    result = run_isolated([sys.executable, "-c", code], folder)

    assert result.stdout.startswith("False ")
    assert "s3cret" not in result.stdout


def test_processes_outside_are_neither_seen_nor_signalled(run_code: Any) -> None:
    lines = _attempts(
        run_code,
        "import os\n"
        "try:\n"
        f"    os.kill({os.getpid()}, 0); print('SIGNALLED')\n"
        "except OSError as error:\n"
        "    print(type(error).__name__)",
    )

    assert lines == ["ProcessLookupError"]


def test_memory_over_the_limit_ends_it_and_says_so(run_code: Any) -> None:
    result = run_code(
        "import time\nx = []\nwhile True:\n    x.append(bytearray(16 << 20)); time.sleep(0.01)"
    )

    assert result.ended == "memory"
    assert "at most 400 MiB" in result.message
    assert result.returncode == -9


def test_memory_of_many_processes_is_counted_together(run_code: Any) -> None:
    result = run_code(
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (100 << 20); time.sleep(60)\n"
        "time.sleep(60)"
    )

    assert result.ended == "memory"


def test_forking_without_end_is_ended(run_code: Any) -> None:
    result = run_code(
        "import os, time\n"
        "while True:\n"
        "    try:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(60)\n"
        "    except OSError:\n"
        "        print('refused', flush=True); raise SystemExit(7)"
    )

    assert result.ended == "processes" or (result.stdout == "refused\n" and result.returncode == 7)


def test_a_file_cannot_grow_beyond_the_limit(run_code: Any, folder: Path) -> None:
    lines = _attempts(
        run_code,
        "try:\n"
        "    with open('big', 'wb', buffering=0) as file:\n"
        "        for _ in range(20): file.write(bytes(1 << 20))\n"
        "except OSError as error:\n"
        "    print(error.strerror)",
    )

    assert lines == ["File too large"]
    assert (folder / "big").stat().st_size <= 8 << 20


@pytest.mark.parametrize("unlink", [False, True])
def test_filling_the_disk_ends_it_also_with_files_that_have_no_name(
    run_code: Any, unlink: bool
) -> None:
    result = run_code(
        "import os, time\nheld = []\n"
        "for n in range(100):\n"
        "    file = open(f'f{n}', 'wb'); file.write(os.urandom(4 << 20)); file.flush()\n"
        f"    held.append(file); {unlink} and os.unlink(f'f{{n}}'); time.sleep(0.1)\n"
    )

    assert result.ended == "disk"
    assert "at most 32 MiB" in result.message


def test_private_temporary_folders_are_small(run_code: Any) -> None:
    lines = _attempts(
        run_code,
        "for place in ('/tmp', '/dev/shm'):\n"
        "    try:\n"
        "        for n in range(4):\n"
        "            open(f'{place}/{n}', 'wb', buffering=0).write(bytes(7 << 20))\n"
        "        print('FILLED')\n"
        "    except OSError as error:\n"
        "        print(error.strerror)\n"
        "    else:\n"
        "        continue\n",
    )

    # A short write is no error; the next one is.
    assert lines == ["No space left on device"] * 2


def test_wall_time_ends_it(run_code: Any) -> None:
    result = run_code("import time; time.sleep(60)", seconds=0.5)

    assert result.ended == "time"
    assert result.seconds < 30


def test_nothing_of_it_is_left_when_it_ends(run_code: Any) -> None:
    mark = f"left-{os.getpid()}-{time.monotonic_ns()}"

    run_code(
        "import subprocess\n"
        f"subprocess.Popen(['sleep', '300', ], start_new_session=True, env={{'MARK': {mark!r}}})\n"
        "import os\n"
        "if os.fork() == 0:\n"
        "    os.setsid(); import time; time.sleep(300)"
    )

    assert not _with_variable(mark)


def test_output_is_kept_up_to_its_limit(run_code: Any) -> None:
    result = run_code("print('x' * 3_000_000)", output_mb=1)

    assert len(result.stdout) == 1 << 20
    assert result.returncode == 0


def test_threads_of_the_caller_may_run_it(run_code: Any) -> None:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run_code("print(1)")))

    thread.start()
    thread.join()

    assert results[0].stdout == "1\n"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(IsolationError, match="no such folder"):
        run_isolated(["true"], tmp_path / "none")


def test_without_bubblewrap_it_runs_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch)

    result = run_isolated([sys.executable, "-c", "print(1)"], folder)

    assert (result.stdout, result.isolation) == ("1\n", "none")


def test_without_bubblewrap_a_required_sandbox_refuses(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch)
    monkeypatch.setenv("FTASSIST_REQUIRE_SANDBOX", "1")

    with pytest.raises(IsolationError, match="FTASSIST_REQUIRE_SANDBOX") as caught:
        run_isolated(["touch", str(folder / "ran")], folder)

    assert "install it" in str(caught.value)
    assert not (folder / "ran").exists()


def _break(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Probe("none", "bwrap is not installed", "install it")
    monkeypatch.setattr("ftassist.isolation.support.probe", lambda: missing)


def _with_variable(value: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if value in process.environ().values():
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_the_probe_is_honest_here(bubblewrap: None) -> None:
    assert probe().found.startswith("bubblewrap ")
