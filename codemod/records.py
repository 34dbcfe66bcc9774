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
        return _cheap(cls, unsafe_hash=True)

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

    @recursive_repr()
    def _shown(self):
        values = (f"{name}={getattr(self, name)!r}" for name, each in self.__dataclass_fields__.items() if each.repr)
        return f"{self.__class__.__qualname__}({', '.join(values)})"
