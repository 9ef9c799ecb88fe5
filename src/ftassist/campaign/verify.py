"""Notices damage: compares every file of a campaign that has a recorded hash with that hash.

Reads only. The journal is checked by its own chain; item scores and the files of finished trials
by the hashes that their events carry; the stage cache by its manifests; the task's evaluation
data and code by the digest in the feedback.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ftassist.campaign.campaign import Campaign
from ftassist.errors import DataError, FtassistError
from ftassist.files import hash_file, read_json
from ftassist.journal.state import Trial


@dataclass(frozen=True)
class Mismatch:
    """Something that is not as it was recorded.

    Attributes:
        path: The file, relative to the campaign's folder.
        what: What is wrong with it.
    """

    path: str
    what: str


def verify(campaign: Campaign) -> tuple[list[Mismatch], int]:
    """Checks a campaign; returns what is damaged, and how many files were compared."""
    state = campaign.refresh()
    findings: list[Mismatch] = []
    if damage := campaign.journal.damage:
        findings.append(Mismatch("journal.db", f"event {damage.seq}: {damage.what}"))
    compared = 1
    for path, digest, gone in _recorded(campaign):
        file = campaign.folder / path
        compared += 1
        if not file.is_file():
            if not gone:
                findings.append(Mismatch(path, "is missing"))
        elif hash_file(file) != digest:
            findings.append(Mismatch(path, "is not as it was recorded: its bytes changed"))
    found, manifests = _cache(campaign)
    compared += manifests
    return [*findings, *found, *_evaluator(campaign, list(state.trials.values()))], compared


def _recorded(campaign: Campaign) -> Iterator[tuple[str, str, bool]]:
    """Files whose hash the journal holds: path, hash, and whether it may be gone."""
    for trial in campaign.state.trials.values():
        if digest := trial.feedback.scores_digest:
            yield f"scores/{trial.id}.validation.json", digest, False
        recorded = trial.outcome.files or trial.failure.files
        if trial.status in ("running", "accepted"):
            continue
        for name, digest in recorded.items():
            removed = trial.model_removed and name.startswith("model/")
            yield f"trials/{trial.id}/{name}", digest, removed
    for opened in campaign.state.tests.values():
        for name, feedback in opened.scores.items():
            if digest := feedback.scores_digest:
                yield f"scores/{name}.test.json", digest, False


def _cache(campaign: Campaign) -> tuple[list[Mismatch], int]:
    findings: list[Mismatch] = []
    compared = 0
    for path in sorted((campaign.folder / "cache").glob("*/manifest.json")):
        if path.parent.name.startswith(".") or ".damaged-" in path.parent.name:
            continue
        inside = path.relative_to(campaign.folder).as_posix()
        try:
            files = read_json(path)["files"].items()
        except (DataError, UnicodeDecodeError, KeyError, AttributeError) as error:
            findings.append(Mismatch(inside, f"cannot be read: {error}"))
            continue
        for name, digest in files:
            file = path.parent / "files" / name
            compared += 1
            if not file.is_file() or hash_file(file) != digest:
                place = file.relative_to(campaign.folder).as_posix()
                findings.append(Mismatch(place, "is not as it was recorded: its bytes changed"))
    return findings, compared


def _evaluator(campaign: Campaign, trials: list[Trial]) -> list[Mismatch]:
    """Whether the task's evaluation is still the one that the scores came from."""
    from ftassist.dojo.evaluator.scoring import evaluator_digest

    digests = {t.feedback.evaluator_digest for t in trials if t.score is not None}
    try:
        now = evaluator_digest(campaign.task)
    except (FtassistError, OSError) as error:
        why = error.what if isinstance(error, FtassistError) else str(error)
        return [Mismatch(f"task {campaign.card.key}", f"cannot be compared: {why}")]
    if len(digests) > 1 or (digests and digests != {now}):
        what = "evaluation code or data are not those that some scores came from"
        return [Mismatch(f"task {campaign.task.key}", what)]
    return []
