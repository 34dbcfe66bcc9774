"""A run from its options to its exit code: builds the request, has it carried out, shows the outcome.

Whatever reads the command line (``codemod.start`` the plain ones, ``codemod.cli`` all others) ends here. What a run
does not need is not imported: the report for a person, and all that is needed only where files mention openai.
"""
# ruff: noqa: PLC0415 - imports stand where their need shows

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum, IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from codemod.colour import wants_colour
from codemod.config import Config, ConfigError, Settings, build_config, load_settings, parse_map
from codemod.findings import Applicability, FileStatus, Outcome
from codemod.interrupts import every_end_is_an_interrupt, release_interrupts
from codemod.reading import MigrationRequest, clean_outcome, read
from codemod.records import record
from codemod.reports import Progress
from codemod.reports.masking import Mask, mask_for
from codemod.reports.printing import encoded, printable

if TYPE_CHECKING:
    from datetime import date

    from codemod.openrouter.catalogue import Catalogue
    from codemod.reports.progress import ProgressBar

STDIN = "-"
_DEBUG = "OR_MIGRATE_DEBUG"
_FILE_WIDTH = 100


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


_SUFFIXES = {".json": Format.JSON, ".diff": Format.DIFF, ".patch": Format.DIFF}


@record
class Target:
    """A file that the report is written to as well."""

    path: Path
    format: Format


@record
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


class NotShownError(Exception):
    """Standard output, or standard error, cannot be written; the message is one line."""


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


# From words to a request.


def carry_out_plain(words: Sequence[str], switches: dict[str, bool]) -> int:
    """Carry out a command line of paths and switches alone; see ``codemod.start``. A bug ends as one line."""
    options = Settings(
        strict=switches.get("strict"),
        unsafe=switches.get("unsafe"),
        force_exclude=switches.get("force_exclude"),
        gitignore=switches.get("gitignore"),
    )
    try:
        with every_end_is_an_interrupt():
            return carry_out(
                words,
                options,
                dry_run=switches.get("dry_run", False),
                check=switches.get("check", False),
                verbose=switches.get("verbose", False),
            )
    except Exception as error:  # noqa: BLE001
        return internal_error(error, "")


def carry_out(
    words: Sequence[str],
    options: Settings,
    *,
    dry_run: bool = False,
    check: bool = False,
    verbose: bool = False,
    form: Format | None = None,
    outputs: Sequence[str] = (),
    table: Sequence[str] = (),
    catalogue: str | None = None,
    stdin_filename: str | None = None,
) -> Exit:
    """Migrate what ``words`` name and show the outcome; wrong use is one line on standard error.

    ``outputs`` are the files to write reports to, ``table`` the entries of ``--map``, ``catalogue`` the file that
    is given as the catalogue of models.
    """
    try:
        request = _request(words, stdin_filename, options, table, write=not (dry_run or check))
        targets = tuple(target_from(text) for text in outputs)
        # The JSON report names the catalogue whatever the run finds.
        if catalogue is not None or Format.JSON in (form, *(target.format for target in targets)):
            request = replace(request, catalogue=_usable_catalogue(catalogue), today=today())
    except (UsageError, ConfigError) as error:
        return wrong_use(error)
    wanted = Wanted(
        format=form or Format.TERMINAL,
        targets=targets,
        verbose=verbose,
        check=check,
        diff=dry_run and not check,
        as_filter=request.stdin is not None and request.write and form is None,
    )
    return migrate_and_report(request, wanted)


def _request(
    words: Sequence[str], stdin_filename: str | None, options: Settings, table: Sequence[str], *, write: bool
) -> MigrationRequest:
    folder = working_folder()
    paths = tuple(folder / word for word in words if word != STDIN)
    if STDIN in words and paths:
        raise UsageError("- (standard input) cannot be combined with other paths")
    if stdin_filename is not None and STDIN not in words:
        raise UsageError("--stdin-filename needs - as the path")
    for word, path in zip(words, paths, strict=False):
        if _is_missing(path):
            raise UsageError(f"{word} does not exist")
    named = folder / (stdin_filename or "stdin.py") if STDIN in words else None
    config = _config(paths or (folder if named is None else named.parent,), options, table)
    stdin = None if named is None else _standard_input()
    return MigrationRequest(paths, config, write, folder, stdin, named)


def working_folder() -> Path:
    """The working folder. Raises UsageError if it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(f"the working folder cannot be used ({_why(error)}); change to another") from None


def _standard_input() -> bytes:
    # None if the caller has closed it, for all that the type says.
    stream: TextIO | None = sys.stdin
    if stream is None:
        raise UsageError("- needs standard input, which is closed")
    try:
        return stream.buffer.read()
    except OSError as error:
        raise UsageError(f"standard input cannot be read ({_why(error)})") from None


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
    settings = load_settings(start)
    return build_config(settings, options, known=_known_codes() if _names_rules(settings, options) else frozenset())


def _names_rules(*sources: Settings) -> bool:
    return any(source.select or source.ignore for source in sources)


def _known_codes() -> frozenset[str]:
    from codemod.rules import all_rules

    return frozenset(rule.code for rule in all_rules())


def _usable_catalogue(given: str | None) -> Catalogue:
    from codemod.openrouter.catalogue import CatalogueError

    try:
        return chosen_catalogue(given)
    except CatalogueError as error:
        raise UsageError(str(error)) from None


def chosen_catalogue(given: str | None) -> Catalogue:
    """The catalogue of this run; a file of the cache that cannot be used is a note.

    Raises CatalogueError, and UsageError if the working folder is gone.
    """
    from codemod.openrouter.catalogue import choose
    from codemod.openrouter.refresh import users_cache_file

    catalogue, note = choose(None if given is None else working_folder() / given, users_cache_file())
    if note is not None:
        say(f"note: {note}")
    return catalogue


def today() -> date:
    """The day where this runs."""
    from datetime import datetime

    return datetime.now().astimezone().date()


def target_from(text: str) -> Target:
    """The target that ``--output`` means: ``[FORMAT:]PATH``. Raises UsageError where no file can be written."""
    known = {each.value: each for each in Format}
    prefix, colon, rest = text.partition(":")
    named = known.get(prefix) if colon else None
    path = working_folder() / (rest if named else text)
    if path.is_dir() or not (rest if named else text):
        raise UsageError(f"--output {text}: the path of a file is needed")
    if not path.parent.is_dir():
        raise UsageError(f"--output {text}: there is no folder {path.parent}")
    return Target(path, named or _SUFFIXES.get(path.suffix.lower(), Format.TERMINAL))


def carry_out_verify(command: Sequence[str], before: Path | None, seconds: float, *, as_json: bool) -> Exit:
    """Verify what ``command`` runs, as ``codemod.verify.command`` has it, and show the report."""
    try:
        # Most runs do without, and the extra may not be installed.
        from codemod.verify.command import WrongUseError, run_command
    except ImportError as error:
        if error.name != "trustme":
            raise
        return wrong_use(UsageError("verify needs the extra of that name: pip install 'or-migrate[verify]'"))
    try:
        config = _config((working_folder(),), Settings(), ())
        report, verdict = run_command(command, before, seconds, config, None if as_json else width())
    except (ConfigError, UsageError, WrongUseError) as error:
        return wrong_use(error)
    show(report)
    return {"good": Exit.DONE, "problems": Exit.CHANGES, "inconclusive": Exit.INCONCLUSIVE}[verdict.value]


# From an outcome to what the user sees.


Work = Callable[[MigrationRequest, Progress | None], Outcome]


def _migrate(request: MigrationRequest, progress: Progress | None) -> Outcome:
    """As ``codemod.migrate.migrate``, which is imported only where there is something to migrate."""
    try:
        reading = read(request, progress)
        clean = clean_outcome(reading, request)
        if clean is not None:
            return clean
        from codemod.migrate import migrate_what_was_read

        request = replace(request, catalogue=request.catalogue or chosen_catalogue(None), today=today())
        return migrate_what_was_read(request, reading)
    except KeyboardInterrupt:
        return Outcome(interrupted=True)


def migrate_and_report(request: MigrationRequest, wanted: Wanted, work: Work = _migrate) -> Exit:
    """Do the work, show its outcome as ``wanted``, and give the exit code. A bug in it is one line."""
    progress = _progress_bar() if sys.stderr.isatty() else None
    outcome = None
    try:
        outcome = _worked(request, progress, work)
        # Held since the first file was written: what was written has to be known here.
        release_interrupts()
        return _report(outcome, request, wanted)
    except KeyboardInterrupt:
        say("interrupted" if outcome is None else f"interrupted; {_changes_of(outcome)}")
        return Exit.INTERRUPTED
    except ConfigError as error:
        return wrong_use(error)
    except Exception as error:  # noqa: BLE001
        if outcome is not None:
            return internal_error(error, _changes_of(outcome))
        state = "git diff shows whether files were changed" if request.write else "no file was changed"
        return internal_error(error, state)
    finally:
        release_interrupts()


def _changes_of(outcome: Outcome) -> str:
    """What is to be said of the files where the report cannot be."""
    count = sum(file.status is FileStatus.CHANGED for file in outcome.files) if outcome.written else 0
    if not count:
        return "no file was changed"
    return f"{count} file{' was' if count == 1 else 's were'} changed, git diff shows the changes"


def _progress_bar() -> ProgressBar:
    from codemod.reports.progress import ProgressBar

    return ProgressBar(sys.stderr)


def _worked(request: MigrationRequest, progress: ProgressBar | None, work: Work) -> Outcome:
    try:
        return work(request, progress)
    finally:
        if progress is not None:
            progress.close()


def _report(outcome: Outcome, request: MigrationRequest, wanted: Wanted) -> Exit:
    mask = mask_for(outcome.secrets)
    for notice in outcome.notices:
        say(f"note: {mask(notice)}")
    stream = sys.stderr if wanted.as_filter else sys.stdout
    data, notes = _render(outcome, wanted.format, request, wanted, mask, stream)
    files = [(target, *_render(outcome, target.format, request, wanted, mask, None)) for target in wanted.targets]
    for note in dict.fromkeys((*notes, *(note for *_, more in files for note in more))):
        say(f"note: {note}")
    all_shown = True
    try:
        if wanted.as_filter:
            emit(_filtered(outcome, request), sys.stdout)
        emit(data, stream)
    except NotShownError as error:
        say(f"error: {error}; {_changes_of(outcome)}")
        all_shown = False
    code = exit_code(outcome, check=wanted.check, strict=request.config.strict)
    for target, content, _ in files:
        all_shown &= _is_written(target.path, content)
    return code if all_shown or code is Exit.INTERRUPTED else Exit.USAGE


def _render(
    outcome: Outcome, form: Format, request: MigrationRequest, wanted: Wanted, mask: Mask, stream: TextIO | None
) -> tuple[bytes, tuple[str, ...]]:
    """The report in one form, for ``stream`` or (None) for a file, and notes about what it cannot carry."""
    if form is Format.JSON:
        from codemod.reports.json_report import json_report

        return json_report(outcome, request.working_folder, mask), ()
    if form is Format.DIFF:
        from codemod.reports.diff import patch

        made = patch(outcome.files, request.working_folder, mask)
        return made.data, made.notes
    from codemod.reports.terminal import View, terminal_report

    columns, colour = (_FILE_WIDTH, False) if stream is None else (width(), wants_colour(stream))
    view = View(request.working_folder, mask, columns, colour, verbose=wanted.verbose, diff=wanted.diff)
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
        say(f"error: the report {path} cannot be written: {error.strerror}")
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
            import shutil

            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def wrong_use(error: Exception) -> Exit:
    """Say what is wrong with the command line or the configuration."""
    say(f"error: {mask_for(())(str(error))}")
    return Exit.USAGE


def internal_error(error: Exception, changed: str) -> Exit:
    """Say that a bug ended the run, and ``changed``: what it left behind."""
    if os.environ.get(_DEBUG):
        import traceback

        traceback.print_exception(error)
    what = mask_for(())(" ".join(f"{type(error).__name__} {error}".split()))
    say(f"internal error ({what}); please report it, {_DEBUG}=1 shows where" + (f"; {changed}" if changed else ""))
    return Exit.FAILED


def say(text: str) -> None:
    """Say a line on standard error, safe to show."""
    with suppress(OSError):
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()


def show(text: str) -> None:
    """Write a text to standard output. Raises NotShownError."""
    emit(encoded(text, sys.stdout.encoding), sys.stdout)


def emit(data: bytes, stream: TextIO) -> None:
    """Write bytes as they are. A reader that has gone away is no error, and the rest of the output goes nowhere.

    Raises NotShownError where ``stream`` cannot be written, as on a full disk.
    """
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        _drop(stream)
    except OSError as error:
        _drop(stream)
        raise not_shown(error, stream) from None


def not_shown(error: OSError, stream: TextIO) -> NotShownError:
    """What to say when ``stream`` has failed with ``error``."""
    name = "error" if stream is sys.stderr else "output"
    return NotShownError(f"standard {name} cannot be written ({_why(error)})")


def _drop(stream: TextIO) -> None:
    """Let what ``stream`` still holds go nowhere: the interpreter tries once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def width() -> int:
    """The columns of the terminal."""
    return max(40, _columns())


def _columns() -> int:
    """As ``shutil.get_terminal_size`` has it, whose module takes longer to import than a small run may last."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size((sys.__stdout__ or sys.stdout).fileno()).columns or _FILE_WIDTH
    except (AttributeError, ValueError, OSError):
        return _FILE_WIDTH
