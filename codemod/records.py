"""Decorators of plain values: frozen dataclasses with slots to the type checker, and cheap ones at run time.

``dataclass(frozen=True, slots=True)`` writes more methods for each class when its module is imported, and looks at each
assignment when an instance is made. For the classes of this program that is a tenth of a whole run on ten files, so
nothing but the type checker forbids an assignment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from reprlib import recursive_repr
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
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

else:

    def record(cls):
        made = _cheap(cls, eq=False)
        made.__eq__, made.__hash__ = _first_eq, _first_hash
        return made

    def ordered_record(cls):
        return _cheap(cls, unsafe_hash=True, order=True)

    def entity(cls):
        return _cheap(cls, eq=False)

    def _cheap(cls, **compared):
        # Without a docstring a dataclass makes one from its signature, which takes as long as the rest.
        cls.__doc__ = cls.__doc__ or cls.__name__
        made = dataclass(slots=True, repr=False, **compared)(cls)
        made.__repr__ = _shown
        return made

    # Most records are never compared: what compares a class is written when it is first asked for.

    def _first_eq(self, other):
        _complete(type(self))
        return self == other

    def _first_hash(self):
        _complete(type(self))
        return hash(self)

    def _complete(cls):
        names = [name for name, each in cls.__dataclass_fields__.items() if each.compare]
        own, others = ("".join(f"{each}.{name}, " for name in names) for each in ("self", "other"))
        methods = {}
        exec(  # noqa: S102 - as dataclasses do it, of nothing but the names of fields
            f"def __hash__(self): return hash(({own}))\n"
            "def __eq__(self, other):\n"
            f" return ({own}) == ({others}) if other.__class__ is self.__class__ else NotImplemented\n",
            {},
            methods,
        )
        cls.__eq__, cls.__hash__ = methods["__eq__"], methods["__hash__"]

    @recursive_repr()
    def _shown(self):
        values = (f"{name}={getattr(self, name)!r}" for name, each in self.__dataclass_fields__.items() if each.repr)
        return f"{self.__class__.__qualname__}({', '.join(values)})"
