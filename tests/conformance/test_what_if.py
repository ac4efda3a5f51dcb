"""What-if results as people save them, and the requirements that follow."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import preflight
from preflight.errors import AccessError, InputError, UsageError
from preflight.model.requirement import Derivation
from preflight.model.value import JsonValue

SUITES = ("what-if.json",)
BLOCKING = {"required", "conditional"}
PLACEHOLDER = re.compile(r"\\\{[^{}/]*?…[^{}/]*?\\\}|\\\{[^{}/]+?\\\}")


def text_of(value: JsonValue) -> str:
    assert isinstance(value, str)
    return value


def rows_of(value: JsonValue) -> list[dict[str, JsonValue]]:
    assert isinstance(value, list)
    return [row for row in value if isinstance(row, dict)]


def member(case: dict[str, JsonValue], key: str) -> dict[str, JsonValue]:
    found = case[key]
    assert isinstance(found, dict)
    return found


def scope_matches(wanted: JsonValue, scope: str) -> bool:
    """A `{…}` in the wanted scope stands for any one placeholder."""
    if wanted is None:
        return True
    pattern = PLACEHOLDER.sub(r"\\{[^{}]+\\}", re.escape(text_of(wanted)))
    return re.fullmatch(pattern, scope, re.IGNORECASE) is not None


def derive(case: dict[str, JsonValue], folder: Path) -> Derivation:
    source = folder / "what-if.json"
    given = case["whatIf"]
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    source.write_text(text, encoding="utf-8")
    options = member(case, "options")
    scope, location = case["scope"], options.get("location")
    return preflight.derive(
        source,
        scope=scope if isinstance(scope, str) else None,
        location=location if isinstance(location, str) else None,
        client=text_of(options["client"]),
        mode=text_of(options["mode"]),
        root=folder,
    )


def exit_code(error: preflight.PreflightError) -> int:
    kinds = ((InputError, 3), (UsageError, 2), (AccessError, 4))
    return next((code for kind, code in kinds if isinstance(error, kind)), 70)


def test_case(case: dict[str, JsonValue], tmp_path: Path) -> None:
    expect = member(case, "expect")
    if "error" in expect:
        with pytest.raises(preflight.PreflightError) as raised:
            derive(case, tmp_path)
        wanted = member(expect, "error")
        said = f"{raised.value} {raised.value.help}".lower()
        words = wanted["contains"]
        assert isinstance(words, list)
        assert wanted["exitCode"] == exit_code(raised.value)
        assert [] == [word for word in words if text_of(word).lower() not in said]
        return
    derived = derive(case, tmp_path)
    assert [] == absent_rows(expect, derived)
    assert [] == missing_rows(expect, derived)
    if "gaps" in expect:
        assert_gaps(rows_of(expect["gaps"]), derived)
    said = " ".join(f"{row.what} {row.why}" for row in derived.not_checked).lower()
    wanted_texts = expect.get("notChecked", [])
    assert isinstance(wanted_texts, list)
    assert [] == [text for text in wanted_texts if text_of(text).lower() not in said]


def missing_rows(expect: dict[str, JsonValue], derived: Derivation) -> list[dict[str, JsonValue]]:
    """Return the expected requirements that were not derived."""
    return [
        row
        for row in rows_of(expect.get("requirements", []))
        if not any(
            one.action.folded == text_of(row["action"]).lower()
            and scope_matches(row["scope"], one.scope.text)
            and one.certainty.value == row["certainty"]
            and row.get("kind", one.kind.value) == one.kind.value
            for one in derived.requirements
        )
    ]


def absent_rows(expect: dict[str, JsonValue], derived: Derivation) -> list[dict[str, JsonValue]]:
    """Return the rows that should be absent but block."""
    return [
        row
        for row in rows_of(expect.get("absent", []))
        if any(
            one.certainty.value in BLOCKING
            and one.action.folded == text_of(row["action"]).lower()
            and scope_matches(row.get("scope"), one.scope.text)
            for one in derived.requirements
        )
    ]


def assert_gaps(wanted: list[dict[str, JsonValue]], derived: Derivation) -> None:
    """Each expected gap is met by one, and each gap by an expected one."""
    found = [(gap.kind.value, gap.target.lower()) for gap in derived.gaps]

    def meets(row: dict[str, JsonValue], gap: tuple[str, str]) -> bool:
        target = row.get("target")
        return row["kind"] == gap[0] and (target is None or text_of(target).lower() == gap[1])

    assert [] == [row for row in wanted if not any(meets(row, gap) for gap in found)]
    assert [] == [gap for gap in found if not any(meets(row, gap) for row in wanted)]
