"""What there is to decide on: the clients of the project, what is done with them, and the requests.

Clients are followed forwards to their uses, and the callees of all calls backwards to their clients; the two
together give the requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from codemod import openai_sdk
from codemod.decisions.context import Context
from codemod.decisions.expressions import quoted
from codemod.decisions.key_parameters import is_filled_from_outside
from codemod.decisions.known_libraries import LIBRARIES
from codemod.decisions.method_names import (
    CHAT,
    CHAT_RESOURCE,
    Mentioned,
    Path,
    held_names,
    is_before_v1,
    is_imported,
    is_of_module,
    mentions,
    module_method,
    named_read,
    told_method,
)
from codemod.decisions.other_sdks import path_of
from codemod.decisions.speaking import SHOWING, only_says
from codemod.provenance.calls import argument_at
from codemod.provenance.facts import (
    Attribute,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    Name,
    Role,
    RoleKind,
    Scope,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    ExternalValue,
    InstanceValue,
    MemberValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    UnknownValue,
    Value,
)
from codemod.records import record

# What a library may be given a client for without sending requests through it.
_HARMLESS = frozenset(f"builtins.{name}" for name in SHOWING | {"issubclass", "bool"})
_CLASS_NAMES = frozenset(path.rsplit(".", 1)[-1] for path in LIBRARIES.classes)
# Names of classes that nothing else is called by.
_TELLING_CLASSES = ("AsyncOpenAI", "OpenAI")
_GIVEN = (BindingKind.ASSIGNMENT, BindingKind.PARAMETER, BindingKind.UNPACKED)
_MODULE_CHAT = frozenset(".".join((module, *CHAT_RESOURCE)) for module in openai_sdk.MODULES)
# Uses of a method that call nothing.
_WITHOUT_CALL = (UseKind.TESTED, UseKind.COMPARED, UseKind.DISCARDED, UseKind.FORMATTED)


class ClientKind(Enum):
    OPENAI = auto()
    OTHER_HOST = auto()


@record
class Client:
    """A call that makes a client of the SDK.

    ``path`` is the class as imported; ``subclass`` is the project's own class between, if there is one.
    ``alternatives`` are other things that the same call may make.
    """

    file: FileFacts
    call: Call
    path: str
    kind: ClientKind
    subclass: Scope | None = None
    alternatives: bool = False


@record
class Request:
    """A call that sends a request.

    ``path`` is the method on the client, ``model_keyword`` the argument that carries the model. ``clients`` are what
    it can be sent through; ``others`` are origins of the receiver that are no client of the project. ``handed_on`` is
    set where the method is handed on to something that calls it with the arguments of ``call``, ``foreign`` where the
    SDK has no such method.
    """

    file: FileFacts
    call: Call
    path: Path
    clients: tuple[Client, ...]
    others: tuple[Value, ...] = ()
    module_level: bool = False
    before_v1: bool = False
    handed_on: bool = False
    foreign: bool = False
    model_keyword: str = "model"
    model_position: int | None = None

    @property
    def model(self) -> Expression | None:
        """The argument that carries the model; None if the call shows none."""
        if self.model_position is None:
            return self.call.keyword(self.model_keyword)
        return argument_at(self.call, self.model_position, self.model_keyword)


@record
class Mention:
    """A place where a method is read and not called: handed on, stored or returned.

    ``path`` is the method, or ``chat.completions``. ``calls`` are the requests that come of it; ``seen`` if there can
    be no others.
    """

    file: FileFacts
    node: Expression
    path: Path
    clients: tuple[Client, ...]
    others: tuple[Value, ...]
    module_level: bool
    calls: tuple[Call, ...] = ()
    seen: bool = False


@record
class Escape:
    """A use of a client that takes it out of sight; ``hidden`` if it stands in a file that cannot be processed."""

    use: Use
    to_library: bool
    what: str
    hidden: bool = False


@dataclass(slots=True)
class ClientUses:
    """All that is done with one client. ``foreign`` are calls of methods that its resources do not have."""

    methods: list[tuple[Path, FileFacts, Expression, Call | None]] = field(default_factory=list)
    foreign: list[tuple[Path, FileFacts, Call]] = field(default_factory=list)
    escapes: list[Escape] = field(default_factory=list)
    options: list[tuple[FileFacts, Call]] = field(default_factory=list)
    assignments: list[tuple[FileFacts, Attribute]] = field(default_factory=list)


@record
class Survey:
    """What was found.

    ``handed_on`` are places where the SDK's class itself travels as a value, so that its clients are not seen;
    ``unseen`` are calls of something called like the class that is not followed to it.
    """

    clients: tuple[Client, ...]
    uses: dict[Client, ClientUses]
    requests: tuple[Request, ...]
    mentions: tuple[Mention, ...] = ()
    handed_on: tuple[tuple[FileFacts, Expression], ...] = ()
    unseen: tuple[tuple[FileFacts, Call], ...] = ()


def method_of(names: Path) -> Path | None:
    """The SDK's method that a chain of names on a client means; instructor's own methods are chat completions."""
    plain = tuple(name for name in names if name not in openai_sdk.VIEWS)
    if openai_sdk.find_method(plain) is not None:
        return plain
    if plain and plain[-1] in openai_sdk.INSTRUCTOR_METHODS and set(plain[:-1]) <= openai_sdk.INSTRUCTOR_VIEWS:
        return CHAT
    if len(plain) == 1 and plain[0] in openai_sdk.RAW_REQUEST_METHODS:
        return plain
    return None


def take_survey(context: Context) -> Survey:
    """Find the clients, their uses and the requests in the files of ``context``."""
    return _Surveyor(context).survey()


class _Surveyor:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.by_call: dict[Call, Client] = {}
        self.requests: dict[Call, Request] = {}
        self.handed_on: list[tuple[FileFacts, Expression]] = []

    def survey(self) -> Survey:
        for file in self.context.files:
            for reference in self.class_references(file):
                for maker, call in self.calls_of_class(file, reference):
                    client = self.client_at(maker, call)
                    if client is not None:
                        self.by_call[call] = client
        uses = {client: self.uses_of(client) for client in self.by_call.values()}
        for client, found in uses.items():
            for path, file, node, request in found.methods:
                if request is not None:
                    self.add(file, request, path, client, handed_on=request.callee is not node)
            for path, file, request in found.foreign:
                self.add(file, request, path, client, handed_on=False, foreign=True)
        handed_on = [(file, each) for file in self.context.files for each in mentions(file)]
        held = held_names(self.context.files, handed_on)
        seen = frozenset(self.context.files)
        for file in self.context.files:
            for call in file.calls:
                self.look_back(file, call, held)
        # What a function is given may be made anywhere.
        for known in list(self.requests.values()):
            if known.file not in seen:
                self.look_back(known.file, known.call, held)
        mentioned = [self.mention(file, each) for file, each in handed_on]
        unseen = [(file, call) for file in self.context.files for call in self.unseen_clients(file)]
        order = {file: position for position, file in enumerate(self.context.files)}
        requests = sorted(
            self.requests.values(), key=lambda each: (order.get(each.file, -1), each.call.span, each.path)
        )
        return Survey(
            tuple(self.by_call.values()),
            uses,
            tuple(requests),
            tuple(each for each in mentioned if each is not None),
            tuple(dict.fromkeys(self.handed_on)),
            tuple(unseen),
        )

    # Clients

    def class_references(self, file: FileFacts) -> Iterator[Expression]:
        """The reads in a file that name one of the SDK's classes."""
        bound = {binding.name for name in _CLASS_NAMES for binding in file.imports.get(name, ())}
        for name in sorted(bound | (_CLASS_NAMES if "*" in file.imports else frozenset())):
            yield from file.names.get(name, ())
        for name in sorted(_CLASS_NAMES):
            yield from file.attributes.get(name, ())

    def calls_of_class(self, file: FileFacts, reference: Expression) -> Iterator[tuple[FileFacts, Call]]:
        """The calls of the class that ``reference`` names, or of a class of the project that derives from it."""
        if not any(self.class_of(value) for value in self.context.values(file, reference)):
            return
        for use in self.context.uses.of(file, reference):
            if use.kind is UseKind.CALLED and isinstance(use.parent, Call):
                yield use.file, use.parent
            elif self.hands_on(use):
                self.handed_on.append((use.file, use.node))
        role = file.parents.get(reference)
        if isinstance(role, Role) and role.kind is RoleKind.BASE:
            pending = [scope for scope in file.scopes if reference in scope.bases]
            seen: set[Scope] = set()
            derived = [ClassValue(file, scope) for scope in pending]
            while derived:
                each = derived.pop()
                if each.scope not in seen:
                    seen.add(each.scope)
                    for caller in self.context.origins.callers(each.file, each.scope).calls:
                        yield caller.file, caller.call
                    derived += self.context.origins.subclasses(each.file, each.scope)

    def client_at(self, file: FileFacts, call: Call) -> Client | None:
        values = [value for value in self.context.values(file, call.callee) if not isinstance(value, ConstantValue)]
        for value in values:
            made = self.class_of(value)
            if made is not None:
                path, subclass = made
                kind = ClientKind.OPENAI if path in openai_sdk.CLIENT_CLASSES else ClientKind.OTHER_HOST
                kinds = {self.kind_of(other) for other in values}
                alternatives = len(kinds) > 1
                return Client(file, call, path, kind, subclass, alternatives)
        return None

    def class_of(self, value: Value) -> tuple[str, Scope | None] | None:
        if isinstance(value, ExternalValue) and value.path in LIBRARIES.classes:
            return value.path, None
        if isinstance(value, ClassValue):
            path = self.client_base(value.file, value.scope)
            return None if path is None else (path, value.scope)
        return None

    def kind_of(self, value: Value) -> tuple[ClientKind, Scope | None] | None:
        made = self.class_of(value)
        if made is None:
            return None
        path, subclass = made
        return (ClientKind.OPENAI if path in openai_sdk.CLIENT_CLASSES else ClientKind.OTHER_HOST), subclass

    def client_base(self, file: FileFacts, scope: Scope) -> str | None:
        """The SDK's class that a project class derives from, directly or not."""
        for each in self.context.origins.lineage(file, scope):
            for base in each.scope.bases:
                for value in self.context.values(each.file, base):
                    if isinstance(value, ExternalValue) and value.path in LIBRARIES.classes:
                        return value.path
        return None

    def hands_on(self, use: Use) -> bool:
        """Whether a use takes the class itself where its calls are not seen."""
        if self.context.is_test(use.file):
            return False
        if use.kind is UseKind.ARGUMENT and use.call is not None:
            return not only_says(self.context, use.file, use.call) and not any(
                isinstance(callee, ExternalValue) and callee.path in _HARMLESS
                for callee in self.context.values(use.file, use.call.callee)
            )
        return use.kind in (UseKind.STORED, UseKind.CONTAINED, UseKind.RETURNED, UseKind.YIELDED)

    # Forwards

    def uses_of(self, client: Client) -> ClientUses:
        found = ClientUses()
        seen: set[tuple[Expression, Path]] = set()
        pending: list[tuple[FileFacts, Expression, Path]] = [(client.file, client.call, ())]
        pending += [(file, name, ()) for file, name in self.own_names(client)]
        while pending:
            file, node, names = pending.pop()
            # A loop that takes a member of what it had before makes names without end.
            if (node, names) in seen or len(names) > openai_sdk.longest_path():
                continue
            seen.add((node, names))
            for use in self.context.uses.of(file, node):
                pending += self.client_use(found, use, names)
        return found

    def own_names(self, client: Client) -> Iterator[tuple[FileFacts, Expression]]:
        """The reads of ``self`` in the methods of the project's own class, where the client is one."""
        if client.subclass is None:
            return
        made = self.context.values(client.file, client.call.callee)
        for file in [value.file for value in made if isinstance(value, ClassValue) and value.scope is client.subclass]:
            for scope in file.scopes:
                owner = file.enclosing_class(scope)
                if owner is client.subclass and scope.parameters:
                    for name in file.names.get(scope.parameters[0].name, ()):
                        if any(each is scope for each in file.enclosing(name.scope)):
                            yield file, name

    def client_use(self, found: ClientUses, use: Use, names: Path) -> Iterator[tuple[FileFacts, Expression, Path]]:
        if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute):
            yield from self.member_use(found, use, use.parent, use.parent.name, names)
        elif use.kind is UseKind.CALLED and isinstance(use.parent, Call):
            path = method_of(names)
            if path is not None:
                found.methods.append((path, use.file, use.parent.callee, use.parent))
            elif names and names[0] in openai_sdk.resources():
                found.foreign.append((names, use.file, use.parent))
        elif use.kind is UseKind.ARGUMENT and use.call is not None and (named := named_read(use.file, use.call)):
            yield from self.member_use(found, use, use.call, named, names)
        elif use.kind is UseKind.ARGUMENT and use.call is not None:
            self.argument_use(found, use, use.call, names)
            if method_of(names) is not None and self.gives_callable(use.file, use.call):
                yield use.file, use.call, names
        elif use.kind is UseKind.STORED:
            found.escapes.append(Escape(use, False, "is stored in an object that is not followed"))
        elif use.kind in (UseKind.RETURNED, UseKind.YIELDED):
            found.escapes.append(Escape(use, False, "is given to callers that the project does not show"))
        elif use.kind is UseKind.HIDDEN:
            what = f"is used in {use.keyword}, which cannot be processed"
            found.escapes.append(Escape(use, False, what, hidden=True))
        elif use.kind is UseKind.CONTAINED:
            found.escapes.append(Escape(use, False, "is in a container that is not followed"))

    def member_use(
        self, found: ClientUses, use: Use, attribute: Attribute | Call, name: str, names: Path
    ) -> Iterator[tuple[FileFacts, Expression, Path]]:
        file = use.file
        parent = file.parents.get(attribute)
        if isinstance(parent, Role) and parent.kind is RoleKind.TARGET:
            if not names and isinstance(attribute, Attribute):
                found.assignments.append((file, attribute))
            return
        chain = (*names, name)
        if not names and name in openai_sdk.CLIENT_METHODS_THAT_GIVE_THE_CLIENT:
            if isinstance(parent, Call) and parent.callee is attribute:
                found.options.append((file, parent))
                yield file, parent, ()
            return
        if name in openai_sdk.VIEWS:
            yield file, attribute, names
            return
        path = method_of(chain)
        if path is None:
            yield file, attribute, chain
        elif isinstance(parent, Call) and parent.callee is attribute:
            found.methods.append((path, file, attribute, parent))
        else:
            found.methods.append((path, file, attribute, None))
            yield file, attribute, chain

    def gives_callable(self, file: FileFacts, call: Call) -> bool:
        """Whether a call takes a method to give a callable back: ``partial(create)``, ``retry(...)(create)``."""
        return isinstance(call.callee, Call) or any(
            isinstance(callee, ExternalValue) and callee.path == "functools.partial"
            for callee in self.context.values(file, call.callee)
        )

    def argument_use(self, found: ClientUses, use: Use, call: Call, names: Path) -> None:
        callees = self.context.values(use.file, call.callee)
        path = method_of(names)
        if path is not None:
            found.methods.append((path, use.file, use.node, call))
            return
        if names:
            found.escapes.append(Escape(use, True, "has a resource of its handed to other code"))
            return
        for callee in callees:
            if isinstance(callee, ExternalValue):
                wrapper = openai_sdk.WRAPPERS.get(callee.path)
                if wrapper is not None and wrapper.model is not None:
                    found.methods.append((CHAT, use.file, use.node, call))
                    return
                if callee.path in _HARMLESS or callee.path in openai_sdk.TRACERS:
                    return
        found.escapes.append(Escape(use, True, f"is handed to {quoted(use.file, call.callee)}"))

    # Backwards

    def add(
        self, file: FileFacts, call: Call, path: Path, client: Client, *, handed_on: bool, foreign: bool = False
    ) -> None:
        known = self.requests.get(call)
        clients = (*known.clients, client) if known is not None else (client,)
        keyword, position = self.model_argument(file, call)
        self.requests[call] = Request(
            file,
            call,
            path,
            tuple(dict.fromkeys(clients)),
            handed_on=handed_on,
            foreign=foreign,
            model_keyword=keyword,
            model_position=position,
        )

    def model_argument(self, file: FileFacts, call: Call) -> tuple[str, int | None]:
        """The keyword of the argument that carries the model, and its position if it may be given by one."""
        for callee in self.context.values(file, call.callee):
            if isinstance(callee, ExternalValue) and callee.path in openai_sdk.WRAPPERS:
                wrapper = openai_sdk.WRAPPERS[callee.path]
                return wrapper.model or "model", wrapper.model_position
        return "model", None

    def look_back(self, file: FileFacts, call: Call, held: frozenset[str]) -> None:
        if call in self.by_call:
            return
        known = self.requests.get(call)
        if known is not None and (known.handed_on or known.foreign):
            return
        told = told_method(file, call.callee)
        telling = told is not None
        may_be = is_of_module(file, call.callee) or is_imported(file, call.callee, held)
        if not telling and known is None and not may_be:
            return
        clients: list[Client] = list(known.clients) if known is not None else []
        others: list[Value] = []
        path = known.path if known is not None else None
        module_level = before_v1 = False
        values = self.context.values(file, call.callee)
        if told is not None and not told.hinted and all(isinstance(value, ConstantValue) for value in values):
            others.append(UnknownValue(file, call.callee, "nothing that the project shows gives it a value"))
        for value in values:
            if isinstance(value, MemberValue):
                names = method_of(value.names)
                owners = self.clients_of(value)
                if owners and names is not None:
                    clients += owners
                    path = path or names
                elif not owners and (telling or known is not None):
                    others.append(value)
            elif isinstance(value, ExternalValue):
                names = module_method(value.path)
                if names is not None:
                    path, module_level = path or names, True
                elif is_before_v1(value.path):
                    path, before_v1 = ("before", "1.0"), True
                elif telling:
                    others.append(value)
            elif (telling and not isinstance(value, ConstantValue)) or (known is not None and is_made(value)):
                others.append(value)
        if clients:
            others += self.given_from_outside(file, call.callee)
        if told is not None:
            path = path or told.path
            others = [value for value in others if not (told.hinted and is_of_other_library(value))]
        if path is not None and (clients or module_level or before_v1 or (telling and others)):
            self.requests[call] = Request(
                file, call, path, tuple(dict.fromkeys(clients)), tuple(others), module_level, before_v1
            )

    def given_from_outside(self, file: FileFacts, callee: Expression) -> list[Value]:
        """The parameters that may hold the client of a request, where other projects may give them another one."""
        here = callee
        while isinstance(here, Attribute):
            here = here.value
            values = self.context.values(file, here)
            if any(isinstance(value, (ProductValue, InstanceValue)) and value.call in self.by_call for value in values):
                given = (value for value in values if isinstance(value, ParameterValue))
                return [value for value in given if is_filled_from_outside(self.context, value)]
        return []

    def mention(self, file: FileFacts, mentioned: Mentioned) -> Mention | None:
        """What is known of a method that is handed on; the calls that come of it are requests too."""
        node, path = mentioned.node, mentioned.told.path
        clients: list[Client] = []
        others: list[Value] = []
        module_level = False
        for value in self.context.values(file, node):
            owners = self.clients_of(value) if isinstance(value, MemberValue) else []
            if owners:
                clients += owners
            elif isinstance(value, ExternalValue) and is_of_sdk(value):
                module_level = True
            elif not isinstance(value, ConstantValue):
                others.append(value)
        if mentioned.told.hinted:
            others = [value for value in others if not is_of_other_library(value)]
        if not clients and not others and not module_level:
            return None
        found = Mention(file, node, path, tuple(dict.fromkeys(clients)), tuple(others), module_level)
        calls: list[Call] = []
        seen = True
        for use in self.context.uses.of(file, node):
            call = self.call_of(found, use)
            if call is not None:
                calls.append(call)
            elif not self.calls_nothing(found, use):
                seen = False
        return replace(found, calls=tuple(dict.fromkeys(calls)), seen=seen)

    def calls_nothing(self, mention: Mention, use: Use) -> bool:
        if use.kind is UseKind.MEMBER:
            return mention.path != CHAT_RESOURCE
        return use.kind in _WITHOUT_CALL or (use.call is not None and self.is_harmless(use, use.call))

    def is_harmless(self, use: Use, call: Call) -> bool:
        """Whether what a method is handed to only shows it or asks about it."""
        return only_says(self.context, use.file, call) or any(
            isinstance(callee, ExternalValue) and callee.path in _HARMLESS
            for callee in self.context.values(use.file, call.callee)
        )

    def call_of(self, mention: Mention, use: Use) -> Call | None:
        """The request that a use of a method makes, which is noted if it was not known."""
        call = use.parent if use.kind is UseKind.CALLED else use.call if use.kind is UseKind.ARGUMENT else None
        if mention.path == CHAT_RESOURCE:
            parent = use.file.parents.get(use.parent) if isinstance(use.parent, Attribute) else None
            call = parent if isinstance(parent, Call) and parent.callee is use.parent else None
        if not isinstance(call, Call):
            return None
        known = self.requests.get(call)
        if known is not None:
            others = tuple(dict.fromkeys((*known.others, *mention.others)))
            self.requests[call] = replace(known, others=others, module_level=known.module_level or mention.module_level)
            return call
        if mention.path == CHAT_RESOURCE or mention.clients or self.is_harmless(use, call):
            return None
        # What takes a method among other things and no model need not call it.
        if use.kind is UseKind.ARGUMENT and call.keyword("model") is None and not call.expansions:
            return None
        self.requests[call] = Request(
            use.file,
            call,
            mention.path,
            (),
            mention.others,
            mention.module_level,
            handed_on=use.kind is UseKind.ARGUMENT,
        )
        return call

    def unseen_clients(self, file: FileFacts) -> Iterator[Call]:
        """Calls of something that is called like the SDK's class and is assigned here, or nowhere (``import *``)."""
        references: list[Name | Attribute] = []
        for known in _TELLING_CLASSES:
            references += (*file.names.get(known, ()), *file.attributes.get(known, ()))
        for reference in references:
            call = file.parents.get(reference)
            if not isinstance(call, Call) or call.callee is not reference or call in self.by_call:
                continue
            if isinstance(reference, Name):
                if any(each.kind not in _GIVEN for each in file.lookup(reference.id, reference.scope)):
                    continue
            elif not _is_unbound_sdk(file, reference.value):
                continue
            values = self.context.values(file, reference)
            if not any(isinstance(value, (ExternalValue, ClassValue)) for value in values):
                yield call

    def clients_of(self, member: MemberValue) -> list[Client]:
        """The clients whose member this is; ``self`` in a class of the project stands for all clients of the class."""
        owner = member.owner
        if isinstance(owner, InstanceValue) and owner.call is None:
            return [client for client in self.by_call.values() if client.subclass is owner.scope]
        if isinstance(owner, (ProductValue, InstanceValue)) and owner.call is not None and owner.call in self.by_call:
            return [self.by_call[owner.call]]
        return []


def _is_unbound_sdk(file: FileFacts, owner: Expression) -> bool:
    """Whether an expression names the SDK's module, and nothing in the file binds that name."""
    return isinstance(owner, Name) and owner.id in openai_sdk.MODULES and not file.lookup(owner.id, owner.scope)


def is_made(value: Value) -> bool:
    """Whether a value is what a library gives."""
    return isinstance(value, (ProductValue, ResultValue))


def is_of_sdk(value: ExternalValue) -> bool:
    """Whether a value is reached through the SDK's module: a method of it, or its ``chat.completions``."""
    return module_method(value.path) is not None or value.path in _MODULE_CHAT


def is_of_other_library(value: Value) -> bool:
    """Whether a value comes from a library that does not name OpenAI."""
    path = path_of(value)
    return bool(path) and "openai" not in path.lower()
