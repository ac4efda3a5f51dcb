"""The program: a group of lazily imported commands, and how it ends.

Every way out goes through `main`: an error becomes a message of three parts and an exit code
(docs/reference/exit-codes.md). This is the one place with a catch-all.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from preflight._version import __version__
from preflight.cli.exit_codes import exit_code_of
from preflight.errors import InputError, PreflightError
from preflight.model.outcome import ExitCode

_COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("preflight.cli.run", "The gate: derive, decide, explain, report, fail the pipeline."),
    "verify": ("preflight.cli.verify", "After a fix: enough is allowed, and not too much."),
    "requirements": ("preflight.cli.requirements", "Which actions a rollout needs, and where."),
    "snapshot": ("preflight.cli.snapshot", "Export what decides access, for offline runs."),
    "wait": ("preflight.cli.wait", "After a grant: poll until it holds and stays held."),
    "whoami": ("preflight.cli.whoami", "Who is really signed in, and what it can read."),
    "init": ("preflight.cli.init", "Print the small role that the gate itself needs."),
    "explain": ("preflight.cli.explain", "What a denial in any log means, and the smallest fix."),
    "roles": ("preflight.cli.roles", "Built-in roles that grant these actions, narrowest first."),
    "eval": ("preflight.cli.eval", "Evaluate one ARM expression."),
}
"""Name → (module, one line of help). A module is imported when its command is called."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None for an unknown name."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(_COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - a mistake in the table above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the table without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def _print_version(context: click.Context, _: click.Parameter, value: object) -> None:
    if not value or context.resilient_parsing:
        return
    from preflight.catalog.load import load_catalog  # noqa: PLC0415 - only when asked

    click.echo(f"preflight {__version__} (catalogue {load_catalog().date})")
    context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version and the catalogue's date.",
)
def group() -> None:
    """Know before you deploy.

    Tells, before an Azure deployment starts, whether a missing permission will stop it, why,
    and what the smallest fix is.

    \b
    Exit codes: 0 allowed · 1 denied · 2 wrong usage · 3 input unreadable, refused or
    unsupported · 4 access facts not obtained · 5 undetermined or a gap · 70 internal error
    """  # noqa: D301 - \b is click's mark for "do not rewrap"


def say_error(error: PreflightError) -> None:
    """Print an error to stderr: what happened and where, the line, what to do.

    Errors of the same file that were collected with it follow.
    """
    _say(error)
    for other in error.others if isinstance(error, InputError) else ():
        _say(other)


def _say(error: PreflightError) -> None:
    from preflight.report.text import lines, plain  # noqa: PLC0415 - only when something went wrong

    said = [f"error: {plain(str(error))}"]
    if error.where is not None and error.where.excerpt:
        said += lines(error.where.excerpt)
    if error.help:
        said.append(f"help: {plain(error.help)}")
    click.echo("\n".join(said), err=True)


def _run(arguments: list[str] | None) -> int:
    """Run the program; return its exit code. Nothing but SystemExit leaves this function."""
    try:
        result = group.main(arguments, prog_name="preflight", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return int(ExitCode.INTERRUPTED)
    except PreflightError as error:
        say_error(error)
        return int(exit_code_of(error))
    except BrokenPipeError:
        # The reader went away (`preflight … | head`): end quietly, and keep Python from
        # complaining when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the one catch-all of the program
        return _crash(error)
    return result if isinstance(result, int) else int(ExitCode.ALLOWED)


def _crash(error: Exception) -> int:
    """Report a bug of ours without a traceback (it is shown when PREFLIGHT_DEBUG is set)."""
    if os.environ.get("PREFLIGHT_DEBUG"):
        import traceback  # noqa: PLC0415 - only after a crash

        traceback.print_exception(error)
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else "?"
    click.echo(
        f"internal error: {type(error).__name__} in {where}; nothing was decided\n"
        "help: this is a bug in preflight, please report it with the command you ran "
        "(PREFLIGHT_DEBUG=1 shows the traceback)",
        err=True,
    )
    return int(ExitCode.INTERNAL)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program and end the process."""
    for stream in (sys.stdout, sys.stderr):
        # A log that is not UTF-8 must not crash the gate: what it cannot show is escaped.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    code = _run(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
