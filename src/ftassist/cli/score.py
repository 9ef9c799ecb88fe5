"""`ftassist score`: predictions in a file, scored by a task's official rule and strictly."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ftassist.cli.base import Command, JsonOption, say, show, write_json

if TYPE_CHECKING:
    from ftassist.dojo.scorers.score import Scores
    from ftassist.dojo.scorers.scorer import Judge
    from ftassist.dojo.task import SplitPolicy


class SplitChoice(StrEnum):
    """The split policies."""

    OURS = "ours"
    RELEASED = "released"


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command(cls=Command, epilog="Example: ftassist score sst2 --predictions out.jsonl")(score)


def score(
    task: Annotated[str, typer.Argument(help="A published task.", show_default=False)],
    predictions: Annotated[
        Path,
        typer.Option(
            help='Rows of {"id", "doc", "prediction", "view"}: JSON lines, JSON, CSV, TSV or '
            "Parquet, also .gz.",
            show_default=False,
        ),
    ],
    view: Annotated[
        str | None, typer.Option(help="The view of all rows.", show_default=False)
    ] = None,
    split: Annotated[
        SplitChoice | None,
        typer.Option(help="Score only the test split of this policy.", show_default=False),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the task's data, for rows without doc.", show_default=False),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Leave bad rows out and say how many.")
    ] = False,
    strip_thinking: Annotated[
        bool, typer.Option("--strip-thinking", help="Take <think> blocks away first.")
    ] = False,
    judge: Annotated[
        str | None,
        typer.Option(
            help="A model that looks again at answers the rule calls wrong (aime25); costs money.",
            show_default=False,
        ),
    ] = None,
    judge_usd: Annotated[float, typer.Option(help="US dollars for the judge at most.")] = 1.0,
    base_url: Annotated[
        str | None,
        typer.Option(help="The judge's server, if not the official one.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score predictions by a task's official rule, with the strict reading beside it."""
    from dataclasses import replace

    from ftassist.dojo.predictions import Predictions
    from ftassist.dojo.scorers import score_rows, scorer_for

    scorer_for(task)
    policy = _policy(split)
    read = Predictions(task, predictions, view, policy, data, keep_going)
    scores = score_rows(
        task,
        read.rows(),
        strip_thinking=strip_thinking,
        keep_going=keep_going,
        judge=_judge(judge, judge_usd, base_url),
    )
    scores = replace(scores, left_out=(*read.left_out, *scores.left_out))
    beside = {"outside": read.outside, "unanswered": read.unanswered} if policy else {}
    if as_json:
        write_json({**scores.to_dict(), "split": policy, **beside})
    else:
        _show(scores, policy)
        if policy:
            say(
                f"{read.outside} rows of the file are not in that split; {read.unanswered} of its "
                "items have no prediction"
            )


def _judge(model: str | None, usd: float, base_url: str | None) -> Judge | None:
    """The judge a person named."""
    if model is None:
        return None
    from ftassist.agent.judge import AnswerJudge

    return AnswerJudge(model, usd=usd, base_url=base_url)


def _policy(split: SplitChoice | None) -> SplitPolicy | None:
    """The split policy a person named."""
    if split is None:
        return None
    return "released" if split is SplitChoice.RELEASED else "ours"


def _show(scores: Scores, policy: str | None) -> None:
    """The scores as a table, headline metrics first."""
    from ftassist.ui.score_text import score_page

    show(score_page(scores, policy))
    for reason in scores.left_out[:10]:
        say(f"left out: {reason}")
    if len(scores.left_out) > 10:
        say(f"left out: {len(scores.left_out) - 10} more")
