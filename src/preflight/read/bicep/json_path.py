"""JSONPath, as `loadJsonContent()` and `loadYamlContent()` take it.

Grammar (blanks may stand inside brackets):

    path    ::= "$"? step*
    step    ::= ("." | "..")? ( name | "*" | "[" index "]" )
    index   ::= "*" | quoted ("," quoted)* | number ("," number)* | slice | "?" "(" filter ")"
    slice   ::= number? ":" number? (":" number?)?
    filter  ::= and ("||" and)*        and ::= term ("&&" term)*
    term    ::= operand (operator operand)?
    operand ::= ("@" | "$") step* | quoted | number | "true" | "false" | "null"

Source: Newtonsoft.Json, "Querying JSON with SelectToken" (the compiler selects with it); the
official compiler for what it answers (names heed case, quotes are single ones).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from preflight.model.value import JsonValue
from preflight.read.bicep.json_path_steps import (
    JsonPathError,
    Step,
    Steps,
    bounded,
    children,
    compared,
    deep,
    indexed,
    named,
    sliced,
)

_BLANK = re.compile(r"[ ]*")
_NAME = re.compile(r"[^\[\].\s()=<>!|&,*'\"]+")
_QUOTED = re.compile(r"'((?:[^'\\]++|\\.)*)'")
_INTEGER = re.compile(r"-?[0-9]{1,9}(?![0-9])")
_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?")
_SLICE = re.compile(r"(-?[0-9]{1,9})? *: *(-?[0-9]{1,9})?(?: *: *(-?[0-9]{1,9})?)?")
_WORD = re.compile(r"true|false|null")
_WORDS: Mapping[str, JsonValue] = {"true": True, "false": False, "null": None}
_OPERATORS: Mapping[str, Callable[[float | str, float | str], bool]] = {
    "===": operator.eq,
    "!==": operator.ne,
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_ORDERING = frozenset({"<=", ">=", "<", ">"})
_DEPTH = 20
_LENGTH = 10_000
"""Most characters of a path."""

_Test: TypeAlias = "Callable[[JsonValue, JsonValue], bool]"


def select(value: JsonValue, path: str, budget: Steps | None = None) -> list[JsonValue]:
    """Return every value that a path finds, in document order; `budget` pays for all paths.

    Raises:
        JsonPathError: the path is malformed, or finds too much.
    """
    if len(path) > _LENGTH:
        raise JsonPathError(f"has more than {_LENGTH:,} characters")
    budget = budget or Steps()
    parser = _Parser(path, budget)
    found = [value]
    for step in parser.path():
        found = bounded(step(found, value), budget)
    return found


class _Operand(NamedTuple):
    """One side of a comparison: a path from `@` or `$`, or a literal."""

    steps: tuple[Step, ...] | None
    budget: Steps
    from_root: bool = False
    literal: JsonValue = None

    def values(self, item: JsonValue, root: JsonValue) -> list[JsonValue]:
        if self.steps is None:
            return [self.literal]
        found = [root if self.from_root else item]
        for step in self.steps:
            found = bounded(step(found, root), self.budget)
        return found


class _Parser:
    """Reads one path."""

    def __init__(self, text: str, budget: Steps) -> None:
        self.text = text
        self.budget = budget
        self.at = 0
        self.depth = 0

    def path(self) -> tuple[Step, ...]:
        """Path ::= "$"? step* ."""
        if self.text.startswith("$") and self.text[1:2] in {"", ".", "["}:
            self.at = 1
        steps = self.steps()
        if self.at != len(self.text):
            raise JsonPathError(f"has something unexpected at character {self.at + 1}")
        return steps

    def steps(self) -> tuple[Step, ...]:
        """step*; a name without a dot may only begin a path."""
        found: list[Step] = []
        while True:
            scan = self._take("..")
            dotted = scan or self._take(".")
            if self._take("["):
                found.append(deep(self._index(), self.budget) if scan else self._index())
            elif dotted or (not found and self.at == 0):
                step = self._name(required=dotted)
                if step is None:
                    return tuple(found)
                found.append(deep(step, self.budget) if scan else step)
            else:
                return tuple(found)

    def _name(self, *, required: bool) -> Step | None:
        if self._take("*"):
            return children
        match = _NAME.match(self.text, self.at)
        if match is None:
            if required:
                raise JsonPathError("lacks a name behind a dot")
            return None
        self.at = match.end()
        return named((match[0],))

    def _index(self) -> Step:
        """Index "]" ."""
        self._skip()
        if self._take("*"):
            step: Step = children
        elif self._take("?"):
            step = self._filter_step()
        elif (match := _SLICE.match(self.text, self.at)) and ":" in match[0]:
            self.at = match.end()
            step = sliced(*(int(part) if part else None for part in match.groups()))
        elif self.text.startswith("'", self.at):
            step = named(tuple(self._listed(_QUOTED, 1)))
        else:
            step = indexed(tuple(int(number) for number in self._listed(_INTEGER, 0)))
        self._skip()
        self._need("]")
        return step

    def _listed(self, pattern: re.Pattern[str], group: int) -> Iterator[str]:
        while True:
            self._skip()
            yield self._match(pattern)[group].replace("\\'", "'")
            self._skip()
            if not self._take(","):
                return

    def _filter_step(self) -> Step:
        self._skip()
        self._need("(")
        holds = self._any()
        self._need(")")

        def step(values: list[JsonValue], root: JsonValue) -> Iterator[JsonValue]:
            for item in children(values, root):
                self.budget.take()
                if holds(item, root):
                    yield item

        return step

    def _any(self) -> _Test:
        """And ("||" and)* ."""
        self.depth += 1
        if self.depth > _DEPTH:
            raise JsonPathError("is nested too deep")
        tests = [self._all()]
        while self._operator("||"):
            tests.append(self._all())
        self.depth -= 1
        return lambda item, root: any(test(item, root) for test in tests)

    def _all(self) -> _Test:
        """Term ("&&" term)* ."""
        tests = [self._term()]
        while self._operator("&&"):
            tests.append(self._term())
        return lambda item, root: all(test(item, root) for test in tests)

    def _term(self) -> _Test:
        """Operand (operator operand)? ."""
        left = self._operand()
        for sign, compare in _OPERATORS.items():
            if self._operator(sign):
                right = self._operand()
                return self._comparison(left, right, compare, equal=sign not in _ORDERING)
        if self._operator("=~"):
            raise JsonPathError("has a regular expression, which is not supported")
        return lambda item, root: bool(left.values(item, root))

    def _comparison(
        self,
        left: _Operand,
        right: _Operand,
        compare: Callable[[float | str, float | str], bool],
        *,
        equal: bool,
    ) -> _Test:
        def holds(item: JsonValue, root: JsonValue) -> bool:
            others = right.values(item, root)
            for value in left.values(item, root):
                for other in others:
                    self.budget.take()
                    if compared(compare, value, other, equal=equal):
                        return True
            return False

        return holds

    def _operand(self) -> _Operand:
        self._skip()
        mark = self.text[self.at : self.at + 1]
        if mark in {"@", "$"}:
            self.at += 1
            return _Operand(self.steps(), self.budget, from_root=mark == "$")
        if mark == "'":
            return _Operand(None, self.budget, literal=self._match(_QUOTED)[1].replace("\\'", "'"))
        if word := _WORD.match(self.text, self.at):
            self.at = word.end()
            return _Operand(None, self.budget, literal=_WORDS[word[0]])
        number = self._match(_NUMBER)[0]
        return _Operand(
            None, self.budget, literal=float(number) if set(number) & set(".eE") else int(number)
        )

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise JsonPathError(f"has something unexpected at character {self.at + 1}")
        self.at = match.end()
        return match

    def _operator(self, sign: str) -> bool:
        self._skip()
        return self._take(sign)

    def _take(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _need(self, sign: str) -> None:
        self._skip()
        if not self._take(sign):
            raise JsonPathError(f"lacks `{sign}` at character {self.at + 1}")

    def _skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
