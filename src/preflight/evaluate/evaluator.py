"""Template + Environment → Plan."""

from __future__ import annotations

from collections.abc import Iterator

from preflight.errors import InputError
from preflight.evaluate.deployment import Steps, steps
from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import Budget
from preflight.evaluate.literal import evaluate_literal
from preflight.evaluate.outcome import Deployment, Outcome
from preflight.evaluate.parameters import given_at_root
from preflight.evaluate.resource_id import id_below, typed_name
from preflight.evaluate.targets import scope_of
from preflight.evaluate.tree import Tree
from preflight.model.plan import Condition, DeploymentFacts, Plan, PlannedResource
from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.template import (
    ChangeKind,
    DeploymentScope,
    Note,
    Template,
    TemplateSource,
)

_DEPLOYMENTS = "Microsoft.Resources/deployments"


def evaluate(template: Template, environment: Environment, templates: TemplateSource) -> Plan:
    """Evaluate a template, with everything nested in it, at the place of `environment`.

    `resources` starts with the root deployment; rows follow in document order, those of a nested
    deployment behind its own. Raises `InputError` (with a place) where ARM refuses the template,
    `LimitExceeded` past a bound of the environment.
    """
    limits = environment.limits
    tree = Tree(
        budget=Budget(steps=limits.steps, size=limits.value_size),
        limits=limits,
        templates=templates,
    )
    root = root_row(template, environment)
    if template.literal:
        return evaluate_literal(template, environment, tree, root)
    if environment.kind is DeploymentScope.RESOURCE_GROUP:
        tree.group_locations[scope_of(environment)] = environment.part("location")
    outcome = _drive(_root_deployment(template, environment, root), tree)
    return Plan(
        scope=scope_of(environment),
        kind=environment.kind,
        resources=(root, *outcome.rows),
        calls=tuple(outcome.calls),
        outputs={name: output["value"] for name, output in outcome.outputs.items()},
        gaps=tuple(outcome.gaps),
        notes=(*_schema_notes(template, environment), *outcome.notes),
        not_checked=tuple(outcome.not_checked),
    )


def root_row(template: Template, environment: Environment) -> PlannedResource:
    """Return the row of the root deployment itself; its place is 1:1."""
    scope = scope_of(environment)
    name = typed_name(_DEPLOYMENTS, environment.deployment_name)
    return PlannedResource(
        id=id_below(scope, name),
        type=_DEPLOYMENTS,
        name=name.name,
        api_version=None,
        change=ChangeKind.WRITE,
        condition=Condition.NONE,
        undecided=False,
        place=template.place(""),
        deployment=DeploymentFacts(
            root=True,
            target=scope,
            kind=environment.kind,
            vaults=tuple(_vaults(environment)),
        ),
    )


def _vaults(environment: Environment) -> Iterator[tuple[Scope, Place]]:
    """Yield the key vaults that values of the root template come from."""
    for parameter in environment.parameters.values():
        secret = parameter.secret
        if secret is not None and isinstance(secret.vault, str):
            yield Scope(secret.vault), secret.place


def _root_deployment(
    template: Template, environment: Environment, root: PlannedResource
) -> Deployment:
    return Deployment(
        template=template,
        environment=environment,
        scope=scope_of(environment),
        id=root.id,
        name=environment.deployment_name,
        place=root.place,
        given=tuple(given_at_root(environment.parameters)),
    )


def _drive(root: Deployment, tree: Tree) -> Outcome:
    """Run a deployment and those nested in it on a stack of our own.

    What refuses a nested deployment is raised in its parent, at the place where that waits.
    """
    stack: list[Steps] = [steps(root, tree)]
    answer: Outcome | InputError | None = None
    while True:
        try:
            wanted = _resume(stack[-1], answer)
        except StopIteration as end:
            stack.pop()
            outcome: Outcome = end.value
            if not stack:
                return outcome
            answer = outcome
        except InputError as problem:
            stack.pop()
            if not stack:
                raise
            answer = problem
        else:
            stack.append(steps(wanted, tree))
            answer = None


def _resume(waiting: Steps, answer: Outcome | InputError | None) -> Deployment:
    """Go on with a deployment up to the next one that it needs."""
    if answer is None:
        return next(waiting)
    return waiting.throw(answer) if isinstance(answer, InputError) else waiting.send(answer)


def _schema_notes(template: Template, environment: Environment) -> tuple[Note, ...]:
    """Note a `$schema` of another scope than the place that was given; the place decides."""
    if template.schema_scope in {None, environment.kind}:
        return ()
    return (
        Note(
            code="schema-differs",
            message=f"`$schema` is that of a {template.schema_scope} deployment, "
            f"the template is deployed to a {environment.kind}; ARM accepts it",
            origin=template.place("/$schema"),
        ),
    )
