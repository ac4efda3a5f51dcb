"""An error text that Azure returned → its codes, the cause that it states, the denials in it.

Pure and linear: text in, `ErrorText` out, nothing decided. What the text does not give stays
None; nothing is ever invented. Source of the wordings: messages that people pasted in public.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from preflight.diagnose.error_text_clean import clean, glued, with_breaks, without_breaks
from preflight.diagnose.error_text_codes import Code, find_codes
from preflight.diagnose.error_text_ids import correlation_id, facts, request_id, tenant_id
from preflight.diagnose.error_text_kinds import (
    CODE_KINDS,
    first_phrase,
    is_azure,
    is_bare_refusal,
    looks_like,
)
from preflight.diagnose.error_text_sentences import Found, denial_sentences, foreign_sentences
from preflight.diagnose.error_text_services import service_sentences
from preflight.model.explanation import Denial, DenialKind, ErrorText

MAX_DENIALS = 1_000
"""Different denials of one text that are kept."""
_SHORT = 100_000
"""Characters of a text that is read once more as if it were one line."""
_CODE_NEAR = 400
"""Characters between a code and the sentence it belongs to."""


@dataclass(slots=True)
class _Gathered:
    """What the pieces of a text have said so far."""

    codes: dict[str, None] = field(default_factory=dict)
    denials: dict[tuple[str, str | None, str | None, str | None], Denial] = field(
        default_factory=dict
    )
    phrase: DenialKind | None = None
    facts: dict[tuple[str, str], None] = field(default_factory=dict)
    correlation_id: str | None = None
    request_id: str | None = None
    tenant_id: str | None = None
    azure: bool = False
    refused: bool = False
    looks_like: str = ""
    cut: bool = False


def read_error_text(pieces: Iterable[str]) -> ErrorText:
    """Read a text that is given in pieces; a sentence never spans two of them.

    Denials come in order of first appearance, each once; one that is a cut copy of another is
    left out. Past `MAX_DENIALS` different ones `cut` is set.
    """
    gathered = _Gathered()
    for piece in pieces:
        _gather(gathered, piece)
    return _result(gathered)


def _gather(into: _Gathered, piece: str) -> None:
    text = clean(piece)
    codes = find_codes(text, piece)
    found = _sentences(text, piece)
    for row in sorted(_without_twins(found), key=lambda row: row.at):
        denial = _coded(row, codes)
        if len(into.denials) < MAX_DENIALS or denial.key in into.denials:
            into.denials.setdefault(denial.key, denial)
        else:
            into.cut = True
    stated = first_phrase(text) or _broken_phrase(piece, known=bool(found or codes))
    into.phrase = into.phrase or stated
    into.refused = into.refused or is_bare_refusal(text)
    into.azure = into.azure or (bool(codes) and is_azure(text, [code.text for code in codes]))
    into.codes.update(dict.fromkeys(code.text for code in codes))
    into.facts.update(dict.fromkeys(facts(text)))
    into.correlation_id = into.correlation_id or correlation_id(text)
    into.request_id = into.request_id or request_id(text)
    into.tenant_id = into.tenant_id or tenant_id(text)
    if not (into.azure or into.denials or into.phrase):
        into.looks_like = into.looks_like or looks_like(text)


def _broken_phrase(piece: str, *, known: bool) -> DenialKind | None:
    """Look for a telling phrase in which a terminal broke a word, where nothing else was told."""
    return first_phrase(glued(piece)) if not known and len(piece) < _SHORT else None


def _sentences(text: str, piece: str) -> list[Found]:
    """Return the denials; of what lacks a part, those of the reading that says the most.

    A terminal's copy breaks a line at its last column, whatever stands there, and what was
    broken may have been escaped since.
    """
    found = [*denial_sentences(text), *service_sentences(text)]
    found += foreign_sentences(text, found)
    if _told(found) == (len(found), len(found)) and len(_BROKEN.findall(text)) <= len(found):
        return found
    best, others = found, list[Found]()
    for reading in _other_readings(text, piece):
        again = [_without_blanks(row) for row in denial_sentences(reading)]
        others += again if _told(again) <= _told(best) else best
        best = again if _told(again) > _told(best) else best
    return [*best, *_only_there(others, best)]


def _only_there(others: Iterable[Found], best: Sequence[Found]) -> Iterator[Found]:
    """Yield what other readings of the text say of an action at a scope that the best lacks."""
    known = {(row.denial.action, row.denial.scope) for row in best}
    for row in others:
        asked = (row.denial.action, row.denial.scope)
        if row.denial.scope is not None and row.denial.object_id is not None and asked not in known:
            known.add(asked)
            yield row


def _told(found: Sequence[Found]) -> tuple[int, int]:
    """Count the scopes and the object IDs that were read."""
    return (
        sum(row.denial.scope is not None for row in found),
        sum(row.denial.object_id is not None for row in found),
    )


def _other_readings(text: str, piece: str) -> Iterator[str]:
    if "\\" in text:
        yield without_breaks(text)
        yield glued(with_breaks(piece))
    if "\n" in text:
        yield glued(piece)


def _without_blanks(row: Found) -> Found:
    """Drop values with blanks: where lines were put together, words of a log may stand in them."""
    said = row.denial
    scope, client, caller = (
        None if value and " " in value else value
        for value in (said.scope, said.client, said.object_id)
    )
    return row._replace(denial=replace(said, scope=scope, client=client, object_id=caller))


_BROKEN = re.compile(
    r"p{0}e{0}r{0}f{0}o{0}r{0}m(?:\s|\\+[rn])+a{0}c{0}t{0}i{0}o{0}n".format(r"(?:\s|\\+[rn])?")
)


def _without_twins(found: Sequence[Found]) -> list[Found]:
    """Drop what a service's wording finds inside a sentence that was read already."""
    kept: list[Found] = []
    for row in found:
        inside = any(
            other.at <= row.at < other.end and other.denial.action == row.denial.action
            for other in kept[-3:]
        )
        if not inside or row.denial.scope is not None:
            kept.append(row)
    return kept


def _coded(row: Found, codes: Sequence[Code]) -> Denial:
    """Let the code beside a sentence say what the sentence leaves open: a linked check."""
    own = _own_code(row, codes)
    cut = own == "LinkedAuthorizationFailed" and row.denial.kind is DenialKind.AUTHORIZATION_FAILED
    if cut or own == "LinkedAccessCheckFailed":
        return replace(row.denial, linked=True, kind=DenialKind.LINKED)
    if own == "AuthorizationFailed" and row.denial.kind is DenialKind.DATA_PLANE:
        return replace(row.denial, data_action=False, kind=DenialKind.AUTHORIZATION_FAILED)
    return row.denial


def _own_code(row: Found, codes: Sequence[Code]) -> str | None:
    """Return the code of a sentence: the last one shortly before it, else the first behind it."""
    first = bisect_left(codes, row.at, key=lambda code: code.at)
    if first and codes[first - 1].at >= row.at - _CODE_NEAR:
        return codes[first - 1].text
    behind = bisect_left(codes, row.end, key=lambda code: code.at)
    near = behind < len(codes) and codes[behind].at < row.end + _CODE_NEAR
    return codes[behind].text if near else None


def _result(gathered: _Gathered) -> ErrorText:
    denials = _whole(tuple(gathered.denials.values()))
    kind = _kind(gathered, denials)
    if kind is DenialKind.NONE:
        return ErrorText(looks_like=gathered.looks_like, correlation_id=gathered.correlation_id)
    return ErrorText(
        codes=tuple(gathered.codes),
        kind=kind,
        denials=denials,
        correlation_id=gathered.correlation_id,
        request_id=gathered.request_id,
        tenant_id=gathered.tenant_id,
        facts=tuple(gathered.facts),
        cut=gathered.cut,
    )


def _whole(denials: Sequence[Denial]) -> tuple[Denial, ...]:
    """Drop denials that are cut copies of a whole one: same action and caller, no scope."""
    whole = {(d.action, d.client, d.object_id) for d in denials if d.scope is not None}
    return tuple(
        d for d in denials if d.scope is not None or (d.action, d.client, d.object_id) not in whole
    )


def _kind(gathered: _Gathered, denials: Sequence[Denial]) -> DenialKind:
    """Return the stated cause: of the first denial, else the first phrase, else the first code."""
    if denials:
        return denials[0].kind
    if gathered.phrase is not None:
        return gathered.phrase
    if not gathered.codes or not gathered.azure:
        return DenialKind.AUTHORIZATION_FAILED if gathered.refused else DenialKind.NONE
    stated = [CODE_KINDS[code] for code in gathered.codes if code in CODE_KINDS]
    told = [kind for kind in stated if kind is not DenialKind.OTHER]
    return told[0] if told else DenialKind.OTHER
