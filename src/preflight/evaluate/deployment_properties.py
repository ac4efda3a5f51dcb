"""`properties` of a deployment: its raw members, its settings, how it names a linked template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from preflight.evaluate.frame import EvaluationProblem, Frame
from preflight.evaluate.instance import text_of
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.types import as_json, get
from preflight.model.value import JsonValue, PartialText, Unknown, Value, first_unknown, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """`properties` of a deployment, unevaluated, with the frame of the object."""

    members: Mapping[str, JsonValue]
    frame: Frame
    written: bool = True
    """Whether they stand in the template; else an expression made them."""

    @staticmethod
    def read(properties: JsonValue, frame: Frame) -> Properties:
        """Take the properties, which may themselves be an expression.

        Raises `EvaluationProblem` where they are no object, or not known.
        """
        written = not isinstance(properties, str)
        if isinstance(properties, str):
            value = evaluate(properties, frame)
            properties = as_json(value) if first_unknown(value) is None else None
        if not isinstance(properties, dict):
            raise EvaluationProblem("a deployment needs `properties`", where=frame.place)
        return Properties(members=properties, frame=frame, written=written)

    def raw(self, name: str) -> JsonValue:
        """Return a member as written; None where absent."""
        return get(self.members, name)

    def at(self, name: str) -> Frame:
        """Return the frame of a member, as it is spelled."""
        spelled = next((key for key in self.members if key.lower() == name.lower()), name)
        return self.frame.at(f"/{spelled}")


def member(value: Value, name: str) -> Value:
    """Return a member of an evaluated object without regard to case; None where absent."""
    if not isinstance(value, dict):
        return None
    return next((v for key, v in value.items() if key.lower() == name.lower()), None)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        for key in ("uri", "id", "relativePath"):
            text = text_of(member(value, key))
            if text:
                yield text
    elif isinstance(value, Unknown | PartialText):
        yield printable(value)


def shown_link(link: Value, raw: JsonValue) -> str:
    """Return what names a linked template: the known text, else the expression as written."""
    shown = next(_texts(link), "")
    if shown and not (shown.startswith("{") and shown.endswith("}")):
        return shown
    written = raw if isinstance(raw, str) else None
    if isinstance(raw, dict):
        named = (get(raw, key) for key in ("uri", "id", "relativePath"))
        written = next((text for text in named if isinstance(text, str)), None)
    return written or shown or "templateLink"
