"""Libraries that load models, told to be quiet: what matters is raised."""

from __future__ import annotations

import os


def quiet() -> None:
    """Keeps progress bars and advice of libraries out of the way, in this whole process."""
    from transformers.utils import logging

    os.environ["TQDM_DISABLE"] = "1"
    logging.set_verbosity_error()
    logging.disable_progress_bar()
