"""What a module takes and gives, as far as its callers must know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preflight.model.template import ParameterDeclaration, Template
from preflight.model.value import JsonValue
from preflight.read.bicep import syntax
from preflight.read.bicep.decorators import has
from preflight.read.bicep.symbols import BicepFile, ImportedSymbol, WildcardSymbol

_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Names of parameters with whether each needs a value, of outputs, and of the secure ones."""

    parameters: Mapping[str, bool]
    outputs: frozenset[str]
    secure_outputs: frozenset[str]


def signature_of_template(template: Template) -> Signature:
    """Return the signature of an ARM template."""
    outputs = template.outputs
    secure = {
        name
        for name, output in outputs.items()
        if str(_get(output.schema, "type")).lower() in {"securestring", "secureobject"}
    }
    return Signature(
        parameters={
            name: not _is_optional(declaration, template)
            for name, declaration in template.parameters.items()
        },
        outputs=frozenset(outputs),
        secure_outputs=frozenset(secure),
    )


def _is_optional(declaration: ParameterDeclaration, template: Template) -> bool:
    if declaration.has_default:
        return True
    schema: Mapping[str, JsonValue] = declaration.schema
    for _ in range(_MAX_DEPTH):
        nullable = _get(schema, "nullable")
        if nullable is not None:
            return nullable is True
        reference = _get(schema, "$ref")
        name = str(reference or "").removeprefix("#/definitions/")
        below = template.definitions.get(name.replace("~1", "/").replace("~0", "~"))
        if reference is None:
            return False
        if not isinstance(below, dict):
            return True
        schema = below
    return True


def _get(schema: Mapping[str, JsonValue], name: str) -> JsonValue:
    return next((value for key, value in schema.items() if key.lower() == name.lower()), None)


def signature_of_file(file: BicepFile) -> Signature:
    """Return the signature of a Bicep file."""
    return Signature(
        parameters={
            parameter.name.name: parameter.default is None
            and not _is_nullable(parameter.type, file)
            for parameter in file.declared(syntax.Parameter)
        },
        outputs=frozenset(file.outputs),
        secure_outputs=frozenset(
            name
            for name, output in file.outputs.items()
            if has(output.decorators, "secure") or _is_secure(output.type, file)
        ),
    )


_OPAQUE = (
    syntax.IndexAccess,
    syntax.ItemsAccess,
    syntax.PropertyAccess,
    syntax.RestAccess,
    syntax.TypeCall,
)
"""Types whose meaning is not looked up here."""


def _is_nullable(kind: syntax.Type, file: BicepFile) -> bool:
    """Whether a type takes null; what is not known here counts as nullable."""
    waiting: list[tuple[syntax.Type, BicepFile]] = [(kind, file)]
    seen: set[int] = set()
    while waiting:
        part, owner = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, (syntax.NullableType, *_OPAQUE)):
            return True
        if isinstance(part, syntax.Literal) and part.value is None:
            return True
        if isinstance(part, syntax.Name):
            found, home = _declared(part, owner)
            waiting += [] if found is None else [(found.type, home)]
        elif isinstance(part, syntax.Group | syntax.UnionType):
            waiting += [(inner, owner) for inner in _parts(part)]
    return False


def _is_secure(kind: syntax.Type, file: BicepFile) -> bool:
    """Whether a type is secure or has a secure part."""
    waiting: list[tuple[syntax.Type, BicepFile]] = [(kind, file)]
    seen: set[int] = set()
    while waiting:
        part, owner = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, syntax.ObjectType):
            if any(has(member.decorators, "secure") for member in part.members):
                return True
            waiting += [(member.type, owner) for member in part.members]
        elif isinstance(part, syntax.Name | syntax.PropertyAccess):
            found, home = _declared(part, owner)
            if found is None:
                continue
            if has(found.decorators, "secure"):
                return True
            waiting.append((found.type, home))
        else:
            waiting += [(inner, owner) for inner in _parts(part)]
    return False


def _parts(kind: syntax.Type) -> tuple[syntax.Type, ...]:
    """Return the types that one is made of, objects apart."""
    match kind:
        case syntax.UnionType():
            return kind.members
        case syntax.ArrayType():
            return (kind.item,)
        case syntax.NullableType() | syntax.Group():
            return (kind.inner,)  # type: ignore[return-value]
        case syntax.NonNull():
            return (kind.target,)  # type: ignore[return-value]
        case _:
            return ()


def _declared(
    kind: syntax.Name | syntax.PropertyAccess, file: BicepFile
) -> tuple[syntax.TypeDeclaration | None, BicepFile]:
    """Return the declaration behind the name of a type, and the file that it is in."""
    if isinstance(kind, syntax.PropertyAccess):
        owner = kind.target
        symbol = file.symbols.get(owner.name) if isinstance(owner, syntax.Name) else None
        if isinstance(symbol, WildcardSymbol) and isinstance(symbol.target, BicepFile):
            return _type_of(symbol.target, kind.name.name)
        return None, file
    found = file.symbols.get(kind.name)
    if isinstance(found, syntax.TypeDeclaration):
        return found, file
    if isinstance(found, ImportedSymbol) and isinstance(found.target, BicepFile):
        return _type_of(found.target, found.name)
    return None, file


def _type_of(file: BicepFile, name: str) -> tuple[syntax.TypeDeclaration | None, BicepFile]:
    found = file.symbols.get(name)
    return (found if isinstance(found, syntax.TypeDeclaration) else None), file
