"""Declared resources → instances: loops unrolled, conditions decided, identities evaluated.

An instance is one iteration of a declaration with its type, name, scope and ID; bodies come later
(`bodies.py`), when the outputs of nested deployments are known. A resource whose condition is
false is not evaluated by ARM at all; here its ID is still found out where that is possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from preflight.errors import InputError, LimitExceeded
from preflight.evaluate.copies import iterations, unknown_index
from preflight.evaluate.frame import CopyFrame, CopyKind, EvaluationProblem, Frame, Position
from preflight.evaluate.instance import (
    DEPLOYMENT_TYPE,
    UNKNOWN_VARIABLE,
    Instance,
    Loop,
    condition_of,
    join,
    text_of,
)
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.located import located, tolerated
from preflight.evaluate.names import TemplateNames
from preflight.evaluate.required import refuse_copy_mode, refuse_versionless
from preflight.evaluate.resource_id import (
    id_below,
    id_in_deployment,
    scope_below,
    typed_name,
)
from preflight.evaluate.targets import Selection, Target, Text, select
from preflight.evaluate.tree import Tree
from preflight.evaluate.types import get
from preflight.expression.parser import is_expression
from preflight.model.plan import Condition
from preflight.model.template import ChangeKind, Note, ResourceDeclaration
from preflight.model.value import PartialText, Unknown, Value, first_unknown, printable

MAX_RESOURCES = 800
"""ARM's limit for the resources of one template, iterations included."""


@dataclass(slots=True, kw_only=True)
class Expansion:
    """Unrolls the resources of one deployment."""

    names: TemplateNames
    target: Target
    condition: Condition
    undecided: bool
    tree: Tree
    extensions: list[tuple[ResourceDeclaration, Loop]] = field(default_factory=list)
    """Resources of a Bicep extension, which have no ID; filled by `instances`."""
    notes: list[Note] = field(default_factory=list)
    """What was noticed; filled by `instances`."""
    _count: int = 0
    _written: int = 0
    _spelled: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def instances(self) -> Iterator[Instance]:
        """Yield every instance in document order, a parent before its nested children.

        Raises `EvaluationProblem` where ARM refuses a declaration.
        """
        for declaration in self.names.template.resources:
            for loop in self._iterations(declaration):
                yield from self._with_children(declaration, loop)

    def _with_children(self, declaration: ResourceDeclaration, loop: Loop) -> Iterator[Instance]:
        stack: list[tuple[ResourceDeclaration, Instance | InputError | None]] = [
            (declaration, None)
        ]
        while stack:
            declared, parent = stack.pop()
            if _is_of_extension(declared):
                self.extensions.append((declared, loop))
                continue
            made = self._instance(declared, parent, loop)
            if isinstance(made, Instance):
                yield made
            stack.extend((child, made) for child in reversed(declared.children))

    def _iterations(self, declaration: ResourceDeclaration) -> Iterator[Loop]:
        copy = declaration.get("copy")
        if copy is None:
            yield Loop()
            return
        members = {key.lower(): key for key in copy} if isinstance(copy, dict) else {}
        frame = self.frame(declaration, Loop(), "copy")
        at_name = frame.at(f"/{members.get('name', 'name')}")
        name = text_of(evaluate(get(copy, "name"), at_name)) if isinstance(copy, dict) else None
        if not isinstance(copy, dict) or name is None or "count" not in members:
            raise EvaluationProblem(
                "the copy loop of a resource needs a name and a count", where=frame.place
            )
        count = iterations(copy[members["count"]], frame.at(f"/{members['count']}"))
        if count != 0:
            refuse_copy_mode(copy, frame)
        if isinstance(count, Unknown):
            step = CopyFrame(name=name, index=unknown_index(count), kind=CopyKind.RESOURCE)
            yield Loop(name=name, copies=(step,), unknown=count)
            return
        for index in range(count):
            step = CopyFrame(name=name, index=index, kind=CopyKind.RESOURCE)
            yield Loop(name=name, index=index, copies=(step,))

    def frame(self, declaration: ResourceDeclaration, loop: Loop, member: str = "") -> Frame:
        """Return the frame of a declaration, or of one of its members as it is spelled."""
        frame = self.names.frame(declaration.pointer, Position.IDENTITY)
        undecided = self.undecided or loop.unknown is not None
        frame = replace(frame, copies=loop.copies, undecided=undecided)
        spelled = self._members(declaration).get(member.lower())
        return frame if spelled is None else frame.at(f"/{spelled}")

    def _members(self, declaration: ResourceDeclaration) -> Mapping[str, str]:
        """Return the members of a declaration as spelled, by folded name."""
        if declaration.pointer not in self._spelled:
            self._spelled[declaration.pointer] = {key.lower(): key for key in declaration.body}
        return self._spelled[declaration.pointer]

    def _value(self, declaration: ResourceDeclaration, loop: Loop, member: str) -> Value:
        spelled = self._members(declaration).get(member.lower())
        value = None if spelled is None else declaration.body[spelled]
        if isinstance(value, str | list | dict):
            return evaluate(value, self.frame(declaration, loop, member))
        return value

    def _instance(
        self, declaration: ResourceDeclaration, parent: Instance | InputError | None, loop: Loop
    ) -> Instance | InputError:
        """Evaluate one identity; an error of a resource that is not deployed is returned."""
        version = self._value(declaration, loop, "apiVersion")
        refuse_versionless(version, self.names, self.frame(declaration, loop).place)
        own = condition_of(self._value(declaration, loop, "condition"))
        undecided = self.undecided or own is Condition.UNKNOWN or loop.unknown is not None
        try:
            if isinstance(parent, InputError):
                raise parent
            made = self._identify(declaration, parent, loop, join(self.condition, own))
        except LimitExceeded:
            raise
        except InputError as problem:
            if own is not Condition.FALSE:
                place = self.frame(declaration, loop).place
                with tolerated(self.notes, place, undecided=undecided):
                    raise
            return problem
        self._count_in(made)
        return made

    def _count_in(self, instance: Instance) -> None:
        self._count += 1
        self.names.budget.spend()
        self.tree.count_resource(instance.place)
        if not instance.existing and instance.condition is not Condition.FALSE:
            self._written += 1
        if self._written > MAX_RESOURCES:
            raise EvaluationProblem(
                f"the template declares more than {MAX_RESOURCES} resources, iterations included",
                help="split it into nested deployments",
                where=instance.place,
            )

    def _identify(
        self,
        declaration: ResourceDeclaration,
        parent: Instance | None,
        loop: Loop,
        condition: Condition,
    ) -> Instance:
        frame = self.frame(declaration, loop)
        resource_type = str(declaration.get("type"))
        if is_expression(resource_type):
            raise EvaluationProblem(
                "the type of a resource cannot be an expression",
                help="write the type itself",
                where=self.frame(declaration, loop, "type").place,
            )
        name = self._name(declaration, loop)
        above = None if parent is None else parent.resource
        with located(self.frame(declaration, loop, "name").place):
            resource = typed_name(resource_type, printable(name), parent=above)
        selection = self._selection(declaration, loop)
        if parent is not None and selection.scope is not None:
            raise EvaluationProblem(
                "a resource nested in another cannot have a `scope`",
                help="declare it beside its parent",
                where=self.frame(declaration, loop, "scope").place,
            )
        target = self._target(declaration, loop, selection)
        deployment = resource.type.lower() == DEPLOYMENT_TYPE and not _exists(declaration)
        own_scope = None
        if not deployment and selection.scope is not None:
            own_scope = scope_below(target.scope, printable(selection.scope))
        elif not deployment and parent is not None:
            own_scope = parent.own_scope
        return Instance(
            number=self._count,
            declaration=declaration,
            loop=loop,
            resource=resource,
            name=name,
            id=id_in_deployment(target.scope, resource)
            if own_scope is None
            else id_below(own_scope, resource),
            own_scope=own_scope,
            condition=condition,
            undecided=frame.undecided or condition is Condition.UNKNOWN,
            place=frame.place,
            api_version=text_of(self._value(declaration, loop, "apiVersion")),
            target=target if deployment else None,
            open_target=selection.unknown,
            expression=_expression(declaration, name, selection),
        )

    def _name(self, declaration: ResourceDeclaration, loop: Loop) -> Text:
        name = self._value(declaration, loop, "name")
        if isinstance(name, str | Unknown | PartialText):
            return name
        raise EvaluationProblem(
            "the name of a resource must be text",
            where=self.frame(declaration, loop, "name").place,
        )

    def _selection(self, declaration: ResourceDeclaration, loop: Loop) -> Selection:
        parts: dict[str, Text | None] = {}
        for member in ("scope", "subscriptionId", "resourceGroup"):
            value = self._value(declaration, loop, member)
            if value is not None and not isinstance(value, str | Unknown | PartialText):
                raise EvaluationProblem(
                    f"`{member}` must be text",
                    where=self.frame(declaration, loop, member).place,
                )
            parts[member] = None if value == "" else value
        return Selection(
            scope=parts["scope"],
            subscription=parts["subscriptionId"],
            resource_group=parts["resourceGroup"],
        )

    def _target(self, declaration: ResourceDeclaration, loop: Loop, selection: Selection) -> Target:
        """Return where a deployment deploys to, or where an `existing` resource is looked for."""
        kind = str(declaration.get("type")).lower()
        if kind != DEPLOYMENT_TYPE and not _exists(declaration):
            return self.target
        if _exists(declaration):
            selection = replace(selection, scope=None)
        try:
            return select(self.target, selection)
        except EvaluationProblem as problem:
            problem.where = self.frame(declaration, loop, "subscriptionId").place
            raise


def _is_of_extension(declaration: ResourceDeclaration) -> bool:
    """Whether a resource is not Azure's: it names an extension, and has no name of its own.

    One with a name is deployed to Azure whatever `extension` or `import` says of it: the engine
    gives it an ID, and Bicep writes no name for a resource of an extension.
    """
    named = declaration.get("name") is not None
    owned = declaration.get("import") is not None or declaration.get("extension") is not None
    return owned and not named


def _exists(declaration: ResourceDeclaration) -> bool:
    return declaration.change is ChangeKind.EXISTING


def _expression(declaration: ResourceDeclaration, name: Text, selection: Selection) -> str | None:
    """Return the expression in which an unknown part of the ID was written."""
    for member, value in (
        ("name", name),
        ("scope", selection.scope),
        ("resourceGroup", selection.resource_group),
        ("subscriptionId", selection.subscription),
    ):
        unknown = first_unknown(value)
        if unknown is not None:
            raw = declaration.get(member)
            made_up = isinstance(raw, str) and UNKNOWN_VARIABLE in raw
            return raw if isinstance(raw, str) and not made_up else unknown.expression or None
    return None
