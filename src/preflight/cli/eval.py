"""`preflight eval`: one ARM expression, for finding out why a scope resolved as it did."""

from __future__ import annotations

import json

import click

from preflight import api
from preflight.cli.options import PLACE, Params, parameters_of, text, texts
from preflight.cli.settings import scope_of
from preflight.errors import UsageError
from preflight.model.value import JsonValue, Unknown
from preflight.report.text import plain

_VALUES = (
    click.Option(
        ["-p", "--parameters", "parameters"],
        multiple=True,
        metavar="KEY=VALUE",
        help="Value of a parameter (JSON, else text).",
    ),
    click.Option(
        ["--variable", "variables"],
        multiple=True,
        metavar="KEY=VALUE",
        help="Value of a variable (JSON, else text).",
    ),
    click.Option(
        ["--now"], metavar="TIME", help="What `utcNow()` answers, as in a parameter's default."
    ),
)


@click.command(
    "eval",
    short_help="Evaluate one ARM expression.",
    params=parameters_of(click.Argument(["expression"]), _VALUES, PLACE),
)
def command(**_: object) -> None:
    """Evaluate EXPRESSION (`[concat('a', 'b')]`; the brackets may be left out).

    Prints the value as JSON; a value that cannot be known before the deployment is printed as a
    placeholder, with what it depends on.
    """
    params = click.get_current_context().params
    written = str(params["expression"]).strip()
    expression = written if written.startswith("[") else f"[{written}]"
    value = api.evaluate_expression(
        expression,
        parameters=_pairs(params, "parameters"),
        variables=_pairs(params, "variables"),
        context=_context(params),
    )
    if isinstance(value, Unknown):
        click.echo(value.placeholder)
        click.echo(
            plain(f"unknown before the deployment: it depends on {value.cause} `{value.label}`"),
            err=True,
        )
        return
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def _pairs(params: Params, name: str) -> dict[str, JsonValue]:
    pairs: dict[str, JsonValue] = {}
    for item in texts(params, name):
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(f"`{item}` is no KEY=VALUE")
        pairs[key] = _value(value)
    return pairs


def _value(written: str) -> JsonValue:
    """Read a value as JSON, else as text, the way `az` does."""
    try:
        parsed: JsonValue = json.loads(written)
    except (ValueError, RecursionError):
        return written
    return parsed


def _context(params: Params) -> dict[str, JsonValue]:
    """Return the place as the keys that `evaluate_expression` knows."""
    context: dict[str, JsonValue] = dict(api.place_of(scope_of(params)))
    names = {
        "location": "location",
        "tenant": "tenantId",
        "deployment_name": "deploymentName",
        "now": "utcNow",
    }
    for option, key in names.items():
        if value := text(params, option):
            context[key] = value
    if text(params, "now"):
        context["position"] = "parameterDefault"
    return context
