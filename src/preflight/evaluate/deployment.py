"""One deployment of the tree: its template evaluated to rows, calls and outputs.

`steps` is a generator that yields the nested deployments it needs and is sent their outcomes, so
that the driver (`evaluator.py`) needs no deeper stack for a deeper tree.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import chain

from preflight.evaluate.bodies import Bodies, Body
from preflight.evaluate.declared import Declared, Reference
from preflight.evaluate.expansion import Expansion
from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.instance import Instance
from preflight.evaluate.located import tolerated
from preflight.evaluate.names import TemplateNames
from preflight.evaluate.nested import Nested, Nesting
from preflight.evaluate.outcome import Deployment, Outcome
from preflight.evaluate.outputs import evaluate_outputs
from preflight.evaluate.parameters import bind, missing_notes, refuse_missing
from preflight.evaluate.required import refuse_unknown_types
from preflight.evaluate.rows import Evaluated, extension_row, loop_gaps, planned
from preflight.evaluate.runtime import Calls, NeedsFirst, Runtime
from preflight.evaluate.targets import Target
from preflight.evaluate.tree import Tree
from preflight.model.plan import Condition
from preflight.model.scope import ScopeKind
from preflight.model.source import Place
from preflight.model.template import Template
from preflight.model.value import PartialText, Unknown, Value

MAX_PARAMETERS = 256
MAX_VARIABLES = 512
MAX_OUTPUTS = 64
"""ARM's limits per template (Azure Resource Manager limits, "Template limits")."""


Steps = Generator[Deployment, Outcome, Outcome]


def steps(deployment: Deployment, tree: Tree) -> Steps:
    """Evaluate a deployment; yields nested ones, is sent their outcomes.

    Raises `InputError` where ARM refuses the template, `LimitExceeded` past a bound.
    """
    tree.count_deployment(deployment.depth, deployment.place)
    return (yield from _Evaluation(deployment, tree).run())


class _Evaluation:
    """The evaluation of one deployment, from parameters to outputs."""

    def __init__(self, deployment: Deployment, tree: Tree) -> None:
        template = deployment.template
        self.deployment = deployment
        self.tree = tree
        self.target = Target(scope=deployment.scope, environment=deployment.environment)
        self.names = TemplateNames(
            template=template,
            environment=deployment.environment,
            budget=tree.budget,
            via=deployment.via,
            deployment_name=deployment.name,
            unknowns=deployment.unknowns,
        )
        self.runtime = Runtime(declared=Declared(symbolic=template.symbolic), budget=tree.budget)
        self.bodies = Bodies(names=self.names, runtime=self.runtime)
        self.nesting = Nesting(bodies=self.bodies, parent=self.target, tree=tree)
        self.instances: list[Instance] = []
        self.found: dict[int, Body] = {}
        self.nested: dict[int, tuple[Nested | None, Outcome | None]] = {}
        self.dependencies: dict[int, tuple[Reference, ...]] = {}
        self.waiting: dict[int, Iterator[Instance]] = {}
        self.outcome = Outcome(declared=self.runtime.declared)

    def run(self) -> Steps:
        template = self.deployment.template
        _check_limits(template, self.deployment.place)
        self.outcome.gaps += template.gaps
        self.outcome.notes += template.notes
        self.outcome.not_checked += template.not_checked
        refuse_unknown_types(self.names)
        missing = bind(self.names, self.deployment.given)
        if self.deployment.complete:
            refuse_missing(missing, self.names)
        if self.deployment.depth == 0:
            self.outcome.notes += missing_notes(missing, self.names)
        expansion = Expansion(
            names=self.names,
            target=self.target,
            condition=self.deployment.condition,
            undecided=self.deployment.undecided,
            tree=self.tree,
        )
        self.instances = list(expansion.instances())
        self.outcome.notes += expansion.notes
        self.runtime.declared.add(self.instances)
        for instance in self._deployed():
            self.dependencies[instance.number] = ()
            with self._tolerated(instance):
                self.dependencies[instance.number] = self.bodies.dependencies(instance)
            references = self.dependencies[instance.number]
            self.waiting[instance.number] = chain.from_iterable(
                reference.instances for reference in references
            )
        self._groups()
        yield from self._bodies()
        calls = Calls(undecided=self.deployment.undecided)
        self._extensions(expansion, calls)
        with tolerated(
            self.outcome.notes, self.deployment.place, undecided=self.deployment.undecided
        ):
            self.outcome.outputs = evaluate_outputs(self.names, self.runtime, calls)
        self.outcome.calls += calls.made
        self._rows(calls)
        return self.outcome

    def _tolerated(self, instance: Instance) -> AbstractContextManager[None]:
        return tolerated(self.outcome.notes, instance.place, undecided=instance.undecided)

    def _deployed(self) -> Iterator[Instance]:
        """Yield the instances that are not switched off."""
        for instance in self.instances:
            if instance.condition is not Condition.FALSE:
                yield instance

    def _groups(self) -> None:
        """Keep the locations of the resource groups written here: what is nested may ask."""
        for instance in self._deployed():
            if instance.id.kind is ScopeKind.RESOURCE_GROUP and not instance.existing:
                with self._tolerated(instance):
                    location = self.bodies.member(instance, "location")
                    if isinstance(location, str | Unknown | PartialText):
                        self.tree.group_locations[instance.id] = location

    def _bodies(self) -> Generator[Deployment, Outcome, None]:
        """Evaluate bodies and nested deployments, each after those whose state it reads."""
        for first in self._deployed():
            # By number: a stack as deep as a loop is long is asked for each dependency.
            stack = {} if first.existing else {first.number: first}
            while stack:
                top = stack[next(reversed(stack))]
                if top.number in self.runtime.states:
                    del stack[top.number]
                    continue
                before = self._unfinished_dependency(top, stack)
                if before is not None:
                    stack[before.number] = before
                    continue
                self.runtime.started.add(top.number)
                try:
                    yield from self._evaluate(top)
                except NeedsFirst as need:
                    if need.number in stack:
                        self.runtime.started.add(need.number)
                    else:
                        stack[need.number] = self.instances[need.number]

    def _unfinished_dependency(
        self, instance: Instance, stack: Mapping[int, Instance]
    ) -> Instance | None:
        """Return a dependency that is to be evaluated before: it often saves a second try."""
        for other in self.waiting[instance.number]:
            finished = other.number in self.runtime.states or other.condition is Condition.FALSE
            if not (finished or other.existing or other.number in stack):
                return other
        return None

    def _evaluate(self, instance: Instance) -> Generator[Deployment, Outcome, None]:
        """Evaluate one instance; raises `NeedsFirst` where it reads what is not evaluated."""
        if instance.is_deployment:
            nested: Nested | None = None
            with self._tolerated(instance):
                nested = self.nesting.prepare(instance)
            yield from self._evaluate_nested(instance, nested)
            return
        body: Body | None = None
        with self._tolerated(instance):
            body = self.bodies.evaluate(instance)
        properties = None
        if body is not None:
            self.found[instance.number] = body
            properties = body.members.get("properties")
        self.runtime.states[instance.number] = properties if isinstance(properties, dict) else None

    def _evaluate_nested(
        self, instance: Instance, nested: Nested | None
    ) -> Generator[Deployment, Outcome, None]:
        outcome: Outcome | None = None
        if nested is not None and nested.template is not None:
            wanted = Deployment(
                template=nested.template,
                environment=nested.environment,
                scope=nested.scope,
                id=instance.id,
                name=nested.name,
                place=instance.place,
                given=tuple(nested.parameters),
                complete=nested.complete,
                condition=instance.condition,
                undecided=instance.undecided,
                via=(*self.deployment.via, instance.place.step),
                depth=self.deployment.depth + 1,
                unknowns=nested.unknowns,
            )
            with self._tolerated(instance):
                outcome = yield wanted
        self.nested[instance.number] = (nested, outcome)
        if nested is not None:
            self.found[instance.number] = nested.body
        outputs: dict[str, Value] | None = None if outcome is None else {**outcome.outputs}
        self.runtime.states[instance.number] = None if outputs is None else {"outputs": outputs}

    def _extensions(self, expansion: Expansion, calls: Calls) -> None:
        """List resources of Bicep extensions as not checked; what they read still counts."""
        rows = dict.fromkeys(self.outcome.not_checked)
        for declaration, loop in expansion.extensions:
            self.bodies.read_extension(declaration, loop, calls)
            rows.setdefault(extension_row(declaration))
        self.outcome.not_checked = list(rows)

    def _rows(self, output_calls: Calls) -> None:
        """Build the rows in document order, what is nested behind its deployment."""
        read = set(output_calls.read)
        for body in self.found.values():
            read |= body.calls.read
        for references in self.dependencies.values():
            read.update(i.number for reference in references for i in reference.instances)
        for instance in self.instances:
            nested, inner = self.nested.get(instance.number, (None, None))
            self.outcome.rows.append(
                planned(
                    instance,
                    Evaluated(
                        body=self.found.get(instance.number),
                        nested=nested,
                        declared=None if inner is None else inner.declared,
                        depends_on=self.dependencies.get(instance.number, ()),
                    ),
                    read_state=instance.number in read,
                    within=self.deployment.id,
                )
            )
            self.outcome.gaps += loop_gaps(instance)
            if nested is not None:
                self.outcome.gaps += nested.gaps
            if inner is not None:
                self.outcome.rows += inner.rows
                self.outcome.take(inner)


def _check_limits(template: Template, place: Place) -> None:
    for what, number, limit in (
        ("parameters", len(template.parameters), MAX_PARAMETERS),
        ("variables", len(template.variables), MAX_VARIABLES),
        ("outputs", len(template.outputs), MAX_OUTPUTS),
    ):
        if number > limit:
            raise EvaluationProblem(
                f"the template has {number} {what}; ARM allows {limit}",
                help="split it into nested deployments",
                where=place,
            )
