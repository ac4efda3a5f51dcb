"""A `.bicepparam` → values; computed by the evaluator, as `api` joins them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from preflight.api.reading import read_options
from preflight.api.settings import DeriveSettings
from preflight.errors import InputError, LimitExceeded, UnsupportedFeature
from preflight.evaluate.types import as_value
from preflight.model.value import Unknown, Value, printable
from preflight.read.bicep.params import ParameterFile
from preflight.read.bicep_source import BicepReader
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files

SHARED = """\
@export()
var tags = { team: 'net' }
@export()
func hello(name string) string => 'hi-${name}'
"""


def read(root: Path, text: str, environment: Mapping[str, str] | None = None) -> ParameterFile:
    (root / "shared.bicep").write_text(SHARED)
    (root / "main.bicep").write_text("param a string = ''\n")
    (root / "main.bicepparam").write_text(text)
    files = Files(root)
    reader = BicepReader(
        files=files,
        cache=ModuleCache(files, root / "no-cache"),
        evaluate=read_options(DeriveSettings()).evaluate,
        environment=environment or {},
    )
    return reader.parameters(root / "main.bicepparam")


def values(found: ParameterFile) -> dict[str, Value]:
    given = found.parameters.values
    return {
        name: as_value(v.value) if v.partial is None else v.partial for name, v in given.items()
    }


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'x'", "x"),
        ("-3", -3),
        ("null", None),
        ("{ b: [1, true], 'c d': null }", {"b": [1, True], "c d": None}),
        ("own", "mine"),
        ("'${own}-${number}'", "mine-2"),
        ("hi('x')", "hi-x"),
        ("all.hello(toUpper(own))", "hi-MINE"),
        ("union(tags, { env: 'prod' })", {"team": "net", "env": "prod"}),
        ("[for i in range(0, 2): 'n${i}']", ["n0", "n1"]),
        ("map([1, 2], i => i * number)", [2, 4]),
        ("other", "seen"),
        ("loadJsonContent('data.json', '$.k')", ["[x]"]),
        ("readEnvironmentVariable('GIVEN')", "yes"),
        ("readEnvironmentVariable('ABSENT', 'default')", "default"),
        ("sys.readEnvironmentVariable('GIVEN', 'default')", "yes"),
        ("'''\nline'''", "line"),
    ],
)
def test_a_value_is_computed(tmp_path: Path, expression: str, expected: Value) -> None:
    (tmp_path / "data.json").write_text('{"k": ["[x]"]}')
    text = f"""\
using 'main.bicep'
import {{ tags, hello as hi }} from 'shared.bicep'
import * as all from 'shared.bicep'
var own = 'mine'
var number = 1 + 1
param other = 'seen'
param a = {expression}
"""

    found = read(tmp_path, text, {"GIVEN": "yes"})

    assert values(found)["a"] == expected
    assert not found.parameters.notes


def test_a_variable_that_is_not_given_is_unknown_and_said(tmp_path: Path) -> None:
    text = "using none\nvar v = readEnvironmentVariable('BUILD')\nparam a = 'st${v}'\n"

    found = read(tmp_path, text)

    value = values(found)["a"]
    assert not isinstance(value, (bool, int, float, list, dict))
    assert value is not None
    assert printable(value) == "st{BUILD}"
    (note,) = found.parameters.notes
    assert note.code == "environment-missing"
    assert "--env BUILD=VALUE" in note.message
    assert note.origin is not None
    assert note.origin.label == "main.bicepparam:2:9"


def test_no_variable_of_this_process_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")

    found = read(tmp_path, "using none\nparam a = readEnvironmentVariable('SECRET_TOKEN')\n")

    assert "s3cret" not in repr(found.parameters)


@pytest.mark.parametrize("call", ["getSecret", "az.getSecret"])
def test_a_secret_names_its_vault(tmp_path: Path, call: str) -> None:
    text = f"using none\nvar group = 'rg'\nparam a = {call}('sub', group, 'kv', 'name', 'v1')\n"

    value = read(tmp_path, text).parameters.values["a"]

    assert value.secret is not None
    assert (
        value.secret.vault
        == "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
    )
    assert value.place is not None
    assert value.place.label == "main.bicepparam:3:7"


def test_a_file_builds_on_another_one(tmp_path: Path) -> None:
    (tmp_path / "base.bicepparam").write_text(
        "using none\nvar v = 'base'\nparam a = v\nparam b = { x: 1, y: 2 }\nparam c = 'c'\n"
        "param s = getSecret('sub', 'rg', 'kv', 'name')\n"
    )
    text = """\
using 'main.bicep'
extends 'base.bicepparam'
var v = 'own'
param b = { x: v }
param d = '${base.a}-${v}'
"""

    found = read(tmp_path, text)

    assert values(found) == {
        "a": "base",
        "b": {"x": "own"},
        "c": "c",
        "s": None,
        "d": "base-own",
    }
    places = {name: value.place for name, value in found.parameters.values.items()}
    assert places["a"] is not None
    assert places["a"].label == "base.bicepparam:3:7"
    assert found.parameters.values["s"].secret is not None


def test_what_only_the_deploying_tool_knows_is_unknown(tmp_path: Path) -> None:
    text = "using none\nparam a = externalInput('sys.cli', 'name')\n"

    found = read(tmp_path, text)

    value = values(found)["a"]
    assert isinstance(value, Unknown)
    assert value.placeholder == "{sys.cli}"
    assert [note.code for note in found.parameters.notes] == ["external-input"]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("param a = 1\n", InputError, "1:1: `main.bicepparam` has no `using`"),
        ("using none\nusing none\n", InputError, "2:1: `using` is there twice"),
        ("using none\nextends 'main.bicepparam'\n", InputError, "2:9: `main.bicepparam` builds"),
        ("using none\nextends 'main.bicep'\n", InputError, "2:9: `extends` names no parameter"),
        ("using none\nextends '../x.bicepparam'\n", InputError, "2:9: `../x.bicepparam` leads"),
        ("using 'gone.bicep'\n", InputError, "1:7: there is no file `gone.bicep`"),
        ("using none\nparam a = nowhere\n", InputError, "2:11: the name `nowhere` is not"),
        ("using none\nparam a = 1\nparam a = 2\n", InputError, "3:7: `a` is declared twice"),
        ("using none\nparam a = b\nparam b = a\n", InputError, "3:11: declarations refer to each"),
        ("using none\nparam a = base.x\n", InputError, "2:11: the name `base` is not declared"),
        ("using none\nparam a = readEnvironmentVariable(1)\n", InputError, "2:11: `readEnv"),
        ("using none\nparam a = getSecret('s', 'g')\n", InputError, "2:11: `getSecret()` takes"),
        ("using none\nparam a = getSecret(1, 'g', 'v', 's')\n", InputError, "is no text"),
        (
            "using none\nparam a = '${getSecret('s', 'g', 'v', 'n')}'\n",
            UnsupportedFeature,
            "2:14: `getSecret()` is a part of another value",
        ),
        ("using none with { mode: 'x' }\n", UnsupportedFeature, "1:1: `using … with`"),
        ("using none\nparam a = [\n", InputError, "main.bicepparam:"),
        ("using none\nresource a 'b' = {}\n", InputError, "main.bicepparam:2:1"),
        ("using none\nparam a = first(1)\n", InputError, "first"),
        ("using none\nparam a = 1\nparam A = 2\n", InputError, "3:7: `a` and `A` differ in case"),
        ("using none\nvar a = 1\nvar A = 2\n", InputError, "3:5: `a` and `A` differ in case"),
        (
            "using none\nparam a = resourceGroup().location\n",
            InputError,
            "2:11: a parameter file does not know the function `resourceGroup`",
        ),
        ("using none\nparam a = az.subscription().id\n", InputError, "2:11: a parameter file"),
        ("using none\nvar a = listKeys('x', 'y')\n", InputError, "2:9: a parameter file"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, text: str, error: type[InputError], message: str
) -> None:
    with pytest.raises(error) as caught:
        read(tmp_path, text)

    assert message in str(caught.value)
    assert str(caught.value).startswith("main.bicepparam:")


@pytest.mark.parametrize(
    ("declared", "used"),
    [
        ("var A = 'x'", "A"),
        ("var A = 'x'", "'${A}'"),
        ("var A = 'x'\nvar other = A", "other"),
        ("var A = 'x'", "map([1], i => A)[0]"),
        ("var A = 'x'", "map(['x'], A => A)[0]"),
        ("var A = { A: 'x' }", "A.A"),
        ("import { hello as listX } from 'shared.bicep'", "replace(listX('x'), 'hi-', '')"),
    ],
)
def test_a_variable_may_be_called_like_a_parameter_in_another_case(
    tmp_path: Path, declared: str, used: str
) -> None:
    text = f"using 'main.bicep'\n{declared}\nparam a = {used}\n"

    assert values(read(tmp_path, text))["a"] == "x"


@pytest.mark.parametrize("operators", [900, 2_000, 200_000])
def test_a_long_row_of_operators_is_a_limit(tmp_path: Path, operators: int) -> None:
    text = f"using none\nparam a = {' + '.join(['1'] * operators)}\n"

    with pytest.raises(LimitExceeded):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "using none\nparam a = {\n  b: 'hunter2' +\n}\n",
        "using none\nparam a = {\n  b: 'hunter2' + nope\n}\n",
        "using none\nparam a = {\n  b: first('hunter2', 'x')\n}\n",
        "using none\nvar a = json('hunter2')\nparam b = a\n",
        "using none\nparam a = getSecret('hunter2')\n",
    ],
)
def test_no_message_shows_a_line_of_values(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)

    assert caught.value.where is not None
    assert caught.value.where.label.startswith("main.bicepparam:")
    assert caught.value.where.excerpt == ""
    assert "hunter2" not in f"{caught.value} {caught.value.help}"
