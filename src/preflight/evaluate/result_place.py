"""Whether a what-if result is that of the rollout it is taken for."""

from __future__ import annotations

from collections.abc import Iterable

from preflight.errors import InputError
from preflight.model.plan import Plan
from preflight.model.scope import Scope
from preflight.model.template import Template


def require_same_place(result: Plan, template: Template, *, beside: Plan | None = None) -> None:
    """Refuse a result that speaks about other subscriptions only: it is another rollout's.

    `template` is what `result` was evaluated from, `beside` the plan of the source that the result
    was given beside. A rollout may reach into further subscriptions, but into them alone only
    where its source says so.

    Raises:
        InputError: it speaks about other subscriptions only.
    """
    mine = result.scope.subscription
    if mine is None or mine.has_placeholder:
        return
    rows = [row.id for row in result.resources[1:]]
    named = [Scope(text) for text in (*template.left_alone, *template.deployments)]
    others = _elsewhere((*rows, *named), mine)
    if not others or (beside is not None and _elsewhere(_written(beside), mine)):
        return
    raise InputError(
        f"the what-if result is about `{min(others)}`, the deployment goes to `{mine}`",
        help="name the place of the rollout that was asked about (--scope, --subscription), "
        "or run the what-if for this one",
        where=template.place(""),
    )


def _written(plan: Plan) -> Iterable[Scope]:
    return (row.id for row in plan.resources[1:])


def _elsewhere(scopes: Iterable[Scope], mine: Scope) -> set[str]:
    """Return the subscriptions of IDs that all lie in others than `mine`; else nothing."""
    found: set[str] = set()
    for scope in scopes:
        subscription = scope.subscription
        if subscription is None or subscription.has_placeholder or subscription == mine:
            return set()
        found.add(subscription.text)
    return found
