"""The command line: parses, calls ``migrate``, hands the outcome to the reports, and picks the exit code."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import unified_diff
from enum import Enum, IntEnum
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from codemod.config import Config, ConfigError, Settings, build_config, load_settings, parse_map
from codemod.findings import Applicability, FileStatus, Outcome, Rule
from codemod.migrate import MigrationRequest, migrate
from codemod.openrouter.catalogue import Catalogue, CatalogueError, choose
from codemod.openrouter.refresh import MODELS_URL, RefreshError, refresh, users_cache_file
from codemod.reports import Progress
from codemod.reports.masking import Mask, mask_for
from codemod.reports.printing import encoded, printable
from codemod.reports.progress import ProgressBar
from codemod.rules import all_rules, named_rule, nearest_code

_STDIN = "-"
_DEFAULT_COMMAND = "default"
_SUBCOMMANDS = ("rules", "rule", "models", "verify")
_DEBUG = "OR_MIGRATE_DEBUG"
_FILE_WIDTH = 100
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Exit(IntEnum):
    """The exit codes; where several hold, the first of INTERRUPTED, USAGE, FAILED, CHANGES wins."""

    DONE = 0
    CHANGES = 1
    USAGE = 2
    FAILED = 3
    # Of verify alone.
    INCONCLUSIVE = 4
    INTERRUPTED = 130


class Format(str, Enum):
    """The forms of the report."""

    TERMINAL = "terminal"
    JSON = "json"
    DIFF = "diff"


class ModelsFormat(str, Enum):
    """The forms of what a search for models shows."""

    TERMINAL = "terminal"
    JSON = "json"


_SUFFIXES = {".json": Format.JSON, ".diff": Format.DIFF, ".patch": Format.DIFF}


@dataclass(frozen=True, slots=True)
class Target:
    """A file that the report is written to as well."""

    path: Path
    format: Format


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the outcome is to be shown. ``as_filter``: standard output carries the migrated standard input."""

    format: Format = Format.TERMINAL
    targets: tuple[Target, ...] = ()
    verbose: bool = False
    check: bool = False
    diff: bool = False
    as_filter: bool = False


class UsageError(Exception):
    """The command line cannot be carried out; the message is one line."""


def exit_code(outcome: Outcome, *, check: bool, strict: bool) -> Exit:
    """What a finished run says to the shell; the same for every format."""
    if outcome.interrupted:
        return Exit.INTERRUPTED
    if any(file.status is FileStatus.FAILED and file.matters for file in outcome.files):
        return Exit.FAILED
    if check and any(file.status is FileStatus.CHANGED for file in outcome.files):
        return Exit.CHANGES
    if strict and any(
        finding.applicability is Applicability.MANUAL
        or (finding.applicability is Applicability.UNSAFE and not finding.applied)
        for finding in outcome.findings
    ):
        return Exit.CHANGES
    return Exit.DONE


def run(arguments: Sequence[str]) -> int:
    """Carry out the command line and give the exit code. Nothing is raised but KeyboardInterrupt."""
    try:
        with _every_end_is_an_interrupt():
            _command().main(list(arguments), prog_name="or-migrate")
    except SystemExit as end:
        return int(end.code or 0) if isinstance(end.code, int | None) else Exit.USAGE
    except Exception as error:  # noqa: BLE001 - a bug ends as one line, not as a traceback
        return _internal_error(error, "")
    return Exit.DONE


@contextmanager
def _every_end_is_an_interrupt() -> Iterator[None]:
    """A signal that would end the process at once does what Ctrl-C does, but if the caller has it ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
    plain = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in plain:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in plain:
            signal.signal(number, signal.SIG_DFL)


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
        _show(f"or-migrate {version}\n")
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
    try:
        request = _request(paths, stdin_filename, options, map_ or [], write=not (dry_run or check))
        request = replace(request, catalogue=_chosen_catalogue(catalogue), today=_today())
        targets = tuple(target_from(text) for text in output or [])
    except (UsageError, ConfigError, CatalogueError) as error:
        raise typer.Exit(_wrong_use(error)) from None
    wanted = Wanted(
        format=format_ or Format.TERMINAL,
        targets=targets,
        verbose=verbose,
        check=check,
        diff=dry_run and not check,
        as_filter=request.stdin is not None and request.write and format_ is None,
    )
    raise typer.Exit(migrate_and_report(request, wanted))


@app.command("rules", context_settings=_CONTEXT)
def _rules_command() -> None:
    """List the rules."""
    width = _width()
    for rule in all_rules():
        head = f"{rule.code}  {_safety_word(rule):<6}  {rule.name}"
        if width >= 100:
            lines = _wrapped(rule.what, width, f"{head:<42}  ", " " * 44)
        else:
            lines = [head, *_wrapped(rule.what, width, " " * 7, " " * 7)]
        _show("\n".join(lines) + "\n")


@app.command("rule", context_settings=_CONTEXT)
def _rule_command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code or a name: OR201, model-prefix.")],
) -> None:
    """Explain one rule."""
    rule = named_rule(code)
    if rule is None:
        nearest = nearest_code(code)
        _say(
            f'error: no rule "{code}"' + (f"; the nearest is {nearest}" if nearest else "; or-migrate rules lists them")
        )
        raise typer.Exit(Exit.USAGE)
    _show("\n".join(_explain(rule, _width())) + "\n")


@app.command("models", context_settings=_CONTEXT)
def _models_command(
    query: Annotated[
        list[str] | None, typer.Argument(metavar="QUERY", help="Words that the id has in it.", show_default=False)
    ] = None,
    wants_refresh: Annotated[
        bool, typer.Option("--refresh", help="First fetch OpenRouter's listing into the cache folder.")
    ] = False,
    format_: Annotated[ModelsFormat, typer.Option("--format", help="What to show.")] = ModelsFormat.TERMINAL,
    catalogue: Annotated[
        str | None, typer.Option(metavar="FILE", help="The catalogue, in place of the embedded one.")
    ] = None,
) -> None:
    """Search the catalogue of models.

    It holds OpenRouter's models, and OpenAI's ids with what they are called there. --refresh fetches OpenRouter's
    listing, without a key; runs use it from then on.
    """
    url = MODELS_URL if wants_refresh else None
    raise typer.Exit(show_models(" ".join(query or []), format_, given=catalogue, url=url))


def show_models(query: str, form: ModelsFormat, *, given: str | None = None, url: str | None = None) -> Exit:
    """Show the models that ``query`` finds; before that fetch the listing from ``url``, if one is given.

    A listing that cannot be fetched is one line, and what is there already is shown.
    """
    from codemod.reports.models import models_json, models_table, search  # noqa: PLC0415 - runs do without

    code = Exit.DONE if url is None or _is_refreshed(url) else Exit.FAILED
    if url is not None and not query and form is ModelsFormat.TERMINAL:
        return code
    try:
        catalogue = _chosen_catalogue(given)
    except CatalogueError as error:
        return _wrong_use(error)
    found = search(catalogue, query)
    if form is ModelsFormat.JSON:
        _emit(models_json(catalogue, found), sys.stdout)
    else:
        _show(models_table(catalogue, found, _width()))
    return code


def _is_refreshed(url: str) -> bool:
    path = users_cache_file()
    try:
        listing = refresh(path, _today(), url=url)
    except RefreshError as error:
        _say(f"error: {error}; the catalogue of {_chosen_catalogue(None).as_of} stays in use")
        return False
    _say(f"{len(listing.models):,} models, as of {listing.as_of}, are now in {path}")
    return True


def _today() -> date:
    return datetime.now().astimezone().date()


class VerifyFormat(str, Enum):
    """The forms of the report about a program that was run."""

    TERMINAL = "terminal"
    JSON = "json"


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
        VerifyFormat, typer.Option("--format", help="What standard output carries.")
    ] = VerifyFormat.TERMINAL,
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
    raise typer.Exit(_verified(command, before, timeout, as_json=format_ is VerifyFormat.JSON))


def _verified(command: Sequence[str], before: Path | None, seconds: float, *, as_json: bool) -> int:
    try:
        # Most runs do without, and the extra may not be installed.
        from codemod.verify.command import WrongUseError, run_command  # noqa: PLC0415
    except ImportError as error:
        if error.name != "trustme":
            raise
        return _wrong_use(UsageError("verify needs the extra of that name: pip install 'or-migrate[verify]'"))
    try:
        config = _config((Path.cwd(),), Settings(), ())
        report, verdict = run_command(command, before, seconds, config, None if as_json else _width())
    except (ConfigError, WrongUseError) as error:
        return _wrong_use(error)
    _show(report)
    return {"good": Exit.DONE, "problems": Exit.CHANGES, "inconclusive": Exit.INCONCLUSIVE}[verdict.value]


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


# From words to a request.


def _request(
    words: Sequence[str], stdin_filename: str | None, options: Settings, table: Sequence[str], *, write: bool
) -> MigrationRequest:
    folder = Path.cwd()
    paths = tuple(folder / word for word in words if word != _STDIN)
    if _STDIN in words and paths:
        raise UsageError("- (standard input) cannot be combined with other paths")
    if stdin_filename is not None and _STDIN not in words:
        raise UsageError("--stdin-filename needs - as the path")
    for word, path in zip(words, paths, strict=False):
        if _is_missing(path):
            raise UsageError(f"{word} does not exist")
    named = folder / (stdin_filename or "stdin.py") if _STDIN in words else None
    config = _config(paths or (folder if named is None else named.parent,), options, table)
    stdin = None if named is None else sys.stdin.buffer.read()
    return MigrationRequest(paths, config, write, folder, stdin, named)


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError:
        return path.is_symlink()  # a link that leads round in a circle
    return False


def _config(paths: Sequence[Path], options: Settings, table: Sequence[str]) -> Config:
    """The configuration for these paths: their nearest common pyproject.toml, and the options."""
    try:
        start = Path(os.path.commonpath([os.path.abspath(path) for path in paths]))  # noqa: PTH100 - keeps links
    except ValueError:  # Windows: several drives
        start = Path.cwd()
    if table:
        options = replace(options, models=parse_map(table))
    return build_config(load_settings(start), options, known=frozenset(rule.code for rule in all_rules()))


def _chosen_catalogue(given: str | None) -> Catalogue:
    """The catalogue of this run; a file of the cache that cannot be used is a note. Raises CatalogueError."""
    catalogue, note = choose(None if given is None else Path.cwd() / given, users_cache_file())
    if note is not None:
        _say(f"note: {note}")
    return catalogue


def target_from(text: str) -> Target:
    """The target that ``--output`` means: ``[FORMAT:]PATH``. Raises UsageError where no file can be written."""
    known = {each.value: each for each in Format}
    prefix, colon, rest = text.partition(":")
    named = known.get(prefix) if colon else None
    path = Path.cwd() / (rest if named else text)
    if path.is_dir() or not (rest if named else text):
        raise UsageError(f"--output {text}: the path of a file is needed")
    if not path.parent.is_dir():
        raise UsageError(f"--output {text}: there is no folder {path.parent}")
    return Target(path, named or _SUFFIXES.get(path.suffix.lower(), Format.TERMINAL))


def _given(values: list[str] | None) -> tuple[str, ...] | None:
    return tuple(values) if values else None


# From an outcome to what the user sees.


Work = Callable[[MigrationRequest, Progress | None], Outcome]


def migrate_and_report(request: MigrationRequest, wanted: Wanted, work: Work = migrate) -> Exit:
    """Do the work, show its outcome as ``wanted``, and give the exit code. A bug in it is one line."""
    progress = ProgressBar(sys.stderr) if sys.stderr.isatty() else None
    try:
        outcome = _worked(request, progress, work)
    except KeyboardInterrupt:
        _say("interrupted")
        return Exit.INTERRUPTED
    except ConfigError as error:
        return _wrong_use(error)
    except Exception as error:  # noqa: BLE001 - a bug ends as one line, not as a traceback
        state = "git diff shows whether files were changed" if request.write else "no file was changed"
        return _internal_error(error, state)
    try:
        return _report(outcome, request, wanted)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001
        changed = sum(outcome.written and file.status is FileStatus.CHANGED for file in outcome.files)
        return _internal_error(error, f"{changed} files were changed" if changed else "no file was changed")


def _worked(request: MigrationRequest, progress: ProgressBar | None, work: Work) -> Outcome:
    try:
        return work(request, progress)
    finally:
        if progress is not None:
            progress.close()


def _report(outcome: Outcome, request: MigrationRequest, wanted: Wanted) -> Exit:
    mask = mask_for(outcome.secrets)
    for notice in outcome.notices:
        _say(f"note: {mask(notice)}")
    stream = sys.stderr if wanted.as_filter else sys.stdout
    data, notes = _render(outcome, wanted.format, request, wanted, mask, stream)
    files = [(target, *_render(outcome, target.format, request, wanted, mask, None)) for target in wanted.targets]
    for note in dict.fromkeys((*notes, *(note for *_, more in files for note in more))):
        _say(f"note: {note}")
    if wanted.as_filter:
        _emit(_filtered(outcome, request), sys.stdout)
    _emit(data, stream)
    code = exit_code(outcome, check=wanted.check, strict=request.config.strict)
    unwritten = [target for target, content, _ in files if not _is_written(target.path, content)]
    return Exit.USAGE if unwritten and code is not Exit.INTERRUPTED else code


def _render(
    outcome: Outcome, form: Format, request: MigrationRequest, wanted: Wanted, mask: Mask, stream: TextIO | None
) -> tuple[bytes, tuple[str, ...]]:
    """The report in one form, for ``stream`` or (None) for a file, and notes about what it cannot carry."""
    if form is Format.JSON:
        from codemod.reports.json_report import json_report  # noqa: PLC0415 - most runs do without

        return json_report(outcome, request.working_folder, mask), ()
    if form is Format.DIFF:
        from codemod.reports.diff import patch  # noqa: PLC0415 - most runs do without

        made = patch(outcome.files, request.working_folder, mask)
        return made.data, made.notes
    from codemod.reports.terminal import View, terminal_report, wants_colour  # noqa: PLC0415 - rich takes its time

    width, colour = (_FILE_WIDTH, False) if stream is None else (_width(), wants_colour(stream))
    view = View(request.working_folder, mask, width, colour, verbose=wanted.verbose, diff=wanted.diff)
    return encoded(terminal_report(outcome, view), "utf-8" if stream is None else stream.encoding), ()


def _filtered(outcome: Outcome, request: MigrationRequest) -> bytes:
    """What standard input becomes; the very same bytes if nothing changes."""
    for file in outcome.files:
        if file.status is FileStatus.CHANGED and file.path == request.stdin_filename:
            return file.after.encode(file.encoding)
    return request.stdin or b""


def _is_written(path: Path, data: bytes) -> bool:
    try:
        _replace(path, data)
    except OSError as error:
        _say(f"error: the report {path} cannot be written: {error.strerror}")
        return False
    return True


def _replace(path: Path, data: bytes) -> None:
    """Write a report whole or not at all; a device or pipe gets it as it comes. Raises OSError."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    temporary = target.with_name(f".or-migrate-{os.urandom(8).hex()}.tmp")
    try:
        temporary.write_bytes(data)
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _wrong_use(error: Exception) -> Exit:
    _say(f"error: {mask_for(())(str(error))}")
    return Exit.USAGE


def _internal_error(error: Exception, changed: str) -> Exit:
    if os.environ.get(_DEBUG):
        traceback.print_exception(error)
    what = mask_for(())(" ".join(f"{type(error).__name__} {error}".split()))
    _say(f"internal error ({what}); please report it, {_DEBUG}=1 shows where" + (f"; {changed}" if changed else ""))
    return Exit.FAILED


def _say(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()


def _show(text: str) -> None:
    _emit(encoded(text, sys.stdout.encoding), sys.stdout)


def _emit(data: bytes, stream: TextIO) -> None:
    """Write bytes as they are. A reader that has gone away is no error, and the rest of the output goes nowhere."""
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _width() -> int:
    return max(40, shutil.get_terminal_size((_FILE_WIDTH, 24)).columns)
