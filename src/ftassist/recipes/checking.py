"""The arguments of recipes, checked by their signatures: names, kinds, and ranges of trainings.

Cells are checked with these functions before they run (`trial.cell_arguments`), and each recipe
checks with them what it is really given: what a cell computes is known only then.
"""

from __future__ import annotations

import inspect
import math
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, wraps
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from ftassist.errors import CellError

Recipe = TypeVar("Recipe", bound=Callable[..., Any])
_SHARED: dict[str, inspect.Parameter] = {}
"""What `train.sft` shares with the other trainings; filled as `train`, their one door, loads."""


def checked(recipe: Recipe) -> Recipe:
    """A recipe that refuses arguments of other names, kinds and ranges before it does anything.

    The call raises `CellError`, which names the argument and what it must be.
    """

    @wraps(recipe)
    def call(*given: Any, **named: Any) -> Any:
        said = _said(recipe)
        values = _bound(
            recipe, said, [*map(_plain, given)], {k: _plain(v) for k, v in named.items()}
        )
        for name, value in values.items():
            if expected := misfit(recipe, name, value):
                raise CellError(
                    f"{name}={value!r:.80} cannot be taken by {said}", where=said, fix=expected
                )
        check_ranges(recipe, values)
        return recipe(*given, **named)

    return typing.cast("Recipe", call)


def takes(recipe: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The arguments of a recipe; those it shares with `train.sft` where it takes any others."""
    found = dict(inspect.signature(recipe).parameters)
    rest = [name for name, known in found.items() if known.kind is known.VAR_KEYWORD]
    if rest:
        del found[rest[0]]
        found |= {n: p for n, p in _SHARED.items() if n not in found}
    return found


def shares_arguments(*, but: Collection[str]) -> Callable[[Recipe], Recipe]:
    """Marks the recipe whose arguments, but for its own, are those others take as `**common`."""

    def share(recipe: Recipe) -> Recipe:
        known = inspect.signature(recipe).parameters
        _SHARED.update({name: known[name] for name in known if name not in but})
        return recipe

    return share


def misfit(recipe: Callable[..., Any], name: str, value: object) -> str:
    """What an argument must be instead; "" where the value fits or its kind is not told."""
    from pydantic import ValidationError

    if isinstance(value, float) and not math.isfinite(value):
        return f"give a finite number for {name}"
    if isinstance(value, str | Path) and not _can_be_written(str(value)):
        return f"give {name} without zero bytes and halves of signs"
    kind = _kind(inspect.unwrap(recipe), name)
    if kind is None:
        return ""
    try:
        kind.validate_python(value, strict=True)
    except ValidationError as error:
        said = dict.fromkeys(
            str(e["msg"]).removeprefix("Input should be ") for e in error.errors()
        )
        return f"give {' or '.join(said)} for {name}"
    return ""


def check_ranges(recipe: Callable[..., Any], values: Mapping[str, object]) -> None:
    """Checks the values of a training that are known.

    Raises:
        CellError: One is out of range; names it.
    """
    from ftassist.recipes.arguments import check_values

    if "learning_rate" in inspect.signature(recipe).parameters:
        check_values(values)


def nearest(name: str, known: Sequence[str]) -> str:
    """The name that was probably meant, or all there are."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"it takes: {', '.join(known)}"


def _said(recipe: Callable[..., Any]) -> str:
    """A recipe as cells call it, such as `train.sft`."""
    room = recipe.__module__.removeprefix("ftassist.").split(".")
    if room[0] != "recipes":
        return recipe.__name__
    return f"{'curate' if 'curate' in room else 'train'}.{recipe.__name__}"


def _bound(
    recipe: Callable[..., Any], said: str, given: Sequence[Any], named: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments by name.

    Raises:
        CellError: One is not known, missing, given twice or one too many.
    """
    known = takes(recipe)
    if unknown := [name for name in named if name not in known]:
        near = nearest(unknown[0], [name for name in known if name not in named])
        raise CellError(f"{said} takes no argument {unknown[0]!r}", where=said, fix=near)
    places = [p.name for p in known.values() if p.kind is not p.KEYWORD_ONLY]
    if len(given) > len(places):
        many = f"takes {len(places)} arguments without a name, not {len(given)}"
        raise CellError(f"{said} {many}", where=said, fix="name the others")
    placed = dict(zip(places, given, strict=False))
    if twice := [name for name in placed if name in named]:
        raise CellError(f"{said} is given {twice[0]!r} twice", where=said, fix="give it once")
    values = {**placed, **named}
    if missing := [n for n, p in known.items() if p.default is p.empty and n not in values]:
        names = ", ".join(missing)
        raise CellError(f"{said} needs {' and '.join(missing)}", where=said, fix=f"give {names}")
    return values


@cache
def _kind(recipe: Callable[..., Any], name: str) -> Any:
    """What checks the kind of an argument; None where its kind is not told."""
    from pydantic import InstanceOf, TypeAdapter
    from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError

    parameter = takes(recipe)[name]
    stated = SimpleNamespace(__annotations__={"it": parameter.annotation})
    try:
        hint = typing.get_type_hints(stated, globalns=getattr(recipe, "__globals__", {}))["it"]
        own = inspect.isclass(hint) and hint.__module__.startswith("ftassist.")
        instance: Any = InstanceOf
        return TypeAdapter(instance[hint] if own else hint)
    except (NameError, PydanticUserError, PydanticUndefinedAnnotation):
        return None


def _can_be_written(text: str) -> bool:
    """Whether a text is one that files can hold and be called."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _plain(value: Any) -> Any:
    """A number of numpy or torch as Python's own."""
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "ndim", None) == 0 else value
