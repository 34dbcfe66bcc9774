"""What an expression can be: the origins that provenance ends at, and the things of the project on the way."""

from __future__ import annotations

from codemod.provenance.facts import (
    Binding,
    Call,
    Constant,
    EnvironmentRead,
    Expression,
    FileFacts,
    Scope,
    Template,
    Text,
)
from codemod.records import record

# Origins


@record
class TextValue:
    file: FileFacts
    node: Text


@record
class ConstantValue:
    file: FileFacts
    node: Constant

    @property
    def is_none(self) -> bool:
        return self.node.value is None


@record
class EnvironmentValue:
    file: FileFacts
    node: EnvironmentRead


@record
class LookupValue:
    """A value that a library's store gives for a literal name; ``required`` if a missing one raises."""

    file: FileFacts
    node: Expression
    key: Text
    path: str
    required: bool


@record
class TemplateValue:
    file: FileFacts
    node: Template


@record
class ParameterValue:
    """What callers outside the project may hand over.

    ``supplied`` if a default or the project's own calls give the parameter a value as well; ``uncalled`` if that is
    None or empty, because no call is seen: whoever makes use of it gives something else.
    """

    file: FileFacts
    binding: Binding
    supplied: bool = False
    uncalled: bool = False


@record
class OptionValue:
    """What the user of the program gives for an option of the command line that ``call`` declares."""

    file: FileFacts
    call: Call
    name: str


@record
class SettingValue:
    """What the environment gives a field of a settings class; ``required`` if the class fails without it."""

    file: FileFacts
    scope: Scope
    binding: Binding
    required: bool


@record
class EnumMemberValue:
    """A member of an enumeration of the project; ``binding`` gives its value."""

    file: FileFacts
    scope: Scope
    binding: Binding


@record
class UnknownValue:
    file: FileFacts
    node: Expression | Binding
    reason: str


# Things that have members or can be called


@record
class MappingValue:
    """A mapping that is displayed in the code, or the keyword arguments that a ``**`` parameter gathers."""

    file: FileFacts
    node: Expression | Binding


@record
class SequenceValue:
    """A sequence that is displayed in the code, or the arguments that a ``*`` parameter gathers."""

    file: FileFacts
    node: Expression | Binding


@record
class GeneratorValue:
    """What calling a generator of the project gives."""

    file: FileFacts
    scope: Scope


@record
class ExternalValue:
    """Something a library defines, by its dotted path (``openai.OpenAI``)."""

    path: str


@record
class ModuleValue:
    file: FileFacts


@record
class FunctionValue:
    """A function of the project; ``bound`` if its first parameter is already given."""

    file: FileFacts
    scope: Scope
    bound: bool = False


@record
class ClassValue:
    file: FileFacts
    scope: Scope


@record
class InstanceValue:
    """An instance of a project class; ``call`` made it, None stands for ``self``."""

    file: FileFacts
    scope: Scope
    maker: FileFacts | None = None
    call: Call | None = None


@record
class ProductValue:
    """What calling the library's ``path`` gives."""

    path: str
    file: FileFacts
    call: Call


@record
class MemberValue:
    """A member of something that a library defines: ``owner.names[0].names[1]…``."""

    owner: ProductValue | InstanceValue | ResultValue
    names: tuple[str, ...]


@record
class ResultValue:
    """What calling a member of a library's object gives."""

    member: MemberValue | ExternalValue
    file: FileFacts
    call: Call


Value = (
    TextValue
    | ConstantValue
    | EnvironmentValue
    | LookupValue
    | TemplateValue
    | ParameterValue
    | OptionValue
    | SettingValue
    | EnumMemberValue
    | UnknownValue
    | MappingValue
    | SequenceValue
    | GeneratorValue
    | ExternalValue
    | ModuleValue
    | FunctionValue
    | ClassValue
    | InstanceValue
    | ProductValue
    | MemberValue
    | ResultValue
)


def library_path(value: Value) -> str:
    """The dotted path of something that a library gives, calls left out (``threading.Thread.start``); "" if it is none.

    ``concurrent.futures.ThreadPoolExecutor().submit`` is ``concurrent.futures.ThreadPoolExecutor.submit``.
    """
    names: list[str] = []
    here: Value = value
    while True:
        if isinstance(here, MemberValue):
            names = [*here.names, *names]
            here = here.owner
        elif isinstance(here, ResultValue):
            here = here.member
        elif isinstance(here, (ExternalValue, ProductValue)):
            return ".".join((here.path, *names))
        else:
            return ""
