"""Bicep through an installed compiler: which one, how it is run, and what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import pytest

from preflight.errors import InputError, LimitExceeded, UnsupportedFeature, UsageError
from preflight.model.value import JsonValue
from preflight.read.front_end import ReadOptions, read_source
from preflight.read.parameters import read_parameters

TEMPLATE: dict[str, JsonValue] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {
        "name": {"type": "string", "minLength": 3},
        "size": {"type": "string", "allowedValues": ["small"]},
        "count": {"type": "int", "minValue": 2},
        "tags": {"type": "object"},
    },
    "resources": [{"type": "A.B/c", "apiVersion": "1", "name": "[parameters('name')]"}],
}

COMPILED = json.dumps(TEMPLATE)


class Compiler(Protocol):
    """What the `compiler` fixture offers."""

    folder: Path

    def install(self, name: str) -> Path: ...
    def tell(self, *turns: dict[str, object]) -> None: ...
    @property
    def arguments(self) -> list[list[str]]: ...
    @property
    def environment(self) -> dict[str, str]: ...


def built(**parts: object) -> dict[str, object]:
    return {"output": json.dumps(TEMPLATE), **parts}


def built_parameters(
    values: JsonValue, template: JsonValue = COMPILED, spec: JsonValue = None
) -> dict[str, object]:
    made: JsonValue = {
        "parametersJson": json.dumps({"parameters": values}),
        "templateJson": template,
        "templateSpecId": spec,
    }
    return {"output": json.dumps(made)}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "repo" / "main.bicep"
    path.parent.mkdir()
    path.write_text("param name string\nresource x 'A.B/c@2020-01-01' = { name: name }\n")
    return path


def test_bicep_on_path_compiles_without_restoring(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")
    compiler.install("az")
    compiler.tell(built())

    found = read_source(source, ReadOptions(bicep="cli"))

    assert [["build", "--stdout", "--no-restore", str(source)]] == compiler.arguments
    assert ("main", "main.bicep") == (found.base_name, found.source.name)
    assert "main.bicep (compiled)" == found.template.source.name
    assert ["name", "size", "count", "tags"] == list(found.template.parameters)


def test_az_compiles_where_there_is_no_bicep(compiler: Compiler, source: Path) -> None:
    compiler.install("az")
    compiler.tell(built())

    read_source(source, ReadOptions(bicep="cli"))

    expected = ["bicep", "build", "--stdout", "--no-restore", "--file", str(source)]
    assert [expected] == compiler.arguments
    # `az` would download a compiler into an empty configuration.
    assert "true" == compiler.environment["AZURE_BICEP_USE_BINARY_FROM_PATH"]


def test_the_compiler_that_az_has_installed(
    compiler: Compiler, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = compiler.install("bicep")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "bin").symlink_to(program.parent)
    compiler.tell(built())

    read_source(source, ReadOptions(bicep="cli"))

    assert 1 == len(compiler.arguments)


def test_a_compiler_named_by_its_path(
    compiler: Compiler, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = compiler.install("my-bicep")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    compiler.tell(built())

    read_source(source, ReadOptions(bicep=f"cli={program}"))

    assert "build" == compiler.arguments[0][0]


def test_no_compiler(compiler: Compiler, source: Path) -> None:
    with pytest.raises(InputError, match="no Bicep compiler was found") as caught:
        read_source(source, ReadOptions(bicep="cli"))

    assert "--bicep cli=PATH" in caught.value.help
    assert [] == compiler.arguments


def test_auto_needs_no_compiler(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")

    found = read_source(source, ReadOptions(bicep="auto"))

    assert [] == compiler.arguments
    assert found.template.source.name == "main.bicep"


def test_auto_compiles_what_is_not_supported(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")
    compiler.tell(built())
    source.write_text("targetScope = 'local'\n")

    found = read_source(source, ReadOptions(bicep="auto"))

    (note,) = [note for note in found.template.notes if note.code == "bicep-compiler"]
    assert "main.bicep:1:15: `targetScope = 'local'` deploys nothing to Azure" in note.message


def test_auto_without_a_compiler_says_what_is_not_supported(
    compiler: Compiler, source: Path
) -> None:
    source.write_text("targetScope = 'local'\n")

    with pytest.raises(UnsupportedFeature, match="deploys nothing to Azure"):
        read_source(source, ReadOptions(bicep="auto"))

    assert [] == compiler.arguments


def test_a_named_compiler_that_is_not_there(compiler: Compiler, source: Path) -> None:
    named = compiler.folder / "nothing"

    with pytest.raises(InputError, match="there is no program"):
        read_source(source, ReadOptions(bicep=f"cli={named}"))


def test_a_compiler_that_cannot_start(compiler: Compiler, source: Path) -> None:
    program = compiler.folder / "bicep"
    program.write_text("#!/nowhere/at/all\n")
    program.chmod(0o755)

    with pytest.raises(InputError, match="cannot be started"):
        read_source(source, ReadOptions(bicep="cli"))


def test_the_compiler_sees_no_tokens_and_an_empty_configuration(
    compiler: Compiler, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "AZURE_CLIENT_SECRET",
        "ARM_CLIENT_ID",
        "SYSTEM_ACCESSTOKEN",
        "GITHUB_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "MY_PASSWORD",
    ):
        monkeypatch.setenv(name, "hunter2")
    compiler.install("bicep")
    compiler.tell(built())

    read_source(source, ReadOptions(bicep="cli", environment={"GIVEN": "yes"}))

    seen = compiler.environment
    assert "hunter2" not in seen.values()
    assert "yes" == seen["GIVEN"]
    assert {"AZURE_CONFIG_DIR"} == {name for name in seen if name.startswith(("AZURE_", "ARM_"))}
    assert seen["AZURE_CONFIG_DIR"] != str(Path("~/.azure").expanduser())


def test_warnings_become_notes_with_places(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")
    link = "[https://aka.ms/bicep/linter]"
    warning = f'{source}(1,7) : Warning no-unused-params: Parameter "name" is never used. {link}\n'
    compiler.tell(built(messages=warning + "something else\n"))

    notes = read_source(source, ReadOptions(bicep="cli")).template.notes

    assert [
        (
            "compiler-message",
            'Parameter "name" is never used (no-unused-params)',
            "main.bicep:1:7",
        )
    ] == [(note.code, note.message, note.origin.label if note.origin else "") for note in notes]


def test_errors_keep_their_places(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")
    lines = [
        f"{source}(2,{column}) : Error BCP0{column}: Wrong {column}." for column in range(10, 18)
    ]
    compiler.tell({"code": 1, "messages": "\n".join(lines)})

    with pytest.raises(InputError) as caught:
        read_source(source, ReadOptions(bicep="cli"))

    assert "main.bicep:2:10: Wrong 10 (BCP010)" == str(caught.value)
    assert caught.value.where is not None
    assert "resource x" in caught.value.where.excerpt
    assert caught.value.help.startswith("also main.bicep:2:11: Wrong 11 (BCP011); also ")
    assert caught.value.help.endswith("; and 2 more")


def test_modules_that_are_not_restored(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")
    other = f"{source}(1,1) : Error BCP001: Other.\n"
    missing = f'{source}(2,3) : Error BCP190: The artifact "br:x" has not been restored.\n'
    compiler.tell({"code": 1, "messages": other + missing})

    with pytest.raises(InputError, match=r"main\.bicep:2:3: .*not been restored") as caught:
        read_source(source, ReadOptions(bicep="cli"))

    assert f"run `bicep restore {source.as_posix()}` first" in caught.value.help


def test_the_restore_command_of_az(compiler: Compiler, source: Path) -> None:
    compiler.install("az")
    compiler.tell({"code": 1, "messages": f"{source}(2,3) : Error BCP190: Not restored.\n"})

    with pytest.raises(InputError) as caught:
        read_source(source, ReadOptions(bicep="cli"))

    assert f"run `az bicep restore --file {source.as_posix()}` first" in caught.value.help


@pytest.mark.parametrize(
    ("messages", "shown"),
    [("Unhandled exception.\n at x\n", "Unhandled exception."), ("", "it gave no reason")],
)
def test_a_failure_without_a_place(
    compiler: Compiler, source: Path, messages: str, shown: str
) -> None:
    compiler.install("bicep")
    compiler.tell({"code": 134, "messages": messages})

    with pytest.raises(InputError) as caught:
        read_source(source, ReadOptions(bicep="cli"))

    assert f"ended with code 134 for `main.bicep`: {shown}" in caught.value.message


def test_a_compiler_that_does_not_end_is_ended(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")
    compiler.tell(built(seconds=60))

    with pytest.raises(LimitExceeded, match=r"had not finished after 0\.5 seconds"):
        read_source(source, ReadOptions(bicep="cli", compiler_seconds=0.5))


@pytest.mark.parametrize("stream", ["output", "messages"])
def test_what_a_compiler_writes_is_bounded(compiler: Compiler, source: Path, stream: str) -> None:
    compiler.install("bicep")
    compiler.tell({stream: "x" * 2_000_000})

    with pytest.raises(LimitExceeded, match="wrote more than"):
        read_source(source, ReadOptions(bicep="cli", input_bytes=1_000_000))


def test_output_that_is_no_template(compiler: Compiler, source: Path) -> None:
    compiler.install("bicep")
    compiler.tell({"output": "Bicep CLI version 0"})

    with pytest.raises(InputError, match=r"main\.bicep \(compiled\):1:1"):
        read_source(source, ReadOptions(bicep="cli"))


@pytest.fixture
def parameter_file(source: Path) -> Path:
    path = source.with_name("prod.bicepparam")
    path.write_text("using './main.bicep'\n\nparam name = 'shop'\nparam tags = {}\n")
    return path


def test_a_parameter_file_brings_its_template_and_values(
    compiler: Compiler, parameter_file: Path
) -> None:
    compiler.install("bicep")
    vault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"
    reference: JsonValue = {"reference": {"keyVault": {"id": vault}, "secretName": "x"}}
    compiler.tell(built_parameters({"name": {"value": "shop"}, "tags": reference}))

    found = read_source(parameter_file, ReadOptions(bicep="cli"))
    values, _ = read_parameters(["name=other"], found, ReadOptions(bicep="cli"))

    expected = ["build-params", "--stdout", "--no-restore", str(parameter_file)]
    assert [expected] == compiler.arguments
    assert ("prod", "prod.bicepparam") == (found.base_name, found.source.name)
    place = found.parameters["name"].place
    assert place is not None
    assert "prod.bicepparam:3:7" == place.label
    secret = found.parameters["tags"].secret
    assert secret is not None
    assert (vault, "prod.bicepparam:4:7") == (secret.vault, secret.place.label)
    assert "other" == values["name"].value


@pytest.mark.parametrize(
    ("spec", "message"), [(None, "uses no template"), ("/subscriptions/s/x", "the template spec")]
)
def test_a_parameter_file_without_a_template(
    compiler: Compiler, parameter_file: Path, spec: str | None, message: str
) -> None:
    compiler.install("bicep")
    compiler.tell(built_parameters({}, template=None, spec=spec))

    with pytest.raises(InputError, match=message):
        read_source(parameter_file, ReadOptions(bicep="cli"))


def test_a_parameter_left_out_is_only_unknown(compiler: Compiler, parameter_file: Path) -> None:
    compiler.install("bicep")
    names = '"name", "size", "count", "tags"'
    missing = f"{parameter_file}(1,7) : Error BCP258: Missing an assignment: {names}.\n"
    made: JsonValue = {name: {"value": 0} for name in ("name", "size", "count", "tags", "own")}
    compiler.tell({"code": 1, "messages": missing}, built(), built_parameters(made))

    found = read_source(parameter_file, ReadOptions(bicep="cli"))

    assert ["own"] == list(found.parameters)
    assert ["build-params", "build", "build-params"] == [run[0] for run in compiler.arguments]
    overrides = json.loads(compiler.environment["BICEP_PARAMETERS_OVERRIDES"])
    assert {"name": "xxx", "size": "small", "count": 2, "tags": {}} == overrides


def test_the_first_reason_stays_when_no_stand_in_helps(
    compiler: Compiler, parameter_file: Path
) -> None:
    compiler.install("bicep")
    missing = f'{parameter_file}(1,7) : Error BCP258: Missing an assignment: "name".\n'
    wrong = f"{parameter_file}(9,9) : Error BCP033: Another type.\n"
    compiler.tell({"code": 1, "messages": missing}, built(), {"code": 1, "messages": wrong})

    with pytest.raises(InputError, match="BCP258"):
        read_source(parameter_file, ReadOptions(bicep="cli"))


def test_a_parameter_file_beside_its_source(
    compiler: Compiler, source: Path, parameter_file: Path
) -> None:
    compiler.install("bicep")
    compiler.tell(built(), built_parameters({"name": {"value": "shop"}}))

    found = read_source(source, ReadOptions(bicep="cli"))
    values, _ = read_parameters([str(parameter_file)], found, ReadOptions(bicep="cli"))

    assert "shop" == values["name"].value


def test_a_parameter_file_of_another_template(
    compiler: Compiler, source: Path, parameter_file: Path
) -> None:
    compiler.install("bicep")
    compiler.tell(built())
    parameter_file.write_text("using 'other.bicep'\n")
    found = read_source(source, ReadOptions(bicep="cli"))

    with pytest.raises(UsageError, match=r"for the template `other\.bicep`, not for `main\.bicep`"):
        read_parameters([str(parameter_file)], found, ReadOptions(bicep="cli"))
