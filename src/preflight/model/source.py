"""Where something stands in the user's own files."""

from __future__ import annotations

import enum
import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, Protocol

_SHOWN = 160
"""Most columns of a line that are shown."""
_EXCERPT_COLUMNS = 200_000
"""Last column that is shown with its line: what stands before it has to be looked through."""
_INDEXED_LINES = 2_000_000
"""Most lines of which an index is kept; of more, only positions are told, each by counting."""


class Position(NamedTuple):
    """A 1-based line and column; columns count code points."""

    line: int
    column: int


class Span(NamedTuple):
    """A half-open range of offsets in a text, in code points."""

    start: int
    end: int


class NodeSpan(NamedTuple):
    """Where a node of a parsed file stands: offsets of its key, its value, and its end.

    `start` is the property's key, or the value itself for an array item and the root.
    """

    start: int
    value: int
    end: int


class SpanIndex(Protocol):
    """Finds nodes of a parsed file; built by `read/`, computed on first use and then kept."""

    def spans(self) -> Mapping[str, NodeSpan]:
        """Return JSON pointer → span of that node."""


class Offsets(enum.Enum):
    """What the offset of a place in a file counts from."""

    VALUE = enum.auto()
    """The start of the string value at its pointer."""
    FILE = enum.auto()
    """The start of the file."""
    NONE = enum.auto()
    """Nothing here: what it counts in is not shown, a node stands for all of it."""


class SourceFile:
    """One file as the user gave it, with lazily computed positions.

    `name` is what reports print: as given, relative to the root, with `/`.
    Two source files are the same when name and text are.
    """

    def __init__(
        self,
        name: str,
        text: str,
        index: SpanIndex | None = None,
        *,
        private: bool = False,
        offsets: Offsets = Offsets.VALUE,
    ) -> None:
        """Keep name and text; `index` may be left out for text without nodes.

        A private file may hold secrets (parameter values): its lines are never shown.
        """
        self.private = private
        self.offsets = offsets
        self.name = name
        self.text = text
        self._index = index

    def __repr__(self) -> str:
        """Name the file only."""
        return f"SourceFile({self.name!r})"

    @cached_property
    def _lines(self) -> int:
        return self.text.count("\n") + 1

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        offset = self.text.find("\n")
        while offset >= 0:
            starts.append(offset + 1)
            offset = self.text.find("\n", offset + 1)
        return starts

    def position(self, offset: int) -> Position:
        """Return line and column of an offset (clamped to the text)."""
        offset = max(0, min(offset, len(self.text)))
        if self._lines > _INDEXED_LINES:
            begin = self.text.rfind("\n", 0, offset) + 1
            return Position(self.text.count("\n", 0, offset) + 1, offset - begin + 1)
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return one line (1-based) without its line end; empty past the end.

        Empty too in a file of more lines than anybody reads.
        """
        if not 1 <= number <= self._lines or self._lines > _INDEXED_LINES:
            return ""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")

    def span(self, pointer: str) -> NodeSpan | None:
        """Return the span of the node at a JSON pointer, or of its nearest ancestor with one."""
        spans = self._index.spans() if self._index else {}
        return spans.get(self.node(pointer))

    def node(self, pointer: str) -> str:
        """Return the pointer, or that of the nearest ancestor that the file has.

        What an expression evaluates to has pointers below the expression's own node.
        """
        spans = self._index.spans() if self._index else {}
        while spans and pointer and pointer not in spans:
            pointer = pointer.rpartition("/")[0]
        return pointer

    def expression(self, pointer: str) -> str | None:
        """Return the ARM expression, brackets included, that the nearest node holds, if any."""
        span = self.span(pointer)
        if span is None:
            return None
        text = self.text[span.value : span.end]
        if not text.startswith('"[') or text.startswith('"[[') or not text.endswith(']"'):
            return None
        try:
            value = json.loads(text, strict=False)
        except json.JSONDecodeError:
            return None
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node of a source file, kept symbolic until a report needs line and column.

    `pointer` is a JSON pointer (`/resources/0/name`). `offset`, where an error is inside an
    expression, counts code points from the start of the *string value* at the pointer. `via` is
    the chain of modules or nested templates that led here, outermost first.
    """

    source: SourceFile
    pointer: str = ""
    offset: int | None = None
    via: tuple[Place, ...] = field(default=())

    @property
    def step(self) -> Place:
        """The place without its own chain: what stands in the `via` of places further in.

        A chain that held whole chains would double with every level of nesting.
        """
        return replace(self, via=())

    @property
    def position(self) -> Position:
        """Line and column; 1:1 where the node is not known.

        A node is shown at its key, an offset at its own character. An escape sequence before
        the offset makes the column point at the start of the value instead.
        """
        span = self.source.span(self.pointer)
        if span is None or (self.offset is not None and self.source.offsets is Offsets.FILE):
            return self.source.position(self.offset or 0)
        if self.offset is None or self.source.offsets is Offsets.NONE:
            return self.source.position(span.start)
        first = span.value + 1
        exact = "\\" not in self.source.text[first : first + self.offset]
        return self.source.position(first + self.offset if exact else span.value)

    @property
    def label(self) -> str:
        """`file:line:column`."""
        line, column = self.position
        return f"{self.source.name}:{line}:{column}"

    @property
    def excerpt(self) -> str:
        """The source line, numbered, with a mark below the place (at most 160 columns shown).

        Empty for a private file, and far behind in a line; literal default values are masked,
        they may be secrets.
        """
        if self.source.private:
            return ""
        line, column = self.position
        if column > _EXCERPT_COLUMNS:
            return ""
        first = max(0, column - 100)
        text = self.source.line(line)[: first + _SHOWN]
        if not text.strip():
            return ""
        shown = masked(text.replace("\t", " "))[first:]
        gutter = f"{line:>5} | "
        return f"{gutter}{shown}\n{' ' * (len(gutter) - 2)}| {' ' * (column - 1 - first)}^"


_DEFAULT = re.compile(r"defaultvalue[\"']?\s*:|^\s*param\s+\w+[^=]*=(?!=)", re.IGNORECASE)
_DOUBLE_QUOTED = re.compile(r'"(?P<inner>(?>(?:[^"\\]++|\\.)*))"?', re.DOTALL)
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def masked(line: str) -> str:
    """Return a line with the text of every literal behind a `defaultValue` starred out.

    One that is not closed is starred to its end. Expressions stay: they are what a message is
    about. The line keeps its length.
    """
    found = _DEFAULT.search(line)
    if found is None:
        return line
    head, tail = line[: found.end()], line[found.end() :]
    return head + _without_single_quoted(_DOUBLE_QUOTED.sub(_starred, tail))


def _starred(match: re.Match[str]) -> str:
    inner = match["inner"]
    if inner.startswith("["):
        return match[0]
    return '"' + "*" * len(inner) + match[0][1 + len(inner) :]


def _without_single_quoted(text: str) -> str:
    """Star out all between the first quote and the last one: literals stand in literals."""
    pieces = text.split("'")
    if len(pieces) == 1:
        return text
    closed = _ESCAPED.sub("", text).count("'") % 2 == 0
    last = pieces[-1] if closed else "*" * len(pieces[-1])
    return "'".join([pieces[0], *("*" * len(piece) for piece in pieces[1:-1]), last])
