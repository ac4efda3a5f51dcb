"""Golden files: one per format, of one report that has some of everything.

`pytest tests/golden --update-golden` rewrites them; review reads the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from preflight.model.access import Principal, PrincipalId, PrincipalType, RoleAssignment, Unreadable
from preflight.model.action import Action
from preflight.model.advice import AlsoAllows, Recommendation, RecommendationKind
from preflight.model.decision import Decision, Evidence, Reason, Settle, Verdict
from preflight.model.diagnosis import Diagnosis, Holding, Level, NearMiss, Rung
from preflight.model.plan import Condition, PlannedResource
from preflight.model.private import Private
from preflight.model.report import EvidenceSource, Finding, Report, Row, Subject, Suppression
from preflight.model.requirement import (
    Certainty,
    Derivation,
    Origin,
    Requirement,
    RequirementKind,
)
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.scope import Scope, management_group
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind, Gap, GapKind, NotChecked, Note
from preflight.model.truth import Truth

FOLDER = Path(__file__).parent / "reports"

PROD = "/subscriptions/5a1e0c62-0000-4000-8000-000000000001"
HUB = "/subscriptions/b7d2f4a8-0000-4000-8000-000000000002"
SHOP = f"{PROD}/resourceGroups/rg-shop-prod"
VNET = f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"
DEPLOYER = PrincipalId("22222222-0000-4000-8000-000000000002")
PLATFORM = PrincipalId("33333333-0000-4000-8000-000000000003")
CONTRIBUTOR = RoleId("b24988ac-6180-42a0-ab88-20f7382dd24c")
READER = RoleId("acdd72a7-3385-48ef-bd42-f606fba81ae7")

MAIN = SourceFile("main.bicep", "\n" * 60)
APP = SourceFile("modules/app.bicep", "\n" * 60)


def place(source: SourceFile, line: int, *via: Place) -> Place:
    """A place at the start of a line: the files here are empty lines only."""
    return Place(source=source, offset=line - 1, via=via)


def assignment(principal: str, scope: Scope, role: RoleId, number: int) -> RoleAssignment:
    name = f"99999999-0000-4000-8000-{number:012d}"
    return RoleAssignment(
        id=f"{scope.text.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}",
        scope=scope,
        principal=PrincipalId(principal),
        role=role,
    )


AT_SHOP = assignment(DEPLOYER, Scope(SHOP), CONTRIBUTOR, 1)
AT_CORP = assignment(PLATFORM, management_group("corp"), READER, 2)

JOIN = Requirement(
    action=Action("Microsoft.Network/virtualNetworks/subnets/join/action"),
    scope=Scope(f"{VNET}/subnets/snet-pe"),
    certainty=Certainty.REQUIRED,
    kind=RequirementKind.LINK,
    why="a private endpoint joins the subnet",
    resource=Scope(f"{SHOP}/providers/Microsoft.Network/privateEndpoints/pe-kv"),
    origins=(
        Origin(place=place(MAIN, 42), expression="[parameters('subnetId')]"),
        Origin(place=place(APP, 18, place(MAIN, 30))),
    ),
)


def _write(action: str, scope: str, certainty: Certainty, line: int) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=certainty,
        kind=RequirementKind.WRITE,
        why="the resource is written",
        resource=Scope(scope),
        origins=(Origin(place=place(MAIN, line)),),
    )


PEERING = _write(
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
    f"{VNET}/virtualNetworkPeerings/to-shop",
    Certainty.REQUIRED,
    48,
)
VAULT = _write(
    "Microsoft.KeyVault/vaults/write",
    f"{SHOP}/providers/Microsoft.KeyVault/vaults/kv-shop",
    Certainty.REQUIRED,
    12,
)
DEPLOY = _write(
    "Microsoft.Resources/deployments/write",
    f"{SHOP}/providers/Microsoft.Resources/deployments/main",
    Certainty.REQUIRED,
    1,
)
GRANT = Requirement(
    action=Action("Microsoft.Authorization/roleAssignments/write"),
    scope=Scope(f"{SHOP}/providers/Microsoft.Authorization/roleAssignments/{{guid}}"),
    certainty=Certainty.CONDITIONAL,
    kind=RequirementKind.ASSIGN_ROLE,
    why="a role is assigned",
    resource=Scope(f"{SHOP}/providers/Microsoft.Authorization/roleAssignments/{{guid}}"),
    origins=(Origin(place=place(MAIN, 55), expression="[guid(parameters('app'))]"),),
    attributes={"roleDefinitionId": f"/x/{READER}", "principalId": "{identity.principalId}"},
)
REGISTER = _write("Microsoft.KeyVault/register/action", PROD, Certainty.POSSIBLE, 12)


def _row(  # noqa: PLR0913 - a factory
    number: int,
    requirement: Requirement,
    verdict: Verdict,
    reason: Reason,
    *,
    evidence: tuple[Evidence, ...] = (),
    finding: str | None = None,
    settle: Settle | None = None,
    suppressed: Suppression | None = None,
) -> Row:
    return Row(
        id=f"r{number}",
        decision=Decision(
            requirement=requirement,
            verdict=verdict,
            reason=reason,
            evidence=evidence,
            settle=settle,
        ),
        finding=finding,
        suppressed=suppressed,
        gate=requirement.certainty is not Certainty.POSSIBLE,
    )


UNREAD = Settle(
    what="the gate's reader role at sub Hub, or a snapshot that covers it",
    who="an administrator of sub Hub",
)
ACCEPTED = Suppression(
    reason="condition-undetermined", scope=Scope(SHOP), given_at="preflight.toml:7"
)
ROWS = (
    _row(1, GRANT, Verdict.UNDETERMINED, Reason.CONDITION_UNDETERMINED, finding="f3",
         evidence=(AT_SHOP,), settle=UNREAD, suppressed=ACCEPTED),
    _row(2, VAULT, Verdict.ALLOWED, Reason.GRANTED, evidence=(AT_SHOP,)),
    _row(3, DEPLOY, Verdict.ALLOWED, Reason.GRANTED, evidence=(AT_SHOP,)),
    _row(4, JOIN, Verdict.DENIED, Reason.WRONG_SCOPE, evidence=(AT_SHOP,), finding="f1"),
    _row(5, PEERING, Verdict.UNDETERMINED, Reason.EVIDENCE_UNREADABLE, finding="f2",
         settle=UNREAD),
    _row(6, REGISTER, Verdict.DENIED, Reason.NO_ASSIGNMENT, finding="f4"),
)  # fmt: skip

LADDER = (
    Rung(scope=Scope.ROOT, label="/"),
    Rung(
        scope=management_group("corp"),
        label="mg corp",
        holds=(
            Holding(
                assignment=AT_CORP,
                role_name="Reader",
                via="grp-platform",
                grants=Truth.FALSE,
                because="role-lacks-action",
            ),
        ),
    ),
    Rung(scope=Scope(HUB), label="sub Hub"),
    Rung(scope=Scope(f"{HUB}/resourceGroups/rg-hub"), label="rg-hub"),
    Rung(scope=Scope(VNET), label="vnet-hub"),
    Rung(scope=Scope(f"{VNET}/subnets/snet-pe"), label="snet-pe"),
)

JOIN_ROLE = Recommendation(
    kind=RecommendationKind.CUSTOM_ROLE,
    text="custom role, 1 action, at snet-pe",
    scope=Scope(f"{VNET}/subnets/snet-pe"),
    role=RoleDefinition(
        id=RoleId("77777777-0000-4000-8000-000000000007"), name="join snet-pe", permissions=()
    ),
    principal=DEPLOYER,
    closes=(JOIN,),
    proven=True,
    also_allows=AlsoAllows(count=0),
    commands={
        "az": "az role definition create --role-definition @role.json\n"
        f"az role assignment create --assignee-object-id {DEPLOYER} --role 'join snet-pe' \\\n"
        f"  --scope {VNET}/subnets/snet-pe",
        "bicep": "resource join 'Microsoft.Authorization/roleAssignments@2022-04-01' = {}",
    },
)
NETWORK_ROLE = Recommendation(
    kind=RecommendationKind.ASSIGN_ROLE,
    text="assign Network Contributor to sp-shop-deploy at snet-pe",
    scope=Scope(f"{VNET}/subnets/snet-pe"),
    role=RoleDefinition(
        id=RoleId("4d97b98b-1d4f-4787-a291-c67834d212e7"),
        name="Network Contributor",
        permissions=(),
        full_id="/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7",
    ),
    principal=DEPLOYER,
    closes=(JOIN,),
    proven=True,
    also_allows=AlsoAllows(
        count=812, privileged=("Microsoft.Network/vpnGateways/listKeys/action",)
    ),
    commands={"az": f"az role assignment create --assignee-object-id {DEPLOYER} --role X"},
)


def _finding(number: int, row: Row, title: str, text: str) -> Finding:
    joins = row.decision.requirement is JOIN
    level = Level.ERROR if row.gate else Level.NOTE
    return Finding(
        id=f"f{number}",
        fingerprint=f"{number:016x}",
        requirements=(row.id,),
        diagnosis=Diagnosis(
            reason=row.decision.reason,
            level=level,
            title=title,
            text=text,
            decisions=(row.decision,),
            rungs=LADDER if joins else (),
            near_miss=NearMiss(
                assignment=AT_SHOP, role_name="Contributor", lacks="another subscription"
            )
            if joins
            else None,
            settle=row.decision.settle,
            azure_says="LinkedAuthorizationFailed" if joins else "",
        ),
        recommendations=(JOIN_ROLE, NETWORK_ROLE) if joins else (),
    )


FINDINGS = (
    _finding(1, ROWS[3], "Contributor is assigned at rg-shop-prod, not at snet-pe",
             "sp-shop-deploy holds it through Contributor at rg-shop-prod"),
    _finding(2, ROWS[4], "what decides access was not read",
             "deny assignments at rg-hub: 403 for grp-platform"),
    _finding(3, ROWS[0], "a condition decides, and its answer is not known",
             "whether the condition is met is not known before the rollout"),
    _finding(4, ROWS[5], "sp-shop-deploy holds nothing on the ladder of sub Contoso Prod",
             "no role assignment reaches sp-shop-deploy there"),
)  # fmt: skip

RESOURCES = tuple(
    PlannedResource(
        id=requirement.scope,
        type=requirement.scope.resource_type or "",
        name=requirement.scope.name,
        api_version="2024-01-01",
        change=ChangeKind.WRITE,
        condition=condition,
        undecided=False,
        place=requirement.origins[0].place,
        location="westeurope",
    )
    for requirement, condition in (
        (DEPLOY, Condition.NONE),
        (GRANT, Condition.UNKNOWN),
        (VAULT, Condition.TRUE),
    )
)

DERIVATION = Derivation(
    source="main.bicep",
    scope=Scope(SHOP),
    resources=RESOURCES,
    requirements=tuple(row.decision.requirement for row in ROWS),
    gaps=(
        Gap(
            kind=GapKind.REGISTRY_MODULE,
            target="br/public:avm/res/web/site:0.4.0",
            origin=place(MAIN, 33),
            settle="restore it with `bicep restore main.bicep`",
        ),
    ),
    notes=(
        Note(
            code="parameter-missing",
            message="`app` has no value: give it with `-p app=VALUE`",
            origin=place(MAIN, 3),
        ),
    ),
    not_checked=(
        NotChecked(what="modify policies at mg corp", why="not readable"),
        NotChecked(what="Microsoft Graph", why="not a role of Azure"),
    ),
    catalogue="2026-08-01",
)

REPORT = Report(
    version="1.2.3",
    source="main.bicep",
    now=datetime(2026, 11, 24, 10, 2, 14, tzinfo=UTC),
    derivation=DERIVATION,
    subject=Subject(
        principal=Principal(
            object_id=DEPLOYER,
            type=PrincipalType.SERVICE_PRINCIPAL,
            app_id="44444444-0000-4000-8000-000000000004",
            display_name="sp-shop-deploy",
        ),
        tenant="contoso",
    ),
    evidence=EvidenceSource(
        live=False,
        files=("access.json",),
        collected_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        age=timedelta(days=1, hours=1),
        unreadable=(
            Unreadable(
                what="denyAssignments",
                scope=Scope(f"{HUB}/resourceGroups/rg-hub"),
                error=f"403 AuthorizationFailed for {PLATFORM}",
            ),
        ),
    ),
    rows=ROWS,
    findings=FINDINGS,
    warnings=(("evidence-old", "the evidence is 1 d old"),),
    loosened=(f"accepts condition-undetermined at {SHOP} (preflight.toml:7)",),
    target="prod",
    names={PROD: "Contoso Prod", HUB: "Hub", CONTRIBUTOR: "Contributor", PLATFORM: "grp-platform"},
    parameter_files=("prod.bicepparam",),
    private=Private(ids=frozenset({PLATFORM}), names=frozenset({"grp-platform"})),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the golden files of reports"
    )


@pytest.fixture(scope="session")
def report() -> Report:
    """The report that every golden file shows."""
    return REPORT


@pytest.fixture(scope="session")
def derivation() -> Derivation:
    """What the report was derived from."""
    return DERIVATION


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], str]:
    """Return what a golden file holds; with `--update-golden`, after writing the text into it."""

    def expected(name: str, text: str) -> str:
        path = FOLDER / name
        if request.config.getoption("--update-golden", default=False):
            path.write_text(text, encoding="utf-8", newline="\n")
        return path.read_text(encoding="utf-8")

    return expected
