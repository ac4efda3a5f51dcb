"""Rows by scope: which of them are at or above a scope, without looking at every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from preflight.model.scope import PLACEHOLDER, Scope
from preflight.model.truth import Truth

Row = TypeVar("Row")


class _Node(Generic[Row]):
    """One path segment; `rows` have exactly the scope that leads here."""

    __slots__ = ("children", "rows")

    def __init__(self) -> None:
        self.children: dict[str, _Node[Row]] = {}
        self.rows: list[Row] = []


class ScopeIndex(Generic[Row]):
    """Rows in a tree of folded path segments.

    A look-up costs the depth of the scope, plus a look at the siblings where a segment is a
    placeholder. It answers exactly as `Scope.covers` would for each row.
    """

    def __init__(self, rows: Iterable[Row], scope_of: Callable[[Row], Scope]) -> None:
        """Place every row at its scope."""
        self._root: _Node[Row] = _Node()
        for row in rows:
            node = self._root
            for segment in _segments(scope_of(row)):
                child = node.children.get(segment)
                if child is None:
                    child = node.children[segment] = _Node()
                node = child
            node.rows.append(row)

    def at(self, scope: Scope) -> tuple[Row, ...]:
        """Return the rows at exactly this scope, compared as text."""
        node: _Node[Row] | None = self._root
        for segment in _segments(scope):
            node = node.children.get(segment) if node else None
        return tuple(node.rows) if node else ()

    def covering(self, scope: Scope) -> list[tuple[Row, Truth]]:
        """Return the rows at or above a scope as text, nearest first.

        UNKNOWN where some value of the scope's placeholders would make the row's scope an
        ancestor.
        """
        if scope.text.startswith("{"):
            found = [(row, Truth.UNKNOWN) for row in self._below(self._root)]
            return [*found, *((row, Truth.TRUE) for row in self._root.rows)]
        found = [(row, Truth.TRUE) for row in self._root.rows]
        frontier: list[tuple[_Node[Row], Truth]] = [(self._root, Truth.TRUE)]
        for step in _steps(scope):
            frontier = list(_advance(frontier, step))
            if not frontier:
                break
            found += [(row, truth) for node, truth in frontier for row in node.rows]
        return found[::-1]

    def below(self, scope: Scope) -> tuple[Row, ...]:
        """Return the rows strictly below a scope without placeholders."""
        node = self._root
        for segment in _segments(scope):
            child = node.children.get(segment)
            if child is None:
                return ()
            node = child
        return tuple(self._below(node))

    @staticmethod
    def _below(start: _Node[Row]) -> Iterator[Row]:
        stack = list(start.children.values())
        while stack:
            node = stack.pop()
            yield from node.rows
            stack.extend(node.children.values())


class _Step(NamedTuple):
    """One segment to descend by; `pieces` is the known text around its placeholders, if any."""

    segment: str
    pieces: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """Whether the placeholders can stand for something that makes the segment this text."""
        first, *middle, last = self.pieces
        if not text.startswith(first):
            return False
        at = len(first)
        for piece in middle:
            at = text.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return len(text) - at >= len(last) and text.endswith(last)


def _segments(scope: Scope) -> list[str]:
    return [] if scope.text == "/" else scope.folded.removeprefix("/").split("/")


def _steps(scope: Scope) -> Iterator[_Step]:
    for segment in _segments(scope):
        pieces = PLACEHOLDER.split(segment) if "{" in segment else []
        yield _Step(segment, tuple(pieces) if len(pieces) > 1 else ())


def _advance(
    frontier: list[tuple[_Node[Row], Truth]], step: _Step
) -> Iterator[tuple[_Node[Row], Truth]]:
    for node, truth in frontier:
        if not step.pieces:
            child = node.children.get(step.segment)
            if child is not None:
                yield child, truth
            continue
        for segment, child in node.children.items():
            if step.fits(segment):
                yield child, Truth.UNKNOWN
