"""A source as it was given: its name, its text, and its JSON once that is asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path

from preflight.errors import InputError, SyntaxProblem
from preflight.model.source import Place, SourceFile
from preflight.model.template import Note
from preflight.read.json_document import Document, parse_json
from preflight.read.what_if_shape import is_what_if, json_start, text_problem


class Given:
    """A source before it is read: its name and text, and its JSON once that is asked for."""

    def __init__(self, name: str, path: Path | None, text: str) -> None:
        """Keep a file's name for reports, its path (None for standard input) and its text."""
        self.source = SourceFile(name, text)
        self.path = path

    @property
    def suffix(self) -> str:
        """The file name's extension in lower case."""
        return "" if self.path is None else self.path.suffix.lower()

    @cached_property
    def document(self) -> Document:
        """The text as JSON.

        Raises:
            InputError: it is none; the message says what else it seems to be.
        """
        text, name = self.source.text, self.source.name
        if not text.strip():
            raise InputError(f"`{name}` is empty", help="give a template")
        try:
            return parse_json(text, name)
        except SyntaxProblem as error:
            document = None if text.lstrip()[:1] == "{" else self._behind_warnings()
            if document is not None:
                return document
            raise (text_problem(text, self.source) or error) from error

    def _behind_warnings(self) -> Document | None:
        """Return a what-if result that follows lines of something else."""
        start = json_start(self.source.text)
        if start is None:
            return None
        try:
            document = parse_json(self.source.text, self.source.name, start=start)
        except SyntaxProblem:
            # Then the text is judged as a whole.
            return None
        if not is_what_if(document.value):
            return None
        lines = self.source.text.count("\n", 0, start)
        note = Note(
            code="lines-skipped",
            message=f"{lines} lines before the JSON were skipped",
            origin=Place(source=self.source, offset=0),
        )
        return replace(document, notes=(note, *document.notes))


class Parsed(Given):
    """A source that was given as a parsed object."""

    def __init__(self, document: Document) -> None:
        """Keep the object; its text is how JSON would print it."""
        super().__init__(document.source.name, None, document.source.text)
        self.document = document
