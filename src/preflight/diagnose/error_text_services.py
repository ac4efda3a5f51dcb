"""Denials in the wordings of single services: Key Vault, Azure AI, service-side checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from preflight.diagnose.error_text_sentences import Found
from preflight.diagnose.error_text_subject import subject_before
from preflight.diagnose.error_text_values import OPERATION, joined, read_action
from preflight.model.explanation import Denial, DenialKind

_CALLER = re.compile(r"\bCaller:\s*(?=[\w.]+=)", re.IGNORECASE)
_PAIR = re.compile(
    r"\b(appid|oid)=([^;,'\" ]{1,200}?)(?=[;,'\"]|\s*\Z|\s+[A-Z][A-Za-z ]{0,30}:)", re.IGNORECASE
)
"""A pair ends before the next one or the next label: a bare break may be a frame's."""
_ACTION = re.compile(r"\bAction:\s*", re.IGNORECASE)
_RESOURCE = re.compile(
    r"\bResource:\s*(['\"`]{1,2})([^'\"`]{1,2000})(?:\1|['\"`]\s*Assignment\b)", re.IGNORECASE
)
"""Closed by its own quote: another may be that of the JSON around a message that was cut."""
_BLOCK = 3_000
"""Characters of a Key Vault message behind `Caller:`."""
_LACKS = re.compile(
    r"\black(?:s|ing)?\s+(?:the\s+)?(?:required\s+|necessary\s+|following\s+)*"
    r"(data\s*actions?|actions?|permissions?)(?:\(s\))?\s*:?\s*(?=['\"`\[]|Microsoft\.)",
    re.IGNORECASE,
)
_NO_RIGHT = re.compile(
    r"\b(?:(?:does|do|did)\s+not|(?:does|do|did)n't)\s+have\b(?!\s+authorization\b)", re.IGNORECASE
)
_NAMED = re.compile(
    rf"['\"`]?\b({OPERATION})['\"`]?\s+(?:permission|right|action)s?\b"
    rf"|\b(?:permission|right)s?\s*(?:\(s\)\s*)?(?:to\s+|for\s+|:\s*)?['\"`\[]?({OPERATION})\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\bmust\s+be\s+given\s+(?:certain\s+)?permissions?\s+(?:to\s+read\s+and\s+write\s+)?to\s+"
    r"(?:the\s+)?(?:resource|custom\s+private\s+dns\s+zone)\s+['\"`]?([^\s'\"`]{2,2000})['\"`]?\s+"
    r"Check\s+access\s+result\s+not\s+allowed\s+for\s+action\s+['\"`]?"
    rf"({OPERATION})",
    re.IGNORECASE,
)
"""AKS asks for its identity's rights before it begins (source: its troubleshooting pages)."""
_SENTENCES = 600
"""Characters behind `do not have` in which the permission is named."""


def service_sentences(text: str) -> Iterator[Found]:
    """Yield the denials of single services, form by form."""
    yield from _key_vault(text)
    yield from _lacks(text)
    yield from _no_right(text)
    yield from _must_be_given(text)


def _key_vault(text: str) -> Iterator[Found]:
    for caller in _CALLER.finditer(text):
        end = min(len(text), caller.end() + _BLOCK)
        following = _CALLER.search(text, caller.end(), end)
        block = text[caller.end() : following.start() if following else end]
        named = _ACTION.search(block)
        action = read_action(block, named.end()) if named else None
        if action is None or action.text is None:
            continue
        ids = (
            {
                key.lower(): value.replace("\n", "")
                for key, value in reversed(_PAIR.findall(block[: named.start()]))
            }
            if named
            else {}
        )
        resource = _RESOURCE.search(block, action.end)
        scope = joined(resource.group(2)) if resource else None
        yield Found(
            caller.start(),
            caller.end() + (resource.end() if resource else action.end),
            Denial(
                action=action.text,
                scope=scope if scope and len(scope) > 1 else None,
                client=ids.get("appid"),
                object_id=ids.get("oid"),
                kind=DenialKind.DATA_PLANE,
                data_action=True,
            ),
        )


def _lacks(text: str) -> Iterator[Found]:
    for match in _LACKS.finditer(text):
        action = read_action(text, match.end())
        if action.text is None:
            continue
        subject = subject_before(text, match.start())
        data = match.group(1).lower().startswith("data")
        kind = DenialKind.DATA_PLANE if data else DenialKind.AUTHORIZATION_FAILED
        yield Found(
            match.start(),
            action.end,
            Denial(
                action=action.text,
                scope=None,
                client=subject.client,
                object_id=subject.object_id,
                kind=kind,
                data_action=data,
            ),
        )


def _no_right(text: str) -> Iterator[Found]:
    """Yield what a service's own check names: `do not have … the X/y/write permission`."""
    for match in _NO_RIGHT.finditer(text):
        following = _NO_RIGHT.search(text, match.end(), match.end() + _SENTENCES)
        end = following.start() if following else match.end() + _SENTENCES
        if "perform action" in text[match.start() : match.start() + 120].replace("\n", " "):
            continue
        named = _NAMED.search(text, match.end(), end)
        if named is None:
            continue
        subject = subject_before(text, match.start())
        denial = Denial(
            action=named.group(1) or named.group(2),
            scope=None,
            client=subject.client,
            object_id=subject.object_id,
        )
        yield Found(match.start(), named.end(), denial)


def _must_be_given(text: str) -> Iterator[Found]:
    """Yield what AKS found missing: `must be given permissions to resource S. Check access …`."""
    for match in _GIVEN.finditer(text):
        scope = match.group(1).rstrip(".")
        denial = Denial(action=match.group(2), scope=scope if scope.startswith("/") else None)
        yield Found(match.start(), match.end(), denial)
