"""The sentences in which Azure refuses an action → denials with their place in the text.

Each wording turns on `perform action VALUE`: what stands before says whether the caller holds
the action, what stands behind names the scope. Source: messages that people pasted in public
(docs/how-to/explain.md lists the forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from preflight.diagnose.error_text_foreign import Sentence, inverted_sentences, unknown_languages
from preflight.diagnose.error_text_languages import SCOPE, refusals
from preflight.diagnose.error_text_subject import Subject, subject_before
from preflight.diagnose.error_text_values import (
    OPERATION,
    joined,
    paired,
    read_action,
    read_scope,
    split_actions,
    split_scopes,
)
from preflight.model.explanation import Denial, DenialKind

_PERFORM = re.compile(
    r"perform(?:ing)?\s+(?:the\s+|an?\s+|this\s+)?(?:following\s+)?(?:data\s+)?"
    r"(?:actions?(?:\(s\))?\s*:?\s*(?=['\"`\[<{*A-Za-z])"
    rf"|(?=['\"`]{OPERATION}['\"`]))",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:\b(?:does|do|did|is|are|was)\s+not\b|\b(?:doesn|don|didn|isn)'t\b|\black(?:s|ing)?\b"
    r"|\bwithout\b|\bcannot\b)[^'\"`;]{0,90}\Z",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\bha(?:s|ve)\b[^'\"`;]{0,60}\bconditions?\b[^'\"`;]{0,80}\Z", re.IGNORECASE
)
_HAS = re.compile(r"\bha(?:s|ve)\b[^'\"`;]{0,60}\Z", re.IGNORECASE)
_SCOPE = re.compile(
    r"\s*,?\s*(?:over|at|on|in|for|against)\s+(?:the\s+)?(?:'[0-9]{1,4}'\s+)?(linked\s+)?"
    r"(scope|resource)(?:s|\(s\))?\s*:?\s*"
    r"|\s*,?\s+(?:over|at|on)\s+(?=['\"`](?:\.{3}|\u2026)?/)",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"[^'\"`]{0,80}?\bblocked\s+by\s+(?:the\s+)?deny\s+assignments?\s+on\s+the\s+"
    r"(?:'[0-9]{1,4}'\s+)?linked\s+scope(?:s|\(s\))?\s*",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"['\"`\s;,.]{0,6}however,?\s+(?:the\s+)?access\s+is\s+denied\s+because\s+of\s+"
    r"(?:the\s+|an?\s+)?deny\s+assignment",
    re.IGNORECASE,
)
_DENY_NAME = re.compile(
    r"\s+with\s+name\s+['\"`](.{0,600}?)['\"`]\s+and\s+Id\s+['\"`]([^'\"`\n]{0,200})['\"`]"
    r"(?:\s+at\s+scope\s+['\"`]([^'\"`\n]{0,600})['\"`])?",
    re.IGNORECASE | re.DOTALL,
)
_BOILERPLATE = re.compile(r"\s*or\s+the\s+scope\s+is\s+invalid", re.IGNORECASE)
_ANOTHER = re.compile(r"\b(?:it|they)\s*\Z", re.IGNORECASE)
_ARM = ("/subscriptions/", "/providers/")
_BEFORE = 220
"""Characters before `perform` in which the verb of the sentence stands."""
_NEAR = 700
"""Characters between the two halves of a linked sentence, the first one's scope apart."""


class Found(NamedTuple):
    """A denial and where its sentence stands in the clean text."""

    at: int
    end: int
    denial: Denial


class _Event(NamedTuple):
    """One `perform action` with what stands around it."""

    at: int
    end: int
    holds: str
    actions: tuple[str, ...]
    scopes: tuple[str, ...]
    linked: bool
    data: bool
    """A service asks, about something of its own: the action is a data action."""
    subject: Subject


def denial_sentences(text: str) -> Iterator[Found]:
    """Yield the denials of every `perform action` sentence, in the order of the text."""
    last: _Event | None = None
    translated = [(match, True) for match in refusals(text)]
    turns = [*((match, False) for match in _PERFORM.finditer(text)), *translated]
    for match, refusal in sorted(turns, key=lambda turn: turn[0].start()):
        event = _event(text, match, last, refusal=refusal)
        if event is None:
            continue
        yield from _denials(text, event, last)
        last = event


def foreign_sentences(text: str, found: Iterable[Found]) -> Iterator[Found]:
    """Yield the denials that other sentences than those found state, whatever their language."""
    known = [(row.at, row.end) for row in found]
    for said in (*inverted_sentences(text), *unknown_languages(text)):
        if not any(at <= said.end and said.at <= end for at, end in known):
            known.append((said.at, said.end))
            yield Found(said.at, said.end, _foreign(said))


def _foreign(said: Sentence) -> Denial:
    client, object_id = said.subject
    return Denial(action=said.action, scope=said.scope, client=client, object_id=object_id)


def _event(text: str, match: re.Match[str], last: _Event | None, *, refusal: bool) -> _Event | None:
    """Return what an action and the words around it say; `refusal`: the match itself refuses."""
    action = read_action(text, match.end())
    if action.text is None:
        return None
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    holds, verb = ("not", len(before)) if refusal else _polarity(before)
    at = match.start() - len(before) + verb if holds else match.start()
    where = (SCOPE if refusal else _SCOPE).match(text, _behind(text, action.end))
    where = where or _SCOPE.match(text, _behind(text, action.end))
    scope = read_scope(text, where.end()) if where else None
    end = scope.end if scope else action.end
    if not holds and not _BOILERPLATE.match(text, _behind(text, end)):
        return None
    linked, resource = _said_of_scope(where)
    data = text[match.end()] == "[" or resource
    return _Event(
        at=at,
        end=end,
        holds=holds or "not",
        actions=split_actions(action.text),
        scopes=_scopes(scope.text if scope else None, linked=linked, data=data),
        linked=linked,
        data=data,
        subject=_subject(text, at, last),
    )


def _said_of_scope(where: re.Match[str] | None) -> tuple[bool, bool]:
    """Return whether the words before a scope call it linked, and whether a resource."""
    if where is None or where.re is not _SCOPE:
        return False, False
    return bool(where.group(1)), (where.group(2) or "").lower() == "resource"


def _scopes(value: str | None, *, linked: bool, data: bool) -> tuple[str, ...]:
    """Return the scopes of a sentence; what a service names relative to itself is none."""
    if value is None or (data and not value.lower().startswith(_ARM)):
        return ()
    return split_scopes(value) if linked else (value,)


def _behind(text: str, end: int) -> int:
    """Step over the closing quote of a value and a stray comma or bold mark."""
    while end < len(text) and text[end] in "'\"`]*":
        end += 1
    return end


def _polarity(before: str) -> tuple[str, int]:
    """Return whether the caller holds the action (`not`, `condition`, `has`) and where it says so.

    The verb that stands last counts: `…; however, it does not have permission to`.
    """
    denied, condition, has = (pattern.search(before) for pattern in (_NOT, _CONDITION, _HAS))
    if condition is not None:
        return "condition", condition.start()
    if denied is not None:
        return "not", denied.start()
    return ("has", has.start()) if has is not None else ("", 0)


def _subject(text: str, at: int, last: _Event | None) -> Subject:
    """Return who is meant; `it` is the subject of the sentence's first half."""
    if last is not None and at - last.end < _NEAR and _ANOTHER.search(text, max(0, at - 12), at):
        return last.subject
    return subject_before(text, at)


def _denials(text: str, event: _Event, last: _Event | None) -> Iterator[Found]:
    deny = _DENIED.match(text, event.end)
    if event.holds == "has":
        if deny is not None:
            yield from _each(event, _named(text, deny.end()))
        return
    base = Denial(
        action="",
        scope=None,
        kind=_kind(event),
        data_action=event.data,
        holds=_first_half(event, last) if event.linked else None,
        linked=event.linked,
    )
    if event.holds == "condition":
        base = replace(base, kind=DenialKind.CONDITION_NOT_MET)
    blocked = _BLOCKED.match(text, event.end)
    listed = read_scope(text, blocked.end()) if blocked else None
    if listed is not None and listed.text:
        if event.scopes:
            yield from _each(event, base)
        also = event._replace(scopes=split_scopes(listed.text), end=listed.end)
        yield from _each(also, replace(base, kind=DenialKind.DENY_ASSIGNMENT))
        return
    yield from _each(event, base)


def _kind(event: _Event) -> DenialKind:
    if event.data:
        return DenialKind.DATA_PLANE
    return DenialKind.LINKED if event.linked else DenialKind.AUTHORIZATION_FAILED


def _each(event: _Event, base: Denial) -> Iterator[Found]:
    """Yield one denial for each action and scope of a sentence."""
    for action, scope in paired(event.actions, event.scopes):
        denial = replace(
            base,
            action=action,
            scope=scope,
            client=event.subject.client,
            object_id=event.subject.object_id,
        )
        yield Found(event.at, event.end, denial)


def _named(text: str, at: int) -> Denial:
    """Return the deny form's base: which deny assignment, and where it sits."""
    match = _DENY_NAME.match(text, at)
    kind = DenialKind.DENY_ASSIGNMENT
    if match is None:
        return Denial(action="", scope=None, kind=kind)
    place = joined(match.group(3) or "")
    return Denial(
        action="",
        scope=None,
        kind=kind,
        blocked_by=" ".join(match.group(1).split()) or None,
        blocked_at=place,
    )


def _first_half(event: _Event, last: _Event | None) -> tuple[str, str] | None:
    """Return what a linked sentence says the caller holds."""
    if last is None or last.holds != "has" or event.at - last.end > _NEAR:
        return None
    return (last.actions[0], last.scopes[0]) if last.actions and last.scopes else None
