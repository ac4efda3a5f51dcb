from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from preflight.derive.rows import merge_rows, outermost, rule_type
from preflight.model.plan import Condition, PlannedResource
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
SITE = "Microsoft.Web/sites/app"


def test_several_declarations_of_one_id_are_one_row(row: Row) -> None:
    first, other = row(SITE, {}), row("Microsoft.Web/serverfarms/plan", {})
    again = replace(row(SITE.lower(), {}), api_version="2020-01-01")

    assert (first, other) == merge_rows([first, other, again])


def test_a_written_row_is_kept_before_an_existing_one(row: Row) -> None:
    named = replace(row(SITE, {}), change=ChangeKind.EXISTING)
    perhaps = replace(row(SITE, {}), condition=Condition.UNKNOWN)

    assert (perhaps,) == merge_rows([named, perhaps])


def test_the_strongest_condition_is_kept(row: Row) -> None:
    rows = [
        replace(row(SITE, {}), condition=one)
        for one in (Condition.FALSE, Condition.UNKNOWN, Condition.TRUE, Condition.NONE)
    ]

    assert (rows[2],) == merge_rows(rows)
    assert (rows[1],) == merge_rows(rows[:2])


def test_unknown_names_merge_only_within_one_declaration(row: Row) -> None:
    made = row("Microsoft.Web/sites/{name}", {})
    place = Place(source=SourceFile("other.json", "{}"), pointer="/resources/1")
    elsewhere, looped = replace(made, place=place), replace(made, loop_index=1)

    assert (made, elsewhere, looped) == merge_rows([made, made, elsewhere, looped])


def test_the_outermost_resource() -> None:
    site = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/app"
    expected = {
        site: site,
        f"{site}/slots/b/config/web": site,
        f"{site}/providers/Microsoft.Insights/diagnosticSettings/d": site,
        "/subscriptions/s": "/subscriptions/s",
    }

    assert expected == {text: outermost(Scope(text)).text for text in expected}


def test_a_type_stays_as_written_where_its_id_shows_none(row: Row) -> None:
    old = replace(row("{site}", {}), type="Microsoft.Web/sites/providers/locks")

    assert "Microsoft.Web/sites/providers/locks" == rule_type(old)
