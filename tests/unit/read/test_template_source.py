"""Nested templates, and linked ones beside their parent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from preflight.errors import InputError
from preflight.model.template import GapKind, MissingTemplate, Template
from preflight.model.value import JsonValue
from preflight.read.front_end import ReadOptions, ReadResult, read_source

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def template_json(name: str) -> dict[str, JsonValue]:
    resource: JsonValue = {"type": "A.B/c", "apiVersion": "1", "name": name}
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [resource]}


def write(path: Path, value: JsonValue) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1))


@pytest.fixture
def found(tmp_path: Path) -> ReadResult:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    write(tmp_path / "repo" / "infra" / "main.json", template_json("root"))
    write(tmp_path / "repo" / "infra" / "nested" / "a.json", template_json("a"))
    write(tmp_path / "repo" / "shared" / "b.json", template_json("b"))
    write(tmp_path / "outside.json", template_json("outside"))
    return read_source(tmp_path / "repo" / "infra" / "main.json", ReadOptions())


def linked(found: ReadResult, base: Template | None = None, **link: JsonValue) -> Template:
    template = found.templates.linked(link, base=base or found.template)
    assert isinstance(template, Template)
    return template


def missing(found: ReadResult, **link: JsonValue) -> MissingTemplate:
    template = found.templates.linked(link, base=found.template)
    assert isinstance(template, MissingTemplate)
    return template


def test_an_inline_template_has_positions_in_its_parents_file(found: ReadResult) -> None:
    nested = found.templates.inline(
        template_json("x"), base=found.template, pointer="/resources/0/properties/template"
    )

    assert "/resources/0/properties/template/resources/0" == nested.resources[0].pointer
    assert nested.source is found.template.source


def test_an_inline_template_that_is_none_is_refused(found: ReadResult) -> None:
    with pytest.raises(InputError, match=r"infra/main\.json:5:3: the template is text"):
        found.templates.inline("x", base=found.template, pointer="/resources/0")


def test_a_relative_path_counts_from_the_parent_and_is_noted(found: ReadResult) -> None:
    first = linked(found, RelativePath="nested/a.json")
    second = linked(found, base=first, relativePath="..\\..\\shared\\b.json")

    assert ("infra/nested/a.json", "shared/b.json") == (first.source.name, second.source.name)
    assert "b" == second.resources[0].get("name")
    assert ["relative-path"] == [note.code for note in second.notes]
    assert first is linked(found, relativePath="./nested/a.json")


@pytest.mark.parametrize("path", ["../../outside.json", "/etc/passwd", "../link.json"])
def test_a_relative_path_out_of_the_root_is_a_gap(
    found: ReadResult, tmp_path: Path, path: str
) -> None:
    (tmp_path / "repo" / "link.json").symlink_to(tmp_path / "outside.json")

    gap = missing(found, relativePath=path)

    assert (GapKind.LINKED_TEMPLATE, path) == (gap.kind, gap.target)
    assert "--root" in gap.settle


def test_what_is_not_at_hand_is_a_gap(found: ReadResult) -> None:
    uri = "https://example.org/t.json"
    spec = (
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/t/versions/1"
    )

    assert GapKind.LINKED_TEMPLATE is missing(found, relativePath="none.json").kind
    assert (GapKind.LINKED_TEMPLATE, uri) == (
        missing(found, uri=uri).kind,
        missing(found, uri=uri).target,
    )
    assert GapKind.TEMPLATE_SPEC is missing(found, id=spec).kind
    assert GapKind.LINKED_TEMPLATE is missing(found).kind


def test_a_linked_file_that_is_no_template_is_refused(found: ReadResult, tmp_path: Path) -> None:
    (tmp_path / "repo" / "infra" / "bad.json").write_text('{"a": 1')

    with pytest.raises(InputError, match=r"infra/bad\.json:1:8"):
        linked(found, relativePath="bad.json")
    with pytest.raises(InputError, match="is a folder"):
        linked(found, relativePath="nested")


SPEC = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Rg"
    "/providers/Microsoft.Resources/templateSpecs/Net/versions/1.0"
)


@pytest.fixture
def with_cache(tmp_path: Path) -> ReadResult:
    write(tmp_path / "main.json", template_json("root"))
    return read_source(
        tmp_path / "main.json", ReadOptions(root=tmp_path, module_cache=tmp_path / "cache")
    )


def restored(tmp_path: Path, value: JsonValue) -> None:
    folder = tmp_path / "cache/ts/11111111-1111-1111-1111-111111111111/rg/net/1.0"
    write(folder / "main.json", value)


def test_a_restored_template_spec_is_read_from_the_cache(
    with_cache: ReadResult, tmp_path: Path
) -> None:
    restored(tmp_path, {"id": SPEC, "properties": {"mainTemplate": template_json("spec")}})

    template = linked(with_cache, id=SPEC)

    assert [row.body["name"] for row in template.resources] == ["spec"]
    assert template.resources[0].pointer == "/properties/mainTemplate/resources/0"
    assert template.source.name.startswith("ts:11111111-1111-1111-1111-111111111111/Rg/Net:1.0")


def test_a_template_spec_that_was_not_restored_is_missing(with_cache: ReadResult) -> None:
    assert missing(with_cache, id=SPEC).kind is GapKind.TEMPLATE_SPEC
    assert missing(with_cache, id="/subscriptions/../../x").kind is GapKind.TEMPLATE_SPEC


@pytest.mark.parametrize("value", [{}, {"properties": []}, {"properties": {"mainTemplate": 1}}])
def test_a_damaged_template_spec_is_refused(
    with_cache: ReadResult, tmp_path: Path, value: JsonValue
) -> None:
    restored(tmp_path, value)

    with pytest.raises(InputError, match=r"ts:11111111-.*: the template"):
        linked(with_cache, id=SPEC)
