"""read → evaluate → derive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import TypeAlias

from preflight.api.reading import read_options, read_with_modules
from preflight.api.settings import DeriveSettings
from preflight.catalog.load import load_catalog
from preflight.derive.deriver import DeriveOptions, derive_plan
from preflight.errors import InputError, UsageError
from preflight.evaluate.environment import Environment
from preflight.evaluate.evaluator import evaluate
from preflight.evaluate.join_result import join_result
from preflight.evaluate.result_place import require_same_place
from preflight.model.access import AccessSnapshot
from preflight.model.action import Action
from preflight.model.outcome import ACTIONS_ON_UNMANAGE, DENY_SETTINGS
from preflight.model.plan import Plan
from preflight.model.requirement import Derivation
from preflight.model.scope import PLACEHOLDER, Scope, ScopeKind
from preflight.model.source import Place
from preflight.model.template import DeploymentScope, ParameterValue
from preflight.model.value import JsonValue
from preflight.read.front_end import ReadOptions, ReadResult, read_source
from preflight.read.parameters import read_parameters
from preflight.read.what_if_shape import RUN_AGAIN

Source: TypeAlias = "str | PathLike[str] | Mapping[str, JsonValue]"
"""A path, `-` for standard input, or a parsed template."""

_KINDS: dict[ScopeKind, DeploymentScope] = {
    ScopeKind.RESOURCE_GROUP: DeploymentScope.RESOURCE_GROUP,
    ScopeKind.SUBSCRIPTION: DeploymentScope.SUBSCRIPTION,
    ScopeKind.MANAGEMENT_GROUP: DeploymentScope.MANAGEMENT_GROUP,
    ScopeKind.TENANT: DeploymentScope.TENANT,
}


def derive_source(
    source: Source, settings: DeriveSettings, *, inventory: AccessSnapshot | None = None
) -> Derivation:
    """Derive with every setting the command line has; raises as `derive` does."""
    options = read_options(settings)
    found, restored = read_with_modules(source, settings, options)
    values, notes = read_parameters(settings.parameters, found, options)
    notes = (*restored, *notes)
    environment = _environment(settings, found, values)
    plan = evaluate(found.template, environment, found.templates)
    if plan.literal:
        require_same_place(plan, found.template)
    plan = replace(plan, notes=(*notes, *plan.notes))
    names = _Names(source=found.source.name, what_if=found.source.name if plan.literal else "")
    if settings.what_if is not None:
        result = _what_if_result(settings.what_if, found, options)
        listed = evaluate(result.template, environment, result.templates)
        require_same_place(listed, result.template, beside=plan)
        plan = join_result(plan, listed, complete=settings.mode.lower() == "complete")
        names = replace(names, what_if=result.source.name)
    return _derivation(plan, names, settings, inventory=inventory)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """How reports name the source and the what-if result; the latter empty where there is none."""

    source: str
    what_if: str


def _what_if_result(
    given: str | PathLike[str], found: ReadResult, options: ReadOptions
) -> ReadResult:
    """Read the what-if result beside a source.

    Raises:
        InputError: it cannot be read or is no what-if result.
        UsageError: the source is one itself.
    """
    if found.template.literal:
        raise UsageError(
            f"`{found.source.name}` is a what-if result itself, `--what-if` goes with a template",
            help="leave `--what-if` out, or give the template as SOURCE",
        )
    result = read_source(given, options)
    if not result.template.literal:
        raise InputError(
            f"`{result.source.name}` is no what-if result",
            help=RUN_AGAIN,
            where=Place(source=result.source, offset=0),
        )
    return result


def _derivation(
    plan: Plan, names: _Names, settings: DeriveSettings, *, inventory: AccessSnapshot | None
) -> Derivation:
    catalog = load_catalog()
    options = _rollout(settings, inventory)
    derived = derive_plan(plan, catalog, options)

    def again(snapshot: AccessSnapshot) -> Derivation:
        return _derivation(plan, names, settings, inventory=snapshot)

    return Derivation(
        source=names.source,
        scope=plan.scope,
        resources=derived.resources,
        requirements=derived.requirements,
        gaps=derived.gaps,
        notes=derived.notes,
        not_checked=derived.not_checked,
        client=settings.client,
        mode=settings.mode,
        catalogue=catalog.date,
        settings=_settling_options(plan.scope),
        what_if=names.what_if,
        parameter_files=_parameter_files(settings),
        again=None if inventory else again,
    )


def _rollout(settings: DeriveSettings, inventory: AccessSnapshot | None) -> DeriveOptions:
    """Return how the rollout is done; raises `UsageError` for what contradicts itself."""
    stack = settings.client == "stack"
    denies = _stack_option("deny settings", settings.deny_settings, DENY_SETTINGS, stack=stack)
    unmanaged = _stack_option(
        "action on unmanage", settings.action_on_unmanage, ACTIONS_ON_UNMANAGE, stack=stack
    )
    if stack and settings.mode.lower() == "complete":
        raise UsageError(
            "a deployment stack has no complete mode",
            help="say what becomes of dropped resources with `--action-on-unmanage delete`",
        )
    return DeriveOptions(
        client=settings.client,
        mode=settings.mode,
        deny_settings=denies,
        action_on_unmanage=unmanaged,
        inventory=inventory,
        tenant=settings.tenant,
        most=settings.limits.requirements,
    )


def _stack_option(name: str, given: str | None, choices: Sequence[str], *, stack: bool) -> str:
    """Return a stack's setting as Azure spells it; the first choice where none is given."""
    if given is None:
        return choices[0]
    if not stack:
        raise UsageError(
            f"only a deployment stack has {name}", help="add `--stack`, or leave the option out"
        )
    known = {choice.lower(): choice for choice in choices}
    if given.lower() not in known:
        raise UsageError(
            f"`{given}` is no {name} of a stack", help=f"choose one of {', '.join(choices)}"
        )
    return known[given.lower()]


def _parameter_files(settings: DeriveSettings) -> tuple[str, ...]:
    """Return the parameter files among what `-p` was given."""
    given = (item for item in settings.parameters if isinstance(item, str))
    return tuple(item.removeprefix("@") for item in given if "=" not in item)


def _settling_options(scope: Scope) -> dict[str, str]:
    """Return which option settles each placeholder of the deployment's own scope."""
    options = {
        "subscription": "--subscription",
        "resourceGroup": "--resource-group",
        "managementGroup": "--management-group",
    }
    labels = [match[1:-1] for match in PLACEHOLDER.findall(scope.text)]
    return {label: options[label] for label in labels if label in options}


def _environment(
    settings: DeriveSettings, found: ReadResult, values: Mapping[str, ParameterValue]
) -> Environment:
    base = Environment(
        kind=found.template.schema_scope or DeploymentScope.RESOURCE_GROUP,
        tenant=settings.tenant,
        location=settings.location,
        deployment_name=settings.deployment_name or found.base_name,
        mode=settings.mode.capitalize(),
        now=settings.now,
        parameters=values,
        limits=settings.limits,
    )
    placed = base if settings.scope is None else _placed(base, Scope(settings.scope))
    _require_target_scope(found, placed)
    return _defaulted(placed, settings)


def _require_target_scope(found: ReadResult, placed: Environment) -> None:
    """Refuse a place of another kind than a Bicep file's `targetScope`: its IDs would be wrong."""
    target = found.template.schema_scope
    is_bicep = found.path is not None and found.path.suffix.lower() in {".bicep", ".bicepparam"}
    if is_bicep and target not in {None, placed.kind}:
        raise UsageError(
            f"`{found.source.name}` is written for a {target} deployment (`targetScope`), "
            f"not for a {placed.kind}",
            help="give a place of that kind, or the file that is written for this one",
        )


def _defaulted(placed: Environment, settings: DeriveSettings) -> Environment:
    """Fill what the place leaves open from the defaults, as far as its kind has such a part."""
    in_group = placed.kind is DeploymentScope.RESOURCE_GROUP
    in_subscription = in_group or placed.kind is DeploymentScope.SUBSCRIPTION
    subscription = placed.subscription or (
        settings.default_subscription if in_subscription else None
    )
    group = placed.resource_group or (settings.default_group if in_group else None)
    return replace(placed, subscription=subscription, resource_group=group)


def _placed(base: Environment, scope: Scope) -> Environment:
    """Put a deployment at a scope; the place decides over `$schema` (the evaluator notes it)."""
    kind = _KINDS.get(scope.kind)
    if kind is None:
        raise UsageError(
            f"`{scope.text}` is no scope that a deployment can have",
            help="name a resource group, a subscription, a management group, or `/`",
        )
    return replace(
        base,
        kind=kind,
        subscription=_known(scope.subscription),
        resource_group=_known(scope.resource_group),
        management_group=_known(scope) if kind is DeploymentScope.MANAGEMENT_GROUP else None,
    )


def _known(scope: Scope | None) -> str | None:
    """Return a scope's name unless it is a placeholder."""
    return None if scope is None or PLACEHOLDER.search(scope.name) else scope.name


def place_of(scope: str | None) -> Mapping[str, str]:
    """Return a scope as the context of `evaluate_expression` has it; empty without one.

    Raises:
        UsageError: no deployment can have that scope.
    """
    if scope is None:
        return {}
    placed = _placed(Environment(), Scope(scope))
    parts = {
        "scope": placed.kind.value,
        "subscriptionId": placed.subscription,
        "resourceGroup": placed.resource_group,
        "managementGroupId": placed.management_group,
    }
    return {key: value for key, value in parts.items() if value is not None}


def role_wildcard(action: Action) -> str | None:
    """Return what stands in a role for an action that no role may name; None where one may."""
    return load_catalog().role_wildcard(action)


def knows_action(action: Action) -> bool:
    """Whether the packaged catalogue knows an action."""
    return load_catalog().knows(action)
