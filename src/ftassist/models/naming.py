"""The base model as a person names it, as the journal keeps it; and a teacher, which lies here.

What cannot be a model is refused when the campaign is made, not when the base is first scored.
Whether a Hub id that is not on this machine exists is not asked here: that needs the network.
"""

from __future__ import annotations

from pathlib import Path

from ftassist.errors import ModelError
from ftassist.models import registry
from ftassist.models.check import check_base, check_files
from ftassist.models.reference import BaseModel, could_be_hub_id, find, resolve
from ftassist.models.unpacking import unpacked


def model_reference(model: str) -> str:
    """A model as the journal keeps it: what lies at a path by that, names and Hub ids as they are.

    Raises:
        ModelError: It reads like a folder that is not there, or the folder holds no model.
    """
    try:
        found = resolve(model)
    except ModelError:
        if could_be_hub_id(model) and not Path(model).exists():
            return model
        raise
    return str(found.place) if is_path(model, found) else model


def checked_base(reference: str) -> BaseModel | None:
    """The base of a campaign about to be made, looked at; None for one that is to be fetched.

    Raises:
        ModelError: It cannot be fine-tuned or scored; says which file or part is at fault.
    """
    found = find(reference)
    if found is None:
        if "/" not in reference or registry.find(reference):
            resolve(reference)  # says how to get it, or that nobody knows it
        return None
    base = unpacked(found) if found.gguf_file else found
    check_base(base)
    return base


def is_path(model: str, found: BaseModel) -> bool:
    """Whether a model was named by its place, and not by a name or id."""
    place = Path(model).expanduser()
    return place.exists() and place.resolve() in (found.path, found.place)


def teacher_reference(teacher: str) -> str:
    """A teacher as the journal keeps it: trials have no network, so it lies on this machine.

    Raises:
        ModelError: It does not, or its files cannot be used.
    """
    if (found := find(teacher)) is None:
        raise ModelError(
            f"the teacher {teacher!r} is no folder on this machine",
            where=str(Path(teacher).expanduser().absolute()),
            fix="download it first, and name its folder",
        )
    check_files(found)
    return model_reference(teacher)
