"""How a notebook begins a campaign: from a task, a draft of one, or rows of one's own."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from ftassist.ui.links import shown
from ftassist.ui.magics.session import CAMPAIGNS, Session
from ftassist.ui.notebook_campaign import open_or_create
from ftassist.ui.verbs import Verb, VerbAnswer, drafts, pages
from ftassist.ui.verbs.beginning import wish as new_campaign

if TYPE_CHECKING:
    from ftassist.models.fetching import Report


def new(
    notebook: Session, file: Annotated[Path, "Rows of your own."] = Path("data/train.csv")
) -> str:
    """Tell how a campaign is begun, on rows of one's own or a task of the catalog."""
    rows = shlex.quote(str(file))
    return (
        "in JupyterLab: New campaign… in the launcher, or Alt Shift N; on a file of rows its "
        "context menu\n"
        "here: %ftagent task mini_math, or another task of `ftassist tasks`\n"
        "on rows of your own, in a terminal:\n"
        f"  ftassist task new --train {rows} --eval data/eval.csv --metric accuracy "
        "--folder tasks/mine\n"
        "then here: %ftagent task tasks/mine"
    )


def task(
    notebook: Session,
    task: Annotated[str, "A task of `ftassist tasks`, or the folder of one of your own."],
    *,
    new: Annotated[bool, "Make a campaign, though one on this task could go on."] = False,
    fetch: Annotated[bool, "Fetch the model, if it is not here, without asking."] = False,
    **wanted: Any,
) -> VerbAnswer | str:
    """Make a campaign on a task, or go on with the one that is there."""
    from ftassist.documents.spending import runs_alone
    from ftassist.documents.words import thinks
    from ftassist.isolation import support

    _offer_model(notebook, wanted["model"], fetch=fetch)
    campaign, made = open_or_create(CAMPAIGNS, task, wanted, new=new)
    notebook.campaign = campaign
    notebook.seen.clear()
    verb = "made" if made else "opened"
    notebook.say(f"{verb} campaign {campaign.name} in {shown(campaign.folder)}")
    agent = thinks(campaign.state) if made and not wanted["backend"] else ""
    for caution in filter(None, (agent, runs_alone(campaign.state), support.warning())):
        notebook.say(caution)
    return pages.status.run(notebook)


BEGINNINGS = (
    Verb(new, ("new data/train.csv",)),
    Verb(task, ("task mini_math --trials 8",), also=new_campaign),
    drafts.DRAFT,
    drafts.SEAL,
)
"""What a notebook says in a way of its own."""


def _offer_model(notebook: Session, model: str | None, *, fetch: bool) -> None:
    """Fetches a registry model that is not here: with --fetch, or where a person agrees.

    A notebook that runs without one (papermill, nbconvert) cannot be asked; the error of
    making the campaign then says what to type.
    """
    from ftassist.models import offering

    def agreed(question: str) -> bool:
        if fetch:
            return True
        try:
            return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")
        except (EOFError, RuntimeError, NotImplementedError):
            return False

    with ExitStack() as stack:

        def reporting() -> AbstractContextManager[Report]:
            tell = stack.enter_context(notebook.telling())
            return nullcontext(lambda what, done, total: tell(_fetched(what, done, total)))

        if offering.offer(model or "", agreed, reporting):
            notebook.say(f"{model} is here now")


def _fetched(what: str, done: int, total: int) -> str:
    """How far a fetch is, in a line."""
    return f"{what}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB" if total else what
