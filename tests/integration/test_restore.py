"""Modules from a registry, end to end: only when asked, only from the hosts given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.fakes.certificates import ServerFiles, issue
from tests.fakes.registry import FakeRegistry, serve
from tests.integration.conftest import Run

TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"type": "string"}},
    "resources": [
        {
            "type": "Microsoft.Storage/storageAccounts",
            "apiVersion": "2023-05-01",
            "name": "[parameters('name')]",
            "location": "westeurope",
        }
    ],
}
PLACE = (
    "--scope",
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg",
    "--location",
    "westeurope",
)


@pytest.fixture(scope="module")
def server_files(tmp_path_factory: pytest.TempPathFactory) -> ServerFiles:
    return issue(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def registry(server_files: ServerFiles) -> Iterator[FakeRegistry]:
    with serve(FakeRegistry(), server_files.context()) as running:
        running.publish("bicep/app", "1.0", json.dumps(TEMPLATE).encode())
        yield running


Document = dict[str, list[dict[str, str]]]


class Setting:
    """A Bicep file that uses a module of the registry, and a call of the program."""

    def __init__(self, folder: Path, registry: FakeRegistry, files: ServerFiles, run: Run) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.host = registry.host
        self._run = run
        self._authority = files.authority
        module = f"module app 'br:{registry.host}/bicep/app:1.0' = {{\n  name: 'app'\n"
        (folder / "main.bicep").write_text(
            f"{module}  params: {{ name: 'stapp' }}\n}}\nresource own 'Microsoft.Network/"
            "virtualNetworks@2024-01-01' = {\n  name: 'vnet'\n  location: 'westeurope'\n}\n"
        )

    def run(self, *options: str, source: str = "main.bicep") -> CompletedProcess[str]:
        return self._run(
            "requirements",
            source,
            *PLACE,
            "--module-cache",
            self.cache,
            "-f",
            "json",
            *options,
            cwd=self.folder,
            env={"SSL_CERT_FILE": str(self._authority)},
        )

    def document(self, *options: str, source: str = "main.bicep") -> Document:
        done = self.run(*options, source=source)
        assert done.returncode == 0, done.stderr
        found: Document = json.loads(done.stdout)
        return found


@pytest.fixture
def setting(tmp_path: Path, registry: FakeRegistry, server_files: ServerFiles, run: Run) -> Setting:
    return Setting(tmp_path, registry, server_files, run)


def types(document: Document) -> set[str]:
    return {row["type"] for row in document["resources"]}


def test_a_module_that_is_not_at_hand_is_a_gap_and_nothing_is_fetched(
    setting: Setting, registry: FakeRegistry
) -> None:
    found = setting.document()

    (gap,) = found["gaps"]
    assert gap["kind"] == "registry-module"
    assert gap["target"] == f"br:{setting.host}/bicep/app:1.0"
    assert (
        f"bicep restore main.bicep`, or give --restore --registry {setting.host}" in gap["settle"]
    )
    assert "Microsoft.Network/virtualNetworks" in types(found)
    assert registry.seen == []


def test_with_restore_the_module_is_fetched_once(setting: Setting, registry: FakeRegistry) -> None:
    found = setting.document("--restore", "--registry", setting.host)

    assert not found["gaps"]
    assert "Microsoft.Storage/storageAccounts" in types(found)
    asked = len(registry.seen)
    again = setting.document("--restore", "--registry", setting.host)
    assert again == found
    assert len(registry.seen) == asked
    assert setting.document() == found


def test_only_the_hosts_given_are_asked(setting: Setting, registry: FakeRegistry) -> None:
    found = setting.document("--restore", "--registry", "localhost:1")

    (gap,) = found["gaps"]
    assert gap["kind"] == "registry-module"
    assert gap["settle"] == (
        f"--restore failed: the registry `{setting.host}` may not be asked; "
        f"name it with --registry {setting.host}; "
        "or run `bicep restore main.bicep`, which can sign in"
    )
    (note,) = [row for row in found["notes"] if row["code"] == "restore-failed"]
    assert f"the registry `{setting.host}` may not be asked" in note["message"]
    assert registry.seen == []


def test_a_module_that_the_registry_does_not_have_stays_a_gap(
    setting: Setting, registry: FakeRegistry
) -> None:
    registry.manifests.clear()

    found = setting.document("--restore", "--registry", setting.host)

    (gap,) = found["gaps"]
    assert gap["settle"].startswith(
        f"--restore failed: `{setting.host}` answers 404; check the module's path and version; or"
    )
    assert any("answers 404" in row["message"] for row in found["notes"])


def test_a_parameter_file_may_use_a_module_of_a_registry(setting: Setting) -> None:
    (setting.folder / "main.bicepparam").write_text(
        f"using 'br:{setting.host}/bicep/app:1.0'\nparam name = 'stfrom'\n"
    )

    without = setting.document(source="main.bicepparam")
    found = setting.document("--restore", "--registry", setting.host, source="main.bicepparam")

    assert [row["kind"] for row in without["gaps"]] == ["registry-module"]
    assert not found["gaps"]
    assert any(row["id"].endswith("/storageAccounts/stfrom") for row in found["resources"])


def test_a_module_is_given_what_it_declares(setting: Setting) -> None:
    text = (setting.folder / "main.bicep").read_text()
    (setting.folder / "main.bicep").write_text(text.replace("name: 'stapp'", "nam: 'stapp'"))

    done = setting.run("--restore", "--registry", setting.host)

    assert done.returncode == 3
    assert "main.bicep:3:13" in done.stderr
    assert "did you mean `name`?" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--registry", "localhost"),
        ("--restore", "--registry", "https://contoso.azurecr.io"),
        ("--restore", "--registry", "contoso.azurecr.io/bicep"),
        ("--restore", "--registry", "*.azurecr.io"),
        ("--restore", "--registry", "user@contoso.azurecr.io"),
        ("--env", "NAME"),
        ("--bicep", "magic"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(
    setting: Setting, options: tuple[str, ...]
) -> None:
    assert setting.run(*options).returncode == 2
