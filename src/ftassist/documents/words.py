"""The words of the interface: marks, numbers with units, and sentences about trials.

Plain text only, the same for the command line, notebooks and reports; colour and layout are
the business of whoever shows it. Computes no statistics: a verdict is told, never made here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from ftassist.agent import edited, reasons
from ftassist.journal.state import State, Trial
from ftassist.numerals import measured as measured
from ftassist.numerals import number as number
from ftassist.numerals import plain as plain
from ftassist.numerals import signed as signed
from ftassist.numerals import with_minus as with_minus
from ftassist.records.asked import Outage
from ftassist.records.panel import PanelScore
from ftassist.records.proposal import DryRun, Estimate, Evidence
from ftassist.records.understanding import Understanding
from ftassist.records.verdict import TrialVerdict

MARKS = {
    "base": "◆",
    "scored": "●",
    "better": "●",
    "worse": "●",
    "tied": "○",
    "proposal": "◌",
    "queued": "▷",
    "running": "▷",
    "resting": "◐",
    "failed": "✕",
    "stopped": "■",
    "invalid": "⚠",
    "vetoed": "⊘",
    "set aside": "⊘",
}
BEST = "★"
NOTHING_PREDICTED = "no prediction"
_NO_CLAIM = 1e6
"""An interval so wide says nothing: whoever submitted the trial predicted nothing."""
_STATUS_WORDS = {"proposed": "proposal", "accepted": "queued", "set_aside": "set aside"}
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
STAND_IN = "tiny"
"""The model that ships with the package: small enough to teach and test with, no more."""


def task_name(task: object) -> str:
    """A task's name: its key, or the name of its folder."""
    text = str(task)
    return Path(text).name if Path(text).is_absolute() else text


def node(trial: Trial) -> str:
    """The cluster's node a trial runs or ran on, with its device; "" on the runner's machine."""
    if not trial.node:
        return ""
    devices = ", ".join(clean(device) for device in trial.node.devices)
    return clean(trial.node.host or "?") + (f" device {devices}" if devices else "")


def answered(trial: Trial) -> str:
    """Where a trial on a cluster was scored; "" without a score, and on the runner's machine."""
    if not trial.node or trial.score is None:
        return ""
    if not trial.answered:
        return "answered and scored on the head"
    return f"answered on {clean(trial.answered.host or '?')}, scored on the head"


def place(trial: Trial) -> str:
    """The device a trial runs or ran on, with its node; "" for the CPU of the runner's machine."""
    if trial.node or not trial.gpu:
        return node(trial)
    return clean(trial.gpu.name) + ("" if trial.gpu.count else f" {trial.gpu.index}")


def clean(text: object) -> str:
    r"""Text from data or models with control and direction characters made visible.

    >>> clean("ok\x1b[2J")
    'ok\\x1b[2J'
    """
    return _HIDDEN.sub(lambda m: m.group().encode("unicode_escape").decode(), str(text))


def one_line(text: object, limit: int = 160) -> str:
    """Cleaned text on one line, cut with an ellipsis."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def thinks(state: State) -> str:
    """What a person should know of an agent they did not name; "" of one that asks nobody."""
    if state.settings.backend != "anthropic":
        return ""
    return (
        "the agent is a language model, since ANTHROPIC_API_KEY is set: its calls cost "
        f"${state.budget.usd:.2f} at most; --backend playbook asks nobody"
    )


def word(trial: Trial) -> str:
    """The word for where a trial stands: its verdict once it is scored, else its status."""
    if trial.role == "base" and trial.status == "scored":
        return "base"
    if trial.status == "scored":
        return trial.verdict.kind or "scored"
    return _STATUS_WORDS.get(trial.status, trial.status)


def mark(trial: Trial) -> str:
    """The shape for where a trial stands."""
    return MARKS["base"] if trial.role == "base" else MARKS.get(word(trial), MARKS["scored"])


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """The text "[0.72, 0.83]"; "" where no interval is known."""
    if low is None or high is None:
        return ""
    return f"[{number(low, digits)}, {number(high, digits)}]"


def score(trial: Trial) -> str:
    """The score with its 95 % interval, or "-"."""
    if trial.score is None:
        return "-"
    return f"{number(trial.score)} {interval(trial.feedback.low, trial.feedback.high)}".strip()


def percent(share: float | None) -> str:
    """A share as a percentage."""
    return "-" if share is None else f"{100 * share:.0f} %"


def duration(seconds: float | None) -> str:
    """Seconds as people say them: "8 s", "4 min", "2 h 05 min"."""
    if seconds is None:
        return "-"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"


def memory(megabytes: float | None) -> str:
    """Megabytes as "850 MB" or "1.1 GB"."""
    if megabytes is None:
        return "-"
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1024:.1f} GB"


def money(dollars: float | None) -> str:
    """A cost in dollars; "no cost" for nothing."""
    if dollars is None:
        return "cost unknown"
    return f"{dollars:.2f} $" if dollars else "no cost"


def listed(parts: Sequence[str]) -> str:
    """Parts in a row: "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def hours(number: float) -> str:
    """Hours of devices: "1 device-hour", "0.25 device-hours"."""
    return f"{number:.3g} device-hour{'' if number == 1 else 's'}"


def tokens(number: float) -> str:
    """Tokens that are trained on: "850 tokens", "1.2 M tokens"."""
    for size, mark in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {mark} tokens"
    return f"{number:.0f} tokens"


def who(actor: str) -> str:
    """The actor as a person reads it: "ada (person)", "playbook (agent)", "runner"."""
    kind, _, name = clean(actor).partition(":")
    return f"{name} ({kind})" if name else kind


def credit(word: str, backend: str, author: str) -> str:
    """Who proposed a trial and who edited it, so that nobody takes them for who decided.

    Args:
        word: The word for where it stands.
        backend: Who proposed it.
        author: Whose hypothesis it is now, as an actor.

    >>> credit("proposal", "playbook", "agent:playbook")
    'proposal by playbook'
    >>> credit("vetoed", "playbook", "person:ada")
    'vetoed · proposed by playbook · edited by ada (person)'
    """
    made = word if word == "proposal" else " · ".join(filter(None, (word, "proposed")))
    edited = f" · edited by {who(author)}" if author.startswith("person:") else ""
    return f"{made} by {clean(backend or '?')}{edited}"


def trail(looked: Sequence[str]) -> str:
    """What an agent looked at, in one line: "looked at 20 rows of a; counted answers of b"."""
    return "; ".join(one_line(each, 120) for each in looked)


def outage(found: Outage) -> str:
    """A service that is waited for: since when, how often it was asked, until when."""
    since, again, until = (_clock(found[name]) for name in ("since", "again", "until"))
    times = "once" if found["tries"] == 1 else f"{found['tries']} times"
    return (
        f"waiting for the service: down since {since} (asked {times} in vain); it is asked "
        f"again at {again}, and until {until} the campaign waits by itself"
    )


def _clock(seconds: float) -> str:
    """A time of this machine's day, "19:02"."""
    return time.strftime("%H:%M", time.localtime(seconds))


def dry_run(tried: DryRun) -> str:
    """How a proposal's dry run went, in a sentence.

    >>> dry_run(DryRun(6.2, settled=True))
    'dry run passed in 6.2 s'
    """
    if tried.settled:
        said = f"dry run passed in {duration(tried.seconds)}"
    else:
        said = f"the dry run settled nothing: {one_line(tried.why, 200)}"
    mended = [one_line(each, 160) for each in tried.mended]
    return f"{said}; mended before: {'; '.join(mended)}" if mended else said


def origin(trial: Trial) -> str:
    """Who proposed a trial, who decided on it and what came of it, in one line.

    "proposal by playbook" while it waits; afterwards such as "proposed by playbook · accepted by
    ada (person) · better than t0001 by +0.12".
    """
    backend = trial.proposal.backend
    if trial.status == "proposed":
        return credit("proposal", backend, author(trial))
    parts = [credit("", backend, author(trial))]
    if trial.decision.kind == "accept":
        parts.append(f"accepted by {who(trial.decision.actor or '?')}")
    return " · ".join([*parts, outcome(trial)])


def author(trial: Trial) -> str:
    """Whose hypothesis a trial is, as an actor: the agent's, or that of who edited it."""
    return edited.author(trial)


def understood(read: Understanding | None) -> str:
    """How a veto's reason was understood, in one line: "avoid: more rows · try: DPO"."""
    return clean(reasons.spoken(read)) if read else ""


def withdrawn(trial: Trial) -> bool:
    """Whether an edit withdrew the agent's prediction and nobody put one in its place."""
    return bool(trial.proposal.proposed) and trial.proposal.hypothesis.predicted is None


def evidence(item: Evidence) -> str:
    """A cited number as people read it: "training rows: 800", "score: 0.36"."""
    claim = one_line(item.claim, 200)
    return claim if item.value is None else f"{claim}: {measured(item.value)}"


def estimate(told: Estimate) -> str:
    """What a trial is expected to cost: "about 25 s · 1.1 GB · no cost"."""
    parts = []
    if told.seconds is not None:
        parts.append(f"about {duration(told.seconds)}")
    if told.memory_mb is not None:
        parts.append(memory(told.memory_mb))
    if told.tokens:
        parts.append(tokens(told.tokens))
    if told.cost_usd is not None:
        parts.append(money(told.cost_usd))
    return " · ".join(parts) or "not known yet"


def predicted(low: float | None, high: float | None) -> str:
    """A predicted change: "+0.15 to +0.35"."""
    if low is None or high is None or high - low > _NO_CLAIM:
        return NOTHING_PREDICTED
    return f"{signed(low)} to {signed(high)}"


def changes(trial: Trial) -> str:
    """What a trial changes: "data", "training", "data and training"."""
    kinds = trial.proposal.hypothesis.changes
    return " and ".join(kinds) or "nothing"


def verdict_sentence(verdict: TrialVerdict) -> str:
    """A verdict in one sentence; a tie is never dressed up as a win."""
    kind = verdict.kind
    if not kind:
        return "not compared yet"
    against = clean(verdict.against or "its parent")
    if kind == "invalid":
        why = one_line(verdict.method or "not comparable", 300)
        return f"invalid against {against}: {why}"
    details = _details(verdict)
    difference = signed(verdict.difference)
    if kind == "tied":
        return f"not distinguishable from {against}: difference {difference}{details}"
    return f"{kind} than {against} by {difference}{details}"


def baseline_sentence(verdict: TrialVerdict) -> str:
    """A trial against a classical baseline, in words that can follow a verdict; "" without one."""
    if not verdict:
        return ""
    name, difference = f"a {clean(verdict.name)}", signed(verdict.difference)
    if verdict.kind == "better":
        return f"better than {name} by {difference}{_details(verdict)}"
    worse = "worse than" if verdict.kind == "worse" else "not better than"
    return f"{worse} {name}: difference {difference}{_details(verdict)}"


def general_sentence(trial: Trial) -> str:
    """What a trial kept of what the base could do, for after a verdict; "" where nobody looked."""
    if why := trial.general.failed:
        return f"what it keeps in general is not known: {one_line(why, 200)}"
    found = trial.general.against
    if found is None:
        return ""
    margin, ends = round(100 * found.margin), interval(found.low, found.high)
    details = f"{signed(found.difference)} {ends} on {_asked(trial.general)} general questions"
    view, moved = min(found.views.items(), key=lambda entry: entry[1], default=("", 0.0))
    where = f", most in {clean(view)}" if moved < 0 else ""
    if found.kind == "kept":
        return f"keeps what the base could do ({details}; {margin} points lost would not matter)"
    if found.kind == "lost":
        return f"worse in general ({details}{where})"
    return f"whether it keeps what the base could do is not shown ({details}{where})"


def _asked(general: PanelScore) -> str:
    """How many questions a comparison rests on, and of how many where that is not all."""
    shared = general.against.n if general.against else None
    used = general.n if shared is None else shared
    return str(used) if general.size in (None, used) else f"{used} of {general.size}"


def failure_sentence(trial: Trial) -> str:
    """Why a trial failed, was invalid or stopped: class, stage and message."""
    failure = trial.failure
    if trial.status == "stopped":
        return stop_sentence(trial).removeprefix("stopped").lstrip(": ")
    kind = "" if trial.status == "invalid" else clean(failure.class_ or "failed")
    stage = f"in {clean(failure.stage)}" if failure.stage else ""
    where = " ".join(part for part in (kind, stage) if part)
    message = one_line(failure.message, 300)
    return f"{where}: {message}" if where else message


def stop_sentence(trial: Trial) -> str:
    """Who stopped a trial, where and why, as far as known.

    Such as "stopped by ada (person) in train: too slow".
    """
    failure = trial.failure
    by = f" by {who(failure.actor)}" if failure.actor else ""
    stage = f" in {clean(failure.stage)}" if failure.stage else ""
    reason = one_line(failure.message, 300)
    said = "" if reason in ("", "asked for", "stopped") else f": {reason}"
    return f"stopped{by}{stage}{said}"


def outcome(trial: Trial) -> str:
    """What came of a trial, in one line."""
    if trial.status == "set_aside":
        return f"set aside: {one_line(trial.decision.reason)}"
    if trial.status == "vetoed":
        reason = one_line(trial.decision.reason)
        by = who(trial.decision.actor)
        return f"vetoed by {by}: “{reason}”" if reason else f"vetoed by {by}"
    if trial.status == "stopped":
        return stop_sentence(trial)
    if trial.status in ("failed", "invalid"):
        join = " " if trial.status == "invalid" else ": "
        return f"{word(trial)}{join}{failure_sentence(trial)}"
    if trial.status == "proposed":
        return "proposal, waiting for a decision"
    if trial.status == "accepted":
        return _waiting(trial)
    if trial.status == "running":
        return f"running: {trial.stage or 'starting'}{_part(trial)}{again(trial)}"
    if trial.status == "resting":
        return rests(trial)
    if trial.role == "base":
        return "the untouched base model"
    parts = [
        verdict_sentence(trial.verdict),
        baseline_sentence(trial.against_baseline),
        general_sentence(trial),
    ]
    return "; ".join(filter(None, parts))


def cached(trial: Trial) -> list[str]:
    """Its stages that came from another trial's; what it did itself before is no news."""
    done = trial.stages.items()
    return [name for name, stage in done if stage.cached_from not in (None, "", trial.id)]


def rung(trial: Trial) -> str:
    """How far a trial was run or is run, where that is not to its end: "rests at 25 %"."""
    if trial.status == "resting" and trial.partial:
        return f"rests at {percent(trial.partial[-1].rung)}"
    if trial.status == "running" and trial.goal < 1.0:
        return f"to {percent(trial.goal)}"
    return ""


def rests(trial: Trial) -> str:
    """Where a trial rests and what that cost; what it scored there is no score of the trial."""
    if not trial.partial:
        return "rests"
    run = trial.partial[-1]
    shown = f"{number(run.score)} [{number(run.low)}, {number(run.high)}]"
    return (
        f"rests at {percent(run.rung)} of its training, after {duration(run.seconds)}; in part it "
        f"got {shown} on {run.n} items, to compare with others there and no score of its own"
    )


def partial_runs(trial: Trial) -> list[str]:
    """What a trial scored at each rung on its way, one line each."""
    return [
        f"in part, at {percent(run.rung)}: {number(run.score)} "
        f"[{number(run.low)}, {number(run.high)}] on {run.n} items, after {duration(run.seconds)}"
        for run in trial.partial
    ]


def _part(trial: Trial) -> str:
    return f" (to {percent(trial.goal)} of its training)" if trial.goal < 1.0 else ""


def gone(trial: Trial) -> str:
    """What a person should know of a trial whose runner is not there any more."""
    where = f" in {clean(trial.stage)}" if trial.stage else ""
    what = "the scoring of the base model" if trial.role == "base" else trial.id
    return f"no runner is there: {what} stands still{where}"


def again(trial: Trial) -> str:
    """What a person should know of a trial that is run more than once; "" for most."""
    if not trial.retries:
        return ""
    return f" (again after it was out of memory: {one_line(trial.retries[-1].change)})"


def _waiting(trial: Trial) -> str:
    if trial.promoted and not trial.paused and not trial.losses:
        return f"goes on to {percent(trial.promoted.rung)}, waiting for the runner"
    if trial.paused:
        return f"paused in {clean(trial.paused.stage or 'its start')}; resume goes on"
    if trial.retries:
        return f"waiting to run{again(trial)}"
    if trial.losses:
        return f"waiting to run again: {one_line(trial.losses[-1].message)}"
    return "accepted, waiting for the runner"


def _details(verdict: TrialVerdict) -> str:
    """The text " [0.29, 0.45], p = 0.003, n = 300" as far as known."""
    ends = interval(verdict.low, verdict.high)
    text = f" {ends}" if ends else ""
    p, name = verdict.p_adjusted, "adjusted p"
    if p is None:
        p, name = verdict.p, "p"
    if p is not None:
        text += f", {name} {'< 0.001' if p < 0.001 else f'= {p:.3f}'}"
    if verdict.n:
        text += f", n = {verdict.n}"
    return text
