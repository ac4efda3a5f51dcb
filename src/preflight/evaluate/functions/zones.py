"""Functions over data of the resource providers: availability zones and provider metadata.

Source: ARM template functions, "Resource". Without such data (`Environment.facts`) the answers
are unknown. The zone mappings are never checked for their arguments before that, as the
deployment engine does not.
"""

from __future__ import annotations

from preflight.evaluate.functions.array import int32
from preflight.evaluate.functions.registry import ANY, INT, STRING, Call, Checked, Function
from preflight.evaluate.values import as_value, find_key
from preflight.model.value import JsonValue, Value

_MOST_ZONES = 3


def _member(container: JsonValue, name: str) -> JsonValue:
    """Return a member of a fact, in any case; None where there is none."""
    if not isinstance(container, dict):
        return None
    found = find_key(dict.fromkeys(container), name)
    return None if found is None else container[found]


def _pick_zones(call: Call) -> Value:
    count = int32(call, 3) if len(call) > 3 else 1  # noqa: PLR2004 - the fourth argument
    offset = int32(call, 4) if len(call) > 4 else 0  # noqa: PLR2004 - the fifth argument
    if count < 1 or offset < 0:
        raise call.problem("the number of zones must be positive and the offset not negative")
    if "/" in call.text(0):
        raise call.problem(f"`{call.text(0)}` is no namespace of a resource provider")
    facts = call.frame.environment.facts.get("zoneData")
    if facts is None:
        return call.unknown()
    by_location = _member(facts, f"{call.text(0)}/{call.text(1)}")
    zones = _member(by_location, call.text(2).replace(" ", "").lower())
    if not isinstance(zones, list) or not zones:
        return []
    if count + offset > min(len(zones), _MOST_ZONES):
        raise call.problem(f"there are no {count} zones from {offset} on in `{call.text(2)}`")
    return as_value(zones[offset : offset + count])


def _providers(call: Call) -> Value:
    if "/" in call.text(0):
        raise call.problem(f"`{call.text(0)}` is no namespace of a resource provider")
    facts = call.frame.environment.facts.get("providers")
    if not isinstance(facts, list):
        return call.unknown()
    for provider in facts:
        name = _member(provider, "namespace")
        if isinstance(name, str) and name.lower() == call.text(0).lower():
            return _resource_type(call, provider)
    raise call.problem(f"there is no provider `{call.text(0)}`")


def _resource_type(call: Call, provider: JsonValue) -> Value:
    if len(call) == 1:
        return as_value(provider)
    types = _member(provider, "resourceTypes")
    for entry in types if isinstance(types, list) else ():
        name = _member(entry, "resourceType")
        if isinstance(name, str) and name.lower() == call.text(1).lower():
            return as_value(entry)
    raise call.problem(f"the provider `{call.text(0)}` has no type `{call.text(1)}`")


def _mapping(call: Call) -> dict[str, str] | None:
    """Return logical zone → physical zone of a subscription and location, if known."""
    facts = call.frame.environment.facts.get("zoneMappings")
    if facts is None:
        return None
    if len(call) != 3:  # noqa: PLR2004 - subscription, location, zone
        raise call.problem(f"it takes 3 arguments, not {len(call)}")
    mapping = _member(_member(facts, call.text(0)), call.text(1))
    if not isinstance(mapping, dict):
        raise call.problem(f"no zones are known for `{call.text(0)}` in `{call.text(1)}`")
    return {logical: zone for logical, zone in mapping.items() if isinstance(zone, str)}


def _translated(call: Call, mapping: dict[str, str], zone: Value) -> str:
    if not isinstance(zone, str) or zone not in mapping:
        raise call.problem(f"there is no zone `{zone}` there")
    return mapping[zone]


def _translate(call: Call, *, to_logical: bool, several: bool) -> Value:
    mapping = _mapping(call)
    if mapping is None:
        return call.unknown()
    if to_logical:
        mapping = {physical: logical for logical, physical in mapping.items()}
    if several:
        return [_translated(call, mapping, zone) for zone in call.array(2)]
    return _translated(call, mapping, call.text(2))


def _to_logical_zone(call: Call) -> Value:
    return _translate(call, to_logical=True, several=False)


def _to_logical_zones(call: Call) -> Value:
    return _translate(call, to_logical=True, several=True)


def _to_physical_zone(call: Call) -> Value:
    return _translate(call, to_logical=False, several=False)


def _to_physical_zones(call: Call) -> Value:
    return _translate(call, to_logical=False, several=True)


FUNCTIONS: tuple[Function, ...] = (
    Function(
        "pickZones",
        _pick_zones,
        (STRING, STRING, STRING, INT, INT),
        optional=2,
        checked=Checked.TOGETHER,
    ),
    Function("providers", _providers, (STRING, STRING), optional=1, checked=Checked.EACH),
    Function("toLogicalZone", _to_logical_zone, rest=ANY, before_start=True),
    Function("toLogicalZones", _to_logical_zones, rest=ANY, before_start=True),
    Function("toPhysicalZone", _to_physical_zone, rest=ANY, before_start=True),
    Function("toPhysicalZones", _to_physical_zones, rest=ANY, before_start=True),
)
