"""Denials → the ledger, and the ledger → what would have prevented them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from preflight._version import __version__
from preflight.access.ledger import append_lines, read_lines
from preflight.advise.role_ranking import RoleRanker
from preflight.catalog.load import load_catalog
from preflight.model.explanation import MASK, ExplainedDenial, Explanation
from preflight.model.ledger import CallerSummary, LedgerLine, LedgerSummary
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth


def record_denials(explanation: Explanation, path: Path, *, at: datetime) -> int:
    """Append one line per denial to a ledger; return how many.

    Raises:
        UsageError: the file cannot be written.
    """
    ranker = RoleRanker(load_catalog())
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    correlation = explanation.text.correlation_id
    lines = [_line(row, ranker, moment, correlation) for row in explanation.denials]
    append_lines(path, lines)
    return len(lines)


def _line(
    row: ExplainedDenial, ranker: RoleRanker, moment: str, correlation: str | None
) -> LedgerLine:
    masked = MASK.search(row.denial.action) is not None
    found = None if masked else ranker.narrowest(ranker.needs([row.denial.action]))
    return LedgerLine(
        at=moment,
        caller=row.denial.object_id or row.denial.client,
        action=row.denial.action,
        scope=row.denial.scope,
        correlation_id=correlation,
        minimal_role=found.role.name if found else None,
    )


def sum_up_ledger(path: Path) -> LedgerSummary:
    """Return a ledger grouped by caller, with the smallest role that prevents all of each.

    Raises:
        InputError: the file cannot be read, or a line of it is no denial.
    """
    lines = read_lines(path)
    catalog = load_catalog()
    ranker = RoleRanker(catalog)
    groups: dict[str | None, list[LedgerLine]] = {}
    for line in lines:
        groups.setdefault(line.caller.lower() if line.caller else None, []).append(line)
    callers = [_summary(rows, ranker) for rows in groups.values()]
    callers.sort(key=lambda row: (-row.count, row.caller or ""))
    return LedgerSummary(
        version=__version__,
        catalogue=catalog.date,
        file=str(path),
        lines=len(lines),
        callers=tuple(callers),
    )


def _summary(rows: Sequence[LedgerLine], ranker: RoleRanker) -> CallerSummary:
    masked = any(MASK.search(row.action) for row in rows)
    needs = ranker.needs(row.action for row in rows)
    scopes = tuple(dict.fromkeys(row.scope for row in rows if row.scope))
    times = sorted(row.at for row in rows)
    known = all(row.scope is not None and not MASK.search(row.scope) for row in rows)
    return CallerSummary(
        caller=rows[0].caller,
        count=len(rows),
        first=times[0],
        last=times[-1],
        actions=tuple(need.action.text for need in needs),
        scopes=scopes,
        at_scope=_common(scopes) if known else None,
        role=None if masked else ranker.narrowest(needs),
        custom_actions=tuple(
            sorted(
                (text for need in needs if not MASK.search(text := need.action.text)),
                key=str.lower,
            )
        ),
    )


_ASSIGNABLE = frozenset(
    {ScopeKind.RESOURCE_GROUP, ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP}
)


def _common(scopes: Iterable[str]) -> str | None:
    """Return the narrowest group, subscription or management group that covers every scope."""
    found = [Scope(text) for text in scopes]
    if not found:
        return None
    rungs = [rung for rung in found[0].ladder() if rung.kind in _ASSIGNABLE]
    covering = (rung for rung in rungs if all(rung.covers(other) is Truth.TRUE for other in found))
    common = next(covering, None)
    return common.text if common else None
