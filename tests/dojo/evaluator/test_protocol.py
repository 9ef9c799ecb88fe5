from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftassist.dojo.evaluator.protocol import (
    RefusedError,
    encode,
    error_answer,
    raise_error,
    read_message,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40)
@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=3))
def test_messages_are_read_as_they_were_written(messages: list[dict[str, object]]) -> None:
    stream = io.BytesIO(b"".join(encode(message) for message in messages))
    assert [read_message(stream) for _ in messages] == messages
    assert read_message(stream) is None


def test_a_message_over_the_limit_is_refused_without_reading_it_all() -> None:
    stream = io.BytesIO(b"x" * 1000)
    with pytest.raises(RefusedError, match="more than 100 bytes"):
        read_message(stream, limit=100)
    assert stream.tell() == 101


@pytest.mark.parametrize("line", [b"{\n", b"[1]\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_a_line_that_is_no_json_object_is_refused(line: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        read_message(io.BytesIO(line))
    assert caught.value.kind == "DATA"


def test_an_error_travels_with_its_class_place_and_cure() -> None:
    error = RefusedError("no", kind="INVALID", where="t0001", fix="stop")
    with pytest.raises(RefusedError) as caught:
        raise_error(error_answer(error))
    assert (caught.value.kind, str(caught.value)) == ("INVALID", str(error))
