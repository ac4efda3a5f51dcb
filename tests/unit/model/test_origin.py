"""What an origin prints: the nearest node that the file has, and the expression there."""

from __future__ import annotations

from collections.abc import Mapping

from preflight.model.requirement import Origin
from preflight.model.source import NodeSpan, Place, SourceFile

TEXT = """{
  "list": "[variables('list')]",
  "plain": "text",
  "escaped": "[[not an expression]",
  "broken": "[\\q]"
}"""


class Index:
    """The spans of TEXT, found by searching it."""

    def spans(self) -> Mapping[str, NodeSpan]:
        spans = {"": NodeSpan(0, 0, len(TEXT))}
        for name in ("list", "plain", "escaped", "broken"):
            start = TEXT.index(f'"{name}"')
            end = TEXT.find("\n", start)
            value = start + len(name) + 4
            spans[f"/{name}"] = NodeSpan(start, value, end - (TEXT[end - 1] == ","))
        return spans


FILE = SourceFile("main.json", TEXT, Index())


def row(pointer: str, expression: str | None = None) -> dict[str, object]:
    return dict(Origin(place=Place(source=FILE, pointer=pointer), expression=expression).to_dict())


def test_a_node_below_an_expression_is_shown_at_the_expression() -> None:
    assert {
        "file": "main.json",
        "line": 2,
        "column": 3,
        "path": "/list",
        "expression": "[variables('list')]",
    } == row("/list/0/id")


def test_literals_have_no_expression() -> None:
    assert "expression" not in row("/plain")
    assert "expression" not in row("/escaped")
    assert "expression" not in row("/broken")
    assert "expression" not in row("")


def test_a_given_expression_comes_first() -> None:
    assert "[given()]" == row("/list", "[given()]")["expression"]


def test_a_file_without_nodes_keeps_the_pointer() -> None:
    origin = Origin(place=Place(source=SourceFile("x.json", "{}"), pointer="/a/b"))

    assert {"file": "x.json", "line": 1, "column": 1, "path": "/a/b"} == origin.to_dict()
