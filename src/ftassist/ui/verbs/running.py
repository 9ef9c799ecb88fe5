"""The verb that runs a campaign, follows it, and ends when a person is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from ftassist.campaign import commands
from ftassist.ui.verbs.face import Face, VerbAnswer
from ftassist.ui.verbs.verb import verb
from ftassist.ui.verbs.words import Timeout

if TYPE_CHECKING:
    from ftassist.campaign import Campaign


@verb("run --review never --trials 6")
def run(
    face: Face,
    *,
    review: Annotated[str | None, 'always, never, "timeout 60", "cost 120s".'] = None,
    trials: Annotated[int | None, "Trials of the campaign at most."] = None,
    executor: Annotated[str | None, "Where trials run: local, or ray (a cluster)."] = None,
    address: Annotated[str | None, "The Ray cluster: auto, local or host:port."] = None,
    gpus: Annotated[float | None, "GPUs of one trial on a cluster."] = None,
    cpus: Annotated[float | None, "CPUs of one trial on a cluster."] = None,
    evaluate: Annotated[
        str | None, "Where models on a cluster answer the evaluator: auto, head or node."
    ] = None,
    allow_unisolated: Annotated[
        bool, "Let cells that a model wrote run without isolation, in this campaign."
    ] = False,
    detach: Annotated[bool, "Do not follow it."] = False,
    plan: Annotated[bool, "Only tell what it is expected to cost; run nothing."] = False,
    timeout: Timeout = None,
) -> VerbAnswer:
    """Run the campaign and follow it live; Ctrl-C detaches and leaves the runner at work.

    Ends with exit code 1 when nothing could be scored.
    """
    from ftassist.documents.spending import runs_alone
    from ftassist.isolation import support
    from ftassist.ui import executor_choice, waiting

    campaign = face.opened()
    if plan:
        return _plan(campaign)
    executor_choice.choose(
        campaign, executor, address=address, gpus=gpus, cpus=cpus, evaluate=evaluate
    )
    allowed = allow_unisolated or _agreed(face)
    waiting.prepare(campaign, review, trials, allow_unisolated=allowed)
    if review is not None and (alone := runs_alone(campaign.refresh())):
        face.warn(alone)
    if campaign.refresh().review != "always":
        face.tell(_plan(campaign))
    if caution := support.warning():
        face.warn(caution)
    pid = _started(face)
    if detach:
        return _detached(face, pid)
    _follow(face, pid, timeout)
    while _agreed(face):
        commands.allow_unisolated(campaign, "asked for at the terminal")
        _follow(face, campaign.start_runner(), timeout)
    return _end(face)


def _plan(campaign: Campaign) -> VerbAnswer:
    """What the campaign is expected to cost from here to its end."""
    from ftassist.campaign import pricing
    from ftassist.documents import plan_document
    from ftassist.ui import terminal

    def document() -> Any:
        return plan_document(pricing.plan(campaign), campaign.state)

    return VerbAnswer(document, lambda: [terminal.plan(document())])


def _agreed(face: Face) -> bool:
    """Whether the person lets model-written cells run without isolation.

    Asked only where the campaign waits for that word.
    """
    from ftassist.campaign.consent import CONSENT

    state = face.opened().refresh()
    return state.waits_for == CONSENT and face.agreed(
        f"{state.reason}\nAllow it for this campaign?"
    )


def _started(face: Face) -> int:
    """The process of the runner, a new one or the one at work; tells where trials run."""
    from ftassist.campaign.lock import holder
    from ftassist.ui import executor_choice

    campaign = face.opened()
    other = holder(campaign.folder)
    pid = campaign.start_runner()
    if where := executor_choice.sentence(campaign):
        face.tell(where)
    if other:
        face.tell(f"{campaign.name} is run by process {pid} on {other.host} already; watching it")
    return pid


def _detached(face: Face, pid: int) -> VerbAnswer:
    name = face.opened().name
    ways = f"follow it with `{face.said} run`, stop it with `{face.said} stop`"
    return VerbAnswer(
        lambda: {"schema": "ftassist/runner/1", "campaign": name, "pid": pid},
        lambda: [f"{name} runs in process {pid}\n{ways}"],
    )


def _follow(face: Face, pid: int, timeout: float | None) -> None:
    from ftassist.ui import waiting

    with face.following(pid) as show:
        waiting.await_person(face.opened(), show=show, timeout=timeout)


def _end(face: Face) -> VerbAnswer:
    """How the campaign stands now."""
    from ftassist import documents
    from ftassist.documents.snapshot import take
    from ftassist.ui import waiting

    snapshot = take(face.opened())

    def parts() -> Iterator[Any]:
        from rich.text import Text

        from ftassist.documents import summary
        from ftassist.ui import terminal

        yield terminal.trials_table(snapshot)
        yield Text(summary.claim(snapshot), style="bold")
        if caution := summary.stand_in(snapshot):
            yield Text(caution, style="dim")
        yield waiting.next_step(snapshot.state, face.said)

    failed = waiting.nothing_scored(face.opened().refresh())
    return VerbAnswer(lambda: documents.campaign_document(snapshot), parts, failed=failed)
