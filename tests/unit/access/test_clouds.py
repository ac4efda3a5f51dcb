"""Clouds and addresses of one's own."""

from __future__ import annotations

import pytest

from preflight.access.clouds import CHINA, PUBLIC, US_GOVERNMENT, Endpoints, cloud_of
from preflight.errors import UsageError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (None, PUBLIC),
        ("public", PUBLIC),
        ("AzureCloud", PUBLIC),
        ("usgov", US_GOVERNMENT),
        ("AzureUSGovernment", US_GOVERNMENT),
        ("AZURECHINACLOUD", CHINA),
    ],
)
def test_every_spelling(name: str | None, expected: object) -> None:
    assert expected == cloud_of(name)


def test_an_unknown_cloud_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="no cloud"):
        cloud_of("mars")


def test_an_authority_of_ones_own_turns_off_instance_discovery() -> None:
    mine = cloud_of("public", Endpoints(authority="https://login.example/"))

    assert not mine.known_authority
    assert mine.authority == "https://login.example"
    assert cloud_of("public", Endpoints(authority=CHINA.authority)).known_authority


def test_the_address_is_the_audience_unless_another_is_given() -> None:
    mine = cloud_of("public", Endpoints(arm="https://arm.example:8443"))

    assert mine.arm_scope == "https://arm.example:8443/.default"
    given = Endpoints(arm="https://arm.example", audience="https://audience.example/")
    assert cloud_of(None, given).arm_scope == "https://audience.example/.default"


@pytest.mark.parametrize(
    "address",
    [
        "http://arm.example",
        "arm.example",
        "https://",
        "https://a.example?x=1",
        "https://user@a.example",
        "https://a.example:0",
        "https://[",
    ],
)
def test_a_token_goes_to_tls_addresses_only(address: str) -> None:
    with pytest.raises(UsageError, match="https://"):
        cloud_of(None, Endpoints(arm=address))
