"""Small projects in memory, and plain words for what provenance answers about them.

``sink(X)`` in a source marks a question (what is X?), the text "HERE" a start (where does it go to?).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codemod.languages.python.front_end import read_facts
from codemod.project import Project
from codemod.provenance.facts import Binding, Expression, FileFacts, Name, Text
from codemod.provenance.flows import Use
from codemod.provenance.libraries import Invoker, Libraries
from codemod.provenance.origins import Origins
from codemod.provenance.questions import Question, Thought
from codemod.provenance.uses import Uses
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    EnumMemberValue,
    EnvironmentValue,
    ExternalValue,
    FunctionValue,
    GeneratorValue,
    InstanceValue,
    LookupValue,
    MappingValue,
    MemberValue,
    ModuleValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SequenceValue,
    SettingValue,
    TemplateValue,
    TextValue,
    UnknownValue,
    Value,
)

ROOT = Path("/a project that is not on any disk")

LIBRARIES = Libraries(
    classes=frozenset({"lib.Client"}),
    same=frozenset({"with_options", "beta"}),
    wrappers={"wrapping.wrap": (0, "client")},
    lookups={"store.get": True, "store.find": False},
    lookup_items=frozenset({"store.items"}),
    invokers={"lib.Depends": Invoker(keyword="dependency", alone=True)},
    decorators=frozenset({"cache", "lru_cache", "staticmethod", "classmethod", "property", "dataclass"}),
)

Files = Mapping[str, str]


class CountedOrigins(Origins):
    """Counts the thoughts that are begun and the questions that they ask."""

    work = 0

    def _think(self, question: Question) -> Thought:
        self.work += 1
        return self._counted(super()._think(question))

    def _counted(self, thought: Thought) -> Generator:
        try:
            asked = next(thought)
            while True:
                self.work += 1
                asked = thought.send((yield asked))
        except StopIteration as stop:
            return stop.value


@dataclass(frozen=True)
class World:
    project: Project
    origins: CountedOrigins
    uses: Uses

    def facts(self, name: str = "main.py") -> FileFacts:
        facts = self.project.facts(ROOT / name)
        assert facts is not None
        return facts

    def sinks(self) -> Iterator[tuple[FileFacts, Expression]]:
        """The arguments of the calls of ``sink``, in order of path and place."""
        for path in map(Path, self.project.files):
            facts = self.project.facts(path)
            for call in () if facts is None else facts.calls:
                if isinstance(call.callee, Name) and call.callee.id == "sink":
                    yield facts, call.arguments[0].value

    def sink(self) -> tuple[FileFacts, Expression]:
        (found,) = self.sinks()
        return found

    def starts(self) -> Iterator[tuple[FileFacts, Text]]:
        for path in map(Path, self.project.files):
            facts = self.project.facts(path)
            for text in () if facts is None else facts.texts:
                if text.value == "HERE":
                    yield facts, text

    def answer(self) -> set[str]:
        """What the argument of ``sink`` can be, in words."""
        return {described(value) for value in self.origins.values(*self.sink())}

    def ends(self) -> set[str]:
        """Where the text "HERE" goes to, in words."""
        (start,) = self.starts()
        return {told(use) for use in self.uses.of(*start)}


def world(files: Files | str) -> World:
    """A project of these files; a single text is its ``main.py``."""
    named = {"main.py": files} if isinstance(files, str) else files
    given = {ROOT / name: text.encode() for name, text in named.items()}
    project = Project(map(str, given), [ROOT], {"": read_facts, ".py": read_facts}, given)
    origins = CountedOrigins(project, LIBRARIES)
    return World(project, origins, Uses(origins))


def source(file: FileFacts, node: Expression | Binding) -> str:
    return file.text[node.span.start : node.span.end]


def described(value: Value) -> str:
    """A value in words: literals as they are written, ``lib.Client()`` for what calling it gives, "?" for unknown."""
    match value:
        case TextValue(file=file, node=node) | ConstantValue(file=file, node=node):
            return source(file, node)
        case EnvironmentValue(node=node):
            return f"${node.name.value}"
        case LookupValue(key=key, path=path, required=required):
            return f"{path}[{key.value}]{'!' if required else ''}"
        case TemplateValue():
            return "template"
        case ParameterValue(binding=binding, supplied=supplied):
            return f"{binding.name} of callers" if supplied else f"{binding.name} of anybody"
        case UnknownValue():
            return "?"
        case MappingValue():
            return "mapping"
        case SequenceValue():
            return "sequence"
        case GeneratorValue(scope=scope):
            return f"generator {scope.name}"
        case OptionValue(name=name):
            return f"option {name}"
        case SettingValue(binding=binding):
            return f"setting {binding.name}"
        case EnumMemberValue(binding=binding):
            return f"member {binding.name}"
        case ExternalValue(path=path):
            return path
        case ModuleValue(file=file):
            return f"module {file.path.relative_to(ROOT).as_posix()}"
        case FunctionValue(scope=scope, bound=bound):
            return f"{'bound ' if bound else ''}def {scope.name}"
        case ClassValue(scope=scope):
            return f"class {scope.name}"
        case InstanceValue(scope=scope, call=call):
            return f"{'self' if call is None else 'new'} {scope.name}"
        case ProductValue(path=path):
            return f"{path}()"
        case MemberValue(owner=owner, names=names):
            return ".".join((described(owner), *names))
        case ResultValue(member=member):
            return f"{described(member)}()"
    raise AssertionError(value)


def told(use: Use) -> str:
    """An end in words: its kind, and the line of source where it stands."""
    line = use.file.text.split("\n")[use.file.line(use.node.span) - 1].strip()
    return f"{use.kind.name.lower()}: {line}"
