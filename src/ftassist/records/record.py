"""What all records share: made of a document, and written as one.

A record is a frozen dataclass. Pydantic knows its type as well, for the schemas that documents of
others have to fit (`records.schemas`) and that `tools/documents.py` writes, but is loaded only
there: a journal is folded, and a face opens, without it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import fields
from types import UnionType
from typing import Annotated, Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints

Maker = Callable[[Any], Any]
Parts = dict[str, tuple[str, Maker | None]]
"""Of each part of a document: the field it is of, and what makes the field's value of it."""
_KNOWN: dict[type, Parts] = {}


class _Every:
    """What everything is in."""

    def __contains__(self, name: object) -> bool:
        return True


EVERY_FIELD: Container[str] = _Every()
"""Of a record whose document has only what is known."""


def json_name(field: str) -> str:
    """A field's name in documents: `class_`, which Python keeps for itself, is "class" there."""
    return field.rstrip("_")


class Record:
    """What a frozen dataclass needs to be a record. It has no fields of its own."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, Any]] = {
        "alias_generator": json_name,
        "extra": "forbid",
        "json_schema_serialization_defaults_required": True,
        "use_attribute_docstrings": True,
    }
    LEFT_OUT: ClassVar[Container[str]] = frozenset()
    """Fields that a document does not have while they are empty."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The record in a document of our own, such as an event's payload.

        Fields it does not know are ignored and nothing is checked, so that journals of other
        versions open; `schemas.schema_of` the record says what documents of others have to fit.
        """
        known = _parts(cls)
        values: dict[str, Any] = {}
        for key, value in document.items():
            if (part := known.get(key)) is not None:
                name, make = part
                values[name] = make(value) if make else value
        return cls(**values)

    def __getitem__(self, name: str) -> Any:
        """A part of its document, as notebooks ask that were written when documents were folded.

        Raises:
            KeyError: Its document has no such part.
        """
        return self.to_dict()[name]

    def to_dict(self) -> dict[str, Any]:
        """The record as a JSON object; empty for one that is false, as of what did not happen."""
        if not self:
            return {}
        return {
            key: _plain(value)
            for key, (name, _) in _parts(type(self)).items()
            if not (_empty(value := getattr(self, name)) and name in self.LEFT_OUT)
        }


def document_of(holder: Any) -> dict[str, Any]:
    """A dataclass that holds records, as a JSON object."""
    return {field.name: _plain(getattr(holder, field.name)) for field in fields(holder)}


def _parts(record: type[Record]) -> Parts:
    """The parts of a record's document, in the order of its fields."""
    known = _KNOWN.get(record)
    if known is None:
        hints = get_type_hints(record, include_extras=True)
        found = fields(record)  # type: ignore[arg-type]
        known = {json_name(f.name): (f.name, _maker(hints[f.name])) for f in found}
        _KNOWN[record] = known
    return known


def _maker(hint: Any) -> Maker | None:
    """What makes a value of a type of the JSON in its place; None where the JSON is the value."""
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint.of
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _maker(arguments[0])
    if origin in (Union, UnionType):
        make = next((found for part in arguments if (found := _maker(part))), None)
        return make and (lambda value: None if value is None else make(value))
    if origin is tuple:
        return _each(_maker(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping) and (one := _maker(arguments[1])):
        return lambda value: {key: one(found) for key, found in value.items()}
    return None


def _each(make: Maker | None) -> Maker:
    return (lambda value: tuple(map(make, value))) if make else tuple


def _empty(value: Any) -> bool:
    """Whether there is nothing in a value; a number is never empty."""
    return not value and not isinstance(value, int | float)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return value
