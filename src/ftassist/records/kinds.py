"""Kinds of values that several records share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

Phase = Literal["new", "running", "paused", "stopped", "finished"]
WaitsFor = Literal["", "model", "task", "consent", "nodes"]

Json = dict[str, Any]
"""A JSON object that comes from outside or goes there: over HTTP, a pipe, to another program."""

_Document = TypeVar("_Document")
_documents: list[Any] = []


@dataclass(frozen=True)
class Like:
    """Text that a pattern describes, as JSON schemas know it."""

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """The text with its pattern."""
        return {**handler(source), "pattern": self.pattern}


class Also:
    """More of what a JSON schema says about a value, in its own words."""

    def __init__(self, **words: Any) -> None:
        self.words = words

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Any:
        """The schema with these words."""
        return {**handler(core), **self.words}


TrialId = Annotated[str, Like("^t[0-9]{4,9}$")]


def document(described: type[_Document]) -> type[_Document]:
    """Marks a TypedDict as a document that faces are sent: closed, its docstrings its words."""
    described.__pydantic_config__ = {  # type: ignore[attr-defined]
        "extra": "forbid",
        "use_attribute_docstrings": True,
    }
    _documents.append(described)
    return described


def documents() -> tuple[Any, ...]:
    """The documents of the modules that were loaded so far."""
    return tuple(_documents)
