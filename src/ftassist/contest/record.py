"""The results of a contest as a document: one row a bout, read from its campaign's journal.

Nothing is remembered beside the journals, so the document can be made again by anybody who has
the folder: that is what `verifying` does. Its schema is `results.schema.json`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ftassist import __version__
from ftassist.agent.backends.anthropic.settings import ROLES
from ftassist.campaign.campaign import Campaign
from ftassist.contest import bouts
from ftassist.contest.agents import agent_of, models_of
from ftassist.contest.plan import Bout, Contest, kept
from ftassist.errors import DataError
from ftassist.files import hash_file, hash_text, read_json, write_json
from ftassist.journal.state import BASE, State, Trial

SCHEMA = "ftassist/dojo-results/1"
FILE = "results.json"
SCHEMA_FILE = Path(__file__).parent / "results.schema.json"


def results(folder: Path, contest: Contest | None = None) -> dict[str, Any]:
    """The results of a contest's folder as they are now, finished or not.

    Raises:
        FtassistError: There is no contest.
    """
    contest = contest or kept(folder)
    document = {
        "schema": SCHEMA,
        "ftassist": __version__,
        "contest": contest.to_dict(),
        "bouts": [row(bout, folder) for bout in contest.bouts],
    }
    as_json: dict[str, Any] = json.loads(json.dumps(document))
    return as_json


def write(contest: Contest, folder: Path) -> None:
    """Writes the results as they are now.

    Raises:
        DataError: They do not fit their own schema, which is an error of this program.
    """
    document = results(folder, contest)
    check(document, FILE)
    write_json(folder / FILE, document)


def check(document: Any, where: str) -> None:
    """Holds a document to the schema of results.

    Raises:
        DataError: It does not fit; names the place.
    """
    import jsonschema

    found = jsonschema.Draft202012Validator(read_json(SCHEMA_FILE)).iter_errors(document)
    if worst := min(found, key=lambda error: list(map(str, error.path)), default=None):
        place = "/".join(map(str, worst.path)) or "the document"
        raise DataError(
            f"these are no results of a contest: {place}: {worst.message[:300]}",
            where=where,
            fix="make them again with `ftassist dojo table FOLDER`",
        )


def row(bout: Bout, folder: Path) -> dict[str, Any]:
    """The row of a bout: who, on what, and what came of it as far as it was played."""
    entry = bout.entry
    campaign = bouts.opened(bout, folder)
    found: dict[str, Any] = {
        "agent": entry.agent,
        "label": entry.label,
        "factor": entry.factor,
        "task": bout.task,
        "seed": bout.seed,
        "model": entry.model,
        "rows": entry.rows,
        "policy": entry.policy,
        "agent_models": _models(campaign, bout),
        "campaign": bout.place,
        "status": "not begun",
    }
    if campaign is None:
        return found
    state = campaign.refresh()
    found |= {"status": "unfinished", "reason": state.reason, **_spent(state)}
    if bouts.finished(campaign):
        found |= {"status": "finished", **_tested(campaign, state)}
    elif why := bouts.invalid(campaign):
        found |= {"status": "invalid", "reason": why}
    return found


def checksum(campaign: Campaign) -> str:
    """A digest of all that a campaign's result rests on: its journal and its item scores."""
    campaign.refresh()
    events, digest = campaign.journal.head
    files = sorted((campaign.folder / "scores").glob("*.json"))
    parts = [part for file in files for part in (file.name, hash_file(file))]
    return hash_text(str(events), digest, *parts)


def _models(campaign: Campaign | None, bout: Bout) -> dict[str, str]:
    """The language models asked, as the campaign recorded them."""
    agent = agent_of(bout.entry.agent)
    if campaign is None or not agent.kind.thinks:
        return models_of(agent, bout.entry.agent_model)
    recorded = campaign.state.settings.agent
    return {role: str(recorded.get(role, "")) for role in ROLES}


def _spent(state: State) -> dict[str, Any]:
    """What a campaign has cost, and what became of its trials."""
    trials = [t for t in state.trials.values() if t.role == "trial"]
    return {
        "seconds": round(state.seconds_used, 3),
        "usd": round(state.calls.cost, 6),
        "calls": state.calls.count,
        "trials": state.trials_used,
        "scored": sum(t.status == "scored" for t in trials),
        "failed": sum(t.status in ("failed", "stopped") for t in trials),
        "invalid": sum(t.status == "invalid" for t in trials),
        "cheats": sum(_cheated(t) for t in trials),
        "repairs": sum(t.proposal.rule == "repair" for t in trials),
    }


def _cheated(trial: Trial) -> bool:
    """Whether a trial was caught at something forbidden, such as reaching for evaluation data."""
    return any(refusal.cheats for refusal in trial.refusals)


def _tested(campaign: Campaign, state: State) -> dict[str, Any]:
    """What the sealed test said of the model that was handed in."""
    trial = state.openings[0].trial
    tested = state.tests[trial].scores
    shown = state.trials[trial].feedback
    metric = asdict(campaign.card.metric)
    return {
        "trial": trial,
        "fell_back": trial == BASE,
        "metric": metric,
        "reduction": campaign.card.reduction,
        "test": tested[trial].headline.to_dict(),
        "base_test": tested[BASE].headline.to_dict(),
        "validation": shown.headline.to_dict(),
        "model_digest": tested[trial].model_digest,
        "evaluator_digest": tested[trial].evaluator_digest,
        "openings": len(state.openings),
        "checksum": checksum(campaign),
    }
