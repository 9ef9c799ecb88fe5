"""ftassist: an agent for the fine-tuning loop in notebooks, with the person in charge.

Importing the package imports nothing heavy. `%load_ext ftassist` in a notebook loads the
magics of `ftassist.ui.magics`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from ftassist.ui.frames import Frames

__version__ = "0.1.0"
__all__ = ["__version__", "load", "load_ipython_extension"]


def load(name: str | Path | None = None, root: str | Path = "campaigns") -> Frames:
    """Opens a campaign for reading, as pandas frames: see `ftassist.ui.frames`."""
    from ftassist.ui.frames import load as opened

    return opened(name, root)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tells Jupyter Server of the extension in `ftassist.server`."""
    from ftassist.server import FtassistApp

    return [{"module": "ftassist", "app": FtassistApp}]


def load_ipython_extension(shell: Any) -> None:
    """Registers `%ftagent` with an IPython shell; called by `%load_ext ftassist`."""
    from ftassist.ui.magics import load_ipython_extension as load

    load(shell)
