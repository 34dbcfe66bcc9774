"""Forwards into a call: to what takes the value there."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.provenance.asking import key_shown
from codemod.provenance.calls import ITEM_METHODS, Passed, argument_at, arguments_for, passed_through
from codemod.provenance.facts import Argument, Attribute, Call
from codemod.provenance.flows import ANY, Flow, Ground, Steps, Use, UseKind
from codemod.provenance.handed_to_functions import argument_use, into_class, into_function
from codemod.provenance.handed_to_libraries import into_library
from codemod.provenance.targets import from_holder
from codemod.provenance.values import (
    ClassValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    MappingValue,
    SequenceValue,
    Value,
)


def into_call(ground: Ground, flow: Flow, call: Call) -> Steps:
    """Into all that the argument ``flow.node`` can be handed to by ``call``; what is called itself ends there."""
    if call.callee is flow.node:
        if not flow.path:
            yield Use(UseKind.CALLED, flow.file, flow.node, call)
        return
    argument = next(each for each in call.arguments if each.value is flow.node)
    if _is_fallback(ground, flow, call, argument):
        yield Flow(flow.file, call, flow.path)
    if isinstance(call.callee, Attribute) and call.callee.name in ("append", "add", "extend"):
        holders = ground.origins.values(flow.file, call.callee.value)
        sequences = [holder for holder in holders if isinstance(holder, SequenceValue)]
        path = flow.path[1:] if call.callee.name == "extend" else flow.path
        for sequence in sequences:
            yield from from_holder(ground, sequence, (ANY, *path))
        if sequences:
            return
    if isinstance(call.callee, Attribute) and call.callee.name in ("update", "setdefault", "__setitem__"):
        holders = ground.origins.values(flow.file, call.callee.value)
        mappings = [holder for holder in holders if isinstance(holder, MappingValue)]
        if mappings:
            for holder in mappings:
                yield from _into_mapping(ground, flow, call, argument, holder)
            return
    elif _is_fallback(ground, flow, call, argument):
        return
    callees = ground.origins.values(flow.file, call.callee)
    if not callees:
        yield argument_use(flow, call, argument)
    for callee in callees:
        yield from _into_callee(ground, flow, call, argument, callee)


def _into_mapping(ground: Ground, flow: Flow, call: Call, argument: Argument, holder: MappingValue) -> Steps:
    """``mapping.update(key=HERE)``, ``mapping.update({"key": HERE})``, ``mapping.setdefault("key", HERE)``."""
    assert isinstance(call.callee, Attribute)
    path = flow.path
    if call.callee.name != "update":
        key = call.arguments[0].value
        if argument is call.arguments[0]:
            yield Use(UseKind.KEYED, flow.file, flow.node, call)
            return
        path = (key_shown(ground.origins.world, flow.file, key) or ANY, *path)
    elif argument.keyword is not None:
        path = (argument.keyword, *path)
    if not path:
        return
    yield from from_holder(ground, holder, path)


def _is_fallback(ground: Ground, flow: Flow, call: Call, argument: Argument) -> bool:
    """``settings.get("model", HERE)`` gives it back if the mapping is one of the project."""
    if not (isinstance(call.callee, Attribute) and call.callee.name in ITEM_METHODS):
        return False
    if len(call.arguments) < 2 or call.arguments[1] is not argument:
        return False
    holders = ground.origins.values(flow.file, call.callee.value)
    return any(isinstance(holder, MappingValue) for holder in holders)


def _into_callee(ground: Ground, flow: Flow, call: Call, argument: Argument, callee: Value) -> Steps:
    if isinstance(callee, FunctionValue):
        through = passed_through(callee.file, callee.scope)
        passed: tuple[Passed, ...] = ()
        if through is not None and not through.watched:
            passed = arguments_for(callee.scope, through.parameter, call.arguments, bound=callee.bound)
        if any(each.argument is argument for each in passed):
            yield Flow(flow.file, call, flow.path)
        else:
            yield from into_function(ground, flow, call, argument, callee, call.arguments)
    elif isinstance(callee, ClassValue):
        yield from into_class(ground, flow, call, argument, callee)
    elif isinstance(callee, InstanceValue) and "__call__" in callee.scope.bindings:
        for method in _methods(callee, "__call__"):
            yield from into_function(ground, flow, call, argument, method, call.arguments)
    elif isinstance(callee, ExternalValue) and callee.path == "builtins.dict":
        if argument.keyword is not None:
            yield Flow(flow.file, call, (argument.keyword, *flow.path))
        elif flow.path:
            yield Flow(flow.file, call, flow.path)
    elif isinstance(callee, ExternalValue) and _gives_back(ground, callee.path, call, argument):
        yield Flow(flow.file, call, flow.path)
    else:
        yield from into_library(ground, flow, call, argument, callee)


def _gives_back(ground: Ground, path: str, call: Call, argument: Argument) -> bool:
    wrapped = ground.origins.libraries.wrappers.get(path)
    return wrapped is not None and argument_at(call, *wrapped) is argument.value


def _methods(owner: InstanceValue, name: str) -> Iterator[FunctionValue]:
    for binding in owner.scope.bindings.get(name, ()):
        if binding.defines is not None:
            yield FunctionValue(owner.file, owner.file.scopes[binding.defines], bound=True)
