"""`--detail public`: a report without other people's names and IDs, before any format sees it.

No format hides anything itself. It renders what `shown` returns: for `team` the report, for
`public` a copy in which

- other principals, assignment IDs and group names are gone from the structure,
- every text that is left, whatever field it stands in, has the words of `Report.private`
  replaced by `hidden-1`, `hidden-2` …: titles, commands, errors in Azure's words, scopes.

Names are not looked for in IDs, actions and file names: a managed identity's name is also the
name of a resource that the template itself declares.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from preflight.model.access import (
    EVERYONE,
    ActiveSchedule,
    DenyAssignment,
    Principal,
    PrincipalId,
    RoleAssignment,
    RoleEligibility,
    principal_id,
)
from preflight.model.advice import Recommendation
from preflight.model.diagnosis import Holding
from preflight.model.naming import one_line
from preflight.model.outcome import Detail
from preflight.model.plan import PlannedResource
from preflight.model.private import Private, last_segment
from preflight.model.report import Report, Subject
from preflight.model.requirement import Requirement
from preflight.model.scope import PLACEHOLDER
from preflight.model.verification import TakeAway, Verification
from preflight.report.text import ELLIPSIS
from preflight.report.walk import Walker

_T = TypeVar("_T")
Reports: TypeAlias = "Report | Sequence[Report]"
"""One report or several, in the order of the sources."""

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_LETTER = re.compile(r"\w")
_LONGEST = 200
"""Characters of a name that other stages print."""
_NOBODY = PrincipalId("")
_DIRECT = "direct"
"""`Holding.via` of an assignment to the principal itself."""
_ANOTHER = "another principal"
_GROUP = "group"


def shown(reports: Reports, detail: Detail) -> tuple[Report, ...]:
    """Return what reports with this detail may show."""
    many = (reports,) if isinstance(reports, Report) else tuple(reports)
    return many if detail is Detail.TEAM else tuple(_public(report, report) for report in many)


def shown_verification(verification: Verification, detail: Detail) -> Verification:
    """Return what a verification with this detail may show."""
    return verification if detail is Detail.TEAM else _public(verification.report, verification)


def _public(report: Report, whole: _T) -> _T:
    """Return something that a report is, or is a part of, without what is private."""
    subject = report.subject.principal if report.subject else Principal(object_id=PrincipalId(""))
    found = _Finder(subject)
    found.walk(whole)
    private = _joined(report, found, subject)
    return _Redactor(subject, private, _Words(private, found.said, found.named)).walk(whole)


def _joined(report: Report, found: _Finder, subject: Principal) -> Private:
    """Join what `api` said is private with what the report itself shows of others."""
    ids = {name.lower() for name in (*report.private.ids, *found.ids)}
    ids -= {"", EVERYONE, *_ids_of(subject)}
    of_ids = {name for key, name in report.names.items() if key.lower() in ids}
    names = {*report.private.names, *found.names, *of_ids}
    # Other stages print names on one line, at most so many characters.
    names |= {one_line(name) for name in names}
    own = {subject.display_name or "", one_line(subject.display_name or "")}
    return Private(
        ids=frozenset(ids), names=frozenset(name for name in names - own if name.strip())
    )


def _ids_of(principal: Principal) -> Iterator[str]:
    yield principal.object_id
    if principal.app_id:
        yield principal.app_id.lower()


class _Words:
    """Replaces private words in text. Only those that occur are looked for."""

    def __init__(self, private: Private, prose: Iterable[str], identifiers: Iterable[str]) -> None:
        said = "\n".join(prose).lower()
        everything = "\n".join([said, *identifiers]).lower()
        names = [word for word in private.names if word.lower() in said]
        guids = set(_GUID.findall(everything))
        ids = [
            word
            for word in private.ids
            if word in guids or (not _GUID.fullmatch(word) and word in everything)
        ]
        self._masks: dict[str, str] = {}
        self._ids = _any_of(ids)
        self._all = _any_of([*ids, *names])
        self._sorted = sorted(name.lower() for name in private.names)

    def without_ids(self, text: str) -> str:
        """Return text without private IDs."""
        return self._ids.sub(self._mask, text) if self._ids else text

    def without_names(self, text: str) -> str:
        """Return text without private IDs and names."""
        clean = self._all.sub(self._mask, text) if self._all else text
        return self._without_tail(clean) if clean.endswith(ELLIPSIS) else clean

    def _without_tail(self, text: str) -> str:
        """Hide the beginning of a name at which another stage cut a text off."""
        folded = text[:-1].lower()
        for start in range(max(0, len(folded) - _LONGEST), len(folded) - 2):
            tail = folded[start:]
            at = bisect_left(self._sorted, tail)
            if at < len(self._sorted) and self._sorted[at].startswith(tail):
                return f"{text[:start]}hidden{ELLIPSIS}"
        return text

    def _mask(self, match: re.Match[str]) -> str:
        """Number words as they are met: the same word is the same number all through."""
        return self._masks.setdefault(match.group().lower(), f"hidden-{len(self._masks) + 1}")


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the words, longest first, standing by itself."""
    pieces = [_alone(word) for word in sorted(words, key=lambda word: (-len(word), word))]
    return re.compile("|".join(pieces), re.IGNORECASE) if pieces else None


def _alone(word: str) -> str:
    """Return a pattern: where a word begins or ends in a letter, no other letter touches it."""
    before = r"(?<!\w)" if _LETTER.match(word[0]) else ""
    after = r"(?!\w)" if _LETTER.match(word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"


class _Finder(Walker):
    """Collects every text, and what the structure shows of others."""

    def __init__(self, subject: Principal) -> None:
        super().__init__()
        self._subject = subject
        self.said: set[str] = set()
        self.named: set[str] = set()
        self.ids: set[str] = set()
        self.names: set[str] = set()

    def prose(self, text: str) -> str:
        self.said.add(text)
        return text

    def identifier(self, text: str) -> str:
        self.named.add(text)
        return text

    def special(self, item: object) -> object:
        match item:
            case RoleAssignment() | RoleEligibility() | ActiveSchedule():
                self.ids |= {item.principal, last_segment(item.id)}
            case DenyAssignment():
                self.ids |= {last_segment(item.id), *item.principals, *item.excluded}
            case Principal():
                self._principal(item)
            case Holding(via=via) | TakeAway(via=via) if via != _DIRECT:
                self.names.add(via)
            case Requirement(attributes={"principalId": str(value)}):
                self.ids |= set() if PLACEHOLDER.fullmatch(value) else {value}
            case Recommendation(principal=str(value)):
                self.ids.add(value)
            case Subject(read_by=str(reader)):
                self.names.add(reader)
            case _:
                pass
        return item

    def _principal(self, item: Principal) -> None:
        self.ids |= (item.member_of or frozenset()) | item.unknown_groups
        if item.object_id != self._subject.object_id:
            self.ids |= set(_ids_of(item))
            self.names.add(item.display_name or "")


class _Redactor(Walker):
    """Replaces what is private."""

    def __init__(self, subject: Principal, private: Private, words: _Words) -> None:
        super().__init__()
        self._subject = subject
        self._private = private
        self._words = words

    def prose(self, text: str) -> str:
        return self._words.without_names(text)

    def identifier(self, text: str) -> str:
        return self._words.without_ids(text)

    def special(self, item: object) -> object:
        result = item
        match item:
            case RoleAssignment() | RoleEligibility() | ActiveSchedule():
                own = self._own(item.principal)
                result = replace(item, id="", principal=item.principal if own else _NOBODY)
            case DenyAssignment():
                result = self._deny(item)
            case Principal():
                result = self._principal(item)
            case Holding(via=via) | TakeAway(via=via) if via != _DIRECT:
                result = replace(item, via=_GROUP)
            case Requirement(attributes=attributes) if attributes:
                result = replace(item, attributes=self._attributes(attributes))
            case Recommendation(principal=str(value)) if not self._own(value):
                result = replace(item, principal=None)
            case PlannedResource():
                result = replace(item, body={}, calls=())
            case Subject(read_by=str()):
                result = replace(item, read_by=_ANOTHER)
            case Report():
                result = replace(item, names=self._names(item.names), private=Private())
            case _:
                pass
        return result

    def _own(self, object_id: str) -> bool:
        return principal_id(object_id) == self._subject.object_id

    def _attributes(self, attributes: Mapping[str, str]) -> dict[str, str]:
        known = dict(attributes)
        value = known.get("principalId", "")
        if value and not self._own(value) and not PLACEHOLDER.fullmatch(value):
            known["principalId"] = "{" + self.identifier(value) + "}"
        return known

    def _deny(self, item: DenyAssignment) -> DenyAssignment:
        own = frozenset({EVERYONE, self._subject.object_id})
        return replace(
            item,
            id="",
            name=self.prose(item.name),
            principals=item.principals & own,
            excluded=item.excluded & own,
            group_principals=frozenset(),
            group_excluded=frozenset(),
        )

    def _principal(self, item: Principal) -> Principal:
        if self._own(item.object_id):
            return replace(item, member_of=None, unknown_groups=frozenset())
        return Principal(object_id=_NOBODY, type=item.type)

    def _names(self, names: Mapping[str, str]) -> dict[str, str]:
        return {key: name for key, name in names.items() if key.lower() not in self._private.ids}
