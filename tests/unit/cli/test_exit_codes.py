from __future__ import annotations

import itertools

import pytest

from preflight.cli.exit_codes import exit_code_of, exit_code_of_all
from preflight.errors import (
    CatalogError,
    Forbidden,
    ParameterProblem,
    PreflightError,
    SyntaxProblem,
    UsageError,
)
from preflight.model.outcome import ExitCode
from preflight.model.report import Problem, Report


def ended(code: ExitCode) -> Report:
    problem = None if code is ExitCode.ALLOWED else Problem(message="x")
    return Report(
        version="1",
        source="a",
        now=None,
        problem=problem,
        problem_code=None if problem is None else code,
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SyntaxProblem("x"), 3),
        (ParameterProblem("x"), 3),
        (Forbidden("x"), 4),
        (UsageError("x"), 2),
        (CatalogError("x"), 70),
        (PreflightError("x"), 70),
    ],
)
def test_every_error_has_its_code(error: PreflightError, code: int) -> None:
    assert exit_code_of(error) == code


def test_the_worst_of_several_reports_wins() -> None:
    order = (70, 3, 4, 1, 5, 0)
    for first, second in itertools.combinations(order, 2):
        reports = [ended(ExitCode(second)), ended(ExitCode(first))]
        assert exit_code_of_all(reports) == first
