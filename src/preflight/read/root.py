"""The root rule, and the one place where input files are opened (docs/explanation/security.md).

A checkout is hostile input: a file that the user did not name is read only when it lies inside
the root, after every link is resolved; only regular files are read; and the whole tree of files
that belongs to one source is bounded in bytes, those included that a text takes in memory.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path

from preflight.errors import InputError, LimitExceeded
from preflight.read.decode import decode
from preflight.read.similar_file import similar_file

INPUT_BYTES = 64_000_000
"""Default limit for everything that is read for one source."""

_LARGE = 8_000_000
"""Bytes from which on a text is not made before it is known what it will take."""
_WIDE = re.compile(rb"[\xf0-\xff]")
"""Bytes of a character that makes every one of its text take four."""

_HEADER = 100
"""At least what a text takes beside its characters."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def find_root(source: Path | None, *, working_folder: Path) -> Path:
    """Return the root that belongs to a source when none is given.

    It is the nearest ancestor of the source holding `.git`, else the working folder if the
    source lies in it, else the source's own folder. Links are resolved first. A source without a
    path (standard input, a parsed object) counts as lying in the working folder.
    """
    working_folder = resolved(working_folder)
    folder = working_folder if source is None else resolved(source).parent
    for ancestor in (folder, *folder.parents):
        if os.path.exists(ancestor / ".git"):  # noqa: PTH110 - pathlib raises where it may not look
            return ancestor
    return working_folder if folder.is_relative_to(working_folder) else folder


def resolved(path: Path) -> Path:
    """Return where a path leads once its links are followed; itself where that cannot be told."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        # A loop of links, a folder that may not be read, or text that is no path at all.
        return Path(os.path.abspath(path))  # noqa: PTH100 - the one that cannot fail


def leads_out(path: Path) -> bool:
    """Whether a named path is a link out of the checkout (or folder) that holds it.

    The user trusts the name; where a link leads is the checkout's choice.
    """
    given = Path(os.path.abspath(path))  # noqa: PTH100 - keeps links
    home = next(
        (folder for folder in given.parents if os.path.exists(folder / ".git")),  # noqa: PTH110 - as above
        given.parent,
    )
    return not resolved(given).is_relative_to(resolved(home))


class Files:
    """Opens the input files of one source, within the root and the byte limit."""

    def __init__(self, root: Path, *, limit: int = INPUT_BYTES) -> None:
        """Start with `limit` bytes to spend; the root's own links are resolved."""
        self.root = resolved(root)
        self.limit = limit
        self._left = limit

    def name(self, path: Path) -> str:
        """Return how reports print a file: relative to the root with `/`, else as given.

        The path as the user gave it wins over where its links lead.
        """
        for candidate in (Path(os.path.abspath(path)), resolved(path)):  # noqa: PTH100 - keeps links
            if candidate.is_relative_to(self.root):
                return candidate.relative_to(self.root).as_posix()
        return path.as_posix()

    def inside(self, path: Path) -> Path | None:
        """Return where a discovered path leads, or None when that is outside the root."""
        try:
            target = path.resolve()
        except (OSError, RuntimeError, ValueError):
            # A loop of links, or text that is no path at all.
            return None
        return target if target.is_relative_to(self.root) else None

    def read(self, path: Path) -> bytes:
        """Read a file that the user named, wherever it is.

        Raises:
            InputError: there is no such file, it is no regular file, or it cannot be read.
            LimitExceeded: more than the limit is read for this source.
        """
        name = self.name(path) if path.is_absolute() else path.as_posix()
        if leads_out(path):
            raise InputError(
                f"`{name}` is a link that leads out of its checkout", help="name the file itself"
            )
        try:
            _require_regular(path.stat(), name)
            descriptor = os.open(path, _FLAGS)
            with os.fdopen(descriptor, "rb") as stream:
                # Asked again of the open file: the path may lead elsewhere by now.
                _require_regular(os.fstat(descriptor), name)
                data = stream.read(max(self._left, 0) + 1)
        except FileNotFoundError as error:
            advice = similar_file(path, name)
            raise InputError(f"there is no file `{name}`", help=advice) from error
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no path"
            raise InputError(f"`{name}` cannot be read: {reason}", help="check the path") from error
        self.charge(len(data))
        return data

    def text(self, path: Path, name: str) -> str:
        """Read a text that the user named; `name` stands in messages about its encoding.

        Raises:
            InputError: as `read`, or the file is no text.
            LimitExceeded: more than the limit is read for this source.
        """
        return self.decoded(self.read(path), name)

    def decoded(self, data: bytes, name: str) -> str:
        """Return the text of bytes that were read, and charge what it takes beyond them.

        One emoji makes every character take four bytes: 64 MB would become 256. Raises as `text`.
        """
        if len(data) > _LARGE and _WIDE.search(data):
            self.charge(3 * len(data))
            return decode(data, name)
        text = decode(data, name)
        self.charge(max(0, sys.getsizeof(text) - len(data) - _HEADER))
        return text

    def charge(self, size: int) -> None:
        """Take bytes off the limit; raises `LimitExceeded` when none are left."""
        self._left -= size
        if self._left < 0:
            raise LimitExceeded(
                f"more than {self.limit:,} bytes of input belong to this source",
                help="raise the limit with --max-input if the files are trusted",
            )


def _require_regular(status: os.stat_result, name: str) -> None:
    """Refuse folders, pipes, sockets and devices: reading them may never end."""
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"`{name}` is a folder", help="name the template file in it")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            f"`{name}` is no regular file", help="give the text on standard input with `-`"
        )
