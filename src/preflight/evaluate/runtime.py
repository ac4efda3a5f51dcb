"""Run-time calls of one template: records them, and answers those that are static after all.

`reference()` to a nested deployment gives its outputs, to another resource of the template the
properties that are written there (as the deployment engine answers before a rollout); where that
is not evaluated yet, `NeedsFirst` asks for it. Everything else is unknown before the rollout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from preflight.evaluate.declared import Declared, Reference
from preflight.evaluate.frame import Budget, RuntimeRequest
from preflight.evaluate.instance import Instance, text_of
from preflight.model.plan import Condition, RuntimeCall
from preflight.model.scope import Scope
from preflight.model.value import Cause, OpenKey, Unknown, Value, label_of

_STEPS_PER_CALL = 12
"""What it costs to record a call of one instance."""


class NeedsFirst(Exception):
    """The state of a resource is read before it is evaluated; `deployment.py` sees to it."""

    def __init__(self, number: int) -> None:
        """Keep the number of the instance."""
        super().__init__(number)
        self.number = number


@dataclass(slots=True, kw_only=True)
class Calls:
    """The calls of one resource or of the outputs, in the order they were met."""

    undecided: bool = False
    made: dict[RuntimeCall, str | None] = field(default_factory=dict)
    """Each call once; with the bare name that it reads where nothing here is called so."""
    read: set[int] = field(default_factory=set)
    """Numbers of the instances whose state is read."""


@dataclass(slots=True, kw_only=True)
class Runtime:
    """Answers the run-time calls of one template."""

    declared: Declared
    budget: Budget
    states: dict[int, Mapping[str, Value] | None] = field(default_factory=dict)
    """What is known of evaluated resources' `properties` by instance number: of a deployment its
    outputs, of another resource what the template writes. None: nothing."""
    started: set[int] = field(default_factory=set)
    """Resources whose evaluation has begun: reading one from itself is not static."""

    def answering(self, calls: Calls) -> Callable[[RuntimeRequest], Value]:
        """Return the function that records into `calls`."""

        def answer(request: RuntimeRequest) -> Value:
            return self._answer(request, calls)

        return answer

    def _answer(self, request: RuntimeRequest, calls: Calls) -> Value:
        found = self.declared.find(request.arguments[0] if request.arguments else None)
        function = request.function.lower()
        if function == "references":
            return self._all(found, request, calls)
        chosen = found.instances
        if found.target is None or not found.target.has_placeholder:
            chosen = chosen[:1]
        self.budget.spend(1 + _STEPS_PER_CALL * len(chosen))
        for instance in chosen or (None,):
            self._record(found, instance, request, calls, several=len(chosen) > 1)
        if function != "reference":
            return _unknown(f"{found.label}.{request.function}", request)
        if len(chosen) != 1:
            return _unknown(found.label, request)
        return self._state(chosen[0], found, request)

    def _all(self, found: Reference, request: RuntimeRequest, calls: Calls) -> Value:
        """Answer `references()`: one state for each iteration that is deployed."""
        deployed = [i for i in found.instances if i.condition is not Condition.FALSE]
        self.budget.spend(len(found.instances) + _STEPS_PER_CALL * len(deployed))
        for instance in deployed:
            self._record(found, instance, request, calls)
        if not found.instances or any(_perhaps(instance) for instance in deployed):
            return _unknown(found.label, request)
        return [self._state(instance, found, request) for instance in deployed]

    def _state(self, instance: Instance, found: Reference, request: RuntimeRequest) -> Value:
        """Return what is known of a resource's state; all else in it is unknown."""
        rest = _unknown(found.label, request)
        if not _is_static(instance, request):
            return rest
        if instance.number not in self.states:
            if instance.number in self.started:
                return rest
            raise NeedsFirst(instance.number)
        state = self.states[instance.number]
        if state is None:
            return rest
        opened: dict[str, Value] = {**state, OpenKey(rest): rest}
        if not instance.is_deployment:
            opened = open_state(state, rest, self.budget)
        return {"properties": opened, OpenKey(rest): rest} if _is_full(request) else opened

    def _record(
        self,
        found: Reference,
        instance: Instance | None,
        request: RuntimeRequest,
        calls: Calls,
        *,
        several: bool = False,
    ) -> None:
        if instance is not None and request.function.lower().startswith("reference"):
            calls.read.add(instance.number)
        call = RuntimeCall(
            function=request.function,
            target=found.target if instance is None else _target(found, instance),
            place=request.place,
            expression=request.expression,
            api_version=_api_version(request),
            undecided=request.undecided or calls.undecided or several,
            symbol=None if instance is None else instance.declaration.symbol,
        )
        calls.made[call] = found.bare if instance is None else None


def _perhaps(instance: Instance) -> bool:
    """Whether it is undecided if, or how often, an instance is deployed."""
    return instance.condition is Condition.UNKNOWN or instance.loop.unknown is not None


def _target(found: Reference, instance: Instance) -> Scope:
    """Return the ID as the call spells it, else that of the declared resource."""
    if found.target is not None and found.target == instance.id:
        return found.target
    return instance.id


_Open: TypeAlias = tuple[dict[str, Value] | list[Value], Value, str]
"""A container to be filled, what is known of it, and its label."""


def _is_static(instance: Instance, request: RuntimeRequest) -> bool:
    """Whether the template itself tells the state: what it surely writes, at that version."""
    if instance.existing or instance.condition is Condition.FALSE:
        return False
    if instance.is_deployment:
        return True
    version = _api_version(request)
    return not _perhaps(instance) and version in {None, instance.api_version}


def open_state(state: Mapping[str, Value], rest: Unknown, budget: Budget) -> dict[str, Value]:
    """Return a state in which every object has further members that are unknown.

    What the template leaves out or sets to null is for the resource provider to fill.
    """
    root: dict[str, Value] = {}
    stack: list[tuple[dict[str, Value] | list[Value], Value, str]] = [
        (root, dict(state), rest.label)
    ]
    while stack:
        made, value, label = stack.pop()
        budget.spend()
        parts = value if isinstance(value, list) else []
        if isinstance(value, dict) and isinstance(made, dict):
            for name, member in value.items():
                if member is not None:
                    made[name] = _part(member, f"{label}.{name}", stack)
            further = replace(rest, label=label_of(label))
            made[OpenKey(further)] = further
        elif isinstance(made, list):
            made.extend(_part(item, f"{label}.{index}", stack) for index, item in enumerate(parts))
    return root


def _part(value: Value, label: str, stack: list[_Open]) -> Value:
    """Return a scalar, or an empty container that `stack` remembers to fill."""
    if not isinstance(value, dict | list):
        return value
    made: dict[str, Value] | list[Value] = {} if isinstance(value, dict) else []
    stack.append((made, value, label))
    return made


def _api_version(request: RuntimeRequest) -> str | None:
    version = text_of(request.arguments[1]) if len(request.arguments) > 1 else None
    return None if version is not None and version.lower() == "full" else version


def _is_full(request: RuntimeRequest) -> bool:
    """Whether `'Full'` is asked for: the last argument of `reference` and `references`."""
    last = request.arguments[-1] if len(request.arguments) > 1 else None
    return isinstance(last, str) and last.lower() == "full"


def _unknown(label: str, request: RuntimeRequest) -> Unknown:
    return Unknown(label=label_of(label), cause=Cause.RUNTIME, expression=request.expression)
