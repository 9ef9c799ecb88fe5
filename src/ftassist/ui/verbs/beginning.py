"""How a new campaign is described, in a shell (`init`) and in a notebook (`task`) alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any


def wish(
    task: str,
    *,
    model: Annotated[
        str | None,
        "A causal LM with a chat template: tiny, a name of `ftassist models`, a folder, a GGUF "
        "file or a hub id; else tiny, or the recipe's.",
    ] = None,
    backend: Annotated[
        str | None,
        "Who thinks: else anthropic where ANTHROPIC_API_KEY is set, playbook without.",
    ] = None,
    policy: Annotated[
        str | None,
        "Which trial grows next: aide, asha, cmaes, ftassist, ftassist-parts, greedy, "
        "random, sequential, tpe or uct; else greedy.",
    ] = None,
    variants: Annotated[
        int | None, "Proposals asked for at once, at most: 1 to 5; else 1."
    ] = None,
    stopping: Annotated[
        str | None,
        "Where nothing that is left to gain would be seen (policy ftassist): stop, wait (for you) "
        "or never; else stop.",
    ] = None,
    executor: Annotated[
        str | None, "Where trials run: local (this machine) or ray (a cluster); else local."
    ] = None,
    address: Annotated[str | None, "Where the Ray cluster is: auto, local or host:port."] = None,
    review: Annotated[
        str | None, 'always, never, "timeout SECONDS" or "cost DOLLARS"; else always.'
    ] = None,
    trials: Annotated[int | None, "Trials at most."] = None,
    rows: Annotated[int | None, "Training rows a trial at most."] = None,
    seconds: Annotated[float | None, "Seconds of all trials at most."] = None,
    seed: Annotated[int | None, "Seed of sampling and training; else 0."] = None,
    usd: Annotated[float | None, "US dollars for the agent's calls at most."] = None,
    device_hours: Annotated[
        float | None, "Hours of all trials at most, times the devices of each."
    ] = None,
    agent_model: Annotated[str | None, "The agent's model, for all roles."] = None,
    base_url: Annotated[str | None, "The server of the agent's model."] = None,
    thinking: Annotated[str | None, "off, adaptive or tokens."] = None,
    dialect: Annotated[
        str | None, "What the server speaks: messages, or chat (chat completions)."
    ] = None,
    agent_price: Annotated[
        str | None,
        "What a model costs that is in no table: 0, or dollars a million tokens in and out "
        "(0.5/1.5).",
    ] = None,
    agent_timeout: Annotated[
        float | None, "Seconds without a sign of life after which a call is given up."
    ] = None,
    outage: Annotated[float | None, "Seconds to wait for a model service that is down."] = None,
    looks: Annotated[
        int | None,
        "How often the agent may look at data and trials before a proposal; 0: never.",
    ] = None,
    look_tokens: Annotated[int | None, "Tokens that its looks may take."] = None,
    look_outside: Annotated[
        bool,
        "Let its looks ask for papers (arXiv) and data sets (the Hub), in words that it writes.",
    ] = False,
    teacher: Annotated[
        Path | None, "Folder of a stronger model that trainings may learn from."
    ] = None,
    recording: Annotated[Path | None, "The campaign that `--backend replay` plays."] = None,
    data: Annotated[Path | None, "Folder of a published task's evaluation data."] = None,
    allow_unisolated: Annotated[
        bool, "Let cells that a model writes run without isolation, in this campaign."
    ] = False,
    validation_items: Annotated[
        int | None, "Score trials on so many items, drawn by seed."
    ] = None,
    test_items: Annotated[int | None, "The sealed test on so many items."] = None,
    panel: Annotated[
        bool | None,
        "Score base and finalist on general questions, too; the default, but for tiny.",
    ] = None,
    dry_run: Annotated[
        bool | None,
        "Try cells on 50 rows before they cost a trial; the default where a language model writes "
        "them.",
    ] = None,
    track: Annotated[
        Sequence[str],
        "Mirror trials in a tracker, too: mlflow or trackio. May be given twice.",
    ] = (),
    folder: Annotated[Path | None, "Where; else ./campaigns/<task>-<number>."] = None,
) -> dict[str, Any]:
    """The fields of a `CampaignWish`; what is not said is left to the card or to us."""
    named = {
        "model": model,
        "backend": backend,
        "policy": policy,
        "variants": variants,
        "stopping": stopping,
        "executor": executor,
        "address": address,
        "review": review,
        "seed": seed,
        "teacher": teacher and str(teacher),
    }
    return {
        "task": task,
        "budget": {
            "trials": trials,
            "rows": rows,
            "seconds": seconds,
            "usd": usd,
            "device_hours": device_hours,
        },
        "items": {"validation": validation_items, "test": test_items},
        "agent": {
            "model": agent_model,
            "base_url": base_url,
            "thinking": thinking,
            "dialect": dialect,
            "price": agent_price,
            "timeout": agent_timeout,
            "outage": outage,
            "looks": looks,
            "look_tokens": look_tokens,
            "look_outside": look_outside or None,
            "recording": recording,
        },
        "data": data,
        "folder": folder,
        "allow_unisolated": allow_unisolated,
        "panel": panel,
        "dry_run": dry_run,
        "track": tuple(track),
        **{name: value for name, value in named.items() if value is not None},
    }
