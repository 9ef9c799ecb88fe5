from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from ftassist.campaign import Campaign, commands
from ftassist.documents import PROPOSAL_MIME
from ftassist.errors import ModelError
from ftassist.journal import Kind
from ftassist.ui.magics import magic_lines

PLOTLY_MIME = "application/vnd.plotly.v1+json"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 4711)
    monkeypatch.setattr(Campaign, "runner_alive", lambda self: True)
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "ftassist")
    yield made
    InteractiveShell.clear_instance()


def outputs(shell: Any, line: str, cell: str | None = None) -> list[dict[str, Any]]:
    """The MIME bundles a magic displays."""
    with capture_output() as captured:
        if cell is None:
            shell.run_line_magic("ftagent", line)
        else:
            shell.run_cell_magic("ftagent", line, cell)
    return [output.data for output in captured.outputs]


def text(shell: Any, line: str, cell: str | None = None) -> str:
    return "\n".join(str(output["text/plain"]) for output in outputs(shell, line, cell))


def test_the_extension_loads_from_the_magics_module_too(shell: Any) -> None:
    shell.run_line_magic("load_ext", "ftassist.ui.magics")
    assert "ftagent" in shell.magics_manager.magics["line"]
    assert "ftagent" in shell.magics_manager.magics["cell"]


def test_alone_it_lists_its_commands_by_example(shell: Any) -> None:
    assert "%ftagent propose" in text(shell, "")


def test_an_unknown_command_gets_the_nearest(shell: Any) -> None:
    with pytest.raises(UsageError, match="did you mean 'propose'"):
        shell.run_line_magic("ftagent", "propse")


def test_a_wrong_option_shows_an_example(shell: Any) -> None:
    with pytest.raises(UsageError, match="for example: %ftagent task mini_math"):
        shell.run_line_magic("ftagent", "task mini_math --speed 3")


def test_an_open_quotation_is_told(shell: Any) -> None:
    with pytest.raises(UsageError, match="close the quotation mark"):
        shell.run_line_magic("ftagent", 'veto t0012 "why')


def test_what_follows_a_hash_that_stands_alone_is_a_comment() -> None:
    line = 'veto t0002 "not #7 and # no more"  # as the README shows; it\'s for people'
    assert magic_lines.parse(line)[1]["reason"] == "not #7 and # no more"
    assert magic_lines.parse("task mini_math   # a campaign")[1]["task"] == "mini_math"


def test_without_a_campaign_it_teaches_how_to_start(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FTASSIST_CAMPAIGN", raising=False)
    with pytest.raises(UsageError, match="No campaign here yet"):
        shell.run_line_magic("ftagent", "status")


def test_task_makes_a_campaign_and_finds_it_again(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "made campaign mini_math-1 in campaigns/mini_math-1" in text(
        shell, "task mini_math --trials 3"
    )
    assert "opened campaign mini_math-1" in text(shell, "task mini_math")
    assert "made campaign mini_math-2" in text(shell, "task mini_math --new")
    assert Campaign.open(tmp_path / "campaigns" / "mini_math-1").state.budget.trials == 3


def test_with_a_key_a_language_model_is_the_agent_of_a_new_campaign(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-set-0123456789")
    told = text(shell, "task mini_math --usd 2")
    assert "the agent is a language model, since ANTHROPIC_API_KEY is set" in told
    assert "$2.00 at most" in told
    made = Campaign.open(tmp_path / "campaigns" / "mini_math-1")
    assert made.state.settings["backend"] == "anthropic"
    assert "language model" not in text(shell, "task mini_math --new --backend playbook")
    assert "language model" not in text(shell, "task mini_math"), "nor of one that was there"


def test_an_unknown_task_gets_the_nearest(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="did you mean 'mini_math'"):
        shell.run_line_magic("ftagent", "task mini_mth")


def test_propose_displays_document_html_and_text(shell: Any, demo_folder: Path) -> None:
    (bundle,) = outputs(shell, "propose")
    document = bundle[PROPOSAL_MIME]
    assert document["trial"] == "t0012"
    assert document["seen"] == Campaign.open(demo_folder).state.seq
    assert set(document["cells"]) == {"curate", "train", "evaluate"}
    assert document["predicted"] == {"low": 0.02, "high": 0.09}
    assert "%ftagent accept t0012" in bundle["text/plain"]
    assert "%ftagent veto t0012" in bundle["text/html"]


def test_the_proposal_html_escapes_what_comes_from_data(shell: Any, demo_folder: Path) -> None:
    (bundle,) = outputs(shell, "propose")
    assert "<script" not in bundle["text/html"]
    assert "&lt;script&gt;" in bundle["text/html"]


def test_propose_waits_for_the_agent(
    shell: Any, demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = demo.state.trials["t0012"].proposal.to_dict()
    commands.veto(demo, "t0012", "no")

    def answer(self: Campaign) -> int:
        self.say(Kind.PROPOSAL_MADE, proposal, trial="t0013", actor="agent:playbook")
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", answer)
    (bundle,) = outputs(shell, "propose")
    assert bundle[PROPOSAL_MIME]["trial"] == "t0013"


def test_a_failed_proposal_is_an_error_with_the_agents_reason(
    shell: Any, demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.veto(demo, "t0012", "no")

    def answer(self: Campaign) -> int:
        self.say(Kind.PROPOSAL_FAILED, {"message": "no rule fits"})
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", answer)
    with pytest.raises(UsageError, match="no rule fits"):
        shell.run_line_magic("ftagent", "propose")


def test_a_cell_replaces_the_source_of_a_stage(shell: Any, demo_folder: Path) -> None:
    source = "from ftassist.recipes import train\n\ntrain.sft(model, 'data', 'model', epochs=9)\n"
    shown = outputs(shell, "edit t0012 train", source)
    assert shown[-1][PROPOSAL_MIME]["cells"]["train"] == source
    trial = Campaign.open(demo_folder).state.trials["t0012"]
    assert trial.cells["train"] == source
    assert trial.edited["train"].startswith("person:")


def test_a_cell_with_a_syntax_error_is_refused(shell: Any, demo_folder: Path) -> None:
    with pytest.raises(UsageError):
        shell.run_cell_magic("ftagent", "edit t0012 train", "def broken(:\n")
    assert not Campaign.open(demo_folder).state.trials["t0012"].edited


def test_a_cell_for_another_command_is_refused(shell: Any, demo_folder: Path) -> None:
    with pytest.raises(UsageError, match="takes a cell for `edit` only"):
        shell.run_cell_magic("ftagent", "status", "x = 1\n")


def test_a_mistyped_argument_is_refused_when_the_cell_is_saved(
    shell: Any, demo_folder: Path
) -> None:
    source = (
        "from ftassist.recipes import train\n"
        'train.sft(model, "data", "model", lerning_rate=1e-3)\n'
    )
    with pytest.raises(UsageError, match=r"(?s)'lerning_rate'.*line 2.*'learning_rate'"):
        shell.run_cell_magic("ftagent", "edit t0012 train", source)
    assert not Campaign.open(demo_folder).state.trials["t0012"].edited


def test_edit_without_a_cell_says_how(shell: Any, demo_folder: Path) -> None:
    with pytest.raises(UsageError, match="%%ftagent edit t0012 train"):
        shell.run_line_magic("ftagent", "edit t0012 train")


def test_a_decision_on_what_another_changed_since_is_refused(
    shell: Any, demo_folder: Path
) -> None:
    outputs(shell, "propose")
    other = Campaign.open(demo_folder)
    commands.edit(other, "t0012", {"train": "x = 1\n"})
    with pytest.raises(UsageError, match="changed since you looked"):
        shell.run_line_magic("ftagent", "accept t0012")


def test_veto_passes_the_reason_on(shell: Any, demo_folder: Path) -> None:
    text(shell, "veto t0012 'no answers without working'")
    veto = Campaign.open(demo_folder).state.vetoes[-1]
    assert (veto.trial, veto.reason) == ("t0012", "no answers without working")


def test_accept_waits_and_shows_verdict_and_prediction(
    shell: Any, demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored = demo.state.trials["t0004"]

    def work(self: Campaign) -> int:
        self.say(Kind.TRIAL_STARTED, {}, trial="t0012")
        self.say(Kind.TRIAL_SCORED, {"feedback": scored.feedback.to_dict()}, trial="t0012")
        self.say(Kind.TRIAL_COMPLETED, {}, trial="t0012")
        tied = replace(scored.verdict, kind="tied", against="t0004", difference=0.01)
        seen = {"low": 0.02, "high": 0.09, "observed": 0.01, "held": False}
        self.say(Kind.TRIAL_JUDGED, {"parent": tied.to_dict(), "prediction": seen}, trial="t0012")
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", work)
    shown = text(shell, "accept t0012")
    assert "score 0.78 [0.73, 0.83]" in shown
    assert "not distinguishable from t0004: difference +0.01" in shown
    assert "predicted +0.02 to +0.09, observed +0.01: less than predicted" in shown


def test_accept_need_not_wait_nor_name_the_only_proposal(shell: Any, demo_folder: Path) -> None:
    assert "t0012 accepted" in text(shell, "accept --no-wait")
    assert Campaign.open(demo_folder).state.trials["t0012"].status == "accepted"


def test_an_unknown_trial_gets_the_nearest(shell: Any, demo_folder: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 't00"):
        shell.run_line_magic("ftagent", "show t0120")


def test_the_tree_is_a_plotly_figure_and_no_widget(shell: Any, demo_folder: Path) -> None:
    (bundle,) = outputs(shell, "tree")
    assert bundle[PLOTLY_MIME]["data"]
    assert not any("widget" in mime for mime in bundle)
    assert "t0004" in bundle["text/html"] and "t0004" in bundle["text/plain"]


def test_show_gives_page_and_learning_curve(shell: Any, demo_folder: Path) -> None:
    page, curve = outputs(shell, "show t0004")
    assert "better than t0002" in page["text/plain"]
    assert "<script" not in page["text/html"]
    names = {trace.get("name") for trace in curve[PLOTLY_MIME]["data"]}
    assert {"t0004", "t0002 (parent)"} <= names


@pytest.mark.parametrize("line", ["status", "diff t0002 t0003", "diff t0004"])
def test_looking_displays_text_and_html(shell: Any, demo_folder: Path, line: str) -> None:
    last = outputs(shell, line)[-1]
    assert last["text/plain"].strip()
    assert last["text/html"].startswith("<pre")


def test_run_ends_when_a_person_is_needed(shell: Any, demo: Campaign) -> None:
    demo.say(Kind.TRIAL_FAILED, {"class": "OOM", "message": "m"}, trial="t0011")
    assert "next: `%ftagent accept t0012`" in text(shell, "run")


def test_what_a_campaign_will_take_is_told_before_it_goes_on_alone(
    shell: Any, demo: Campaign
) -> None:
    before = demo.journal.last_seq()
    told = text(shell, "run --plan")
    assert "5 trials: about 2 min" in told and "in all about 2 min" in told
    assert demo.journal.last_seq() == before
    demo.say(Kind.TRIAL_FAILED, {"class": "OOM", "message": "m"}, trial="t0011")
    assert "trials: about 2 min" not in text(shell, "run")


def test_pause_resume_and_stop_reach_the_journal(shell: Any, demo_folder: Path) -> None:
    phases = []
    for line in ("pause lunch", "resume", "stop done for today"):
        text(shell, line)
        phases.append(Campaign.open(demo_folder).state.phase)
    assert phases == ["paused", "running", "stopped"]
    assert Campaign.open(demo_folder).state.reason == "done for today"


def test_report_is_written_beside_the_journal(shell: Any, demo_folder: Path) -> None:
    assert "campaigns/mini_math-1/report.html" in text(shell, "report")
    assert (demo_folder / "report.html").stat().st_size > 10_000


def test_an_interrupt_while_waiting_says_the_runner_goes_on(
    shell: Any, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Campaign, "wait", interrupt)
    assert "the runner goes on" in text(shell, "run")


def test_undo_makes_a_vetoed_trial_a_proposal_again(shell: Any, demo_folder: Path) -> None:
    text(shell, "veto t0012 too dear")
    assert "t0012 is a proposal again" in text(shell, "undo t0012")
    assert Campaign.open(demo_folder).state.trials["t0012"].status == "proposed"


def test_alternatives_are_shown_as_proposals(
    shell: Any, demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(self: Campaign) -> int:
        proposal = {**self.refresh().trials["t0012"].proposal.to_dict(), "beside": "t0012"}
        self.say(Kind.PROPOSAL_MADE, proposal, trial="t0013", actor="agent:playbook")
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", start)
    (bundle,) = outputs(shell, "alternatives --count 1")
    assert bundle[PROPOSAL_MIME]["trial"] == "t0013"


def test_repeats_are_asked_for(shell: Any, demo_folder: Path) -> None:
    assert "repeated" in text(shell, "repeat t0001 --seeds 2")
    assert Campaign.open(demo_folder).state.trials["t0001"].replicates_wanted == 2


def test_an_export_tells_its_folder(
    shell: Any, demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(self: Campaign) -> int:
        made = {"folder": "exports/t0001", "files": 3, "bytes": 9}
        self.say(Kind.EXPORT_MADE, made, trial="t0001", actor="runner")
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", start)
    assert "exports/t0001" in text(shell, "export t0001")


def test_the_requirement_card_is_shown(shell: Any, demo: Campaign) -> None:
    assert "no requirement card yet" in text(shell, "survey")
    demo.say(Kind.SURVEY_MADE, {"asked": "boxed numbers", "lacks": "the form"})
    assert "asked: boxed numbers" in text(shell, "survey")


def test_a_registry_model_that_is_not_here_is_offered_and_fetched_where_a_person_agrees(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_MODELS", str(tmp_path / "models"))
    asked: list[str] = []
    fetched: list[str] = []

    def fetch(model: Any, report: Any, source: str = "") -> Path:
        fetched.append(model.key)
        report("downloading", 5_000_000, 93_000_000)
        raise ModelError("no line today")

    monkeypatch.setattr("ftassist.models.fetching.fetch", fetch)

    def refuse(question: str) -> str:
        asked.append(question)
        return "n"

    monkeypatch.setattr("builtins.input", refuse)
    with pytest.raises(UsageError, match="ftassist models get smollm2-135m"):
        shell.run_line_magic("ftagent", "task mini_math --model smollm2-135m")
    assert "93 MB, Apache-2.0" in asked[0]
    assert not fetched
    monkeypatch.setattr("builtins.input", lambda _: "")
    with pytest.raises(UsageError, match="no line today"):
        shell.run_line_magic("ftagent", "task mini_math --model smollm2-135m")
    assert fetched == ["smollm2-135m"]


def test_a_notebook_that_cannot_ask_says_what_to_type_and_fetches_with_the_option(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_MODELS", str(tmp_path / "models"))

    def nobody(question: str) -> str:
        raise EOFError

    def fetch(model: Any, report: Any, source: str = "") -> Path:
        raise ModelError("no line today")

    monkeypatch.setattr("builtins.input", nobody)
    monkeypatch.setattr("ftassist.models.fetching.fetch", fetch)
    with pytest.raises(UsageError, match="ftassist models get smollm2-135m"):
        shell.run_line_magic("ftagent", "task mini_math --model smollm2-135m")
    with pytest.raises(UsageError, match="no line today"):
        shell.run_line_magic("ftagent", "task mini_math --model smollm2-135m --fetch")
