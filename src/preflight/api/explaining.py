"""An error text → what Azure refused, the cause of each denial, the smallest fix.

Without evidence: the causes that stay possible. With evidence: the decision of the gate for the
caller, action and scope that the text names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from preflight._version import __version__
from preflight.access.principals import resolve_principal
from preflight.advise.after_evidence import causes_of
from preflight.advise.failures import failure_of
from preflight.advise.possible import form_of, never, possible_causes
from preflight.api.gate import gate
from preflight.api.settings import GateSettings
from preflight.catalog.load import load_catalog
from preflight.diagnose.error_text import read_error_text
from preflight.errors import AccessError, UsageError
from preflight.model.access import AccessSnapshot, PrincipalId
from preflight.model.action import Action
from preflight.model.catalog import RuleCatalog
from preflight.model.explanation import (
    Denial,
    DenialKind,
    ErrorText,
    ExplainedDenial,
    Explanation,
)
from preflight.model.report import Report, Subject
from preflight.model.requirement import Certainty, Derivation, Requirement, RequirementKind
from preflight.model.scope import Scope
from preflight.read.pasted import Pasted

MAX_DECIDED = 200
"""Denials that are decided again; the others are listed with what stays possible."""
_MASK = re.compile(r"\*+|<[^<>/]*>|\.{2,}|…|\{[^{}/]*\}")
_DEPLOYMENT = "/providers/microsoft.resources/deployments/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known beside the text: evidence, the template that was being deployed."""

    access: AccessSnapshot | None = None
    derivation: Derivation | None = None
    settings: GateSettings = field(default_factory=GateSettings)


def read_log(blocks: Iterable[bytes]) -> ErrorText:
    """Read what a log says, given as blocks of bytes in any encoding.

    Raises:
        LimitExceeded: the log is larger than any that is read.
    """
    pasted = Pasted(blocks)
    text = read_error_text(pasted.pieces())
    if text.kind is DenialKind.NONE and not text.looks_like:
        return replace(text, looks_like=_nothing(pasted))
    return replace(text, cut=text.cut or pasted.skipped)


def _nothing(pasted: Pasted) -> str:
    """Return what a text without any error looks like."""
    if not pasted.size:
        return "an empty text"
    return "a binary file" if pasted.binary else ""


def place_of_denials(text: ErrorText) -> Scope | None:
    """Return the scope of the deployment as far as the first denial shows it."""
    if not text.denials:
        return None
    first = text.denials[0]
    scope = first.holds[1] if first.holds else first.scope
    return None if scope is None or _MASK.search(scope) else Scope(scope)


def explain_error(text: ErrorText, name: str, background: Background) -> Explanation:
    """Explain what a text says; one without an Azure error keeps the kind `none`.

    Raises:
        AccessError: the evidence holds no role assignments.
        UsageError: a setting of the evidence cannot be understood.
    """
    catalog = load_catalog()
    denials = tuple(_explained(denial, background, catalog) for denial in text.denials)
    explanation = Explanation(
        version=__version__,
        catalogue=catalog.date,
        name=name,
        text=text,
        denials=denials,
        never=never(denial.kind for denial in text.denials),
        notes=tuple(_notes(text, background)),
    )
    if not text.denials:
        return explanation if text.kind is DenialKind.NONE else _failure(explanation)
    return (
        explanation
        if background.access is None
        else _decided(explanation, background.access, background)
    )


def _failure(explanation: Explanation) -> Explanation:
    found = failure_of(explanation.text)
    return replace(
        explanation,
        causes=found.causes,
        proves=found.proves,
        leaves_open=found.leaves_open,
        never=(found.never,) if found.never else (),
    )


def _explained(denial: Denial, background: Background, catalog: RuleCatalog) -> ExplainedDenial:
    known = replace(
        denial, data_action=denial.data_action or catalog.is_data_action(Action(denial.action))
    )
    form = form_of(denial.kind)
    asked = _asked(denial, background.derivation)
    notes = list(_missing(denial))
    if background.derivation is not None and asked is None:
        what = f"nothing in {background.derivation.source} asks for {denial.action}"
        gaps = len(background.derivation.gaps)
        gap = f" ({gaps} parts of it could not be looked into)" if gaps else ""
        notes.append(("not-in-source", f"{what} there{gap}: another step made the call"))
    return ExplainedDenial(
        denial=known,
        proves=form.proves,
        leaves_open=form.leaves_open,
        causes=possible_causes(known),
        source=asked.origins[0].place if asked and asked.origins else None,
        notes=tuple(notes),
    )


def _missing(denial: Denial) -> Iterator[tuple[str, str]]:
    """Yield what the text does not say and an answer would need."""
    if denial.scope is None:
        yield "scope-missing", "the text names no scope: it is cut, or the service does not say it"
    elif _MASK.search(denial.scope):
        yield "scope-masked", "parts of the scope are masked; they are taken as unknown"
    if denial.object_id is None and denial.client is None:
        yield "caller-missing", "the text names no caller"


def _notes(text: ErrorText, background: Background) -> Iterator[tuple[str, str]]:
    if text.cut:
        yield (
            "not-all-read",
            "the log holds more than was read: there may be further denials in it",
        )
    if text.denials and background.access is None:
        yield (
            "no-evidence",
            "what is certain needs evidence: add --access FILE (docs/how-to/access-snapshot.md)",
        )


# --- the template ---------------------------------------------------------------------------


def _asked(denial: Denial, derivation: Derivation | None) -> Requirement | None:
    """Return the requirement that asks for a denied action: at its scope, else of its kind.

    The name of a deployment changes on each run, so that a deployment's scope is compared
    without it; unknown parts of either scope may be anything.
    """
    if derivation is None:
        return None
    action = _action(denial)
    same = [row for row in derivation.requirements if row.action == action]
    if denial.scope is None:
        return same[0] if len({row.scope for row in same}) == 1 else None
    wanted = _scope(denial.scope)
    return next((row for row in same if _may_be(row.scope, wanted)), None)


def _may_be(one: Scope, other: Scope) -> bool:
    """Whether two scopes can be the same, segment by segment."""
    ours, theirs = _named(one), _named(other)
    return len(ours) == len(theirs) and all(
        a == b or "{" in a or "{" in b for a, b in zip(ours, theirs, strict=True)
    )


def _named(scope: Scope) -> tuple[str, ...]:
    head, found, _ = scope.folded.rpartition(_DEPLOYMENT)
    text = head + found + "{deployment}" if found else scope.folded
    return tuple(part for part in text.split("/") if part)


# --- the evidence ---------------------------------------------------------------------------


def _decided(
    explanation: Explanation, access: AccessSnapshot, background: Background
) -> Explanation:
    """Decide the denials again, caller by caller: what one caller lacks is one report."""
    rows = list(explanation.denials)
    reports: list[Report] = []
    groups: dict[PrincipalId, tuple[str, list[int]]] = {}
    for index, row in enumerate(explanation.denials[:MAX_DECIDED]):
        subject, remark = _subject(row.denial, access, background.settings)
        if remark:
            rows[index] = replace(row, notes=(*row.notes, remark))
        if subject is not None and row.denial.scope is not None:
            key = subject.principal.object_id
            groups.setdefault(key, (str(key), []))[1].append(index)
    for principal, indexes in groups.values():
        derivation = _asked_again([rows[i].denial for i in indexes], explanation, background)
        report = gate(derivation, access, replace(background.settings, principal=principal))
        reports.append(report)
        for index in indexes:
            rows[index] = _answered(rows[index], report, access)
    return replace(explanation, denials=tuple(rows), reports=tuple(reports))


def _subject(
    denial: Denial, access: AccessSnapshot, settings: GateSettings
) -> tuple[Subject | None, tuple[str, str] | None]:
    """Return for whom to decide, and a remark where that is not plainly the denied object ID.

    The object ID is that of the calling token and counts before the client's name.
    """
    named = next(
        (value for value in (denial.object_id, denial.client) if value and not _MASK.search(value)),
        None,
    )
    given = _resolved(access, settings.principal) if settings.principal else None
    denied = _resolved(access, named) if named else None
    if denied is not None:
        other = given is not None and given.principal.object_id != denied.principal.object_id
        label = denied.principal.display_name or "not listed in the evidence"
        if other and given is not None:
            return denied, (
                "another-principal",
                (
                    f"Azure denied {denied.principal.object_id} ({label}), not the principal "
                    f"given ({given.principal.object_id}): another identity made the call"
                ),
            )
        return denied, None
    fallback = given or _resolved(access, None)
    if fallback is None:
        return None, ("caller-unknown", "the caller is not known to the evidence: give --principal")
    return fallback, (
        "caller-assumed",
        (
            "the text does not name a caller that the evidence knows; decided for "
            f"{fallback.principal.display_name or fallback.principal.object_id}"
        ),
    )


def _resolved(access: AccessSnapshot, named: str | None) -> Subject | None:
    """Return a principal by any of its names; None where the evidence does not know it."""
    try:
        found = resolve_principal(access, named)
    except (AccessError, UsageError):
        return None
    return found if found.principal.object_id else None


def _asked_again(
    denials: Sequence[Denial], explanation: Explanation, background: Background
) -> Derivation:
    """Return one caller's denials as what a rollout would need."""
    requirements: dict[object, Requirement] = {}
    for denial in denials:
        requirement = _requirement(denial, background.derivation)
        requirements.setdefault(requirement.key, requirement)
    rows = tuple(requirements.values())
    return Derivation(
        source=explanation.name,
        scope=rows[0].scope,
        resources=(),
        requirements=rows,
        client="",
        catalogue=explanation.catalogue,
    )


def _requirement(denial: Denial, derivation: Derivation | None) -> Requirement:
    """Return the denied action as a requirement; the template adds places and attributes."""
    scope = _scope(denial.scope or "")
    asked = _asked(denial, derivation)
    return Requirement(
        action=_action(denial),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=_kind(denial),
        why="Azure denied it" if asked is None else asked.why,
        resource=scope,
        data_action=denial.data_action,
        origins=asked.origins if asked else (),
        attributes=asked.attributes if asked else None,
    )


def _kind(denial: Denial) -> RequirementKind:
    action = denial.action.lower()
    if denial.linked:
        return RequirementKind.LINK
    if action.endswith("/register/action"):
        return RequirementKind.REGISTER
    if action == "microsoft.authorization/roleassignments/write":
        return RequirementKind.ASSIGN_ROLE
    verbs: Mapping[str, RequirementKind] = {
        "read": RequirementKind.READ,
        "write": RequirementKind.WRITE,
        "delete": RequirementKind.DELETE,
    }
    return verbs.get(action.rpartition("/")[2], RequirementKind.OTHER)


def _action(denial: Denial) -> Action:
    """Return the action; a linked `/read` is that of the linked resource's own type."""
    if denial.action.startswith("/") and denial.scope:
        kind = _scope(denial.scope).resource_type or ""
        kind = kind.replace("Microsoft.Resources/resourceGroups", _GROUPS)
        return Action(f"{kind}{denial.action}")
    return Action(denial.action)


_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"


def _scope(text: str) -> Scope:
    """Return the scope as a scope: a masked part of a segment is an unknown one."""
    return Scope(_MASK.sub("{masked}", text))


def _answered(row: ExplainedDenial, report: Report, access: AccessSnapshot) -> ExplainedDenial:
    """Add what the evidence says about one denial."""
    key = _requirement(row.denial, None).key[:3]
    decided = next(r for r in report.rows if r.decision.requirement.key[:3] == key)
    finding = next((f for f in report.findings if f.id == decided.finding), None)
    causes = causes_of(row.denial, decided.decision, finding, access)
    return replace(row, causes=causes or row.causes, report=report, row=decided.id, finding=finding)
