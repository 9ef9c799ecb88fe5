"""Files that start a Ray cluster through other people's tools: Slurm, SkyPilot, Docker, Apptainer.

Writes files and starts nothing. What a person gives is checked here, because it goes into scripts.
"""

from __future__ import annotations

import platform
import re
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jinja2

from ftassist import __version__
from ftassist.errors import FtassistError
from ftassist.files import templates_folder, write_atomic

PORT = 6379
SKY_PORT = 6479
SLURM_FILE = "ftassist-ray.slurm"
SKY_FILE = "ftassist-sky.yaml"
ADDRESS_FILE = "ftassist-ray.address"
TOKEN_FILE = "ftassist-ray.token"
CONSTRAINTS = "constraints.txt"
_TIME = re.compile(r"(\d+-)?\d{1,3}(:\d{2}){1,2}|\d+")
_WORD = re.compile(r"[\w./:@+-]+")


@dataclass(frozen=True)
class Wanted:
    """The cluster a person wants.

    Attributes:
        nodes: How many nodes.
        cpus: CPUs of each.
        gpus: GPUs of each.
        time: How long a Slurm job may take, as Slurm reads it.
        image: An Apptainer image, or for a cloud a Docker image; "" for what is installed.
        campaign: A campaign to run on it at once; "" to wait.
        accelerators: A cloud's devices of a node, as SkyPilot reads them, such as A100:2.
        spot: Whether a cloud's cheaper machines, which may be taken away, are used.
        options: Further options for sbatch, such as --partition=gpu.
    """

    nodes: int = 2
    cpus: int = 8
    gpus: int = 1
    time: str = "08:00:00"
    image: str = ""
    campaign: str = ""
    accelerators: str = ""
    spot: bool = False
    options: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuses what cannot be.

        Raises:
            FtassistError: A number is too small, or a text is more than one word.
        """
        if self.nodes < 1 or self.cpus < 1 or self.gpus < 0:
            raise FtassistError(
                f"{self.nodes} nodes of {self.cpus} CPUs and {self.gpus} GPUs are no cluster",
                fix="give at least one node and one CPU",
            )
        if not _TIME.fullmatch(self.time):
            raise FtassistError(f"{self.time!r} is no time for Slurm", fix="write 08:00:00")
        for text in (self.image, self.accelerators):
            if text and not _WORD.fullmatch(text):
                raise FtassistError(
                    f"{text!r} is no name of an image or device", fix="give one word"
                )
        for option in self.options:
            if not option.startswith("--") or "\n" in option:
                raise FtassistError(f"{option!r} is no option of sbatch", fix="write --name=value")


def slurm_script(wanted: Wanted) -> str:
    """A script for sbatch that starts Ray on the nodes of its job, and maybe a campaign."""
    nvidia = ["--nv"] if wanted.gpus else []
    run = ["apptainer", "exec", *nvidia, wanted.image] if wanted.image else ["env"]
    facts = asdict(wanted) | {"campaign": shlex.quote(wanted.campaign) if wanted.campaign else ""}
    own = {"run": shlex.join(run), "port": PORT, "address_file": ADDRESS_FILE, "name": SLURM_FILE}
    own |= {"token_file": TOKEN_FILE}
    return _render("ray.slurm", **facts, **own)


def sky_task(wanted: Wanted) -> str:
    """A task of SkyPilot that starts Ray on the machines of a cloud."""
    own = {"port": SKY_PORT, "version": __version__, "constraints": CONSTRAINTS, "name": SKY_FILE}
    own |= {"token_file": TOKEN_FILE}
    return _render("sky.yaml", **asdict(wanted), **own)


def write_image(folder: Path, constraints: Path) -> list[Path]:
    """Writes what an image of head and nodes is built from, with the pinned versions.

    Args:
        folder: Where to.
        constraints: The file of pinned versions.

    Raises:
        FtassistError: There is no such file, or the folder cannot be written.
    """
    if not constraints.is_file():
        raise FtassistError(
            "there is no file of pinned versions",
            where=str(constraints),
            fix="name one with --constraints; a checkout has constraints.txt, and"
            " `pip freeze > constraints.txt` writes what is installed here",
        )
    facts = {
        "version": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
    }
    texts = {
        "Dockerfile": _render("Dockerfile", **facts),
        "ftassist.def": _render("ftassist.def", **facts),
        CONSTRAINTS: constraints.read_text(encoding="utf-8"),
    }
    for name, text in texts.items():
        write_atomic(folder / name, text)
    return [folder / name for name in texts]


def _render(template: str, **facts: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder() / "cluster"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(f"{template}.j2").render(**facts)
