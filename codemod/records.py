"""Decorators of plain values: frozen dataclasses with slots to the type checker, and cheap ones at run time.

``dataclass(frozen=True, slots=True)`` writes each method for itself when its module is imported, and looks at each
assignment when an instance is made; to import ``dataclasses`` takes as long as to read a hundred files. For the classes
of this program that was a fifth of a whole run on ten files. So the methods are written at once here, and nothing but
the type checker forbids an assignment.
"""

from __future__ import annotations

__all__ = ["entity", "field", "field_names", "mutable", "ordered_record", "record", "replace"]

from reprlib import recursive_repr
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import field, replace
    from typing import Any

    from typing_extensions import dataclass_transform

    _T = TypeVar("_T")

    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    def record(cls: type[_T]) -> type[_T]:
        """A value: compared and hashed by its fields, except those with ``field(compare=False)``."""

    @dataclass_transform(frozen_default=True, order_default=True, field_specifiers=(field,))
    def ordered_record(cls: type[_T]) -> type[_T]:
        """A value that is sorted by its fields too."""

    @dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
    def entity(cls: type[_T]) -> type[_T]:
        """A thing that equals only itself, such as one place in a file."""

    @dataclass_transform(eq_default=False, field_specifiers=(field,))
    def mutable(cls: type[_T]) -> type[_T]:
        """A thing that is filled step by step, and equals only itself."""

    def field_names(cls: type[Any]) -> tuple[str, ...]:
        """The names of a class's fields, in order."""

else:

    class field:  # noqa: N801 - as in ``dataclasses``
        """What is said of a field: its default, or what makes one, and whether it is compared."""

        def __init__(self, *, default_factory=None, compare=True, **default):
            self.default_factory = default_factory
            self.compare = compare
            self.has_default = "default" in default
            self.default = default.get("default")

    def replace(value, /, **changes):
        return type(value)(**{name: getattr(value, name) for name in value.__match_args__} | changes)

    def field_names(cls):
        return cls.__match_args__

    def record(cls):
        return _made(cls, _COMPARED)

    def ordered_record(cls):
        return _made(cls, _COMPARED + _ORDERED)

    def entity(cls):
        return _made(cls, "")

    mutable = entity

    _COMPARED = """
def __eq__(self, other):
    return {own} == {others} if other.__class__ is self.__class__ else NotImplemented
def __hash__(self):
    return hash({own})
"""
    _ORDERED = "".join(
        f"""
def {name}(self, other):
    return {{own}} {operator} {{others}} if other.__class__ is self.__class__ else NotImplemented
"""
        for name, operator in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">="))
    )

    def _made(cls, compared):
        """The class once more, with slots, and with the methods that ``compared`` writes for its fields."""
        members = dict(cls.__dict__)
        names = [name for name, kind in cls.__annotations__.items() if not kind.startswith("ClassVar")]
        fields = {**getattr(cls, "__fields__", {}), **{name: _field_of(members, name) for name in names}}
        for name in (*names, "__dict__", "__weakref__"):
            members.pop(name, None)
        methods = {f"default_{name}": each.default_factory or each.default for name, each in fields.items()}
        own, others = (
            f"({''.join(f'{whose}.{name}, ' for name, each in fields.items() if each.compare)})"
            for whose in ("self", "other")
        )
        exec(_init(fields) + compared.format(own=own, others=others), methods)  # noqa: S102 - of names of fields alone
        written = {name: made for name, made in methods.items() if name.startswith("__") and name != "__builtins__"}
        for method in written.values():
            method.__qualname__ = f"{cls.__qualname__}.{method.__name__}"
        members |= written | {"__slots__": tuple(names), "__repr__": _shown}
        members |= {"__fields__": fields, "__match_args__": tuple(fields)}
        made = type(cls)(cls.__name__, cls.__bases__, members)
        made.__qualname__ = cls.__qualname__
        return made

    def _field_of(members, name):
        if name not in members:
            return field()
        said = members[name]
        return said if isinstance(said, field) else field(default=said)

    def _init(fields):
        """The source of the method that sets all fields."""
        words = ["self"]
        lines = []
        for name, each in fields.items():
            words.append(f"{name}=default_{name}" if each.has_default or each.default_factory else name)
            made = f"default_{name}() if {name} is default_{name} else " if each.default_factory else ""
            lines.append(f" self.{name} = {made}{name}")
        return f"def __init__({', '.join(words)}):\n" + "\n".join(lines or [" pass"])

    @recursive_repr()
    def _shown(self):
        values = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{self.__class__.__qualname__}({', '.join(values)})"
