from __future__ import annotations

import pytest

from preflight.derive.landing import Ground, land
from preflight.model.scope import Scope
from preflight.model.value import Cause, PartialText, Unknown, Value

GROUP = "/subscriptions/s/resourceGroups/r"
ITSELF = Scope(f"{GROUP}/providers/Microsoft.Web/sites/app/slots/blue")
LINKED = Scope("/subscriptions/o/resourceGroups/h/providers/Microsoft.Network/virtualNetworks/v")
UNKNOWN = Unknown(label="who", cause=Cause.PARAMETER)
BODY: dict[str, Value] = {
    "plan": {"name": "basic", "half": PartialText(("x-", UNKNOWN)), "empty": ""}
}
GROUND = Ground(itself=ITSELF, body=BODY, linked=LINKED, value="https://St1.blob.core.windows.net/")


@pytest.mark.parametrize(
    ("at", "scope"),
    [
        ("", LINKED.text),
        ("<self>", ITSELF.text),
        ("<self.parent>/x/<self.name>", f"{GROUP}/providers/Microsoft.Web/sites/app/x/blue"),
        ("<self.group>", GROUP),
        ("<self.subscription>/providers/P/t/<id.name>", "/subscriptions/s/providers/P/t/v"),
        ("<id.group>", "/subscriptions/o/resourceGroups/h"),
        ("<id.subscription>", "/subscriptions/o"),
        ("/a/<host>", "/a/St1"),
        ("/a/<body:plan.name>/<body:plan.half>", "/a/basic/x-{who}"),
        ("/a/<body:plan.absent>/<body:plan.empty>", "/a/{absent}/{empty}"),
        ("/a/{kept}", "/a/{kept}"),
    ],
)
def test_tokens_stand_for_parts(at: str, scope: str) -> None:
    found = land(at, GROUND)

    assert found is not None
    assert scope == found.text


def test_without_a_linked_id_the_resource_itself_is_meant() -> None:
    assert ITSELF == land("", Ground(itself=ITSELF, body={}))


@pytest.mark.parametrize(
    ("at", "ground"),
    [
        ("<self.group>", Ground(itself=Scope("/providers/P/t/n"), body={})),
        ("<id>", Ground(itself=ITSELF, body={})),
        ("/a/<value>", Ground(itself=ITSELF, body={})),
        ("/a/<host>", Ground(itself=ITSELF, body={}, value="not a URI")),
    ],
)
def test_a_token_without_a_value_means_nothing_to_check(at: str, ground: Ground) -> None:
    assert land(at, ground) is None


def test_an_unknown_id_stands_for_its_parents() -> None:
    ground = Ground(itself=ITSELF, body={}, linked=Scope("{subnetId}"))

    assert Scope("{subnetId}") == land("<id.parent>", ground)
