"""A verb of the product, written once: command line and magic are made from its function.

    @verb('pause "the GPU is needed"')
    def pause(face: Face, reason: Annotated[str, "Why."] = "") -> str:
        \"\"\"Start no new trial; what trains stops at its next step, with a checkpoint.\"\"\"

What is positional is an argument, what is keyword-only an option of that name (`try_` is `--try`);
types, defaults and help are read from the function. It does what is asked through
`campaign.commands` and gives back what there is to say, which the face renders.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from ftassist.ui.verbs.face import VerbAnswer

REQUIRED = inspect.Parameter.empty


@dataclass(frozen=True)
class Parameter:
    """An argument or an option.

    Attributes:
        name: As the function calls it.
        kind: `str`, `int`, `float`, `bool` or `Path`.
        default: What it is where it is not given; `REQUIRED` where it must be.
        help: What it is, in a sentence.
        flags: How an option is written; empty for an argument.
        many: Whether it may be given several times.
        bounds: The whole numbers it may be; None for any.
        metavar: What stands for it in a shell's help; None for its type.
        rest: Whether a notebook takes all words that are left for it.
    """

    name: str
    kind: type
    default: Any
    help: str
    flags: tuple[str, ...]
    many: bool
    bounds: range | None
    metavar: str | None
    rest: bool


@dataclass(frozen=True)
class Verb:
    """What can be said to a campaign, in every face the same.

    Attributes:
        run: What it does; its first argument is the face it was called in.
        examples: Lines that use it, the first the one a mistake is answered with.
        also: A function whose options it takes, too, as those it hands on; None for none.
        on_campaign: Whether it is about a campaign that is there.
    """

    run: Callable[..., VerbAnswer | str]
    examples: tuple[str, ...]
    also: Callable[..., Any] | None = None
    on_campaign: bool = True

    @property
    def name(self) -> str:
        """The word it is called by."""
        return self.run.__name__.rstrip("_")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes, arguments first."""
        return (*_parameters(self.run), *(_parameters(self.also) if self.also else ()))

    @property
    def has_document(self) -> bool:
        """Whether what it says can be had as JSON."""
        return get_type_hints(self.run)["return"] is VerbAnswer


VERBS: dict[str, Verb] = {}
"""All verbs that have been defined, by name."""


def verb(*examples: str) -> Callable[[Callable[..., VerbAnswer | str]], Verb]:
    """Makes a function a verb."""

    def made(function: Callable[..., VerbAnswer | str]) -> Verb:
        found = Verb(function, examples)
        VERBS[found.name] = found
        return found

    return made


def _parameters(function: Callable[..., Any]) -> Iterator[Parameter]:
    """The parameters of a function after its first, but for those it hands on."""
    hints = get_type_hints(function, include_extras=True)
    _, *given = inspect.signature(function).parameters.values()
    arguments = [each for each in given if each.kind is each.POSITIONAL_OR_KEYWORD]
    for each in given:
        if each.kind is not each.VAR_KEYWORD:
            yield _parameter(each, hints[each.name], last=[each] == arguments[-1:])


def _parameter(given: inspect.Parameter, annotation: Any, *, last: bool) -> Parameter:
    whole, text, *more = get_args(annotation)
    (kind,) = (each for each in get_args(whole) or (whole,) if each is not NoneType)
    flags = [each for each in more if isinstance(each, str) and each.startswith("-")]
    if given.kind is given.KEYWORD_ONLY:
        flags.insert(0, f"--{given.name.rstrip('_').replace('_', '-')}")
    return Parameter(
        name=given.name,
        kind=kind,
        default=given.default,
        help=text,
        flags=tuple(flags),
        many=get_origin(whole) is not None and NoneType not in get_args(whole),
        bounds=next((each for each in more if isinstance(each, range)), None),
        metavar=next((each for each in more if isinstance(each, str) and each.isupper()), None),
        rest=last and kind is str and given.default == "",
    )
