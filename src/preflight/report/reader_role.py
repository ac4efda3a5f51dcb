"""The small role that the gate itself needs, as `az`, Bicep and JSON, and where to assign it."""

from __future__ import annotations

from preflight.model.scope import Scope, ScopeKind
from preflight.report.role import GATE_READS, Role
from preflight.report.role_formats import role_bicep, role_json

FORMATS = ("az", "bicep", "json")
NAME = "preflight reader"


def reader_role(scope: Scope) -> Role:
    """Return the role, assignable at a management group or subscription."""
    return Role(
        name=NAME,
        description="What preflight reads to decide whether a rollout will be stopped",
        actions=GATE_READS,
        data_actions=(),
        scopes=(scope.text,),
    )


def reader_role_text(scope: Scope, form: str, principal: str | None) -> str:
    """Return the role in one of `FORMATS`."""
    role = reader_role(scope)
    match form:
        case "json":
            return role_json(role)
        case "bicep":
            return role_bicep(role)
        case _:
            return _commands(role, scope, principal or "OBJECT-ID")


def _commands(role: Role, scope: Scope, principal: str) -> str:
    group = scope.kind is ScopeKind.MANAGEMENT_GROUP
    where = "management group" if group else "subscription"
    hint = (
        "# best assigned at a management group above all subscriptions that a rollout touches:\n"
        "# give it with --management-group NAME. The built-in role Reader covers the same.\n"
    )
    return (
        f"# the role, assignable at this {where}\n"
        "cat > preflight-reader.json <<'EOF'\n"
        f"{role_json(role)}"
        "EOF\n"
        "az role definition create --role-definition @preflight-reader.json\n"
        f"# assigned to the identity that runs the gate\n{hint}"
        f"az role assignment create --assignee-object-id {principal} --role '{role.name}' "
        f"--scope {scope.text}\n"
    )
