"""The body of a resource, evaluated: everything that is sent but what makes its identity."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from preflight.evaluate.cost import Cost, cost_of
from preflight.evaluate.declared import Reference
from preflight.evaluate.frame import EvaluationProblem, Frame, Position
from preflight.evaluate.instance import Instance, Loop, condition_of
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.located import located
from preflight.evaluate.names import RecordingNames, TemplateNames
from preflight.evaluate.runtime import Calls, Runtime
from preflight.evaluate.types import as_value
from preflight.evaluate.values import measure
from preflight.model.plan import Condition
from preflight.model.template import ResourceDeclaration
from preflight.model.value import JsonValue, Value

NOT_BODY = frozenset(
    {
        "@options",
        "apiversion",
        "asserts",
        "comments",
        "condition",
        "copy",
        "dependson",
        "existing",
        "extension",
        "id",
        "import",
        "metadata",
        "name",
        "resourcegroup",
        "resources",
        "scope",
        "subscriptionid",
        "symbolicname",
        "type",
    }
)
_RUNTIME_MEMBERS = frozenset({"properties", "sku", "tags"})
"""The members in which the deployment engine takes reference() and list*()."""

_NODES_PER_STEP = 3
"""Parts of a body that are looked at for one evaluation step."""


@dataclass(slots=True, kw_only=True)
class Body:
    """An evaluated body and what it reads."""

    members: dict[str, Value] = field(default_factory=dict)
    calls: Calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """Evaluates bodies of one template's instances."""

    names: TemplateNames
    runtime: Runtime
    costs: dict[str, Cost] = field(default_factory=dict)
    """Cost of each member by its pointer; filled as they are evaluated."""

    def frame(self, instance: Instance, calls: Calls, member: str) -> Frame:
        """Return the frame of a member of an instance, as the member is spelled."""
        position = Position.IDENTITY
        if member.lower() in _RUNTIME_MEMBERS:
            position = Position.RESOURCE
        frame = self.names.frame(f"{instance.declaration.pointer}/{_escape(member)}", position)
        return replace(
            frame,
            names=RecordingNames(names=self.names, answer=self.runtime.answering(calls)),
            copies=instance.loop.copies,
            undecided=instance.undecided,
        )

    def evaluate(self, instance: Instance, *, without: frozenset[str] = frozenset()) -> Body:
        """Evaluate all members but those of the identity and `without` (folded).

        A member that is null is as good as absent.
        """
        body = Body(calls=Calls(undecided=instance.undecided))
        for key, value in instance.declaration.body.items():
            folded = key.lower()
            if folded in NOT_BODY or folded in without:
                continue
            cost = self._cost(instance, key, value)
            with located(instance.place):
                found = self._member(instance, body.calls, key, cost=cost)
            if found is not None:
                body.members[key] = found
        return body

    def _member(self, instance: Instance, calls: Calls, key: str, *, cost: Cost) -> Value:
        value = instance.declaration.body[key]
        budget = self.names.budget
        # What a body holds is walked again by those who read it.
        if cost.literal:
            budget.spend(cost.steps // _NODES_PER_STEP)
            return as_value(value)
        found = evaluate(value, self.frame(instance, calls, key))
        budget.spend(measure(found, budget) // _NODES_PER_STEP)
        return found

    def member(self, instance: Instance, name: str) -> Value:
        """Evaluate one member apart from the rest; None where it is absent."""
        spelled = next((k for k in instance.declaration.body if k.lower() == name), name)
        frame = self.frame(instance, Calls(), spelled)
        return evaluate(instance.declaration.body.get(spelled), frame)

    def _cost(self, instance: Instance, key: str, value: JsonValue) -> Cost:
        """Return what a member costs; loops and repeated deployments pay for it each time."""
        pointer = f"{instance.declaration.pointer}/{key}"
        if pointer not in self.costs:
            self.costs[pointer] = cost_of(value)
        return self.costs[pointer]

    def read_extension(self, declaration: ResourceDeclaration, loop: Loop, calls: Calls) -> None:
        """Evaluate the properties of a Bicep extension's resource for what they read."""
        names = RecordingNames(names=self.names, answer=self.runtime.answering(calls))
        pointer = f"{declaration.pointer}/properties"
        frame = replace(
            self.names.frame(pointer, Position.RESOURCE),
            names=names,
            copies=loop.copies,
            undecided=calls.undecided,
        )
        condition = evaluate(
            declaration.get("condition"), replace(frame, position=Position.IDENTITY)
        )
        if condition_of(condition) is not Condition.FALSE:
            evaluate(declaration.get("properties"), frame)

    def dependencies(self, instance: Instance) -> tuple[Reference, ...]:
        """Return what `dependsOn` names; raises `EvaluationProblem` where it is no array."""
        listed = instance.declaration.get("dependsOn")
        if listed is None:
            return ()
        frame = self.frame(instance, Calls(), "dependsOn")
        value = evaluate(listed, frame)
        if isinstance(value, dict | str | bool | int | float):
            raise EvaluationProblem("`dependsOn` must be an array", where=frame.place)
        found: dict[int, Reference] = {}
        for name in value if isinstance(value, list) else ():
            reference = self.runtime.declared.find(name)
            with located(frame.place):
                frame.budget.spend(2)
                if id(reference) not in found:
                    frame.budget.spend(len(reference.instances))
            found[id(reference)] = reference
        return tuple(found.values())


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
