"""The base model as a person names it: "tiny", a folder, or a Hub id; and a teacher, a folder.

What cannot be any of the three is refused when the campaign is made, not when the base is first
scored. Whether a Hub id exists is not asked here: that needs the network.
"""

from __future__ import annotations

import re
from pathlib import Path

from ftassist.errors import ModelError

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")


def model_reference(model: str) -> str:
    """A model as the journal keeps it: folders by absolute path, names and Hub ids as they are.

    Raises:
        ModelError: It reads like a folder that is not there, or the folder holds no model.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(
                f"the folder {model!r} holds no model: it has no config.json",
                where=str(folder.resolve()),
                fix="name the folder that `save_pretrained` wrote",
            )
        return str(folder.resolve())
    if folder.is_file() or not _HUB_ID.fullmatch(model):
        raise ModelError(
            f"there is no model folder {model!r}",
            where=str(folder.absolute()),
            fix="name a folder with a model, 'tiny', or a Hub id such as 'organisation/name'",
        )
    return model


def teacher_reference(teacher: str) -> str:
    """A teacher as the journal keeps it: trials have no network, so it is a folder here.

    Raises:
        ModelError: It is no folder with a model.
    """
    if not Path(teacher).expanduser().is_dir():
        raise ModelError(
            f"the teacher {teacher!r} is no folder on this machine",
            where=str(Path(teacher).expanduser().absolute()),
            fix="download it first, and name its folder",
        )
    return model_reference(teacher)
