"""Instances, bodies and nested deployments → the rows of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from preflight.evaluate.bodies import Body
from preflight.evaluate.copies import cause_of
from preflight.evaluate.declared import Declared, Reference
from preflight.evaluate.instance import Instance, text_of
from preflight.evaluate.nested import Nested
from preflight.model.plan import Condition, DeploymentFacts, PlannedResource, RuntimeCall
from preflight.model.scope import Scope
from preflight.model.template import Gap, GapKind, NotChecked, ResourceDeclaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """Everything that was found out about one instance; None where it is switched off."""

    body: Body | None = None
    nested: Nested | None = None
    declared: Declared | None = None
    """What the template of a nested deployment declares."""
    depends_on: tuple[Reference, ...] = ()


def planned(
    instance: Instance, found: Evaluated, *, read_state: bool, within: Scope
) -> PlannedResource:
    """Return the row of an instance; `within` is the deployment that declares it."""
    members = found.body.members if found.body is not None else {}
    return PlannedResource(
        id=instance.id,
        type=instance.resource.type,
        name=instance.resource.name,
        api_version=instance.api_version,
        change=instance.declaration.change,
        condition=instance.condition,
        undecided=instance.undecided,
        place=instance.place,
        expression=instance.expression,
        symbol=instance.declaration.symbol,
        location=next(
            (text_of(value) for key, value in members.items() if key.lower() == "location"),
            None,
        ),
        body=members,
        calls=tuple(_calls(found)),
        depends_on=tuple(_targets(found.depends_on)),
        read_state=instance.existing and read_state,
        deployment=_facts(instance, found.nested),
        within=within,
        loop_index=instance.loop.index,
    )


def _calls(found: Evaluated) -> Iterator[RuntimeCall]:
    """Yield the calls of a body.

    A bare name that an outer-scope template reads may be that of a resource it declares itself.
    """
    if found.body is None:
        return
    for call, bare in found.body.calls.made.items():
        target = None
        if bare is not None and found.declared is not None:
            target = found.declared.find(bare).target
        yield call if target is None else replace(call, target=target)


def _targets(references: tuple[Reference, ...]) -> Iterator[Scope]:
    for reference in references:
        if reference.instances:
            yield from (instance.id for instance in reference.instances)
        elif reference.target is not None:
            yield reference.target


def _facts(instance: Instance, nested: Nested | None) -> DeploymentFacts | None:
    """Return what is particular to a deployment; one that is switched off has a target only."""
    if instance.target is None:
        return None
    if nested is None:
        kind = instance.target.environment.kind
        return DeploymentFacts(root=False, target=instance.target.scope, kind=kind)
    return DeploymentFacts(
        root=False,
        target=nested.scope,
        kind=nested.environment.kind,
        template_spec=nested.template_spec,
        vaults=tuple(nested.vaults),
        expanded=nested.template is not None,
    )


def loop_gaps(instance: Instance) -> Iterator[Gap]:
    """Yield a gap for a loop over something unknown that decides the scope, not only the name."""
    unknown = instance.loop.unknown
    written = not instance.existing and instance.condition is not Condition.FALSE
    if unknown is None or not instance.open_target or not written:
        return
    target = instance.id if instance.target is None else instance.target.scope
    yield Gap(
        kind=GapKind.LOOP,
        target=target.text,
        origin=instance.place,
        settle=cause_of(unknown),
    )


def extension_row(declaration: ResourceDeclaration) -> NotChecked:
    """Return what to say of a resource of a Bicep extension."""
    extension = declaration.get("import") or declaration.get("extension")
    named = f" `{declaration.symbol}`" if declaration.symbol else ""
    return NotChecked(
        what=f"{declaration.get('type')}{named}",
        why=f"a resource of the extension `{extension}` needs permissions of that extension, "
        "which Azure RBAC cannot tell",
    )
