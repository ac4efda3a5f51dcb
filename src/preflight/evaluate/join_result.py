"""A template's plan and the what-if result of the same rollout → one plan.

Deletes, real existence and what the service has settled come from the result; lines, and
everything that the service did not look into, from the template. Where the two disagree both are
kept, and a note says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from preflight.evaluate.join_rows import (
    TemplateRows,
    may_be_same,
    named_by_service,
    placed,
    seen_by_service,
    type_of,
)
from preflight.evaluate.literal import BEHIND_LINKS
from preflight.model.plan import Condition, Plan, PlannedResource
from preflight.model.scope import Scope
from preflight.model.template import ChangeKind, Gap, GapKind, NotChecked, Note

DIFFERS = "what-if-differs"
_SHOWN = 5
_SETTLED_BY_TEMPLATE = frozenset({GapKind.LIMIT_REACHED, GapKind.UNRESOLVED_RESOURCE})
"""What a result may lack and a template that was expanded whole shows."""
_NEVER_EXPANDED = frozenset({GapKind.LINKED_TEMPLATE, GapKind.TEMPLATE_SPEC})
"""What-if does not expand template links, nor says so (MicrosoftDocs/azure-docs
bicep/deploy-what-if: "evaluation and expansion of templateLink aren't supported")."""


def join_result(plan: Plan, result: Plan, *, complete: bool) -> Plan:
    """Return one plan of a template's and that of a what-if result at the same place.

    `complete` is the mode of the root deployment.
    """
    return _Join(plan=plan, result=result, complete=complete).joined()


@dataclass(slots=True, kw_only=True)
class _Join:
    """Goes through the result once; the fields collect."""

    plan: Plan
    result: Plan
    complete: bool
    mine: TemplateRows = field(init=False)
    beside: dict[int, list[PlannedResource]] = field(default_factory=lambda: defaultdict(list))
    """Listed rows by the `id()` of the template's row that they belong to."""
    seen: dict[int, PlannedResource] = field(default_factory=dict)
    """What a template's row has become, by its `id()`."""
    settled: set[int] = field(default_factory=set)
    """Rows of the template for which listed ones stand."""
    needed: set[int] = field(default_factory=set)
    """Rows of the template that stand for listed ones whose name the result does not know."""
    extra: list[PlannedResource] = field(default_factory=list)
    differences: dict[str, list[PlannedResource]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.mine = TemplateRows(self.plan.resources)

    @property
    def _whole(self) -> bool:
        """Whether the service looked into everything."""
        return not self.result.gaps

    def joined(self) -> Plan:
        listed = [row for row in self.result.resources if row.deployment is None]
        for row in listed:
            self._place(row)
        missing = self._not_listed(listed) if self._whole else []
        self.differences["it does not list what the template declares"] += missing
        if not self.complete:
            mode = "it deletes, which only complete mode does; --mode says incremental"
            self.differences[mode] += _deleted(listed)
        return replace(
            self.plan,
            resources=(*self._rows(), *self._records(), *self.extra),
            gaps=self._gaps(agree=not missing),
            notes=(*self.plan.notes, *self.result.notes, *self._notes()),
            not_checked=tuple(dict.fromkeys((*self.plan.not_checked, *self._not_checked()))),
            literal=True,
            left_alone=self.result.left_alone,
        )

    def _place(self, row: PlannedResource) -> None:
        """Put a listed row beside the template's row that it is, if there is one."""
        mine = self.mine.by_id.get(row.id)
        off = mine is not None and mine.condition is Condition.FALSE
        if row.change is ChangeKind.DELETE:
            if mine is not None and not off:
                self.differences["it deletes what the template declares"].append(row)
            self.extra.append(row)
        elif mine is None:
            self._place_by_candidates(row)
        else:
            if off:
                self.differences["it writes what a condition switches off"].append(row)
            self.seen[id(mine)] = seen_by_service(self.seen.get(id(mine), mine), row)
            self.beside[id(mine)].append(placed(row, mine))

    def _place_by_candidates(self, row: PlannedResource) -> None:
        candidates = self.mine.candidates(row)
        if not candidates:
            if not self.plan.gaps:
                self.differences["it lists what the template does not declare"].append(row)
            self.extra.append(row)
        elif not row.id.has_placeholder:
            first = candidates[0]
            if self._whole and len(candidates) == 1:
                self.settled.add(id(first))
                self.beside[id(first)].append(named_by_service(first, row))
            self.beside[id(first)].append(placed(row, first))
        else:
            # The template says at least as much of it, and with a line.
            self.needed.update(id(candidate) for candidate in candidates)

    def _rows(self) -> Iterator[PlannedResource]:
        """Yield the template's rows in their order, each with what the result knows of it."""
        for row in self.plan.resources:
            if id(row) not in self.settled or id(row) in self.needed:
                yield self.seen.get(id(row), row)
            yield from self.beside.get(id(row), ())

    def _records(self) -> Iterator[PlannedResource]:
        """Yield deployment records that the template does not show."""
        deployments = [row for row in self.plan.resources if row.deployment is not None]
        targets = {row.deployment.target for row in deployments if row.deployment}
        for record in self.result.resources[1:]:
            if record.deployment is None:
                continue
            implied = record.id.has_placeholder and record.deployment.target in targets
            if not implied and not any(may_be_same(row.id, record.id) for row in deployments):
                yield record

    def _not_listed(self, listed: Sequence[PlannedResource]) -> list[PlannedResource]:
        """Return what the template certainly writes and the result does not list."""
        open_types = {type_of(row) for row in listed if row.id.has_placeholder}
        return [
            row
            for row in self.mine.by_id.values()
            if id(row) not in self.seen
            and not (row.id.has_placeholder or row.undecided or row.condition is Condition.FALSE)
            and type_of(row) not in open_types
        ]

    def _gaps(self, *, agree: bool) -> tuple[Gap, ...]:
        """Return what neither side has looked into."""
        if self._whole and agree:
            # What the service lists is this template's, and all of it but what links lead to.
            return tuple(gap for gap in self.plan.gaps if gap.kind in _NEVER_EXPANDED)
        return (*self.plan.gaps, *(gap for gap in self.result.gaps if not self._shown(gap)))

    def _not_checked(self) -> Iterator[NotChecked]:
        # Of links the template says more: each that is not at hand is a gap.
        return (row for row in self.result.not_checked if row is not BEHIND_LINKS)

    def _shown(self, gap: Gap) -> bool:
        """Whether the template shows what the result lacks."""
        if gap.kind is GapKind.NESTED_DEPLOYMENT:
            target = Scope(gap.target)
            return any(
                row.deployment is not None
                and not row.id.text.startswith("{")
                and may_be_same(row.id, target)
                for row in self.plan.resources[1:]
            )
        whole = not self.plan.gaps and not self.complete
        return whole and gap.kind in _SETTLED_BY_TEMPLATE

    def _notes(self) -> Iterator[Note]:
        """Yield one note for each way in which the two differ."""
        for what, rows in self.differences.items():
            if rows:
                names = ", ".join(f"`{row.id.text}`" for row in rows[:_SHOWN])
                more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
                yield Note(
                    code=DIFFERS,
                    message=f"the what-if result differs from the template, both count: {what}: "
                    f"{names}{more}",
                    origin=self.result.resources[0].place,
                )


def _deleted(listed: Iterable[PlannedResource]) -> list[PlannedResource]:
    return [row for row in listed if row.change is ChangeKind.DELETE and not row.undecided]
