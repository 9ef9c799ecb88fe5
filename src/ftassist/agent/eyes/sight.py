"""The looks by name, over one campaign as it stands. None runs what a trial wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftassist.agent.eyes import (
    functions,
    general,
    notes,
    optimiser,
    outside,
    programs,
    rows,
    similar,
    trials,
)
from ftassist.agent.eyes.look import LONGEST_CELL, Look, LookTool
from ftassist.agent.eyes.record import LookRecord
from ftassist.agent.schema import misfit
from ftassist.errors import DataError, FtassistError, UnknownNameError

_ROW = {"type": "integer", "minimum": 1}
_SET = {"type": "string", "description": "A raw set."}
_TRIAL = {"type": "string", "description": "A trial, such as t0003."}
_PATTERN = {"type": "string", "maxLength": 200, "description": "A regular expression."}
_QUERY = {
    "type": "string",
    "minLength": 2,
    "maxLength": outside.LONGEST,
    "description": "A few words of the field.",
}
_FIELD = {
    "type": "string",
    "description": "Where the pattern is searched: prompt, response, any, or a field of the rows.",
}


@dataclass(frozen=True)
class Sight(LookRecord):
    """What an agent may look at: looks by name over a record."""

    @property
    def tools(self) -> Sequence[LookTool]:
        """The kinds of looks there are, those outside where they are allowed."""
        return [tool for tool in kinds() if self.outside is not None or tool.name not in OUTSIDE]

    def look(self, name: str, arguments: Mapping[str, Any]) -> Look:
        """One look; a wrong question is answered with what is wrong about it."""
        try:
            if name not in _LOOKS:
                raise UnknownNameError.of("look", name, _LOOKS)
            tool, see = _LOOKS[name]
            _check(arguments, tool)
            return see(self, **arguments)
        except FtassistError as error:
            fix = f" ({error.fix})" if error.fix else ""
            return Look({"error": f"{error.what}{fix}"}, f"{name} was asked wrongly", failed=True)
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            why = f"this cannot be read: {type(error).__name__}"
            return Look({"error": why}, f"{name} could not be read", failed=True)


NOTE = "note"
"""The kind that shows nothing and keeps what the agent writes."""
OUTSIDE = ("find_papers", "read_paper", "find_data", "read_data_card")
"""The looks whose question leaves this machine."""


def kinds() -> list[LookTool]:
    """The kinds of looks there are, in whatever campaign."""
    return [tool for tool, _ in _LOOKS.values()]


def _check(arguments: Mapping[str, Any], tool: LookTool) -> None:
    if wrong := misfit(dict(arguments), tool.schema):
        place = wrong.place or "the arguments"
        raise DataError(f"{place}: {wrong.message[:200]}", where=tool.name)


def _tool(name: str, description: str, required: Sequence[str], **properties: Any) -> LookTool:
    schema = {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": properties,
    }
    return LookTool(name, description, schema)


_LOOKS: dict[str, tuple[LookTool, Callable[..., Look]]] = {
    tool.name: (tool, see)
    for tool, see in (
        (
            _tool(
                "read_rows",
                "Rows of a raw set, at most 20, of those that a pattern finds (all without one).",
                ["set"],
                set=_SET,
                pattern=_PATTERN,
                field=_FIELD,
                start={
                    **_ROW,
                    "description": "Which of the found rows comes first.",
                },
                count={**_ROW, "maximum": rows.MOST, "description": "How many; 10 by default."},
            ),
            rows.read_rows,
        ),
        (
            _tool(
                "count_rows",
                "How many rows of a raw set a pattern finds, and the most frequent values among "
                "them, or their lengths.",
                ["set"],
                set=_SET,
                pattern=_PATTERN,
                field=_FIELD,
                by={
                    "type": "string",
                    "description": "answer (the final answer, the default), length, or a field.",
                },
            ),
            rows.count_rows,
        ),
        (
            _tool(
                "show_tokens",
                "A row of a raw set as the model's tokens, with what would be trained on marked.",
                ["set", "row"],
                set=_SET,
                row={**_ROW, "description": "Its number in the set."},
            ),
            rows.show_tokens,
        ),
        (
            _tool(
                "wrong_answers",
                "Wrong answers of a trial that the evaluator shows, by view and by how they fail; "
                "what could be read by view and length; what was given for what.",
                ["trial"],
                trial=_TRIAL,
                view={"type": "string"},
                kind={"type": "string", "description": "How they fail, as counted."},
            ),
            trials.wrong_answers,
        ),
        (
            _tool(
                "similar_rows",
                "Training rows that are answered in the form of a wrong answer that is shown "
                "(kinds of pieces and punctuation, not what they say), the nearest first, and "
                "how many rows of each set have that very form.",
                ["trial", "answer"],
                trial=_TRIAL,
                answer={**_ROW, "description": "Its number in wrong_answers."},
                set={"type": "string", "description": "A raw set; all of them without one."},
                count={**_ROW, "maximum": similar.MOST, "description": "How many; 5 by default."},
            ),
            similar.similar_rows,
        ),
        (
            _tool(
                "compare_trials",
                "Two trials beside each other: scores by view, kinds of wrong answers, data, "
                "training, and what differs in their cells.",
                ["one", "other"],
                one=_TRIAL,
                other=_TRIAL,
            ),
            trials.compare_trials,
        ),
        (
            _tool(
                "general_panel",
                "What a trial kept of what the base could do, by kind of question: shares right, "
                "difference to the base, interval. The questions themselves nobody may see.",
                ["trial"],
                trial=_TRIAL,
                part={"type": "string", "description": "Such as arithmetic; all without one."},
            ),
            general.general_panel,
        ),
        (
            _tool("show_curve", "The training curve of a trial.", ["trial"], trial=_TRIAL),
            trials.show_curve,
        ),
        (
            _tool(
                "show_log",
                "What the cells of a trial printed and how it failed: the end, or lines in which "
                "a pattern is found.",
                ["trial"],
                trial=_TRIAL,
                pattern=_PATTERN,
            ),
            trials.show_log,
        ),
        (
            _tool("show_cells", "The cells of a trial, whole.", ["trial"], trial=_TRIAL),
            trials.show_cells,
        ),
        (
            _tool("data_card", "How a trial's rows came to be.", ["trial"], trial=_TRIAL),
            trials.data_card,
        ),
        (
            _tool(
                "estimate_plan",
                "What a trial with these cells would take, and what is wrong with them; cells "
                "that are left out are the parent's.",
                ["parent"],
                parent=_TRIAL,
                curate={"type": "string", "maxLength": LONGEST_CELL},
                train={"type": "string", "maxLength": LONGEST_CELL},
            ),
            trials.estimate_plan,
        ),
        (
            _tool(
                "ask_optimiser",
                "What an optimiser makes of the numbers of all trials (learning rate, epochs, "
                "batch size): where the best quarter stood, what each number seems worth and how "
                "sure that is, and the recipes it would try next. It knows numbers alone.",
                [],
            ),
            optimiser.ask_optimiser,
        ),
        (
            _tool(
                "run_program",
                "Runs a small Python program of yours over raw training sets and shows what it "
                "prints. Each named set lies where it starts as NAME.jsonl, a JSON object a line: "
                "row, prompt, response, messages, fields. No network, no evaluation data, "
                "30 seconds, 6,000 characters; print counts and a few rows, not everything.",
                ["program", "sets"],
                program={"type": "string", "minLength": 1, "maxLength": programs.LONGEST},
                sets={"type": "array", "items": _SET, "maxItems": programs.MOST_SETS},
            ),
            programs.run_program,
        ),
        (
            _tool(
                "read_reference",
                "The reference of functions that cells can call: what each argument means, and "
                "an example.",
                ["functions"],
                functions={
                    "type": "array",
                    "items": {"type": "string", "description": "Such as curate.map."},
                    "minItems": 1,
                    "maxItems": functions.MOST,
                },
            ),
            functions.read_reference,
        ),
        (
            _tool(
                NOTE,
                "Keeps a note on the page of your working, which people read: what you found and "
                "what follows from it. Call it beside other looks.",
                ["text"],
                text={"type": "string", "minLength": 1, "maxLength": notes.LONGEST},
            ),
            notes.note,
        ),
        (
            _tool(
                "find_papers",
                "Papers on arXiv in which all words of a query stand, the most relevant first, "
                "with the beginning of their abstracts. The query leaves this machine: it holds "
                "no text of items or rows. Offered where the campaign allows it.",
                ["query"],
                query=_QUERY,
            ),
            outside.find_papers,
        ),
        (
            _tool(
                "read_paper",
                "The abstract of a paper on arXiv; kept in the requirement card.",
                ["id"],
                id={"type": "string", "maxLength": 40, "description": "Such as 2402.03300."},
            ),
            outside.read_paper,
        ),
        (
            _tool(
                "find_data",
                "Data sets on the Hugging Face Hub that a query finds, the most downloaded "
                "first, with licence and description. Nothing is downloaded: trials train on the "
                "raw sets alone. Offered where the campaign allows it.",
                ["query"],
                query=_QUERY,
            ),
            outside.find_data,
        ),
        (
            _tool(
                "read_data_card",
                "The card of a data set on the Hub, with its licence; kept in the requirement "
                "card.",
                ["id"],
                id={"type": "string", "maxLength": 193, "description": "Such as org/name."},
            ),
            outside.read_data_card,
        ),
    )
}
