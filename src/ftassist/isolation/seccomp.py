"""The system call filter of the sandbox, as a classic BPF program for `bwrap --seccomp`.

Lets everything pass but what a trial does not need and an attack might: other socket families,
new namespaces, mounts, tracing, kernel keys, io_uring, memory that no limit counts, links and
device nodes (the worker reads the trial's folder from outside and must never be led elsewhere),
and setuid files. A refused call fails with an error number; it does not kill. Loads nothing
itself. The layout of `struct seccomp_data` and the constants are those of linux/seccomp.h.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence

from ftassist.isolation.syscalls import MACHINES, number

SOCKET_FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6 (there is only an empty loopback), AF_NETLINK."""
REFUSED = (
    "_sysctl", "acct", "add_key", "adjtimex", "bpf", "chroot", "clock_adjtime", "clock_settime",
    "delete_module", "fanotify_init", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick",
    "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl",
    "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "memfd_create",
    "memfd_secret", "mknod", "mknodat", "modify_ldt", "mount", "mount_setattr", "move_mount",
    "nfsservctl", "open_by_handle_at", "open_tree", "perf_event_open", "personality",
    "pidfd_getfd", "pivot_root", "process_madvise", "process_vm_readv", "process_vm_writev",
    "ptrace", "quotactl", "quotactl_fd", "reboot", "request_key", "setdomainname",
    "sethostname", "setns", "settimeofday", "shmget", "swapoff", "swapon", "symlink",
    "symlinkat", "syslog", "umount2", "unshare", "uselib", "userfaultfd", "ustat", "vhangup",
)  # fmt: skip
ABSENT = ("clone3", "openat2", "fchmodat2")
"""Calls whose arguments lie in memory or that are too new to be needed: libraries fall back."""
_FOR_GPU = frozenset({"memfd_create"})
"""NVIDIA's driver library maps anonymous files of this kind."""

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_NEW_NAMESPACES = 0x7E020000
_SETUID_BITS = 0o6000
_CREATE = 0o100
_INJECT_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX: put characters into somebody else's terminal."""

_Instruction = tuple[int, int, int, int]
_Test = tuple[int, int]
"""An argument's index, and a mask: the test holds where any bit of the mask is set."""


def program(machine: str, *, gpu: bool = False) -> bytes:
    """The filter for a machine, as an array of `struct sock_filter`.

    Args:
        machine: "x86_64" or "aarch64", as `platform.machine()` says.
        gpu: Whether GPU devices are passed through.

    Raises:
        ValueError: The machine is another.
    """
    if machine not in MACHINES:
        raise ValueError(f"no filter for {machine}: only for {', '.join(MACHINES)}")
    code: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for name in REFUSED:
        if not (gpu and name in _FOR_GPU):
            code += _refuse(name, machine, errno.EPERM)
    for name in ABSENT:
        code += _refuse(name, machine, errno.ENOSYS)
    for name in ("socket", "socketpair"):
        code += _only(name, machine, SOCKET_FAMILIES, errno.EAFNOSUPPORT)
    code += _refuse_if(name="clone", machine=machine, tests=[(0, _NEW_NAMESPACES)])
    for name, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("creat", 1)):
        code += _refuse_if(name, machine, [(argument, _SETUID_BITS)])
    code += _refuse_if("open", machine, [(1, _CREATE), (2, _SETUID_BITS)])
    code += _refuse_if("openat", machine, [(2, _CREATE), (3, _SETUID_BITS)])
    code += _refuse_values("ioctl", machine, 1, _INJECT_INPUT)
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _refuse(name: str, machine: str, error: int) -> list[_Instruction]:
    """Refuses a call whatever its arguments are."""
    return _block(name, machine, [(_RETURN, 0, 0, _ERRNO | error)])


def _only(name: str, machine: str, values: Sequence[int], error: int) -> list[_Instruction]:
    """Refuses a call unless its first argument is one of `values`."""
    tests = [(_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    body = [(_LOAD, 0, 0, _ARGUMENTS_AT), *tests, (_RETURN, 0, 0, _ERRNO | error)]
    return _block(name, machine, body)


def _refuse_values(
    name: str, machine: str, argument: int, values: Sequence[int]
) -> list[_Instruction]:
    """Refuses a call where an argument is one of `values`."""
    last = len(values) - 1
    tests = [(_EQUAL, last - i, int(i == last), value) for i, value in enumerate(values)]
    load = (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument)
    return _block(name, machine, [load, *tests, (_RETURN, 0, 0, _ERRNO | errno.EPERM)])


def _refuse_if(name: str, machine: str, tests: Sequence[_Test]) -> list[_Instruction]:
    """Refuses a call where every test holds."""
    body: list[_Instruction] = []
    for position, (argument, mask) in enumerate(tests):
        after = 3 * (len(tests) - position - 1) + 1
        body += [
            (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument),
            (_AND, 0, 0, mask),
            (_EQUAL, after, 0, 0),
        ]
    return _block(name, machine, [*body, (_RETURN, 0, 0, _ERRNO | errno.EPERM)])


def _block(name: str, machine: str, body: list[_Instruction]) -> list[_Instruction]:
    """Runs `body` for one call, then loads the number again for what follows."""
    wanted = number(name, machine)
    if wanted is None:
        return []
    body = [*body, (_LOAD, 0, 0, _NUMBER_AT)]
    return [(_EQUAL, 0, len(body), wanted), *body]
