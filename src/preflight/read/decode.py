"""Bytes of an input file → text.

UTF-8 with or without a byte-order mark, UTF-16 and UTF-32 with one (Windows PowerShell writes
UTF-16 when output is redirected), and UTF-16 without one where the zero bytes give it away: what
`az` reads, tried in its order.
"""

from __future__ import annotations

import codecs

from preflight.errors import InputError
from preflight.model.source import Place, SourceFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 first: its little-endian mark begins with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, name: str) -> str:
    """Return the text of a file without its byte-order mark.

    Raises:
        InputError: the bytes are no text in the encoding that they announce.
    """
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "")
    )
    body = data[len(mark) :]
    encoding = encoding or _unmarked_encoding(data)
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, "replace")
        source = SourceFile(name, body.decode(encoding, "replace"))
        raise InputError(
            f"the file is no {encoding.upper().removesuffix('-LE').removesuffix('-BE')} text",
            help="save it as UTF-8",
            where=Place(source=source, offset=len(before)),
        ) from error


def _unmarked_encoding(data: bytes) -> str:
    """Tell UTF-16 from UTF-8: JSON begins with two ASCII characters (RFC 4627, section 3)."""
    if len(data) >= 2 and data[0] == 0 and data[1] != 0:  # noqa: PLR2004 - the first two bytes
        return "utf-16-be"
    if len(data) >= 2 and data[0] != 0 and data[1] == 0:  # noqa: PLR2004 - the first two bytes
        return "utf-16-le"
    return "utf-8"
