"""What must be true of a campaign after any number of kills, checked from outside.

Compares the journal with the files and with the evidence that cells left of their own runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from benchmarks.faults.stand_in import EVIDENCE

from ftassist.campaign import Campaign
from ftassist.files import hash_file, read_json
from ftassist.journal.events import Event, Kind
from ftassist.journal.state import Trial
from ftassist.recipes.metrics import read_metrics
from ftassist.recipes.numerics import compare, earlier, name_of, read_fingerprints
from ftassist.recipes.parting import losses_of, parting, responsible
from ftassist.records.numerics import Fingerprint

ENDS = ("scored", "failed", "invalid", "stopped", "vetoed")
_LAST = {
    "scored": Kind.TRIAL_COMPLETED,
    "failed": Kind.TRIAL_FAILED,
    "invalid": Kind.TRIAL_FAILED,
    "stopped": Kind.TRIAL_STOPPED,
}


@dataclass
class Account:
    """What was found.

    Attributes:
        trials: Trials that were accepted, the base included.
        scored: Those with a score.
        given_up: Those that ended as KILLED after three lost attempts, by rule.
        runs: How often a train cell ran to its end.
        broken: What must not be; one line each.
        alike: Trained trials that are as in an undisturbed run, to the last digit.
        partly: Trials given up whose losses are, as far as they got.
        explained: Those that are not, with what their fingerprints tell of it.
        trainings: How each training that came to its first step began.
        unlike: Attempts whose numbers before the first step were not those of the first one.
    """

    trials: int = 0
    scored: int = 0
    given_up: int = 0
    runs: int = 0
    broken: list[str] = field(default_factory=list)
    alike: int = 0
    partly: int = 0
    explained: list[str] = field(default_factory=list)
    trainings: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)


def check(folder: Path) -> Account:
    """Checks a campaign that has come to its end."""
    account = Account()
    campaign = Campaign.open(folder)
    state = campaign.refresh()
    events = campaign.journal.read()
    if campaign.journal.damage:
        account.broken.append(f"the journal is damaged: {campaign.journal.damage}")
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        account.broken.append("sequence numbers have a gap")
    for trial in state.trials.values():
        if trial.status == "proposed":
            continue
        account.trials += 1
        mine = [event for event in events if event.trial == trial.id]
        account.broken += [f"{trial.id}: {text}" for text in _of_trial(campaign, trial, mine)]
        account.scored += trial.status == "scored"
        account.given_up += trial.status == "failed" and len(trial.losses) >= 3
        account.runs += _evidence(campaign.trial_folder(trial.id)).count("end")
    account.broken += _files(folder)
    return account


def note_differences(account: Account, calm: Path, killed: Path, prefix: str = "") -> None:
    """Notes how the trials of a killed campaign differ from those of an undisturbed one.

    Both ran the same trials on the same seeds, so models and scores must be the same; of trials
    that were given up, the losses as far as they got. Repeats of another finalist are left out.
    A difference is explained where
    the fingerprints of both trainings tell what came otherwise, and why; else it is broken.
    """
    first, second = (Campaign.open(folder).refresh() for folder in (calm, killed))
    for trial in second.trials.values():
        trainings = read_fingerprints(killed / "trials" / trial.id)
        account.trainings += [_kind(one) for one in trainings]
        account.unlike += [prefix + text for text in _unlike(trial, trainings)]
        other = first.trials.get(trial.id)
        if trial.role == "base" or other is None or other.status != "scored":
            continue
        if (trial.cells, trial.seed) != (other.cells, other.seed):
            continue
        found, whole = _differing(calm, killed, trial, other)
        if not found:
            account.alike += whole
            account.partly += not whole and bool(_losses(killed, trial))
            continue
        explained, why = _explain(calm, killed, trial)
        text = f"{prefix}{trial.id}: {' and '.join(found)}; {why}"
        (account.explained if explained else account.broken).append(text)


def _differing(calm: Path, killed: Path, trial: Trial, other: Trial) -> tuple[list[str], bool]:
    """What of a trial is not as undisturbed, and whether all of it could be compared."""
    if trial.status != "scored":
        step = parting(_losses(calm, trial), _losses(killed, trial), finished=False)
        return (["a loss is not that of an undisturbed run"] if step is not None else []), False
    found = []
    if trial.feedback.score != other.feedback.score:
        found.append("its score is not that of an undisturbed run")
    if _weights(killed, trial) != _weights(calm, trial):
        found.append("its weights are not those of an undisturbed run")
    return found, True


def _kind(fingerprint: Fingerprint) -> str:
    begun = "resumed" if fingerprint.step else "begun"
    return f"{begun} in a {fingerprint.kernel or 'plain'} kernel"


def _unlike(trial: Trial, trainings: Sequence[Fingerprint]) -> list[str]:
    """Attempts that began with other numbers than the first one, whatever came of it."""
    found = []
    for number in range(1, len(trainings)):
        other = earlier(trainings[: number + 1])
        if other is not None and not (compared := compare(other, trainings[number])).same:
            found.append(f"{trial.id}: {compared.sentence(name_of(other))}")
    return found


def _explain(calm: Path, killed: Path, trial: Trial) -> tuple[bool, str]:
    """Whether the fingerprints explain a difference, and in which words."""
    was, now = (_losses(folder, trial) for folder in (calm, killed))
    step = parting(was, now, finished=trial.status == "scored")
    where = "all losses are the same"
    if step is not None:
        where = f"the losses part at step {step} ({was.get(step)} undisturbed, {now.get(step)})"
    before, after = (
        responsible(read_fingerprints(folder / "trials" / trial.id), step)
        for folder in (calm, killed)
    )
    if not before or not after:
        return False, f"{where}; NOT EXPLAINED: there is no fingerprint"
    found = compare(before, after)
    if found.causes and found.results:
        return True, f"{where}; explained: {found.cause()}"
    return False, f"{where}; NOT EXPLAINED: {found.sentence('the undisturbed run')}"


def _losses(campaign: Path, trial: Trial) -> dict[int, float | None]:
    return losses_of(read_metrics(campaign / "trials" / trial.id / "metrics.jsonl").rows)


def _weights(campaign: Path, trial: Trial) -> dict[str, str]:
    """The hash of each file of weights of a trial's model."""
    model = campaign / "trials" / trial.id / "model"
    files = [*model.glob("*.safetensors"), *model.glob("*.bin")]
    return {path.name: hash_file(path) for path in files}


def _of_trial(campaign: Campaign, trial: Trial, events: list[Event]) -> list[str]:
    broken = []
    if trial.status not in ENDS:
        return [f"is lost: it never ended ({trial.status})"]
    ends = [e for e in events if e.kind in (Kind.TRIAL_COMPLETED, Kind.TRIAL_FAILED)]
    if len(ends) > 1:
        broken.append(f"ended {len(ends)} times")
    if ends and trial.status in _LAST and ends[-1].kind != _LAST[trial.status]:
        broken.append(f"is {trial.status}, but its last event is {ends[-1].kind}")
    broken += _scores(campaign, trial)
    if trial.status in ("invalid", "stopped", "vetoed"):
        return [*broken, f"is {trial.status}, though nobody asked for it: {trial.failure}"]
    if trial.role == "base":
        return broken
    if trial.status == "failed" and len(trial.losses) < 3:
        broken.append(f"failed: {trial.failure.message}")
    return broken + _runs(campaign.trial_folder(trial.id), trial, events)


def _scores(campaign: Campaign, trial: Trial) -> list[str]:
    """A score must have its file, and be the one that the file holds."""
    path = campaign.folder / "scores" / f"{trial.id}.validation.json"
    if trial.status != "scored":
        return []
    if not path.is_file():
        return ["is scored without a scores file"]
    if hash_file(path) != trial.feedback.scores_digest:
        return ["its scores file is not the one that was recorded"]
    if read_json(path)["feedback"]["score"] != trial.feedback.score:
        return ["its score is not that of its scores file"]
    return []


def _runs(folder: Path, trial: Trial, events: list[Event]) -> list[str]:
    """No cell ran twice at once, and none again once its stage was known to be finished."""
    broken = []
    lines = _evidence(folder)
    if "twice" in lines:
        broken.append("its train cell ran twice at once")
    fresh = [
        event
        for event in events
        if event.kind == Kind.STAGE_FINISHED
        and event.payload["stage"] == "train"
        and not event.payload.get("cached_from")
    ]
    if len(fresh) > 1:
        broken.append(f"its train stage was run to its end {len(fresh)} times")
    begins = _begins(folder)
    if fresh and any(begin > fresh[0].time for begin in begins):
        broken.append("its train cell was started again after it had finished")
    if (
        trial.status == "scored"
        and "end" not in lines
        and not trial.stages["train"]["cached_from"]
    ):
        broken.append("is scored, but its train cell never ended")
    if trial.status == "scored":
        notebook = nbformat.read(folder / "trial.ipynb", as_version=4)
        statuses = [c.metadata.papermill.status for c in notebook.cells if c.cell_type == "code"]
        if set(statuses) - {"completed", "skipped"}:
            broken.append(f"is scored, but its notebook says {statuses}")
    return broken


def _evidence(folder: Path) -> list[str]:
    path = folder / EVIDENCE
    lines = path.read_text().splitlines() if path.is_file() else []
    return [line.split()[0] for line in lines]


def _begins(folder: Path) -> list[float]:
    path = folder / EVIDENCE
    lines = path.read_text().splitlines() if path.is_file() else []
    return [float(line.split()[1]) for line in lines if line.startswith("begin")]


def _files(folder: Path) -> list[str]:
    """Every document under its final name must be whole."""
    broken = []
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or path.suffix not in (".json", ".ipynb", ".jsonl") or not path.is_file():
            continue
        try:
            lines = path.read_text().splitlines() if path.suffix == ".jsonl" else None
            for text in lines if lines is not None else [path.read_text()]:
                json.loads(text)
        except ValueError as error:
            broken.append(f"{inside} is half-written: {error}")
    return broken
