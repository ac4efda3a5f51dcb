"""What submitting the deployment itself needs, per client and scope.

Which verbs a client asks for stands in the catalogue's `deployments` table.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.derive.context import Context
from preflight.derive.needs import Need, undecided
from preflight.errors import UsageError
from preflight.model.catalog import DeploymentVerb, VerbPlace
from preflight.model.plan import DeploymentFacts, PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope, ScopeKind
from preflight.model.template import DeploymentScope

_WHY = {
    VerbPlace.DEPLOYMENT: "the client submits this deployment",
    VerbPlace.NESTED: "the rollout writes this nested deployment",
    VerbPlace.STACK: "the client submits this deployment stack",
    VerbPlace.GROUP: "the pipeline task looks for the resource group first",
}


def deployment_needs(row: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield what a deployment needs: its verbs, its vaults, its template spec.

    Raises:
        UsageError: nothing is known of the client.
    """
    root = row.deployment is not None and row.deployment.root
    for verb in _verbs(context):
        scope = _place(verb, row, root=root)
        if scope is not None and _applies(verb, context):
            yield Need(
                action=verb.action,
                scope=scope,
                certainty=undecided(verb.certainty, when=row.undecided),
                kind=verb.kind,
                why=_WHY[verb.at],
                row=row,
                expression=row.expression,
            )
    if row.deployment is not None:
        yield from _vaults(row, row.deployment, context)
        yield from _template_spec(row, row.deployment, context)


def _verbs(context: Context) -> tuple[DeploymentVerb, ...]:
    verbs = context.catalog.deployment_verbs(context.options.client)
    if not verbs:
        known = ", ".join(context.catalog.clients)
        raise UsageError(
            f"`{context.options.client}` is no client that preflight knows",
            help=f"choose one of {known}",
        )
    return verbs


def _applies(verb: DeploymentVerb, context: Context) -> bool:
    denies = context.options.deny_settings.lower() not in {"", "none"}
    return not verb.when or (verb.when == "deny-settings") == denies


def _place(verb: DeploymentVerb, row: PlannedResource, *, root: bool) -> Scope | None:
    """Return the scope at which a verb is asked for this deployment, or None if it is not."""
    if verb.at is VerbPlace.NESTED:
        return None if root else row.id
    if not root or row.deployment is None:
        return None
    if verb.at is VerbPlace.DEPLOYMENT:
        return row.id
    target = row.deployment.target
    if verb.at is VerbPlace.GROUP:
        in_group = row.deployment.kind is DeploymentScope.RESOURCE_GROUP
        return target if in_group else None
    start = "" if target.kind is ScopeKind.TENANT else target.text
    return Scope(f"{start}/providers/Microsoft.Resources/deploymentStacks/{row.id.name}")


def _vaults(row: PlannedResource, facts: DeploymentFacts, context: Context) -> Iterator[Need]:
    """Yield `vaults/deploy/action` for each vault whose secret is a parameter value.

    Source: MicrosoftDocs/azure-docs templates/key-vault-parameter; Azure/azure-powershell#2939.
    """
    for vault, place in facts.vaults:
        yield Need(
            action=context.catalog.spelled("Microsoft.KeyVault/vaults/deploy/action"),
            scope=vault,
            certainty=undecided(Certainty.REQUIRED, when=row.undecided),
            kind=RequirementKind.LINK,
            why="a parameter of the deployment takes its value from this key vault",
            row=row,
            place=place,
        )


def _template_spec(
    row: PlannedResource, facts: DeploymentFacts, context: Context
) -> Iterator[Need]:
    """Yield the reads of a linked template spec: of the version and of the spec.

    Source: built-in role Template Spec Reader.
    """
    version = facts.template_spec
    if version is None:
        return
    reads = (
        (version, "Microsoft.Resources/templateSpecs/versions/read"),
        (version.parent, "Microsoft.Resources/templateSpecs/read"),
    )
    for scope, action in reads:
        if scope is not None:
            yield Need(
                action=context.catalog.spelled(action),
                scope=scope,
                certainty=undecided(Certainty.REQUIRED, when=row.undecided),
                kind=RequirementKind.LINK,
                why="the deployment takes its template from this template spec",
                row=row,
            )
