"""Parameters that take a key, a client or settings: who fills them.

A function that may be called from outside the project may be given anything there, an end user's key or None.
"""

from __future__ import annotations

from pathlib import Path

from codemod.decisions.context import Context
from codemod.provenance.calls import arguments_for
from codemod.provenance.facts import Binding, FileFacts, ParameterKind, Scope
from codemod.provenance.values import ParameterValue

_ANY_NUMBER = (ParameterKind.VARIADIC, ParameterKind.KEYWORDS)


def parameter_reason(context: Context, file: FileFacts, parameter: Binding) -> str:
    """Why not all that can be given for ``parameter`` is seen; "" if the project's own calls give it, all of them."""
    name = parameter.name
    unseen = f"the key is the parameter {name}, which callers outside the project may fill or leave None"
    function = file.scopes[parameter.scope]
    owner = file.enclosing_class(function)
    called = owner if owner is not None and function.name == "__init__" else function
    if parameter.parameter in _ANY_NUMBER or is_published(context, file, function, called):
        return unseen
    callers = context.origins.callers(file, called)
    if callers.is_open or callers.maybe or all(context.is_test(caller.file) for caller in callers.calls):
        return unseen
    for caller in callers.calls:
        passed = arguments_for(function, parameter, caller.arguments, bound=caller.bound)
        if not passed or not caller.complete:
            place = f"{caller.file.path.name}:{caller.file.line(caller.call.span)}"
            return f"the key is the parameter {name}, which the call in {place} leaves out"
    return ""


def is_filled_from_outside(context: Context, value: ParameterValue) -> bool:
    """Whether projects that install the package may give the parameter a value."""
    function = value.file.scopes[value.binding.scope]
    owner = value.file.enclosing_class(function)
    return is_published(context, value.file, function, *(() if owner is None else (owner,)))


def is_published(context: Context, file: FileFacts, *scopes: Scope) -> bool:
    """Whether a file belongs to a package that is published: other projects then call what has a public name."""
    hidden = any(part.startswith("_") and not part.startswith("__") for part in _names(context, file, *scopes))
    return not hidden and any(root in file.path.parents for root in context.published)


def _names(context: Context, file: FileFacts, *scopes: Scope) -> tuple[str, ...]:
    root = next((each for each in context.roots if each in file.path.parents), Path())
    inside = file.path.relative_to(root).parts if root in file.path.parents else file.path.parts[-1:]
    return (*inside, *(scope.name for scope in scopes))
