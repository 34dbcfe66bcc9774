"""Errors of migrated requests: OpenRouter's have other statuses and codes, which handlers written for OpenAI miss.

Looked at are the ``except`` clauses around a request, and around the visible calls of the functions that make it, up
to the first one that catches every error of the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codemod import openai_sdk
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.expressions import quoted
from codemod.decisions.slots import ModelRequest
from codemod.decisions.told_texts import texts_of
from codemod.findings import Applicability, Step
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Comparison,
    Expression,
    FileFacts,
    Handled,
    Name,
    Role,
    Scope,
    Subscript,
    Text,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import ClassValue, ExternalValue, FunctionValue, library_path
from codemod.records import record

_MODULES = (*sorted(openai_sdk.MODULES), "openai._exceptions", "langfuse.openai")
# What catches each error that the API answers with, whatever its status.
_GENERAL = frozenset({"APIStatusError", "APIError", "OpenAIError", "Exception", "BaseException"})
# A handler of something that is not followed may catch anything.
_UNSEEN = "?"
# What is read of an error: the codes, what leads to them, and what gives a mapping in which they stand.
_CODES = frozenset({"code", "type"})
_LEADING = frozenset({"body", "error", "response"})
_KEEPING = frozenset({"lower", "upper", "strip", "casefold"})
_TELLING = frozenset({"startswith", "endswith", "find", "count", "index"})
# Texts that only OpenAI's API answers with, told apart from the codes of other libraries.
_OPENAI_CODES = frozenset(
    {
        "context_length_exceeded",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
        "rate_limit_exceeded",
        "invalid_request_error",
    }
)


@record
class _Handler:
    """An ``except`` clause: what it names, as it is written and as the names of classes.

    ``alone`` if no other clause around the same place catches every error of the API.
    """

    file: FileFacts
    node: Expression
    names: frozenset[str]
    alone: bool
    trace: tuple[Step, ...]


def decide_error_handling(context: Context, requests: Iterable[ModelRequest]) -> Iterator[Draft]:
    """The drafts for the clauses around ``requests`` that act differently after the move, each once."""
    said: set[tuple[str, Expression]] = set()
    for each in requests:
        for handler in _handlers(context, each):
            for found in _decide(context, each, handler):
                if (found.rule, found.node) not in said:
                    said.add((found.rule, found.node))
                    yield draft(
                        found.file,
                        found.node.span,
                        found.rule,
                        Applicability.MANUAL,
                        found.message,
                        found.remedy,
                        trace=handler.trace,
                        member=each.member,
                    )


@record
class _Found:
    file: FileFacts
    node: Expression
    rule: str
    message: str
    remedy: str


def _decide(context: Context, each: ModelRequest, handler: _Handler) -> Iterator[_Found]:
    names = handler.names
    if "RateLimitError" in names and handler.alone:
        yield _Found(
            handler.file,
            handler.node,
            "OR505",
            "running out of credit is RateLimitError (429) at OpenAI and a plain APIStatusError (402) at OpenRouter, "
            "which nothing catches here",
            "Catch openai.APIStatusError too where status_code is 402; waiting and trying again does not help there.",
        )
    if "NotFoundError" in names and names.isdisjoint({"BadRequestError", *_GENERAL}) and _names_model(each):
        yield _Found(
            handler.file,
            handler.node,
            "OR506",
            "a wrong model is NotFoundError (404) at OpenAI and BadRequestError (400) at OpenRouter, which this clause "
            "does not catch",
            "Catch openai.BadRequestError too if this is about the model.",
        )
    for file, node, told in _codes(context, handler):
        yield _Found(
            file,
            node,
            "OR507",
            f"an error is told by {told} here; OpenRouter's errors carry the status as code, and no type",
            "Decide by status_code, or by error_type in the metadata of the error's body.",
        )


def _names_model(each: ModelRequest) -> bool:
    return each.request.path[-1:] != ("list",)


# Clauses


def _handlers(context: Context, each: ModelRequest) -> Iterator[_Handler]:
    """The clauses around a request and around the calls that lead to it."""
    request = each.request
    first = Step(request.file.path, request.file.line(request.call.span), "request")
    pending: list[tuple[FileFacts, Call, tuple[Step, ...]]] = [(request.file, request.call, (first,))]
    seen: set[Call] = {request.call}
    while pending:
        file, call, steps = pending.pop(0)
        function = next((scope for scope in file.enclosing(call.scope) if scope.is_function), None)
        guards = _guards(file, call, function)
        named = [[_names(context, file, exception) for exception in guard.exceptions] for guard in guards]
        catches_all = [any(_catches_all(names) for names in clauses) for clauses in named]
        for position, guard in enumerate(guards):
            alone = not any(catches_all[position:])
            for exception, names in zip(guard.exceptions, named[position], strict=True):
                if exception is not None:
                    caught = Step(file.path, file.line(exception.span), f"except {quoted(file, exception)}")
                    yield _Handler(file, exception, names, alone, (caught, *steps))
            if catches_all[position]:
                break
        if function is None or any(catches_all):
            continue
        for caller, made in (*_callers(context, file, function), *_wrappers(context, file, function)):
            if made not in seen:
                seen.add(made)
                here = Step(caller.path, caller.line(made.span), quoted(caller, made.callee))
                pending.append((caller, made, (here, *steps)))


def _guards(file: FileFacts, call: Call, function: Scope | None) -> list[Handled]:
    """The guarded blocks around a call in its function, the innermost first."""
    found = [each for each in file.handled if each.body.contains(call.span)]
    if function is not None:
        found = [each for each in found if not each.body.contains(function.span)]
    return sorted(found, key=lambda each: each.body.start, reverse=True)


def _callers(context: Context, file: FileFacts, function: Scope) -> Iterator[tuple[FileFacts, Call]]:
    owner = file.enclosing_class(function)
    called = owner if owner is not None and function.name == "__init__" else function
    for caller in context.origins.callers(file, called).calls:
        if not context.is_test(caller.file):
            yield caller.file, caller.call


def _wrappers(context: Context, file: FileFacts, function: Scope) -> Iterator[tuple[FileFacts, Call]]:
    """The calls of a function by the project's own decorators of it."""
    for decorator in function.decorators:
        for value in context.values(file, decorator):
            if not isinstance(value, FunctionValue) or not value.scope.parameters:
                continue
            wrapped = value.scope.parameters[0]
            for name in value.file.names.get(wrapped.name, ()):
                call = value.file.parents.get(name)
                is_meant = wrapped in value.file.lookup(name.id, name.scope)
                if is_meant and isinstance(call, Call) and call.callee is name:
                    yield value.file, call


def _catches_all(names: frozenset[str]) -> bool:
    return not names.isdisjoint({_UNSEEN, *_GENERAL})


def _names(context: Context, file: FileFacts, exception: Expression | None) -> frozenset[str]:
    """The names of the SDK's and the built-in classes that a clause catches; ``_UNSEEN`` for what is not followed."""
    if exception is None:
        return frozenset({"BaseException"})
    found: set[str] = set()
    for _, value in context.listed(file, exception):
        if isinstance(value, ExternalValue):
            module, _, name = value.path.rpartition(".")
            found |= {name} if module in (*_MODULES, "builtins") else {value.path}
        elif not isinstance(value, ClassValue):
            found.add(_UNSEEN)
    return frozenset(found)


# Codes


def _codes(context: Context, handler: _Handler) -> Iterator[tuple[FileFacts, Expression, str]]:
    """Where the code or type of the caught error is held against a text of OpenAI's, and that text."""
    names = handler.names
    is_openais = not names & {_UNSEEN, "Exception", "BaseException"} and any("." not in name for name in names)
    if not is_openais and not _catches_all(names):
        return
    for name in _reads(handler):
        for file, node in _read_codes(context, handler.file, name):
            for place, told in _weighed(context, file, node):
                if told in _OPENAI_CODES or (is_openais and told and not told.isdigit()):
                    yield file, place, f'"{told}"'
                    break


def _reads(handler: _Handler) -> Iterator[Name]:
    """The reads of the name that the clause gives the error."""
    file = handler.file
    role = file.parents.get(handler.node)
    if not isinstance(role, Role):
        return
    bindings = [
        binding
        for scope in file.enclosing(role.scope)
        for found in scope.bindings.values()
        for binding in found
        if binding.kind is BindingKind.EXCEPTION
    ]
    for binding in bindings:
        if binding.span == role.statement:
            inner = [each for each in bindings if each.name == binding.name and _is_inside(each, binding)]
            for name in file.names.get(binding.name, ()):
                if binding.span.contains(name.span) and not any(each.span.contains(name.span) for each in inner):
                    yield name


def _is_inside(inner: Binding, outer: Binding) -> bool:
    return inner is not outer and outer.span.contains(inner.span)


def _read_codes(context: Context, file: FileFacts, error: Expression) -> Iterator[tuple[FileFacts, Expression]]:
    """Where the code or type is read of an error: ``e.code``, ``getattr(e, "code", None)``, ``e.body["code"]``."""
    pending: list[tuple[FileFacts, Expression]] = [(file, error)]
    seen: set[Expression] = set()
    while pending:
        here, node = pending.pop(0)
        if node in seen:
            continue
        seen.add(node)
        for use in context.uses.of(here, node):
            read = _read_of(context, use)
            if read is not None and read[0] in _CODES:
                yield use.file, read[1]
            elif read is not None and read[0] in _LEADING:
                pending.append((use.file, read[1]))


def _read_of(context: Context, use: Use) -> tuple[str, Expression] | None:
    """The member or item that is read, by name, and the expression that gives it; ``json()`` counts as "body"."""
    if use.kind is UseKind.ITEM and isinstance(use.parent, Subscript) and isinstance(use.parent.key, Text):
        return use.parent.key.value, use.parent
    if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute):
        call = use.file.parents.get(use.parent)
        if not isinstance(call, Call) or call.callee is not use.parent:
            return use.parent.name, use.parent
        if use.parent.name == "json":
            return "body", call
        key = call.arguments[0].value if use.parent.name == "get" and call.arguments else None
        return (key.value, call) if isinstance(key, Text) else None
    if use.kind is UseKind.ARGUMENT and use.call is not None and len(use.call.arguments) > 1:
        name = use.call.arguments[1].value
        if isinstance(name, Text) and use.call.arguments[0].value is use.node:
            paths = {library_path(value) for value in context.values(use.file, use.call.callee)}
            return (name.value, use.call) if paths == {"builtins.getattr"} else None
    return None


def _weighed(context: Context, file: FileFacts, code: Expression) -> Iterator[tuple[Expression, str]]:
    """What the text of a code is held against in its file: each text with the expression that does it."""
    pending, seen = [code], {code}
    while pending:
        for use in context.uses.of(file, pending.pop()):
            parent = use.parent
            if use.file is not file:
                continue
            if use.kind is UseKind.COMPARED and isinstance(parent, Comparison):
                others = [operand for operand in parent.operands if operand is not use.node]
                yield from ((parent, told) for other in others for told in texts_of(context, file, other))
            elif use.kind is UseKind.MEMBER and isinstance(parent, Attribute):
                call = file.parents.get(parent)
                if not isinstance(call, Call) or call.callee is not parent:
                    continue
                if parent.name in _TELLING:
                    given = (argument.value for argument in call.arguments)
                    yield from ((call, told) for each in given for told in texts_of(context, file, each))
                elif parent.name in _KEEPING and call not in seen:
                    seen.add(call)
                    pending.append(call)
