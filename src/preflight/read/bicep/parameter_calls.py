"""The functions of a parameter file that reach outside of it.

`readEnvironmentVariable()` sees the variables that were given and no others; what it cannot see,
and what only the deploying tool can supply (`externalInput()`), is an unknown value. `getSecret()`
is a reference to a key vault, which stands alone as the value of a parameter.

Source: Azure/bicep, SystemNamespaceType.cs and AzNamespaceType.cs (functions of parameter files).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from preflight.errors import InputError, UnsupportedFeature
from preflight.model.source import Place, SourceFile
from preflight.model.template import Note
from preflight.model.value import Cause, Unknown, label_of
from preflight.read.bicep.function_names import OF_AZURE
from preflight.read.bicep.rewrite import rewritten
from preflight.read.bicep.syntax import Call, Expression, Group, MethodCall, Name, Text
from preflight.read.json_strings import shown

_ENVIRONMENT = frozenset({"readEnvironmentVariable", "readEnvVar"})
_EXTERNAL = frozenset({"externalInput", "readCliArg"})
_DEPLOYMENT = OF_AZURE - {"getSecret"}
"""Functions of `az`, which parameter files have nothing of but `getSecret`."""
_ANSWERS = "outside:"
"""Begins the names of parameters that stand for what is unknown; no identifier can begin so."""


@dataclass(slots=True, kw_only=True)
class OutsideCalls:
    """Replaces the calls of one file; `unknowns` are the parameters that then stand for them."""

    source: SourceFile
    environment: Mapping[str, str]
    unknowns: dict[str, Unknown] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    """Functions that the file imports, which hide those of the language."""
    notes: list[Note] = field(default_factory=list)

    def replaced(self, expression: Expression) -> Expression:
        """Return an expression without calls that reach outside.

        Raises:
            InputError: such a call has other arguments than it takes.
            UnsupportedFeature: a secret is a part of another value.
        """
        return rewritten(expression, self._replace)

    def _replace(self, node: Expression) -> Expression | None:
        called = called_function(node)
        if called is None:
            return None
        name, arguments = called
        if isinstance(node, Call) and name in self.own:
            return None
        if name in _DEPLOYMENT or name.startswith("list"):
            raise InputError(
                f"a parameter file does not know the function `{shown(name)}`",
                help="it asks for the deployment: let the template call it",
                where=Place(source=self.source, offset=node.start),
            )
        if name in _ENVIRONMENT:
            return self._variable(node, name, arguments)
        if name in _EXTERNAL:
            kind = _plain(arguments[0]) if arguments else None
            return self._unknown(node, name, kind or name, "the deploying tool supplies it")
        if name == "getSecret":
            raise UnsupportedFeature(
                "`getSecret()` is a part of another value",
                help="a secret stands alone as the value of a parameter",
                where=Place(source=self.source, offset=node.start),
            )
        return None

    def _variable(
        self, node: Expression, name: str, arguments: tuple[Expression, ...]
    ) -> Expression:
        texts = [_plain(argument) for argument in arguments]
        place = Place(source=self.source, offset=node.start)
        if not 1 <= len(texts) <= 2 or texts[0] is None:  # noqa: PLR2004 - the name, a default
            raise InputError(
                f"`{name}()` takes the name of a variable and maybe a default, each plain text",
                where=place,
            )
        variable = texts[0]
        if variable in self.environment:
            return Text((self.environment[variable],), (), node.start, node.end)
        if len(texts) > 1:
            return arguments[1]
        why = f"it is not given; give it with --env {variable}=VALUE"
        return self._unknown(node, name, variable, why)

    def _unknown(self, node: Expression, name: str, what: str, why: str) -> Expression:
        """Return the parameter that stands for a value from outside, and say why it is unknown."""
        key = f"{_ANSWERS}{name}:{what}"
        if key not in self.unknowns:
            text = self.source.text[node.start : node.end]
            self.unknowns[key] = Unknown(
                label=label_of(what), cause=Cause.PARAMETER, expression=text
            )
            code = "environment-missing" if name in _ENVIRONMENT else "external-input"
            message = f"the value of `{shown(what)}` is not known: {why}"
            origin = Place(source=self.source, offset=node.start)
            self.notes.append(Note(code=code, message=message, origin=origin))
        return Name(key, node.start, node.end)


def secret_arguments(node: object) -> tuple[Expression, ...] | None:
    """Return the arguments of `getSecret()`, `az.getSecret()` where that is the whole value."""
    if isinstance(node, Group):
        return secret_arguments(node.inner)
    called = called_function(node)
    return called[1] if called is not None and called[0] == "getSecret" else None


def called_function(node: object) -> tuple[str, tuple[Expression, ...]] | None:
    """Return the name and the arguments of a call of a function of `sys` or `az`."""
    if isinstance(node, Call):
        return node.name.name, node.arguments
    if isinstance(node, MethodCall) and isinstance(node.target, Name):
        in_language = node.target.name in {"az", "sys"}
        return (node.name.name, node.arguments) if in_language else None
    return None


def _plain(node: Expression) -> str | None:
    return node.plain if isinstance(node, Text) else None
