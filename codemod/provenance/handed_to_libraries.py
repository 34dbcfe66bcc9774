"""Forwards into a call of a library: to the function that it calls, or to where what it keeps is read."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.provenance.callers import argument_of, handed
from codemod.provenance.calls import positional_arguments
from codemod.provenance.commands import command_parameters, option_names
from codemod.provenance.containers import ONE_ELEMENT, SAME_ELEMENTS
from codemod.provenance.facts import Argument, Call, Role, RoleKind
from codemod.provenance.flows import ANY, ENTERED, Flow, Ground, Keys, Steps, Use, UseKind
from codemod.provenance.handed_to_functions import argument_use, into_function
from codemod.provenance.members import FIELDS, REPLACING, REPLACING_METHODS, root_of
from codemod.provenance.reads import reads_by_name, reads_of, reads_of_member
from codemod.provenance.results import ENTERING
from codemod.provenance.targets import into_member, reads_of_cell
from codemod.provenance.values import (
    FunctionValue,
    InstanceValue,
    MemberValue,
    ProductValue,
    UnknownValue,
    Value,
    library_path,
)

_LOOKING_AT_CONTAINERS = frozenset(f"builtins.{name}" for name in ("len", "any", "all", "bool", "isinstance", "type"))


def into_library(ground: Ground, flow: Flow, call: Call, argument: Argument, callee: Value) -> Steps:
    """Into what a library, or nobody knows what, does with ``argument``, as far as that is known."""
    path, file, libraries = library_path(callee), flow.file, ground.origins.libraries
    given = next((i for i, each in enumerate(positional_arguments(call.arguments)) if each is argument), 0)
    owner_path, _, name = path.rpartition(".")
    invoker = libraries.invokers.get(path)
    called = argument_of(call, invoker) if invoker is not None else None
    functions = () if called is None or called is flow.node else ground.origins.values(file, called)
    followed = [each for each in functions if isinstance(each, FunctionValue)]
    if invoker is not None and not invoker.complete:
        yield from _looked_up(ground, flow, call)
    if invoker is not None and called is not None and followed:
        arguments = handed(ground.origins.world, call, called, invoker)
        taken = next((each for each in arguments if each.value is flow.node), None)
        for function in followed if taken is not None else ():
            assert taken is not None
            yield from into_function(ground, flow, call, taken, function, arguments)
    elif flow.path and path in SAME_ELEMENTS | {"itertools.chain", "itertools.cycle"}:
        yield Flow(file, call, (ANY, *flow.path[1:]))
    elif flow.path and path == "builtins.enumerate":
        yield Flow(file, call, (ANY, 1, *flow.path[1:]))
    elif flow.path and path in ("builtins.zip", "itertools.product"):
        yield Flow(file, call, (ANY, given, *flow.path[1:]))
    elif flow.path and path in ONE_ELEMENT:
        yield Flow(file, call, flow.path[1:])
    elif flow.path and path in _LOOKING_AT_CONTAINERS:
        return
    elif path in ("copy.copy", "copy.deepcopy") and flow.path:
        yield Flow(file, call, flow.path)
    elif path in ENTERING:
        yield Flow(file, call, flow.path[1:] if flow.path[:1] == (ENTERED,) else flow.path)
    elif path in FIELDS | libraries.options and (argument.keyword or "default", given) == ("default", 0):
        yield Flow(file, call, flow.path)
    elif path in libraries.option_decorators and argument.keyword == "default":
        yield from _decorated_reads(ground, flow, call)
    elif argument.keyword == "default" and (name == "add_argument" or command_parameters(file, call)):
        yield from _option_reads(ground, flow, callee, call, flow.path)
    elif path == "builtins.setattr":
        yield from _set_member(ground, flow, call, argument)
    elif owner_path in libraries.cells and name == "set" and isinstance(callee, MemberValue):
        if isinstance(callee.owner, ProductValue):
            yield from reads_of_cell(ground, callee.owner, flow.path)
    elif path in libraries.cells and argument.keyword == "default":
        yield from reads_of_cell(ground, ProductValue(path, file, call), flow.path)
    elif path in REPLACING or (
        isinstance(callee, MemberValue)
        and isinstance(callee.owner, InstanceValue)
        and callee.names[-1] in REPLACING_METHODS
    ):
        yield from _replaced(ground, flow, call, argument, callee)
    else:
        yield argument_use(flow, call, argument)


def _looked_up(ground: Ground, flow: Flow, call: Call) -> Iterator[Use]:
    """Where the arguments that a ``partial`` holds are read back from it."""
    made = set(ground.origins.values(flow.file, call))
    for name in ("keywords", "args"):
        for read in flow.file.attributes.get(name, ()):
            if not made.isdisjoint(ground.origins.values(flow.file, read.value)):
                yield Use(UseKind.CONTAINED, flow.file, flow.node, call, direct=False)


def _decorated_reads(ground: Ground, flow: Flow, call: Call) -> Steps:
    """The parameter that an option's decorator fills."""
    names = option_names(call)
    for scope in flow.file.scopes:
        for parameter in scope.parameters if call in scope.decorators else ():
            if parameter.name in names:
                yield from reads_of(ground, flow.file, parameter, flow.path)


def _option_reads(ground: Ground, flow: Flow, declaring: Value, call: Call, path: Keys) -> Steps:
    """The reads of an option of the command line as a member of what the parser gives."""
    parser = root_of(declaring)
    for name in sorted(option_names(call)):
        for parameter in command_parameters(flow.file, call):
            yield from reads_of(ground, flow.file, parameter, (name, *path))
        for facts in ground.origins.world.mentioning(name, flow.file.path):
            for read, holder in reads_by_name(facts, name):
                owners = ground.origins.values(facts, holder)
                if any(root_of(owner) == parser for owner in owners):
                    yield Flow(facts, read, path)
                elif any(isinstance(owner, UnknownValue) for owner in owners):
                    yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))


def _set_member(ground: Ground, flow: Flow, call: Call, argument: Argument) -> Steps:
    """``setattr(holder, "name", HERE)``."""
    for members in flow.file.member_bindings.values():
        for member in members:
            if member.value is flow.node and member.extent == call.extent:
                role = Role(RoleKind.BOUND, call.extent, member.scope, targets=(member.target,))
                yield from into_member(ground, flow, role, member.target)
                return
    yield argument_use(flow, call, argument)


def _replaced(ground: Ground, flow: Flow, call: Call, argument: Argument, callee: Value) -> Steps:
    """``replace(config, model=HERE)``, ``config._replace(model=HERE)``, ``config.model_copy(update={…})``."""
    owners: list[Value] = [callee.owner] if isinstance(callee, MemberValue) else []
    if not owners and call.arguments and call.arguments[0] is not argument:
        owners = list(ground.origins.values(flow.file, call.arguments[0].value))
    instances = [each for each in owners if isinstance(each, InstanceValue)]
    name, path = argument.keyword, flow.path
    if name == "update" and path:
        name, path = str(path[0]), path[1:]
    if not instances or name is None:
        yield argument_use(flow, call, argument)
    for each in instances if name is not None else ():
        yield from reads_of_member(ground, each.file, each.scope, name or "", path)
