"""Binds parameters: given values, defaults, nothing; and checks them as ARM does.

Source: Azure Resource Manager, "Parameters in ARM templates"; the deployment engine: null counts
as no value, a default is evaluated and checked only where no value is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from preflight.errors import ParameterProblem
from preflight.evaluate.bindings import Definition, Key
from preflight.evaluate.cost import cost_of
from preflight.evaluate.frame import EvaluationProblem, Position
from preflight.evaluate.function_bodies import check_bodies
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.located import located
from preflight.evaluate.names import TemplateNames
from preflight.evaluate.types import Types, as_json, as_value, get
from preflight.evaluate.values import measure
from preflight.model.source import Place
from preflight.model.template import Note, ParameterDeclaration, ParameterValue
from preflight.model.value import (
    Cause,
    Hidden,
    PartialText,
    Unknown,
    Value,
    first_unknown,
    label_of,
)

_NODES_PER_STEP = 8
"""How much of a value and its declaration is checked in one evaluation step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value given for a parameter; `place` is where, None for the command line."""

    name: str
    value: Value
    place: Place | None = None


def given_at_root(parameters: Mapping[str, ParameterValue]) -> Iterator[Given]:
    """Yield the values given from outside.

    A Key Vault secret and a value that only the deploying tool can supply are unknown.
    """
    for name, parameter in parameters.items():
        value = as_value(parameter.value) if parameter.partial is None else parameter.partial
        if parameter.secret is not None:
            value = Unknown(label=label_of(name), cause=Cause.SECURE)
        elif parameter.external is not None:
            value = Unknown(
                label=label_of(name), cause=Cause.PARAMETER, expression=parameter.external
            )
        yield Given(name=name, value=value, place=parameter.place)


def bind(names: TemplateNames, given: Iterable[Given]) -> tuple[ParameterDeclaration, ...]:
    """Bind every declared parameter, settle parameters and variables, return who has no value.

    A parameter without value and default is unknown. Raises `ParameterProblem` for a value that
    is not declared or does not fit, `EvaluationProblem` for a default or variable that fails.
    """
    check_bodies(names.template, names.budget, names.via)
    declared = {name.lower(): entry for name, entry in names.template.parameters.items()}
    values: dict[str, Given] = {}
    for item in given:
        if item.name.lower() not in declared:
            listed = ", ".join(f"`{entry.name}`" for entry in declared.values())
            raise ParameterProblem(
                f"the template declares no parameter `{item.name}`",
                help=f"it declares {listed}" if listed else "it declares none",
                where=item.place or names.template.place(names.template.pointer, via=names.via),
            )
        values[item.name.lower()] = item
    missing = tuple(
        declaration
        for folded, declaration in declared.items()
        if not _bind_one(names, declaration, values.get(folded))
    )
    names.bindings.settle(names.budget.expressions)
    return missing


def _bind_one(names: TemplateNames, declaration: ParameterDeclaration, given: Given | None) -> bool:
    """Bind one parameter; False where it has neither value nor default."""
    types, key = names.types, Key("parameters", declaration.name.lower())
    place = names.frame(declaration.pointer, Position.PARAMETER_DEFAULT).place
    with located(place):
        secure = types.is_secure(declaration.schema)
        nullable = types.is_nullable(declaration.schema)
        if nullable and declaration.has_default:
            raise EvaluationProblem(
                f"the parameter `{declaration.name}` is nullable and has a default",
                help="ARM takes one of the two",
            )
    if given is not None and given.value is not None:
        cost = cost_of(given.value).steps + cost_of(dict(declaration.schema)).steps
        names.budget.spend(cost // _NODES_PER_STEP)
        with located(given.place or place):
            measure(given.value, names.budget)
        _check(given.value, declaration, types, where=given.place or place)
        names.bindings.set(key, _guard(given.value, declaration.name, secure=secure))
    elif declaration.has_default:
        definition = Definition(
            compute=partial(_default, names, declaration, secure=secure),
            source=get(declaration.schema, "defaultValue"),
            title=f"default of the parameter `{declaration.name}`",
            place=place,
        )
        names.bindings.define(key, definition)
    elif nullable:
        names.bindings.set(key, None)
    else:
        cause = Cause.SECURE if secure else Cause.PARAMETER
        names.bindings.set(key, Unknown(label=label_of(declaration.name), cause=cause))
        return False
    return True


def _default(names: TemplateNames, declaration: ParameterDeclaration, *, secure: bool) -> Value:
    key = next(key for key in declaration.schema if key.lower() == "defaultvalue")
    frame = names.frame(f"{declaration.pointer}/{key}", Position.PARAMETER_DEFAULT)
    value = evaluate(declaration.schema[key], frame)
    if value is None and get(names.types.resolve(declaration.schema), "type") is not None:
        raise ParameterProblem(
            f"the default of the parameter `{declaration.name}` is null",
            help="ARM takes null for no value: leave the default out, or make the type nullable",
            where=frame.place,
        )
    _check(value, declaration, names.types, where=frame.place)
    # An empty default hides nothing, and names are often made of it.
    return _guard(value, declaration.name, secure=secure and value not in ("", {}))


def _check(value: Value, declaration: ParameterDeclaration, types: Types, *, where: Place) -> None:
    """Refuse a value that does not fit a parameter's declaration."""
    with located(where):
        problem = types.mismatch(value, declaration.schema)
    if problem is not None:
        raise ParameterProblem(
            f"the value of the parameter `{declaration.name}` is not valid: {problem}",
            help="give a value that fits the parameter's declaration",
            where=where,
        )


def _guard(value: Value, name: str, *, secure: bool) -> Value:
    """Hide the value of a secure parameter; one that is unknown stays what it is."""
    if not secure or isinstance(value, Unknown | PartialText):
        return value
    known = None if first_unknown(value) else Hidden(value=as_json(value))
    return Unknown(label=label_of(name), cause=Cause.SECURE, hidden=known)


def missing_notes(
    missing: Iterable[ParameterDeclaration], names: TemplateNames
) -> tuple[Note, ...]:
    """Return a note for each parameter of the root template that has no value."""
    return tuple(
        Note(
            code="parameter-missing",
            message=f"the parameter `{declaration.name}` has no value, so what depends on it "
            f"is not known; give one with -p {declaration.name}=VALUE",
            origin=names.template.place(declaration.pointer, via=names.via),
        )
        for declaration in missing
    )


def refuse_missing(missing: Iterable[ParameterDeclaration], names: TemplateNames) -> None:
    """Refuse a nested deployment that gives no value where one is needed."""
    for declaration in missing:
        raise ParameterProblem(
            f"the nested deployment gives no value for the parameter `{declaration.name}`",
            help="give it under the deployment's `properties.parameters`, or declare a default",
            where=names.template.place(declaration.pointer, via=names.via),
        )
