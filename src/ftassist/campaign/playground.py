"""Asking a trial's model by hand, beside its parent and the base.

Nothing asked here counts: no score, no event, nothing the agent hears of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftassist.dojo.playground.process import Playground
from ftassist.dojo.playground.question import AskedModel, Job, Question
from ftassist.errors import FtassistError
from ftassist.journal.state import BASE

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

NO_EVALUATION = "nothing asked here counts as evaluation"


WHOM = ("base", "parent", "trial")
"""Who can be asked, in the order they are."""


def asked_models(campaign: Campaign, trial: str, whom: Sequence[str] = WHOM) -> list[str]:
    """The base, a trial's parent and the trial itself, each once; of these, those in `whom`.

    Raises:
        UnknownNameError: There is no such trial.
        FtassistError: The trial was never scored.
    """
    known = campaign.trial(trial)
    if known.id != BASE and known.status != "scored":
        raise FtassistError(
            f"{known.id} is {known.status}: only scored trials can be asked",
            where=known.id,
            fix="choose a scored trial (see `ftassist tree`)",
        )
    named = {"base": BASE, "parent": known.parent or BASE, "trial": known.id}
    return list(dict.fromkeys(named[each] for each in WHOM if each in whom))


@dataclass(frozen=True)
class PromptPlan:
    """Who is asked what.

    Attributes:
        models: The trials that are asked, in their order.
        failed: Those that cannot be, as lines that tell why.
        job: What the process is told.
        gpu: Whether it may use a GPU: a trial that runs needs that for itself.
    """

    models: tuple[str, ...]
    failed: tuple[dict[str, Any], ...]
    job: Job
    gpu: bool

    def lines(self) -> list[dict[str, Any]]:
        """What is told before anybody answers: `{models}`, and who cannot."""
        return [{"models": list(self.models)}, *self.failed]


def plan(
    campaign: Campaign, trial: str, question: Question, whom: Sequence[str] = WHOM
) -> PromptPlan:
    """Whom to ask, in which words; a model whose files were removed is left out and told of.

    Raises:
        UnknownNameError: There is no such trial.
        FtassistError: The trial was never scored.
    """
    names = asked_models(campaign, trial, whom)
    asked: list[AskedModel] = []
    failed: list[dict[str, Any]] = []
    for name in names:
        try:
            asked.append(_asked(campaign, name))
        except FtassistError as error:
            failed.append({"model": name, "phase": "failed", "error": error.to_dict()})
    running = any(one.status == "running" for one in campaign.state.trials.values())
    return PromptPlan(
        tuple(names), tuple(failed), _job(campaign, question, asked), gpu=not running
    )


def ask(
    campaign: Campaign, trial: str, question: Question, playground: Playground
) -> Iterator[dict[str, Any]]:
    """Asks; yields first `{models}`, whom it asks, then what `Playground.ask` does.

    Raises:
        FtassistError: The trial was never scored, or nobody could be asked.
    """
    planned = plan(campaign, trial, question)
    yield from planned.lines()
    yield from playground.ask(planned.job, gpu=planned.gpu)


def _asked(campaign: Campaign, trial: str) -> AskedModel:
    if trial == BASE:
        return AskedModel(BASE)
    folder = campaign.model_folder(trial)
    digest = campaign.trial(trial).feedback.model_digest
    return AskedModel(trial, str(folder.parent), folder.name, digest)


def _job(campaign: Campaign, question: Question, asked: list[AskedModel]) -> Job:
    return Job(
        base=campaign.base_reference,
        day=campaign.day,
        system_turn=campaign.card.system_turn,
        task=str(campaign.task.folder),
        place=str(campaign.folder / "scores"),
        question=question.limited(campaign.card.max_new_tokens),
        models=tuple(asked),
    )
