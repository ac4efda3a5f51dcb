r"""Escaping: how text that a template or Azure wrote is shown without becoming anything else.

Names come from whoever opens a pull request. Every format sends every text through this module:
`plain` for logs and terminals, `code`, `words`, `cell` and `fence` for Markdown, `xml_text` for
XML. All of them start from `plain`, so that a report in any format can also be printed to a log.

What the readers of a log look for, and what is done about it:

- GitHub's runner takes a line as a command if it starts with `::` once leading white space is
  cut off, and one that holds `##[` anywhere; the Azure Pipelines agent looks for `##vso[`
  anywhere in a line. Both compare by culture: invisible characters between do not count.
  So invisible characters are shown as escapes, `##[` and `##vso[` get a blank, and a line that
  would start with `::` is broken up by `log_line`, which runs after wrapping.
- A terminal takes control characters; people are misled by bidirectional ones. Both are shown
  as `\x1b`, `\u202e`.
"""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "["
    "\\x00-\\x1f\\x7f-\\x9f"  # control characters
    "\\xa0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u2800\\u3000"  # blanks other than the space
    "\\u2028\\u2029\\ufff0-\\ufffb\\ufffe\\uffff"  # separators, annotations, non-characters
    "\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"  # ignorable and fillers
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0"
    "\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\U000110bd\\U000110cd"  # other format
    "\\U00013430-\\U0001345f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0000-\\U000e0fff"
    "\\ud800-\\udfff"  # lone surrogates
    "]"
)
"""Characters that are not seen, or that change how their neighbours are seen."""
_LINE_BREAKS = re.compile(r"\r\n|\r|\n|\t")
_COMMAND = re.compile(r"##(vso)?(?=\[)", re.IGNORECASE)
_COMMAND_START = re.compile(r"^(\s*):(?=:)")
_XML_UNFIT = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_BACKTICKS = re.compile(r"`+")
_HARMLESS = re.compile(r"(?:[^\W_]|[-,.()/;?%'·→…])+:?")
_LINK = re.compile(r"www\.|gh-\d", re.IGNORECASE)
_BLOCK_START = re.compile(r"(?:-+|[0-9]+[.)])(?= |$)")
_QUOTED = re.compile(r"`([^`]+)`")

ELLIPSIS = "…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code <= 0xFF:  # noqa: PLR2004 - two hexadecimal digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four


def clip(text: str, limit: int) -> str:
    """Return at most `limit` characters, the last one an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def plain(text: str) -> str:
    """Return text for one line of a log or a terminal: line breaks and tabs become blanks.

    Invisible characters become escapes, `##[` and `##vso[` are broken up by a blank. A line
    that is made of the result must still go through `log_line`.
    """
    flat = _LINE_BREAKS.sub(" ", text)
    return _COMMAND.sub(lambda match: match.group() + " ", _INVISIBLE.sub(_escape, flat))


def log_line(line: str) -> str:
    """Break up a `::` at the start of a line; the line is already `plain`."""
    return _COMMAND_START.sub(r"\1: ", line)


def lines(text: str) -> tuple[str, ...]:
    r"""Return text of several lines (a command, an excerpt) as safe lines.

    Only `\n` and `\r\n` separate lines: what Python's `splitlines` knows besides is shown as an
    escape.
    """
    return tuple(log_line(plain(line)) for line in text.replace("\r\n", "\n").split("\n"))


def ascii_only(text: str) -> str:
    """Return text for an output that is not UTF-8: our own marks spelled, the rest escaped."""
    spelled = text.translate(_SPELLED)
    return spelled.encode("ascii", "backslashreplace").decode("ascii")


_SPELLED = str.maketrans({"✗": "x", "✓": "+", "·": "|", "→": "->", "…": "..."})


# --- Markdown --------------------------------------------------------------------------------


def _shown(text: str, limit: int) -> str:
    """Return at most `limit` characters of plain text, without reading all of a huge one."""
    return clip(plain(text[: limit + 1]), limit)


def code(text: str, limit: int = 300) -> str:
    """Return text as a Markdown code span: nothing inside is markup, mention or link.

    The fence is longer than any run of backticks inside. A comment's opening is broken up, so
    that nobody can pretend to be the marker of another report.
    """
    shown = _shown(text, limit).replace("<!--", "<! --").strip()
    if not shown:
        return "` `"
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str, limit: int = 120) -> str:
    """Return text as code inside a table cell.

    A bar ends a cell even in a code span, and a backslash before it does not help everywhere:
    such text becomes `<code>` with character references.
    """
    span = code(text, limit)
    if "|" not in span:
        return span
    shown = _shown(text, limit)
    # GitHub links an address even there, so an `@` stands in an element of its own.
    pieces = ("".join(_reference(char) for char in piece) for piece in shown.split("@"))
    return "<code>" + "</code><code>&#64;</code><code>".join(pieces) + "</code>"


def _reference(char: str) -> str:
    return char if char == " " or (char.isascii() and char.isalnum()) else f"&#{ord(char)};"


def words(text: str, limit: int = 1000) -> str:
    """Return prose as Markdown: text in backticks and every word with markup become code.

    Our own sentences quote names in backticks; the names themselves may hold anything, so a
    pair of backticks proves nothing and each piece is made safe on its own. A `-` or `1.` that
    would begin a list is code too.
    """
    flat = _shown(text, limit).strip(" ")
    if not flat:
        return code("")
    first = _BLOCK_START.match(flat)
    pieces = [code(first.group())] if first else []
    end = first.end() if first else 0
    for match in _QUOTED.finditer(flat, end):
        pieces += [_words(flat[end : match.start()]), code(match.group(1))]
        end = match.end()
    return _apart([*pieces, _words(flat[end:])])


def _apart(pieces: list[str]) -> str:
    """Join pieces; two code spans that touch would be read as one, so a blank goes between."""
    joined = ""
    for piece in pieces:
        touching = joined.endswith("`") and piece.startswith("`")
        joined += " " + piece if touching else piece
    return joined


def _words(text: str) -> str:
    return " ".join(_word(word) for word in text.split(" "))


def _word(word: str) -> str:
    """Return one word; as code unless it is letters and harmless punctuation that links nothing."""
    harmless = not word or (_HARMLESS.fullmatch(word) and not _LINK.search(word))
    return word if harmless else code(word)


def fence(text: str, language: str = "sh", limit: int = 4000) -> str:
    """Return text of several lines as a fenced code block, itself without a final line break."""
    body = "\n".join(lines(clip(text, limit))).replace("<!--", "<! --")
    longest = max((len(run) for run in _BACKTICKS.findall(body)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{language}\n{body}\n{mark}"


# --- XML -------------------------------------------------------------------------------------


def xml_text(text: str) -> str:
    """Return text that every XML 1.0 document may hold; escaping markup is the writer's job."""
    return _XML_UNFIT.sub("\ufffd", text)
