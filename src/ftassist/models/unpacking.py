"""A base model ready to be loaded: as it lies, or, of a GGUF file, the folder made from it once.

That folder is kept in ftassist's cache by the file's content, so that training, evaluator and
sandbox need to know nothing of GGUF.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ftassist.files import cache_folder
from ftassist.models import gguf
from ftassist.models.reference import CONFIG, BaseModel, resolve


def ready(name: str, *, download: bool = False) -> BaseModel:
    """The base model that a reference stands for, as a folder of safetensors.

    Args:
        name: A name that ships, a folder, a GGUF file, a short name or a Hugging Face id.
        download: Whether the Hub may be asked for an id that is nowhere on this machine.

    Raises:
        ModelError: There is none, or the GGUF file cannot be read.
    """
    found = resolve(name, download=download)
    return unpacked(found) if found.gguf_file else found


def unpacked(found: BaseModel) -> BaseModel:
    """The folder made of a GGUF file, made now where there is none yet.

    Raises:
        ModelError: The file cannot be read.
    """
    place = cache_folder() / "gguf" / found.sample_digest()
    if not (place / CONFIG).is_file():
        gguf.read_header(found.place)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=place.parent))
        try:
            gguf.convert(found.place, draft)
            draft.chmod(0o755)
            shutil.rmtree(place, ignore_errors=True)
            draft.rename(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return BaseModel(found.name, place.resolve())
