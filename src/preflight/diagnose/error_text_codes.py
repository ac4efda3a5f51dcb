"""Words in a code position: `"code": "X"`, `Code: X`, `(X) message`, `with error: X: message`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from preflight.diagnose.error_text_kinds import CODE_KINDS, WRAPPERS, is_own


class Code(NamedTuple):
    """A code and where it stands in the clean text."""

    at: int
    text: str


_LABEL = re.compile(
    r"(?<![\w.-])(?<!status )(?<!Status )(?<!exit )(?<!Exit )(?<!rpc error: )(?<!return )"
    r"(?:inner\s+)?(?:error[\s_]?)?code\b(['\"]{0,2})\s{0,20}[:=]\s{0,20}(['\"(\[]{0,2})"
    r"([A-Za-z][A-Za-z0-9_]{1,80})(?![\w:/@-]|\.\w)",
    re.IGNORECASE,
)
_TYPE = re.compile(
    r"\b(?:error\s+type|azure\s+error|inner\s*error)\s{0,20}[:=]\s{0,20}['\"]?"
    r"([A-Za-z][A-Za-z0-9_]{1,80})(?=['\"\s,;.)]|$)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\bx-ms-error-code['\"]?\s{0,20}[:=]\s{0,20}\[?['\"]?([A-Za-z][A-Za-z0-9_]{1,80})",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"^(?:error\s*)?code\s{0,9}[|\n]\s{0,9}([A-Za-z][A-Za-z0-9_]{1,80})\s{0,9}(?:\||$)",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"\bStatus:\s*\"(\w{3,80})\"\s*\n\s*Code:\s*\"\"")
_NAMED = re.compile(
    r"(?:(?<!status )(?<!Status )(?<!exit )\b[Cc]ode|C\u00f3digo|c\u00f3digo|Codice|Kod"
    r"|\u30b3\u30fc\u30c9|\u4ee3\u78bc|\u4ee3\u7801|\ucf54\ub4dc)"
    r"\s{0,3}[:\u4e3a\u70ba]?\s{0,3}['\"(]?([A-Z][A-Za-z0-9]{3,60})['\")]"
)
"""A code without a colon, or behind the word of another language."""
_DASHED = re.compile(r"\s[-\u2013\u2014]\s([A-Z][A-Za-z0-9]{2,60})(?=\s?:\s)")
_INSIDE = re.compile(
    r"(?<=[\s\"'`=(\[>*])([A-Z][A-Za-z0-9]{5,60})(?=\s?:\s)"
    r"|\|\s?([A-Z][A-Za-z0-9]{5,60})\s?\||\"([A-Z][A-Za-z0-9]{5,60})\"(?=,\s?\")"
)
"""Inside a line, where a message begins, or alone in a cell of a table."""
_XML = re.compile(r"<Code>\s*([A-Za-z]\w{1,80})\s*</Code>", re.IGNORECASE)
_WORD = r"([A-Z][A-Za-z0-9]{2,60}(?:_[A-Z][A-Za-z0-9]{2,60})?)"
_PAREN = re.compile(rf"(?:^|[:>\]\"'`]\s?|\bERROR\s)\({_WORD}\)\s+(?=[^\s:])", re.MULTILINE)
_LEAD = re.compile(
    r"(?:^|[\s\"'`({>.:]|(?<=[a-z])(?=-Az))(?:with|(?:[Ee]rror|ERROR|[Ff]ailed|FAILED|[Mm]essage|[Rr]eason"
    r"|\w*Exception|\w+Error|[Ii]nformation|details|Details"
    r"|-Az\w+)['\"]?(?:\s?:|=|\s-)?(?:\s->)?)\s{1,3}['\"`]?"
    rf"{_WORD}(?=\s?:\s|:$|['\"`]?\s*$|['\"`]\s|\s[-\u2013\u2014]\s)",
    re.MULTILINE,
)
_START = re.compile(rf"^['\"`]?{_WORD}(?=\s?:\s|\s[-\u2013\u2014]\s)", re.MULTILINE)
_QUALIFIED = re.compile(r"\bFullyQualifiedErrorId\s*:\s*([A-Za-z]\w{2,80}),")
_ENTRA = re.compile(r"\bAADSTS[0-9]{4,9}\b")
_SHAPE = re.compile(
    r"[A-Z][a-z0-9]+\w*(?:Failed|Failure|NotFound|Denied|Exists|Exceeded|NotPermitted|Mismatch"
    r"|NotRegistered|DisallowedByPolicy|Locked|NotAllowed|NotSupported|Reached|NotAvailable"
    r"|Conflict|TimedOut)"
)
_NO_CODES = frozenset(
    {
        "error", "errors", "exception", "null", "none", "undefined", "unknown", "ok", "success",
        "succeeded", "accepted", "created", "running", "true", "false", "string", "integer",
        "number", "message", "value", "type", "code", "status", "the",
    }
)  # fmt: skip
_EXCEPTION = re.compile(r".*(?:Error|Exception)", re.DOTALL)


def find_codes(text: str, markup: str) -> tuple[Code, ...]:
    """Return every code in the order of the text, each place once.

    `text` is clean; `markup` is the text before, for codes that stand in XML.
    """
    found: dict[int, str] = {}
    for code in (*_labelled(text), *_typed(text), *_implied(text)):
        found.setdefault(code.at, code.text)
    for match in _ENTRA.finditer(text):
        found.setdefault(match.start(), match.group())
    if "<" in markup:
        for match in _XML.finditer(markup):
            found.setdefault(min(match.start(1), len(text)), match.group(1))
    return tuple(Code(at, found[at]) for at in sorted(found))


def _labelled(text: str) -> Iterator[Code]:
    for match in _LABEL.finditer(text):
        word = match.group(3).rstrip("_")
        quoted = bool(match.group(2))
        named = word.lower() not in _NO_CODES or (quoted and word == "Unknown")
        if named and (quoted or word[0].isupper()):
            yield Code(match.start(3), word)


def _typed(text: str) -> Iterator[Code]:
    """Yield codes behind labels that do not always hold one: an exception's name is none."""
    for pattern in (_HEADER, _TYPE, _TABLE, _STATUS, _QUALIFIED):
        for match in pattern.finditer(text):
            word = match.group(1)
            if is_known(word) or (
                pattern is not _QUALIFIED and _capitals(word) > 1 and not _EXCEPTION.fullmatch(word)
            ):
                yield Code(match.start(1), word)


def _implied(text: str) -> Iterator[Code]:
    """Yield words that stand where a message begins, if they look like a code."""
    for pattern, is_code in _PLACES:
        for match in pattern.finditer(text):
            group = match.lastindex or 1
            if is_code(match.group(group)):
                yield Code(match.start(group), match.group(group))


def _capitals(word: str) -> int:
    return sum(char.isupper() for char in word)


def is_known(word: str) -> bool:
    """Whether a word is a code of Azure that we know."""
    return word in CODE_KINDS or word in WRAPPERS


def _is_named(word: str) -> bool:
    """In parentheses: any word that is not an exception's name."""
    return is_known(word) or (_capitals(word) > 1 and not _EXCEPTION.fullmatch(word))


def _is_shaped(word: str) -> bool:
    """Where prose stands too: a word that is known, or ends as codes do."""
    return _capitals(word) > 1 and (is_known(word) or _SHAPE.fullmatch(word) is not None)


def _is_leading(word: str) -> bool:
    """Where anything may begin a line: a word that is known."""
    return _capitals(word) > 1 and is_known(word)


_PLACES: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_PAREN, _is_named),
    (_LEAD, _is_shaped),
    (_NAMED, _is_shaped),
    (_DASHED, _is_shaped),
    (_INSIDE, is_own),
    (_START, _is_leading),
)
"""Where a code stands, and what a word there has to be."""
