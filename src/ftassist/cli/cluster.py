"""`ftassist cluster`: files that start a Ray cluster, for trials on many machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ftassist.cli.base import Command, say

Nodes = Annotated[int, typer.Option(help="Nodes.")]
Cpus = Annotated[int, typer.Option(help="CPUs of each node.")]
To = Annotated[Path | None, typer.Option("--to", help="Where to write.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    group = typer.Typer(
        help="Write files that start a Ray cluster.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command(cls=Command, epilog="Example: ftassist cluster slurm --nodes 4 --gpus 2")(slurm)
    group.command(cls=Command, epilog="Example: ftassist cluster sky --accelerators A100:1")(sky)
    group.command(cls=Command, epilog="Example: ftassist cluster image --to image")(image)
    app.add_typer(group, name="cluster")


def slurm(
    nodes: Nodes = 2,
    cpus: Cpus = 8,
    gpus: Annotated[int, typer.Option(help="GPUs of each node.")] = 1,
    time: Annotated[str, typer.Option(help="How long the job may take.")] = "08:00:00",
    image: Annotated[
        str, typer.Option(help="An Apptainer image (`ftassist cluster image`).")
    ] = "",
    campaign: Annotated[str, typer.Option(help="A campaign to run on it at once.")] = "",
    option: Annotated[
        list[str] | None,
        typer.Option(help="For sbatch, such as --option=--partition=gpu.", show_default=False),
    ] = None,
    to: To = None,
) -> None:
    """Write a script for sbatch that starts Ray on the nodes of a Slurm job."""
    from ftassist.cluster import starting
    from ftassist.files import write_atomic

    wanted = starting.Wanted(
        nodes, cpus, gpus, time, image, campaign=campaign, options=tuple(option or ())
    )
    path = to or Path(starting.SLURM_FILE)
    write_atomic(path, starting.slurm_script(wanted))
    say(f"{path} is written; send it with `sbatch {path}`")


def sky(
    nodes: Nodes = 2,
    cpus: Cpus = 8,
    accelerators: Annotated[
        str, typer.Option(help="Devices of each node as SkyPilot reads them.")
    ] = "",
    spot: Annotated[
        bool, typer.Option("--spot", help="Cheaper machines that may be taken away.")
    ] = False,
    image: Annotated[str, typer.Option(help="A Docker image (`ftassist cluster image`).")] = "",
    to: To = None,
) -> None:
    """Write a task of SkyPilot that starts Ray on machines of a cloud."""
    from ftassist.cluster import starting
    from ftassist.files import write_atomic

    wanted = starting.Wanted(nodes, cpus, image=image, accelerators=accelerators, spot=spot)
    path = to or Path(starting.SKY_FILE)
    write_atomic(path, starting.sky_task(wanted))
    say(f"{path} is written; start it with `sky launch -c ftassist {path}`")


def image(
    constraints: Annotated[Path, typer.Option(help="The file of pinned versions.")] = Path(
        "constraints.txt"
    ),
    to: Annotated[Path, typer.Option("--to", help="The folder to write to.")] = Path("image"),
) -> None:
    """Write a Dockerfile and an Apptainer recipe with the pinned versions."""
    from ftassist.cluster import starting

    for path in starting.write_image(to, constraints):
        say(f"{path} is written")
