"""Where a journal may lie: not on a network file system, whose locks SQLite cannot rely on.

Two machines that write to one database through NFS, SMB or a FUSE mount can damage it without a
word (sqlite.org/useovernet.html). Reads what the system says is mounted where (Linux); knows
nothing of events.
"""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(
    r"nfs4?|cifs|smb\w*|afs|ncpfs|ceph|lustre|gpfs|beegfs|glusterfs|pvfs2|orangefs|wekafs|panfs"
    r"|fuse\.(sshfs|s3fs|rclone|gcsfuse|goofys|glusterfs|ceph\S*|juicefs|blobfuse2?|mount-s3|beegfs)"
)
_ESCAPED = re.compile(r"\\([0-7]{3})")


def network_type(path: Path) -> str:
    """The network file system that a path lies on, such as "nfs4"; "" for a disk of this machine.

    Args:
        path: A file or folder; it need not be there yet.
    """
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place = path.resolve()
    best, found = -1, ""
    for line in lines:
        before, dash, after = line.partition(" - ")
        fields = before.split()
        if not dash or len(fields) < 5:
            continue
        at = Path(_ESCAPED.sub(lambda m: chr(int(m[1], 8)), fields[4]))
        if len(at.parts) >= best and (place == at or at in place.parents):
            best, found = len(at.parts), after.split()[0]
    return found if _NETWORK.fullmatch(found) else ""
