"""Options that several commands share, as groups; each has an environment variable.

A command takes groups with `parameters_of` and reads them from click's parameters through the
typed getters below, so that no command has a list of twenty arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import click

from preflight.errors import UsageError
from preflight.model.outcome import ACTIONS_ON_UNMANAGE, DENY_SETTINGS, Detail, FailOn

Params: TypeAlias = Mapping[str, object]
"""What click parsed: parameter name → value."""

CLIENTS = (
    "az", "rest", "powershell", "azure-pipelines", "bicep-deploy", "azd", "stack", "what-if",
)  # fmt: skip
"""Tools that submit a deployment; they differ in the `Microsoft.Resources` actions they call."""


class _Option(click.Option):
    """An option whose environment variable is PREFLIGHT_ and its name."""

    def __init__(self, declarations: tuple[str, ...], **attributes: object) -> None:
        super().__init__(declarations, **attributes)  # type: ignore[arg-type]  # click types each keyword apart
        if self.name and self.envvar is None:
            self.envvar = f"PREFLIGHT_{self.name.upper()}"
            self.show_envvar = True

    def value_from_envvar(self, ctx: click.Context) -> str | Sequence[str] | None:
        """Read a repeatable option's variable one value per line: values may hold blanks."""
        if not self.multiple:
            found: str | Sequence[str] | None = super().value_from_envvar(ctx)
            return found
        value = self.resolve_envvar_value(ctx) or ""
        return tuple(line.strip() for line in value.splitlines() if line.strip()) or None


def _option(*declarations: str, **attributes: object) -> _Option:
    return _Option(declarations, **attributes)


INPUT: tuple[_Option, ...] = (
    _option(
        "-p",
        "--parameters",
        "parameters",
        multiple=True,
        metavar="FILE|KEY=VALUE|KEY=@FILE",
        help="Parameter values, as `az deployment` takes them; later ones win.",
    ),
    _option(
        "--what-if",
        metavar="FILE",
        help="A what-if result of the same rollout, beside one SOURCE.",
    ),
    _option("--root", metavar="DIR", help="No file outside this folder is read."),
    _option(
        "--bicep",
        metavar="native|cli[=PATH]|auto",
        default="native",
        show_default=True,
        help="How Bicep is read: without a compiler, by an installed one, or by one where needed.",
    ),
    _option(
        "--module-cache",
        metavar="DIR",
        help="Where restored modules and template specs lie. Default: ~/.bicep.",
    ),
    _option(
        "--restore",
        is_flag=True,
        help="Fetch modules that the cache lacks, anonymously, from the registries given.",
    ),
    _option(
        "--registry",
        multiple=True,
        metavar="HOST",
        help="A registry that --restore may ask. Default: mcr.microsoft.com.",
    ),
    _option(
        "--env",
        "environment",
        multiple=True,
        metavar="NAME=VALUE",
        envvar="PREFLIGHT_ENV",
        show_envvar=True,
        help="A variable that a .bicepparam may read; no other is visible to it.",
    ),
)

PLACE: tuple[_Option, ...] = (
    _option("--scope", metavar="ID", help="Where the deployment goes, as a resource ID."),
    _option("-s", "--subscription", metavar="ID", help="Target subscription."),
    _option("-g", "--resource-group", metavar="NAME", help="Target resource group."),
    _option("-m", "--management-group", metavar="NAME", help="Target management group."),
    _option(
        "-l",
        "--location",
        metavar="NAME",
        help="Location of the deployment; of the resource group at that scope.",
    ),
    _option("--deployment-name", metavar="NAME", help="Default: the source's base name."),
    _option("--tenant", metavar="ID", help="Tenant of the deployment."),
)

ROLLOUT: tuple[_Option, ...] = (
    _option(
        "--mode",
        type=click.Choice(["incremental", "complete"]),
        default="incremental",
        show_default=True,
        help="Deployment mode of the root deployment.",
    ),
    _option(
        "--client",
        type=click.Choice(CLIENTS),
        help="The tool that will submit the deployment (default: az).",
    ),
    _option("--stack", is_flag=True, help="The rollout is a deployment stack (`--client stack`)."),
    _option(
        "--deny-settings",
        type=click.Choice(DENY_SETTINGS, case_sensitive=False),
        metavar="|".join(DENY_SETTINGS),
        help="What the stack denies to others (default: none).",
    ),
    _option(
        "--action-on-unmanage",
        type=click.Choice(ACTIONS_ON_UNMANAGE, case_sensitive=False),
        help="What the stack does with what it no longer manages (default: detach).",
    ),
    _option("--duration", default="1h", show_default=True, help="How long the rollout may take."),
    _option("--now", metavar="TIME", help="The time to decide for (ISO 8601, UTC)."),
)

ACCESS: tuple[_Option, ...] = (
    _option("--access", multiple=True, metavar="FILE", help="Access snapshot; repeatable."),
    _option(
        "--principal",
        metavar="ID",
        help="Who deploys: object ID, application ID or name. Live: the caller.",
    ),
    _option(
        "--max-evidence-age",
        default="30d",
        show_default=True,
        help="Older evidence decides nothing.",
    ),
)

LIVE: tuple[_Option, ...] = (
    _option(
        "--auth",
        metavar="KIND",
        default="auto",
        show_default=True,
        help="auto, token, env, pipelines, oidc, cli, azd, powershell or managed-identity.",
    ),
    _option("--cloud", metavar="NAME", help="public (default), usgov or china."),
    _option("--arm-endpoint", metavar="URL", help="Resource Manager of another cloud."),
    _option("--authority", metavar="URL", help="Where tokens come from, in another cloud."),
    _option("--audience", metavar="URI", help="For whom tokens are, in another cloud."),
    _option("--graph-endpoint", metavar="URL", help="Microsoft Graph of another cloud."),
    _option(
        "--deadline",
        metavar="DURATION",
        default="120s",
        show_default=True,
        help="Longest time for everything live.",
    ),
    _option("--expect-object-id", metavar="ID", help="Stop unless this identity is signed in."),
    _option("--expect-tenant", metavar="ID", help="Stop unless it is signed in to this tenant."),
    _option("--expect-subscription", metavar="ID", help="Stop unless this is the subscription."),
)
"""How a live tenant is reached; each has a variable, for pipelines."""

RUN_LIVE: tuple[_Option, ...] = (
    *LIVE,
    _option("--offline", is_flag=True, help="Fail rather than connect to Azure."),
    _option("--no-cross-check", is_flag=True, help="Ask no second witness (Permissions API)."),
)

OUTPUT: tuple[_Option, ...] = (
    _option(
        "-f",
        "--format",
        "formats",
        multiple=True,
        metavar="NAME[=FILE]",
        envvar="PREFLIGHT_FORMAT",
        show_envvar=True,
        help="Report format, to a file or (one of them) to stdout; repeatable.",
    ),
    _option("-o", "--output", metavar="FILE", help="Where the format without a file goes."),
    _option(
        "--detail",
        type=click.Choice([item.value for item in Detail]),
        help="Show other people's identities (team) or not (public). Default: by the place.",
    ),
    _option("--max-chars", type=click.IntRange(min=500), default=65_000, show_default=True,
            help="Upper bound for Markdown."),
    _option("-q", "--quiet", is_flag=True, help="Headline only."),
    _option("-v", "--verbose", count=True, help="Allowed rows too (-vv: everything)."),
    _option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="NO_COLOR is honoured.",
    ),
)  # fmt: skip

GATE: tuple[_Option, ...] = (
    _option(
        "--fail-on",
        type=click.Choice([item.value for item in FailOn]),
        default=FailOn.UNDETERMINED.value,
        show_default=True,
        help="The weakest verdict that fails.",
    ),
    _option("--strict", is_flag=True, help="Possible requirements and warnings count too."),
    _option(
        "--accept",
        multiple=True,
        metavar="REASON@SCOPE",
        help="Let undetermined requirements with that reason at or below SCOPE pass.",
    ),
)


def _limit(name: str, default: int, what: str) -> _Option:
    return _option(
        name, type=click.IntRange(min=1), default=default, show_default=True, help=f"Limit: {what}."
    )


EXPLAIN: tuple[_Option, ...] = (
    _option(
        "--source", metavar="FILE", help="The template that was deployed: finds the line that asks."
    ),
    _option(
        "--since",
        metavar="DURATION",
        help="Take the denials of the Activity Log instead of a text, at --scope (live).",
    ),
    _option("--record", metavar="FILE", help="Append one JSON line per denial to a ledger."),
    _option("--from-ledger", metavar="FILE", help="Sum up a ledger, caller by caller."),
)

VERIFY: tuple[_Option, ...] = (
    _option(
        "--must-not",
        multiple=True,
        metavar="ACTION[@SCOPE]",
        help="Must be refused, at SCOPE or wherever the rollout needs something; instead of the "
        "default list; repeatable.",
    ),
)

LIMITS: tuple[_Option, ...] = (
    _limit("--max-resources", 20_000, "resources of the whole tree"),
    _limit("--max-requirements", 20_000, "requirements of the whole tree"),
    _limit("--max-deployments", 500, "deployments of the whole tree"),
    _limit("--max-depth", 20, "depth of nested deployments"),
    _limit("--max-steps", 2_000_000, "evaluation steps"),
    _limit("--max-value-size", 16_000_000, "bytes of one value"),
    _limit("--max-input", 64_000_000, "bytes of all input"),
    _option("--max-seconds", type=click.FloatRange(min=1), default=60.0, show_default=True,
            help="Limit: wall clock for each source."),
)  # fmt: skip
"""Bounds (docs/explanation/security.md); each error message names its option."""


SOURCES = click.Argument(["sources"], nargs=-1, required=True, metavar="SOURCE…")
"""What a command reads: files, or `-`."""


def parameters_of(
    argument: click.Argument, *groups: Sequence[click.Option]
) -> list[click.Parameter]:
    """Return the parameters of a command, options in the order of their groups."""
    return [argument, *(option for group in groups for option in group)]


def option(*declarations: str, **attributes: object) -> click.Option:
    """Return an option of one command; its environment variable is PREFLIGHT_ and its name."""
    return _option(*declarations, **attributes)


def options_of(*groups: Sequence[click.Option]) -> list[click.Parameter]:
    """Return the parameters of a command without an argument."""
    return [option for group in groups for option in group]


def text(params: Params, name: str) -> str | None:
    """Return a text option; None where it was not given or is empty."""
    value = params.get(name)
    return value if isinstance(value, str) and value else None


def texts(params: Params, name: str) -> tuple[str, ...]:
    """Return a repeatable option's values in order."""
    value = params.get(name)
    return tuple(str(item) for item in value) if isinstance(value, (tuple, list)) else ()


def number(params: Params, name: str) -> int:
    """Return a number; a missing one is a mistake of the command that asks."""
    value = params[name]
    if not isinstance(value, int):
        raise UsageError(f"`{name}` takes a number")
    return value


def seconds(params: Params, name: str) -> float:
    """Return a number of seconds; a missing one is a mistake of the command that asks."""
    value = params[name]
    if not isinstance(value, (int, float)):
        raise UsageError(f"`{name}` takes a number of seconds")
    return float(value)


def flag(params: Params, name: str) -> bool:
    """Return a flag."""
    return bool(params.get(name))
