"""Bicep → ARM JSON through a compiler that is installed: `bicep`, or `az bicep`.

The compiler runs on files that strangers wrote. It never restores modules (`--no-restore`: a
restore hands tokens to whatever registry a file names), sees none of the caller's environment but
what a program needs to run, finds an empty Azure configuration, and is bounded in time and output.

Source: Azure/bicep, `bicep build --help` and `bicep build-params --help` (options, the form of
messages, the members that `build-params --stdout` prints); Azure CLI, `az bicep` (its wrapper, the
settings that keep it from installing or updating the compiler).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from preflight.errors import InputError
from preflight.model.template import Note
from preflight.model.value import JsonValue
from preflight.read.bicep_files import require_inside
from preflight.read.bounded_process import Finished, ProcessLimits, run_bounded
from preflight.read.compiler_messages import NONE_FOUND, CompilerReport
from preflight.read.decode import decode
from preflight.read.json_document import parse_json
from preflight.read.root import Files

_KEPT = frozenset(
    {
        "APPDATA",
        "COMSPEC",
        "DOTNET_BUNDLE_EXTRACT_BASE_DIR",
        "DOTNET_ROOT",
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
        "HOME",
        "HOMEDRIVE",
        "HOMEPATH",
        "LANG",
        "LANGUAGE",
        "LC_ALL",
        "LC_CTYPE",
        "LD_LIBRARY_PATH",
        "LOCALAPPDATA",
        "PATH",
        "PATHEXT",
        "PROGRAMDATA",
        "PYENV_ROOT",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "TMPDIR",
        "TZ",
        "USERPROFILE",
        "WINDIR",
        "XDG_CACHE_HOME",
    }
)
"""What a program needs to run. Everything else stays here, tokens of the pipeline above all:
`readEnvironmentVariable()` in a parameter file could read them."""

_AZ_SETTINGS = {
    "AZURE_BICEP_CHECK_VERSION": "false",
    "AZURE_BICEP_USE_BINARY_FROM_PATH": "true",
    "AZURE_CORE_COLLECT_TELEMETRY": "false",
}
"""`az` would download a compiler when its configuration is empty; so it may only use PATH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompilerSettings:
    """How Bicep is compiled: `mode` is `cli=PATH`, or anything else for what is installed."""

    mode: str = "auto"
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that the user gives to the files (`--env`), and nothing else from outside."""
    seconds: float = 60.0
    output_bytes: int = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What a compiler made of one file: text of JSON, None where it made none."""

    template: str | None
    parameters: str | None = None
    template_spec: str | None = None
    notes: tuple[Note, ...] = ()


def compile_bicep(path: Path, files: Files, settings: CompilerSettings) -> Compiled:
    """Compile a `.bicep` file to a template.

    Raises:
        InputError: there is no compiler, or it found errors; their places are kept.
        LimitExceeded: the compiler took too long, or wrote too much.
    """
    finished, notes = _run("build", path, files, settings)
    return Compiled(template=decode(finished.output, compiled_name(path, files)), notes=notes)


def compile_parameters(path: Path, files: Files, settings: CompilerSettings) -> Compiled:
    """Compile a `.bicepparam` file to parameters, and the template that it uses, if any.

    Raises:
        InputError, LimitExceeded: as `compile_bicep`.
    """
    finished, notes = _run("build-params", path, files, settings)
    name = compiled_name(path, files)
    made = parse_json(decode(finished.output, name), name).value
    members = made if isinstance(made, dict) else {}
    parameters = _optional_text(members.get("parametersJson"))
    if parameters is None:
        raise InputError(f"the compiler printed no parameters for `{files.name(path)}`")
    return Compiled(
        template=_optional_text(members.get("templateJson")),
        parameters=parameters,
        template_spec=_optional_text(members.get("templateSpecId")),
        notes=notes,
    )


def compiled_name(path: Path, files: Files) -> str:
    """Return the name under which reports show what was compiled from a file."""
    return f"{files.name(path)} (compiled)"


def _run(
    verb: str, path: Path, files: Files, settings: CompilerSettings
) -> tuple[Finished, tuple[Note, ...]]:
    program, is_az = _find(settings.mode)
    require_inside(path, files)
    target = os.path.abspath(path)  # noqa: PTH100 - links stay: modules count from them
    flags = ["--stdout", "--no-restore"]
    tail = ["bicep", verb, *flags, "--file", target] if is_az else [verb, *flags, target]
    limits = ProcessLimits(seconds=settings.seconds, output_bytes=settings.output_bytes)
    with tempfile.TemporaryDirectory(prefix="preflight-", ignore_cleanup_errors=True) as folder:
        finished = run_bounded(
            [program, *tail],
            environment=_environment(settings, folder, az=is_az),
            folder=Path(folder),
            limits=limits,
        )
    files.charge(len(finished.output))
    messages = CompilerReport(finished.messages, path, files)
    if finished.code != 0:
        raise messages.failure(finished.code, az=is_az)
    return finished, messages.notes()


def _find(mode: str) -> tuple[str, bool]:
    """Return the compiler's path, and whether it is `az`."""
    kind, _, named = mode.partition("=")
    if kind == "cli" and named:
        path = shutil.which(named)
        if path is None:
            message = f"there is no program `{named}`"
            raise InputError(message, help="check the path that --bicep names")
        return os.path.abspath(path), Path(path).stem.lower() == "az"  # noqa: PTH100
    for candidate in (shutil.which("bicep"), _installed_by_az()):
        if candidate is not None:
            return os.path.abspath(candidate), False  # noqa: PTH100 - links may tell a program who it is
    az = shutil.which("az")
    if az is None:
        raise InputError("no Bicep compiler was found on PATH", help=NONE_FOUND)
    return os.path.abspath(az), True  # noqa: PTH100


def _installed_by_az() -> str | None:
    """Return the compiler that `az bicep install` put into its folder."""
    configured = os.environ.get("AZURE_CONFIG_DIR")
    folder = configured or os.path.expanduser("~/.azure")  # noqa: PTH111 - pathlib may raise
    return shutil.which("bicep", path=str(Path(folder) / "bin"))


def _environment(settings: CompilerSettings, folder: str, *, az: bool) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.upper() in _KEPT}
    config = Path(folder) / "azure"
    config.mkdir()
    ours = {"AZURE_CONFIG_DIR": str(config), **(_AZ_SETTINGS if az else {})}
    return {**kept, **settings.environment, **ours}


def _optional_text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
