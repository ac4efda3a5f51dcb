from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, fromstring

import pytest

from preflight.model.decision import Reason, Verdict
from preflight.model.outcome import ExitCode, FailOn
from preflight.model.report import Problem, Report, Suppression
from preflight.model.requirement import Certainty
from preflight.model.scope import Scope
from preflight.report.junit import Junit
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def parsed(*reports: Report) -> Element:
    return fromstring(Junit().render(reports, View()))  # noqa: S314 - our own output


def cases(root: Element) -> dict[str, list[str]]:
    """Return name → what is inside, for every case."""
    return {case.get("name", ""): [part.tag for part in case] for case in root.iter("testcase")}


def test_a_case_per_requirement_and_per_gap(denied: Report) -> None:
    assert cases(parsed(denied)) == {
        "Microsoft.Storage/storageAccounts/write": ["failure"],
        "Microsoft.Storage/storageAccounts/delete": ["error"],
        "Microsoft.Resources/deployments/write": [],
        "Microsoft.Storage/register/action": ["skipped"],
        "gap 1 linked-template: https://example.com/linked.json": ["error"],
    }


def test_scopes_are_suites(denied: Report) -> None:
    names = [suite.get("name", "") for suite in parsed(denied)]

    assert [name.rpartition("/")[2] for name in names] == [
        "stshop",
        "rg-shop",
        "11111111-0000-4000-8000-000000000001",
        "gaps",
    ]


def test_counts_add_up(denied: Report) -> None:
    root = parsed(denied)

    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["5", "1", "2"]
    assert [suite.get("skipped") for suite in root] == ["0", "0", "1", "0"]


def test_only_attributes_that_the_schema_knows(denied: Report) -> None:
    root = parsed(denied)
    suites = {name for suite in root for name in suite.attrib}
    inside = {name for case in root.iter("testcase") for name in case.attrib}

    assert suites == {"name", "tests", "errors", "failures", "skipped", "time", "timestamp"}
    assert inside == {"name", "classname", "time", "file", "line"}
    assert {case.get("time") for case in root.iter("testcase")} == {"0.000"}


def test_message_is_one_line_and_the_fix_is_in_the_body(denied: Report) -> None:
    failure = parsed(denied).find(".//failure")

    assert failure is not None
    assert "\n" not in failure.get("message", "\n")
    assert failure.get("type") == "role-lacks-action"
    assert "az role assignment create" in (failure.text or "")


def test_a_place_in_the_source(denied: Report) -> None:
    case = parsed(denied).find(".//testcase")

    assert case is not None
    assert (case.get("file"), case.get("line")) == ("main.json", "1")


def test_the_headline_stands_in_properties(denied: Report) -> None:
    warned = replace(
        denied, loosened=("accepts x (a.toml:1)",), warnings=(("locks-unread", "unread"),)
    )
    found = {row.get("name"): row.get("value") for row in parsed(warned).iter("property")}

    assert found == {
        "verdict": "DENIED",
        "exit code": "1",
        "loosened 1": "accepts x (a.toml:1)",
        "principal": "sp-shop  oid 22222222-0000-4000-8000-000000000002",
        "evidence": "access.json, snapshot of 2026-11-24, 1 d old · catalogue 2026-08-01",
        "not checked": "policy effects",
        "warning 1": "locks-unread: unread",
    }


def test_several_reports_are_told_apart(make: Make, denied: Report) -> None:
    root = parsed(
        denied, replace(make.report(make.row(Verdict.ALLOWED, Reason.GRANTED)), target="dev")
    )
    names = [suite.get("name", "").partition(": ")[0] for suite in root]

    assert names == ["main.json"] * 4 + ["dev"]


def test_equal_actions_at_one_scope_are_told_apart(make: Make) -> None:
    rows = [
        make.row(id=f"r{n}", requirement=make.requirement(attributes={"principalId": str(n)}))
        for n in (1, 2)
    ]

    assert list(cases(parsed(make.report(*rows)))) == [
        "Microsoft.Storage/storageAccounts/write [r1]",
        "Microsoft.Storage/storageAccounts/write [r2]",
    ]


def test_nothing_to_check_is_still_a_suite(make: Make) -> None:
    assert [suite.get("name") for suite in parsed(make.report())] == ["main.json"]


def test_a_problem_is_an_error(make: Make) -> None:
    failed = replace(
        make.report(),
        derivation=None,
        problem=Problem(message="no such file", where="a.json:3:4", help="look again"),
        problem_code=ExitCode.INPUT,
        fail_on=FailOn.NEVER,
    )
    case = parsed(failed).find(".//testcase")

    assert case is not None
    assert (case.get("file"), case.get("line")) == ("a.json", "3")
    assert [part.get("type") for part in case] == ["exit-3"]


@pytest.mark.parametrize(
    ("verdict", "certainty", "fail_on", "strict"),
    list(
        product(Verdict, Certainty, FailOn, (False, True)),
    ),
)
@pytest.mark.parametrize("suppressed", [False, True])
@pytest.mark.parametrize("extra", ["", "gap", "warning"])
def test_cases_agree_with_the_exit_code(  # noqa: PLR0913 - one table
    make: Make,
    *,
    verdict: Verdict,
    certainty: Certainty,
    fail_on: FailOn,
    strict: bool,
    suppressed: bool,
    extra: str,
) -> None:
    warnings = [Reason.GRANTED_RECENTLY] if verdict is Verdict.ALLOWED else []
    found = make.row(verdict, requirement=make.requirement(certainty=certainty), warnings=warnings)
    given = Suppression(reason="x", scope=Scope("/"), given_at="y")
    found = replace(found, suppressed=given if suppressed else None, gate=strict or found.gate)
    whole = replace(
        make.report(found, gaps=[make.gap()] if extra == "gap" else []),
        warnings=(("locks-unread", "unread"),) if extra == "warning" else (),
        strict=strict,
        fail_on=fail_on,
    )
    root = parsed(whole)
    failures, errors = int(root.get("failures", "")), int(root.get("errors", ""))

    assert (failures > 0, failures == 0 and errors > 0, failures == errors == 0) == (
        whole.exit_code == 1,
        whole.exit_code == 5,
        whole.exit_code == 0,
    )
    assert all(len(parts) <= 1 for parts in cases(root).values())
