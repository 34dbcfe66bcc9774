"""What provenance must know of libraries to follow values through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from codemod.records import record


@record
class Invoker:
    """Something that calls a function which it is given as its argument ``keyword`` or at ``position``.

    The function gets the positional arguments behind itself and the other keywords, or the sequence and the mapping
    in the arguments named by ``packed``, or, with ``each``, an element of each of them; with ``alone`` it gets none.
    ``gives`` if the call's value is what the function gives; not ``complete`` if more arguments may come later.
    """

    position: int | None = 0
    keyword: str = ""
    packed: tuple[str, str] | None = None
    each: bool = False
    alone: bool = False
    gives: bool = True
    complete: bool = True


@record
class Libraries:
    """Facts about libraries, by dotted path (see ``values.library_path``).

    ``classes`` are the classes whose objects are followed; entering their context gives the object itself, as it does
    for ``contexts``, and ``same`` are members that give the object (or a view of it) back. ``wrappers`` maps a
    callable to the argument that it gives back, by position and keyword. ``lookups`` maps a callable or a mapping to
    whether a missing name raises. ``decorators`` leave what they decorate as it is, ``registering`` ones do so too,
    and have a framework call it (both by their last name). ``invokers`` call functions that
    they are given. ``stores`` are objects that keep what a program assigns to their members or items; ``cells`` are
    classes whose objects keep one value (``set``, ``get``, ``default=``). ``settings`` maps an object to the
    environment variable that names the module whose names are its members. ``parsers`` are methods that give the
    options of the command line as members, which ``add_argument`` on the same parser declares; ``options`` declare
    one as a parameter's default, ``option_decorators`` one for the parameter of that name. ``decorators_made`` are
    calls that give a decorator which leaves what it decorates as it is.
    """

    classes: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()
    wrappers: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    lookups: Mapping[str, bool] = field(default_factory=dict)
    lookup_items: frozenset[str] = frozenset()
    decorators: frozenset[str] = frozenset()
    registering: frozenset[str] = frozenset()
    contexts: frozenset[str] = frozenset()
    invokers: Mapping[str, Invoker] = field(default_factory=dict)
    stores: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()
    settings: Mapping[str, str] = field(default_factory=dict)
    parsers: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    option_decorators: frozenset[str] = frozenset()
    decorators_made: frozenset[str] = frozenset()
