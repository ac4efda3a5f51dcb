"""Bytes of a log → the text around what may be an error of Azure.

A small text is taken whole. Of a large one only the neighbourhood of telling words is decoded, in
one pass over the bytes, so that time and memory do not grow with what says nothing.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from preflight.errors import LimitExceeded

WHOLE = 1_500_000
"""Bytes up to which a text is read whole."""
LARGEST = 1_000_000_000
"""Bytes of a log; more is refused."""
HOT = 2_000_000
"""Bytes around telling words that are read of a large log; past it `skipped` is set."""
_NO_TEXT = bytes({*range(9), *range(14, 32), 127} - {27})
_BLOCK = 262_144
_BEFORE, _BEHIND = 3_000, 8_000
"""Bytes around a telling word: the longest sentence of Azure holds a list of linked scopes."""
_STEP = 2_000
"""A second word so near to the first changes nothing."""
_STRONG = (
    b"perform", b"does not have", b"do not have", b"authorizationfailed", b"denied because",
    b"disallowed by policy", b"are locked", b"lacks the", b"caller is not authorized", b"aadsts",
    b"wrong issuer", b"insufficient privileges", b"not registered to use", b"permissionmismatch",
    b"scopelocked", b"authenticationtoken", b"abac",
)  # fmt: skip
_WEAK = (
    b"permission", b"authoriz", b"forbidden", b"denied", b"correlation", b"notfound",
    b"not be found", b'code"', b'code\\"', b"errorcode", b"error code", b"(code", b"code=",
    b"code: ", b"autoris", b"autoriz", b"autoryz", b"berechtigung", b"righet att ",
    "\u65e0\u6743".encode(), "\u6388\u6b0a".encode(), "\uad8c\ud55c\uc774".encode(),
)  # fmt: skip
"""Words that many other lines hold too, refusals in other languages among them: they get a quarter
of what is read."""
_MARK = 4
"""Bytes of the longest mark."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Pasted:
    """A text that somebody pasted, read in blocks; `skipped` says whether some of it was not."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        """Take the bytes of the text, in blocks of any size."""
        self._blocks = _as_utf8(blocks)
        self.size = 0
        self.skipped = False
        self.binary = False

    def pieces(self) -> Iterator[str]:
        """Yield the text, or of a large one what stands around telling words.

        Raises:
            LimitExceeded: the text is larger than any log.
        """
        first, rest = self._start()
        self.binary = _is_binary(first)
        if rest is None:
            yield _text(first)
            return
        yield from self._windows(first, rest)

    def _start(self) -> tuple[bytearray, Iterator[bytes] | None]:
        """Return the beginning, and the rest where there is more than is read whole."""
        data = bytearray()
        for block in self._blocks:
            data += block
            if len(data) > WHOLE:
                self.size = len(data)
                return data, self._blocks
        self.size = len(data)
        return data, None

    def _windows(self, first: bytearray, rest: Iterator[bytes]) -> Iterator[str]:
        strong, weak = _Windows(_STRONG), _Windows(_WEAK)
        spent = {True: 0, False: 0}
        for block in _resized(first, rest):
            for windows, most in ((strong, HOT), (weak, HOT // 4)):
                for window in windows.feed(block):
                    spent[windows is strong] += len(window)
                    if spent[windows is strong] > most:
                        self.skipped = True
                    else:
                        yield _text(window)
            self.size += len(block)
            if self.size > LARGEST:
                raise LimitExceeded(
                    f"the text has more than {LARGEST:,} bytes",
                    help="give the part of the log around the error",
                )


class _Windows:
    """Collects what stands around some words, window by window, over blocks of bytes."""

    def __init__(self, words: tuple[bytes, ...]) -> None:
        self._words = words
        self._kept = bytearray()
        self._base = 0
        """Offset of the first byte that is kept."""
        self._open: tuple[int, int] | None = None

    def feed(self, block: bytes) -> list[bytes]:
        """Take a block (empty: the end); return the windows that are complete."""
        overlap = max(map(len, self._words))
        scanned = max(self._base, self._base + len(self._kept) - overlap)
        self._kept += block
        end = self._base + len(self._kept)
        area = bytes(self._kept[scanned - self._base :]).lower()
        done = [window for at in self._spots(area) if (window := self._add(scanned + at))]
        if self._open and (self._open[1] + _BEFORE < end or not block):
            done.append(self._close())
        elif self._open and end - self._open[0] > _BLOCK * 2:
            self._open = (self._open[0], end)
            done.append(self._close())
        start = self._open[0] if self._open else max(self._base, end - _BEFORE - overlap)
        del self._kept[: start - self._base]
        self._base = start
        return done

    def _spots(self, area: bytes) -> list[int]:
        """Return where the words stand, near ones once."""
        found = []
        for word in self._words:
            at = area.find(word)
            while at >= 0:
                found.append(at)
                at = area.find(word, at + _STEP)
        return sorted(found)

    def _add(self, spot: int) -> bytes | None:
        """Join a spot to the open window; return the window where the spot begins another."""
        start, end = max(self._base, spot - _BEFORE), spot + _BEHIND
        if self._open is None or start <= self._open[1]:
            known = self._open or (start, end)
            self._open = (known[0], max(known[1], end))
            return None
        closed = self._close()
        self._open = (start, end)
        return closed

    def _close(self) -> bytes:
        start, end = self._open or (self._base, self._base)
        self._open = None
        return bytes(self._kept[start - self._base : end - self._base])


def _resized(first: bytearray, rest: Iterator[bytes]) -> Iterator[bytes]:
    for at in range(0, len(first), _BLOCK):
        yield bytes(first[at : at + _BLOCK])
    first.clear()
    yield from rest
    yield b""


def _as_utf8(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a text's bytes in UTF-8: other encodings by their mark, UTF-16 also without one.

    Windows PowerShell writes UTF-16 when output is redirected.
    """
    given = iter(blocks)
    head = b""
    for block in given:
        head += block
        if len(head) >= _MARK:
            break
    mark, encoding = next(((m, e) for m, e in _MARKS if head.startswith(m)), (b"", _guess(head)))
    if encoding == "utf-8":
        yield head[len(mark) :]
        yield from given
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in _chain(head[len(mark) :], given):
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _guess(head: bytes) -> str:
    """Tell UTF-16 without a mark by its zero bytes, as `decode` does."""
    if len(head) >= _MARK and head[0] and not head[1] and head[2] and not head[3]:
        return "utf-16-le"
    if len(head) >= _MARK and not head[0] and head[1] and not head[2] and head[3]:
        return "utf-16-be"
    return "utf-8"


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _is_binary(data: bytearray) -> bool:
    """Whether one byte in twenty is one that no text holds; escapes of colours are text."""
    return (len(data) - len(data.translate(None, _NO_TEXT))) * 20 > len(data)


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8", "replace").replace("\x00", "")
