"""Decorators of plain values: frozen dataclasses with slots to the type checker, and cheap ones at run time.

``dataclass(frozen=True, slots=True)`` writes more methods for each class when its module is imported, and looks at each
assignment when an instance is made. For the classes of this program that is a tenth of a whole run on ten files, so
nothing but the type checker forbids an assignment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
        return dataclass(slots=True, unsafe_hash=True)(cls)

    def ordered_record(cls):
        return dataclass(slots=True, unsafe_hash=True, order=True)(cls)

    def entity(cls):
        return dataclass(slots=True, eq=False)(cls)
