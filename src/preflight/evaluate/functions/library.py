"""The function library: the groups' tables joined, looked up without case."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from preflight.evaluate.functions import (
    array,
    cidr,
    comparison,
    date,
    deployment,
    identifiers,
    json_text,
    lambdas,
    logical,
    membership,
    numeric,
    object,  # noqa: A004 - the name of the group in the ARM reference
    resource,
    runtime,
    safe_access,
    scope,
    sets,
    string,
    text_encoding,
    uri,
    zones,
)
from preflight.evaluate.functions.registry import AnyFunction

_GROUPS: tuple[tuple[AnyFunction, ...], ...] = (
    array.FUNCTIONS,
    cidr.FUNCTIONS,
    comparison.FUNCTIONS,
    date.FUNCTIONS,
    deployment.FUNCTIONS,
    identifiers.FUNCTIONS,
    json_text.FUNCTIONS,
    lambdas.FUNCTIONS,
    logical.FUNCTIONS,
    membership.FUNCTIONS,
    numeric.FUNCTIONS,
    object.FUNCTIONS,
    resource.FUNCTIONS,
    runtime.FUNCTIONS,
    safe_access.FUNCTIONS,
    scope.FUNCTIONS,
    sets.FUNCTIONS,
    string.FUNCTIONS,
    text_encoding.FUNCTIONS,
    uri.FUNCTIONS,
    zones.FUNCTIONS,
)

LIBRARY: Mapping[str, AnyFunction] = {
    function.name.lower(): function for function in chain.from_iterable(_GROUPS)
}
"""Every function by its folded name."""
