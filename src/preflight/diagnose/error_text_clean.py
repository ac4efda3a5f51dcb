"""Pasted text → plain lines: escapes undone, frames, prefixes and markup taken away.

Text comes out of terminals, JSON inside JSON, HTML, tables and log collectors. What is left has
one blank between words, lines without their prefixes, straight quotes, and the values as they
stood. Every step is linear in the length of the text.
"""

from __future__ import annotations

import re

_ANSI = re.compile(
    r"(?:\x1b|\^\[|(?<!\\)\\++(?:u001[bB]|x1[bB]|033|e))\[[0-9;?]{0,20}[A-Za-z]"
    r"|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)"
    r"|\[(?:[0-9]{1,3};){0,4}[0-9]{1,3}m"
)
_UNICODE = re.compile(r"(?<!\\)\\++u([0-9A-Fa-f]{4})")
_BREAK = re.compile(r"(?<!\\)\\++(?:r\\*n|[rnt])(?![a-z])")
_ANY_BREAK = re.compile(r"(?<!\\)\\++(?:r\\*n|[rnt])")
_QUOTE = re.compile(r"(?<!\\)\\++(?=[\"'/])")
_ENTITY = re.compile(r"&(#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,5}|quot|apos|amp|lt|gt|nbsp|lsquo|rsquo);")
_ENTITIES = {
    "quot": '"', "apos": "'", "amp": "&", "lt": "<", "gt": ">", "nbsp": " ",
    "lsquo": "'", "rsquo": "'",
}  # fmt: skip
_INLINE = re.compile(
    r"</?(?:b|i|u|em|strong|span|font|mark|small|tt|kbd|samp|wbr|a)(?:\s[^<>]{0,400})?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"</?(?:br|p|div|pre|li|ul|ol|td|th|tr|table|tbody|details|summary|blockquote)"
    r"(?:\s[^<>]{0,400})?/?>",
    re.IGNORECASE,
)
_SMART = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "\u00a0": " ",
    "\u202f": " ",
    **dict.fromkeys("\u300c\u300d\u300e\u300f", '"'),
    **dict(zip("\uff08\uff09\uff0c\uff1a", ("(", ")", ", ", ": "), strict=True)),
}
_MAIL_LINE = re.compile(r"^[^\n]{70,75}=$", re.MULTILINE)
_SOFT_BREAK = re.compile(r"=\n")
_OCTETS = re.compile(r"(?:=[0-9A-F]{2}){1,8}")
_GUILLEMETS = re.compile("\u00ab[\\s\u00a0\u202f]{0,3}|[\\s\u00a0\u202f]{0,3}\u00bb")
_PREFIX = re.compile(
    r"""^(?>(?:
      [^\S\n]++
    | [\[(]?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?
      [ ]?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?[\])]?(?=[\s:|,-])[:|,-]?
    | [\[(]?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?[\])]?(?=\s)
    | [IWEF][0-9]{4}[ ][0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,9}\s++[0-9]++[ ][\w.-]{1,80}:[0-9]++\]
    | \#\#\[[a-z]{1,12}\]
    | [\u2500-\u257f|>]++
    | [#*+-]++(?=\s|\u2502)
    | //++(?=\s)
    | (?:[a-z_][\w-]{0,60}\.){1,8}[a-z_]\w{0,60}:(?=\s)
    | \S{1,120}[ ]\((?:local|remote)-exec\):
    | [\w.-]{1,60}[_-][0-9]{1,3}[ ]{1,20}\|
    | [^\t\n]{1,100}\t[^\t\n]{1,200}\t\ufeff?(?=[0-9]{4}-[0-9]{2}-[0-9]{2}T)
    | [0-9]{2}[OE][+ ](?=\S)
    | \[Pipeline\](?=\s)
    | [A-Z][a-z]{2}[ ]{1,2}[0-9]{1,2}[ ][0-9]{2}:[0-9]{2}:[0-9]{2}[ ][\w.-]{1,80}
      [ ][\w./-]{1,60}(?:\[[0-9]{1,9}\])?:(?=\s)
    )*)""",
    re.MULTILINE | re.VERBOSE,
)
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_ONE_BLANK = re.compile(r"\n (?=\S)")
_LINES = re.compile(r" ?\n[\s]*")
_BOLD = re.compile(
    r"(?<![*\w/'\"])(\*\*|__)(?=[A-Za-z'\"])([^*\n]{1,300}?)(?<=[\w'\".:)])\1(?![*\w])"
)


def clean(text: str) -> str:
    """Return text as plain lines; what the steps do not know stays as it is."""
    if not text.isascii():
        text = _GUILLEMETS.sub('"', text)
        for smart, straight in _SMART.items():
            text = text.replace(smart, straight)
    if "[" in text:
        text = _ANSI.sub("", text)
    text = _mailed(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _unescaped(_without_markup(text))
    if "[" in text:
        text = _ANSI.sub("", text)
    text = _PREFIX.sub("", text)
    text = _LINES.sub("\n", _BLANKS.sub(" ", text))
    return _BOLD.sub(r"\2", text)


def glued(text: str) -> str:
    """Return text that a terminal broke at its last column, wherever that was, as one plain line.

    A blank at a break stays; one that begins a line is the terminal's, not an indentation.
    """
    text = _ONE_BLANK.sub(" \n", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [_PREFIX.sub("", line) for line in text.split("\n")]
    return clean("".join(lines))


def without_breaks(text: str) -> str:
    """Undo the escaped breaks that `clean` leaves: before a small letter one may be a path."""
    return _LINES.sub("\n", with_breaks(text))


def with_breaks(text: str) -> str:
    """Undo every escaped break, also inside a value, which never holds a backslash of its own."""
    return _ANY_BREAK.sub("\n", text) if "\\" in text else text


def _mailed(text: str) -> str:
    """Undo what a mail does to long lines (quoted-printable, RFC 2045, section 6.7)."""
    if "=\n" not in text or not (
        "=3D" in text or "quoted-printable" in text.lower() or _MAIL_LINE.search(text)
    ):
        return text
    return _OCTETS.sub(_octets, _SOFT_BREAK.sub("", text))


def _octets(match: re.Match[str]) -> str:
    octets = bytes.fromhex(match.group().replace("=", ""))
    return octets.decode("utf-8", errors="replace")


def _unescaped(text: str) -> str:
    """Undo JSON's escapes, however many times they were applied."""
    if "\\" not in text:
        return text
    return _QUOTE.sub("", _BREAK.sub("\n", _UNICODE.sub(_character, text)))


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - halves of a pair
    return match.group() if surrogate else _SMART.get(chr(code), chr(code))


def _without_markup(text: str) -> str:
    """Undo HTML: entities (twice, for what was escaped twice) and the tags that pages use.

    `<client>` and the like are placeholders, not tags.
    """
    for _ in range(2):
        if "&" in text:
            text = _ENTITY.sub(_entity, text)
    if "<" not in text:
        return text
    return _BLOCK.sub("\n", _INLINE.sub("", text))


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if not name.startswith("#"):
        return _ENTITIES[name]
    code = int(f"0{name[1:]}", 0) if name[1] in "xX" else int(name[1:])
    fits = 0x20 <= code <= 0xD7FF  # noqa: PLR2004 - printable, no surrogates
    return _SMART.get(chr(code), chr(code)) if fits else match.group()
