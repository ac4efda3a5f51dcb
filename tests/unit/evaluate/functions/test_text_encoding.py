"""base64, data URIs and percent encoding."""

from collections.abc import Callable

import pytest

from preflight.evaluate.functions.text_encoding import (
    decode_base64,
    decode_percent,
    encode_percent,
)
from preflight.model.value import Cause, JsonValue, PartialText, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("YQ==", b"a"),
        (" Y\tQ\r\n= =", b"a"),
        ("YR==", b"a"),
        ("YWK=", b"ab"),
        ("", b""),
        ("YQ=", None),
        ("YQ", None),
        ("A===", None),
        ("====", None),
        ("YQ==YQ==", None),
        ("YWI=YWJj", None),
        ("_-8=", None),
        ("Y\x0bQ=", None),
    ],
)
def test_base64_is_strict_but_for_blanks_and_stray_bits(text: str, expected: bytes | None) -> None:
    assert decode_base64(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a%20b+c", "a b c"),
        ("%2B", "+"),
        ("%C3%A9", "\xe9"),
        ("%C3x%A9", "\ufffdx\ufffd"),
        ("%u00e9%U00E9", "\xe9%U00E9"),
        ("%uD83D%uDE00", "\U0001f600"),
        ("%zz%4%", "%zz%4%"),
    ],
)
def test_percent_decoding(text: str, expected: str) -> None:
    assert decode_percent(text) == expected


def test_percent_encoding_keeps_unreserved_characters_only() -> None:
    assert encode_percent("aZ09-_.~") == "aZ09-_.~"
    assert encode_percent("!'()*/ \xe9\ud83d") == "%21%27%28%29%2A%2F%20%C3%A9%EF%BF%BD"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("base64('\xe9!')", "w6kh"),
        ("base64ToString('/w==')", "\ufffd"),
        ("base64ToJson(base64('{\"a\":[1,]}'))", {"a": [1]}),
        ("dataUri(' Fizz ')", "data:text/plain;charset=utf-8;base64,IEZpenog"),
        ("dataUri(1)", "data:application/json;charset=utf-8;base64,MQ=="),
        ("dataUri(true())", "data:application/json;charset=utf-8;base64,VHJ1ZQ=="),
        ("dataUri(createArray())", "data:application/json;charset=utf-8;base64,W10="),
        ("dataUriToString('data:,a%2Cb+c')", "a,b c"),
        ("dataUriToString('DATA:;BASE64,YQ==')", "a"),
        ("dataUriToString('data:base64,YQ==')", "a"),
        ("dataUriToString('data:text/plain;charset=UTF8;base64,YQ==')", "a"),
        ("dataUriToString('data:x;base64;a=b,YQ==')", "YQ=="),
        ("dataUriToString('data:x;a=b;charset=ascii,y')", "y"),
        ("uriComponent('a b')", "a%20b"),
        ("uriComponentToString('a%20b')", "a b"),
        ("uriComponent(concat('a b', parameters('u')))", PartialText(("a%20b", U))),
        ("base64(concat('a', parameters('u')))", U),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("base64ToString('x')", "`base64ToString`: the text is not base64"),
        ("base64ToJson('YQ==')", "`base64ToJson`: the decoded text is not JSON: expected a JSON"),
        ("dataUri(null())", "`dataUri`: null has no data URI"),
        ("dataUriToString('data:x')", "`dataUriToString`: the text is not a data URI"),
        ("dataUriToString('data:;foo,x')", "`dataUriToString`: the text is not a data URI"),
        ("dataUriToString('data:x;base64,YQ')", "`dataUriToString`: the data behind the comma"),
        ("dataUriToString('data:x;charset=a,b')", "`dataUriToString`: the charset `a` is not"),
    ],
)
def test_refusals(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]").startswith(message)


def test_base64_has_a_longest_result(
    parameters: dict[str, Value], value_of: ValueOf, refusal: Refusal
) -> None:
    parameters["fits"], parameters["long"] = "y" * 98_304, "y" * 98_305

    assert value_of("[length(base64(parameters('fits')))]") == 131_072
    assert "more than 131,072" in refusal("[base64(parameters('long'))]")
