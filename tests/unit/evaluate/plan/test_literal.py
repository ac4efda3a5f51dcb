"""Rows of a what-if result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from preflight.errors import LimitExceeded
from preflight.evaluate.environment import Environment, Limits
from preflight.evaluate.evaluator import evaluate
from preflight.model.plan import Condition, Plan
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import (
    ChangeKind,
    Gap,
    GapKind,
    MissingTemplate,
    ResourceDeclaration,
    Template,
)
from preflight.model.value import Cause, JsonValue, OpenKey, Unknown, Value, first_unknown

SOURCE = SourceFile("what-if.json", "{}")
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
RG = f"{SUBSCRIPTION}/resourceGroups/rg"
PLACE = Environment(subscription="11111111-1111-1111-1111-111111111111", resource_group="rg")


class NoTemplates:
    """A `TemplateSource` that is never asked."""

    def inline(self, value: JsonValue, *, base: Template, pointer: str) -> Template:
        raise AssertionError(value, base, pointer)

    def linked(self, reference: object, *, base: Template) -> Template | MissingTemplate:
        raise AssertionError(reference, base)


def row(
    identity: str,
    body: dict[str, JsonValue] | None = None,
    change: ChangeKind = ChangeKind.WRITE,
    *,
    potential: bool = False,
    deployment: str | None = None,
) -> ResourceDeclaration:
    return ResourceDeclaration(
        pointer="/changes/0/after",
        body=body or {},
        change=change,
        resource_id=identity,
        potential=potential,
        deployment=deployment,
    )


def plan(
    *rows: ResourceDeclaration,
    deployments: tuple[str, ...] = (),
    gaps: tuple[Gap, ...] = (),
    place: Environment = PLACE,
) -> Plan:
    template = Template(
        source=SOURCE, literal=True, resources=rows, deployments=deployments, gaps=gaps
    )
    return evaluate(template, place, NoTemplates())


def only_body(body: dict[str, JsonValue], kind: str = "A.B/c") -> dict[str, Value]:
    """Return the settled body of one row."""
    return dict(plan(row(f"{RG}/providers/{kind}/x", body)).resources[1].body)


def test_rows_keep_id_change_and_body() -> None:
    after: dict[str, JsonValue] = {
        "id": "ignored",
        "type": "ignored",
        "name": "x",
        "apiVersion": "2020-01-01",
        "location": "north",
        "properties": {"a": 1},
    }
    found = plan(
        row(f"{RG}/providers/A.B/c/x", after),
        row(f"{RG}/providers/A.B/c/gone", change=ChangeKind.DELETE, potential=True),
    )

    root, written, deleted = found.resources
    assert root.deployment is not None
    assert written.type == "A.B/c"
    assert (written.name, written.api_version, written.location) == ("x", "2020-01-01", "north")
    assert written.body == {"location": "north", "properties": {"a": 1}}
    assert written.condition is Condition.NONE
    assert (deleted.change, deleted.condition, deleted.undecided) == (
        ChangeKind.DELETE,
        Condition.UNKNOWN,
        True,
    )


def test_expressions_in_ids_keep_what_is_known() -> None:
    identity = (
        f"[extensionResourceId('{RG}/providers/A.B/c/x', 'Microsoft.Authorization/roleAssignments',"
        f" guid(reference('{RG}/providers/M.I/ids/i', '2023-01-31').principalId))]"
    )
    found = plan(row(identity)).resources[1]

    assert found.id.parent == Scope(f"{RG}/providers/A.B/c/x")
    assert found.type == "Microsoft.Authorization/roleAssignments"
    assert found.expression == identity
    assert [call.target for call in found.calls] == [Scope(f"{RG}/providers/M.I/ids/i")]


def test_an_id_of_which_nothing_is_known_takes_its_type_from_the_body() -> None:
    found = plan(row("[reference('x').id]", {"type": "A.B/c"})).resources[1]

    assert found.id.text.startswith("{")
    assert found.type == "A.B/c"


@pytest.mark.parametrize(
    ("identity", "text", "kind"),
    [
        (f"{RG}/providers/A.B/c/[parameters('n')]", f"{RG}/providers/A.B/c/{{n}}", "A.B/c"),
        (f"{RG}/providers/A.B/c/[toLower('X/Y')]", f"{RG}/providers/A.B/c/x/y", None),
        (
            f"{RG}/providers/A.B/c/x/providers/D.E/f/[guid('/a/b', reference('m').p)]",
            f"{RG}/providers/A.B/c/x/providers/D.E/f/{{m.p}}",
            "D.E/f",
        ),
        (
            f"{RG}/providers/A.B/c/[guid('/a/b' 'c')]",
            f"{RG}/providers/A.B/c/{{expression}}",
            "A.B/c",
        ),
        (
            "/subscriptions/[parameters('hub')]/resourceGroups/[concat('r', 'g')]",
            "/subscriptions/{hub}/resourceGroups/rg",
            "Microsoft.Resources/resourceGroups",
        ),
        (
            "[subscription().id]/resourceGroups/g",
            f"{SUBSCRIPTION}/resourceGroups/g",
            "Microsoft.Resources/resourceGroups",
        ),
        (f"{RG}/providers/A.B/c/[prod] x", f"{RG}/providers/A.B/c/[prod] x", "A.B/c"),
        (f"{RG}/providers/A.B/c/[x(", f"{RG}/providers/A.B/c/[x(", "A.B/c"),
        (
            "[extensionResourceId(reference('m').outputs.id.value, 'D.E/f', 'n')]",
            "{m.outputs.id.value}/providers/D.E/f/n",
            "D.E/f",
        ),
    ],
)
def test_expressions_inside_ids_are_settled(identity: str, text: str, kind: str | None) -> None:
    found = plan(row(identity)).resources[-1]

    assert found.id.text == text
    assert kind is None or found.type == kind


def test_bodies_are_settled_as_far_as_possible() -> None:
    found = only_body(
        {
            "settled": "[concat('a', toUpper('b'))]",
            "partly": "[format('{0}-x', parameters('p'))]",
            "nonsense": "[not an expression]",
            "foreign": "[field('type')]",
            "text": "[a] b",
            "[concat('k', '1')]": [{"[parameters('p')]": 1}],
        }
    )

    assert found["settled"] == "aB"
    assert found["text"] == "[a] b"
    runtime = [first_unknown(found[name]) for name in ("partly", "nonsense", "foreign")]
    assert [unknown.cause for unknown in runtime if unknown] == [Cause.RUNTIME] * 3
    assert found["k1"] == [{OpenKey(Unknown(label="p", cause=Cause.RUNTIME)): 1}]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Microsoft.Authorization/policyDefinitions", {"policyRule": {"if": "[field('x')]"}}),
        ("Microsoft.Logic/workflows", {"definition": {"a": "[listKeys('x', '1')]"}}),
        ("Microsoft.Insights/workbooks", {"serializedData": "[reference('b', '1').c]"}),
        (
            "Microsoft.Resources/templateSpecs/t/versions",
            {"mainTemplate": {"[listKeys('x', '1')]": "[listKeys('x', '1')]"}},
        ),
    ],
)
def test_content_has_expressions_of_its_own(kind: str, body: dict[str, JsonValue]) -> None:
    found = plan(row(f"{RG}/providers/{kind}/x", {"properties": body})).resources[1]

    assert found.calls == ()
    settled = found.body["properties"]
    assert isinstance(settled, dict)
    assert list(settled) == list(body)
    assert first_unknown(settled) is not None


def test_an_id_inside_content_is_settled() -> None:
    function = "[resourceId('Microsoft.Web/sites/functions', 'a', 'b')]"
    action: JsonValue = {"inputs": {"function": {"id": function}, "keys": "[listKeys('x', '1')]"}}
    body: JsonValue = {"definition": {"actions": {"a": action}}, "keys": "[listKeys('y', '1')]"}
    found = plan(row(f"{RG}/providers/Microsoft.Logic/workflows/w", {"properties": body}))

    workflow = found.resources[1]
    assert f"{RG}/providers/Microsoft.Web/sites/a/functions/b" in str(workflow.body)
    assert [call.expression for call in workflow.calls] == ["[listKeys('y', '1')]"]


def test_named_deployments_elsewhere_are_rows() -> None:
    here = f"{RG}/providers/Microsoft.Resources/deployments/own"
    there = f"{RG}b/providers/Microsoft.Resources/deployments/module"
    found = plan(row(f"{RG}b/providers/A.B/c/x", deployment=there), deployments=(here, there))

    _, record, _ = found.resources
    assert record.id == Scope(there)
    assert record.deployment is not None
    assert record.deployment.target == Scope(f"{RG}b")


def test_a_deployment_that_was_not_looked_into_is_a_row_even_here() -> None:
    short = f"{RG}/providers/Microsoft.Resources/deployments/short"
    gap = Gap(
        kind=GapKind.NESTED_DEPLOYMENT, target=short, origin=Place(source=SOURCE), settle="look"
    )
    found = plan(deployments=(short,), gaps=(gap,))

    assert found.gaps == (gap,)
    assert [r.id for r in found.resources[1:]] == [Scope(short)]
    assert found.resources[1].deployment is not None
    assert found.resources[1].deployment.expanded is False


def test_a_deployment_of_which_nothing_is_known_is_a_row() -> None:
    record = "[reference('m').outputs.id.value]"
    found = plan(row(f"{RG}b/providers/A.B/c/x", deployment=record), deployments=(record,))

    assert [r.id.text for r in found.resources[1:] if r.deployment] == ["{m.outputs.id.value}"]


def test_changes_elsewhere_imply_a_deployment_there() -> None:
    found = plan(
        row(f"{RG}/providers/A.B/c/here"),
        row(f"{RG}2/providers/A.B/c/x"),
        row(f"{RG}2/providers/A.B/c/y"),
        row(f"{RG}3/providers/A.B/c/perhaps", potential=True),
        row(f"{RG}4/providers/A.B/c/gone", change=ChangeKind.DELETE),
        row(f"{SUBSCRIPTION}/resourceGroups/new"),
    )

    record = "/providers/Microsoft.Resources/deployments/{deployment}"
    records = [r for r in found.resources[1:] if r.deployment]
    assert [(r.id.text, r.condition) for r in records] == [
        (f"{RG}2{record}", Condition.NONE),
        (f"{SUBSCRIPTION}{record}", Condition.NONE),
        (f"{RG}3{record}", Condition.UNKNOWN),
    ]


def test_what_links_lead_to_is_not_checked() -> None:
    (row_,) = plan(row(f"{RG}/providers/A.B/c/x")).not_checked

    assert row_.what == "linked templates and template specs"
    assert "--what-if FILE beside it" in row_.why


def test_bounds_hold_for_results_too() -> None:
    place = replace(PLACE, limits=Limits(resources=1))
    with pytest.raises(LimitExceeded, match="more than 1 resources"):
        plan(row(f"{RG}/providers/A.B/c/x"), row(f"{RG}/providers/A.B/c/y"), place=place)
