"""A live tenant → a snapshot file that decides alike."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from preflight.access.directory import Directory
from preflight.access.dump import dump_snapshot
from preflight.access.session import Session
from preflight.access.wanted import Wanted, wanted_scopes
from preflight.api.live import collector_for, principal_of, wanted_by, with_packaged
from preflight.errors import UsageError
from preflight.model.access import AccessSnapshot, PrincipalType
from preflight.model.requirement import Derivation
from preflight.model.scope import Scope


def collect(
    session: Session,
    derivations: Sequence[Derivation],
    scopes: Sequence[Scope],
    *,
    principal: str | None = None,
    everyone: bool = False,
) -> AccessSnapshot:
    """Return what decides access at the scopes of derivations and at the given ones.

    `everyone` keeps all principals' role assignments and all role definitions.

    Raises:
        AccessError: no role assignments could be read at all.
        UsageError: there is no place to look at.
    """
    wanted = _joined(wanted_by(derivations), wanted_scopes(scopes))
    if not wanted.scopes:
        raise UsageError(
            "nothing says what to look at",
            help="name a SOURCE with its place, or `--scope ID` or `--subscription ID`",
        )
    if everyone:
        places = frozenset((*wanted.subscriptions, *wanted.above))
        wanted = replace(wanted, assigned=places)
    collector = collector_for(session, principal_of(session, principal), wanted)
    found = with_packaged(collector.collect())
    return _named(session, found) if everyone else _deciding(found)


def _joined(one: Wanted, other: Wanted) -> Wanted:
    return replace(one, scopes=tuple(dict.fromkeys((*one.scopes, *other.scopes))))


def _deciding(snapshot: AccessSnapshot) -> AccessSnapshot:
    """Return the snapshot without role definitions that no row names; custom ones stay."""
    named = {row.role for row in snapshot.role_assignments or ()}
    named |= {row.role for row in snapshot.eligibilities or ()}
    kept = (row for row in snapshot.role_definitions or () if row.custom or row.id in named)
    return replace(snapshot, role_definitions=tuple(kept))


def _named(session: Session, snapshot: AccessSnapshot) -> AccessSnapshot:
    """Return the snapshot with everybody's names, where the directory tells them."""
    known = {row.object_id for row in snapshot.principals}
    rows = snapshot.role_assignments or ()
    wanted = {row.principal for row in rows if row.principal_type is not PrincipalType.ORPHANED}
    names = Directory(session.graph).names(wanted - known)
    return replace(snapshot, principals=(*snapshot.principals, *names))


def save(snapshot: AccessSnapshot, file: str) -> None:
    """Write a snapshot whole or not at all.

    Raises:
        UsageError: the file cannot be written, or is a link.
    """
    path = Path(file)
    if path.is_symlink():
        # A checkout could have put it there to have a file elsewhere overwritten.
        raise UsageError(f"`{path}` is a link", help="name the file itself")
    text = dump_snapshot(snapshot)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        part = Path(name)
        try:
            with os.fdopen(number, "w", encoding="utf-8", newline="\n") as handle:
                handle.write(text)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror or error}") from error
