"""Fuzz target: texts that people paste; whatever they are, nothing is invented from them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fuzz.judging import judge_refusal

from preflight.api import Background, explain_error, read_log
from preflight.errors import PreflightError
from preflight.model.explanation import DenialKind
from preflight.report.explanation import EXPLANATION_FORMATS
from preflight.report.view import View

_ROOT = Path(__file__).resolve().parent.parent.parent
_DATA = _ROOT / "tests" / "conformance" / "data"
_LARGEST_SEED = 6_000
_SHOWN_EVERY = 8
"""One input in so many is rendered too: reading is what has to be tried often."""


def _recorded() -> list[bytes]:
    cases = json.loads((_DATA / "auth-errors.json").read_text(encoding="utf-8"))
    cases += json.loads((_DATA / "auth-errors-clients.json").read_text(encoding="utf-8"))["cases"]
    texts = [case["text"] for case in cases]
    return [text.encode("utf-8", "surrogatepass") for text in texts if len(text) <= _LARGEST_SEED]


SEEDS = [
    *_recorded(),
    *(path.read_bytes() for path in sorted(_ROOT.glob("examples/*/denial.txt"))),
]
WORDS = (
    "The client '", "' with object id '", "' does not have authorization to perform action '",
    "' over scope '", "' or the scope is invalid.", "Microsoft.Web/sites/write",
    "/subscriptions/x", "' has permission to perform action '", "' on scope '", "'; however, it ",
    "action(s) '", "' on the linked scope(s) '",
    "the access is denied because of the deny assignment with name '", "' and Id '",
    "' at scope '", "and is blocked by deny assignments on the '2' linked scope(s) '",
    "ABAC condition that is not fulfilled to perform action '", "Caller: appid=a;oid=b;iss=c",
    "\r\nAction: 'A/b/action'", "\r\nResource: '/subscriptions/x'",
    "lacks the required data action `", "You do not have Azure RBAC permissions",
    "A/b/write permission", '"code":"', "Code: ", "(Code:", "AuthorizationFailed",
    "LinkedAccessCheckFailed", "DenyAssignmentAuthorizationFailed", "AADSTS70021",
    "correlation ID: ", "x-ms-correlation-request-id", "'", '"', "`", "''", "\\", '\\"',
    "\\u0027", "\\r\\n", "&quot;", "&#39;", "&#x27;", "&#99999;", "<br>", "<b", "<", ">", "**",
    "***", "_", "\n", "\r\n", " \n", "\n\u2502 ", "\n# ", "\n> ", "\n     | ",
    "\n2026-11-24T10:00:00.0000000Z ", "\n##[error]", "\x1b[31m", "[0m", "\x1b]0;x\x07", "\u2018",
    "\u2019", "\u201c", "\u201d", "\u2026", "...", "perform action ",
    "performing the following actions ", "perform", "does not", "has ", "scope ", "over scope ",
    "with object id ", "client ", "https://sts.windows.net/x/", "arn:aws:", "\x00", "\u2028",
    "\ufeff", ",", ",/", ";", ".", " ", "[", "]", "{", "}", "/", "::error::", "%", "\t" * 50,
    "'" * 50, " " * 200, " no tiene autorización para realizar la acción ", " en el ámbito ",
    " hat keine Berechtigung zum Ausführen der Aktion ", " über Bereich ", "« ", " »", "=\n", "=3D",
    " 범위에 대해 ", " 작업을 수행할 권한이 없", "无权", "|", '""',
)  # fmt: skip
GRAMMAR = {
    "start": ("<sentence>", "<start>\\w<sentence>", "\\w<sentence>\\w", '{"error":{<code>}}'),
    "code": ('"code":"\\w","message":"<sentence>"',),
    "sentence": (
        "<who> does not have authorization to perform action <value> over scope <value>.",
        (
            "<who> has permission to perform action <value> on scope <value>; however, it does "
            "not have permission to perform action(s) <value> on the linked scope(s) <value>"
        ),
        (
            "<who> has permission to perform action <value> on scope <value>; however, the "
            "access is denied because of the deny assignment with name <value> and Id <value> "
            "at scope <value>."
        ),
        (
            "<who> does not have permission to perform action <value> on the '0' linked "
            "scope(s) '' or the linked scope(s) are invalid and is blocked by deny assignments "
            "on the '2' linked scope(s) <value>"
        ),
        "Caller: appid=\\w;oid=\\w;iss=x Action: <value> Resource: <value>",
    ),
    "who": (
        "The client <value> with object id <value>",
        "\\w",
        "The client with object id <value>",
    ),
    "value": ("'\\w'", "'Microsoft.A/b/write'", "'/subscriptions/x,/subscriptions/y'", "\\w", "''"),
}


def fuzz(data: bytes) -> None:
    """Read, explain and now and then print; what is found stands in the text."""
    try:
        said = read_log([data])
    except PreflightError as problem:
        judge_refusal(problem)
        return
    assert (said.kind is DenialKind.NONE) <= (not said.denials)
    for denial in said.denials:
        assert denial.action.strip(), "a denial without an action"
        assert denial.scope is None or denial.scope.strip(), "an empty scope"
        assert "\n" not in denial.action
        assert "\n" not in (denial.scope or "")
    if len(data) % _SHOWN_EVERY == 0:
        explanation = explain_error(said, "text", Background())
        json.dumps(explanation.to_dict())
        for one in EXPLANATION_FORMATS.values():
            assert one.render(explanation, View()).endswith("\n")
