"""Which sign-in a place offers, and which others it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from preflight.access.az_profile import az_account, default_subscription
from preflight.access.clouds import PUBLIC
from preflight.access.credentials import AUTHS, ORDER, SignIn, complete, sign_in
from preflight.access.deadline import Deadline
from preflight.access.sign_in_words import LABELS, NEEDS, refusal
from preflight.errors import NotSignedIn, UsageError

PIPELINES = {
    "AZURESUBSCRIPTION_CLIENT_ID": "a",
    "AZURESUBSCRIPTION_TENANT_ID": "t",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "c",
    "SYSTEM_ACCESSTOKEN": "s",
}
SECRET = {"AZURE_CLIENT_ID": "a", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_SECRET": "s"}
GITHUB = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "s",
    "AZURE_CLIENT_ID": "a",
    "AZURE_TENANT_ID": "t",
}


def how(environ: dict[str, str], auth: str = "auto") -> SignIn:
    return SignIn(cloud=PUBLIC, deadline=Deadline(10), auth=auth, environ=environ)


@pytest.mark.parametrize(
    ("kind", "environ"),
    [
        ("pipelines", PIPELINES),
        ("env", SECRET),
        ("oidc", GITHUB),
        ("managed-identity", {"IDENTITY_ENDPOINT": "x"}),
        ("token", {"PREFLIGHT_TOKEN": "x"}),
    ],
)
def test_complete_only_with_everything(kind: str, environ: dict[str, str]) -> None:
    assert complete(how(environ), kind)
    for name in environ:
        assert not complete(how({**environ, name: ""}), kind)


def test_a_program_is_looked_for_on_the_path_of_the_place(tmp_path: Path) -> None:
    program = tmp_path / "az"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)

    assert complete(how({"PATH": str(tmp_path)}), "cli")
    assert not complete(how({"PATH": str(tmp_path / "none")}), "cli")


@pytest.mark.parametrize("path", [":/none", "/none:", ".", "bin"])
def test_a_program_in_the_working_folder_is_never_started(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "az").write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / "az").chmod(0o755)

    assert not complete(how({"PATH": path}), "cli")


def test_every_kind_has_words() -> None:
    assert set(AUTHS) - {"auto"} == set(LABELS) == set(NEEDS)
    assert set(AUTHS) - {"auto", "token"} == set(ORDER)


def test_an_unknown_kind_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="no `--auth`"):
        sign_in(how({}, "magic"))


@pytest.mark.parametrize("kind", sorted({*AUTHS} - {"auto", "managed-identity"}))
def test_a_kind_that_is_not_complete_says_what_it_needs(kind: str) -> None:
    with pytest.raises(NotSignedIn, match="not complete") as caught:
        sign_in(how({"PATH": ""}, kind))

    assert NEEDS[kind] in caught.value.help


@pytest.mark.parametrize(
    ("environ", "advice"),
    [
        ({}, "--access FILE"),
        ({"TF_BUILD": "True"}, "SYSTEM_ACCESSTOKEN: $(System.AccessToken)"),
        ({"GITHUB_ACTIONS": "true"}, "id-token: write"),
    ],
)
def test_nobody_signed_in_names_the_ways_out(environ: dict[str, str], advice: str) -> None:
    with pytest.raises(NotSignedIn) as caught:
        sign_in(how({"PATH": "", **environ}))

    assert advice in caught.value.help


@pytest.mark.parametrize(
    ("code", "advice"),
    [("AADSTS700024", "right before"), ("AADSTS7000215", "value"), ("AADSTS90002", "TENANT")],
)
def test_a_known_refusal(code: str, advice: str) -> None:
    error = refusal("env", ValueError(f"{code}: long text. Trace ID: 1 Correlation ID: 2"))

    assert code in error.message
    assert advice in error.help


def test_a_secret_that_no_header_takes_is_not_quoted() -> None:
    error = refusal(
        "pipelines", ValueError("return character(s) in header value: 'Bearer ab\\ncd'")
    )

    assert "Bearer" not in str(error)
    assert "holds a character that no header takes" in str(error)


@pytest.mark.parametrize("said", ["client_secret=a~1 b", "client_secret=a~1+b", "[a~1 b]"])
def test_a_short_secret_that_comes_back_is_not_repeated(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "a~1 b")

    assert "a~1" not in str(refusal("env", ValueError(f"not understood: {said}")))


def test_an_unknown_refusal_is_one_line_without_its_trace() -> None:
    error = refusal("oidc", ValueError("AADSTS1: no\nway. Trace ID: 1"))

    assert error.message == "the sign-in with GitHub OIDC failed (AADSTS1): AADSTS1: no way."


def profile(folder: Path, *rows: object) -> dict[str, str]:
    text = "\ufeff" + json.dumps({"subscriptions": list(rows)})
    (folder / "azureProfile.json").write_text(text, encoding="utf-8")
    return {"AZURE_CONFIG_DIR": str(folder)}


def test_the_subscription_that_az_is_signed_in_to(tmp_path: Path) -> None:
    environ = profile(tmp_path, {"id": "one"}, {"id": "two", "isDefault": True})

    assert default_subscription(environ, "cli") == "two"
    assert default_subscription(environ, "pipelines") == "two"
    assert default_subscription(environ, "env") is None
    assert default_subscription({**environ, "AZURE_SUBSCRIPTION_ID": "three"}, "cli") == "three"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"subscriptions": 5}', '{"subscriptions": [5]}'])
def test_a_damaged_profile_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "azureProfile.json").write_text(text, encoding="utf-8")

    assert az_account({"AZURE_CONFIG_DIR": str(tmp_path)}) == {}


def test_the_working_folder_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".azure").mkdir()
    profile(tmp_path / ".azure", {"id": "theirs", "isDefault": True})
    monkeypatch.chdir(tmp_path)

    assert az_account({}) == {}
    assert az_account({"HOME": str(tmp_path)})["id"] == "theirs"
