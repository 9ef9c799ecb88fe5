"""Which process of a training this is, and what its processes decide together.

Reads what torch's launcher puts into the environment; imports torch only where there are several.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def rank() -> int:
    """The number of this process among those that train together, from 0."""
    return int(os.environ.get("RANK", "0")) if ranks() > 1 else 0


def ranks() -> int:
    """How many processes train together; 1 for a training on one device."""
    return int(os.environ.get("WORLD_SIZE", "1")) if "LOCAL_RANK" in os.environ else 1


def own_folder(folder: Path) -> Path:
    """Where this process writes curve, audits and fingerprint: the first one where they belong."""
    return folder if rank() == 0 else Path(tempfile.mkdtemp(prefix="ftassist-rank-"))


def as_the_first_says(wish: bool) -> bool:
    """What the first process wishes, in all of them: a step that only some save hangs the rest."""
    if ranks() == 1:
        return wish
    import torch
    from torch import distributed

    on = torch.device("cuda") if distributed.get_backend() == "nccl" else torch.device("cpu")
    said = torch.tensor([int(wish)], device=on)
    distributed.broadcast(said, src=0)
    return bool(said.item())


def wait_for_all() -> None:
    """Returns when all processes are here."""
    if ranks() > 1:
        from torch import distributed

        if distributed.is_initialized():
            distributed.barrier()
