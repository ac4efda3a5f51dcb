"""Registration of resource providers in the subscriptions that the rollout writes to.

Source: MicrosoftDocs/azure-docs management/resource-providers-and-types; a registered provider
needs nothing, one that is not registered needs `register/action` at the subscription.
"""

from __future__ import annotations

from collections.abc import Iterator

from preflight.derive.context import Context
from preflight.derive.landing import Ground, land
from preflight.derive.needs import Need, undecided
from preflight.derive.rows import rule_type
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope
from preflight.model.truth import Truth


def registration_needs(row: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield the registrations that writing a row may need."""
    kind = rule_type(row)
    subscription = row.id.subscription
    if subscription is not None:
        namespace = kind.partition("/")[0]
        yield from _register(row, subscription, namespace, Certainty.REQUIRED, context)
    for rule in context.catalog.also_registered(kind):
        scope = land(rule.at, Ground(itself=row.id, body=row.body)) if rule.at else subscription
        if scope is not None:
            yield from _register(row, scope, rule.namespace, rule.certainty, context)


def _register(
    row: PlannedResource,
    subscription: Scope,
    namespace: str,
    certainty: Certainty,
    context: Context,
) -> Iterator[Need]:
    registered = context.options.registered(subscription, namespace)
    if registered is Truth.TRUE:
        return
    if registered is Truth.UNKNOWN:
        if context.catalog.registered_by_default(namespace):
            return
        certainty = Certainty.POSSIBLE
    yield Need(
        action=context.catalog.spelled(f"{namespace}/register/action"),
        scope=subscription,
        certainty=undecided(certainty, when=row.undecided),
        kind=RequirementKind.REGISTER,
        why=_why(namespace, registered),
        row=row,
    )


def _why(namespace: str, registered: Truth) -> str:
    if registered is Truth.FALSE:
        return f"`{namespace}` is not registered in the subscription"
    return f"whether `{namespace}` is registered in the subscription is not known"
