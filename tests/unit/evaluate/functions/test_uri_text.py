"""URIs taken apart and normalised."""

import pytest

from preflight.evaluate.functions.uri_text import Uri, compress, parse_uri


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTP://H.Com", "http://h.com/"),
        (" https://A.B:443/C ", "https://a.b/C"),
        ("https://h:80/", "https://h:80/"),
        ("http://h:/x", "http://h/x"),
        ("http://u:p@h:8080/x?q#f", "http://u:p@h:8080/x?q#f"),
        ("http://@h/", "http://@h/"),
        ("http://h/a/../b/./c", "http://h/b/c"),
        ("http://h/%2e%2e/x\\y", "http://h/x/y"),
        ("http://h?a/../b", "http://h/?a/../b"),
        ("http://[FE80::1%25e]:80/x", "http://[fe80::1]/x"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://1.2.3/", "http://1.2.0.3/"),
        ("http://256.1.1.1/", "http://256.1.1.1/"),
        ("http://\xe9.com/\xe9", "http://\xe9.com/%C3%A9"),
        ("ftp://h/x?q", "ftp://h/x%3Fq"),
        ("telnet://h/a/../b", "telnet://h/a/../b"),
        ("foo://1.2.3/x", "foo://1.2.3/x"),
        ("foo:///x", "foo:///x"),
        ("urn:a:b", "urn:a:b"),
        ("mailto:A@B?subject=x", "mailto:A@b?subject=x"),
        ("file:///c:/x%2fy", "file:///c:/x/y"),
        ("c:\\x\\y", "file:///c:/x/y"),
        ("/x?y#z", "file:///x%3Fy%23z"),
        ("\\\\srv\\share\\x", "file://srv/share/x"),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    uri = parse_uri(text)

    assert uri is not None
    assert uri.text == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h/p",
        "x:y",
        "1:2",
        "http://",
        "http:x",
        "http:///x",
        "http://a b/",
        "http://h%41/",
        "http://h;p",
        "http://a..b/",
        "http://.a/",
        "http://h:x/",
        "http://h:65536/",
        "http://h:99999999999999999999/",
        "http://[::/",
        "http://a@b@c/",
        "file://h:80/x",
        "git@github.com:a/b",
    ],
)
def test_no_absolute_uri(text: str) -> None:
    assert parse_uri(text) is None


def test_parts() -> None:
    assert parse_uri("https://u@h:81/p?q#f") == Uri(
        scheme="https", user="u", host="h", port=81, path="/p", query="?q", fragment="#f"
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/b/../../../c", "/c"),
        ("/a/./b/..", "/a/"),
        ("/a//../b", "/a/b"),
        ("/.", "/"),
        ("/...", "/..."),
        ("x/../y", "x/y"),
        ("../x", "../x"),
        ("", ""),
    ],
)
def test_dots(path: str, expected: str) -> None:
    assert compress(path) == expected
