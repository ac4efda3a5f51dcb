"""Who was refused: the client and the object ID that stand before a verb."""

from __future__ import annotations

import re
from typing import NamedTuple

from preflight.diagnose.error_text_languages import CLIENT, OBJECT_ID
from preflight.diagnose.error_text_values import identity

_WINDOW = 600
"""Characters before the verb in which its subject stands."""
_OBJECT = re.compile(
    r"(?<![<'\"`\w-])\(?(?:(?:with\s+)?(?:the\s+)?\bobject[\s_-]*id|"
    + OBJECT_ID.replace(" ", r"\s+")
    + r")\b(?!\s*['\"`}\]>]\s*(?:['\"`]\s*)?\Z)(?!\s*[}>])\s*[:=]?\s*",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"(?<![<\[{/@.\w-])(client|user|principal|service\s+principal|identity|caller|application|"
    rf"{CLIENT})(?![\w@.'\"`>}}\]-]|\s+(?:\w+\s)?(?:id|name)[>}}])(?:\s+(?:id|named|name))?\s*[:=]?\s*(?=\S)",
    re.IGNORECASE,
)
_LONGEST = 300
"""Characters of a name."""
_OBJECT_NOUNS = ("principal", "identity", "caller")
_NAME_OPENS = ("'", '"', "`", "[", "<", "*", "{", "#")
_BARE = re.compile(r"(?=\S*[0-9@:#*_]|[xX]{3}|[A-Z]{4})[^\s'\"`;,()]{2,200}\s*\Z")
"""One word without quotes that is no word of a sentence: an ID, an address, a mask."""


class Subject(NamedTuple):
    """Client and object ID as they stand in the text; None where they do not."""

    client: str | None
    object_id: str | None


def subject_before(text: str, at: int) -> Subject:
    """Return the subject whose words end where the verb begins; nobody where none does."""
    window = text[max(0, at - _WINDOW) : at]
    named = _last(_OBJECT, window)
    if named is None:
        return _by_noun(window)
    value = window[named.end() :]
    if _goes_on(value.rstrip()[:-1]):
        return Subject(None, None)
    return Subject(_client(window[: named.start()]), _whole(value))


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def _whole(text: str) -> str | None:
    """Return a value that is all of the text; None where other words follow it."""
    value = identity(text)
    return value if value and len(value) <= _LONGEST and not _goes_on(value) else None


def _goes_on(value: str) -> bool:
    """Whether a quote inside shows that this is more than one value."""
    return any(f"{quote} " in value.lstrip("'\" ") for quote in "'\"`]")


def _client(before: str) -> str | None:
    noun = _last(_NOUN, before)
    return _whole(before[noun.end() :]) if noun else None


def _by_noun(window: str) -> Subject:
    """Return a subject without `with object id`: a principal's one value is its object ID."""
    noun = _last(_NOUN, window)
    if noun is None or not (
        window[noun.end() :].startswith(_NAME_OPENS) or _BARE.match(window, noun.end())
    ):
        return Subject(None, None)
    value = _whole(window[noun.end() :])
    if noun.group(1).lower().endswith(_OBJECT_NOUNS):
        return Subject(None, value)
    return Subject(value, None)
