"""The first steps of the flow: which files there are, and which of them are worth a closer look."""
# ruff: noqa: PLC0415 - imports stand where their need shows

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.config import Config
from codemod.discovery import Discovery, Walks, discover
from codemod.findings import CatalogueUsed, Outcome
from codemod.mentions import may_hold_requests, may_name_a_model
from codemod.modules import find_root
from codemod.project import LARGEST, Chosen, Project
from codemod.records import record
from codemod.reports import Progress
from codemod.searching import holds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from codemod.openrouter.catalogue import Catalogue
    from codemod.provenance.facts import FileFacts
    from codemod.source import Source


@record
class MigrationRequest:
    """What one run is asked to do.

    ``stdin`` is the text of ``-`` as bytes; it stands for the file ``stdin_filename``. ``catalogue`` None is the
    embedded one. ``today`` is the day of the run; None: nothing is said that depends on it.
    """

    paths: tuple[Path, ...]
    config: Config
    write: bool
    working_folder: Path
    stdin: bytes | None = None
    stdin_filename: Path | None = None
    catalogue: Catalogue | None = None
    today: date | None = None


@record
class Reading:
    """What was found and read. All paths are absolute, and those in tuples in order.

    ``within`` are the files that may be edited, ``given`` the bytes of those that are not read from disk;
    ``candidates`` are the files of the whole project that may hold a client or a request, among those ``mentioning``
    OpenAI; ``naming`` are those that may be edited in which one of OpenAI's model ids may stand as a text of its own.
    """

    discovery: Discovery
    walks: Walks
    project: Project
    within: Chosen
    given: dict[Path, bytes]
    candidates: tuple[Path, ...]
    mentioning: tuple[Path, ...]
    naming: tuple[Path, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing can come of a closer look: no candidate, no model's id and no file that cannot be read."""
        return not (self.candidates or self.naming or any(path in self.within for path in self.project.failures))

    def real_path(self, path: Path) -> Path:
        """Where a file lay when it was found, without symbolic links."""
        real = self.discovery.real_paths.get(str(path))
        return path if real is None else Path(real)

    def notices(self) -> Iterator[str]:
        """What is to be said of the given paths."""
        for path in self.discovery.excluded:
            yield f"{path} is excluded"
        for path in self.discovery.outside:
            yield f"{path} leads outside the given folders and is not followed"
        for path, reason in self.discovery.unreadable:
            yield f"{path}: {reason}"


def read(request: MigrationRequest, progress: Progress | None) -> Reading:
    """Walk the given paths and the project around them, and look into each file once."""
    config = request.config
    walks = Walks(gitignore=config.gitignore)
    discovery = discover(
        request.paths,
        base=request.working_folder,
        exclude=config.exclude,
        force_exclude=config.force_exclude,
        walks=walks,
    )
    given = {} if request.stdin is None or request.stdin_filename is None else {request.stdin_filename: request.stdin}
    named = {*discovery.files, *map(str, given)}
    project = _open_project(request, named, given, walks)
    within = project.chosen(named)
    looked = _look(project, within, _other_ids(request), progress)
    return Reading(discovery, walks, project, within, given, *looked)


def clean_outcome(reading: Reading, request: MigrationRequest) -> Outcome | None:
    """The outcome of a run that found nothing to look at; None if it did, or has targets of ``--map`` to check."""
    if not reading.is_clean or request.config.models:
        return None
    return Outcome(
        scanned=len(reading.within),
        notices=tuple(reading.notices()),
        written=request.write,
        catalogue=None if request.catalogue is None else catalogue_used(request.catalogue, request.today),
    )


def catalogue_used(catalogue: Catalogue, today: date | None) -> CatalogueUsed:
    """What a report says of the catalogue on the day of the run."""
    age = None if today is None else catalogue.age(today)
    return CatalogueUsed(catalogue.origin, catalogue.path, catalogue.as_of, age)


def _open_project(request: MigrationRequest, named: set[str], given: dict[Path, bytes], walks: Walks) -> Project:
    roots = sorted({_root_of(path) for path in (*request.paths, *given)})
    outermost = [root for root in roots if not any(other in root.parents for other in roots)]
    files = named.union(*map(walks.python_files, outermost))
    return Project(files, outermost, {"": _read_python, ".py": _read_python}, given)


def _read_python(source: Source) -> FileFacts:
    from codemod.languages.python.front_end import read_facts

    return read_facts(source)


def _root_of(path: Path) -> Path:
    """Where the project of a given path starts: at its marker, else at the folder that was given."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - a link stays one
    marked = find_root(path)
    if marked is not None:
        return marked
    return path if path.is_dir() else path.parent


def _other_ids(request: MigrationRequest) -> tuple[bytes, ...]:
    """The ids in the user's own catalogue and table that the quick look does not know."""
    catalogue = request.catalogue
    named = () if catalogue is None or catalogue.origin == "embedded" else catalogue.openai
    ids = (each.encode() for each in (*named, *request.config.models))
    return tuple(each for each in ids if not may_name_a_model(b'"' + each + b'"'))


def _look(
    project: Project, within: Chosen, ids: tuple[bytes, ...], progress: Progress | None
) -> tuple[tuple[Path, ...], tuple[Path, ...], tuple[Path, ...]]:
    """The candidates, the mentioning and the naming files of a reading; ``ids`` are looked for beside those known.

    All that is asked of every file is asked here at once, while its bytes are at hand: they are too many to be kept.
    """
    candidates: list[Path] = []
    mentioning: list[Path] = []
    naming: list[Path] = []
    asked_of_all: tuple[str, ...] = ()
    count = len(project.files)
    for number in range(count):
        data = project.data_of(number)
        if data is not None:
            names_another = any(holds(data, each) for each in ids)
            if may_hold_requests(data, holds):
                mentioning.append(project.path(number))
                if names_another or _may_be_decided_on(data):
                    candidates.append(project.path(number))
            if within.holds(number) and (names_another or may_name_a_model(data, holds)):
                naming.append(project.path(number))
            if candidates or naming:
                if not asked_of_all:
                    from codemod.decisions.known_libraries import LIBRARIES
                    from codemod.provenance.bindings import REGISTERED

                    asked_of_all = (*LIBRARIES.settings.values(), REGISTERED)
                project.note(number, data, asked_of_all)
        if progress is not None:
            progress.advance(number + 1, count)
    return tuple(candidates), tuple(mentioning), tuple(naming)


def _may_be_decided_on(data: bytes) -> bool:
    if len(data) > LARGEST:
        return True
    from codemod.candidates import may_be_decided_on

    return may_be_decided_on(data)
