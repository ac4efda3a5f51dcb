"""The functions that build URIs and take them apart."""

from collections.abc import Callable

import pytest

from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        ("http://a.b/c/d", "x/y", "http://a.b/c/x/y"),
        ("http://a.b/c/d/", "../x", "http://a.b/c/x"),
        ("http://a.b", "x", "http://a.b/x"),
        ("http://a.b/c/d", "", "http://a.b/c/d"),
        ("http://a.b/c/d?q#f", "", "http://a.b/c/d?q#f"),
        ("http://a.b/c/d?q#f", "?r", "http://a.b/c/d?r"),
        ("http://a.b/c/d?q#f", "#g", "http://a.b/c/d?q#g"),
        ("http://a.b/c/d", "/p/../q", "http://a.b/q"),
        ("http://a.b/c/d", "\\x y", "http://a.b/x%20y"),
        ("http://a.b/c/d", "//h2/p", "http://h2/p"),
        ("http://a.b/c/d", "HTTP://O/P", "http://o/P"),
        ("http://a.b/c/d", "http:p", "http://a.b/c/p"),
        ("http://a.b/c/d", "mailto:a@b", "mailto:a@b"),
        ("http://a.b/c/d", "1:2", "http://a.b/c/1:2"),
        ("http://a.b/c/d", "C:\\x", "file:///C:/x"),
        ("http://a.b/c/d", "{x}", "http://a.b/c/%7Bx%7D"),
        ("http://a.b/c/d", "x?y/../z", "http://a.b/c/x?y/../z"),
        (
            "https://raw.x.com/o/r/m/azuredeploy.json",
            "n/a.json",
            "https://raw.x.com/o/r/m/n/a.json",
        ),
        ("ftp://h/x", "?q=2", "ftp://h/%3Fq=2"),
        ("urn:a:b", "../../x", "urn:../x"),
        ("foo:x/y", "../x", "foo:x/x"),
        ("file:///c:/x/y", "../../x", "file:///c:/x"),
        ("file:///c:/x/y", "/p", "file:///c:/p"),
        ("file://h/x/y", "/p", "file://h/x/p"),
        ("file:///x/y", "?q", "file:///x/y?q"),
    ],
)
def test_references(value_of: ValueOf, base: str, reference: str, expected: str) -> None:
    assert value_of(f"[uri('{base}', '{reference}')]") == expected


@pytest.mark.parametrize(
    ("base", "reference"),
    [
        ("github.com", "x"),
        ("//h/p", "x"),
        ("C:\\x", "y"),
        ("http://h/x y", "z"),
        ("http://h/%zz", "z"),
        ("http://h/[x]", "z"),
        ("http://a.b", "x:y"),
        ("http://a.b", "//"),
        ("mailto:x@y", ".."),
    ],
)
def test_refused_references(refusal: Refusal, base: str, reference: str) -> None:
    assert refusal(f"[uri('{base}', '{reference}')]").startswith("`uri`: `")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://a.b", {"scheme": "http", "host": "a.b", "port": None}),
        ("http://[::1]:81/?", {"scheme": "http", "host": "[::1]", "port": 81, "query": "?"}),
        (
            "https://u@h:443/p?\xe9#f",
            {"scheme": "https", "host": "h", "port": None, "path": "/p", "query": "?%C3%A9"},
        ),
        ("mailto:x@y", {"scheme": "mailto", "host": "y", "port": None, "path": ""}),
        ("C:\\x", {"scheme": "file", "host": "", "port": None, "path": "C:/x"}),
    ],
)
def test_parse_uri(value_of: ValueOf, text: str, expected: Value) -> None:
    assert value_of(f"[parseUri('{text}')]") == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"scheme": "HTTP", "host": "H.COM", "path": "X"}, "http://h.com/X"),
        ({"SCHEME": "http", "Host": "h", "query": "?a"}, "http://h/?a"),
        ({"scheme": "http", "host": "h", "path": "x%20y", "query": "\xe9"}, "http://h/x y?\xe9"),
        ({"scheme": "http", "host": "h", "path": "a?b#c"}, "http://h/a%3Fb%23c"),
        ({"scheme": "http", "host": "h", "query": "a#b"}, "http://h/?a#b"),
        ({"scheme": "http://", "host": "::1", "port": 5}, "http://[::1]:5/"),
        ({"scheme": "https", "host": "h", "port": 443}, "https://h/"),
        ({"scheme": "http", "host": "h", "port": -1}, "http://h/"),
        ({"scheme": "mailto", "host": "x@y"}, "mailto:x@y/"),
        ({"scheme": "http", "host": "h", "path": "\\a/../b"}, "http://h/b"),
    ],
)
def test_build_uri(
    parameters: dict[str, Value], value_of: ValueOf, members: Value, expected: str
) -> None:
    parameters["o"] = members

    assert value_of("[buildUri(parameters('o'))]") == expected


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"scheme": "http"}, "it needs a `scheme` and a `host`"),
        ({"scheme": "1x", "host": "h"}, "it needs a `scheme` and a `host`"),
        ({"scheme": 1, "host": "h"}, "`scheme` must be a string, not integer"),
        ({"scheme": "http", "host": "h", "query": None}, "`query` must be a string, not null"),
        ({"scheme": "http", "host": "h", "port": "80"}, "`port` must be an integer from 0"),
        ({"scheme": "http", "host": "h", "port": True}, "`port` must be an integer from 0"),
        ({"scheme": "http", "host": "h", "port": 65536}, "`port` must be an integer from 0"),
        ({"scheme": "http", "host": "a b"}, "`a b` is not a host"),
    ],
)
def test_refused_parts(
    parameters: dict[str, Value], refusal: Refusal, members: Value, message: str
) -> None:
    parameters["o"] = members

    assert refusal("[buildUri(parameters('o'))]").startswith(f"`buildUri`: {message}")


def test_what_is_no_absolute_uri_has_no_parts(refusal: Refusal) -> None:
    assert refusal("[parseUri('h/p')]") == "`parseUri`: `h/p` is not an absolute URI"


def test_open_parts_keep_the_uri_open(value_of: ValueOf) -> None:
    unknown = Unknown(label="u", cause=Cause.PARAMETER)

    assert value_of("[uri('http://h', parameters('u'))]") == unknown
    assert value_of("[buildUri(createObject('scheme', 1, 'host', parameters('u')))]") == unknown


@pytest.mark.parametrize("base", ["http://h/a#b#c", "http://h#b#", "urn:a#b#c"])
def test_a_base_with_two_number_signs_is_refused(refusal: Refusal, base: str) -> None:
    assert refusal(f"[uri('{base}', 'x')]") == f"`uri`: `{base}` is not an absolute URI"


def test_a_relative_part_may_have_two_number_signs(value_of: ValueOf) -> None:
    assert value_of("[uri('http://h/a', 'x#b#c')]") == "http://h/x#b#c"
