"""Causes that a denial leaves possible when there is no evidence, most likely first.

Each comes with the one `az` command that settles it. What the form of a message proves, and what
it does not say, is here too. Source: Azure RBAC "Troubleshoot Azure RBAC", "Understand deny
assignments", "Eligible and time-bound role assignments"; the wordings themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from preflight.advise.commands import az
from preflight.model.decision import Reason
from preflight.model.explanation import MASK, Cause, Denial, DenialKind
from preflight.model.scope import Scope


class Form(NamedTuple):
    """What a form of message proves, and what it leaves open."""

    proves: str
    leaves_open: str


_BOILERPLATE = (
    "`or the scope is invalid` and `if access was recently granted` stand in every such message "
    "and prove nothing"
)
_FORMS: Mapping[DenialKind, Form] = {
    DenialKind.AUTHORIZATION_FAILED: Form(
        "no role assignment in force gave this object ID the action at this scope, at the moment "
        "of the call; no deny assignment, lock or policy refused it, for those name themselves",
        "which cause it is: a missing role, a role elsewhere, another identity, a grant that has "
        f"not arrived yet, an eligible role, or a condition that failed; {_BOILERPLATE}",
    ),
    DenialKind.LINKED: Form(
        "the caller holds the action on the resource itself, and lacks the linked action on the "
        "resource that the request refers to",
        "whether the linked resource exists (`or the linked scope(s) are invalid` is always "
        "there), and why the right is missing at it",
    ),
    DenialKind.DENY_ASSIGNMENT: Form(
        "a role grants the action and a deny assignment blocks it; no role helps against it",
        "which principals the deny assignment excludes, and who manages it",
    ),
    DenialKind.CONDITION_NOT_MET: Form(
        "an assignment grants the action and its condition was false for this request",
        "which clause of the condition failed, and with which value",
    ),
    DenialKind.DATA_PLANE: Form(
        "the service itself refused: what counts are data actions, keys, access policies or its "
        "firewall, not rights to manage the resource",
        "whether a role with the data action is missing, or the network refused",
    ),
}


def form_of(kind: DenialKind) -> Form:
    """Return what a message of this kind proves about a denied action."""
    return _FORMS.get(kind, _FORMS[DenialKind.AUTHORIZATION_FAILED])


def possible_causes(denial: Denial) -> tuple[Cause, ...]:
    """Return the causes that the text leaves possible, most likely first."""
    match denial.kind:
        case DenialKind.DENY_ASSIGNMENT:
            return (_deny(denial),)
        case DenialKind.CONDITION_NOT_MET:
            return (_condition(denial, proven=True),)
        case _:
            return tuple(_CAUSES[reason](denial) for reason in _order(denial))


def _order(denial: Denial) -> tuple[Reason, ...]:
    """Return the reasons in the order of likelihood for this action, scope and caller."""
    action = denial.action.lower()
    first: list[Reason] = []
    if denial.linked:
        first.append(Reason.WRONG_SCOPE)
    if action.startswith("microsoft.authorization/") and not action.endswith("/read"):
        first.append(Reason.EXCLUDED_BY_NOT_ACTIONS)
    if action.endswith("/register/action"):
        first.append(Reason.PROVIDER_NOT_REGISTERED)
    if (denial.scope or "").lower().startswith("/providers/"):
        first.append(Reason.WRONG_SCOPE)
    usual = [
        Reason.ROLE_LACKS_ACTION,
        Reason.WRONG_SCOPE,
        Reason.NO_ASSIGNMENT,
        Reason.WRONG_PRINCIPAL,
        Reason.GRANTED_RECENTLY,
        Reason.ELIGIBLE_NOT_ACTIVE,
        Reason.CONDITION_NOT_MET,
    ]
    if _is_user(denial):
        usual.remove(Reason.ELIGIBLE_NOT_ACTIVE)
        usual.insert(2, Reason.ELIGIBLE_NOT_ACTIVE)
    return tuple(dict.fromkeys([*first, *usual]))


def _is_user(denial: Denial) -> bool:
    return "@" in (denial.client or "")


def _who(denial: Denial) -> str:
    """Return the caller for a command; a masked one, or one that `az` takes for a file, is none."""
    for value in (denial.object_id, denial.client):
        is_file = value is not None and (value.startswith("@") or "=@" in value)
        if value and not is_file and not MASK.search(value):
            return value
    return "OBJECT-ID"


def _place(denial: Denial) -> str | None:
    """Return the scope for a command; of a masked one the part above the mask, if it is a scope."""
    scope = denial.scope
    if scope is None or not scope.startswith("/"):
        return None
    found = MASK.search(scope)
    if found is None:
        return scope
    above = (rung for rung in Scope(scope).ladder() if not MASK.search(rung.text))
    return next((rung.text for rung in above if rung != Scope.ROOT), None)


def _assignments(denial: Denial, query: str, *, everywhere: bool = False) -> str:
    """Return the command that lists what the caller holds on the ladder, or anywhere."""
    shown = {"query": query, "output": "table"}
    place = _place(denial)
    if everywhere or place is None:
        listed = az("role", "assignment", "list", assignee=_who(denial), **shown)
        return f"{listed} --all --include-groups"
    listed = az("role", "assignment", "list", assignee=_who(denial), scope=place, **shown)
    return f"{listed} --include-inherited --include-groups"


def _wrong_scope(denial: Denial) -> Cause:
    tenant = (denial.scope or "").lower().startswith("/providers/microsoft.resources/")
    why = "the role is assigned at a sibling, below, or in another subscription"
    if denial.linked:
        why += "; the linked resource needs a role of its own"
    if tenant:
        why = "the call is at tenant level (`/`): a role at a subscription does not reach up to it"
    return Cause(
        reason=Reason.WRONG_SCOPE.value,
        why=why,
        settle=_assignments(denial, "[].{role:roleDefinitionName,scope:scope}", everywhere=True),
    )


def _role_lacks(denial: Denial) -> Cause:
    why = "the roles that reach this scope do not name the action (Reader has no write, …)"
    if denial.data_action:
        why = "the roles that reach it hold no such data action; Owner and Contributor hold none"
    return Cause(
        reason=Reason.ROLE_LACKS_ACTION.value,
        why=why,
        settle=_assignments(denial, "[].{role:roleDefinitionName,scope:scope}"),
    )


def _no_assignment(denial: Denial) -> Cause:
    return Cause(
        reason=Reason.NO_ASSIGNMENT.value,
        why="the object ID holds no role on the ladder at all; the same list is then empty",
        settle=_assignments(denial, "length(@)"),
    )


def _wrong_principal(denial: Denial) -> Cause:
    kind = "user" if _is_user(denial) else "sp"
    return Cause(
        reason=Reason.WRONG_PRINCIPAL.value,
        why="the call was made by another identity than the one that was granted: compare names",
        settle=az("ad", kind, "show", id=_who(denial), query="displayName", output="tsv"),
    )


def _recent(denial: Denial) -> Cause:
    return Cause(
        reason=Reason.GRANTED_RECENTLY.value,
        why="granted minutes ago: Azure takes up to 10 minutes, a token in use up to an hour, "
        "a managed identity's groups up to a day",
        settle=_assignments(denial, "[].{role:roleDefinitionName,created:createdOn}"),
    )


def _eligible(denial: Denial) -> Cause:
    place = _place(denial) or "/subscriptions/SUBSCRIPTION"
    who = _who(replace(denial, client=None))
    url = (
        f"{place}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
        f"?api-version=2020-10-01&$filter=principalId eq '{who}'"
    )
    return Cause(
        reason=Reason.ELIGIBLE_NOT_ACTIVE.value,
        why="the role is eligible through PIM and not active; eligibility gives nothing",
        settle=az("rest", method="get", url=url),
    )


def _condition(denial: Denial, *, proven: bool = False) -> Cause:
    return Cause(
        reason=Reason.CONDITION_NOT_MET.value,
        why="a condition on the assignment is false for this request"
        + ("" if proven else "; the message need not say so"),
        settle=_assignments(denial, "[?condition].{role:roleDefinitionName,condition:condition}"),
        proven=proven,
    )


def _excluded(denial: Denial) -> Cause:
    return Cause(
        reason=Reason.EXCLUDED_BY_NOT_ACTIONS.value,
        why="the role names everything and its notActions take this out: Contributor may neither "
        "assign roles nor manage locks of access",
        settle=_assignments(denial, "[].{role:roleDefinitionName,scope:scope}"),
    )


def _register(denial: Denial) -> Cause:
    namespace = denial.action.partition("/")[0]
    subscription = denial.subscription or ""
    return Cause(
        reason=Reason.PROVIDER_NOT_REGISTERED.value,
        why=f"the client registers {namespace} by itself, which needs a right on the subscription; "
        "registered once by somebody else, the question is gone",
        settle=az(
            "provider",
            "show",
            namespace=namespace,
            subscription=subscription,
            query="registrationState",
            output="tsv",
        ),
    )


def _deny(denial: Denial) -> Cause:
    name = f"the deny assignment {denial.blocked_by}" if denial.blocked_by else "a deny assignment"
    at = denial.blocked_at or _place(denial) or "/subscriptions/SUBSCRIPTION"
    place = f" at {denial.blocked_at}" if denial.blocked_at else ""
    url = f"{at}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"
    return Cause(
        reason=Reason.DENY_ASSIGNMENT.value,
        why=f"{name}{place} blocks it, whatever roles the caller holds",
        settle=az("rest", method="get", url=url),
        proven=True,
    )


_CAUSES: Mapping[Reason, Callable[[Denial], Cause]] = {
    Reason.WRONG_SCOPE: _wrong_scope,
    Reason.ROLE_LACKS_ACTION: _role_lacks,
    Reason.NO_ASSIGNMENT: _no_assignment,
    Reason.WRONG_PRINCIPAL: _wrong_principal,
    Reason.GRANTED_RECENTLY: _recent,
    Reason.ELIGIBLE_NOT_ACTIVE: _eligible,
    Reason.CONDITION_NOT_MET: _condition,
    Reason.EXCLUDED_BY_NOT_ACTIONS: _excluded,
    Reason.PROVIDER_NOT_REGISTERED: _register,
}


_ROLE_KINDS = frozenset({DenialKind.AUTHORIZATION_FAILED, DenialKind.LINKED})


def never(kinds: Iterable[DenialKind]) -> tuple[str, ...]:
    """Return what not to do about denials of these kinds."""
    found = set(kinds)
    lines: list[str] = []
    if found & _ROLE_KINDS:
        lines.append(
            "do not assign Owner or Contributor higher up to get past it: it hides the cause and "
            "opens everything else"
        )
        lines.append(
            "a login in the portal proves nothing: it is another identity with another token"
        )
    if DenialKind.DENY_ASSIGNMENT in found:
        lines.append("do not assign a stronger role: a deny assignment wins over Owner too")
    if DenialKind.CONDITION_NOT_MET in found:
        lines.append("do not remove the condition: somebody limited this principal on purpose")
    if DenialKind.DATA_PLANE in found:
        lines.append("do not assign Owner or Contributor: they hold no data actions")
    return tuple(lines)
