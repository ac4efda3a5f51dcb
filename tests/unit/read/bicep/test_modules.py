from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered

from preflight.errors import InputError
from preflight.model.artifact import RegistryModule, TemplateSpecVersion
from preflight.model.source import Place, SourceFile
from preflight.model.template import GapKind, MissingTemplate
from preflight.read.bicep.config import BicepConfig, RegistryAlias, TemplateSpecAlias
from preflight.read.bicep.modules import ModuleFile, Modules
from preflight.read.bicep.references import parse_reference
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files

PLACE = Place(source=SourceFile("main.bicep", "module a 'x' = {}"), offset=9)
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
DIGEST = "sha256:" + "ab" * 32
CONFIG = BicepConfig(
    registries={
        "public": RegistryAlias(registry="mcr.microsoft.com", module_path="bicep"),
        "bare": RegistryAlias(registry="contoso.azurecr.io"),
        "broken": RegistryAlias(module_path="x"),
        "nowhere": RegistryAlias(registry="r.io", module_path=""),
    },
    template_specs={
        "specs": TemplateSpecAlias(subscription=SUBSCRIPTION, resource_group="rg-specs"),
        "half": TemplateSpecAlias(subscription=SUBSCRIPTION),
    },
)


@pytest.mark.parametrize(
    ("text", "reference", "folder"),
    [
        (
            "br/public:avm/res/storage/storage-account:0.14.3",
            "br:mcr.microsoft.com/bicep/avm/res/storage/storage-account:0.14.3",
            "br/mcr.microsoft.com/bicep$avm$res$storage$storage-account/0.14.3$",
        ),
        (
            "br:Contoso.azurecr.io:5000/a/b:V1-rC",
            "br:Contoso.azurecr.io:5000/a/b:V1-rC",
            "br/contoso.azurecr.io$5000/a$b/V1-rC$11",
        ),
        (
            f"br/bare:m@{DIGEST}",
            f"br:contoso.azurecr.io/m@{DIGEST}",
            f"br/contoso.azurecr.io/m/{DIGEST.replace(':', '#')}",
        ),
        (
            "ts/specs:Net:V1",
            f"ts:{SUBSCRIPTION}/rg-specs/Net:V1",
            f"ts/{SUBSCRIPTION}/rg-specs/net/v1",
        ),
        (
            f"ts:{SUBSCRIPTION}/rg/net:1.0",
            f"ts:{SUBSCRIPTION}/rg/net:1.0",
            f"ts/{SUBSCRIPTION}/rg/net/1.0",
        ),
    ],
)
def test_a_reference_is_resolved_to_its_cache_folder(
    text: str, reference: str, folder: str
) -> None:
    found = parse_reference(text, CONFIG, PLACE)

    assert isinstance(found, RegistryModule | TemplateSpecVersion)
    assert (reference, folder) == (found.reference, found.folder)


def test_the_mask_of_a_long_tag_counts_every_position() -> None:
    tag = "a" * 64 + "B"
    module = RegistryModule(registry="r.io", repository="m", tag=tag)

    assert module.folder == f"br/r.io/m/{tag}$10000000000000000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the path is empty"),
        ("/etc/passwd", "is an absolute path"),
        ("C:/x.bicep", "`C` is no scheme"),
        ("a\\b.bicep", "has a backslash"),
        ("a?.bicep", "has a character that no path may have"),
        ("a.", "ends in a blank or a full stop"),
        ("oci:x/y:1", "`oci` is no scheme of a reference"),
        ("./a:b.bicep", "`.` is no scheme of a reference"),
        ("br/nobody:x:1", "there is no alias `nobody` for `br` references"),
        ("br/broken:x:1", "the alias `broken` names no `registry`"),
        ("br/b d:x:1", "is no name for an alias"),
        ("br:r.io/x", "names no version"),
        ("br:r.io/x:", "names no version"),
        ("br:r.io/X:1", "is no reference of the form"),
        ("br:r.io/x@sha256:12", "is no reference of the form"),
        ("br:r.io/../x:1", "is no reference of the form"),
        ("br:user@r.io/x:1", "is no reference of the form"),
        ("br:r.io/x:../../y", "is no reference of the form"),
        ("br/nowhere:x:1", "`br:r.io//x:1` is no reference of the form"),
        ("ts/half:x:1", "lacks `subscription` or `resourceGroup`"),
        ("ts/none:x:1", "there is no alias `none` for `ts` references"),
        ("ts:not-a-guid/rg/x:1", "is no reference of the form"),
        (f"ts:{SUBSCRIPTION}/rg/..:1", "is no reference of the form"),
        (f"ts:{SUBSCRIPTION}/rg/x", "is no reference of the form"),
    ],
)
def test_a_malformed_reference_is_an_error_at_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError, match=r"main\.bicep:1:10") as caught:
        parse_reference(text, CONFIG, PLACE)

    assert message in str(caught.value)


def modules(root: Path, cache: Path | None = None) -> Modules:
    files = Files(root)
    return Modules(files, ModuleCache(files, cache or root / "no-cache"))


def test_a_local_path_counts_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "common.bicep").write_text("param a int")
    found = modules(tmp_path).find(
        "../common.bicep", importer=tmp_path / "modules" / "app.bicep", place=PLACE
    )

    assert found == ModuleFile(
        path=tmp_path / "common.bicep", name="common.bicep", text="param a int"
    )


@pytest.mark.parametrize("suffix", ["json", "jsonc", "arm", "JSON"])
def test_a_template_in_json_is_known_by_its_name(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"t.{suffix}").write_text("{}")

    found = modules(tmp_path).find(f"t.{suffix}", importer=tmp_path / "main.bicep", place=PLACE)

    assert isinstance(found, ModuleFile)
    assert found.compiled


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("../outside.bicep", "leads out of the folder", "--root"),
        ("link.bicep", "leads out of the folder", "--root"),
        ("storag.bicep", "there is no file `storag.bicep`", "did you mean `storage.bicep`?"),
        ("folder/../storag.bicep", "there is no file", "did you mean `folder/../storage.bicep`?"),
        ("x/storage.bicep", "there is no file", "its folder is not there"),
        ("folder", "is a folder", "name the file in it: `folder/FILE.bicep`"),
        ("folder/", "is a folder", "name the file in it: `folder/FILE.bicep`"),
        ("module", "is a folder", "name the file in it: `module/main.bicep`"),
        ("pipe.bicep", "`pipe.bicep` is no regular file", "only regular files are read"),
    ],
)
def test_a_local_file_that_cannot_be_read(
    tmp_path: Path, text: str, message: str, advice: str
) -> None:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (tmp_path / "outside.bicep").write_text("")
    (root / "storage.bicep").write_text("")
    (root / "module").mkdir()
    (root / "module" / "main.bicep").write_text("")
    os.mkfifo(root / "pipe.bicep")
    (root / "link.bicep").symlink_to(tmp_path / "outside.bicep")

    with pytest.raises(InputError, match=r"main\.bicep:1:10") as caught:
        modules(root).find(text, importer=root / "main.bicep", place=PLACE)

    assert message in str(caught.value)
    assert advice in caught.value.help


def test_a_restored_module_is_read_from_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    folder = cache / "br" / "mcr.microsoft.com" / "bicep$m" / "1.0$"
    folder.mkdir(parents=True)
    (folder / "main.json").write_text('{"resources": []}')
    finder = modules(tmp_path / "root", cache)

    found = finder.find("br/public:m:1.0", importer=tmp_path / "root" / "main.bicep", place=PLACE)

    assert isinstance(found, ModuleFile)
    assert found.name == "br:mcr.microsoft.com/bicep/m:1.0"
    assert found.compiled
    assert found.text == '{"resources": []}'
    assert not finder.missing


def test_a_template_spec_is_wrapped_in_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    folder = cache / "ts" / SUBSCRIPTION / "rg" / "net" / "1.0"
    folder.mkdir(parents=True)
    (folder / "main.json").write_text("{}")

    found = modules(tmp_path, cache).find(
        f"ts:{SUBSCRIPTION}/RG/net:1.0", importer=tmp_path / "main.bicep", place=PLACE
    )

    assert isinstance(found, ModuleFile)
    assert found.pointer == "/properties/mainTemplate"


def test_what_is_not_restored_names_the_command_that_would(tmp_path: Path) -> None:
    finder = modules(tmp_path)
    importer = tmp_path / "my app" / "main.bicep"

    public = finder.find("br/public:m:1.0", importer=importer, place=PLACE)
    private = finder.find("br:contoso.azurecr.io/m:1.0", importer=importer, place=PLACE)
    spec = finder.find(f"ts:{SUBSCRIPTION}/rg/net:1.0", importer=importer, place=PLACE)

    assert public == MissingTemplate(
        kind=GapKind.REGISTRY_MODULE,
        target="br:mcr.microsoft.com/bicep/m:1.0",
        settle="run `bicep restore 'my app/main.bicep'`, or give --restore",
    )
    assert isinstance(private, MissingTemplate)
    assert private.settle.endswith("or give --restore --registry contoso.azurecr.io")
    assert isinstance(spec, MissingTemplate)
    assert spec.kind is GapKind.TEMPLATE_SPEC
    assert list(finder.missing) == [
        "br:mcr.microsoft.com/bicep/m:1.0",
        "br:contoso.azurecr.io/m:1.0",
    ]


def test_the_cache_of_the_checkout_counts_inside_the_root_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = tmp_path / "root"
    for cache in (root / "vendored", tmp_path / "elsewhere"):
        folder = cache / "br" / "mcr.microsoft.com" / "bicep$m" / "1.0$"
        folder.mkdir(parents=True)
        (folder / "main.json").write_text("{}")

    def found_with(setting: str) -> object:
        (root / "bicepconfig.json").write_text(f'{{"cacheRootDirectory": "{setting}"}}')
        files = Files(root)
        finder = Modules(files, ModuleCache(files))
        return finder.find("br/public:m:1.0", importer=root / "main.bicep", place=PLACE)

    assert isinstance(found_with("./vendored"), ModuleFile)
    assert isinstance(found_with("../elsewhere"), MissingTemplate)


def test_a_link_out_of_the_cache_is_not_followed(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    folder = cache / "br" / "mcr.microsoft.com" / "bicep$m" / "1.0$"
    folder.mkdir(parents=True)
    (tmp_path / "secret.json").write_text("{}")
    (folder / "main.json").symlink_to(tmp_path / "secret.json")

    found = modules(tmp_path / "root", cache).find(
        "br/public:m:1.0", importer=tmp_path / "root" / "main.bicep", place=PLACE
    )

    assert isinstance(found, MissingTemplate)


def test_a_mapped_alias_stands_for_local_files(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "net.bicep").write_text("var a = 1")
    (tmp_path / "bicepconfig.json").write_text(
        '{"moduleAliasesMock": {"br": {"public": {"mapToFilePath": "./local"}}}}'
    )

    found = modules(tmp_path).find(
        "br/public:net:9.9", importer=tmp_path / "app" / "main.bicep", place=PLACE
    )

    assert isinstance(found, ModuleFile)
    assert found.name == "local/net.bicep"


@pytest.mark.parametrize("text", ["", "null", "[1", '{"resources": []}'])
def test_a_damaged_copy_in_the_cache_is_told_where_the_module_is_named(
    tmp_path: Path, text: str
) -> None:
    folder = tmp_path / "cache" / "br" / "mcr.microsoft.com" / "bicep$m" / "1.0$"
    folder.mkdir(parents=True)
    (folder / "main.json").write_text(text)

    with pytest.raises(InputError, match=r"main\.bicep:1:10: the module cache holds no") as caught:
        lowered(tmp_path, "module m 'br/public:m:1.0' = { name: 'm' }\n")

    assert caught.value.help == f"remove the folder `{folder}` and restore the module again"
