"""The system call filter: its table against the kernel's headers, and what it lets pass."""

from __future__ import annotations

import platform
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from ftassist.isolation import seccomp
from ftassist.isolation.syscalls import MACHINES, NUMBERS

HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}
ALLOW, EPERM, ENOSYS, EAFNOSUPPORT, KILL = 0x7FFF0000, 0x50001, 0x50026, 0x50061, 0x80000000


def run(machine: str, call: str | int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter says of a call: interprets the program as the kernel does."""
    number = NUMBERS[call][MACHINES.index(machine)] if isinstance(call, str) else call
    assert number is not None
    architecture = architecture or {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *padded)
    code = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    at = accumulator = 0
    while True:
        operation, yes, no, value = code[at]
        at += 1
        if operation == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x15:
            at += yes if accumulator == value else no
        elif operation == 0x35:
            at += yes if accumulator >= value else no
        else:
            assert operation == 0x06
            return int(value)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    path = Path(HEADERS[machine])
    if not path.is_file():
        pytest.skip(f"no kernel headers here: {path}")
    pairs = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())
    known: dict[str, int] = {}
    for name, number in pairs:
        known.setdefault(name, int(number))

    ours = {name: numbers[MACHINES.index(machine)] for name, numbers in NUMBERS.items()}

    newer = {"fchmodat2"}  # of Linux 6.6: not in every header yet
    assert {n: v for n, v in ours.items() if n not in newer} == {
        n: known.get(n) for n in ours if n not in newer
    }
    assert ours["fchmodat2"] == 452


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", seccomp.REFUSED)
def test_needless_calls_are_refused(machine: str, name: str) -> None:
    if NUMBERS[name][MACHINES.index(machine)] is not None:
        assert run(machine, name) == EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_only_four_socket_families_can_be_made(machine: str) -> None:
    said = {family: run(machine, "socket", family, 1) for family in range(64)}

    assert {family for family, answer in said.items() if answer == ALLOW} == {1, 2, 10, 16}
    assert set(said.values()) == {ALLOW, EAFNOSUPPORT}


@pytest.mark.parametrize("machine", MACHINES)
def test_threads_may_be_made_and_namespaces_not(machine: str) -> None:
    thread = 0x3D0F00

    assert run(machine, "clone", thread) == ALLOW
    for bit in (
        0x00020000,
        0x02000000,
        0x04000000,
        0x08000000,
        0x10000000,
        0x20000000,
        0x40000000,
    ):
        assert run(machine, "clone", bit) == EPERM
    assert run(machine, "clone3") == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_no_setuid_file_can_be_made(machine: str) -> None:
    assert run(machine, "fchmod", 3, 0o755) == ALLOW
    assert run(machine, "fchmod", 3, 0o4755) == EPERM
    assert run(machine, "fchmodat", 3, 0, 0o2755) == EPERM
    assert run(machine, "openat", 3, 0, 0o101, 0o644) == ALLOW
    assert run(machine, "openat", 3, 0, 0o101, 0o6755) == EPERM
    assert run(machine, "openat", 3, 0, 0, 0o6755) == ALLOW
    assert run(machine, "openat2") == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_terminals_cannot_be_typed_into(machine: str) -> None:
    assert run(machine, "ioctl", 0, 0x5401) == ALLOW
    assert run(machine, "ioctl", 0, 0x5412) == EPERM
    assert run(machine, "ioctl", 0, 0x541C) == EPERM


def test_calls_of_another_architecture_kill() -> None:
    assert run("x86_64", 1, architecture=0x40000003) == KILL
    assert run("x86_64", 0x40000001) == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_ordinary_calls_pass(machine: str) -> None:
    listed = {numbers[MACHINES.index(machine)] for numbers in NUMBERS.values()}

    assert all(run(machine, number) == ALLOW for number in range(460) if number not in listed)


def test_a_gpu_may_map_anonymous_files() -> None:
    assert run("x86_64", "memfd_create") == EPERM
    assert seccomp.program("x86_64", gpu=True) != seccomp.program("x86_64")


def test_an_unknown_machine_has_no_filter() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        seccomp.program("riscv64")


def test_the_filter_is_in_force(run_code: Any) -> None:
    result = run_code(
        "import ctypes, os, socket\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def says(name, work):\n"
        "    try:\n"
        "        work(); print(name, 'WORKED')\n"
        "    except OSError as error:\n"
        "        print(name, error.errno)\n"
        "def call(*arguments):\n"
        "    if libc.syscall(*arguments) < 0:\n"
        "        raise OSError(ctypes.get_errno(), '')\n"
        "says('vsock', lambda: socket.socket(40, 1))\n"
        "says('packet', lambda: socket.socket(17, 3))\n"
        "says('symlink', lambda: os.symlink('/etc', 'link'))\n"
        "says('fifo', lambda: os.mkfifo('fifo'))\n"
        "says('memfd', lambda: os.memfd_create('x'))\n"
        "open('f', 'w')\n"
        "says('setuid', lambda: os.chmod('f', 0o4755))\n"
        "says('userns', lambda: call(272, 0x10000000))\n"
        "says('io_uring', lambda: call(425, 1, 0))\n"
        "says('keyctl', lambda: call(250, 0, -3, 0))\n"
        "import threading\n"
        "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n"
        "print(os.system('exit 3') >> 8)"
    )

    if platform.machine() != "x86_64":
        pytest.skip("the numbers in this test are x86_64's")
    assert result.stdout.splitlines() == [
        "vsock 97",
        "packet 97",
        "symlink 1",
        "fifo 1",
        "memfd 1",
        "setuid 1",
        "userns 1",
        "io_uring 1",
        "keyctl 1",
        "thread",
        "3",
    ]
