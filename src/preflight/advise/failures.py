"""Failures that name no action: what they prove, their cause, the command that settles it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from preflight.advise.commands import az
from preflight.model.decision import Reason
from preflight.model.explanation import Cause, DenialKind, ErrorText

_API = "?api-version="


class Failure(NamedTuple):
    """A failure as people need it explained."""

    proves: str
    leaves_open: str
    causes: tuple[Cause, ...]
    never: str = ""


def failure_of(text: ErrorText) -> Failure:
    """Return what a text without a denial says, and what is to be done."""
    known = dict(reversed(text.facts))
    match text.kind:
        case DenialKind.SCOPE_LOCKED:
            return _locked(known)
        case DenialKind.POLICY_DENIED:
            return _policy(known)
        case DenialKind.PROVIDER_NOT_REGISTERED:
            return _unregistered(known)
        case DenialKind.DENY_ASSIGNMENT:
            return _deny(known)
        case _:
            return _OTHERS.get(text.kind, _OTHERS[DenialKind.OTHER])


def _one(reason: str, why: str, settle: str) -> tuple[Cause, ...]:
    return (Cause(reason=reason, why=why, settle=settle, proven=True),)


def _locked(known: Mapping[str, str]) -> Failure:
    at = known.get("locked scope", "")
    where = f" at {at}" if at else ""
    url = f"{at or '/subscriptions/SUBSCRIPTION'}/providers/Microsoft.Authorization/locks"
    return Failure(
        "a management lock refused the operation; no missing role did",
        "name and level of the lock; reading keys counts as a write under a read-only lock",
        _one(
            Reason.SCOPE_LOCKED.value,
            f"a lock{where} stops everybody there and below, whatever roles they hold",
            az("rest", method="get", url=f"{url}{_API}2020-05-01"),
        ),
        "do not assign a role: locks are not part of RBAC",
    )


def _policy(known: Mapping[str, str]) -> Failure:
    assignment = known.get("policy assignment", "")
    settle = (
        az("rest", method="get", url=f"{assignment}{_API}2022-06-01")
        if assignment.startswith("/")
        else az("policy", "state", "list", query="[].policyAssignmentId", output="tsv")
    )
    named = f" ({assignment})" if assignment else ""
    return Failure(
        "RBAC let the request through and a policy with effect deny refused the resource",
        "which property of the resource the policy refuses",
        _one(Reason.POLICY_DENIES.value, f"a policy assignment{named} denies it", settle),
        "do not assign a role: policy is evaluated after RBAC",
    )


def _unregistered(known: Mapping[str, str]) -> Failure:
    namespace = known.get("namespace", "NAMESPACE")
    return Failure(
        f"the subscription is not registered for {namespace}; no role is missing for the resource",
        "whether the caller may register it (register/action on the subscription)",
        _one(
            Reason.PROVIDER_NOT_REGISTERED.value,
            f"somebody with rights on the subscription registers {namespace} once",
            az("provider", "show", namespace=namespace, query="registrationState", output="tsv"),
        ),
        "do not assign Contributor on the subscription to the pipeline for this",
    )


def _deny(known: Mapping[str, str]) -> Failure:
    name = known.get("deny assignment", "")
    named = f" ({name})" if name else ""
    return Failure(
        "a deny assignment refused the request; the text names no action",
        "action, scope and caller: paste the whole message",
        _one(
            Reason.DENY_ASSIGNMENT.value,
            f"a deny assignment{named} blocks it, whatever roles the caller holds",
            az(
                "rest",
                method="get",
                url="/subscriptions/SUBSCRIPTION/providers/Microsoft.Authorization/denyAssignments"
                f"{_API}2022-04-01",
            ),
        ),
        "do not assign a stronger role: a deny assignment wins over Owner too",
    )


_WHOAMI = az("account", "show", query="{tenant:tenantId,subscription:id,user:user.name}")
_OTHERS: Mapping[DenialKind, Failure] = {
    DenialKind.AUTHORIZATION_FAILED: Failure(
        "Azure refused an action for want of rights",
        "action, scope and caller: the sentence that names them is cut off or missing",
        (
            Cause(
                reason=DenialKind.AUTHORIZATION_FAILED.value,
                why="the text is cut: the message behind the code names action, scope and caller",
                settle=az(
                    "monitor", "activity-log", "list", offset="1h", status="Failed", output="table"
                ),
            ),
        ),
    ),
    DenialKind.LINKED: Failure(
        "Azure refused an action on a resource that the request refers to",
        "action, scope and caller: the sentence that names them is cut off or missing",
        (
            Cause(
                reason=DenialKind.LINKED.value,
                why="the text is cut: the message behind the code names the linked action",
                settle=az(
                    "monitor", "activity-log", "list", offset="1h", status="Failed", output="table"
                ),
            ),
        ),
    ),
    DenialKind.CONDITION_NOT_MET: Failure(
        "an assignment grants the action and its condition was false for this request",
        "action, scope and caller: paste the whole message",
        _one(
            Reason.CONDITION_NOT_MET.value,
            "a condition on a role assignment is false",
            az("role", "assignment", "list", query="[?condition]", output="json") + " --all",
        ),
        "do not remove the condition: somebody limited this principal on purpose",
    ),
    DenialKind.WRONG_TENANT: Failure(
        "the token is of another tenant than the subscription; no role in this tenant cures it",
        "which tenant the subscription belongs to, where the text does not say it",
        _one(
            Reason.WRONG_TENANT.value,
            "the session, the service connection or the provider block signs in to another tenant",
            _WHOAMI,
        ),
        "do not assign a role: the token is refused before RBAC is asked",
    ),
    DenialKind.AUTHENTICATION: Failure(
        "the sign-in failed or its token is no longer valid: RBAC was never asked",
        "whether secret, certificate, federation or clock is wrong (the code says which)",
        _one(
            DenialKind.AUTHENTICATION.value,
            "the credential is wrong or expired, or the token is older than the run",
            az("account", "get-access-token", query="expiresOn", output="tsv"),
        ),
        "do not assign a role: without a valid token no role counts",
    ),
    DenialKind.DATA_PLANE: Failure(
        "the service itself refused: its data roles, access policies, keys or firewall",
        "whether a right is missing or the network refused: services answer both alike",
        (
            Cause(
                reason=Reason.ROLE_LACKS_ACTION.value,
                why="no role with the data action reaches the account; Owner holds no data actions",
                settle=az(
                    "role",
                    "assignment",
                    "list",
                    assignee="OBJECT-ID",
                    scope="RESOURCE-ID",
                    output="table",
                )
                + " --include-inherited --include-groups",
            ),
            Cause(
                reason=DenialKind.DATA_PLANE.value,
                why="the service's firewall, private endpoint or access policy refuses the caller",
                settle=az(
                    "resource",
                    "show",
                    ids="RESOURCE-ID",
                    query="properties.{publicNetworkAccess:publicNetworkAccess,acls:networkAcls}",
                ),
            ),
        ),
        "do not assign Owner or Contributor: they hold no data actions",
    ),
    DenialKind.GRAPH: Failure(
        "Microsoft Graph refused: what is missing is a directory permission, not an Azure role",
        "which Graph permission or directory role the call needs",
        _one(
            DenialKind.GRAPH.value,
            "the application lacks a Graph permission with admin consent, the user a directory "
            "role; `az role assignment create` looks names up in Graph unless it gets an object ID",
            az("ad", "app", "permission", "list", id="APPLICATION-ID"),
        ),
        "do not assign an Azure role: Graph does not look at it",
    ),
    DenialKind.NOT_FOUND: Failure(
        "Azure does not know what the request names, or hides it from this caller",
        "whether it does not exist, is in another tenant or subscription, or was made seconds ago",
        _one(
            DenialKind.NOT_FOUND.value,
            "a wrong ID, another subscription or tenant in use, or a principal that is not "
            "replicated yet (give principalType when assigning a role to a new one)",
            _WHOAMI,
        ),
        "do not assign a role before the name is checked",
    ),
    DenialKind.CONFLICT: Failure(
        "the role assignment that was to be written clashes with one that exists",
        "which one: the same principal, role and scope under another name, or the same name",
        _one(
            Reason.ROLE_ASSIGNMENT_CONFLICT.value,
            "it was assigned before, by hand or by a template with another name",
            az("role", "assignment", "list", scope="SCOPE", output="table"),
        ),
        "do not change the name on every run",
    ),
    DenialKind.OTHER: Failure(
        "Azure refused for another cause than missing rights",
        "what the codes say; roles, denies, locks and conditions play no part in it",
        (),
        "do not assign a role for this",
    ),
}
