"""The command line: all options and commands. It parses; ``codemod.run`` carries out."""

from __future__ import annotations

import errno
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from enum import Enum
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from codemod.config import Settings
from codemod.findings import Rule
from codemod.interrupts import every_end_is_an_interrupt
from codemod.rules import all_rules, named_rule, nearest_code
from codemod.run import (
    Exit,
    Format,
    NotShownError,
    carry_out,
    carry_out_verify,
    internal_error,
    not_shown,
    say,
    show,
    width,
    wrong_use,
)

_DEFAULT_COMMAND = "default"
_SUBCOMMANDS = ("rules", "rule", "models", "verify")
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO)
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class PlainFormat(str, Enum):
    """The forms of what the commands beside a run show."""

    TERMINAL = "terminal"
    JSON = "json"


def run(arguments: Sequence[str]) -> int:
    """Carry out the command line and give the exit code. Nothing is raised but KeyboardInterrupt."""
    try:
        with every_end_is_an_interrupt():
            _command().main(list(arguments), prog_name="or-migrate")
    except SystemExit as end:
        return int(end.code or 0) if isinstance(end.code, int | None) else Exit.USAGE
    except NotShownError as error:
        return wrong_use(error)
    except Exception as error:  # noqa: BLE001 - a bug ends as one line, not as a traceback
        # Typer prints the help by itself; what it does not open has no name.
        if isinstance(error, OSError) and error.errno in _NO_ROOM and error.filename is None:
            return wrong_use(not_shown(error, sys.stdout))
        return internal_error(error, "")
    return Exit.DONE


@cache
def _command() -> Any:
    return get_command(app)


class _DefaultCommand(TyperGroup):
    """A group whose first word may be a path or an option: then the hidden default command takes all words.

    A word that is a command and a path is the command if what follows shows it; else it is ambiguous.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in _SUBCOMMANDS:
            args = [_DEFAULT_COMMAND, *args]
        elif os.path.lexists(args[0]) and "--" not in args and not _follow_a_command(args[1:]):
            word = args[0]
            ctx.fail(f"{word} is a command and a path here. For the path write ./{word}")
        return super().parse_args(ctx, args)


def _follow_a_command(words: Sequence[str]) -> bool:
    """Whether these words cannot follow a path: there is an option that no run has, or a word that is no path."""
    has_options = any(word.startswith("-") for word in words)
    return "--refresh" in words or (not has_options and any(not os.path.lexists(word) for word in words))


class _HiddenCommand(TyperCommand):
    """The default command: help and errors show it under the name of the program."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return super().make_context(parent.info_name if parent else info_name, args, **extra)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return ["PATH...", "[OPTIONS]"]


class _RunningCommand(TyperCommand):
    """A command that takes another one, which follows after ``--``."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return ["[OPTIONS]", "--", "COMMAND..."]


app = typer.Typer(cls=_DefaultCommand, add_completion=False, rich_markup_mode=None, context_settings=_CONTEXT)


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            version = metadata.version("or-migrate")
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        show(f"or-migrate {version}\n")
        raise typer.Exit


@app.command(_DEFAULT_COMMAND, cls=_HiddenCommand, hidden=True, context_settings=_CONTEXT)
def _migrate_command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Files and folders; - reads standard input.", show_default=False),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; show the diff and the report.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if anything would change.")] = False,
    unsafe: Annotated[
        bool | None, typer.Option("--unsafe/--no-unsafe", help="Also apply edits that may change behaviour.")
    ] = None,
    strict: Annotated[
        bool | None, typer.Option("--strict/--no-strict", help="Exit 1 if findings remain for a person.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what was left alone, and how each value was found.")
    ] = False,
    format_: Annotated[
        Format | None, typer.Option("--format", help="What standard output carries. Default: terminal.")
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[FORMAT:]PATH",
            help="Write the report to a file as well. Without FORMAT the suffix decides: .json, .diff, .patch, "
            "else terminal text. Repeatable.",
        ),
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="RULES", help="Only these rules, as OR1,OR201. Repeatable.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULES", help="Not these rules. Repeatable.")] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Leave these paths out, as .gitignore has them. Repeatable."),
    ] = None,
    force_exclude: Annotated[
        bool | None,
        typer.Option("--force-exclude/--no-force-exclude", help="Exclude patterns hold for named files too."),
    ] = None,
    gitignore: Annotated[
        bool | None, typer.Option("--gitignore/--no-gitignore", help="Respect ignore files; the default.")
    ] = None,
    site_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Value of the header HTTP-Referer. It is public.")
    ] = None,
    app_title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Value of the title header. It is public.")
    ] = None,
    title_header: Annotated[
        str | None, typer.Option(metavar="NAME", help="X-Title (default) or X-OpenRouter-Title.")
    ] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="Variable of the key. Default: OPENROUTER_API_KEY.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Address of the API. Default: OpenRouter's own.")
    ] = None,
    allow_host: Annotated[
        bool | None,
        typer.Option("--allow-host/--no-allow-host", help="Allow a --base-url that is not on openrouter.ai."),
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Write the model NEW in place of OLD. Repeatable."),
    ] = None,
    replace_retired: Annotated[
        bool | None,
        typer.Option(
            "--replace-retired/--no-replace-retired",
            help="Write the replacement of a model that OpenRouter no longer lists.",
        ),
    ] = None,
    mixed_clients: Annotated[
        str | None,
        typer.Option(
            metavar="split|migrate|keep",
            help="A client of which OpenRouter serves some calls only: split it in two (the default), migrate it, or "
            "keep it on OpenAI.",
        ),
    ] = None,
    catalogue: Annotated[
        str | None, typer.Option(metavar="FILE", help="The catalogue of models, in place of the embedded one.")
    ] = None,
    stdin_filename: Annotated[
        str | None, typer.Option(metavar="PATH", help="The file that standard input stands for. Default: stdin.py.")
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Move Python code from the OpenAI SDK to OpenRouter.

    Edits that are proven safe are applied; everything else is reported with the place, the reason and the remedy.
    Settings can stand in [tool.or-migrate] of pyproject.toml; options win.

    or-migrate rules lists the rules, or-migrate rule OR201 explains one. or-migrate models lists the models.
    or-migrate verify -- COMMAND runs a migrated program against a stand-in for OpenRouter and judges its requests.

    Exit codes: 0 done; 1 changes needed (--check) or findings left for a person (--strict); 2 wrong use or
    configuration; 3 a file that mentions openai could not be processed; 130 interrupted.
    """
    options = Settings(
        base_url=base_url,
        api_key_env=api_key_env,
        site_url=site_url,
        app_title=app_title,
        title_header=title_header,
        select=_given(select),
        ignore=_given(ignore),
        exclude=_given(exclude),
        force_exclude=force_exclude,
        gitignore=gitignore,
        unsafe=unsafe,
        strict=strict,
        replace_retired=replace_retired,
        mixed_clients=mixed_clients,
        allow_host=allow_host,
    )
    raise typer.Exit(
        carry_out(
            paths,
            options,
            dry_run=dry_run,
            check=check,
            verbose=verbose,
            form=format_,
            outputs=output or (),
            table=map_ or (),
            catalogue=catalogue,
            stdin_filename=stdin_filename,
        )
    )


@app.command("rules", context_settings=_CONTEXT)
def _rules_command() -> None:
    """List the rules."""
    columns = width()
    for rule in all_rules():
        head = f"{rule.code}  {_safety_word(rule):<6}  {rule.name}"
        if columns >= 100:
            lines = _wrapped(rule.what, columns, f"{head:<42}  ", " " * 44)
        else:
            lines = [head, *_wrapped(rule.what, columns, " " * 7, " " * 7)]
        show("\n".join(lines) + "\n")


@app.command("rule", context_settings=_CONTEXT)
def _rule_command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code or a name: OR201, model-prefix.")],
) -> None:
    """Explain one rule."""
    rule = named_rule(code)
    if rule is None:
        nearest = nearest_code(code)
        say(
            f'error: no rule "{code}"' + (f"; the nearest is {nearest}" if nearest else "; or-migrate rules lists them")
        )
        raise typer.Exit(Exit.USAGE)
    show("\n".join(_explain(rule, width())) + "\n")


@app.command("models", context_settings=_CONTEXT)
def _models_command(
    query: Annotated[
        list[str] | None, typer.Argument(metavar="QUERY", help="Words that the id has in it.", show_default=False)
    ] = None,
    wants_refresh: Annotated[
        bool, typer.Option("--refresh", help="First fetch OpenRouter's listing into the cache folder.")
    ] = False,
    format_: Annotated[PlainFormat, typer.Option("--format", help="What to show.")] = PlainFormat.TERMINAL,
    catalogue: Annotated[
        str | None, typer.Option(metavar="FILE", help="The catalogue, in place of the embedded one.")
    ] = None,
) -> None:
    """Search the catalogue of models.

    It holds OpenRouter's models, and OpenAI's ids with what they are called there. --refresh fetches OpenRouter's
    listing, without a key; runs use it from then on.
    """
    from codemod.openrouter.refresh import MODELS_URL  # noqa: PLC0415
    from codemod.show_models import show_models  # noqa: PLC0415 - runs do without

    url = MODELS_URL if wants_refresh else None
    as_json = format_ is PlainFormat.JSON
    raise typer.Exit(show_models(" ".join(query or []), as_json=as_json, given=catalogue, url=url))


@app.command("verify", cls=_RunningCommand, context_settings={**_CONTEXT, "allow_interspersed_args": False})
def _verify_command(
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="The program, after --, with its words.")],
    before: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The unmigrated copy of this folder: the program runs there first."),
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="The longest that each run may take.")] = (
        300.0
    ),
    format_: Annotated[
        PlainFormat, typer.Option("--format", help="What standard output carries.")
    ] = PlainFormat.TERMINAL,
) -> None:
    """Run a migrated program against a stand-in for OpenRouter and judge its requests.

    The program really runs, with --before twice: what it does besides HTTP (files, databases, mail) is real. Its
    requests go to a stand-in on this machine, through HTTPS_PROXY, and are never forwarded; it gets dummies in place
    of its keys. A library that heeds neither HTTPS_PROXY nor SSL_CERT_FILE is not seen, as are requests to this
    machine itself. What the program prints goes to standard error.

    With --before the requests are compared: the same ones in the same order (those made at once in any), with the
    same bodies apart from the model. Nothing is said about code that did not run.

    Exit codes: 0 no problem; 1 a request or the end of the program is not as it should be; 2 wrong use; 4
    inconclusive: no requests, a failing unmigrated program, time that was up, or a stand-in that did not start; 130
    interrupted.
    """
    raise typer.Exit(carry_out_verify(command, before, timeout, as_json=format_ is PlainFormat.JSON))


def _explain(rule: Rule, width: int) -> Iterator[str]:
    yield f"{rule.code} {rule.name}"
    for title, text in (("What it does", rule.what), ("Why", rule.why), ("Fix safety", rule.fix_safety)):
        yield ""
        yield title
        yield from _wrapped(text, width, "  ", "  ")
    yield ""
    yield "Example"
    before = rule.before.splitlines()
    if rule.after is None:
        yield from (f"  {line}".rstrip() for line in before)
    else:
        changes = list(unified_diff(before, rule.after.splitlines(), n=len(before), lineterm=""))[3:]
        yield from (f"  {line}".rstrip() for line in changes)
    yield ""
    yield "Reference"
    yield f"  {rule.reference}"


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _safety_word(rule: Rule) -> str:
    return rule.fix_safety.split()[0].rstrip(".").lower()


def _given(values: list[str] | None) -> tuple[str, ...] | None:
    return tuple(values) if values else None
