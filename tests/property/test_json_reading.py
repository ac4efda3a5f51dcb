"""Properties of the JSON reader: equal to the standard one, and never at a loss."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from preflight.errors import InputError, SyntaxProblem
from preflight.model.source import Place
from preflight.model.value import JsonValue
from preflight.read.decode import decode
from preflight.read.json_document import document_of, parse_json
from preflight.read.json_spans import scan

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
_KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=25,
)
_PIECES = st.sampled_from(
    [
        *("{", "}", "[", "]", ",", ":", "//", "/*", "*/", "\n", " ", '"', "'", "\\"),
        *("1", "-", "e9", ".", "true", "null", '"a"', '"a":', "\\u", "d83d", "é", "a"),
        *("\x00", "\ud800"),
    ]
)
TEXTS = st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=40)


def at(value: JsonValue, pointer: str) -> JsonValue:
    for segment in pointer.split("/")[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(name)]
        else:
            assert isinstance(value, dict)
            value = value[name]
    return value


@given(VALUES, st.sampled_from([(None, True), (0, False), (2, True)]))
def test_the_scanner_reads_what_the_standard_reader_reads(
    value: JsonValue, form: tuple[int | None, bool]
) -> None:
    indent, ascii_only = form
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert json.loads(text) == scan(text, "f").value
    assert json.loads(text) == parse_json(text, "f").value
    assert () == scan(text, "f").leniencies


@given(VALUES)
def test_the_text_of_every_span_is_the_value_of_its_node(value: JsonValue) -> None:
    text = json.dumps(value, indent=1)

    for pointer, span in scan(text, "f").spans.items():
        assert at(value, pointer) == json.loads(text[span.value : span.end])
        assert span.start <= span.value < span.end


@given(VALUES)
def test_comments_between_tokens_change_nothing(value: JsonValue) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=True)
    # Dumped line breaks never stand inside a string.
    commented = text.replace("\n", " // x\n/* , */") + "/**/"

    assert value == scan(commented, "f").value


def refusal(text: str) -> InputError | None:
    """Return why a text is refused, None when it is read."""
    try:
        parse_json(text, "f")
    except InputError as error:
        return error
    return None


@given(TEXTS)
def test_any_text_is_read_or_refused_inside_itself(text: str) -> None:
    error = refusal(text)

    if error is None:
        assert parse_json(text, "f").value == scan(text, "f").value
        return
    assert isinstance(error.where, Place)
    line, column = error.where.position
    assert 1 <= line <= text.count("\n") + 1
    assert 1 <= column <= len(text) + 1
    assert "\n" not in error.message
    assert not isinstance(error, SyntaxProblem) or 0 <= error.offset <= len(text)


@given(VALUES)
def test_a_parsed_object_and_its_text_agree(value: JsonValue) -> None:
    document = document_of(value, "f")

    assert value == parse_json(document.source.text, "f").value


@given(st.binary(max_size=60) | TEXTS.map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data, "f")
    except InputError as error:
        text = str(error)

    assert isinstance(text, str)
