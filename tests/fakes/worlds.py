"""Random companies: who holds what where, what is denied, locked, eligible or not registered."""

from __future__ import annotations

import random

from tests.fakes.documents import (
    ALICE,
    AUDITOR,
    CONTRIBUTOR,
    CORP,
    DEPLOYER,
    HUB,
    OTHER,
    PLATFORM,
    PROD,
    READER,
    ROOT_GROUP,
    STORAGE_WRITER,
    assignment,
    company,
    deny,
    eligibility,
    guid,
    lock,
    principal,
    role,
    roles,
)
from tests.fakes.rows import Row, row, rows, text

from preflight.model.value import JsonValue

EVERYONE = "00000000-0000-0000-0000-000000000000"
OUTER = guid("group", "outer")
STRANGERS = guid("group", "strangers")
SHOP = PROD + "/resourceGroups/rg-shop"
ROUTES = HUB + "/resourceGroups/rg-hub"
PLACES = ("/", ROOT_GROUP, CORP, PROD, HUB, SHOP, ROUTES, PROD + "/resourceGroups/rg-other")
NO_NETWORK = guid("role", "no network")
EXTRA = (
    role("No network", ["*"], ["Microsoft.Network/*"], identifier=NO_NETWORK, built_in=False),
    role("Network", ["Microsoft.Network/*/write", "*/read"], identifier=guid("role", "net")),
)
CONDITIONS = (
    None, None, None, None,
    "@Request[made:up] StringEquals 'x'",
    "!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})",
    "not a condition",
)  # fmt: skip


def world(dice: random.Random) -> Row:
    """Return a random company; the deployer may be in nested groups."""
    # Azure takes one assignment of a role to somebody at a scope, with or without a condition.
    held = {text(item["id"]): item for item in (_held(dice) for _ in range(dice.randint(1, 5)))}
    document = company(*held.values(), roleDefinitions=[*roles(), *EXTRA])
    member_of: list[JsonValue] = [PLATFORM] if dice.random() < 0.5 else []
    known = [item for item in rows(document["principals"]) if item["objectId"] != PLATFORM]
    for item in known:
        if item["objectId"] == DEPLOYER:
            item["memberOf"] = member_of
    document["principals"] = [
        *known,
        principal(PLATFORM, "grp-platform", "Group", memberOf=[OUTER]),
        principal(OUTER, "grp-outer", "Group"),
        principal(STRANGERS, "grp-strangers", "Group"),
    ]
    document["denyAssignments"] = [_denied(dice) for _ in range(dice.choice([0, 0, 1, 2]))]
    if dice.random() < 0.2:
        where = dice.choice([PROD, SHOP, ROUTES])
        document["locks"] = [lock(where, dice.choice(["ReadOnly", "CanNotDelete"]))]
    if dice.random() < 0.2:
        who = dice.choice([DEPLOYER, PLATFORM])
        eligible = [eligibility(who, CONTRIBUTOR, dice.choice([CORP, PROD, SHOP]))]
        document["roleEligibilityScheduleInstances"] = [*eligible]
    if dice.random() < 0.3:
        states = ("Registered", "NotRegistered", "Registering")
        document["providers"] = [
            {**item, "registrationState": dice.choice(states)}
            for item in rows(document["providers"])
        ]
    return document


def _held(dice: random.Random) -> Row:
    holder, kind = dice.choice(
        [
            (DEPLOYER, "ServicePrincipal"),
            (DEPLOYER, "ServicePrincipal"),
            (PLATFORM, "Group"),
            (OUTER, "Group"),
            (STRANGERS, "Group"),
            (OTHER, "ServicePrincipal"),
        ]
    )
    chosen = dice.choice([CONTRIBUTOR, CONTRIBUTOR, STORAGE_WRITER, READER, NO_NETWORK])
    return assignment(holder, chosen, dice.choice(PLACES), kind, condition=dice.choice(CONDITIONS))


def _denied(dice: random.Random) -> Row:
    to = [dice.choice([EVERYONE, EVERYONE, DEPLOYER, PLATFORM, OUTER, STRANGERS])]
    but = [dice.choice([DEPLOYER, ALICE, PLATFORM, OUTER])] if dice.random() < 0.6 else []
    where = dice.choice([PROD, HUB, SHOP, ROUTES])
    actions = [dice.choice(["*/write", "*", "*/delete", "Microsoft.Network/*"])]
    groups = (PLATFORM, OUTER, STRANGERS)
    # The auditor reads through everything: what it may not read is another test's matter.
    made = deny(where, actions, to=to, but=[*but, AUDITOR], groups=groups)
    stated = row(made["properties"])
    stated["doNotApplyToChildScopes"] = dice.random() < 0.2
    if dice.random() < 0.15:
        stated["denyAssignmentEffect"] = "audit"
    return made
