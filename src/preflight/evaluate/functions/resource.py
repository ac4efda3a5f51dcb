"""The resource ID functions, and those that read provider or directory data.

Source: ARM template functions, "Resource"; the order of checks and the corner cases are those of
the deployment engine. IDs with unknown arguments keep their known segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.functions.registry import ANY, STRING, Call, Checked, Function, Opens
from preflight.evaluate.functions.scope import (
    GROUPS,
    Text,
    checked_subscription,
    joined,
    own_group,
    own_management_group,
    own_subscription,
)
from preflight.evaluate.values import bare, open_part
from preflight.model.template import DeploymentScope
from preflight.model.value import PartialText, Unknown, Value

_IN_SUBSCRIPTION = frozenset({DeploymentScope.RESOURCE_GROUP, DeploymentScope.SUBSCRIPTION})
_RESOURCE_GROUP = "microsoft.resources/resourcegroups"


class _Split:
    """The arguments of a call, split at the resource type: `before`, `type`, `names`."""

    def __init__(self, call: Call, arguments: Sequence[Text], most_before: int) -> None:
        self.open: Unknown | None = None
        self.before: Sequence[Text] = ()
        self.names: Sequence[Text] = ()
        self.type = ""
        at = self._find_type(call, arguments, most_before)
        if at is None:
            return
        self.before, self.names = arguments[:at], arguments[at + 1 :]
        wanted = len(self.type.split("/")) - 1
        if wanted != len(self.names):
            raise call.problem(
                f"the type `{self.type}` takes {wanted} name{'' if wanted == 1 else 's'}, "
                f"not {len(self.names)}"
            )

    def _find_type(self, call: Call, arguments: Sequence[Text], most_before: int) -> int | None:
        """Find the one argument with a `/`; open where an unknown one could be it."""
        at = [i for i, text in enumerate(arguments) if isinstance(text, str) and "/" in text]
        unknown = [text for text in arguments if not isinstance(text, str)]
        if len(at) > 1 or not (at or unknown):
            raise call.problem(
                "it takes exactly one resource type, with its namespace, and names without `/`",
                help="resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'subnet')",
            )
        spoiled = next((t for t in unknown if isinstance(t, PartialText) and _slash(t)), None)
        if not at or spoiled is not None:
            self.open = open_part(spoiled or unknown[0])
            return None
        if at[0] > most_before:
            place = f"among the first {most_before + 1} arguments" if most_before else "first"
            raise call.problem(f"the type `{arguments[at[0]]}` must stand {place}")
        found = arguments[at[0]]
        self.type = found.rstrip("/") if isinstance(found, str) else ""
        return at[0]

    @property
    def path(self) -> Text:
        """`/providers/NS/type/name/…`; an empty name loses the last type as well.

        Without a type (`/NS`) the names are lost.
        """
        namespace, *types = [segment for segment in self.type.split("/") if segment]
        names = [name for name in self.names if name != ""]
        pairs: Iterator[Text] = chain.from_iterable(
            ("/", kind, "/", name) for kind, name in zip(types, names, strict=False)
        )
        return joined(f"/providers/{namespace}", *(pairs if names and types else ("/",)))

    @property
    def path_in_subscription(self) -> Text:
        """`path`, but that of a resource group is the group's own: `/resourceGroups/NAME`."""
        if self.type.lower() == _RESOURCE_GROUP and self.names[0] != "":
            return joined("/resourceGroups/", self.names[0])
        return self.path


def _slash(text: PartialText) -> bool:
    return any(isinstance(part, str) and "/" in part for part in text.parts)


def _texts(call: Call) -> list[Text]:
    return [
        bare(value) if isinstance(value, Unknown) else value
        for value in call.values
        if isinstance(value, str | Unknown | PartialText)
    ]


def _split_once_known(call: Call, arguments: Sequence[Text], most_before: int) -> _Split | Unknown:
    """Split for the functions that the engine looks into only once it knows every argument."""
    unknown = open_part(*(text for text in _texts(call) if not isinstance(text, str)))
    try:
        split = _Split(call, arguments, most_before)
    except EvaluationProblem:
        if unknown is None:
            raise
        return unknown
    return split if split.open is None else split.open


def _chosen(call: Call, subscription: Text) -> Text:
    """Return a subscription that was given; it is checked once all arguments are known."""
    if all(isinstance(value, str) for value in call.values):
        return checked_subscription(call, subscription)
    return subscription


def _resource_id(call: Call) -> Value:
    """`resourceId([subscription], [group], type, names…)`, in the scope of the deployment."""
    split = _Split(call, _texts(call), 2)
    if split.open is not None:
        return split.open
    before = split.before
    kind = call.frame.environment.kind
    scope: Text
    if len(before) == 2:  # noqa: PLR2004 - subscription and group
        subscription = _chosen(call, before[0])
        scope = joined("/subscriptions/", subscription, "/resourceGroups/", before[1])
    elif kind is DeploymentScope.RESOURCE_GROUP:
        group = before[0] if before else own_group(call)
        scope = joined("/subscriptions/", own_subscription(call), "/resourceGroups/", group)
    elif before:
        return joined("/subscriptions/", _chosen(call, before[0]), split.path_in_subscription)
    elif kind is DeploymentScope.SUBSCRIPTION:
        return joined("/subscriptions/", own_subscription(call), split.path_in_subscription)
    else:
        scope = ""
    return joined(scope, split.path)


def _subscription_resource_id(call: Call) -> Value:
    """`subscriptionResourceId([subscription], type, names…)`."""
    inside = call.frame.environment.kind in _IN_SUBSCRIPTION
    if not inside and len(call) < 3:  # noqa: PLR2004 - subscription, type, name
        raise call.problem("outside a subscription it takes the subscription's ID first")
    split = _Split(call, _texts(call), 1)
    if split.open is not None:
        return split.open
    chosen = _chosen(call, split.before[0]) if split.before else None
    subscription = own_subscription(call) if chosen is None else chosen
    return joined("/subscriptions/", subscription, split.path_in_subscription)


def _tenant_resource_id(call: Call) -> Value:
    """`tenantResourceId(type, names…)`."""
    split = _split_once_known(call, _texts(call), 0)
    return split if isinstance(split, Unknown) else split.path


def _management_group_resource_id(call: Call) -> Value:
    """`managementGroupResourceId([group], type, names…)`.

    Outside a management group the first argument is taken as the group, even the type itself.
    """
    inside = call.frame.environment.kind is DeploymentScope.MANAGEMENT_GROUP
    if not inside and len(call) < 3:  # noqa: PLR2004 - group, type, name
        raise call.problem("outside a management group it takes a name first")
    texts = _texts(call)
    split = _split_once_known(call, texts, 1)
    if isinstance(split, Unknown):
        return split
    own = inside and not split.before
    return joined(GROUPS, own_management_group(call) if own else texts[0], split.path)


def _extension_resource_id(call: Call) -> Value:
    """`extensionResourceId(base, type, names…)`."""
    base, *rest = _texts(call)
    split = _split_once_known(call, rest, 0)
    if isinstance(split, Unknown):
        return split
    return joined(_base(call, base), split.path)


def _base(call: Call, base: Text) -> Text:
    """Return the ID that is extended, with one `/` in front and none behind."""
    if isinstance(base, Unknown):
        return base
    if isinstance(base, PartialText):
        *before, last = base.parts
        return joined(*before, last.rstrip("/") if isinstance(last, str) else last)
    segments = [segment for segment in base.split("/") if segment]
    known = all(isinstance(value, str) for value in call.values)
    if len(segments) < 2 and known:  # noqa: PLR2004 - a scope has a kind and a name
        raise call.problem(f"`{base}` is no resource ID")
    return "/" + "/".join(segments)


def _role_definitions(call: Call) -> Value:
    """Refuse what is no text; as in the engine, an array with an open item stays open."""
    call.text(0)
    return call.unknown()


FUNCTIONS: tuple[Function, ...] = (
    Function(
        "extensionResourceId",
        _extension_resource_id,
        (STRING,) * 3,
        rest=STRING,
        opens=Opens.SELF,
        checked=Checked.EACH,
        steps=8,
    ),
    Function(
        "managementGroupResourceId",
        _management_group_resource_id,
        (STRING,) * 2,
        rest=STRING,
        opens=Opens.SELF,
        checked=Checked.EACH,
        steps=8,
    ),
    Function(
        "resourceId",
        _resource_id,
        (STRING,) * 2,
        rest=STRING,
        opens=Opens.SELF,
        checked=Checked.EACH,
        steps=8,
    ),
    Function("roleDefinitions", _role_definitions, (ANY,)),
    Function(
        "subscriptionResourceId",
        _subscription_resource_id,
        (STRING,) * 2,
        rest=STRING,
        opens=Opens.SELF,
        checked=Checked.EACH,
        steps=8,
    ),
    Function(
        "tenantResourceId",
        _tenant_resource_id,
        (STRING,) * 2,
        rest=STRING,
        opens=Opens.SELF,
        checked=Checked.EACH,
        steps=8,
    ),
)
