"""The functions of Bicep that read files while compiling: `loadTextContent()` and its siblings.

Paths count from the Bicep file, stay inside the root, and are bounded in size as in the compiler.
What comes back is data: text in it that looks like an expression is not one.

Source: Azure/bicep, src/Bicep.Core/Semantics/Namespaces/SystemNamespaceType.cs (the functions),
LanguageConstants.cs (limits, encodings); the official compiler.
"""

from __future__ import annotations

import base64
import codecs
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from preflight.errors import InputError, LimitExceeded, SyntaxProblem
from preflight.model.source import Place
from preflight.model.value import JsonValue
from preflight.read.bicep.file_pattern import matches
from preflight.read.bicep.json_path import select
from preflight.read.bicep.json_path_steps import JsonPathError, Steps, TooManyStepsError
from preflight.read.bicep.references import local_path
from preflight.read.bicep.yaml_text import YamlError, parse_yaml
from preflight.read.json_document import parse_json
from preflight.read.json_strings import shown
from preflight.read.root import Files

TEXT_CHARACTERS = 131_072
DATA_CHARACTERS = 1_048_576
BASE64_BYTES = TEXT_CHARACTERS // 4 * 3
FILES_LISTED = 10_000
"""Most files of a folder that `loadDirectoryFileInfo()` tells."""

VALUES_LOADED = 500_000
"""Most values that all the data together may hold."""

FOLDER_ENTRIES = 100_000
"""Most entries that a folder may have to be looked through."""
PATTERN_CHARACTERS = 1_000
"""Longest pattern of file names."""
NAME_STEPS = 2_000_000
"""Most characters of file names that are compared, times the wildcards they are compared with."""
_TOO_LARGE = 2**63
"""What an integer of the template cannot hold any more."""

_ENCODINGS = {
    "iso-8859-1": "iso-8859-1",
    "us-ascii": "ascii",
    "utf-16": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-8": "utf-8",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Loads:
    """Reads what the `load…()` functions of one source name."""

    def __init__(self, files: Files) -> None:
        """Read through `files`: its root and its byte limit hold."""
        self._files = files
        self._functions: Mapping[
            str, tuple[int, Callable[[Path, Sequence[str], Place], JsonValue]]
        ] = {
            "loadTextContent": (2, self._text_content),
            "loadJsonContent": (3, self._json_content),
            "loadYamlContent": (3, self._yaml_content),
            "loadFileAsBase64": (1, self._base64),
            "loadDirectoryFileInfo": (2, self._directory),
        }
        self._values = 0
        self._path_steps = Steps()
        self._name_steps = 0

    @property
    def names(self) -> frozenset[str]:
        """The names of the functions."""
        return frozenset(self._functions)

    def call(
        self, name: str, arguments: Sequence[JsonValue], *, importer: Path, place: Place
    ) -> JsonValue:
        """Return what a call in the file `importer` gives; `place` is where it stands.

        Raises:
            InputError: the arguments are wrong, or the file cannot be read as what it should be.
            LimitExceeded: the file is larger than the compiler takes.
        """
        most, function = self._functions[name]
        if not 1 <= len(arguments) <= most:
            message = f"`{name}` takes {'one argument' if most == 1 else f'1 to {most} arguments'}"
            raise InputError(message, where=place)
        texts = [argument for argument in arguments if isinstance(argument, str)]
        if len(texts) != len(arguments):
            raise InputError(f"the arguments of `{name}` are text", where=place)
        # The compiler takes `..` textually, before it follows links.
        path = Path(os.path.normpath(importer.parent / local_path(texts[0], place)))
        if self._files.inside(path) is None:
            raise InputError(
                f"`{shown(texts[0])}` leads out of the folder `{self._files.root.name}`",
                help="files outside the root are not read; name a wider one with --root",
                where=place,
            )
        if name == "loadDirectoryFileInfo":
            texts.append(str(importer))
        return function(path, texts[1:], place)

    def _text_content(self, path: Path, options: Sequence[str], place: Place) -> JsonValue:
        return self._text(path, options[0] if options else "utf-8", TEXT_CHARACTERS, place)

    def _json_content(self, path: Path, options: Sequence[str], place: Place) -> JsonValue:
        text = self._data(path, options, place)
        try:
            value = parse_json(text, self._files.name(path)).value
        except SyntaxProblem as error:
            raise InputError(str(error), help=error.help, where=place) from error
        return self._counted(self._selected(value, options, place), place)

    def _yaml_content(self, path: Path, options: Sequence[str], place: Place) -> JsonValue:
        text = self._data(path, options, place)
        try:
            value = parse_yaml(text)
        except YamlError as error:
            name = shown(self._files.name(path))
            raise InputError(
                f"`{name}` is no YAML that can be loaded: {error}", where=place
            ) from error
        return self._counted(self._selected(value, options, place), place)

    def _selected(self, value: JsonValue, options: Sequence[str], place: Place) -> JsonValue:
        """Return what a JSONPath finds: itself where it is one value, else an array of them."""
        if not options:
            return value
        path = shown(options[0])
        try:
            found = select(value, options[0], self._path_steps)
        except TooManyStepsError as error:
            raise LimitExceeded(f"the JSONPath `{path}` {error}", where=place) from error
        except JsonPathError as error:
            raise InputError(f"the JSONPath `{path}` {error}", where=place) from error
        if not found:
            raise InputError(f"the JSONPath `{path}` finds nothing in the file", where=place)
        return found[0] if len(found) == 1 else found

    def _counted(self, value: JsonValue, place: Place) -> JsonValue:
        """Return data as it goes into the template, unless all of it together is too much."""
        whole: list[JsonValue] = [value]
        waiting: list[list[JsonValue] | dict[str, JsonValue]] = [whole]
        while waiting:
            container = waiting.pop()
            if isinstance(container, dict):
                for name, item in container.items():
                    container[name] = _number(item, place)
            else:
                container[:] = [_number(item, place) for item in container]
            items = container.values() if isinstance(container, dict) else container
            waiting.extend(item for item in items if isinstance(item, dict | list))
            self._values += len(container)
        if self._values > VALUES_LOADED:
            raise LimitExceeded(
                f"the loaded files hold more than {VALUES_LOADED:,} values",
                help="load fewer files, or what is needed of them: with a JSONPath",
                where=place,
            )
        return whole[0]

    def _data(self, path: Path, options: Sequence[str], place: Place) -> str:
        encoding = options[1] if len(options) > 1 else "utf-8"
        return self._text(path, encoding, DATA_CHARACTERS, place)

    def _base64(self, path: Path, options: Sequence[str], place: Place) -> JsonValue:
        del options
        data = self._bytes(path, place)
        if len(data) > BASE64_BYTES:
            raise self._too_large(path, f"{BASE64_BYTES:,} bytes", place)
        return base64.b64encode(data).decode("ascii")

    def _directory(self, path: Path, options: Sequence[str], place: Place) -> JsonValue:
        *patterns, importer = options
        pattern = patterns[0] if patterns else ""
        names = self._listed(path, place)
        self._require_few_steps(pattern, names, place)
        found = [name for name in names if matches(pattern, name)]
        if len(found) > FILES_LISTED:
            raise self._too_large(path, f"{FILES_LISTED:,} files", place)
        folder = Path(os.path.relpath(path, Path(importer).parent))
        rows = [
            {
                "relativePath": (folder / name).as_posix(),
                "baseName": name,
                "extension": name[name.rfind(".") :] if "." in name else "",
            }
            for name in found
        ]
        self._files.charge(sum(len(text) for row in rows for text in row.values()))
        ordered = sorted(rows, key=lambda row: row["relativePath"].upper())
        return self._counted([dict(row) for row in ordered], place)

    def _listed(self, path: Path, place: Place) -> list[str]:
        """Return the names of the files in a folder."""
        try:
            with os.scandir(path) as entries:
                seen = list(islice(entries, FOLDER_ENTRIES + 1))
                names = [entry.name for entry in seen if entry.is_file()]
        except OSError as error:
            name = shown(self._files.name(path))
            message = f"`{name}` is no folder that can be listed: {error.strerror}"
            raise InputError(message, where=place) from error
        if len(seen) > FOLDER_ENTRIES:
            raise self._too_large(path, f"{FOLDER_ENTRIES:,} entries", place)
        return names

    def _require_few_steps(self, pattern: str, names: Sequence[str], place: Place) -> None:
        """Refuse what would be compared without end: by one pattern, or by all together."""
        if len(pattern) > PATTERN_CHARACTERS:
            message = f"the pattern has more than {PATTERN_CHARACTERS:,} characters"
            raise LimitExceeded(message, where=place)
        wildcards = 1 + pattern.count("*") + pattern.count("?")
        self._name_steps += wildcards * (len(names) + sum(map(len, names)))
        if self._name_steps > NAME_STEPS:
            raise LimitExceeded(
                "the folders that are listed have too many names to compare",
                help="list smaller folders, fewer times, or with fewer wildcards",
                where=place,
            )

    def _text(self, path: Path, encoding: str, limit: int, place: Place) -> str:
        codec = _ENCODINGS.get(encoding.lower())
        if codec is None:
            known = ", ".join(
                f"`{name}`" for name in ("us-ascii", "iso-8859-1", "utf-8", "utf-16", "utf-16BE")
            )
            raise InputError(
                f"`{shown(encoding)}` is no encoding of a file",
                help=f"there are {known}",
                where=place,
            )
        data = self._bytes(path, place)
        # A mark at the start of the file wins over the encoding that is asked for.
        mark, codec = next((found for found in _MARKS if data.startswith(found[0])), (b"", codec))
        text = data[len(mark) :].decode(codec, "replace")
        self._files.charge(max(0, sys.getsizeof(text) - len(data)))
        if codec == "ascii":
            text = text.replace("\ufffd", "?")
        if len(text) > limit or len(text.encode("utf-16-le", "replace")) // 2 > limit:
            raise self._too_large(path, f"{limit:,} characters", place)
        return text

    def _bytes(self, path: Path, place: Place) -> bytes:
        # Each call reads again, and counts: a small file must not become a large template.
        try:
            return self._files.read(path)
        except LimitExceeded:
            raise
        except InputError as error:
            raise InputError(error.message, help=_advice(error, path), where=place) from error

    def _too_large(self, path: Path, limit: str, place: Place) -> LimitExceeded:
        name = shown(self._files.name(path))
        return LimitExceeded(f"`{name}` has more than the {limit} that can be loaded", where=place)


def _advice(error: InputError, path: Path) -> str:
    """Say what to do about a file that cannot be read."""
    if os.path.isdir(path):  # noqa: PTH112 - pathlib raises where a name is too long
        return "name a file in it, or list it with loadDirectoryFileInfo()"
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - as above
        return "only regular files are read"
    return error.help


def _number(value: JsonValue, place: Place) -> JsonValue:
    """Return a number as the compiler writes it: without its fraction where that is zero."""
    if isinstance(value, float) and value.is_integer():
        return int(value) if abs(value) < _TOO_LARGE else value
    if isinstance(value, int) and not -_TOO_LARGE <= value < _TOO_LARGE:
        raise InputError(
            "a number in the file is too large",
            help="whole numbers go from -9223372036854775808 to 9223372036854775807",
            where=place,
        )
    return value
