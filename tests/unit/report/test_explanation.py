"""Explanations in every format, for every kind of text: valid, safe, and never empty."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TypeAlias

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import preflight
from preflight.model.explanation import DenialKind
from preflight.model.outcome import Detail
from preflight.model.value import JsonValue
from preflight.report.explanation import EXPLANATION_FORMATS
from preflight.report.view import View

ROOT = Path(__file__).resolve().parent.parent.parent.parent
Schema: TypeAlias = "bool | Mapping[str, object]"
SENTENCE = (
    "does not have authorization to perform action 'A.B/c/write' over scope '/subscriptions/1'"
)
LINK = (
    "has permission to perform action 'A.B/c/write' on scope '/x'; however, it does not have "
    "permission to perform action(s) 'A.B/d/read' on the linked scope(s) '/subscriptions/1/y'"
)
TEXTS = {
    DenialKind.AUTHORIZATION_FAILED: f"The client 'c@d.e' with object id 'o' {SENTENCE}.",
    DenialKind.LINKED: f"The client 'c' with object id 'o' {LINK} (respectively) or.",
    DenialKind.DENY_ASSIGNMENT: "the access is denied because of the deny assignment with name 'n'",
    DenialKind.CONDITION_NOT_MET: "an authorization with ABAC condition that is not fulfilled to",
    DenialKind.SCOPE_LOCKED: "operation because following scope(s) are locked: '/subscriptions/1'.",
    DenialKind.POLICY_DENIED: "Resource 'r' was disallowed by policy.",
    DenialKind.PROVIDER_NOT_REGISTERED: "is not registered to use namespace 'Microsoft.Web'.",
    DenialKind.WRONG_TENANT: "The access token is from the wrong issuer 'x'.",
    DenialKind.AUTHENTICATION: "AADSTS70021: x",
    DenialKind.DATA_PLANE: "requested access to the resource is denied",
    DenialKind.GRAPH: "Insufficient privileges to complete the operation.",
    DenialKind.NOT_FOUND: "The subscription 's' could not be found.",
    DenialKind.CONFLICT: "The role assignment already exists.",
    DenialKind.OTHER: '{"error":{"code":"SkuNotAvailable","message":"azure"}}',
    DenialKind.NONE: "all is well",
}
CUT = {
    DenialKind.AUTHORIZATION_FAILED: "Code: AuthorizationFailed",
    DenialKind.LINKED: "Code: LinkedAuthorizationFailed",
}


def errors(document: JsonValue) -> list[str]:
    folder = resources.files("preflight.report") / "schemas"
    names = ("explanation-1", "report-1", "requirements-1")
    found: dict[str, dict[str, JsonValue]] = {
        name: json.loads((folder / f"{name}.schema.json").read_text("utf-8")) for name in names
    }
    registry = Registry[Schema]().with_resources(
        (f"{name}.schema.json", Resource.from_contents(found[name])) for name in names
    )
    validator = Draft202012Validator(found["explanation-1"], registry=registry)
    return [error.message for error in validator.iter_errors(document)]


def test_every_kind_is_tried() -> None:
    assert set(TEXTS) == set(DenialKind)


@pytest.mark.parametrize("text", [*TEXTS.values(), *CUT.values()])
def test_an_explanation_is_valid_and_its_commands_are_shell_words(text: str) -> None:
    explained = preflight.explain(text)

    document = explained.to_dict()
    assert [] == errors(document)
    causes = [*explained.causes, *(cause for row in explained.denials for cause in row.causes)]
    for cause in causes:
        assert shlex.split(cause.settle)[0] == "az"
    for one in EXPLANATION_FORMATS.values():
        for detail in Detail:
            assert one.render(explained, View(detail=detail, verbosity=1)).endswith("\n")


@pytest.mark.parametrize("kind", [*TEXTS])
def test_each_text_has_its_kind_and_says_what_it_proves(kind: DenialKind) -> None:
    explained = preflight.explain(TEXTS[kind])

    assert explained.text.kind is kind
    if kind is DenialKind.NONE:
        return
    proves = explained.proves or explained.denials[0].proves
    assert proves
    if kind is not DenialKind.OTHER:
        assert explained.causes or explained.denials[0].causes
    assert explained.never


@pytest.mark.parametrize("letter", "abcde")
def test_an_explanation_with_evidence_is_valid(letter: str) -> None:
    (folder,) = (ROOT / "examples").glob(f"{letter}-*")
    access = preflight.load_access(ROOT / "examples" / "access.json")

    explained = preflight.explain((folder / "denial.txt").read_text(encoding="utf-8"), access)

    assert [] == errors(explained.to_dict())
    for detail in Detail:
        text = EXPLANATION_FORMATS["json"].render(explained, View(detail=detail))
        assert [] == errors(json.loads(text))


def test_markdown_keeps_its_bound() -> None:
    text = "\n".join(
        f"The client 'c' with object id 'o' {SENTENCE.replace('/1', f'/{n}')}." for n in range(60)
    )

    shown = EXPLANATION_FORMATS["markdown"].render(preflight.explain(text), View(max_chars=2_000))

    assert len(shown) <= 2_000
    assert "Left out" in shown
