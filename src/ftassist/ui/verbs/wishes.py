"""Verbs that wish something of a trial: repeats, more of its training, its model kept or out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from ftassist.campaign import commands
from ftassist.documents.snapshot import take
from ftassist.errors import FtassistError
from ftassist.ui.links import shown
from ftassist.ui.verbs.face import Face, VerbAnswer
from ftassist.ui.verbs.verb import verb
from ftassist.ui.verbs.words import NoWait, Reason, Seen, ShownName, Timeout, TrialName, wished

if TYPE_CHECKING:
    from ftassist.dojo.artefacts.request import Form


@verb("repeat t0004 --seeds 2")
def repeat(
    face: Face,
    trial: ShownName,
    *,
    seeds: Annotated[int, "How many fresh seeds, 1 to 5."] = 1,
) -> VerbAnswer:
    """Run a scored trial again on fresh seeds, to see how much of its score was luck."""
    campaign = face.opened()
    name = take(campaign).trial(trial).id
    commands.ask_replicates(campaign, name, seeds)
    campaign.start_runner()
    number = f"{seeds} fresh seed{'s' * (seeds > 1)}"
    return wished(face, name, f"will be repeated on {number}; follow with `{face.said} run`")


@verb("promote t0003 --whole")
def promote(
    face: Face,
    trial: TrialName,
    *,
    whole: Annotated[bool, "To its end at once."] = False,
    seen: Seen = None,
) -> VerbAnswer:
    """Run a trial on that rests at a rung: from its checkpoint to the next rung, or to its end."""
    campaign = face.opened()
    event = commands.promote(campaign, trial, whole=whole, seen=seen)
    campaign.start_runner()
    text = f"goes on to {event.payload['rung']:.0%}; follow with `{face.said} run`"
    return wished(face, str(event.trial), text)


@verb("export t0004 --as gguf --quantisation q4_0")
def export(
    face: Face,
    trial: ShownName = "best",
    *,
    as_: Annotated[
        str | None,
        "adapter, merged, gguf, ollama or vllm: made, loaded as others will, and scored again. "
        "trl-yaml, axolotl or python: the training, for others. working: what its agent looked at "
        "before, as a notebook. Without it the model's files are copied as they are.",
    ] = None,
    numbers: Annotated[str, "Of merged weights: bfloat16 or float32."] = "bfloat16",
    quantisation: Annotated[
        str, "Of a GGUF file: f32, f16, bf16, q8_0, q5_1, q5_0, q4_1 or q4_0."
    ] = "q8_0",
    bound: Annotated[
        float | None,
        "Most it may lose against the trial, in the metric's unit; else 0.01 of a fraction, or "
        "1 % of the score.",
    ] = None,
    force: Annotated[
        str, "The trial, named again: keep an export that does not behave as scored.", "TRIAL"
    ] = "",
    no_wait: NoWait = False,
    timeout: Timeout = None,
) -> VerbAnswer:
    """Export a scored trial's model below `exports`: a copy, or a form that is scored again."""
    from ftassist.campaign.export.exporting import export as made_and_scored
    from ftassist.campaign.export.recipe_out import export_recipe, recipe_form
    from ftassist.campaign.export.wish import ExportWish
    from ftassist.ui import working

    campaign = face.opened()
    name = take(campaign).trial(trial).id
    if as_ is None:
        return _copy(face, name, no_wait, timeout)
    if no_wait:
        raise FtassistError(
            "an export that is scored again is waited for",
            fix="leave --no-wait away, or run it in the background of your shell",
        )
    head = {"schema": "ftassist/export/2", "trial": name}
    if as_ == working.FORM:
        page = working.export_working(campaign, name)
        told = {**head, "form": as_, "path": str(page)}
        return VerbAnswer(lambda: told, lambda: [f"what was looked at before {name} is in {page}"])
    if recipe := recipe_form(as_):
        folder = export_recipe(campaign, name, recipe)
        document = {**head, "form": as_, "path": str(folder)}
        return VerbAnswer(lambda: document, lambda: [f"the training of {name} is in {folder}"])
    wish = ExportWish(cast("Form", as_), numbers, quantisation, bound, force)
    with face.telling() as tell:
        kept = made_and_scored(campaign, name, wish, tell)
    return VerbAnswer(
        lambda: {**head, "form": wish.name, **kept.to_dict()},
        lambda: ["\n".join([*kept.sentences(), f"{name} exported to {shown(kept.folder)}"])],
    )


def _copy(face: Face, trial: str, no_wait: bool, timeout: float | None) -> VerbAnswer:
    """A copy of a model's files, by the runner."""
    from ftassist.ui import waiting

    campaign = face.opened()
    if no_wait:
        commands.ask_export(campaign, trial)
        campaign.start_runner()
        return wished(face, trial, "will be exported")
    with face.telling() as tell:
        made = waiting.export(campaign, trial, tell=tell, timeout=timeout)
    folder = campaign.folder / str(made["folder"])
    size = f"{made['files']} files, {made['bytes'] / 1e6:,.1f} MB"
    return VerbAnswer(
        lambda: {"schema": "ftassist/export/1", "trial": trial, **made, "path": str(folder)},
        lambda: [f"{trial} exported to {shown(folder)} ({size})"],
    )


@verb('pin t0004 "to look at its answers"')
def pin(face: Face, trial: TrialName, reason: Reason = "") -> str:
    """Keep a trial's model whatever `gc` would remove."""
    return f"{commands.pin(face.opened(), trial, reason).trial} is pinned"


@verb("unpin t0004")
def unpin(face: Face, trial: TrialName) -> str:
    """Take a pin back."""
    return f"{commands.unpin(face.opened(), trial).trial} is not pinned any more"
