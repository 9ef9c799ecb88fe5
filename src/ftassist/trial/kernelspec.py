"""The kernel spec `ftassist-sandbox`: this interpreter behind walls, for ordinary notebooks."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

from ftassist.errors import FtassistError

NAME = "ftassist-sandbox"
"""Of the kernel spec, and of the provisioner it asks for."""


def document() -> dict[str, Any]:
    """The content of its kernel.json."""
    version = ".".join(map(str, sys.version_info[:2]))
    return {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Python {version} (ftassist sandbox)",
        "language": "python",
        "interrupt_mode": "message",
        "metadata": {"kernel_provisioner": {"provisioner_name": NAME}},
    }


def install(*, user: bool = False) -> Path:
    """Installs it for Jupyter to find; one that is there is replaced.

    Args:
        user: For all environments of this user; by default for this environment only.

    Raises:
        FtassistError: The folder cannot be written to.
    """
    with tempfile.TemporaryDirectory(prefix="fta-spec-") as folder:
        (Path(folder) / "kernel.json").write_text(json.dumps(document(), indent=1) + "\n")
        prefix = None if user else sys.prefix
        try:
            place = KernelSpecManager().install_kernel_spec(
                folder, kernel_name=NAME, user=user, prefix=prefix
            )
        except OSError as error:
            raise FtassistError(
                f"the kernel cannot be installed: {error}",
                where=prefix or "your Jupyter data folder",
                fix="use --user, or an environment you may write to",
            ) from error
    return Path(place)
