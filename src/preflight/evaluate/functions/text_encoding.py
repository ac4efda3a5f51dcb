"""Text in other spellings: base64, data URIs, percent encoding.

Source: ARM template functions, "String"; RFC 2397 for data URIs; corner cases from the engine.
"""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

from preflight.evaluate.functions.composite_format import LONGEST_RESULT, value_text
from preflight.evaluate.functions.json_reader import JsonProblem, read_json
from preflight.evaluate.functions.json_text import bounded_json
from preflight.evaluate.functions.registry import ANY, STRING, Call, Function, Opens
from preflight.evaluate.functions.utf16 import from_units, from_utf8, utf8
from preflight.evaluate.values import bare
from preflight.model.value import PartialText, Value, join_text

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
_BASE64_BLANKS = str.maketrans("", "", " \t\r\n")
_QUAD = 4

_DATA_URI = re.compile(r"data:(?P<header>[^,]*),(?P<data>.*)", re.DOTALL | re.IGNORECASE)
_CHARSET = "charset="
_UTF8_NAMES = frozenset({"utf-8", "utf8"})
_TEXT_HEADER = "data:text/plain;charset=utf-8;base64,"
_JSON_HEADER = "data:application/json;charset=utf-8;base64,"

_ESCAPED = re.compile(r"%u(?P<unit>[0-9a-fA-F]{4})|(?P<bytes>(?:%[0-9a-fA-F]{2})+)")


def decode_base64(text: str) -> bytes | None:
    """Decode strict base64 (blanks are skipped, stray low bits too); None if it is none."""
    text = text.translate(_BASE64_BLANKS)
    if len(text) % _QUAD or _NOT_BASE64.search(text):
        return None
    padding = len(text) - len(text.rstrip("="))
    if padding > 2 or "=" in text[: len(text) - padding]:  # noqa: PLR2004 - at most `==`
        return None
    return base64.b64decode(text)


def decode_percent(text: str) -> str:
    """Decode `%XX` as UTF-8, `%uXXXX` as a UTF-16 unit and `+` as a blank; others stay."""
    return from_units(_ESCAPED.sub(_decode_match, text.replace("+", " ")))


def _decode_match(match: re.Match[str]) -> str:
    if match["unit"]:
        return chr(int(match["unit"], 16))
    return from_utf8(bytes.fromhex(match["bytes"].replace("%", "")))


def encode_percent(text: str) -> str:
    """Percent-encode all but `A-Z a-z 0-9 - _ . ~`."""
    return quote(utf8(text), safe="")


def _encode_base64(call: Call) -> Value:
    data = utf8(call.text(0))
    if (len(data) + 2) // 3 * _QUAD > LONGEST_RESULT:
        raise call.problem(f"the result has more than {LONGEST_RESULT:,} characters")
    return base64.b64encode(data).decode()


def _decoded(call: Call) -> str:
    data = decode_base64(call.text(0))
    if data is None:
        raise call.problem("the text is not base64", help="it needs its padding `=`")
    return from_utf8(data)


def _base64_to_string(call: Call) -> Value:
    return _decoded(call)


def _base64_to_json(call: Call) -> Value:
    try:
        return read_json(_decoded(call))
    except JsonProblem as problem:
        raise call.problem(f"the decoded text is not JSON: {problem}") from problem


def _data_uri(call: Call) -> Value:
    value = call.values[0]
    if value is None:
        raise call.problem("null has no data URI")
    header = _TEXT_HEADER if isinstance(value, str) else _JSON_HEADER
    text = bounded_json(value, call) if isinstance(value, list | dict) else value_text(value, "")
    data = utf8(text if isinstance(text, str) else "")
    call.reserve(len(header) + (len(data) + 2) // 3 * _QUAD)
    return header + base64.b64encode(data).decode()


def _data_uri_to_string(call: Call) -> Value:
    match = _DATA_URI.fullmatch(call.text(0))
    segments = match["header"].split(";") if match else []
    encoded = bool(segments) and segments[-1].lower() == "base64"
    if encoded:
        segments.pop()
    if match is None or ("" in segments and segments != [""]):
        raise call.problem(
            "the text is not a data URI", help="it looks like `data:text/plain;base64,YQ==`"
        )
    _check_charset(call, segments)
    if not encoded:
        return decode_percent(match["data"])
    data = decode_base64(match["data"])
    if data is None:
        raise call.problem("the data behind the comma is not base64")
    return from_utf8(data)


def _check_charset(call: Call, segments: list[str]) -> None:
    """Refuse another charset than UTF-8; only the first parameter is looked at."""
    parameter = segments[1] if len(segments) > 1 else ""
    name = parameter[len(_CHARSET) :]
    if parameter.lower().startswith(_CHARSET) and name.lower() not in _UTF8_NAMES:
        raise call.problem(f"the charset `{name}` is not supported", help="use utf-8")


def _uri_component(call: Call) -> Value:
    """Encode the known text; an unknown part stays unknown."""
    part = call.part(0)
    parts = part.parts if isinstance(part, PartialText) else (part,)
    return join_text(encode_percent(p) if isinstance(p, str) else bare(p) for p in parts)


def _uri_component_to_string(call: Call) -> Value:
    return decode_percent(call.text(0))


FUNCTIONS: tuple[Function, ...] = (
    Function("base64", _encode_base64, (STRING,)),
    Function("base64ToJson", _base64_to_json, (STRING,)),
    Function("base64ToString", _base64_to_string, (STRING,)),
    Function("dataUri", _data_uri, (ANY,)),
    Function("dataUriToString", _data_uri_to_string, (STRING,)),
    Function("uriComponent", _uri_component, (STRING,), opens=Opens.TEXT),
    Function("uriComponentToString", _uri_component_to_string, (STRING,)),
)
