from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest
from tests.fakes.certificates import ServerFiles, issue
from tests.fakes.registry import LAYER, TOKEN, FakeRegistry, digest_of, serve

from preflight.access.oci import is_data_endpoint
from preflight.access.registry import RestoreSettings, restore
from preflight.errors import PreflightError
from preflight.model.artifact import RegistryModule

TEMPLATE = b'{"resources": []}'


class Restore(Protocol):
    """The fixture `pull`: restore one module from the registry."""

    def __call__(
        self,
        tag: str | None = ...,
        *,
        digest: str | None = ...,
        hosts: tuple[str, ...] | None = ...,
        seconds: float = ...,
        trusted: bool = ...,
    ) -> Mapping[str, PreflightError]: ...


@pytest.fixture(scope="session")
def server_files(tmp_path_factory: pytest.TempPathFactory) -> ServerFiles:
    return issue(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def registry(server_files: ServerFiles, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRegistry]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serve(FakeRegistry(), server_files.context()) as running:
        yield running


@pytest.fixture
def pull(registry: FakeRegistry, server_files: ServerFiles, tmp_path: Path) -> Restore:
    """Restore one module from the registry into `tmp_path`."""

    def run(
        tag: str | None = "V1.0",
        *,
        digest: str | None = None,
        hosts: tuple[str, ...] | None = None,
        seconds: float = 20.0,
        trusted: bool = True,
    ) -> Mapping[str, PreflightError]:
        module = RegistryModule(
            registry=registry.host,
            repository="bicep/app",
            tag=None if digest else tag,
            digest=digest,
        )
        settings = RestoreSettings(
            cache=tmp_path,
            hosts=(registry.host,) if hosts is None else hosts,
            seconds=seconds,
            authority=server_files.authority if trusted else None,
        )
        return restore([module], settings)

    return run


def only(failures: Mapping[str, PreflightError]) -> str:
    (error,) = failures.values()
    return str(error)


def cached(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_module_lands_in_the_cache_as_the_compiler_keeps_it(
    registry: FakeRegistry, pull: Restore, tmp_path: Path
) -> None:
    digest = registry.publish("bicep/app", "V1.0", TEMPLATE)

    assert pull() == {}

    folder = tmp_path / "br" / f"localhost${registry.port}" / "bicep$app" / "V1.0$1"
    assert cached(tmp_path) == ["lock", "main.json", "manifest", "metadata"]
    assert (folder / "main.json").read_bytes() == TEMPLATE
    assert json.loads((folder / "metadata").read_text()) == {"manifestDigest": digest}
    assert digest_of((folder / "manifest").read_bytes()) == digest
    assert {seen.method for seen in registry.seen} == {"GET"}
    assert {seen.authorization for seen in registry.seen} == {None}


def test_a_module_may_be_named_by_its_digest(
    registry: FakeRegistry, pull: Restore, tmp_path: Path
) -> None:
    digest = registry.publish("bicep/app", "V1.0", TEMPLATE)

    assert pull(digest=digest) == {}
    assert next(tmp_path.rglob("main.json")).parent.name == digest.replace(":", "#")


def test_an_anonymous_token_is_fetched_once_and_sent_to_the_registry_alone(
    registry: FakeRegistry, pull: Restore
) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE)
    registry.asks_for_token = True
    registry.blob_redirect = f"https://{registry.host}{{path}}"

    assert pull() == {}

    asked = [seen for seen in registry.seen if seen.path.startswith("/token")]
    assert len(asked) == 1
    assert "scope=repository%3Abicep%2Fapp%3Apull" in asked[0].path
    assert [s.authorization for s in registry.seen if s.path.startswith("/data")] == [None]
    blob = [s for s in registry.seen if "/blobs/" in s.path]
    assert [s.authorization for s in blob] == [f"Bearer {TOKEN}"]


def test_a_host_that_was_not_given_is_never_asked(registry: FakeRegistry, pull: Restore) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE)

    assert "may not be asked" in only(pull(hosts=("mcr.microsoft.com",)))
    assert registry.seen == []


def test_a_server_without_a_trusted_certificate_is_refused(
    registry: FakeRegistry, pull: Restore
) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE)

    assert "certificate" in only(pull(trusted=False)).lower()
    assert registry.seen == []


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"status": 404}, "answers 404"),
        ({"status": 503}, "answers 503"),
        ({"tampered": True}, "is not the one of its digest"),
        ({"cut": True}, "is not the one of its digest"),
        ({"endless": True}, "sends more than the 17 bytes that it may"),
        ({"header_digest": "sha256:" + "0" * 64}, "is not the one of its digest"),
        ({"manifest_redirect": "https://evil.example/x"}, "redirects to `https://evil.example`"),
        ({"blob_redirect": "https://evil.example{path}"}, "redirects to `https://evil.example`"),
        ({"blob_redirect": "http://localhost{path}"}, "redirects to `http://localhost`"),
        ({"blob_redirect": "file:///etc/passwd"}, "redirects to `file://`"),
        ({"asks_for_token": True, "gives_token": False}, "hands out no token"),
        ({"asks_for_token": True, "realm": "https://evil.example/t"}, "hands out tokens at"),
        ({"asks_for_token": True, "realm": "http://localhost/t"}, "hands out tokens at"),
        ({"asks_for_token": True, "realm": "https://[/t"}, "asks for a sign-in that is not"),
        ({"asks_for_token": True, "challenge": "Bearer " + "a" * 60_000}, "asks for a sign-in"),
        ({"asks_for_token": True, "challenge": "Basic x"}, "asks for a sign-in that is not"),
        ({"manifest_redirect": "https://[/x"}, "redirects to what is no address"),
        ({"manifest_redirect": ""}, "redirects more than 3 times"),
    ],
)
def test_what_cannot_be_trusted_is_not_cached(
    registry: FakeRegistry,
    pull: Restore,
    tmp_path: Path,
    faults: dict[str, object],
    message: str,
) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE)
    for name, value in faults.items():
        setattr(registry, name, value)

    assert message in only(pull())
    assert cached(tmp_path) == []


def test_a_slow_server_is_given_up_in_time(
    registry: FakeRegistry, pull: Restore, tmp_path: Path
) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE * 100)
    registry.pause = 0.05
    started = time.monotonic()

    assert "took more than 0.5 s" in only(pull(seconds=0.5))
    assert time.monotonic() - started < 10
    assert cached(tmp_path) == []


@pytest.mark.parametrize("drip", [b"HTTP/1.1 100 Continue\r\n\r\n", b"H"])
def test_a_server_that_never_begins_its_answer_is_given_up(
    registry: FakeRegistry, pull: Restore, drip: bytes
) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE)
    registry.drip = drip
    started = time.monotonic()

    assert "took more than 0.5 s" in only(pull(seconds=0.5))
    assert time.monotonic() - started < 5


def test_a_redirect_that_never_ends_is_given_up(registry: FakeRegistry, pull: Restore) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE)
    registry.manifest_redirect = f"https://{registry.host}/v2/bicep/app/manifests/V1.0"

    assert "redirects more than 3 times" in only(pull())


@pytest.mark.parametrize(
    ("published", "message"),
    [
        ({"layer": {"mediaType": "application/x"}}, "is no Bicep module"),
        ({"config": "application/vnd.oci.image.config.v1+json"}, "is no Bicep module"),
        ({"artifact": "application/vnd.ms.bicep.provider.artifact"}, "is no Bicep module"),
        ({"layer": {"digest": "md5:00"}}, "has no digest that can be checked"),
        ({"layer": {"digest": "sha256:../../token"}}, "has no digest that can be checked"),
        ({"layer": {"size": 10**12}}, "is larger than"),
        ({"layer": {"size": True}}, "is larger than"),
    ],
)
def test_a_manifest_that_is_no_modules(
    registry: FakeRegistry, pull: Restore, published: dict[str, object], message: str
) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE, **published)  # type: ignore[arg-type]  # one of several

    assert message in only(pull())


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"layers": 1}', b"[" * 100_000, b"\xff"])
def test_a_damaged_manifest(registry: FakeRegistry, pull: Restore, manifest: bytes) -> None:
    registry.manifests["bicep/app", "V1.0"] = manifest

    assert "module" in only(pull()) or "JSON" in only(pull())


def test_one_failure_does_not_stop_the_others(
    registry: FakeRegistry, server_files: ServerFiles, tmp_path: Path
) -> None:
    registry.publish("bicep/app", "2", TEMPLATE)
    modules = [
        RegistryModule(registry=registry.host, repository="bicep/app", tag=tag) for tag in "12"
    ]
    settings = RestoreSettings(
        cache=tmp_path, hosts=(registry.host,), authority=server_files.authority
    )

    assert list(restore(modules, settings)) == [modules[0].reference]
    assert (tmp_path / modules[1].folder / "main.json").exists()


def test_a_link_out_of_the_cache_is_not_written_through(
    registry: FakeRegistry, server_files: ServerFiles, tmp_path: Path
) -> None:
    registry.publish("bicep/app", "1", TEMPLATE)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "br").symlink_to(tmp_path / "elsewhere")
    module = RegistryModule(registry=registry.host, repository="bicep/app", tag="1")
    settings = RestoreSettings(
        cache=tmp_path / "cache", hosts=(registry.host,), authority=server_files.authority
    )

    assert "leads out of the module cache" in only(restore([module], settings))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_said(
    registry: FakeRegistry, server_files: ServerFiles, tmp_path: Path
) -> None:
    registry.publish("bicep/app", "1", TEMPLATE)
    (tmp_path / "file").write_text("")
    module = RegistryModule(registry=registry.host, repository="bicep/app", tag="1")
    settings = RestoreSettings(
        cache=tmp_path / "file", hosts=(registry.host,), authority=server_files.authority
    )

    assert "cannot be written" in only(restore([module], settings))


@pytest.mark.parametrize(
    ("host", "registry_host", "expected"),
    [
        ("westeurope.data.mcr.microsoft.com", "mcr.microsoft.com", True),
        ("data.mcr.microsoft.com", "mcr.microsoft.com", False),
        ("x.data.mcr.microsoft.com.evil.example", "mcr.microsoft.com", False),
        ("x.data.mcr.microsoft.com:444", "mcr.microsoft.com", False),
        ("evil.example", "mcr.microsoft.com", False),
        ("contoso.westeurope.data.azurecr.io", "contoso.azurecr.io", True),
        ("other.westeurope.data.azurecr.io", "contoso.azurecr.io", False),
        ("x.blob.core.windows.net", "contoso.azurecr.io", False),
        ("a.b.data.localhost", "localhost", False),
    ],
)
def test_data_endpoints_are_known_by_name(host: str, registry_host: str, expected: bool) -> None:
    assert is_data_endpoint(host, registry_host) is expected


def test_the_layer_type_is_compared_without_case(registry: FakeRegistry, pull: Restore) -> None:
    registry.publish("bicep/app", "V1.0", TEMPLATE, layer={"mediaType": LAYER.upper()})

    assert pull() == {}
