"""Values inside a sentence: quoted, half quoted or bare; actions, scopes, lists of them."""

from __future__ import annotations

import re
from typing import NamedTuple

from preflight.diagnose.error_text_clean import with_breaks

LONGEST = 8_000
"""Characters of one value (a list of linked scopes) that are looked at."""

_OPEN = re.compile(r"(?:\*\*)?(['\"]{1,2}|`|\[)(?:\*\*(?=[A-Za-z/<{]))?")
_ACTION = re.compile(r"[^\s'\"`\[\]();]{1,2000}")
_AFTER_ACTION = re.compile(r"\s+(?:over|at|on|in|for)\s")
_ENDS = re.compile(r"(?:\*\*)?(?:['\"`\]]|\s*\.{3})")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_STOP = re.compile(
    r"\s+or\s+(?:the\s+)?(?:linked\s+)?scope|\s*\(respectively\)|\s*[;,]\s*however|"
    r"\.?\s+If\s+access\s+was|\.?\s+For\s+details|\s+and\s+is\s+blocked|\s+because\s+of",
    re.IGNORECASE,
)
_VERBS = ("/read", "/write", "/delete", "/action")
_CLOSED_BY = {"'": "'", '"': '"', "`": "`", "[": "]", "''": "''", '""': '""', "'\"": "\"'",
              "\"'": "'\""}  # fmt: skip
_DELIMITERS = frozenset(" \n.,;:)]}<\\\"'|*_")
_UNCLOSED = re.compile(r"[^\s'\"`]{1,2000}")
_BARE = re.compile(r"[/<{*][^\s'\"`]{0,2000}")


_RUNS_ON = re.compile(
    r"\s['\"`]\S|\b(?:The|with)\s(?:client|object\sid)\b|=\"|&(?:#[0-9xX]|amp;|quot;|apos;|lt;|gt;)"
    r"|'(?:or|with|over|at|on|has|does)\b"
)
"""Other text inside a value: the next sentence, a log's own words, markup that was cut in two."""
_BLANK = re.compile(r"[^\S\n]")
_GUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")


class Value(NamedTuple):
    """What was read, and where it ends; `text` is None where there is nothing or it is cut."""

    text: str | None
    end: int


def read_action(text: str, at: int) -> Value:
    """Read an action, or a comma-joined list of them: a run without blanks.

    One whose quote is not closed is cut, unless the sentence plainly goes on behind it. Without
    any quote it has to end like an action.
    """
    opened = _OPEN.match(text, at)
    start = opened.end() if opened else at
    run = _ACTION.match(text, start)
    if run is None:
        return Value(None, start)
    value, end = with_breaks(run.group()).replace("\n", ""), run.end()
    closes = bool(opened) and _ENDS.match(text, end) is not None and not _cut(value, text, end)
    goes_on = _AFTER_ACTION.match(text, end) is not None
    bare = value.rstrip(".,:")
    if not closes and not goes_on and not (opened is None and bare.lower().endswith(_VERBS)):
        return Value(None, end)
    value = _not_bold(bare if not closes else value)
    plausible = ("/" in value and "=" not in value) or _masked(value)
    return Value(value if plausible else None, end)


def _cut(value: str, text: str, end: int) -> bool:
    """Whether an ellipsis stands where the closing quote should be."""
    return value.endswith("...") or text.startswith("...", end)


def _masked(value: str) -> bool:
    return "*" in value or value.startswith(("<", "{"))


def read_scope(text: str, at: int) -> Value:
    """Read a scope, or a comma-joined list: quoted up to its quote, else up to what follows.

    A scope that is cut (no quote and no end of a sentence behind it) is None.
    """
    opened = _OPEN.match(text, at)
    if opened is None:
        return _bare_scope(text, at)
    mark, start = opened.group(1), opened.end()
    if len(mark) == 2 and _is_empty(text, start):  # noqa: PLR2004 - '' is an empty value
        return Value(None, start)
    close = _closing(text, start, mark)
    stop = _STOP.search(text, start, start + LONGEST if close is None else close)
    if stop is not None:
        value = text[start : stop.start()].rstrip("'\"`]")
        return Value(joined(value), stop.start())
    if close is not None:
        return Value(joined(text[start:close]), close + len(mark))
    return _unclosed(text, start)


def _is_empty(text: str, start: int) -> bool:
    return start >= len(text) or text[start] in _DELIMITERS


def _closing(text: str, start: int, mark: str) -> int | None:
    """Return where the value's quote closes: one that is followed by the end of a word."""
    quote = _CLOSED_BY.get(mark, mark)
    at = text.find(quote, start, start + LONGEST)
    while at >= 0:
        behind = at + len(quote)
        if behind >= len(text) or text[behind] in _DELIMITERS:
            return at
        at = text.find(quote, behind, start + LONGEST)
    return None


def _unclosed(text: str, start: int) -> Value:
    """Read a scope that lost its closing quote: only the end of a sentence shows it whole."""
    run = _UNCLOSED.match(text, start)
    if run is None:
        return Value(None, start)
    value = run.group()
    if value.endswith(".") and not value.endswith("..."):
        return Value(joined(value.rstrip(".")), run.end())
    return Value(None, run.end())


def _bare_scope(text: str, at: int) -> Value:
    """Read a scope without quotes: it begins like an ID or a placeholder."""
    run = _BARE.match(text, at)
    if run is None:
        return Value(None, at)
    value = run.group().rstrip(".,;:)")
    return Value(joined(value) if value else None, run.end())


def joined(value: str) -> str | None:
    """Return a value without the line breaks of a narrow frame; None where it is not whole.

    Where it was cut, or every line has words of a log before it, other text stands inside.
    """
    value = with_breaks(value).strip()
    if _RUNS_ON.search(value) or ("\n" in value and _BLANK.search(value)):
        return None
    whole = value.replace("\n", "").strip("'`").strip()
    return _not_bold(whole) or None


def identity(value: str) -> str | None:
    """Return a client or object ID as it stands, without its quotes; None for an empty one."""
    whole = value.strip().rstrip(",:;)").strip().strip("'\"`[]").strip()
    whole = _not_bold(whole).strip("'\"`")
    guid = re.sub(r"\s", "", with_breaks(whole))
    whole = guid if _GUID.fullmatch(guid) else whole
    return whole if whole and "\n" not in whole and not _RUNS_ON.search(whole) else None


def _not_bold(value: str) -> str:
    """Take Markdown's bold marks away; asterisks alone are a mask."""
    match = _BOLD.fullmatch(value)
    return match.group(1) if match else value


def split_actions(value: str) -> tuple[str, ...]:
    """Split a comma-joined list of actions."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def split_scopes(value: str) -> tuple[str, ...]:
    """Split a comma-joined list of scopes: a comma inside a name is not followed by `/`."""
    return tuple(part.strip() for part in re.split(r",\s*(?=/)", value) if part.strip())


def paired(actions: tuple[str, ...], scopes: tuple[str, ...]) -> list[tuple[str, str | None]]:
    """Pair actions and scopes: by position, one action with each scope, each with the one."""
    if not scopes:
        return [(action, None) for action in actions]
    if len(actions) == 1:
        return [(actions[0], scope) for scope in scopes]
    if len(scopes) == 1:
        return [(action, scopes[0]) for action in actions]
    known = (*scopes, *(None,) * (len(actions) - len(scopes)))
    return list(zip(actions, known, strict=False))
