"""read, with what only another stage can do: fetching modules, and computing parameter values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from preflight.access.registry import RestoreSettings, restore
from preflight.api.settings import DeriveSettings
from preflight.errors import AccessError
from preflight.evaluate.environment import Environment, Limits
from preflight.evaluate.evaluator import evaluate
from preflight.model.artifact import PUBLIC_REGISTRY, RegistryModule
from preflight.model.template import (
    GapKind,
    MissingTemplate,
    Note,
    ParameterValue,
    Template,
)
from preflight.model.value import JsonValue, Value
from preflight.read.front_end import ReadOptions, ReadResult, read_source
from preflight.read.module_cache import default_cache

Source: TypeAlias = "str | PathLike[str] | Mapping[str, JsonValue]"


def read_options(settings: DeriveSettings) -> ReadOptions:
    """Return how sources are read."""

    def compute(template: Template, given: Mapping[str, Value]) -> Mapping[str, Value]:
        return _computed(template, given, settings.limits)

    return ReadOptions(
        root=settings.root,
        bicep=settings.bicep,
        stdin=settings.stdin,
        input_bytes=settings.input_bytes,
        module_cache=settings.module_cache,
        environment=settings.environment,
        evaluate=compute,
    )


def read_with_modules(
    source: Source, settings: DeriveSettings, options: ReadOptions
) -> tuple[ReadResult, tuple[Note, ...]]:
    """Read a source; with `restore`, fetch what the cache lacks and read it again.

    Raises:
        AccessError: modules are to be fetched, and there is no folder for them.
        InputError: as `read_source`.
    """
    found = read_source(source, options)
    if not settings.restore or not found.missing:
        return found, ()
    failures = _fetch(found.missing, settings)
    notes = tuple(
        Note(code="restore-failed", message=f"`{reference}` could not be restored: {why}")
        for reference, why in failures.items()
    )
    return read_source(source, replace(options, restore_failures=failures)), notes


def _fetch(missing: tuple[RegistryModule, ...], settings: DeriveSettings) -> dict[str, str]:
    """Fill the cache; return why modules could not be fetched, by reference."""
    cache = default_cache() if settings.module_cache is None else Path(settings.module_cache)
    if cache is None:
        raise AccessError(
            "there is no home folder for the module cache", help="name one with --module-cache"
        )
    hosts = settings.registries or (PUBLIC_REGISTRY,)
    failures = restore(missing, RestoreSettings(cache=cache, hosts=hosts))
    return {
        reference: f"{error.message}; {error.help}" if error.help else error.message
        for reference, error in failures.items()
    }


def _computed(
    template: Template, given: Mapping[str, Value], limits: Limits
) -> Mapping[str, Value]:
    """Return what a parameter file's template gives, for values from outside the file."""
    parameters = {name: ParameterValue(partial=value) for name, value in given.items()}
    environment = Environment(parameters=parameters, limits=limits)
    return evaluate(template, environment, _NoTemplates()).outputs


class _NoTemplates:
    """A parameter file deploys nothing."""

    def inline(self, value: JsonValue, *, base: Template, pointer: str) -> Template:
        """Give the template itself; it is never asked for."""
        del value, pointer
        return base

    def linked(self, reference: Mapping[str, JsonValue], *, base: Template) -> MissingTemplate:
        """Give nothing."""
        del reference, base
        return MissingTemplate(kind=GapKind.LINKED_TEMPLATE, target="", settle="")
