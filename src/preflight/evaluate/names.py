"""Names: what parameters, variables and functions mean in one template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from preflight.evaluate.bindings import Bindings, Definition, Key
from preflight.evaluate.copies import expand_properties, repeat, variable_loops
from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import (
    Budget,
    CopyKind,
    EvaluationProblem,
    Frame,
    Names,
    Position,
    RuntimeRequest,
)
from preflight.evaluate.interpret import evaluate, evaluate_text
from preflight.evaluate.types import Types
from preflight.model.source import Place
from preflight.model.template import DeploymentScope, Template, UserFunction
from preflight.model.value import Cause, JsonValue, OpenKey, Unknown, Value


@dataclass(slots=True, kw_only=True)
class TemplateNames:
    """Implements `frame.Names` for one template; run-time calls are for `RecordingNames`.

    `unknowns` are values of an outer template that stand in this one under made-up variable
    names (see `outer.py`). Parameters are bound by `parameters.bind`.
    """

    template: Template
    environment: Environment
    budget: Budget
    via: tuple[Place, ...] = ()
    deployment_name: Value = ""
    unknowns: Mapping[str, Value] = field(default_factory=dict)
    bindings: Bindings = field(default_factory=Bindings)
    _functions: dict[str, UserFunction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the functions and define the variables."""
        for function in self.template.functions:
            typed = replace(function, definitions=self.template.definitions)
            self._functions[f"{function.namespace}.{function.name}".lower()] = typed
        self._define_variables()

    @property
    def types(self) -> Types:
        """The types of the template."""
        return Types(definitions=self.template.definitions, budget=self.budget)

    def frame(self, pointer: str, position: Position) -> Frame:
        """Return the frame of a node of this template; property loops are for bodies."""
        loops = position in {Position.RESOURCE, Position.IDENTITY, Position.VARIABLE}
        return Frame(
            names=self,
            environment=self.environment,
            place=self.template.place(pointer, via=self.via),
            budget=self.budget,
            position=position,
            property_copies=expand_properties if loops else None,
        )

    def parameter(self, name: str) -> Value:
        """Return a parameter's value."""
        return self.bindings.read(Key("parameters", name.lower()), name)

    def variable(self, name: str) -> Value:
        """Return a variable's value."""
        if name in self.unknowns:
            return self.unknowns[name]
        return self.bindings.read(Key("variables", name.lower()), name)

    def user_function(self, namespace: str, name: str) -> UserFunction | None:
        """Return a user-defined function, or None when there is none of that name."""
        return self._functions.get(f"{namespace}.{name}".lower())

    def runtime(self, request: RuntimeRequest) -> Value:
        """Refuse: outside bodies and outputs nothing reads run-time state."""
        raise EvaluationProblem(f"`{request.function}` is not allowed here")

    def deployment(self) -> Value:
        """Return what `deployment()` gives: name, and location but at resource groups.

        Of `properties`, mode and content version are known; what a local file cannot tell
        (`templateLink`, hash, parameters as submitted) stays open.
        """
        version = self.template.content_version
        rest = Unknown(label="deployment", cause=Cause.SOURCE)
        properties: dict[str, Value] = {
            "mode": self.environment.mode,
            "template": {
                "contentVersion": rest if version is None else version,
                OpenKey(rest): rest,
            },
            "templateLink": self._template_link(),
            OpenKey(rest): rest,
        }
        answer: dict[str, Value] = {"name": self.deployment_name, "properties": properties}
        if self.environment.kind is not DeploymentScope.RESOURCE_GROUP:
            answer["location"] = self.environment.part("location")
        return answer

    def _template_link(self) -> Value:
        uri = self.environment.facts.get("templateLinkUri")
        if isinstance(uri, str):
            return {"uri": uri}
        return Unknown(label="deployment.templateLink", cause=Cause.SOURCE)

    def _define_variables(self) -> None:
        for name, value in self.template.variables.items():
            pointer = f"{self.template.pointer}/variables/{_escape(name)}"
            if name.lower() == "copy":
                self._define_loops(value, pointer)
            else:
                frame = self.frame(pointer, Position.VARIABLE)
                self._define_variable(name, value, partial(evaluate, value, frame), frame)

    def _define_loops(self, value: JsonValue, pointer: str) -> None:
        above = self.frame(pointer.rpartition("/")[0], Position.VARIABLE)
        for loop in variable_loops(value, self.frame(pointer, Position.VARIABLE)):
            name = evaluate_text(loop.name, above.at(f"{loop.pointer}/name"))
            if not isinstance(name, str):
                raise EvaluationProblem(
                    "the name of a variable must be known text",
                    where=above.at(loop.pointer).place,
                )
            named = replace(loop, name=name)
            source: JsonValue = [loop.count, loop.input]
            self._define_variable(
                name,
                source,
                partial(repeat, named, above, CopyKind.VARIABLE),
                above.at(loop.pointer),
            )

    def _define_variable(
        self, name: str, source: JsonValue, compute: Callable[[], Value], frame: Frame
    ) -> None:
        definition = Definition(
            compute=compute, source=source, title=f"variable `{name}`", place=frame.place
        )
        key = Key("variables", name.lower())
        if self.bindings.defines(key):
            raise EvaluationProblem(
                f"the variable `{name}` is declared twice",
                help="rename the variable, or its copy loop",
                where=frame.place,
            )
        self.bindings.define(key, definition)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingNames:
    """Names for a resource's body or an output: run-time calls go to `answer`."""

    names: Names
    answer: Callable[[RuntimeRequest], Value]

    def parameter(self, name: str) -> Value:
        """Return a parameter's value."""
        return self.names.parameter(name)

    def variable(self, name: str) -> Value:
        """Return a variable's value."""
        return self.names.variable(name)

    def user_function(self, namespace: str, name: str) -> UserFunction | None:
        """Return a user-defined function, or None when there is none of that name."""
        return self.names.user_function(namespace, name)

    def runtime(self, request: RuntimeRequest) -> Value:
        """Record a run-time call and answer it."""
        return self.answer(request)

    def deployment(self) -> Value:
        """Return what `deployment()` gives."""
        return self.names.deployment()
