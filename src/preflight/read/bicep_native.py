"""A `.bicep` file read without a compiler."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from preflight.model.source import SourceFile
from preflight.model.template import Template, TemplateSource
from preflight.read.bicep.loads import Loads
from preflight.read.bicep.lower import BicepTemplates, lower_program
from preflight.read.bicep.modules import Modules
from preflight.read.bicep.program import Program
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files


class NativeReading(NamedTuple):
    """A template, and what gives the templates of its modules."""

    template: Template
    templates: TemplateSource


def read_bicep(path: Path, source: SourceFile, files: Files, cache: ModuleCache) -> NativeReading:
    """Read a file and everything that it refers to, inside the root and in the module cache.

    Raises:
        InputError: a file does not parse, or the official compiler would refuse it.
        UnsupportedFeature: it uses what is not supported; the message names it.
        LimitExceeded: it is too large, or nests too deeply.
    """
    program = Program(Modules(files, cache), Loads(files))
    own = Path(os.path.abspath(path))  # noqa: PTH100 - links stay: modules count from them
    lowered = lower_program(program, program.load(own, source))
    templates = BicepTemplates(program, files, lowered.template.source, own.parent, cache)
    return NativeReading(lowered.template, templates)
