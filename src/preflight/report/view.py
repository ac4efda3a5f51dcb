"""View: how a report is to be shown. The same report and view always give the same text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from preflight.model.action import Action
from preflight.model.outcome import Detail

QUIET, NORMAL, VERBOSE, VERY_VERBOSE = -1, 0, 1, 2
"""Values of `View.verbosity`: `-q`, nothing, `-v`, `-vv`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the command line asks of every format; a format takes what it can use.

    `place` is `github`, `azure-pipelines`, `terminal` or `plain`: only the first two know how
    to fold a group of lines.
    """

    detail: Detail = Detail.TEAM
    verbosity: int = NORMAL
    width: int = 120
    """Columns; 0 never wraps."""
    colour: bool = False
    utf8: bool = True
    """False: the console keeps to ASCII."""
    place: str = "plain"
    max_chars: int = 65_000
    """Upper bound for Markdown, in characters; at least 500."""
    link_base: str = ""
    """Address of the repository's files at this commit (`https://…/blob/SHA`): Markdown then
    links to lines. Empty: files are named without links."""
    gate_reads: bool = True
    """Whether role formats include what the gate itself has to read."""
    role_wildcard: Callable[[Action], str | None] | None = None
    """`RuleCatalog.role_wildcard`: what stands in a role for an action that none may name."""
    knows_action: Callable[[Action], bool] | None = None
    """`Catalog.knows`: role formats remark on actions that the catalogue does not know."""
