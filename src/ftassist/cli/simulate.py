"""`ftassist simulate`: search policies against each other where the truth is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ftassist.cli.base import Command, JsonOption, say, write_json


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command(cls=Command, epilog="Example: ftassist simulate --seeds 20")(simulate)


def simulate(
    policies: Annotated[
        str, typer.Option(help="Policies to compare, with commas; else all.", show_default=False)
    ] = "",
    worlds: Annotated[
        str,
        typer.Option(
            help='Worlds, with commas: "noisy tree", "calm tree", "null", "lattice" (recorded '
            'trainings of the tiny model), "tables" (all tables of real runs that are installed) '
            "or single tables; else the first three.",
            show_default=False,
        ),
    ] = "",
    workers: Annotated[str, typer.Option(help="Runs at once, with commas.")] = "1",
    seeds: Annotated[int, typer.Option(help="Campaigns of each policy in each world.")] = 20,
    null_seeds: Annotated[int, typer.Option(help="Campaigns of each in the null world.")] = 100,
    table_seeds: Annotated[int, typer.Option(help="Campaigns of each on each table.")] = 10,
    first_seed: Annotated[int, typer.Option(help="The first seed of a world.")] = 0,
    reference: Annotated[
        str,
        typer.Option(
            help="The policy that others are compared with; else ftassist, or the first.",
            show_default=False,
        ),
    ] = "",
    jobs: Annotated[int, typer.Option(help="Processes.")] = 1,
    write: Annotated[
        Path | None,
        typer.Option(help="A page to put tables and pictures into.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Play search policies in made-up and recorded worlds, and compare what they recommend."""
    from ftassist.simulate import bench, page, summary

    plan = bench.BenchPlan(
        _listed(policies) or bench.all_policies(),
        bench.named_worlds(_listed(worlds)),
        bench.numbers(_listed(workers)),
        seeds,
        null_seeds,
        table_seeds,
    )
    reference = bench.reference(plan, reference)
    if write is not None:
        page.parts_of(write)  # better refused now than after all is played
    rows = bench.run_plan(plan, first_seed, jobs, lambda line: typer.echo(line, err=True))
    if write is not None:
        pictures = write.parent / "images"
        day = date.today().isoformat()
        page.draw(rows, pictures)
        text = page.section(plan, rows, reference, day, first_seed, pictures.name)
        page.write_section(write, text)
    if as_json:
        write_json([row.to_dict() for row in rows])
    else:
        say(page.tables(summary.standings(rows, reference), reference))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
