"""Random template expressions: every function of the library, mostly well-typed.

A `Writer` makes text of a wanted kind of value. What a function answers with stands in `ANSWERS`,
arguments that must have a certain form (a date, a CIDR block, a lambda …) in `FORMS`; any other
argument is of a kind that the function's own declaration accepts. A few arguments are of a wrong
kind, too many or too few, and a few values are known only at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from oracle_words import (
    _KIND_OF,
    ANSWERS,
    BLOCKS,
    DATE_FORMATS,
    DATES,
    DOCUMENTS,
    GUIDS,
    HOLES,
    KEYS,
    KINDS,
    MEMBERS,
    NAMES,
    NUMBERS,
    PADS,
    PARAMETERS,
    SPANS,
    TYPES,
    URLS,
    VARIABLES,
    WORDS,
)

from preflight.evaluate.functions.library import LIBRARY
from preflight.evaluate.functions.registry import Function

WRONG_KIND, WRONG_COUNT, OPEN, ACCESS = 0.015, 0.01, 0.04, 0.12
"""How often an argument has a wrong kind, a call a wrong number of them, a value is open, and a
container's member stands for a value."""
MUTATED = 0.1
"""How often one character of a text is changed."""
MARKS = tuple('-+.,:;/?#%{}[]()"\\ _0123459aAeEzZTPXxN')
DEPTH = 3
LEFT_OUT = frozenset({"lambda", "references", "resourceInfo", "target"})
"""Not to be called as such, and what needs a template with a language version."""


class Writer:
    """Writes random expressions from a seed."""

    def __init__(self, random: Random) -> None:
        """Draw everything from `random`."""
        self._random = random
        self._lambdas: list[str] = []
        self._by_kind = {kind: names.split() for kind, names in ANSWERS.items()}

    def expression(self) -> str:
        """Return one whole expression in brackets; every function has the same chance."""
        names = sorted({f.name for f in LIBRARY.values()} - LEFT_OUT)
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
            return self._pick(*MEMBERS[kind]) if self._chance(0.7) else self._member(depth)
        if depth <= 0 or draw < 0.3:  # noqa: PLR2004 - a third ends early
            return self._leaf(kind)
        if draw < 0.33:  # noqa: PLR2004 - three in a hundred calls
            return self._call(self._random.choice(self._by_kind["any"]), depth - 1)
        return self._call(self._random.choice(self._by_kind[kind]), depth - 1)

    def _pick(self, *texts: str) -> str:
        return self._random.choice(texts)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def word(self, *choice: str) -> str:
        """Return one of the texts as a literal."""
        text = self._random.choice(choice or WORDS)
        return "'" + (self._mutated(text) if self._chance(MUTATED) else text) + "'"

    def _mutated(self, text: str) -> str:
        """Return a text in which one character was dropped, doubled or replaced."""
        at = self._random.randrange(len(text) + 1)
        new = self._random.choice(("", text[at : at + 1] * 2, *MARKS))
        return (text[:at] + new + text[at + 1 :]).replace("''", "'").replace("'", "''")

    def _leaf(self, kind: str) -> str:
        match kind:
            case "string":
                return self._pick(*(self.word() for _ in range(4)), "parameters('text')")
            case "integer" | "float":
                number = str(self._random.choice(NUMBERS))
                return self._pick(number, number, number, "parameters('number')", "json('2.5')")
            case "boolean":
                return self._pick("true()", "false()", "parameters('flag')", "empty('')")
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
        if self._chance(0.5):
            key = self._random.choice(KEYS)
            step = f".{key}" if self._chance(0.6) else f"['{key}']"
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
            arguments = arguments[:-1] if self._chance(0.5) else [*arguments, "1"]
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

    def one_of(self, *choice: str) -> str:
        """Return one of some texts."""
        return self._random.choice(choice)

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


def _typed(writer: Writer, _: int) -> str:
    """Return a resource type and as many names as it takes."""
    kind = writer.word(*TYPES)
    return ", ".join((kind, *(writer.word(*NAMES) for _ in range(kind.count("/") or 1))))


def _resource_id(writer: Writer, depth: int) -> str:
    return f"{writer.maybe(writer.word(*GUIDS))}, {_typed(writer, depth)}".lstrip(", ")


def _search(writer: Writer, depth: int) -> str:
    kind = writer.one_of("string", "array")
    return f"{writer.value(kind, depth)}, {writer.value('string', depth)}"


def _numbers(writer: Writer, depth: int) -> str:
    items = writer.one_of("variables('numbers')", "range(1, 4)", "createArray(2, 9)")
    return items if writer.few(2) == 1 else writer.same(writer.few(3), depth, "integer")


def _members(writer: Writer, depth: int) -> str:
    return ", ".join(
        f"{writer.word(*KEYS)}, {writer.any_value(depth)}" for _ in range(writer.few(3))
    )


FORMS: Mapping[str, Form] = {
    "base64ToJson": lambda w, _: f"base64({w.word(*DOCUMENTS)})",
    "base64ToString": lambda w, d: f"base64({w.value('string', d)})",
    "buildUri": lambda w, _: f"parseUri({w.word(*URLS)})",
    "cidrHost": lambda w, d: f"{w.word(*BLOCKS)}, {w.value('integer', d)}",
    "cidrSubnet": lambda w, _: f"{w.word(*BLOCKS)}, {15 + w.few(15)}, {w.few(9) - 1}",
    "contains": _search,
    "createObject": _members,
    "dataUriToString": lambda w, d: f"dataUri({w.value('string', d)})",
    "dateTimeAdd": lambda w, _: (
        f"{w.word(*DATES)}, {w.word(*SPANS)}{w.maybe(w.word(*DATE_FORMATS))}"
    ),
    "dateTimeToEpoch": lambda w, _: w.word(*DATES),
    "equals": lambda w, d: w.same(2, d, *KINDS),
    "extensionResourceId": lambda w, d: f"resourceId({_resource_id(w, d)}), {_typed(w, d)}",
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
    "managementGroup": lambda w, _: w.word(*NAMES[:3]),
    "managementGroupResourceId": lambda w, d: f"{w.word(*NAMES[:3])}, {_typed(w, d)}",
    "map": _lambda_form("string", 1, 2),
    "mapValues": _lambda_form("integer", 1, 1, "object"),
    "lastIndexOf": _search,
    "max": _numbers,
    "min": _numbers,
    "parseCidr": lambda w, _: w.word(*BLOCKS),
    "parseUri": lambda w, _: w.word(*URLS),
    "indexOf": _search,
    "int": lambda w, d: w.one_of("'12'", "' 7 '", "'-3'", w.value("integer", d)),
    "bool": lambda w, d: w.one_of("'true'", "'False'", "1", "0", w.value("boolean", d)),
    "dateTimeFromEpoch": lambda w, _: w.one_of("0", "1600000000", "-1", "'86400'"),
    "indexFromEnd": lambda w, d: f"{w.value('array', d)}, {w.few(2)}",
    "padLeft": lambda w, d: f"{w.value('string', d)}, {w.few(20)}{w.maybe(w.word(*PADS))}",
    "parameters": lambda w, _: w.word(*PARAMETERS),
    "providers": lambda w, _: f"{w.word('Microsoft.Web')}{w.maybe(w.word('sites'))}",
    "reference": lambda w, _: f"{w.word(*NAMES[:3])}{w.maybe(w.word('2022-01-01'))}",
    "resourceGroup": lambda w, _: w.maybe(w.word(*NAMES[:3]))[2:],
    "skip": lambda w, d: f"{w.same(1, d, 'string', 'array')}, {w.few(5) - 1}",
    "subscription": lambda w, d: w.maybe(w.one_of(w.word(*GUIDS), w.value("string", d)))[2:],
    "substring": lambda w, _: f"{w.word(*WORDS[5:9])}, {w.few(4) - 1}{w.maybe(str(w.few(3) - 1))}",
    "take": lambda w, d: f"{w.same(1, d, 'string', 'array')}, {w.few(5) - 1}",
    "variables": lambda w, _: w.word(*VARIABLES),
    "range": lambda w, _: f"{w.few(9) - 4}, {w.few(6) - 1}",
    "reduce": _reduced,
    "resourceId": _resource_id,
    "shallowMerge": lambda w, d: f"createArray({w.same(w.few(3), d, 'object')})",
    "sort": _lambda_form("boolean", 2, 2),
    "subscriptionResourceId": _resource_id,
    "tenantResourceId": _typed,
    "toObject": _keyed,
    "union": lambda w, d: w.same(1 + w.few(2), d, "array", "object"),
    "uri": lambda w, _: f"{w.word(*URLS)}, {w.word(*URLS)}",
}
"""Function → how its arguments are written; `w` is the writer, `d` the depth that is left."""
