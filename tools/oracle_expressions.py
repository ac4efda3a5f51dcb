"""Random template expressions: every function of the library, mostly well-typed.

A `Writer` makes text of a wanted kind of value. What a function answers with stands in `ANSWERS`,
arguments that must have a certain form (a date, a CIDR block, a lambda …) in `FORMS`; any other
argument is of a kind that the function's own declaration accepts. A few arguments are of a wrong
kind, too many or too few, and a few values are known only at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from preflight.evaluate.functions.library import LIBRARY
from preflight.evaluate.functions.registry import Function
from preflight.model.value import JsonValue

WRONG_KIND, WRONG_COUNT, OPEN, ACCESS = 0.03, 0.015, 0.05, 0.12
"""How often an argument has a wrong kind, a call a wrong number of them, a value is open, and a
container's member stands for a value."""
DEPTH = 4

PARAMETERS: Mapping[str, JsonValue] = {
    "text": {"type": "string", "defaultValue": "Contoso-01"},
    "number": {"type": "int", "defaultValue": 7},
    "flag": {"type": "bool", "defaultValue": False},
    "list": {"type": "array", "defaultValue": ["b", "a", "c"]},
    "thing": {"type": "object", "defaultValue": {"a": 1, "b": {"c": ["x", "y"]}, "N": None}},
}
VARIABLES: Mapping[str, JsonValue] = {
    "words": ["web", "api", "db", "web"],
    "numbers": [3, 1, 2],
    "rows": [{"n": "a", "v": 1}, {"n": "b", "v": 2}, {"n": "A", "v": 3}],
    "map": {"one": 1, "two": "2", "three": [3], "four": {"k": "v"}},
    "greeting": "[concat('hello ', parameters('text'))]",
}

KINDS = ("string", "integer", "boolean", "array", "object")
_KIND_OF = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object"}

ANSWERS: Mapping[str, str] = {
    "string": "base64 base64ToString buildUri cidrHost cidrSubnet concat dataUri dataUriToString "
    "dateTimeAdd dateTimeFromEpoch extensionResourceId first format guid join last "
    "managementGroupResourceId padLeft replace resourceId skip string subscriptionResourceId "
    "substring take tenantResourceId toLower toUpper trim uniqueString uri uriComponent "
    "uriComponentToString",
    "integer": "add copyIndex dateTimeToEpoch div indexOf int lastIndexOf length max min mod mul "
    "reduce sub",
    "boolean": "and bool contains empty endsWith equals false greater greaterOrEquals less "
    "lessOrEquals not or startsWith true",
    "array": "array concat createArray filter flatten intersection items map objectKeys range skip "
    "sort split take union",
    "object": "base64ToJson createObject deployment environment groupBy intersection json "
    "managementGroup mapValues parseCidr parseUri resourceGroup shallowMerge subscription tenant "
    "toObject union",
    "any": "coalesce fail first float if indexFromEnd json last lambdaVariables max min newGuid "
    "null pickZones providers reference references tryGet tryIndexFromEnd utcNow",
}
"""Kind of value → functions that answer with it; `any` for those whose answer depends."""

WORDS = (
    "", "a", "A", "b", "abc", "ABC", "co-op", "Hello World", "x_1", " pad ", "10", "007", "true",
    "one", "two", "a,b;c", "a/b", "it''s", "{0}", "[x]", "é", "ß", "straße", "a.b.c", "N",
)  # fmt: skip
DATES = (
    "2020-01-31T10:00:00Z", "2021-03-04T05:06:07.89Z", "2020-06-15T10:00:00+02:00", "2024-02-29",
    "1969-12-31T23:59:59Z", "20200615T101112Z", "Mon, 15 Jun 2020 10:00:00 GMT", "6/15/2020",
)  # fmt: skip
SPANS = ("P1D", "-P1D", "PT1H30M", "P1M", "P1Y2M3DT4H5M6S", "PT0.5S", "P0D", "-PT36H", "P")
DATE_FORMATS = ("u", "o", "yyyy-MM-dd", "yyyy", "HH:mm:ss", "d MMM yyyy", "R", "s", "dddd", "fff")
BLOCKS = ("10.0.0.0/16", "10.1.2.3/24", "192.168.0.0/30", "fd00::/48", "0.0.0.0/0", "10.0.0.0/33")
DOCUMENTS = (
    '{"a":1,"b":[true,null,"x"]}', "[1,2.5,3]", '"text"', "12", "1.50", "null", "{}", "[]",
    '{"a":{"b":{"c":1}},"A":2}', "[{},[[]]]", "1e3", "{bad", "[1,]",
)  # fmt: skip
HOLES = (
    "{0}", "{0}-{1}", "{1}{0}", "{0:D4}", "{0:X}", "{0,5}|{1,-4}|", "{{{0}}}", "{0:N2}", "{2}",
    "no holes", "{0:000}", "{", "{0:#,##0}",
)  # fmt: skip
TYPES = ("Microsoft.Web/sites", "Microsoft.Network/virtualNetworks/subnets", "A.B/c", "nothing")
GUIDS = ("33333333-3333-3333-3333-333333333333", "11111111-1111-1111-1111-111111111111", "no-guid")
URLS = ("https://example.com/a/b.json", "http://h:8080/x?q=1#f", "https://e.org", "b/c.json", "..")
NAMES = ("vnet", "app-1", "x", "")
KEYS = ("a", "b", "n", "v", "one", "two", "k", "A", "id", "name", "missing")
NUMBERS = (0, 1, 2, 3, 5, 7, 10, 31, 100, -1, -3, 255, 2147483647, 2147483648, 9223372036854775807)


class Writer:
    """Writes random expressions from a seed."""

    def __init__(self, random: Random) -> None:
        """Draw everything from `random`."""
        self._random = random
        self._lambdas: list[str] = []
        self._by_kind = {kind: names.split() for kind, names in ANSWERS.items()}
        listed = {name for names in self._by_kind.values() for name in names}
        known = {f.name for f in LIBRARY.values()} - {"lambda"}
        self._by_kind["any"] += sorted(known - listed)

    def expression(self) -> str:
        """Return one whole expression in brackets; every function has the same chance."""
        names = sorted(f.name for f in LIBRARY.values())
        return f"[{self._call(self._random.choice(names), DEPTH)}]"

    def value(self, kind: str, depth: int = DEPTH) -> str:
        """Return text that gives a value of a kind."""
        draw = self._random.random()
        if draw < OPEN:
            return self._pick("reference('r').x", "reference('r').y[0]", "reference('r')")
        if self._lambdas and draw < 3 * OPEN:
            name = self._random.choice(self._lambdas)
            return f"lambdaVariables('{name}'){self._random.choice(('', '', '.v', '.n'))}"
        if draw < ACCESS:
            return self._member(depth)
        if depth <= 0 or draw < 0.3:  # noqa: PLR2004 - a third ends early
            return self._leaf(kind)
        if draw < 0.36:  # noqa: PLR2004 - six in a hundred calls
            return self._call(self._random.choice(self._by_kind["any"]), depth - 1)
        return self._call(self._random.choice(self._by_kind[kind]), depth - 1)

    def _pick(self, *texts: str) -> str:
        return self._random.choice(texts)

    def word(self, *choice: str) -> str:
        """Return one of the texts as a literal."""
        return "'" + self._random.choice(choice or WORDS) + "'"

    def _leaf(self, kind: str) -> str:
        match kind:
            case "string":
                return self._pick(*(self.word() for _ in range(4)), "parameters('text')")
            case "integer" | "float":
                number = str(self._random.choice(NUMBERS))
                return self._pick(number, number, number, "parameters('number')", "json('2.5')")
            case "boolean":
                return self._pick("true()", "false()", "parameters('flag')", "empty(parameters('list'))")
            case "array":
                names = ("'words'", "'numbers'", "'rows'")
                variables = [f"variables({name})" for name in names]
                return self._pick(*variables, "parameters('list')", "createArray()")
            case "object":
                return self._pick("variables('map')", "parameters('thing')", "createObject()")
            case _:
                return self._pick("null()", self._leaf(self._random.choice(KINDS)))

    def _member(self, depth: int) -> str:
        """Return the member of a container, by name or index, safe or not."""
        safe = self._pick("", "", ".?")
        if self._random.random() < 0.5:  # noqa: PLR2004 - a coin
            key = self._random.choice(KEYS)
            step = f"{safe or '.'}{key}" if self._random.random() < 0.6 else f"['{key}']"  # noqa: PLR2004
            return self._container("object", depth) + step
        return self._container("array", depth) + f"[{self._pick('0', '1', '2', '5', '-1')}]"

    def _container(self, kind: str, depth: int) -> str:
        """Return text of a call: only those may be followed by a member."""
        text = self.value(kind, depth - 1) if depth > 0 else self._leaf(kind)
        return text if text.endswith((")", "]")) else self._leaf(kind)

    def _call(self, name: str, depth: int) -> str:
        form = FORMS.get(name)
        if form is not None and self._random.random() > WRONG_KIND:
            return f"{name}({form(self, depth)})"
        arguments = self._arguments(name, depth)
        if self._random.random() < WRONG_COUNT:
            arguments = arguments[:-1] if self._random.random() < 0.5 else [*arguments, "1"]  # noqa: PLR2004
        return f"{name}({', '.join(arguments)})"

    def _arguments(self, name: str, depth: int) -> list[str]:
        """Return arguments of the kinds that the function declares."""
        function = LIBRARY[name.lower()]
        if not isinstance(function, Function):
            most = function.least + 1 if function.most is None else function.most
            count = self._random.randint(function.least, most)
            return [self.value(self._random.choice(KINDS), depth) for _ in range(count)]
        most = function.least + 2 if function.most is None else function.most
        count = self._random.randint(function.least, most)
        return [self._argument(function, index, depth) for index in range(count)]

    def _argument(self, function: Function, index: int, depth: int) -> str:
        accepted = sorted({_KIND_OF[k] for k in function.kinds(index) if k in _KIND_OF})
        wrong = not accepted or self._random.random() < WRONG_KIND
        return self.value(self._random.choice(KINDS if wrong else accepted), depth)

    def lambda_of(self, *, kind: str, least: int, most: int, depth: int) -> str:
        """Return a lambda with so many parameters and a body of a kind."""
        names = ["x", "y", "z"][: self._random.randint(least, most)]
        outer, self._lambdas = self._lambdas, [*self._lambdas, *names]
        body = self.value(kind, min(depth, 2))
        self._lambdas = outer
        return f"lambda({', '.join(repr(name) for name in names)}, {body})"

    def any_value(self, depth: int) -> str:
        """Return a value of any kind."""
        return self.value(self._random.choice(KINDS), depth)

    def same(self, count: int, depth: int, *kinds: str) -> str:
        """Return arguments that are all of one of the kinds."""
        kind = self._random.choice(kinds)
        return ", ".join(self.value(kind, depth) for _ in range(count))

    def few(self, most: int) -> int:
        """Return a small number of arguments, 1 to `most`."""
        return self._random.randint(1, most)

    def maybe(self, text: str) -> str:
        """Return a further argument, or nothing."""
        return self._random.choice(("", f", {text}"))


Form = Callable[[Writer, int], str]


def _lambda_form(kind: str, least: int, most: int, source: str = "array") -> Form:
    def form(writer: Writer, depth: int) -> str:
        body = writer.lambda_of(kind=kind, least=least, most=most, depth=depth)
        return f"{writer.value(source, depth)}, {body}"

    return form


def _keyed(writer: Writer, depth: int) -> str:
    key = writer.lambda_of(kind="string", least=1, most=1, depth=depth)
    value = writer.lambda_of(kind="string", least=1, most=1, depth=depth)
    return f"{writer.value('array', depth)}, {key}{writer.maybe(value)}"


def _reduced(writer: Writer, depth: int) -> str:
    body = writer.lambda_of(kind="integer", least=2, most=3, depth=depth)
    return f"{writer.value('array', depth)}, {writer.value('integer', depth)}, {body}"


def _resource_id(writer: Writer, _: int) -> str:
    kind = writer.word(*TYPES)
    names = ", ".join(writer.word(*NAMES) for _ in range(kind.count("/") or 1))
    before = writer.maybe(writer.word(*GUIDS))[2:]
    return ", ".join(part for part in (before, kind, names) if part)


def _members(writer: Writer, depth: int) -> str:
    return ", ".join(
        f"{writer.word(*KEYS)}, {writer.any_value(depth)}" for _ in range(writer.few(3))
    )


FORMS: Mapping[str, Form] = {
    "base64ToJson": lambda w, _: f"base64({w.word(*DOCUMENTS)})",
    "base64ToString": lambda w, d: f"base64({w.value('string', d)})",
    "buildUri": lambda w, _: f"parseUri({w.word(*URLS)})",
    "cidrHost": lambda w, d: f"{w.word(*BLOCKS)}, {w.value('integer', d)}",
    "cidrSubnet": lambda w, _: f"{w.word(*BLOCKS)}, {20 + w.few(12)}, {w.few(9) - 1}",
    "createObject": _members,
    "dataUriToString": lambda w, d: f"dataUri({w.value('string', d)})",
    "dateTimeAdd": lambda w, _: (
        f"{w.word(*DATES)}, {w.word(*SPANS)}{w.maybe(w.word(*DATE_FORMATS))}"
    ),
    "dateTimeToEpoch": lambda w, _: w.word(*DATES),
    "equals": lambda w, d: w.same(2, d, *KINDS),
    "extensionResourceId": lambda w, d: f"resourceId({_resource_id(w, d)}), {_resource_id(w, d)}",
    "filter": _lambda_form("boolean", 1, 2),
    "flatten": lambda w, d: f"createArray({w.same(w.few(3), d, 'array')})",
    "format": lambda w, d: f"{w.word(*HOLES)}, {w.any_value(d)}, {w.any_value(d)}",
    "greater": lambda w, d: w.same(2, d, "integer", "string"),
    "greaterOrEquals": lambda w, d: w.same(2, d, "integer", "string"),
    "groupBy": _keyed,
    "if": lambda w, d: f"{w.value('boolean', d)}, {w.any_value(d)}, {w.any_value(d)}",
    "intersection": lambda w, d: w.same(1 + w.few(2), d, "array", "object"),
    "json": lambda w, _: w.word(*DOCUMENTS),
    "less": lambda w, d: w.same(2, d, "integer", "string"),
    "lessOrEquals": lambda w, d: w.same(2, d, "integer", "string"),
    "managementGroupResourceId": _resource_id,
    "map": _lambda_form("string", 1, 2),
    "mapValues": _lambda_form("integer", 1, 1, "object"),
    "max": lambda w, d: w.same(w.few(3), d, "integer", "array"),
    "min": lambda w, d: w.same(w.few(3), d, "integer", "array"),
    "parseCidr": lambda w, _: w.word(*BLOCKS),
    "parseUri": lambda w, _: w.word(*URLS),
    "range": lambda w, _: f"{w.few(9) - 4}, {w.few(6) - 1}",
    "reduce": _reduced,
    "resourceId": _resource_id,
    "shallowMerge": lambda w, d: f"createArray({w.same(w.few(3), d, 'object')})",
    "sort": _lambda_form("boolean", 2, 2),
    "subscriptionResourceId": _resource_id,
    "tenantResourceId": _resource_id,
    "toObject": _keyed,
    "union": lambda w, d: w.same(1 + w.few(2), d, "array", "object"),
    "uri": lambda w, _: f"{w.word(*URLS)}, {w.word(*URLS)}",
}
"""Function → how its arguments are written; `w` is the writer, `d` the depth that is left."""
