"""Which ways of turning a whole object into a mapping, a tuple or a text can work on the objects of a class.

Code that turns whatever it is given into JSON stands in many files, and who gives it what is dear to ask. Most classes
say themselves that it cannot be one of their objects: what Python's own classes do not bring along, no other class
gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codemod.provenance.asking import glanced
from codemod.provenance.facts import Call, Constant, Expression, FileFacts, Scope, Subscript
from codemod.provenance.origins import Origins
from codemod.provenance.values import ClassValue, ExternalValue, Value
from codemod.records import record

_METHODS = ("model_dump", "model_dump_json", "dict", "json", "_asdict", "__dict__")
_COMMON = frozenset({"dict", "json", "dump", "dumps"})
_FUNCTIONS = ("asdict", "astuple", "vars", "dump", "dumps")
# Bases that give the objects of a class none of the methods; JSON cannot hold such objects, nor those of models.
_PLAIN_BASES = frozenset(
    {"builtins.object", "abc.ABC"}
    | {f"{module}.{name}" for module in ("typing", "typing_extensions") for name in ("Generic", "Protocol")}
)
_MODELS = frozenset({"pydantic.BaseModel", "pydantic.v1.BaseModel"})
# Decorators that add none of the methods.
_PLAIN_DECORATORS = frozenset(
    {"dataclasses.dataclass", "functools.total_ordering"}
    | {f"{module}.{name}" for module in ("typing", "typing_extensions") for name in ("final", "runtime_checkable")}
)
# Members by which a class answers for members that it does not show, or gives some to those that derive from it.
_HIDING = frozenset({"__getattr__", "__getattribute__", "__init_subclass__"})
# What shows an object to ``str`` and ``repr``.
_SHOWING = frozenset({"__str__", "__repr__", "__format__"})
_OF_DATACLASSES = frozenset({"dataclasses.asdict", "dataclasses.astuple"})
_TO_JSON = frozenset({"json.dump", "json.dumps"})
_TO_TEXT = frozenset({"builtins.str", "builtins.repr"})
# Where the second is assigned in a file that mentions the first, JSON may be made of any object.
_PATCHED = (("JSONEncoder", "default"), ("json", "dump"), ("json", "dumps"), ("json", "JSONEncoder"))


@record
class Dumping:
    """What may turn an object of a class into something else: ``methods`` of its own, and functions.

    ``by_fields`` if those may that know dataclasses alone, ``as_json`` if a JSON encoder that is told nothing may,
    ``is_shown`` if the object's text may tell of its members. Not ``is_known``: any way may do so.
    """

    methods: tuple[str, ...] = _METHODS
    by_fields: bool = True
    as_json: bool = True
    is_shown: bool = True
    is_known: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """One of these stands in each file that dumps such an object."""
        return (*self.methods, *_FUNCTIONS)

    @property
    def telling_words(self) -> tuple[str, ...]:
        """Those that hardly mean anything else, if it is known at all how such objects can be dumped."""
        return tuple(word for word in self.words if word not in _COMMON) if self.is_known else ()


_ANYHOW = Dumping()


def dumping_of(origins: Origins, file: FileFacts, scope: Scope, family: Mapping[Scope, FileFacts]) -> Dumping:
    """How objects of a class may be dumped; ``family`` are the class, those above it and those below it."""
    members = {name for each in family for name in each.bindings}
    bases = {path for each, facts in family.items() for path in _outside(origins, facts, each, family)}
    if (
        not members.isdisjoint(_HIDING)
        or not bases <= _PLAIN_BASES | _MODELS
        or not all(_is_plainly_made(origins, facts, each) for each, facts in family.items())
        or _may_have_others_below(origins, file, scope)
        or origins.project.is_hub(file.path)
    ):
        return _ANYHOW

    def may_have(name: str) -> bool:
        return name in members or _is_given(origins, file, family, name)

    is_model = not bases.isdisjoint(_MODELS)
    is_dataclass = any(each.decorators for each in family)
    return Dumping(
        methods=tuple(name for name in _METHODS if is_model or name == "__dict__" or may_have(name)),
        by_fields=is_dataclass,
        as_json=_is_json_patched(origins, file),
        is_shown=is_model or is_dataclass or any(map(may_have, _SHOWING)),
        is_known=True,
    )


def dumped_in(origins: Origins, file: FileFacts, dumping: Dumping) -> Iterator[tuple[Expression, Expression]]:
    """What may dump an object in a file, each with the object."""
    for name in dumping.methods:
        for attribute in file.attributes.get(name, ()):
            yield attribute, attribute.value
    for name in _FUNCTIONS:
        reads: list[Expression] = [*file.names.get(name, ()), *file.attributes.get(name, ())]
        for read in reads:
            call = file.parents.get(read)
            is_call = isinstance(call, Call) and call.callee is read and bool(call.arguments)
            if isinstance(call, Call) and is_call and _may_dump(origins, file, call, dumping):
                yield read, call.arguments[0].value


def _outside(origins: Origins, file: FileFacts, scope: Scope, family: Mapping[Scope, FileFacts]) -> Iterator[str]:
    """The bases of a class that are not of ``family``, by their paths; "" for one that nobody knows."""
    for base in scope.bases:
        values = origins.values(file, base.value if isinstance(base, Subscript) else base)
        for value in values:
            if not isinstance(value, ClassValue) or value.scope not in family:
                yield value.path if isinstance(value, ExternalValue) else ""
        if not values:
            yield ""


def _is_plainly_made(origins: Origins, file: FileFacts, scope: Scope) -> bool:
    """Whether no decorator and no metaclass may give a class members."""
    decorators = (each.callee if isinstance(each, Call) else each for each in scope.decorators)
    return "metaclass" not in file.text and all(_is_only(origins, file, each, _PLAIN_DECORATORS) for each in decorators)


def _may_have_others_below(origins: Origins, file: FileFacts, scope: Scope) -> bool:
    """Whether a class may have subclasses that nobody finds."""
    return any(
        not origins.subclasses(each.file, each.scope) and origins.may_have_subclasses(each.file, each.scope)
        for each in origins.derived(file, scope)
    )


def _is_json_patched(origins: Origins, file: FileFacts) -> bool:
    """Whether a file near ``file`` may tell JSON what to make of objects."""
    project, home = origins.project, file.path
    return any(
        not set(project.files_assigning(name, home)).isdisjoint(project.files_mentioning(word, home))
        for word, name in _PATCHED
    )


def _is_given(origins: Origins, file: FileFacts, family: Mapping[Scope, FileFacts], name: str) -> bool:
    """Whether a member called ``name`` may be assigned to a class of ``family`` behind its back."""

    def is_of_family(owner: Value) -> bool:
        return isinstance(owner, ClassValue) and owner.scope in family

    assigning = origins.project.facts_of(origins.project.files_assigning(name, file.path))
    return any(
        glanced(origins.world, facts, member.target.value, is_of_family) is None
        for facts in dict.fromkeys((*family.values(), *assigning))
        for member in facts.member_bindings.get(name, ())
    )


def _may_dump(origins: Origins, file: FileFacts, call: Call, dumping: Dumping) -> bool:
    """Whether a call can dump an object: ``asdict`` fails for all but dataclasses, ``json.dumps`` for most objects."""
    if not dumping.by_fields and _is_only(origins, file, call.callee, _OF_DATACLASSES):
        return False
    if dumping.as_json or not _is_only(origins, file, call.callee, _TO_JSON):
        return True
    if call.keyword("cls") is not None or any(argument.expansion for argument in call.arguments):
        return True
    default = call.keyword("default")
    if default is None or (isinstance(default, Constant) and default.value is None):
        return False
    return dumping.is_shown or not _is_only(origins, file, default, _TO_TEXT)


def _is_only(origins: Origins, file: FileFacts, expression: Expression, paths: frozenset[str]) -> bool:
    """Whether an expression is one of a library's ``paths``, and nothing else, at a glance."""

    def is_other(value: Value) -> bool:
        return not (isinstance(value, ExternalValue) and value.path in paths)

    return bool(glanced(origins.world, file, expression, is_other))
