from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from preflight.errors import InputError, LimitExceeded
from preflight.model.source import Place, SourceFile
from preflight.model.value import JsonValue
from preflight.read.bicep import json_path_steps
from preflight.read.bicep import loads as loads_module
from preflight.read.bicep.file_pattern import matches
from preflight.read.bicep.json_path import select
from preflight.read.bicep.json_path_steps import JsonPathError
from preflight.read.bicep.loads import Loads
from preflight.read.bicep.yaml_text import YamlError, parse_yaml
from preflight.read.root import Files

PLACE = Place(source=SourceFile("main.bicep", "var a = loadTextContent('x')"), offset=8)


def load(root: Path, name: str, *arguments: JsonValue) -> JsonValue:
    return Loads(Files(root)).call(name, arguments, importer=root / "main.bicep", place=PLACE)


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        (None, "häß".encode(), "häß"),
        (None, b"\xef\xbb\xbfa\r\nb", "a\r\nb"),
        (None, b"a\xffb", "a\ufffdb"),
        ("utf-8", "ä".encode("utf-16"), "ä"),
        ("utf-16", "ä".encode("utf-16-le"), "ä"),
        ("UTF-16be", "ä".encode("utf-16-be"), "ä"),
        ("iso-8859-1", b"\xe4", "ä"),
        ("us-ascii", b"a\xe4", "a?"),
    ],
)
def test_text_is_decoded(tmp_path: Path, encoding: str | None, data: bytes, text: str) -> None:
    (tmp_path / "t.txt").write_bytes(data)
    arguments = ["t.txt"] if encoding is None else ["t.txt", encoding]

    assert load(tmp_path, "loadTextContent", *arguments) == text


def test_a_file_as_base64(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"\x00\xff")

    assert load(tmp_path, "loadFileAsBase64", "b") == "AP8="


def test_each_call_counts_as_input(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b" " * 1_000)
    loads = Loads(Files(tmp_path, limit=2_500))

    def again() -> JsonValue:
        return loads.call("loadTextContent", ["x"], importer=tmp_path / "main.bicep", place=PLACE)

    again()
    again()
    with pytest.raises(LimitExceeded, match="2,500 bytes"):
        again()


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("loadTextContent", 131_073),
        ("loadJsonContent", 1_048_577),
        ("loadYamlContent", 1_048_577),
        ("loadFileAsBase64", 98_305),
    ],
)
def test_a_file_has_the_compilers_limit(tmp_path: Path, name: str, size: int) -> None:
    (tmp_path / "big").write_bytes(b" " * (size - 1) + b"1")

    with pytest.raises(LimitExceeded, match=r"main\.bicep:1:9: `big` has more than the"):
        load(tmp_path, name, "big")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("loadTextContent", [], "takes 1 to 2 arguments"),
        ("loadFileAsBase64", ["a", "b"], "takes one argument"),
        ("loadTextContent", [1], "are text"),
        ("loadTextContent", ["../secret"], "leads out of the folder"),
        ("loadTextContent", ["link"], "leads out of the folder"),
        ("loadTextContent", ["/etc/passwd"], "is an absolute path"),
        ("loadTextContent", ["gone"], "there is no file"),
        ("loadTextContent", ["sub"], "is a folder"),
        ("loadTextContent", ["t.json", "utf-7"], "`utf-7` is no encoding"),
        ("loadJsonContent", ["bad.json"], "is no JSON"),
        ("loadJsonContent", ["t.json", "$.x"], "finds nothing"),
        ("loadJsonContent", ["t.json", "$["], "the JSONPath `$[` has something unexpected"),
        ("loadYamlContent", ["bad.yaml"], "is no YAML that can be loaded"),
        ("loadDirectoryFileInfo", ["../"], "leads out of the folder"),
        ("loadDirectoryFileInfo", ["t.json"], "is no folder that can be listed"),
    ],
)
def test_what_cannot_be_loaded(
    tmp_path: Path, name: str, arguments: list[JsonValue], message: str
) -> None:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("s")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "t.json").write_text('{"a": 1}')
    (root / "bad.json").write_text("{]")
    (root / "bad.yaml").write_text("a: [")

    with pytest.raises(InputError) as caught:
        load(root, name, *arguments)

    assert str(caught.value).startswith("main.bicep:1:9: ")
    assert (
        message in str(caught.value)
        or "the file `bad.json`" in str(caught.value)
        or (name == "loadJsonContent" and arguments == ["bad.json"])
    )


def test_a_folder_is_listed_in_order(tmp_path: Path) -> None:
    (tmp_path / "d" / "sub").mkdir(parents=True)
    for name in ("b.txt", "A.txt", "noext", ".hidden"):
        (tmp_path / "d" / name).touch()

    assert load(tmp_path, "loadDirectoryFileInfo", "d") == [
        {"relativePath": "d/.hidden", "baseName": ".hidden", "extension": ".hidden"},
        {"relativePath": "d/A.txt", "baseName": "A.txt", "extension": ".txt"},
        {"relativePath": "d/b.txt", "baseName": "b.txt", "extension": ".txt"},
        {"relativePath": "d/noext", "baseName": "noext", "extension": ""},
    ]


NAMES = (".hidden", "a.txt", "ab.txt", "abc.txt", "b.json", "noext", "two.dots.txt", "UP.TXT")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        # As the official compiler answers.
        ("", NAMES),
        ("*.*", NAMES),
        ("*.txt", ("a.txt", "ab.txt", "abc.txt", "two.dots.txt")),
        ("a?.txt", ("a.txt", "ab.txt")),
        ("a??.txt", ("a.txt", "ab.txt", "abc.txt")),
        ("?.txt", ("a.txt",)),
        ("*.", ("noext",)),
        ("*o*", ("b.json", "noext", "two.dots.txt")),
        ("a*.tx?", ("a.txt", "ab.txt", "abc.txt")),
        ("*.tx??", ("a.txt", "ab.txt", "abc.txt", "two.dots.txt")),
        ("A*.txt", ()),
        ("?????.????", ("a.txt", "ab.txt", "abc.txt", "b.json", "noext", "UP.TXT")),
        ("b.json?", ("b.json",)),
        ("[ab].txt", ()),
    ],
)
def test_a_pattern_finds_names(pattern: str, expected: tuple[str, ...]) -> None:
    assert tuple(name for name in NAMES if matches(pattern, name)) == expected


def test_a_pattern_takes_no_longer_than_it_should() -> None:
    assert not matches("*a" * 100, "a" * 99 + "b" * 150)


DOCUMENT: JsonValue = {
    "a": {"b": [1, 2.5, {"c": "x", "n": 3}, {"c": "y", "n": 5}], "k.l": True, "null": None},
    "list": [{"c": "x", "n": 1}, {"c": "z"}],
    "$t": 7,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # As the official compiler answers.
        ("$", [DOCUMENT]),
        ("", [DOCUMENT]),
        ("a.b[0]", [1]),
        ("$.a.b[*]", [1, 2.5, {"c": "x", "n": 3}, {"c": "y", "n": 5}]),
        ("$.a.b[1:3]", [2.5, {"c": "x", "n": 3}]),
        ("$.a.b[-1:]", [{"c": "y", "n": 5}]),
        ("$.a.b[0,2]", [1, {"c": "x", "n": 3}]),
        ("$..c", ["x", "y", "x", "z"]),
        ("$..['c']", ["x", "y", "x", "z"]),
        ("$['a']['k.l']", [True]),
        ("$.list[?(@.c == 'x')].n", [1]),
        ("$.list[?(@.n)]", [{"c": "x", "n": 1}]),
        ("$.list[?(@.n > 0 && @.c != 'q')].c", ["x"]),
        ("$.list[?(@.n > 9 || @.c == 'z')].c", ["z"]),
        ("$.a.null", [None]),
        ("$.list.[0].c", ["x"]),
        ("$.list[::2].c", ["x"]),
        ("$.a.b[?(@ > 2)]", [2.5]),
        ("$.list[ 0 ].c", ["x"]),
        ("$.$t", [7]),
        ("a..n", [3, 5]),
        ("$.zzz", []),
        ("$.A", []),
        ("$.a.b[99]", []),
        ("$.list[?(@.n == null)]", []),
        ("$.list[?($.list[0].n == @.n)].c", ["x"]),
    ],
)
def test_a_json_path_finds_values(path: str, expected: list[JsonValue]) -> None:
    assert select(DOCUMENT, path) == expected


def test_every_value_at_any_depth() -> None:
    assert select({"a": [1]}, "$..*") == [{"a": [1]}, [1], 1]


@pytest.mark.parametrize(
    "path",
    [
        "a[", "$.a.b[-1]", '$["a"]', "$ .a", "$.list[?(!@.n)]", "$.list[?@.c=='x']", "$.", "a]",
        "$.a[1:2:0]", '$.list[?(@.c=="x")]', "a[?(" + "(" * 50, "$.list[?(@.c =~ /x/)]", "a[1e9]",
        "a[99999999999999]",
    ],
)  # fmt: skip
def test_a_malformed_json_path_is_said(path: str) -> None:
    with pytest.raises(JsonPathError):
        select(DOCUMENT, path)


def test_a_json_path_that_finds_too_much_is_given_up() -> None:
    deep: JsonValue = 1
    for _ in range(100):
        deep = [deep] * 1
    wide: JsonValue = [[deep] * 500] * 20

    with pytest.raises(JsonPathError, match="more values than are read"):
        select(wide, "$..*..*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # As the official compiler answers.
        ("a: true\nb: True\nc: yes\nd: on", {"a": True, "b": True, "c": "yes", "d": "on"}),
        ("a: ~\nb: null\nc:\nd: NULL", {"a": None, "b": None, "c": None, "d": None}),
        ("a: 12\nb: 0x1F\nc: 0o17\nd: 017", {"a": 12, "b": 31, "c": 15, "d": 17}),
        ("a: 1_000\nb: +5\nc: -5\nd: 1:30", {"a": 1000, "b": 5, "c": -5, "d": "1:30"}),
        ("a: 0b11\nb: -0x1F\nc: _1\nd: 1_", {"a": 3, "b": -31, "c": 1, "d": 1}),
        ("a: 0x\nb: 0o8\nc: 1,000", {"a": "0x", "b": "0o8", "c": "1,000"}),
        ("a: 1.5\nb: 1e3\nc: 1.\nd: -.5", {"a": 1.5, "b": 1000.0, "c": 1.0, "d": -0.5}),
        ("a: 9223372036854775807", {"a": 9223372036854775807}),
        ("a: 9223372036854775808", {"a": 9.223372036854776e18}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("a: '12'\nb: \"true\"\nc: |\n  x\n  y\n", {"a": "12", "b": "true", "c": "x\ny\n"}),
        ("a: !!str 12\nb: !!int '5'", {"a": "12", "b": "5"}),
        ("a: !custom x", {"a": "x"}),
        ("a: &x [1, 2]\nb: *x", {"a": [1, 2], "b": [1, 2]}),
        ("m: &m {k: 1}\nn:\n  <<: *m\n  z: 2", {"m": {"k": 1}, "n": {"k": 1, "z": 2}}),
        ("a: {<<: [{x: 1}, {x: 2, y: 3}], y: 4}", {"a": {"x": 2, "y": 4}}),
        ("1: a\ntrue: b\nnull: c", {"1": "a", "true": "b", "null": "c"}),
        ("a: {b: 1, c}", {"a": {"b": 1, "c": ""}}),
        ("- 1\n- 2", [1, 2]),
        ("5", 5),
        ("a: 1\n---\nb: 2", {"a": 1}),
    ],
)
def test_yaml_is_read_as_the_compiler_reads_it(text: str, expected: JsonValue) -> None:
    assert parse_yaml(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing", "a: 1\na: 2", "a: [1, 2", "a:\n\t- 1", "a: *x", "a: {<<: 5}",
        "a: .inf", "a: .nan", "a: 1e400", "? [a]\n: b", "[" * 5_000, "a: &x\n  b: *x",
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_said(text: str) -> None:
    with pytest.raises(YamlError):
        parse_yaml(text)


def test_aliases_of_aliases_are_bounded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]

    with pytest.raises(YamlError, match="more than 500,000 values"):
        parse_yaml("\n".join(lines))


def test_all_loaded_data_together_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads_module, "VALUES_LOADED", 100)
    (tmp_path / "a.json").write_text('[1, 2, {"a": [3]}]')
    (tmp_path / "a.yaml").write_text("[1, 2, {a: [3]}]")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("")

    def load_often(name: str, file: str) -> None:
        loads = Loads(Files(tmp_path))
        for _ in range(30):
            loads.call(name, [file], importer=tmp_path / "main.bicep", place=PLACE)

    for name, file in (
        ("loadJsonContent", "a.json"),
        ("loadYamlContent", "a.yaml"),
        ("loadDirectoryFileInfo", "folder"),
    ):
        with pytest.raises(LimitExceeded, match=r"main\.bicep:1:9: the loaded files hold more"):
            load_often(name, file)


def test_text_counts_as_it_is_kept(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('"😀' + "x" * 1_000 + '"', encoding="utf-8")
    loads = Loads(Files(tmp_path, limit=3_000))

    with pytest.raises(LimitExceeded, match="3,000 bytes"):
        loads.call("loadJsonContent", ["t.json"], importer=tmp_path / "main.bicep", place=PLACE)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("*" * 1_001, "the pattern has more than 1,000"), ("*?" * 400, "too many names to compare")],
)
def test_patterns_that_never_end(tmp_path: Path, pattern: str, message: str) -> None:
    for number in range(20):
        (tmp_path / "folder").mkdir(exist_ok=True)
        (tmp_path / "folder" / f"{'a' * 200}{number}").write_text("")

    with pytest.raises(LimitExceeded, match=message):
        load(tmp_path, "loadDirectoryFileInfo", "folder", pattern)


def test_a_folder_of_too_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads_module, "FOLDER_ENTRIES", 3)
    for number in range(4):
        (tmp_path / "folder" / str(number)).mkdir(parents=True)

    with pytest.raises(LimitExceeded, match="more than the 3 entries"):
        load(tmp_path, "loadDirectoryFileInfo", "folder")


def test_a_json_path_that_is_too_long() -> None:
    with pytest.raises(JsonPathError, match="more than 10,000 characters"):
        select({}, "$['" + "a" * 10_000 + "']")


@pytest.mark.parametrize(
    ("name", "message", "advice"),
    [
        ("pipe", "is no regular file", "only regular files are read"),
        ("folder", "is a folder", "list it with loadDirectoryFileInfo()"),
    ],
)
def test_the_advice_for_what_is_no_file(
    tmp_path: Path, name: str, message: str, advice: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()

    with pytest.raises(InputError, match=message) as caught:
        load(tmp_path, "loadTextContent", name)

    assert advice in caught.value.help


@pytest.mark.parametrize(
    "path", ["$..[?(@.c == 1)]", "$.a[?($..c == @.c)]", "$..x", "$..[?(@.a[?(@.c == 1)])]"]
)
def test_the_paths_of_one_source_look_at_a_bounded_number_of_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(json_path_steps, "STEPS", 1_000)
    (tmp_path / "t.json").write_text('{"x": 1, "a": [{"c": 0}, {"c": 2}, {"c": 3, "a": [{}]}]}')
    loads = Loads(Files(tmp_path))
    arguments = ["t.json", path]

    def load_often() -> None:
        for _ in range(200):
            with suppress(InputError, LimitExceeded):
                loads.call("loadJsonContent", arguments, importer=tmp_path / "m.bicep", place=PLACE)
        loads.call("loadJsonContent", arguments, importer=tmp_path / "m.bicep", place=PLACE)

    with pytest.raises(LimitExceeded, match=r"main\.bicep:1:9: .* look at too many values"):
        load_often()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1.0", 1),
        ("1e3", 1000),
        ("-0.0", 0),
        ("0.25", 0.25),
        ("9007199254740993.0", 9007199254740992),
        ("9223372036854775808.0", 2.0**63),
        ("9223372036854775807", 2**63 - 1),
    ],
)
@pytest.mark.parametrize("kind", ["Json", "Yaml"])
def test_a_whole_number_is_an_integer(
    tmp_path: Path, kind: str, number: str, expected: float
) -> None:
    """So that comparing and printing it give what they give once it is compiled."""
    (tmp_path / "d").write_text(f'{{"a": [{number}, {{"b": {number}}}]}}', encoding="utf-8")

    found = load(tmp_path, f"load{kind}Content", "d")

    assert repr({"a": [expected, {"b": expected}]}) == repr(found)
    assert repr(expected) == repr(load(tmp_path, f"load{kind}Content", "d", "$.a[0]"))


def test_an_integer_that_the_compiler_cannot_hold(tmp_path: Path) -> None:
    (tmp_path / "d").write_text(f"[{2**63}]", encoding="utf-8")

    with pytest.raises(InputError, match="too large"):
        load(tmp_path, "loadJsonContent", "d")
