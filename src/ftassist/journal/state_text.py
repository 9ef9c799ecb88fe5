"""A state as JSON, and made of it again.

The JSON is read by pydantic's parser straight into the records, by a schema of their types that
does not check plain values: those of events are not checked either, so that journals of other
versions open. Only the classes that a state's types name are ever made of such a text: it runs no
code of its writer's, as unpickling would. Fields that are what they are by themselves are not in
it, numbers excepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic_core import (
    PydanticSerializationError,
    SchemaSerializer,
    SchemaValidator,
    core_schema,
)

from ftassist.journal.state import State

Schema = core_schema.CoreSchema
_ANY = core_schema.any_schema()


def to_text(state: State) -> bytes:
    """A state as JSON in UTF-8.

    Raises:
        ValueError: It would not be the same one when it is read.
    """
    text = _text(state)
    read = of_text(text)
    same = read == state or repr(read) == repr(state)  # a number that is none equals nothing
    if not same or _text(read) != text:
        raise ValueError("it reads as another state")
    return text


def _text(state: State) -> bytes:
    try:
        return _writer().to_json(state, exclude_defaults=True, warnings="error")
    except PydanticSerializationError as error:
        raise ValueError(f"no text: {error}") from error


def of_text(text: bytes) -> State:
    """The state of a text that `to_text` wrote.

    Raises:
        ValueError: It is no such text.
    """
    state = _reader().validate_json(text)
    assert isinstance(state, State)
    return state


@cache
def _writer() -> SchemaSerializer:
    config = core_schema.CoreConfig(ser_json_inf_nan="constants")
    return SchemaSerializer(_Types(writing=True).of_state(), config)


@cache
def _reader() -> SchemaValidator:
    return SchemaValidator(_Types(writing=False).of_state())


class _Types:
    """How the values of types are made of JSON: as `records.record` makes them of an event's.

    Args:
        writing: Whether it is for writing: what a field is by itself is compared there. Where it
            is read, it is handed on as the object that it is and not copied.
    """

    def __init__(self, *, writing: bool) -> None:
        self._writing = writing
        self._known: dict[type, Schema] = {}

    def of_state(self) -> Schema:
        """The schema of a state."""
        top = self._of(State)
        return core_schema.definitions_schema(top, list(self._known.values()))

    def _of(self, hint: Any) -> Schema:
        if isinstance(hint, type) and is_dataclass(hint):
            if hint not in self._known:
                self._known[hint] = _ANY  # one that holds itself is under way
                self._known[hint] = self._dataclass(hint)
            return core_schema.definition_reference_schema(_name(hint))
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._of(arguments[0])
        if origin in (Union, UnionType):
            found = [made for part in arguments if (made := self._of(part)) != _ANY]
            return core_schema.nullable_schema(found[0]) if found else _ANY
        if origin is tuple:
            return core_schema.tuple_variable_schema(self._of(arguments[0]))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            inner = self._of(arguments[1])
            return _ANY if inner == _ANY else core_schema.dict_schema(_ANY, inner)
        return _ANY

    def _dataclass(self, kind: type) -> Schema:
        hints = get_type_hints(kind, include_extras=True)
        parts = fields(kind)
        made = [
            core_schema.dataclass_field(part.name, self._part(part, self._of(hints[part.name])))
            for part in parts
        ]
        return core_schema.dataclass_schema(
            kind,
            core_schema.dataclass_args_schema(kind.__name__, made),
            [part.name for part in parts],
            post_init=hasattr(kind, "__post_init__"),
            slots=True,
            ref=_name(kind),
        )

    def _part(self, part: Field[Any], schema: Schema) -> Schema:
        default, factory = part.default, part.default_factory
        if self._writing:
            # 1800 equals 1800.0, and is told another way: what may be such a number is written.
            if default is MISSING or isinstance(default, int | float):
                return schema
            return core_schema.with_default_schema(schema, default=default)
        if factory is not MISSING:
            return core_schema.with_default_schema(schema, default_factory=factory)
        if default is MISSING:
            return schema
        return core_schema.with_default_schema(schema, default_factory=lambda: default)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
