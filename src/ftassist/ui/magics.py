"""The `%ftagent` magic: the whole loop from a notebook.

    %load_ext ftassist
    %ftagent task mini_math
    %ftagent propose

Shows the state of the notebook's campaign and sends decisions; holds no logic of the loop. A
decision is made on what was last shown here, so one made elsewhere meanwhile is not run over.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist.campaign import commands
from ftassist.documents.snapshot import Snapshot, take
from ftassist.errors import FtassistError, JournalError
from ftassist.ui import magic_lines, waiting
from ftassist.ui.notebook_status import status_line

if TYPE_CHECKING:
    from ftassist.campaign import Campaign
    from ftassist.models.fetching import Report

CAMPAIGNS = Path("campaigns")


def load_ipython_extension(shell: Any) -> None:
    """Registers the line and cell magic `ftagent`."""
    magic = Ftagent(shell)
    shell.register_magic_function(magic, magic_kind="line_cell", magic_name="ftagent")


class Ftagent:
    """The magic of one IPython shell.

    Attributes:
        campaign: The notebook's campaign; None before `%ftagent task` or the first command that
            finds one below ./campaigns.
        seen: The sequence number at which each trial was last shown here.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self.campaign: Campaign | None = None
        self.seen: dict[str, int] = {}

    def __call__(self, line: str, cell: str | None = None) -> None:
        """Runs one `%ftagent` line, or `%%ftagent edit TRIAL STAGE` with a cell."""
        from IPython.core.error import UsageError

        try:
            arguments = magic_lines.parse(line)
            if cell is not None and arguments.command != "edit":
                raise FtassistError(
                    f"%%ftagent takes a cell for `edit` only, not for {line!r}",
                    fix="write `%ftagent` with one percent sign, alone in its line",
                )
            if arguments.command == "edit":
                self._edit(arguments, cell)
            else:
                self._commands()[arguments.command](arguments)
        except FtassistError as error:
            raise UsageError(str(error)) from None
        except KeyboardInterrupt:
            self._say("stopped waiting; the runner goes on. Stop it with `%ftagent stop`.")

    def _commands(self) -> Mapping[str, Callable[[argparse.Namespace], None]]:
        return {
            "": lambda _: self._say(magic_lines.usage()),
            "new": self._new,
            "task": self._task,
            "draft": self._draft,
            "seal": self._seal,
            "propose": self._propose,
            "accept": self._accept,
            "veto": self._veto,
            "correct": self._correct,
            "undo": self._undo,
            "alternatives": self._alternatives,
            "repeat": self._repeat,
            "promote": self._promote,
            "export": self._export,
            "note": self._note,
            "tag": self._tag,
            "survey": self._survey,
            "run": self._run,
            "status": self._status,
            "tree": self._tree,
            "show": self._show,
            "whatif": self._whatif,
            "knobs": self._knobs,
            "diff": self._diff,
            "final": self._final,
            "report": self._report,
            "insights": self._insights,
            "cancel": self._cancel,
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
        }

    def _new(self, wanted: argparse.Namespace) -> None:
        """How a campaign is begun, on rows of one's own or a task of the catalog."""
        rows = shlex.quote(wanted.file)
        self._say(
            "in JupyterLab: New campaign… in the launcher, or Alt Shift N; on a file of rows its "
            "context menu\n"
            "here: %ftagent task mini_math, or another task of `ftassist tasks`\n"
            "on rows of your own, in a terminal:\n"
            f"  ftassist task new --train {rows} --eval data/eval.csv --metric accuracy "
            "--folder tasks/mine\n"
            "then here: %ftagent task tasks/mine"
        )

    def _task(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents.spending import runs_alone
        from ftassist.documents.words import thinks
        from ftassist.isolation import support
        from ftassist.ui.notebook_campaign import open_or_create

        self._offer_model(wanted)
        self.campaign, made = open_or_create(CAMPAIGNS, wanted)
        self.seen.clear()
        verb = "made" if made else "opened"
        self._say(f"{verb} campaign {self.campaign.name} in {_shown(self.campaign.folder)}")
        if made and not wanted.backend and (agent := thinks(self.campaign.state)):
            self._say(agent)
        if alone := runs_alone(self.campaign.state):
            self._say(alone)
        if caution := support.warning():
            self._say(caution)
        self._status(wanted)

    def _draft(self, wanted: argparse.Namespace) -> None:
        """Has a language model draft a task from a sentence and a file."""
        from ftassist.dojo import own_draft
        from ftassist.ui import draft_text, drafting
        from ftassist.ui.proposal_view import text_bundle

        options = {
            "model": wanted.agent_model,
            "base_url": wanted.base_url,
            "dialect": wanted.dialect,
        }
        made = drafting.draft(
            Path(wanted.file),
            wanted.wish,
            Path(wanted.folder) if wanted.folder else None,
            licence=wanted.licence,
            usd=wanted.usd,
            seed=wanted.seed,
            options=options,
        )
        self._say(made.sentence)
        self._display(text_bundle(draft_text.page(made.draft, own_draft.look(made.draft))))
        place = _shown(made.draft.folder)
        self._say(f"next: `!ftassist task correct {place} ...`, or `%ftagent seal {place}`")

    def _seal(self, wanted: argparse.Namespace) -> None:
        """Makes the task of a draft."""
        from ftassist.dojo import own_draft

        made = own_draft.seal(own_draft.load(Path(wanted.draft)))
        self._say(f"task {made.name} in {_shown(made)}; next: `%ftagent task {_shown(made)}`")

    def _offer_model(self, wanted: argparse.Namespace) -> None:
        """Fetches a registry model that is not here: with --fetch, or where a person agrees.

        A notebook that runs without one (papermill, nbconvert) cannot be asked; the error of
        making the campaign then says what to type.
        """
        from ftassist.models import offering

        def agreed(question: str) -> bool:
            if wanted.fetch:
                return True
            try:
                return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")
            except (EOFError, RuntimeError, NotImplementedError):
                return False

        with ExitStack() as stack:

            def reporting() -> AbstractContextManager[Report]:
                tell = stack.enter_context(status_line(self._shell))
                return nullcontext(lambda what, done, total: tell(_fetched(what, done, total)))

            if offering.offer(wanted.model or "", agreed, reporting):
                self._say(f"{wanted.model} is here now")

    def _propose(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents.summary import first_word
        from ftassist.ui.proposal_view import proposal_bundle, text_bundle
        from ftassist.ui.trial_text import proposed_round

        campaign = self._opened()
        with status_line(self._shell) as tell:
            trial = waiting.ask(
                campaign,
                tell=tell,
                parent=wanted.parent,
                words=wanted.wish,
                timeout=wanted.timeout,
            )
        names = waiting.whole_round(campaign, trial)
        snapshot = self._look(trial)
        if len(names) > 1:
            self._display(text_bundle(proposed_round(snapshot, names)))
        for name in names:
            snapshot = self._look(name)
            self._display(proposal_bundle(snapshot, snapshot.trial(name)))
        if effect := first_word(snapshot):
            self._say(effect)

    def _accept(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui.proposal_view import result_bundle

        campaign = self._opened()
        name = campaign.trial(wanted.trial or self._only_pending()).id
        commands.accept(campaign, name, wanted.reason, seen=self.seen.get(name))
        campaign.start_runner()
        if wanted.no_wait:
            self._say(f"{name} accepted; it runs. Look with `%ftagent status`.")
            return
        with status_line(self._shell) as tell:
            waiting.await_trial(campaign, name, tell=tell, timeout=wanted.timeout)
        snapshot = self._look(name)
        self._display(result_bundle(snapshot, snapshot.trial(name)))

    def _edit(self, wanted: argparse.Namespace, cell: str | None) -> None:
        from ftassist.ui.predictions import read_prediction
        from ftassist.ui.proposal_view import proposal_bundle
        from ftassist.ui.steering_text import edit_lines

        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        source = cell if cell is not None else _read(wanted)
        event = commands.edit(
            campaign,
            name,
            {wanted.stage: source.strip("\n") + "\n"},
            prediction=read_prediction(wanted.predict) if wanted.predict else None,
            reason=wanted.reason,
            seen=self.seen.get(name),
        )
        new = f"{event.trial} is new, from the cells of {name}\n" if event.trial != name else ""
        name = event.trial or name
        snapshot = self._look(name)
        yours = f"{new}{wanted.stage} of {name} is yours now: what you wrote is what will run"
        self._say(f"{yours}\n{edit_lines(snapshot.trial(name))}")
        self._display(proposal_bundle(snapshot, snapshot.trial(name)))

    def _veto(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        commands.veto(campaign, name, " ".join(wanted.reason), seen=self.seen.get(name))
        self._tell_reading(name, "vetoed")

    def _correct(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        wishes = (wanted.avoid, wanted.attempt)
        commands.correct(campaign, name, *wishes, seen=self.seen.get(name))
        self._tell_reading(name, "read anew")

    def _tell_reading(self, name: str, what: str) -> None:
        """Says how the reason of a veto is understood."""
        from ftassist.ui.steering_text import understood_lines

        trial = self._look(name).trial(name)
        self._say(f"{name} {what}\n{understood_lines(trial, '%ftagent')}")

    def _undo(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = campaign.trial(wanted.trial).id
        commands.undo_veto(campaign, name, wanted.reason, seen=self.seen.get(name))
        self._look(name)
        self._say(f"{name} is a proposal again")

    def _alternatives(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui.proposal_view import proposal_bundle

        campaign = self._opened()
        name = campaign.trial(wanted.trial or self._only_pending()).id
        with status_line(self._shell) as tell:
            made = waiting.alternatives(
                campaign,
                name,
                wanted.count,
                tell=tell,
                words=wanted.wish,
                timeout=wanted.timeout,
            )
        for other in made:
            snapshot = self._look(other)
            self._display(proposal_bundle(snapshot, snapshot.trial(other)))

    def _repeat(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = take(campaign).trial(wanted.trial).id
        commands.ask_replicates(campaign, name, wanted.seeds)
        campaign.start_runner()
        self._say(f"{name} will be repeated on fresh seeds ({wanted.seeds}); look with `status`")

    def _promote(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = take(campaign).trial(wanted.trial).id
        event = commands.promote(campaign, name, whole=wanted.whole)
        campaign.start_runner()
        self._say(f"{name} goes on to {event.payload['rung']:.0%}; look with `status`")

    def _export(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        name = take(campaign).trial(wanted.trial).id
        if wanted.form:
            self._export_as(campaign, name, wanted)
            return
        with status_line(self._shell) as tell:
            made = waiting.export(campaign, name, tell=tell, timeout=wanted.timeout)
        self._say(f"{name} exported to {_shown(campaign.folder / str(made['folder']))}")

    def _export_as(self, campaign: Campaign, name: str, wanted: argparse.Namespace) -> None:
        """Exports in a form that is scored again."""
        from ftassist.campaign.export.exporting import export
        from ftassist.campaign.export.recipe_out import export_recipe, recipe_form
        from ftassist.campaign.export.wish import Wish

        if recipe := recipe_form(wanted.form):
            self._say(f"the training of {name} is in {export_recipe(campaign, name, recipe)}")
            return
        wish = Wish(wanted.form, wanted.numbers, wanted.quantisation, wanted.bound, wanted.force)
        with status_line(self._shell) as tell:
            kept = export(campaign, name, wish, tell)
        self._say("\n".join([*kept.sentences(), f"{name} exported to {_shown(kept.folder)}"]))

    def _note(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        if wanted.remove is not None:
            commands.remove_note(campaign, wanted.trial, wanted.remove)
        if text := " ".join(wanted.text):
            commands.note(campaign, wanted.trial, text)
        self._tell_remarks(campaign, wanted.trial)

    def _tag(self, wanted: argparse.Namespace) -> None:
        campaign = self._opened()
        for name in wanted.names:
            (commands.untag if wanted.remove else commands.tag)(campaign, wanted.trial, name)
        self._tell_remarks(campaign, wanted.trial)

    def _tell_remarks(self, campaign: Campaign, name: str) -> None:
        from ftassist.ui.trial_text import remarks_line

        self._say(remarks_line(campaign.trial(name)))

    def _survey(self, _: argparse.Namespace) -> None:
        from ftassist.documents.survey import survey_text

        card = self._opened().refresh().survey
        missing = "no requirement card yet: the backend `anthropic` writes one, the playbook none"
        self._say(survey_text(card) if card else missing)

    def _run(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents.spending import runs_alone
        from ftassist.ui import executor_choice, following, terminal
        from ftassist.ui.proposal_view import text_bundle

        campaign = self._opened()
        if wanted.plan:
            self._tell_plan(campaign)
            return
        wishes = {"address": wanted.address, "gpus": wanted.gpus, "cpus": wanted.cpus}
        executor_choice.choose(campaign, wanted.executor, **wishes)
        allowed = wanted.allow_unisolated
        waiting.prepare(campaign, wanted.review, wanted.trials, allow_unisolated=allowed)
        if wanted.review is not None and (alone := runs_alone(campaign.refresh())):
            self._say(alone)
        if campaign.refresh().review != "always":
            self._tell_plan(campaign)
        pid = campaign.start_runner()
        if where := executor_choice.sentence(campaign):
            self._say(where)
        if wanted.detach:
            self._say(f"{campaign.name} runs in process {pid}; stop it with `%ftagent stop`")
            return
        with following.in_notebook(campaign, self._shell) as show:
            waiting.await_person(campaign, show=show, timeout=wanted.timeout)
        snapshot = take(campaign)
        self._display(text_bundle(terminal.trials_table(snapshot)))
        self._say(waiting.next_step(snapshot.state, "%ftagent"))

    def _tell_plan(self, campaign: Campaign) -> None:
        """What the campaign is expected to cost from here to its end."""
        from ftassist.campaign import pricing
        from ftassist.documents import plan_document
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        document = plan_document(pricing.plan(campaign), campaign.state)
        self._display(text_bundle(terminal.plan(document)))

    def _status(self, _: argparse.Namespace) -> None:
        from ftassist.documents import believed_lines, what_if_document
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        campaign = self._opened()
        believed = believed_lines(what_if_document(campaign, slots=0))
        self._display(text_bundle(terminal.status(take(campaign), believed)))

    def _tree(self, _: argparse.Namespace) -> None:
        from ftassist.ui import figures, terminal
        from ftassist.ui.proposal_view import Bundle

        snapshot = take(self._opened())
        text = terminal.to_text(terminal.tree(snapshot))
        self._display(Bundle(figures.mime_bundle(figures.tree(snapshot), text)))

    def _show(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui import figures, terminal, trial_text
        from ftassist.ui.proposal_view import Bundle, proposal_bundle, text_bundle

        campaign = self._opened()
        snapshot = take(campaign, curves=True)
        trial = snapshot.trial(wanted.trial)
        self.seen[trial.id] = snapshot.state.seq
        if trial.status == "proposed":
            self._display(proposal_bundle(snapshot, trial))
            return
        self._display(text_bundle(trial_text.trial_page(snapshot, trial)))
        if trial.id in snapshot.curves:
            text = terminal.to_text(f"learning curve of {trial.id}")
            self._display(Bundle(figures.mime_bundle(figures.curves(snapshot, trial), text)))

    def _whatif(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents import what_if_document
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        document = what_if_document(self._opened(), wanted.slots, wanted.policy)
        self._display(text_bundle(terminal.what_if(document)))

    def _knobs(self, _: argparse.Namespace) -> None:
        from ftassist.ui import figures, knob_figures
        from ftassist.ui.proposal_view import Bundle

        snapshot = take(self._opened(), worths=False)
        figure, text = knob_figures.parallel(snapshot), knob_figures.lines(snapshot)
        self._display(Bundle(figures.mime_bundle(figure, text)))
        worth, told = knob_figures.importance(snapshot)
        self._display(Bundle(figures.mime_bundle(worth, told)))

    def _diff(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents import diffs
        from ftassist.ui import terminal
        from ftassist.ui.proposal_view import text_bundle

        snapshot = take(self._opened())
        first = snapshot.trial(wanted.before)
        old = snapshot.parent(first) if wanted.after is None else first
        new = first if wanted.after is None else snapshot.trial(wanted.after)
        cells = diffs.parent_cells(old)
        page = terminal.diff(
            diffs.cell_diffs(cells, new.cells), diffs.parameter_changes(cells, new.cells)
        )
        self._say(f"{old.id if old else 'nothing'} → {new.id}")
        self._display(text_bundle(page))

    def _final(self, wanted: argparse.Namespace) -> None:
        from ftassist.campaign.final import open_test
        from ftassist.ui import final_text
        from ftassist.ui.proposal_view import text_bundle

        campaign = self._opened()
        with status_line(self._shell) as tell:
            named = take(campaign).trial(wanted.trial).id if wanted.trial else None
            found = open_test(campaign, named, again=wanted.again, on_progress=tell)
        openings = campaign.refresh().openings
        name = str(openings[-1]["trial"])
        self._display(text_bundle(final_text.page(name, found, openings=len(openings))))

    def _report(self, wanted: argparse.Namespace) -> None:
        from ftassist.ui.links import file_bundle
        from ftassist.ui.report import write

        campaign = self._opened()
        path = Path(wanted.output) if wanted.output else campaign.folder / "report.html"
        write(campaign, path)
        self._display(file_bundle("report", path))

    def _insights(self, wanted: argparse.Namespace) -> None:
        from ftassist.documents import words

        campaign = self._opened()
        if wanted.action and not wanted.name:
            raise FtassistError("which insight?", fix=f"`%ftagent insights {wanted.action} i0001`")
        text = " ".join(wanted.text)
        if wanted.action == "pin":
            commands.pin_insight(campaign, wanted.name)
        elif wanted.action == "correct":
            commands.correct_insight(campaign, wanted.name, text)
        elif wanted.action == "delete":
            commands.delete_insight(campaign, wanted.name, text)
        known = campaign.refresh().insights.values()
        lines = [
            f"{insight.id}{' (pinned)' if insight.pinned else ''}: "
            f"{words.one_line(insight.text, 300)} [{', '.join(insight.trials)}]"
            for insight in known
        ]
        self._say("\n".join(lines) or "no insights yet")

    def _cancel(self, _: argparse.Namespace) -> None:
        commands.cancel_proposal(self._opened())
        self._say("cancelled; ask again with `%ftagent propose`")

    def _pause(self, wanted: argparse.Namespace) -> None:
        commands.pause(self._opened(), " ".join(wanted.reason))
        self._say("paused: no new trial starts; go on with `%ftagent resume`")

    def _resume(self, _: argparse.Namespace) -> None:
        campaign = self._opened()
        commands.resume(campaign)
        campaign.start_runner()
        self._say("it goes on")

    def _stop(self, wanted: argparse.Namespace) -> None:
        commands.stop(self._opened(), " ".join(wanted.reason))
        self._say("stopped; go on with `%ftagent resume`")

    def _opened(self) -> Campaign:
        """The notebook's campaign, or the newest below ./campaigns."""
        if self.campaign is None:
            from ftassist.ui.notebook_campaign import newest

            self.campaign = newest(CAMPAIGNS)
        if self.campaign is None:
            raise JournalError(magic_lines.START, fix="`%ftagent task mini_math`")
        return self.campaign

    def _only_pending(self) -> str:
        pending = self._opened().refresh().pending
        if len(pending) != 1:
            names = ", ".join(trial.id for trial in pending) or "none"
            raise FtassistError(
                f"which proposal? waiting: {names}", fix="name one: `%ftagent accept t0003`"
            )
        return pending[0].id

    def _look(self, trial: str) -> Snapshot:
        """A snapshot, noting that the trial was seen as it is now."""
        snapshot = take(self._opened())
        self.seen[trial] = snapshot.state.seq
        return snapshot

    def _say(self, text: str) -> None:
        from ftassist.ui.proposal_view import Bundle

        self._display(Bundle({"text/plain": text}))

    def _display(self, bundle: Any) -> None:
        from IPython.display import publish_display_data

        publish_display_data(dict(bundle.data))


def _read(wanted: argparse.Namespace) -> str:
    if not wanted.file:
        raise FtassistError(
            "where is the new source?",
            where=f"{wanted.trial} {wanted.stage}",
            fix=f"use a cell that starts with `%%ftagent edit {wanted.trial} {wanted.stage}`",
        )
    try:
        return Path(wanted.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FtassistError(
            f"cannot read {wanted.file}: {error}", where=wanted.file, fix="name a text file"
        ) from error


def _shown(path: Path) -> str:
    """A path relative to the notebook where it lies below it."""
    full, here = path.resolve(), Path.cwd()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else str(full)


def _fetched(what: str, done: int, total: int) -> str:
    """How far a fetch is, in a line."""
    return f"{what}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB" if total else what
