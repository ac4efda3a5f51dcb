from __future__ import annotations

import pytest

from preflight.model.outcome import ExitCode, FailOn
from preflight.model.report import Problem, Report


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("main.json:14:18", ("main.json", 14, 18)),
        ("C:\\x\\main.json:1:2", ("C:\\x\\main.json", 1, 2)),
        ("main.json", ("main.json", 0, 0)),
        ("main.json:14", ("main.json:14", 0, 0)),
        (f"main.json:{'1' * 5000}:1", (f"main.json:{'1' * 5000}:1", 0, 0)),
        ("", ("", 0, 0)),
    ],
)
def test_position(where: str, expected: tuple[str, int, int]) -> None:
    assert Problem(message="bad", where=where).position == expected


def test_a_problem_decides_the_exit_code_even_where_nothing_else_fails() -> None:
    report = Report(
        version="1",
        source="main.json",
        now=None,
        problem=Problem(message="bad"),
        problem_code=ExitCode.INPUT,
        fail_on=FailOn.NEVER,
    )

    assert (report.exit_code, report.is_advisory) == (3, True)
