"""Refusals in languages that put the action last, or that no table knows: read as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from preflight.diagnose.error_text_subject import Subject
from preflight.diagnose.error_text_values import OPERATION, identity, joined

_QUOTED = r"['\"`]{1,2}\s?([^'\"`\n]{1,600}?)\s?['\"`]{1,2}"
_INVERTED = tuple(
    (word, re.compile(pattern.replace("{}", _QUOTED).replace(" ", r"\s*")), groups)
    for word, pattern, groups in (
        ("无权", r"对象 ID 为 {} 的客户端 {} 无权执行作用域为 {} 的操作 {}", "ocsa"),
        ("沒有授權", r"物件識別碼 {} 的用戶端 {} 沒有授權,? 無法在範圍 {} 中執行 {} 動作", "ocsa"),
        ("권한이", r"{} 범위에 대해 {} 작업을 수행할 (?:수 있는 )?권한이 없", "sa"),
    )
)
"""Word, sentence, its values in order: object ID, client, scope, action."""
_AZURE_CODE = re.compile(r"\bAuthorizationFailed\b")
_OPERATION = re.compile(rf"['\"`]\s?({OPERATION})\s?['\"`]")
_PLACE = re.compile(r"['\"`]\s?(/(?:subscriptions|providers)/[^'\"`\n]{1,2000}?)\s?['\"`]")
_VALUE = re.compile(r"['\"`]\s?([^\s'\"`:,{}]{3,120})\s?['\"`]")
_GUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_NEAR = 1_200
"""Characters behind a code in which its sentence stands."""
_FOREIGN = re.compile(r"[^\W\d_a-zA-Z]")


class Sentence(NamedTuple):
    """A refusal that was read as a whole."""

    at: int
    end: int
    action: str
    scope: str | None
    subject: Subject


def inverted_sentences(text: str) -> Iterator[Sentence]:
    """Yield refusals of languages in which the action stands last."""
    for word, pattern, groups in _INVERTED:
        if word not in text:
            continue
        for match in pattern.finditer(text):
            said = dict(zip(groups, match.groups(), strict=True))
            if re.fullmatch(OPERATION, said["a"]):
                subject = Subject(identity(said.get("c", "")), identity(said.get("o", "")))
                yield Sentence(match.start(), match.end(), said["a"], joined(said["s"]), subject)


def unknown_languages(text: str) -> Iterator[Sentence]:
    """Yield what a sentence in any other language says behind the code `AuthorizationFailed`.

    Under this code ARM names one action and one scope, and it is these that were denied; so where
    exactly one of each is quoted, they are known whatever the words between them mean.
    """
    if text.isascii():
        return
    for code in _AZURE_CODE.finditer(text):
        following = _AZURE_CODE.search(text, code.end(), code.end() + _NEAR)
        end = following.start() if following else code.end() + _NEAR
        said = text[code.end() : end]
        actions = {match.group(1): match for match in _OPERATION.finditer(said)}
        places = {match.group(1): match for match in _PLACE.finditer(said)}
        if len(actions) != 1 or len(places) != 1:
            continue
        ((action, named),), ((place, where),) = actions.items(), places.items()
        first, last = sorted((named, where), key=lambda match: match.start())
        if _FOREIGN.search(said, first.end(), last.start()):
            callers = _callers(said[: first.start()])
            at = code.end() + first.start()
            yield Sentence(at, code.end() + last.end(), action, joined(place), callers)


def _callers(before: str) -> Subject:
    """Tell client and object ID apart by their form: one GUID, one that is none."""
    values = _VALUE.findall(before)[-2:]
    if len(values) == 2 and values[0] == values[1]:  # noqa: PLR2004 - client and object ID
        return Subject(values[0], values[1])
    ids = [value for value in values if _GUID.fullmatch(value)]
    names = [value for value in values if "@" in value]
    if len(ids) == 1 and len(names) == 1:
        return Subject(names[0], ids[0])
    return Subject(None, None)
