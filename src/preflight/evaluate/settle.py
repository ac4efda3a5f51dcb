"""Text in brackets that may or may not be settled before the deployment: never an error."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.errors import SyntaxProblem
from preflight.evaluate.frame import EvaluationProblem, Frame
from preflight.evaluate.interpret import evaluate_text
from preflight.expression.embedded import pieces
from preflight.expression.parser import MAX_LENGTH
from preflight.model.value import (
    Cause,
    JsonValue,
    OpenKey,
    PartialText,
    Unknown,
    Value,
    join_text,
)

_TEXTS = (str, Unknown, PartialText)


def settle(text: str, frame: Frame) -> Value:
    """Evaluate one text as far as possible."""
    if not (text.startswith("[") and text.endswith("]")):
        return text
    if len(text) <= MAX_LENGTH + len("[]"):
        try:
            return evaluate_text(text, frame)
        except (EvaluationProblem, SyntaxProblem):
            # Not ours to judge: the service has accepted it, so it means something at run time.
            pass
    return _open(text)


def _open(text: str) -> Unknown:
    return Unknown(label="expression", cause=Cause.RUNTIME, expression=text)


def settle_id(text: str, frame: Frame) -> Value:
    """Evaluate an ID, or the expressions inside it, as far as possible."""
    found = [settle(piece, frame) if "(" in piece else piece for piece in pieces(text)]
    if len(found) == 1:
        return found[0]
    return join_text(part if isinstance(part, _TEXTS) else _open(text) for part in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Where a body holds content with expressions of its own.

    They are read in `frame`, which records no calls: who runs the content makes those.
    """

    path: tuple[str, ...]
    frame: Frame


def settle_tree(value: JsonValue, frame: Frame, content: Content | None) -> Value:
    """Settle every text of a body; property names too, but not inside content."""
    holder: list[Value] = [None]
    stack: list[_Part] = [_Part(value, holder, 0, "", ())]
    while stack:
        part = stack.pop()
        part.put(_shallow(part, frame, content, stack))
    return holder[0]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a body and where its value belongs; `names` are the property names above it."""

    json: JsonValue
    container: list[Value] | dict[str, Value]
    at: int | str
    pointer: str
    names: tuple[str, ...]

    def put(self, value: Value) -> None:
        """Set the value where it belongs."""
        match self.container, self.at:
            case list() as items, int() as index:
                items[index] = value
            case dict() as members, str() as name:
                members[name] = value
            case _:
                raise TypeError("a list takes an index, an object a name")


def _shallow(part: _Part, frame: Frame, content: Content | None, stack: list[_Part]) -> Value:
    """Return the value of a part; what is below it goes on the stack."""
    raw = content is not None and part.names[: len(content.path)] == content.path
    if isinstance(part.json, str):
        own = content.frame if raw and content is not None else frame
        return settle(part.json, own.at(part.pointer))
    if isinstance(part.json, list):
        items: list[Value] = [None] * len(part.json)
        stack.extend(
            _Part(item, items, index, f"{part.pointer}/{index}", part.names)
            for index, item in reversed(list(enumerate(part.json)))
        )
        return items
    if isinstance(part.json, dict):
        members: dict[str, Value] = {}
        below: list[_Part] = []
        for key, item in part.json.items():
            pointer = f"{part.pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            name = key if raw else _name(key, frame.at(pointer))
            members[name] = None
            below.append(_Part(item, members, name, pointer, (*part.names, key.lower())))
        stack.extend(reversed(below))
        return members
    return part.json


def _name(key: str, frame: Frame) -> str:
    value = settle(key, frame)
    if isinstance(value, Unknown | PartialText):
        return OpenKey(value)
    return value if isinstance(value, str) else key
