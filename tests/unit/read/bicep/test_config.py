from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from preflight.errors import InputError, LimitExceeded
from preflight.read.bicep import config
from preflight.read.bicep.config import BicepConfigs, RegistryAlias, TemplateSpecAlias
from preflight.read.root import Files


def configs(root: Path) -> BicepConfigs:
    return BicepConfigs(Files(root))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_without_a_file_the_public_registry_is_known(tmp_path: Path) -> None:
    config = configs(tmp_path).of(tmp_path / "main.bicep")

    expected = {"public": RegistryAlias(registry="mcr.microsoft.com", module_path="bicep")}
    assert config.file is None
    assert expected == config.registries
    assert ("az",) == config.implicit_extensions


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    write(tmp_path / "bicepconfig.json", '{"moduleAliases": {"br": {"far": {"registry": "a.io"}}}}')
    write(
        tmp_path / "sub" / "bicepconfig.json",
        """{
          // comments and trailing commas are taken
          "moduleAliases": {
            "br": {
              "near": {"registry": "b.io", "modulePath": "m/x"},
              "public": {"registry": "c.io"},
            },
            "ts": {"specs": {"subscription": "s", "resourceGroup": "g"}},
          },
          "experimentalFeaturesEnabled": {"assertions": true, "testFramework": false},
          "implicitExtensions": [],
          "extensions": {"graph": "br:r.io/graph:1.0.0"},
          "cacheRootDirectory": "./cache",
        }""",
    )

    config = configs(tmp_path).of(tmp_path / "sub" / "deep" / "main.bicep")

    assert config.registries == {
        "public": RegistryAlias(registry="c.io", module_path="bicep"),
        "near": RegistryAlias(registry="b.io", module_path="m/x"),
    }
    assert config.template_specs == {
        "specs": TemplateSpecAlias(subscription="s", resource_group="g")
    }
    assert config.experimental == frozenset({"assertions"})
    assert config.implicit_extensions == ()
    assert set(config.extensions) == {"az", "kubernetes", "graph"}
    assert config.cache == "./cache"


def test_a_file_builds_on_the_one_it_extends(tmp_path: Path) -> None:
    write(
        tmp_path / "base.json",
        '{"moduleAliases": {"br": {"a": {"registry": "a.io", "modulePath": "p"}}},'
        ' "experimentalFeaturesEnabled": {"assertions": true}}',
    )
    write(
        tmp_path / "app" / "bicepconfig.json",
        '{"extends": "../base.json", "moduleAliases": {"br": {"a": {"registry": "b.io"}}},'
        ' "experimentalFeaturesEnabled": {"assertions": false}}',
    )

    config = configs(tmp_path).of(tmp_path / "app" / "main.bicep")

    assert config.registries["a"] == RegistryAlias(registry="b.io", module_path="p")
    assert config.experimental == frozenset()


def test_a_file_above_the_root_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "bicepconfig.json", "no JSON at all")
    (tmp_path / "root").mkdir()

    assert configs(tmp_path / "root").of(tmp_path / "root" / "main.bicep").file is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "bicepconfig.json:1:2: the text ends inside the object"),
        ("[]", "is an array, not an object"),
        ('{"moduleAliases": {"br": []}}', "bicepconfig.json:1:20: `br` is an array"),
        ('{"moduleAliases": {"br": {"a": {"registry": 1}}}}', "`registry` is a number, not text"),
        ('{"extends": "bicepconfig.json"}', "build on themselves"),
        ('{"extends": "../other.json"}', "leads out of the folder"),
        ('{"extends": "gone.json"}', "there is no file `gone.json`"),
        ('{"implicitExtensions": [1]}', "an implicit extension is a number"),
        ("null", "the file of settings is null, not an object"),
        (
            '{"experimentalFeaturesEnabled": {"assertions": "true"}}',
            "bicepconfig.json:1:34: `assertions` is text, not a boolean",
        ),
        ('{"experimentalFeaturesEnabled": {"assertions": null}}', "is null, not a boolean"),
        ('{"implicitExtensions": ["az", "graph"]}', "1:31: there is no extension `graph`"),
    ],
)
def test_a_damaged_file_is_an_error_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path / "bicepconfig.json", text)

    with pytest.raises(InputError) as caught:
        configs(tmp_path).of(tmp_path / "main.bicep")

    assert message in str(caught.value)
    assert str(caught.value).startswith("bicepconfig.json:1:")


@pytest.mark.parametrize("target", ["../outside.json", "/dev/zero", "bicepconfig.json", "gone"])
def test_a_file_that_cannot_be_followed_is_refused(tmp_path: Path, target: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    write(tmp_path / "outside.json", "{}")
    (root / "bicepconfig.json").symlink_to(target)

    with pytest.raises(InputError, match=r"bicepconfig\.json"):
        configs(root).of(root / "main.bicep")


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "bicepconfig.json")

    with pytest.raises(InputError, match="no regular file") as caught:
        configs(tmp_path).of(tmp_path / "main.bicep")

    assert caught.value.help == "settings stand in a regular one"


def test_a_folder_of_that_name_is_no_file_of_settings(tmp_path: Path) -> None:
    write(tmp_path / "bicepconfig.json", '{"cacheRootDirectory": "cache"}')
    (tmp_path / "app" / "bicepconfig.json").mkdir(parents=True)

    assert configs(tmp_path).of(tmp_path / "app" / "main.bicep").cache == "cache"


def test_a_link_inside_the_root_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "shared.json", '{"cacheRootDirectory": "cache"}')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "bicepconfig.json").symlink_to("../shared.json")

    assert configs(tmp_path).of(tmp_path / "app" / "main.bicep").cache == "cache"


def test_null_counts_as_absent(tmp_path: Path) -> None:
    settings = {
        "moduleAliases": {"br": {"a": None, "b": {"registry": None}}, "ts": None},
        "extensions": {"x": None},
        "implicitExtensions": None,
        "experimentalFeaturesEnabled": None,
        "cacheRootDirectory": None,
        "extends": None,
    }
    write(tmp_path / "bicepconfig.json", json.dumps(settings))

    assert configs(tmp_path).of(tmp_path / "main.bicep").extensions.keys() == {"az", "kubernetes"}


def test_a_long_chain_ends(tmp_path: Path) -> None:
    write(tmp_path / "bicepconfig.json", '{"extends": "c0.json"}')
    for index in range(70):
        write(tmp_path / f"c{index}.json", f'{{"extends": "c{index + 1}.json"}}')

    with pytest.raises(LimitExceeded):
        configs(tmp_path).of(tmp_path / "main.bicep")


def test_a_file_is_read_once_for_all_folders_below(tmp_path: Path) -> None:
    write(tmp_path / "bicepconfig.json", json.dumps({"cacheRootDirectory": "x" * 400}))
    found = BicepConfigs(Files(tmp_path, limit=600))

    caches = {found.of(tmp_path / str(number) / "main.bicep").cache for number in range(5)}

    assert caches == {"x" * 400}


def test_settings_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAX_CHARACTERS", 1_000)
    write(tmp_path / "base.json", json.dumps({"cacheRootDirectory": "x" * 200}))
    for number in range(10):
        (tmp_path / str(number)).mkdir()
        write(tmp_path / str(number) / "bicepconfig.json", '{"extends": "../base.json"}')

    found = configs(tmp_path)

    def all_of_them() -> list[object]:
        return [found.of(tmp_path / str(number) / "main.bicep") for number in range(10)]

    with pytest.raises(LimitExceeded, match="settings have more than 1,000 characters"):
        all_of_them()
