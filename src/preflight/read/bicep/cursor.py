"""A place in the tokens of a file, and what every part of the parser does with it."""

from __future__ import annotations

from typing import NoReturn

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.read.bicep.hints import hint
from preflight.read.bicep.lexer import BAD, END, NAME, NEWLINE, TEXT, WORD, Tokens, cooked
from preflight.read.bicep.syntax import Name
from preflight.read.json_strings import shown

MAX_NESTING = 80
"""Brackets, types, lambdas and branches inside each other, so that no input exhausts the stack."""
LEVEL = 8
"""Stack frames that one level takes at most; a stronger operator or a branch takes one."""


class Cursor:
    """The tokens of one file; `_at` is the number of the next one."""

    __slots__ = ("_at", "_depth", "_in_hole", "_kinds", "_problems", "_starts", "_texts")

    def __init__(self, tokens: Tokens) -> None:
        """Start at the first token."""
        self._kinds, self._texts, self._starts, self._problems = tokens
        self._at = 0
        self._depth = 0
        self._in_hole = False
        """Whether a string is around, where arrays and objects are not allowed."""

    def _end(self) -> int:
        """Return where the token ends that was taken last."""
        last = self._at - 1
        return self._starts[last] + len(self._texts[last])

    def _take(self, kind: str, what: str = "") -> str:
        """Take a token of that kind, and return its text."""
        at = self._at
        if self._kinds[at] != kind:
            self._fail(what or f"`{kind}`")
        self._at = at + 1
        return self._texts[at]

    def _name(self, what: str = "a name") -> Name:
        at = self._at
        text = self._take(NAME, what)
        start = self._starts[at]
        return Name(text, start, start + len(text))

    def _is_word(self, word: str, ahead: int = 0) -> bool:
        """Whether a name stands next that is (here) a keyword."""
        at = min(self._at + ahead, len(self._kinds) - 1)
        return self._texts[at] == word and self._kinds[at] == NAME

    def _keyword(self, word: str) -> None:
        if not self._is_word(word):
            self._fail(f"`{word}`")
        self._at += 1

    def _newlines(self) -> None:
        """Pass over line ends, if any."""
        if self._kinds[self._at] == NEWLINE:
            self._at += 1

    def _separator(self, closing: str) -> None:
        """Pass over what stands between the items of an array or object."""
        kind = self._kinds[self._at]
        if kind == NEWLINE:
            self._at += 1
        elif kind == ",":
            self._at += 1
            if self._kinds[self._at] == NEWLINE:
                self._refuse(
                    "a comma and a new line both separate items", "remove the comma: one is enough"
                )
        elif kind != closing:
            self._fail(f"a new line, a comma or `{closing}`")

    def _argument_separator(self, closing: str) -> None:
        """Pass over the comma between arguments; a new line may follow it."""
        if self._kinds[self._at] == ",":
            self._at += 1
            self._newlines()
            return
        self._newlines()
        if self._kinds[self._at] != closing:
            self._fail(f"a comma or `{closing}`")

    def _enter(self, frames: int = LEVEL) -> None:
        """Count stack frames; the caller gives them back by taking them off `_depth`."""
        self._depth += frames
        if self._depth > MAX_NESTING * LEVEL:
            problem = LimitExceeded(
                f"the file nests expressions or types more than {MAX_NESTING} deep",
                help="move parts of them into variables",
            )
            raise TooDeep(problem, self._starts[self._at])

    def _refuse(self, message: str, advice: str = "", *, at: int | None = None) -> NoReturn:
        """Raise an error at the next token, or at an offset."""
        offset = self._starts[self._at] if at is None else at
        raise SyntaxProblem(message, offset=offset, help=advice)

    def _fail(self, what: str, advice: str = "") -> NoReturn:
        """Raise an error about the next token, which is not what should stand there."""
        at = self._at
        start = self._starts[at]
        if self._kinds[at] == BAD or (self._problems and self._problems[0].offset == start):
            for problem in self._problems:
                if problem.offset == start:
                    raise SyntaxProblem(problem.message, offset=start, help=problem.help)
        advice = advice or hint(what, self._texts[at])
        self._refuse(f"expected {what}, found {self._found()}", advice)

    def _found(self) -> str:
        kind, text = self._kinds[self._at], self._texts[self._at]
        if kind in {NAME, WORD, TEXT}:
            return f"`{shown(text)}`"
        return {NEWLINE: "the end of the line", END: "the end of the file"}.get(
            kind, f"`{shown(text)}`"
        )

    def _cooked(self, at: int, first: int, last: int) -> str:
        """Return a piece of a string between its quotes, of which the token is number `at`."""
        raw = self._texts[at]
        piece = raw[first : len(raw) - last]
        if "\\" not in piece:
            return piece
        try:
            return cooked(piece)
        except SyntaxProblem as problem:
            problem.offset += self._starts[at] + first
            raise


class TooDeep(Exception):
    """Nesting went past the limit: there is no going on after it. Never leaves the parser."""

    def __init__(self, problem: LimitExceeded, offset: int) -> None:
        """Keep the error and where it is."""
        super().__init__()
        self.problem = problem
        self.offset = offset
