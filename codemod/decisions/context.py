"""What every decision is made from, and the drafts that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path

from codemod.config import Config
from codemod.findings import Applicability, Finding, Step
from codemod.openrouter.catalogue import Catalogue, embedded
from codemod.provenance.facts import Binding, Expression, FileFacts, SequenceDisplay
from codemod.provenance.origins import Origins
from codemod.provenance.uses import Uses
from codemod.provenance.values import SequenceValue, Value
from codemod.records import record
from codemod.rewrites import Rewrite, Span

_TEST_FOLDERS = frozenset({"test", "tests", "testing"})


@record
class EndpointSetting:
    """A place that sets the environment variable ``name``, which sends the SDK's requests somewhere.

    ``value`` is "" where it is computed. ``root`` is the folder of the (sub)project that it belongs to.
    """

    path: Path
    line: int
    name: str
    value: str = ""
    root: Path | None = None


@record
class Context:
    """The provenance of the project and what the user asked for.

    ``files`` are the facts of the files that may hold a client or a request, in path order. ``endpoint_settings``
    are the places in the project that set where the SDK sends its requests (OPENAI_BASE_URL and the like). ``roots``
    are the folders that hold the project, ``published`` those whose code other projects install and call. ``known``
    holds answers about whole classes, and ``lists`` those files that have something, which are asked for once for each
    client.
    ``today`` is the day of the run; None: nothing is said that depends on it.
    """

    origins: Origins
    uses: Uses
    files: tuple[FileFacts, ...]
    config: Config
    endpoint_settings: tuple[EndpointSetting, ...] = ()
    roots: tuple[Path, ...] = ()
    published: frozenset[Path] = frozenset()
    known: dict[object, str] = field(default_factory=dict, compare=False)
    lists: dict[str, tuple[FileFacts, ...]] = field(default_factory=dict, compare=False)
    catalogue: Catalogue = field(default_factory=embedded)
    today: date | None = None

    def values(self, file: FileFacts, expression: Expression) -> tuple[Value, ...]:
        return tuple(self.origins.values(file, expression))

    def listed(self, file: FileFacts, expression: Expression) -> Iterator[tuple[Expression, Value]]:
        """What ``expression`` and the items of the sequences that it shows can be, each with what gives it."""
        pending = [(file, expression)]
        seen: set[Expression | Binding] = set()
        while pending:
            home, each = pending.pop()
            for value in self.values(home, each):
                if not isinstance(value, SequenceValue) or not isinstance(value.node, SequenceDisplay):
                    yield each, value
                elif value.node not in seen:
                    seen.add(value.node)
                    pending += ((value.file, item) for item in value.node.items)

    def settings_for(self, path: Path) -> tuple[EndpointSetting, ...]:
        """The settings that may hold for the file ``path``: not those of another project or program beside its own."""
        return tuple(
            setting
            for setting in self.endpoint_settings
            if (setting.root is None or setting.root in path.parents)
            and self.origins.project.may_run_together(setting.path, path)
        )

    def starring(self) -> tuple[FileFacts, ...]:
        """The files that import all names of some module."""
        if "*" not in self.lists:
            self.lists["*"] = tuple(file for file in self.files if "*" in file.imports)
        return self.lists["*"]

    def setting(self, variable: str) -> tuple[FileFacts, ...]:
        """The files, but tests, that set the environment variable."""
        if variable not in self.lists:
            self.lists[variable] = tuple(
                file
                for file in self.files
                if any(write.name == variable for write in file.environment_writes) and not self.is_test(file)
            )
        return self.lists[variable]

    def is_test(self, file: FileFacts) -> bool:
        return is_test(file.path, self.roots)


@record
class Draft:
    """A finding and the member of a group that its edits belong to (None: it stands alone)."""

    finding: Finding
    member: object | None = None


def draft(
    file: FileFacts,
    span: Span,
    rule: str,
    applicability: Applicability,
    message: str,
    remedy: str = "",
    *,
    rewrites: Sequence[Rewrite] = (),
    trace: Iterable[Step] = (),
    member: object | None = None,
) -> Draft:
    """A finding at ``span`` of ``file``."""
    finding = Finding(
        rule=rule,
        path=file.path,
        span=span,
        place=file.lines.place(span),
        applicability=applicability,
        message=message,
        remedy=remedy,
        rewrites=tuple(rewrites),
        trace=tuple(trace),
    )
    return Draft(finding, member)


def is_test(path: Path, roots: Iterable[Path] = ()) -> bool:
    """Whether a file is part of a test suite, by the names that test runners go by, below the roots."""
    name = path.name
    root = next((each for each in roots if each in path.parents), None)
    folders = path.parent.parts[-4:] if root is None else path.parent.relative_to(root).parts
    return (
        name.startswith("test_")
        or name.endswith("_test.py")
        or name == "conftest.py"
        or any(part in _TEST_FOLDERS for part in folders)
    )
