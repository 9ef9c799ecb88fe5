"""Somebody else's contest, gone over again: from journals and files, believing no summary.

Each campaign is verified as such (`campaign.verify`); its row is made again and compared; what
the contest asks is held against what the campaign did. This finds damage, slips and edits. It
cannot find a campaign that was made up whole, journal and all, by somebody who can compute
digests too: only running it again can, and `rescore` does so for the last step.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ftassist.campaign import queries
from ftassist.campaign.campaign import Campaign
from ftassist.campaign.queries import item_scores
from ftassist.campaign.verify import verify
from ftassist.campaign.workers import register
from ftassist.contest import bouts, record
from ftassist.contest.agents import TREE, agent_of, policy_of, strays
from ftassist.contest.plan import Bout, Contest, kept
from ftassist.errors import DataError, FtassistError
from ftassist.files import read_json
from ftassist.journal.state import BASE, State, Trial
from ftassist.models.naming import model_reference

_SAME = 1e-6


@dataclass(frozen=True)
class Irregularity:
    """Something in a contest that is not as it should be.

    Attributes:
        bout: Which bout, in words; "" for the contest as a whole.
        what: What is wrong.
    """

    bout: str
    what: str

    def __str__(self) -> str:
        """It in a line."""
        return f"{self.bout}: {self.what}" if self.bout else self.what


@dataclass(frozen=True)
class Verified:
    """What a verification found.

    Attributes:
        findings: What is wrong; empty where nothing is.
        finished: Finished bouts that were gone over.
        bouts: Bouts of the contest.
        compared: Files whose digests were compared.
        rescored: Models that were scored again.
    """

    findings: tuple[Irregularity, ...]
    finished: int
    bouts: int
    compared: int
    rescored: int = 0


def verify_contest(
    folder: Path,
    *,
    rescore: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> Verified:
    """Goes over a contest's folder.

    Args:
        rescore: Score the models that were handed in again, on the sealed test.
        told: Called with a line for each bout.

    Raises:
        FtassistError: There is no contest, or no results.
    """
    contest = kept(folder)
    stated = _stated(folder, contest)
    findings: list[Irregularity] = []
    finished = compared = rescored = 0
    evaluators: dict[str, str] = {}
    for bout in contest.bouts:
        told(bout.name)
        row = stated.get(bout.place)
        if row is None:
            findings.append(Irregularity(bout.name, f"{record.FILE} has no row of it"))
            continue
        try:
            found, files = _bout(bout, contest, folder, row)
            again = _rescored(bout, folder) if rescore and row["status"] == "finished" else None
        except (FtassistError, OSError) as error:
            what = error.what if isinstance(error, FtassistError) else str(error)
            findings.append(Irregularity(bout.name, f"cannot be gone over: {what}"))
            continue
        findings += [Irregularity(bout.name, what) for what in (*found, *(again or ()))]
        findings += _one_evaluator(bout, row, evaluators)
        compared += files
        finished += row["status"] == "finished"
        rescored += again is not None
    return Verified(tuple(findings), finished, len(contest.bouts), compared, rescored)


def _stated(folder: Path, contest: Contest) -> dict[str, Mapping[str, Any]]:
    """The rows that somebody states, by campaign.

    Raises:
        FtassistError: There are none.
        DataError: They fit no schema, or are of another contest.
    """
    path = folder / record.FILE
    if not path.is_file():
        raise FtassistError(
            "there are no results here",
            where=str(path),
            fix="give the folder as `ftassist dojo run` left it",
        )
    document = read_json(path)
    record.check(document, str(path))
    if Contest.of(document["contest"], str(path)) != contest:
        raise DataError(
            "the results are of another contest than contest.json asks for",
            where=str(path),
            fix="give the folder as `ftassist dojo run` left it",
        )
    return {row["campaign"]: row for row in document["bouts"]}


def _bout(
    bout: Bout, contest: Contest, folder: Path, row: Mapping[str, Any]
) -> tuple[list[str], int]:
    """What is wrong with a bout, and how many files were compared."""
    campaign = bouts.opened(bout, folder)
    if campaign is None:
        begun = row["status"] != "not begun"
        return (["its campaign is missing"] if begun else []), 0
    damaged, compared = verify(campaign)
    findings = [f"{found.path} {found.what}" for found in damaged]
    made_again = record.row(bout, folder)
    findings += [
        f"{key} is stated as {row.get(key)!r} and is {made_again.get(key)!r}"
        for key in sorted({*row, *made_again})
        if _as_json(row.get(key)) != _as_json(made_again.get(key))
    ]
    state = campaign.refresh()
    findings += [*_as_asked(bout, contest, state), *_within(state), *_by_nobody_else(state)]
    if bouts.finished(campaign):
        findings += _test(campaign, state)
    return findings, compared


def _as_asked(bout: Bout, contest: Contest, state: State) -> Iterator[str]:
    """Where a campaign is not the one that the contest asks for."""
    agent = agent_of(bout.entry.agent)
    budget = replace(contest.budget, rows=bout.entry.rows)
    asked = {
        "backend": agent.kind.backend,
        "policy": agent.kind.policy or policy_of(bout.entry.policy or TREE),
        "model": model_reference(bout.entry.model),
        "seed": bout.seed,
    }
    for key, wanted in asked.items():
        if (is_now := getattr(state.settings, key)) != wanted:
            yield f"its {key} is {is_now!r} where the contest asks for {wanted!r}"
    recorded = state.settings.agent
    yield from strays(agent, bout.entry.agent_model, contest.server, recorded)
    if state.budget != budget:
        yield f"its budget is {state.budget} where the contest asks for {budget}"


def _within(state: State) -> Iterator[str]:
    """Where a campaign spent more than its budget."""
    limits = state.budget
    if state.trials_used > limits.trials:
        yield f"{state.trials_used} trials were run where {limits.trials} were allowed"
    if (cost := state.calls.cost) > limits.usd:
        yield f"calls cost ${cost:.2f} where ${limits.usd:.2f} were allowed"
    for trial in state.trials.values():
        rows = trial.outcome.rows
        if isinstance(rows, int) and rows > limits.rows:
            yield f"{trial.id} trained on {rows} rows where {limits.rows} were allowed"
    ran = [t for t in state.trials.values() if t.role == "trial" and t.started is not None]
    used = 0.0
    for trial in sorted(ran, key=_started):
        if used >= limits.seconds:
            yield f"{trial.id} was begun after {used:.0f} s, with no seconds left"
        used += trial.seconds


def _started(trial: Trial) -> float:
    return trial.started or 0.0


def _by_nobody_else(state: State) -> Iterator[str]:
    """Where a person had a hand in what an agent is scored for."""
    for trial in state.trials.values():
        if trial.edited:
            yield f"{trial.id} was edited by {', '.join(sorted(set(trial.edited.values())))}"
        for decision in trial.decisions:
            if decision.of_person:
                yield f"{trial.id} was decided on by {decision.actor}"


def _test(campaign: Campaign, state: State) -> Iterator[str]:
    """Where the sealed test was not opened once, for the right trial, with the stated score."""
    if len(state.openings) != 1:
        yield f"the sealed test was opened {len(state.openings)} times"
    trial = state.openings[0].trial
    if trial != (wanted := bouts.handed_in(campaign)):
        yield f"the sealed test was opened for {trial} where {wanted} is what was chosen"
    for name in dict.fromkeys((BASE, trial)):
        stated = state.tests[trial].scores[name].score
        counted = _from_items(campaign, name)
        if counted is not None and not math.isclose(stated, counted, abs_tol=_SAME):
            yield f"{name} is stated to score {stated:.4f}; its items give {counted:.4f}"


def _from_items(campaign: Campaign, trial: str) -> float | None:
    """The headline, from item scores; None where it is no mean of them."""
    if campaign.card.reduction == "scorer" and not queries.pooled(campaign.card):
        return None
    items = queries.scores(campaign, trial, "test")
    views = queries.views(campaign, "test")
    groups: dict[str, list[float]] = {}
    for item, score in items.items():
        groups.setdefault(views[item] if views else "all", []).append(score)
    return math.fsum(sum(group) / len(group) for group in groups.values()) / len(groups)


def _one_evaluator(
    bout: Bout, row: Mapping[str, Any], evaluators: dict[str, str]
) -> Iterator[Irregularity]:
    """Where two bouts of a task were scored by different code or data."""
    if row["status"] != "finished":
        return
    digest = str(row["evaluator_digest"])
    if evaluators.setdefault(bout.task, digest) != digest:
        yield Irregularity(
            bout.name, "it was scored by another evaluator than the task's first bout"
        )


def _rescored(bout: Bout, folder: Path) -> list[str]:
    """Where the model that was handed in answers otherwise when it is asked again.

    Raises:
        FtassistError: The model was not kept, or cannot be scored.
    """
    from ftassist.dojo.evaluator.process import EvaluatorProcess

    campaign = bouts.opened(bout, folder)
    if campaign is None:
        return ["its campaign is missing"]
    trial = campaign.refresh().openings[0].trial
    if trial != BASE:
        campaign.model_folder(trial)
    with tempfile.TemporaryDirectory(prefix="ftassist-rescore-") as place:
        scores = Path(place)
        with EvaluatorProcess(log=scores / "evaluator.log") as evaluator:
            register(campaign, trial, evaluator, scores)
            evaluator.evaluate(trial, "test", model=None if trial == BASE else "model")
        again = item_scores(read_json(scores / f"{trial}.test.json"))
    before = item_scores(read_json(campaign.folder / "scores" / f"{trial}.test.json"))
    odd = [item for item in {*before, *again} if before.get(item) != again.get(item)]
    if not odd:
        return []
    return [f"{trial}, scored again, differs on {len(odd)} of {len(before)} items"]


def _as_json(value: Any) -> Any:
    """A value as it comes back from JSON: numbers that are equal are the same."""
    if isinstance(value, Mapping):
        return {str(key): _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
