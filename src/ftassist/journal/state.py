"""The state of a campaign, as folded from its events by `ftassist.journal.folding`.

All faces show this state and nothing else. It knows no files and no clock; whatever can be derived
from it (the best trial, the shape of the tree) is a query, here or elsewhere, not a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ftassist.records.analysis import NO_ANALYSIS, TrialAnalysis
from ftassist.records.asked import Asked
from ftassist.records.baseline import ScoredBaseline
from ftassist.records.budget import Budget
from ftassist.records.calls import NO_CALLS, ModelCalls
from ftassist.records.check import TrialCheck
from ftassist.records.decision import NO_DECISION, Decision, GivenVeto
from ftassist.records.device import (
    NO_GPU,
    NO_NODE,
    NOT_ELSEWHERE,
    NOT_SHARED,
    Answering,
    ClusterNode,
    Gpu,
    Shared,
)
from ftassist.records.executor import NOT_CHOSEN, ChosenExecutor
from ftassist.records.export import NO_EXPORT, TrialExport
from ftassist.records.failure import NO_FAILURE, TrialFailure
from ftassist.records.feedback import NO_FEEDBACK, TrialFeedback
from ftassist.records.final import NO_CLAIM, Claim, OpenedTest, Opening
from ftassist.records.insight import Insight
from ftassist.records.interruption import (
    NO_CONSENT,
    NO_PAUSE,
    NO_PROMOTION,
    NO_STOP,
    Consent,
    Loss,
    Pause,
    Promotion,
    StopWish,
)
from ftassist.records.kinds import Phase
from ftassist.records.outcome import NO_OUTCOME, TrialOutcome
from ftassist.records.panel import NOT_ASKED, PanelScore
from ftassist.records.place import Place
from ftassist.records.prediction import NO_PREDICTION, TrialPrediction
from ftassist.records.proposal import NOT_PROPOSED, TrialProposal
from ftassist.records.refusal import Refusal, Retry
from ftassist.records.remark import Tagged, TrialNote
from ftassist.records.rungs import PartialRun
from ftassist.records.setback import Setback
from ftassist.records.settings import NOTHING_SAID, CampaignSettings
from ftassist.records.speed import UNMEASURED, MeasuredSpeed
from ftassist.records.stage import NOT_RUN, StageRun
from ftassist.records.stopping import NOT_STOPPED, SearchStop
from ftassist.records.survey import NO_SURVEY, Survey
from ftassist.records.verdict import NO_VERDICT, TrialVerdict

Status = Literal[
    "proposed",
    "accepted",
    "running",
    "resting",
    "scored",
    "failed",
    "invalid",
    "stopped",
    "vetoed",
    "set_aside",
]
BASE = "t0000"
HOUR = 3600.0
FRESH_SEEDS = 2
"""On so many a finalist is trained again where a campaign says nothing; a claim needs them."""
STAGES = ("curate", "train", "evaluate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One node of the search tree.

    Attributes:
        id: Such as "t0003".
        parent: The trial it starts from; None for the base.
        role: "base" (the untouched model), "trial", or "replicate" (a fresh seed of another).
        replicate_of: The trial a replicate repeats.
        seed: The random seed of its data sampling and training.
        status: Where it stands; "set_aside" where a person chose an alternative, which is no veto;
            "resting" where it was run to a rung and waits to be run on.
        proposal: What was proposed (hypothesis, predicted interval, evidence, ...).
        cells: The source of each stage as it is run, a person's edits included.
        edited: The stages a person edited, with who did: {stage: actor}.
        wish: Sequence number of the wish it answers; 0 where nobody asked.
        changed: Sequence number of the last change that a decision depends on.
        updated: Sequence number of the last event about it.
        decision: The last decision that says where it stands; false before one.
        decisions: All of them, edits included, oldest first.
        attempt: How many times a worker started it.
        losses: The attempts that something from outside ended.
        retries: Each time it was run again with another cell.
        paused: While it waits after a pause; false otherwise.
        pinned: Whether a person wants its model kept.
        notes: What people wrote down of it.
        tags: Words that people find it again by.
        model_removed: Whether its model was removed to free space.
        isolation: How its kernel was isolated ("none", "bubblewrap").
        gpu: The device it ran on; false on a CPU.
        node: The cluster's node it ran on; false on the runner's machine.
        answered: The node where its model answered the evaluator; false for the runner's machine.
        goal: How far its last attempt runs, as a share of its training.
        partial: What it scored at the rungs it was run to on the way, the lowest first.
        promoted: Its last promotion; false without one.
        stage: The stage that runs now.
        stages: Its finished stages, by name.
        checks: Preflight checks and audits, in order.
        refusals: What it tried and was refused, in order.
        feedback: What the evaluator returned; false before it did.
        failure: What went wrong; false where nothing did.
        verdict: Against its parent; false before it.
        against_baseline: Against the strongest classical baseline, with its `name`.
        against_best: Against the best trial before it.
        general: What it got on the general panel; false before it was asked.
        prediction: The predicted interval against what came.
        analysis: What the agent made of it; false before it did.
        outcome: What a completed run reported.
        stopping: A wish to stop it; false without one.
        replicates_wanted: Fresh seeds a person asked for that are not made yet.
        export: The last wish for a copy of its model, and what came of it.
        created: When it was proposed, seconds since 1970.
        started: When its last attempt started.
        finished: When it ended.
        seconds_before: Seconds of its earlier attempts, as far as their end is known.
    """

    id: str
    parent: str | None = None
    role: Literal["base", "trial", "replicate"] = "trial"
    replicate_of: str | None = None
    seed: int = 0
    status: Status = "proposed"
    proposal: TrialProposal = NOT_PROPOSED
    cells: Mapping[str, str] = field(default_factory=dict)
    edited: Mapping[str, str] = field(default_factory=dict)
    wish: int = 0
    changed: int = 0
    updated: int = 0
    decision: Decision = NO_DECISION
    decisions: tuple[Decision, ...] = ()
    attempt: int = 0
    losses: tuple[Loss, ...] = ()
    retries: tuple[Retry, ...] = ()
    paused: Pause = NO_PAUSE
    pinned: bool = False
    notes: tuple[TrialNote, ...] = ()
    tags: Mapping[str, Tagged] = field(default_factory=dict)
    model_removed: bool = False
    isolation: str = ""
    gpu: Gpu = NO_GPU
    node: ClusterNode = NO_NODE
    answered: Answering = NOT_ELSEWHERE
    goal: float = 1.0
    partial: tuple[PartialRun, ...] = ()
    promoted: Promotion = NO_PROMOTION
    stage: str | None = None
    stages: Mapping[str, StageRun] = field(default_factory=dict)
    checks: tuple[TrialCheck, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    feedback: TrialFeedback = NO_FEEDBACK
    failure: TrialFailure = NO_FAILURE
    verdict: TrialVerdict = NO_VERDICT
    against_baseline: TrialVerdict = NO_VERDICT
    against_best: TrialVerdict = NO_VERDICT
    general: PanelScore = NOT_ASKED
    prediction: TrialPrediction = NO_PREDICTION
    analysis: TrialAnalysis = NO_ANALYSIS
    outcome: TrialOutcome = NO_OUTCOME
    stopping: StopWish = NO_STOP
    replicates_wanted: int = 0
    export: TrialExport = NO_EXPORT
    created: float = 0.0
    started: float | None = None
    finished: float | None = None
    seconds_before: float = 0.0

    @property
    def score(self) -> float | None:
        """The headline score on validation; None while unscored and for invalid trials."""
        return self.feedback.score if self.status == "scored" else None

    def ran(self, stage: str) -> StageRun:
        """How a stage of its last attempt went; false where it has not come to its end."""
        return self.stages.get(stage, NOT_RUN)

    @property
    def hypothesis(self) -> str:
        """The one-line hypothesis."""
        if self.role == "base":
            return "the untouched base model"
        return self.proposal.hypothesis.statement

    @property
    def seconds(self) -> float:
        """Wall-clock seconds its attempts took so far, without waiting for a decision."""
        if self.started is None or self.finished is None:
            return self.seconds_before
        return self.seconds_before + self.finished - self.started

    @property
    def device_hours(self) -> float:
        """The hours its attempts took, times the devices its last one held."""
        return self.seconds * self.devices / HOUR

    @property
    def devices(self) -> int:
        """The devices its last attempt held; a machine or node without a GPU lends one."""
        return max(1, len(self.node.devices), self.gpu.count or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A campaign as far as its journal tells.

    Attributes:
        seq: The last event folded in.
        settings: What it was founded with.
        review: "always", "never", "timeout N" or "cost X".
        budget: Its limits.
        phase: Where the campaign stands.
        reason: Why it is paused, stopped or finished.
        trials: All trials by id, in the order they were proposed.
        runner: The process id of the runner that wrote last; 0 when it said goodbye.
        shared: How many devices one training may have, as that runner said; false for one.
        asked: What a person asked the agent for, and what came of it.
        vetoes: The vetoes that stand, oldest first.
        alternatives: {proposal: its alternatives}; accepting one sets the others aside.
        insights: {id: insight} still active.
        ruled: {id: text} of insights people decided on, with the text they did away with ("" where
            they kept it); their word wins over the agent's.
        insights_made: How many insights were ever added.
        survey: The requirement card: what is asked, lacked, useful, worth trying; and what an
            agent read outside.
        stopped: Why the search ended before its budget; false where it did not.
        finalist: The trial chosen to be replicated.
        claim: The verdict over all seeds of the finalist against the base.
        openings: Each opening of the sealed test split.
        tests: What each said, by trial.
        profiles: {set: profile} of the data repository.
        baselines: What classical models reach on the validation items, where the task has a
            closed answer set.
        speed: What a training of a few steps measured on this machine (`campaign.speed`); false
            where nothing was measured.
        calls: What all model calls of the agent came to.
        asked_before: {digest of a question to a model: how often it was sent}.
        setbacks: What the agent did that came to nothing, the newest ones, oldest first.
        setbacks_made: How many there have been.
        notes: Texts, oldest first.
        created: When the campaign was made.
        card: The task's card as it was when the campaign was made; empty in older journals.
        places: Where "task" and "model" lay and what they are known again by.
        waits_for: What a paused campaign waits for and then goes on by itself: "model", "task"
            (which are gone) or "consent" (to run without isolation); "" for a person's word.
        executor: Where a person has trials run; false for the runner's machine.
        consent: A person's, to model-written cells without isolation; false without one.
    """

    seq: int = 0
    settings: CampaignSettings = NOTHING_SAID
    review: str = "always"
    budget: Budget = field(default_factory=Budget)
    phase: Phase = "new"
    reason: str = ""
    trials: Mapping[str, Trial] = field(default_factory=dict)
    runner: int = 0
    shared: Shared = NOT_SHARED
    asked: Asked = field(default_factory=Asked)
    vetoes: tuple[GivenVeto, ...] = ()
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    insights: Mapping[str, Insight] = field(default_factory=dict)
    ruled: Mapping[str, str] = field(default_factory=dict)
    insights_made: int = 0
    survey: Survey = NO_SURVEY
    stopped: SearchStop = NOT_STOPPED
    finalist: str | None = None
    claim: Claim = NO_CLAIM
    openings: tuple[Opening, ...] = ()
    tests: Mapping[str, OpenedTest] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    baselines: tuple[ScoredBaseline, ...] = ()
    speed: MeasuredSpeed = UNMEASURED
    calls: ModelCalls = NO_CALLS
    asked_before: Mapping[str, int] = field(default_factory=dict)
    setbacks: tuple[Setback, ...] = ()
    setbacks_made: int = 0
    notes: tuple[str, ...] = ()
    created: float = 0.0
    card: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    waits_for: str = ""
    executor: ChosenExecutor = NOT_CHOSEN
    consent: Consent = NO_CONSENT

    @property
    def task(self) -> str:
        """The task's key."""
        return self.settings.task

    @property
    def strongest_baseline(self) -> ScoredBaseline | None:
        """The classical baseline with the highest score; None for a task without any."""
        return max(self.baselines, key=lambda found: found.score, default=None)

    @property
    def base(self) -> Trial:
        """The base model's trial."""
        return self.trials[BASE]

    def with_status(self, *statuses: Status) -> list[Trial]:
        """The trials in any of these states, in order."""
        return [t for t in self.trials.values() if t.status in statuses]

    @property
    def pending(self) -> list[Trial]:
        """Proposals nobody has decided on."""
        return self.with_status("proposed")

    def children(self, trial: str) -> list[Trial]:
        """The trials that start from this one, replicates left out."""
        return [t for t in self.trials.values() if t.parent == trial and t.role == "trial"]

    def replicates(self, trial: str) -> list[Trial]:
        """The fresh-seed repeats of a trial."""
        return [t for t in self.trials.values() if t.replicate_of == trial]

    def beside(self, trial: str) -> tuple[str, ...]:
        """A proposal and its alternatives, the first one first; only itself without any."""
        first = self.trials[trial].proposal.beside or trial
        return (first, *self.alternatives.get(first, ()))

    def together(self, trial: str) -> tuple[str, ...]:
        """The proposals that were made in one round, this one included; only itself without."""
        asked = self.trials[trial].proposal.round
        if not asked:
            return (trial,)
        rounds = ((t.id, t.proposal.round) for t in self.trials.values())
        return tuple(name for name, other in rounds if other and other.at == asked.at)

    def path(self, trial: str) -> list[Trial]:
        """The trials from the base to this one."""
        path: list[Trial] = []
        at: str | None = trial
        while at is not None:
            path.append(self.trials[at])
            at = self.trials[at].parent
        return path[::-1]

    def next_id(self) -> str:
        """The id the next trial gets."""
        return f"t{len(self.trials):04d}"

    @property
    def trials_used(self) -> int:
        """How many trials count against the budget: accepted ones that are no replicates."""
        counted = [t for t in self.trials.values() if t.role == "trial"]
        return sum(t.status not in ("proposed", "vetoed", "set_aside") for t in counted)

    @property
    def seconds_used(self) -> float:
        """Seconds of trials that ended, replicates and failures included."""
        return sum(t.seconds for t in self.trials.values())

    @property
    def device_hours_used(self) -> float:
        """Device-hours of trials that ended, replicates and failures included."""
        return sum(t.device_hours for t in self.trials.values())

    @property
    def fresh_seeds(self) -> int:
        """On how many seeds the finalist is trained again; without any nothing is claimed."""
        said = self.settings.fresh_seeds
        return FRESH_SEEDS if said is None else said

    @property
    def seconds_left(self) -> float:
        """Seconds that trials may still take, by time and device-hours; below 0 when over.

        Those on device-hours are of a trial that holds one device.
        """
        left = self.budget.seconds - self.seconds_used
        if self.budget.device_hours is None:
            return left
        return min(left, HOUR * (self.budget.device_hours - self.device_hours_used))
