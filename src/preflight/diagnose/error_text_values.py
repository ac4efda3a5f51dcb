"""Values inside a sentence: quoted, half quoted or bare; actions, scopes, lists of them."""

from __future__ import annotations

import re
from typing import NamedTuple

from preflight.diagnose.error_text_clean import with_breaks

LONGEST = 8_000
"""Characters of one value (a list of linked scopes) that are looked at."""

OPERATION = (
    r"[A-Za-z][A-Za-z0-9]*\.[A-Za-z0-9.]+(?:/[A-Za-z0-9_.*-]+){1,20}/(?:read|write|delete|action)"
)
"""The pattern of an action as Azure writes it."""
_OPEN = re.compile(r"(?:\*\*)?(['\"]{1,2}|`|\[)(?:\*\*(?=[A-Za-z/<{]))?")
_ACTION = re.compile(r"[^\s'\"`\[\]();]{1,2000}")
_AFTER_ACTION = re.compile(r"\s+(?:over|at|on|in|for)\s")
_ENDS = re.compile(r"(?:\*\*)?(?:['\"`\]]|\s*(?:\.{3}|\u2026))")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_STOP = re.compile(
    r"\s+or\s+(?:the\s+)?(?:linked\s+)?scope|\s*\(respectively\)|\s*[;,]\s*however|"
    r"\.?\s+If\s+access\s+was|\.?\s+For\s+details|\s+and\s+is\s+blocked|\s+because\s+of",
    re.IGNORECASE,
)
_ELLIPSES = ("...", "\u2026")
_VERBS = ("/read", "/write", "/delete", "/action")
_CLOSED_BY = {"'": "'", '"': '"', "`": "`", "[": "]", "''": "''", '""': '""', "'\"": "\"'",
              "\"'": "'\""}  # fmt: skip
_DELIMITERS = frozenset(" \n.,;:)]}<\\\"'`|*_")
_UNCLOSED = re.compile(r"[^\s'\"`]{1,2000}")
_BARE = re.compile(r"(?:[/<{]|\*\*)[^\s'\"`]{1,2000}")
_JSON_ENDS = re.compile(r"\s*[}\]]")
"""Behind a double quote: the string ends here, and the message in it may have been cut."""
_GOES_ON = re.compile(r"[^\S\n](?!(?:client|cliente|klient|user|principal)\b)\S")
"""More of the sentence on the same line; not the second word of the next one."""
_NAMESPACE_CUT = re.compile(r"/providers/[A-Za-z]*\.?$", re.IGNORECASE)
"""A provider without its second half: the dot ends no sentence."""


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
    value = _unbold(value, opened)
    closes = _closes(opened, value, text, end)
    goes_on = _AFTER_ACTION.match(text, end) is not None
    bare = value.rstrip(".,:")
    if not closes and not goes_on and not (opened is None and bare.lower().endswith(_VERBS)):
        return Value(None, end)
    value = _not_bold(bare if not closes else value)
    plausible = ("/" in value and "=" not in value) or _masked(value)
    return Value(value if plausible else None, end)


def _closes(opened: re.Match[str] | None, value: str, text: str, end: int) -> bool:
    """Whether an action ends where its quote is closed, and not where it was cut.

    A double quote, or another than the one that opened it, may be that of the JSON string around a
    message that was cut: then the action has to end like one.
    """
    ends = _ENDS.match(text, end)
    if opened is None or ends is None or _cut(value, text, end):
        return False
    mark = opened.group(1)[-1]
    own = {"[": "]", '"': ""}.get(mark, mark)
    return bool(own and own in ends.group()) or value.lower().endswith(_VERBS) or _masked(value)


def _unbold(value: str, opened: re.Match[str] | None) -> str:
    """Drop the bold mark that closes a value whose opening one stood inside the quote."""
    return value.removesuffix("**") if opened and opened.group().endswith("**") else value


def _cut(value: str, text: str, end: int) -> bool:
    """Whether an ellipsis stands where the closing quote should be."""
    return value.endswith(_ELLIPSES) or text.startswith(_ELLIPSES, end)


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
        return Value(joined(_unbold(text[start:close], opened)), close + len(mark))
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
            return None if mark == '"' and _JSON_ENDS.match(text, behind) else at
        at = text.find(quote, behind, start + LONGEST)
    return None


def _unclosed(text: str, start: int) -> Value:
    """Read a scope that lost its closing quote: only the end of a sentence shows it whole."""
    run = _UNCLOSED.match(text, start)
    if run is None:
        return Value(None, start)
    value = run.group()
    if value.endswith(".") and not value.endswith(_ELLIPSES) and not _NAMESPACE_CUT.search(value):
        return Value(joined(value.rstrip(".")), run.end())
    return Value(None, run.end())


def _bare_scope(text: str, at: int) -> Value:
    """Read a scope without quotes: it begins like an ID or a placeholder.

    Where the line ends with it, without the end of a sentence, it may be cut: None.
    """
    run = _BARE.match(text, at)
    if run is None:
        return Value(None, at)
    said = run.group().removesuffix("*") if run.group().endswith(".*") else run.group()
    value = said.rstrip(".,;:)")
    goes_on = _GOES_ON.match(text, run.end()) is not None
    whole = (value != said and not _NAMESPACE_CUT.search(said)) or goes_on
    if said.endswith(_ELLIPSES) or not whole:
        return Value(None, run.end())
    return Value(joined(value), run.end())


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
    whole = value.strip().rstrip(",:;)").strip()
    bare = whole.strip("'\"`").strip()
    whole = bare if bare != whole else whole.strip("[]").strip()
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
