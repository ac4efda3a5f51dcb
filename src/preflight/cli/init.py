"""`preflight init`: what a repository or tenant needs before the gate can run."""

from __future__ import annotations

import re

import click

from preflight.cli.options import PLACE, flag, option, options_of, text
from preflight.cli.output import Destination, write
from preflight.cli.settings import scope_of
from preflight.errors import UsageError
from preflight.model.scope import PLACEHOLDER, Scope, ScopeKind
from preflight.report.reader_role import FORMATS, reader_role_text

_PLACE = tuple(row for row in PLACE if row.name in {"scope", "subscription", "management_group"})
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_SAFE = re.compile(r"[A-Za-z0-9/._()-]+")
_OWN = (
    option("--reader-role", is_flag=True, help="Print the small role that the gate itself needs."),
    option("--principal", metavar="ID", help="Object ID of the identity that runs the gate."),
    option(
        "-f",
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="az",
        show_default=True,
        help="How it is printed.",
    ),
    option("-o", "--output", metavar="FILE", help="Where it goes instead of stdout."),
)


@click.command(
    "init",
    short_help="The role that the gate itself needs.",
    params=options_of(_PLACE, _OWN),
)
def command(**_: object) -> None:
    """Print the role that lets the gate read what decides access, and where to assign it."""
    params = click.get_current_context().params
    if not flag(params, "reader_role"):
        raise UsageError(
            "nothing to do", help="`preflight init --reader-role -m NAME` prints the reader role"
        )
    stated = scope_of(params)
    scope = Scope(stated or "/")
    known = PLACEHOLDER.search(scope.text) is None and _SAFE.fullmatch(scope.text)
    if scope.kind not in {ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP} or not known:
        raise UsageError(
            "the role is made assignable at a management group or a subscription",
            help="name one: `--management-group NAME` or `--subscription ID`",
        )
    principal = text(params, "principal")
    if principal is not None and not _GUID.fullmatch(principal):
        raise UsageError(
            f"`{principal}` is no object ID", help="`preflight whoami` prints the caller's"
        )
    content = reader_role_text(scope, text(params, "form") or "az", principal)
    write(content, Destination(format="init", file=text(params, "output")))
