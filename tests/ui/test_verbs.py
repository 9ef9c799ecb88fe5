"""A verb is described once; command line and magic take and say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import pytest
from docsite.reference.commands import Command, tree, walk
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from typer.testing import CliRunner

from ftassist.campaign import Campaign
from ftassist.cli import app
from ftassist.ui.magics.magic_lines import COMMANDS as COMMAND_EXAMPLES
from ftassist.ui.magics.magic_lines import MAGICS, parse, parser_of, usage
from ftassist.ui.verbs import REQUIRED, VERBS, Face, Verb


def example(
    face: Face,
    trial: Annotated[str, "A trial."],
    words: Annotated[str, "What for."] = "",
    *,
    as_: Annotated[Sequence[str], "As what."] = (),
    output: Annotated[Path | None, "Where.", "-o", "FILE"] = None,
    wait: Annotated[bool | None, "Whether."] = None,
    slots: Annotated[int, "How many.", range(1, 4)] = 1,
) -> str:
    """Do something."""
    return f"{face.said} {trial}"


def test_arguments_and_options_are_read_from_the_function() -> None:
    verb = Verb(example, ("example t0003",))
    trial, words, as_, output, wait, slots = verb.parameters
    assert (trial.kind, trial.default, trial.flags, trial.rest) == (str, REQUIRED, (), False)
    assert (words.help, words.rest) == ("What for.", True)
    assert (as_.flags, as_.kind, as_.many) == (("--as",), str, True)
    assert (output.flags, output.kind, output.metavar) == (("--output", "-o"), Path, "FILE")
    assert (wait.kind, wait.default, wait.many) == (bool, None, False)
    assert slots.bounds == range(1, 4)
    assert not verb.has_document


COMMANDS = dict(walk(tree()))


@pytest.mark.parametrize("name", VERBS)
def test_both_faces_take_the_same(name: str) -> None:
    command: Command = COMMANDS[f"ftassist {name}"]
    shell = {opt for p in command.params for opt in [*p.opts, *p.secondary_opts]}
    notebook = {
        opt
        for action in parser_of(name)._actions
        for opt in action.option_strings or [action.dest]
    }
    assert shell - notebook <= {"--campaign", "-c", "--json", "--help", "-h"}
    assert notebook <= shell
    assert command.help


def test_a_new_campaign_is_described_once() -> None:
    shell = {opt for p in COMMANDS["ftassist init"].params for opt in p.opts}
    notebook = {opt for one in parser_of("task")._actions for opt in one.option_strings[:1]}
    assert shell - notebook == {"--task", "--from-recipe", "--json", "--help", "-h"} & shell
    assert notebook - shell == {"--new", "--fetch"}


@pytest.mark.parametrize("name", MAGICS)
def test_what_a_magic_takes_is_explained(name: str) -> None:
    told = usage(name)
    assert f"Example: {COMMAND_EXAMPLES[name]}" in " ".join(told.split())
    assert all(action.help for action in parser_of(name)._actions)


@pytest.mark.parametrize("name", VERBS)
def test_every_example_can_be_given(name: str) -> None:
    assert parse(VERBS[name].examples[0])[0] == name
    assert f"Example: ftassist {VERBS[name].examples[0]}" in str(
        COMMANDS[f"ftassist {name}"].epilog
    )


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(Campaign, "start_runner", lambda self: 4711)
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "ftassist")
    yield made
    InteractiveShell.clear_instance()


def text(shell: Any, line: str) -> str:
    with capture_output() as captured:
        shell.run_line_magic("ftagent", line)
    return "\n".join(str(output.data["text/plain"]) for output in captured.outputs)


def test_a_notebook_can_what_a_shell_can(shell: Any, demo_folder: Path) -> None:
    assert "calls $0.0000 of $10.00" in text(shell, "budget --usd 10")
    assert "t0004 is pinned" in text(shell, "pin t0004 to look at it")
    assert Campaign.open(demo_folder).state.budget.usd == 10


def test_a_notebook_begins_a_campaign_as_a_shell_does(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text(shell, "task mini_math --backend playbook --validation-items 20 --seed 3 --looks 2")
    made = Campaign.open(tmp_path / "campaigns" / "mini_math-1")
    assert "20 validation items" in made.card.limits
    assert (made.state.settings["seed"], made.state.settings["policy"]) == (3, "greedy")
    with pytest.raises(UsageError, match="executor"):
        shell.run_line_magic("ftagent", "task mini_math --new --address auto")


def test_a_magic_explains_itself(shell: Any) -> None:
    told = text(shell, "export --help")
    assert "Export a scored trial's model" in told
    assert "0.01 of a fraction, or 1 % of the" in " ".join(told.split())
    assert "Example: %ftagent export t0004 --as gguf" in told


def test_a_shell_can_wait_for_the_only_proposal(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(self: Campaign) -> int:
        self.say("trial.failed", {"class": "OOM", "message": "m"}, trial="t0012")
        return 4711

    monkeypatch.setattr(Campaign, "start_runner", work)
    done = CliRunner().invoke(app, ["accept", "--wait"], env={"COLUMNS": "140"})
    assert done.exit_code == 0, done.output
    assert "next: ftassist propose, or ftassist show t0012" in done.stdout
