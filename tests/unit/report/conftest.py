"""Factories for reports: everything has a default, tests name what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from preflight.model.access import Principal, PrincipalId, PrincipalType, RoleAssignment
from preflight.model.action import Action
from preflight.model.advice import AlsoAllows, Recommendation, RecommendationKind
from preflight.model.decision import Decision, Evidence, Reason, Settle, Verdict
from preflight.model.diagnosis import Diagnosis, Holding, Level, NearMiss, Rung
from preflight.model.report import EvidenceSource, Finding, Report, Row, Subject
from preflight.model.requirement import (
    Certainty,
    Derivation,
    Origin,
    Requirement,
    RequirementKind,
)
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import Gap, GapKind, NotChecked, Note
from preflight.model.truth import Truth

SUBSCRIPTION = "/subscriptions/11111111-0000-4000-8000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-shop"
STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stshop"
SELF = PrincipalId("22222222-0000-4000-8000-000000000002")
OTHER = PrincipalId("33333333-0000-4000-8000-000000000003")
TEAM = PrincipalId("44444444-0000-4000-8000-000000000004")
READER = RoleId("acdd72a7-3385-48ef-bd42-f606fba81ae7")
SOURCE = SourceFile("main.json", '{\n  "resources": []\n}\n')


def make_assignment(
    principal: str = SELF, scope: str = GROUP, name: str = "55555555-0000-4000-8000-000000000005"
) -> RoleAssignment:
    return RoleAssignment(
        id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        scope=Scope(scope),
        principal=PrincipalId(principal),
        role=READER,
    )


def make_requirement(
    action: str = "Microsoft.Storage/storageAccounts/write",
    scope: str = STORE,
    certainty: Certainty = Certainty.REQUIRED,
    *,
    source: SourceFile = SOURCE,
    attributes: dict[str, str] | None = None,
) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=certainty,
        kind=RequirementKind.WRITE,
        why="the resource is written",
        resource=Scope(STORE),
        origins=(Origin(place=Place(source=source), expression="[parameters('name')]"),),
        attributes=attributes,
    )


def make_row(  # noqa: PLR0913 - a factory: everything has a default
    verdict: Verdict = Verdict.DENIED,
    reason: Reason = Reason.ROLE_LACKS_ACTION,
    *,
    id: str = "r1",  # noqa: A002 - the field's name
    requirement: Requirement | None = None,
    evidence: Sequence[Evidence] = (),
    warnings: Sequence[Reason] = (),
    finding: str | None = None,
) -> Row:
    wanted = requirement or make_requirement()
    settle = Settle(what="read the list", who="an administrator")
    return Row(
        id=id,
        decision=Decision(
            requirement=wanted,
            verdict=verdict,
            reason=reason,
            evidence=tuple(evidence),
            warnings=tuple(warnings),
            settle=settle if verdict is Verdict.UNDETERMINED else None,
        ),
        finding=finding,
        gate=wanted.certainty is not Certainty.POSSIBLE,
    )


def make_finding(*rows: Row, id: str = "f1", text: str = "nothing grants it") -> Finding:  # noqa: A002
    decisions = tuple(row.decision for row in rows)
    role = RoleDefinition(id=READER, name="Reader", permissions=())
    assignment = make_assignment(TEAM, SUBSCRIPTION)
    return Finding(
        id=id,
        fingerprint="0123456789abcdef",
        requirements=tuple(row.id for row in rows),
        diagnosis=Diagnosis(
            reason=decisions[0].reason,
            level=Level.ERROR,
            title="Reader at sub Shop does not grant storageAccounts/write",
            text=text,
            decisions=decisions,
            rungs=(
                Rung(scope=Scope.ROOT, label="/"),
                Rung(
                    scope=Scope(SUBSCRIPTION),
                    label="sub Shop",
                    holds=(
                        Holding(
                            assignment=assignment,
                            role_name="Reader",
                            via="grp-shop",
                            grants=Truth.FALSE,
                            because="role-lacks-action",
                        ),
                    ),
                ),
            ),
            near_miss=NearMiss(assignment=assignment, role_name="Reader", lacks="it only reads"),
            settle=decisions[0].settle,
            azure_says="AuthorizationFailed",
        ),
        recommendations=(
            Recommendation(
                kind=RecommendationKind.ASSIGN_ROLE,
                text="assign Storage Account Contributor to sp-shop at rg-shop",
                scope=Scope(GROUP),
                role=role,
                principal=SELF,
                closes=tuple(decision.requirement for decision in decisions),
                proven=True,
                also_allows=AlsoAllows(count=12, privileged=("a/listKeys/action",)),
                commands={"az": f"az role assignment create --assignee-object-id {SELF}"},
            ),
        ),
    )


def make_report(
    *rows: Row,
    findings: Sequence[Finding] = (),
    gaps: Sequence[Gap] = (),
    notes: Sequence[Note] = (),
    source: str = "main.json",
) -> Report:
    derivation = Derivation(
        source=source,
        scope=Scope(GROUP),
        resources=(),
        requirements=tuple(row.decision.requirement for row in rows),
        gaps=tuple(gaps),
        notes=tuple(notes),
        not_checked=(NotChecked(what="policy effects", why="policies are not evaluated"),),
        catalogue="2026-08-01",
    )
    return Report(
        version="1.0",
        source=source,
        now=datetime(2026, 11, 24, 10, tzinfo=UTC),
        derivation=derivation,
        subject=Subject(
            principal=Principal(
                object_id=SELF, type=PrincipalType.SERVICE_PRINCIPAL, display_name="sp-shop"
            )
        ),
        evidence=EvidenceSource(
            live=False,
            files=("access.json",),
            collected_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
            age=timedelta(days=1, hours=3),
        ),
        rows=rows,
        findings=tuple(findings),
        names={SUBSCRIPTION: "Shop", SELF: "sp-shop", TEAM: "grp-shop", OTHER: "sp-other"},
    )


def make_gap(target: str = "https://example.com/linked.json") -> Gap:
    return Gap(
        kind=GapKind.LINKED_TEMPLATE,
        target=target,
        origin=Place(source=SOURCE),
        settle="put the template beside this one",
    )


class Make:
    """The factories: `make.row(…)`. Everything has a default."""

    assignment = staticmethod(make_assignment)
    requirement = staticmethod(make_requirement)
    row = staticmethod(make_row)
    finding = staticmethod(make_finding)
    report = staticmethod(make_report)
    gap = staticmethod(make_gap)


@pytest.fixture(scope="session")
def make() -> Make:
    """The factories."""
    return Make()


@pytest.fixture(scope="session")
def denied() -> Report:
    """One denied, one undetermined, one allowed, one possible and denied; a gap, a note."""
    rows = (
        make_row(finding="f1"),
        make_row(
            Verdict.UNDETERMINED,
            Reason.EVIDENCE_UNREADABLE,
            id="r2",
            requirement=make_requirement("Microsoft.Storage/storageAccounts/delete"),
            finding="f2",
        ),
        make_row(
            Verdict.ALLOWED,
            Reason.GRANTED,
            id="r3",
            requirement=make_requirement("Microsoft.Resources/deployments/write", GROUP),
            evidence=(make_assignment(),),
        ),
        make_row(
            Verdict.DENIED,
            Reason.NO_ASSIGNMENT,
            id="r4",
            requirement=make_requirement(
                "Microsoft.Storage/register/action", SUBSCRIPTION, Certainty.POSSIBLE
            ),
            finding="f3",
        ),
    )
    findings = [make_finding(rows[i], id=f"f{n}") for n, i in enumerate((0, 1, 3), start=1)]
    notes = (Note(code="parameter-missing", message="`name` has no value", origin=None),)
    return make_report(*rows, findings=findings, gaps=(make_gap(),), notes=notes)
