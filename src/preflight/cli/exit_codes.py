"""Error → exit code, and how several reports share one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from preflight.errors import AccessError, CatalogError, InputError, PreflightError, UsageError
from preflight.model.outcome import ExitCode

_BY_ERROR: tuple[tuple[type[PreflightError], ExitCode], ...] = (
    (UsageError, ExitCode.USAGE),
    (InputError, ExitCode.INPUT),
    (AccessError, ExitCode.ACCESS),
    (CatalogError, ExitCode.INTERNAL),
)

_PRECEDENCE: tuple[ExitCode, ...] = (
    ExitCode.INTERNAL,
    ExitCode.INPUT,
    ExitCode.ACCESS,
    ExitCode.DENIED,
    ExitCode.UNDETERMINED,
    ExitCode.ALLOWED,
)
"""Several sources: the first of these that occurs is the exit code."""


def exit_code_of(error: PreflightError) -> ExitCode:
    """Return how the program ends after an error."""
    for kind, code in _BY_ERROR:
        if isinstance(error, kind):
            return code
    return ExitCode.INTERNAL


class Answer(Protocol):
    """What was found out about one source."""

    @property
    def exit_code(self) -> int:
        """How the program would end after this one alone."""


def exit_code_of_all(reports: Iterable[Answer]) -> ExitCode:
    """Return the exit code of one run over several sources."""
    codes = {report.exit_code for report in reports}
    return next((code for code in _PRECEDENCE if code in codes), ExitCode.ALLOWED)
