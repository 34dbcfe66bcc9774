"""What provenance must know of libraries to follow values through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Libraries:
    """Facts about libraries, by dotted path.

    ``classes`` are the classes whose objects are followed; entering their context gives the object itself, and
    ``same`` are members that give the object (or a view of it) back. ``wrappers`` maps a callable to the argument
    that it gives back, by position and keyword. ``lookups`` maps a callable or a mapping to whether a missing name
    raises. ``decorators`` leave what they decorate as it is.
    """

    classes: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()
    wrappers: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    lookups: Mapping[str, bool] = field(default_factory=dict)
    lookup_items: frozenset[str] = frozenset()
    decorators: frozenset[str] = frozenset()
