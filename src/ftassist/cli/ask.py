"""The command that asks a trial's model by hand: `ask`. Nothing asked counts as evaluation."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from ftassist.cli.base import (
    CampaignOption,
    Command,
    JsonOption,
    TrialArgument,
    open_campaign,
    say,
    write_json,
)
from ftassist.errors import FtassistError


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    example = 'ftassist ask t0004 "What is 17 + 5?"'
    app.command(cls=Command, epilog=f"Example: {example}")(ask)


def ask(
    trial: TrialArgument,
    prompt: Annotated[str, typer.Argument(help="What to ask; - reads it from standard input.")],
    system: Annotated[str, typer.Option(help="A system turn.", show_default=False)] = "",
    temperature: Annotated[
        float, typer.Option(help="0 is greedy, as trials are scored; above it samples.")
    ] = 0.0,
    top_p: Annotated[float, typer.Option(help="Share of probability to sample from.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of sampling.")] = 0,
    max_new_tokens: Annotated[
        int | None,
        typer.Option(
            help="Most tokens of an answer; else as many as the task allows.",
            min=1,
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Show the prompt as the chat template writes it.")
    ] = False,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a trial's model, its parent and the base the same, side by side; no evaluation."""
    from ftassist.campaign import playground
    from ftassist.dojo.playground.process import Playground
    from ftassist.dojo.playground.question import Question

    opened = open_campaign(campaign)
    text = sys.stdin.read() if prompt == "-" else prompt
    question = Question(text, system, max_new_tokens or 0, temperature, top_p, seed)
    shown = _Shown(quiet=as_json, template=template)
    with Playground() as asked:
        for told in playground.ask(opened, trial, question, asked):
            shown.take(told)
    if as_json:
        head = {"schema": "ftassist/asked/1", "trial": opened.trial(trial).id}
        write_json({**head, "question": question.to_dict(), **shown.document})
    else:
        say(playground.NO_EVALUATION)
    if shown.document["answers"] and all("error" in one for one in shown.document["answers"]):
        raise typer.Exit(1)


class _Shown:
    """What came, as lines for people as it comes and as a document in the end."""

    def __init__(self, *, quiet: bool, template: bool) -> None:
        self._quiet, self._template = quiet, template
        self._written = ""
        self.document: dict[str, Any] = {"prompt": "", "tokens": 0, "answers": []}

    def take(self, told: dict[str, Any]) -> None:
        """Takes in a line of `campaign.playground.ask`."""
        if "prompt" in told:
            self.document |= {"prompt": told["prompt"], "tokens": told["tokens"]}
            if self._template:
                self._write(f"{told['prompt']}\n({told['tokens']} tokens)\n\n")
        phase = told.get("phase")
        if phase in ("done", "failed"):
            kept = {name: value for name, value in told.items() if name != "phase"}
            self.document["answers"].append(kept)
        if phase == "failed":
            error = FtassistError.told(told["error"])
            self._write(f"{told['model']}: {error}\n\n")
        elif phase == "answering" and "text" not in told:
            self._written = ""
            self._write(f"{told['model']}: ")
        elif phase in ("answering", "done"):
            self._grow(told["text"])
        if phase == "done":
            self._write(f"\n  {_ending(told)}\n\n")

    def _grow(self, text: str) -> None:
        """Writes what is new of an answer; what a stop text takes back is not written before."""
        if text.startswith(self._written):
            self._write(text[len(self._written) :])
            self._written = text

    def _write(self, text: str) -> None:
        if not self._quiet:
            from ftassist.documents.words import clean

            typer.echo(clean(text), nl=False)


def _ending(told: dict[str, Any]) -> str:
    words = {
        "end": "",
        "limit": "; cut off at the limit of tokens",
        "time": "; cut off, it took too long",
        "cancelled": "; cancelled",
    }
    return f"{told['tokens']} tokens in {told['seconds']:.1f} s{words[told['ended']]}"
