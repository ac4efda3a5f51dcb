from __future__ import annotations

import time
import tracemalloc
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from preflight.model.source import NodeSpan, Offsets, Place, SourceFile, masked

TEXT = '{\n  "name": "[concat(x)]",\r\n\t"b": 1\n}\n'


class Index:
    def spans(self) -> Mapping[str, NodeSpan]:
        start = TEXT.index('"name"')
        value = TEXT.index('"[')
        return {"": NodeSpan(0, 0, len(TEXT)), "/name": NodeSpan(start, value, value + 13)}


@dataclass(frozen=True)
class Spans:
    found: Mapping[str, NodeSpan]

    def spans(self) -> Mapping[str, NodeSpan]:
        return self.found


SOURCE = SourceFile("main.json", TEXT, Index())


def test_a_node_is_shown_at_its_key() -> None:
    assert Place(source=SOURCE, pointer="/name").label == "main.json:2:3"


def test_an_offset_points_into_the_value() -> None:
    place = Place(source=SOURCE, pointer="/name", offset=1)

    assert place.label == "main.json:2:13"
    assert place.excerpt.splitlines()[1].index("^") == place.excerpt.splitlines()[0].index("concat")


def test_a_node_without_a_span_is_shown_at_its_nearest_ancestor() -> None:
    assert Place(source=SOURCE, pointer="/name/0/x").label == "main.json:2:3"
    assert Place(source=SOURCE, pointer="/other").label == "main.json:1:1"


def test_lines_lose_their_ends() -> None:
    assert SOURCE.line(2) == '  "name": "[concat(x)]",'
    assert SOURCE.line(0) == ""
    assert SOURCE.line(99) == ""


def test_a_private_file_shows_no_line() -> None:
    source = SourceFile("p.json", TEXT, Index(), private=True)

    assert Place(source=source, pointer="/name").excerpt == ""
    assert Place(source=source, pointer="/name").label == "p.json:2:3"


def test_default_values_are_masked_and_expressions_are_not() -> None:
    line = '"a": {"type": "secureString", "defaultValue": "S3CR3T", "minLength": 50}'

    assert "S3CR3T" not in masked(line)
    assert len(masked(line)) == len(line)
    assert masked('"defaultValue": "[nosuch()]"') == '"defaultValue": "[nosuch()]"'
    assert masked('"name": "plain"') == '"name": "plain"'


def test_default_values_in_bicep_are_masked() -> None:
    line = "param password string = 'S3CR3T'"

    assert "S3CR3T" not in masked(line)
    assert len(masked(line)) == len(line)
    assert masked("var shown = 'x'") == "var shown = 'x'"


@pytest.mark.parametrize(
    "line",
    [
        "param password string = 'S3CR3T",
        "param password string = 'a\\'S3CR3T",
        "param password string = '[S3CR3T'",
        "param password string = '${toLower('S3CR3T')}'",
        "param password string = '''S3CR3T",
        'param password string = "S3CR3T',
        '"defaultValue": "x\\"[S3CR3T", "type": "string"',
    ],
)
def test_a_default_value_is_masked_to_its_end(line: str) -> None:
    assert "S3CR3T" not in masked(line)
    assert len(masked(line)) == len(line)


@pytest.mark.parametrize("quotes", ["'\\\"", "'a", "'", '"', "\\"])
def test_masking_takes_no_longer_than_it_should(quotes: str) -> None:
    line = "param password string = " + quotes * 300_000
    started = time.process_time()

    masked(line)

    assert time.process_time() - started < 2


def test_offsets_that_count_from_the_start_of_the_file() -> None:
    index = Spans({"": NodeSpan(0, 0, 9), "/a": NodeSpan(2, 4, 9)})
    source = SourceFile("main.bicep", "ab\ncd efg", index, offsets=Offsets.FILE)

    assert Place(source=source, pointer="/a", offset=6).position == (2, 4)
    assert Place(source=source, pointer="/a").position == (1, 3)


def test_offsets_in_what_is_not_shown() -> None:
    index = Spans({"": NodeSpan(3, 3, 9)})
    source = SourceFile("main.bicep", "ab\ncd efg", index, offsets=Offsets.NONE)

    assert Place(source=source, pointer="/a/b", offset=6).position == (2, 1)


def test_what_stands_far_behind_in_a_line_is_not_shown_with_it() -> None:
    source = SourceFile("f", "a" * 1_000_000)

    assert Place(source=source, offset=100_000).excerpt
    assert not Place(source=source, offset=900_000).excerpt


def test_masking_a_long_default_takes_little_memory() -> None:
    source = SourceFile("f", '"defaultValue": "' + r"\n" * 20_000 + '"' + " x" * 500_000)
    tracemalloc.start()

    excerpt = Place(source=source, offset=40_000).excerpt
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "*" * 60 in excerpt
    assert peak < 8_000_000
