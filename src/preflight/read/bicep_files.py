"""The root rule for files that a Bicep compiler will read.

A compiler reads whatever a Bicep file names, `../../` included, and the content may end up in
names that are printed. So before one runs, every path that the files name is checked here: modules,
imports, `using`, `extends`, and the `load…()` functions, in every Bicep file that is reached.

Source: Azure/bicep, docs/grammar.md (strings, interpolation, comments) and the file functions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from preflight.errors import InputError, LimitExceeded, UnsupportedFeature
from preflight.model.source import Place, SourceFile
from preflight.read.json_strings import shown
from preflight.read.root import Files
from preflight.read.runs import end_of_run

FILE_LIMIT = 1_000
"""Most Bicep files that may belong to one source."""
TOKEN_LIMIT = 250_000
"""Most words and marks of one of them, as for the native reader."""

_LOADERS = frozenset(
    {
        "loadDirectoryFileInfo",
        "loadFileAsBase64",
        "loadJsonContent",
        "loadTextContent",
        "loadYamlContent",
    }
)
_BEFORE_PATH = frozenset({"extends", "extension", "from", "import", "provider", "using"})
_BEFORE_SYMBOL = frozenset({"module", "test"})
_REGISTRY = re.compile(r"(?:br|ts)[:/]")

_TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*(?>.*?\*/|.*))|(?P<multi>\${0,9}'''(?>.*?'''(?!'))|\${0,9}'''.*)"
    r"|(?P<word>[A-Za-z_]\w*+)|(?P<mark>.)",
    re.DOTALL,
)
_PIECE = re.compile(
    r"(?>(?:[^'\\$\n]++|\\u\{[0-9a-fA-F]{1,8}\}|\\.|\$+?(?=\$\{|[^$\{]|\Z)){0,2000})"
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,8})\}|(.))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class _Token(NamedTuple):
    """A `word`, a `mark`, a string without holes (`text`), or one that may load (`hidden`)."""

    kind: str
    value: str
    offset: int


def require_inside(path: Path, files: Files) -> None:
    """Check every file that compiling `path` would read.

    Raises:
        InputError: a path leads out of the root, with its place.
        UnsupportedFeature: a path is computed, so that it cannot be checked.
        LimitExceeded: more than `FILE_LIMIT` files are reached.
    """
    waiting, seen = [Path(os.path.abspath(path))], set[Path]()  # noqa: PTH100 - links stay
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if len(seen) > FILE_LIMIT:
            raise LimitExceeded(f"more than {FILE_LIMIT:,} Bicep files belong to this source")
        waiting.extend(_named_files(current, files))


def used_template(text: str) -> str | None:
    """Return the path behind `using` of a parameter file; None for `none`."""
    before = ""
    for token in islice(_tokens(text), TOKEN_LIMIT):
        if token.kind == "text" and before == "using":
            return token.value
        before = token.value
    return None


def _named_files(path: Path, files: Files) -> Iterator[Path]:
    """Check the paths that one file names, and yield the Bicep files among them."""
    name = files.name(path)
    text = files.text(path, name)
    source = SourceFile(name, text)
    tokens = list(islice(_tokens(text), TOKEN_LIMIT + 1))
    if len(tokens) > TOKEN_LIMIT:
        raise LimitExceeded(
            f"the file has more than {TOKEN_LIMIT:,} words and marks",
            help="split it into modules",
            where=Place(source=source, offset=tokens[-1].offset),
        )
    for index, token in enumerate(tokens):
        place = Place(source=source, offset=token.offset)
        if token.kind == "hidden":
            raise _computed(place)
        if token.kind == "word" and token.value in _LOADERS:
            named = _loaded(tokens[index + 1 : index + 4], place)
        else:
            named = token.value if _is_path(tokens, index) else None
        if named is None or _REGISTRY.match(named):
            continue
        # The compiler takes `..` textually, before it follows links.
        target = Path(os.path.normpath(path.parent / named))
        if files.inside(target) is None:
            raise InputError(
                f"`{shown(named)}` leads out of the folder `{files.root.name}`",
                help="files outside the root are not read; name a wider one with --root",
                where=place,
            )
        if target.suffix.lower() in {".bicep", ".bicepparam"} and os.path.isfile(target):  # noqa: PTH113 - pathlib raises where a name is too long
            yield target


def _loaded(following: list[_Token], place: Place) -> str | None:
    """Return the path of a `load…()` call; None where the word is no call."""
    kinds = [token.kind if token.kind != "mark" else token.value for token in following]
    if kinds[:1] != ["("]:
        return None
    if kinds[1:2] == ["text"] and kinds[2:3] in ([","], [")"]):
        return following[1].value
    raise _computed(place)


def _computed(place: Place) -> UnsupportedFeature:
    return UnsupportedFeature(
        "the path of this file is computed, so that it cannot be checked before it is read",
        help="write the path as one string, or compile the file yourself and check the JSON",
        where=place,
    )


def _is_path(tokens: list[_Token], index: int) -> bool:
    """Whether a string stands where the grammar has a path."""
    words = [
        token.value if token.kind == "word" else "" for token in tokens[max(0, index - 2) : index]
    ]
    return (
        tokens[index].kind == "text"
        and bool(words)
        and (words[-1] in _BEFORE_PATH or (len(words) > 1 and words[0] in _BEFORE_SYMBOL))
    )


def _tokens(text: str) -> Iterator[_Token]:
    """Split Bicep text; inside `${…}` of a string, code goes on."""
    position = 0
    holes: list[int] = []
    """For each open `${`, how many braces are open inside it."""
    while match := _TOKEN.match(text, position):
        kind, value, start = match.lastgroup or "", match[0], position
        position = match.end()
        if kind == "multi":
            yield _multi_line(value, start)
        elif value == "'" or (value == "}" and holes and not holes[-1]):
            if value == "}":
                holes.pop()
            token, position, hole = _piece(text, start, whole=value == "'")
            yield token
            holes.extend([0] if hole else [])
        elif kind != "skip":
            if holes and value in {"{", "}"}:
                holes[-1] += 1 if value == "{" else -1
            yield _Token(kind, value, start)


def _piece(text: str, start: int, *, whole: bool) -> tuple[_Token, int, bool]:
    """Read a string up to its end or its next `${`; tell which it was."""
    end = end_of_run(_PIECE, text, start + 1)
    if text.startswith("${", end):
        return _Token("mark", "'", start), end + 2, True
    kind = "text" if whole else "mark"
    value = _ESCAPE.sub(_unescape, text[start + 1 : end]) if whole else "'"
    return _Token(kind, value, start), end + 1, False


def _unescape(match: re.Match[str]) -> str:
    code, character = match.groups()
    if code is not None:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - Unicode's end
    return _ESCAPES.get(character, character)


def _multi_line(value: str, start: int) -> _Token:
    """Return a multi-line string; code in the holes of one is not split, only looked through."""
    if value.startswith("$"):
        loads = next((name for name in sorted(_LOADERS) if name in value), None)
        return _Token("hidden" if loads else "mark", loads or "'", start)
    inner = value[3:-3] if len(value) >= 6 else value[3:]  # noqa: PLR2004 - both quotes
    return _Token("text", inner.removeprefix("\r").removeprefix("\n"), start)
