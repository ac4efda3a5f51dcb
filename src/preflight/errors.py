"""Errors that preflight raises on purpose.

```
PreflightError
├── InputError            the source cannot be read, or ARM itself would refuse it (exit 3)
│   ├── SyntaxProblem         text that does not parse
│   ├── UnsupportedFeature    a construct that preflight does not know
│   ├── ParameterProblem      a parameter value that the template does not accept
│   ├── LimitExceeded         a bound of preflight was reached
│   └── WhatIfFailed          a what-if result that holds an error instead of changes
├── UsageError            the call itself is wrong (exit 2)
├── AccessError           what decides access could not be obtained (exit 4)
│   ├── NotSignedIn
│   ├── Unreachable
│   └── Forbidden
└── CatalogError          a packaged table is damaged (exit 70)
```

A message is one sentence without a full stop, user text in backticks; advice goes into `help`.
An error is not a finding: a denied requirement is a `Decision`, never an exception.
"""

from __future__ import annotations

import re
from typing import Protocol

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What could end a line or steer a terminal."""
LONGEST_MESSAGE = 2_000
"""Most characters of a message, and of its advice."""


def _plain(text: str) -> str:
    cut = text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"
    return _CONTROL.sub(" ", cut)


class Location(Protocol):
    """Where an error happened: `model.source.Place` is the implementation."""

    @property
    def label(self) -> str:
        """`file:line:column`, or the file alone where there is no position."""

    @property
    def excerpt(self) -> str:
        """The source line with the place marked below it; empty where there is none."""


class PreflightError(Exception):
    """Root of every error that preflight raises on purpose.

    `message` says what happened, `help` what to do, `where` (if known) the place in the source.
    Both texts may quote hostile input: each control character in them, line breaks first of all,
    becomes a blank, and what is too long is cut.
    """

    def __init__(
        self,
        message: str,
        *,
        help: str = "",
        where: Location | None = None,
    ) -> None:
        """Keep the three parts apart; `str(error)` is the message with its place in front."""
        self.message = _plain(message)
        super().__init__(self.message)
        self.help = _plain(help)
        self.where = where

    def __str__(self) -> str:
        """Return `file:line:column: message`, or the message alone."""
        return f"{self.where.label}: {self.message}" if self.where else self.message


class InputError(PreflightError):
    """The source cannot be read, or ARM itself would refuse it.

    `others` are the errors after this one, where they are collected.
    """

    others: tuple[InputError, ...] = ()


class SyntaxProblem(InputError):
    """Text that does not parse; `offset` is the place in the text that was being parsed."""

    def __init__(
        self,
        message: str,
        *,
        offset: int = 0,
        help: str = "",
        where: Location | None = None,
    ) -> None:
        """Keep the offset (0-based, in code points, never past the end of the text)."""
        super().__init__(message, help=help, where=where)
        self.offset = offset


class UnsupportedFeature(InputError):
    """A construct that preflight does not know; never skipped silently."""


class ParameterProblem(InputError):
    """A parameter value that the template does not accept, or a parameter it does not declare."""


class LimitExceeded(InputError):
    """A bound of preflight was reached; the message names the limit, the help the option."""


class WhatIfFailed(InputError):
    """A what-if result that holds an error instead of changes; `answer` is that error as JSON."""

    def __init__(
        self,
        message: str,
        *,
        answer: str,
        help: str = "",
        where: Location | None = None,
    ) -> None:
        """Keep the error beside the message: it may name what was denied."""
        super().__init__(message, help=help, where=where)
        self.answer = answer


class UsageError(PreflightError):
    """The call itself is wrong: options that contradict each other, an unknown name."""


class AccessError(PreflightError):
    """What decides access could not be obtained."""


class NotSignedIn(AccessError):
    """No credential could be found or used."""


class Unreachable(AccessError):
    """A service did not answer."""


class Forbidden(AccessError):
    """A service refused to tell what decides access."""


class CatalogError(PreflightError):
    """A packaged table is damaged or of another version."""
