"""How to collect what an open answer waits for, where one command does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from preflight.advise.case import Case
from preflight.advise.commands import az
from preflight.model.access import AccessList, RoleAssignment
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.decision import Reason
from preflight.model.scope import Scope

_API = "?api-version=2022-04-01"


def give_evidence(case: Case) -> Iterator[Recommendation]:
    """Yield the command whose output settles the finding; where there is none, `settle` says all.

    `--access` takes what these commands print (docs/reference/formats.md).
    """
    command = _command(case)
    if command is not None:
        yield case.recommend(
            RecommendationKind.GIVE_EVIDENCE,
            "let somebody who may read it run this, and add the output with --access",
            scope=case.diagnosis.anchor,
            commands={"az": command},
        )


def unplaced(case: Case) -> Recommendation:
    """Return what to do where a grant would have to sit at a scope that is not known."""
    return case.recommend(
        RecommendationKind.GIVE_EVIDENCE,
        "say where the rollout goes (--subscription, --resource-group, parameters): "
        "the scope of the fix is not known",
    )


def _command(case: Case) -> str | None:
    anchor = case.diagnosis.anchor
    if case.diagnosis.reason is Reason.ROLE_DEFINITION_MISSING:
        rows = [row for row in case.rows if isinstance(row, RoleAssignment)]
        return az("role", "definition", "list", name=rows[0].role, output="json") if rows else None
    if case.diagnosis.reason is not Reason.EVIDENCE_UNREADABLE or anchor is None:
        return None
    settle = case.diagnosis.settle
    named = settle.what if settle else ""
    return next((make(anchor) for wanted, make in _LISTS.items() if wanted.value in named), None)


def _role_assignments(scope: Scope) -> str:
    listed = az("role", "assignment", "list", scope=scope.text, output="json")
    return f"{listed} --include-inherited"


def _deny_assignments(scope: Scope) -> str:
    above = "" if scope == Scope.ROOT else scope.text
    url = f"{above}/providers/Microsoft.Authorization/denyAssignments{_API}"
    return az("rest", method="get", url=url)


_LISTS: Mapping[AccessList, Callable[[Scope], str]] = {
    AccessList.ROLE_ASSIGNMENTS: _role_assignments,
    AccessList.DENY_ASSIGNMENTS: _deny_assignments,
}
