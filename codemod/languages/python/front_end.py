"""Python source to facts, on the standard library's ``ast``."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from codemod.languages.python.environment_names import environment_names
from codemod.provenance.facts import (
    ANY_KEY,
    ANY_POSITION,
    ANY_SUM,
    EXTENT_BITS,
    EXTENT_END,
    Argument,
    Attribute,
    Binding,
    BindingKind,
    Call,
    Choice,
    Clause,
    Comparison,
    Comprehension,
    Constant,
    Entry,
    EnvironmentRead,
    EnvironmentWrite,
    Expression,
    FileFacts,
    FunctionExpression,
    Handled,
    Import,
    ItemBinding,
    Loop,
    MappingDisplay,
    MemberBinding,
    Name,
    Opaque,
    ParameterKind,
    Parents,
    Role,
    RoleKind,
    Route,
    Scope,
    ScopeKind,
    SequenceDisplay,
    Subscript,
    Template,
    Test,
    Text,
    Wrapped,
    extent_of,
    span_of,
)
from codemod.rewrites import Span
from codemod.source import Lines, Places, Source

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_PLAIN_LITERAL = re.compile(
    r"""[rRuU]?(?:
        ''' [^'\\]* (?: (?: \\. | '(?!'') ) [^'\\]* )* '''
      | \"\"\" [^"\\]* (?: (?: \\. | "(?!"") ) [^"\\]* )* \"\"\"
      | '(?!'') [^'\\]* (?: \\. [^'\\]* )* '
      | "(?!"") [^"\\]* (?: \\. [^"\\]* )* "
    )""",
    re.DOTALL | re.VERBOSE,
)
_PLACE = itemgetter("lineno", "col_offset", "end_lineno", "end_col_offset")
_OPERATORS = {ast.Add: "+", ast.Mod: "%", ast.BitOr: "|"}
_DECLARING = ("global", "nonlocal")
_NO_CONTAINERS = (Comparison, Constant, Template, Text)
# The methods that put items into a container.
_ADDING = frozenset({"append", "add", "extend", "setdefault", "update", "__setitem__"})
_EXIT_CALLS = frozenset({"exit", "quit", "_exit", "abort"})


def read_facts(source: Source) -> FileFacts:
    """Parse a file and say what is in it.

    Raises SyntaxError for what the running interpreter cannot parse, RecursionError or MemoryError for nesting that
    is too deep.
    """
    text = source.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return _Reader(source, text, tree).read()


@dataclass(slots=True)
class _ScopeDraft:
    index: int
    kind: ScopeKind
    name: str
    parent: int | None
    span: Span
    decorators: tuple[Expression, ...] = ()
    bases: tuple[Expression, ...] = ()
    elsewhere: dict[str, int] = field(default_factory=dict)
    parameters: tuple[Binding, ...] = ()
    bindings: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    returns: list[Expression] = field(default_factory=list)
    yields: list[Expression] = field(default_factory=list)
    delegates: list[Expression] = field(default_factory=list)

    def freeze(self) -> Scope:
        return Scope(
            index=self.index,
            kind=self.kind,
            name=self.name,
            parent=self.parent,
            span=self.span,
            parameters=self.parameters,
            bindings={name: tuple(bindings) for name, bindings in self.bindings.items()},
            returns=tuple(self.returns),
            yields=tuple(self.yields),
            delegates=tuple(self.delegates),
            decorators=self.decorators,
            bases=self.bases,
        )


@dataclass(slots=True)
class _ParameterDraft:
    node: ast.arg
    kind: ParameterKind
    default: Expression | None = None
    annotation: Expression | None = None


class _Reader:
    """One walk over the tree that gathers every fact."""

    def __init__(self, source: Source, text: str, tree: ast.Module) -> None:
        self.source = source
        self.text = text
        self.tree = tree
        self.lines = Lines(text)
        self.starts = (0, *self.lines.starts)
        self.wide = self.lines.wide
        self.scopes: list[_ScopeDraft] = []
        self.scope = 0
        self.here: Sequence[ast.stmt] = tree.body
        self.span_here: Span | None = None
        self.conditional = 0
        self.template: int | None = None
        self.outermost: list[Expression] = []
        self.calls: list[Call] = []
        self.texts: list[Text] = []
        self.names: dict[str, list[Name]] = defaultdict(list)
        self.attributes: dict[str, list[Attribute]] = defaultdict(list)
        self.member_bindings: dict[str, list[MemberBinding]] = defaultdict(list)
        self.item_bindings: list[ItemBinding] = []
        self.named_reads: dict[str, list[Call]] = defaultdict(list)
        self.deriving: dict[Expression, list[int]] = defaultdict(list)
        self.environment_reads: list[EnvironmentRead] = []
        self.environment_writes: list[EnvironmentWrite] = []
        self.loops: list[Loop] = []
        self.handled: list[Handled] = []
        self.imports: dict[str, list[Binding]] = defaultdict(list)
        self.lambdas: dict[int, FunctionExpression] = {}
        self.exports: tuple[str, ...] | None = None
        self.may_declare = any(word in text for word in _DECLARING)
        self.environment = environment_names(tree, text)

    def read(self) -> FileFacts:
        self.open_scope(ScopeKind.MODULE, "", Span(0, len(self.text)))
        self.block(self.tree.body)
        return FileFacts(
            path=self.source.path,
            source=self.source,
            lines=Places(self.lines.starts),
            scopes=tuple(draft.freeze() for draft in self.scopes),
            outermost=tuple(self.outermost),
            calls=tuple(self.calls),
            texts=tuple(self.texts),
            names={name: tuple(found) for name, found in self.names.items()},
            attributes={name: tuple(found) for name, found in self.attributes.items()},
            member_bindings={name: tuple(found) for name, found in self.member_bindings.items()},
            item_bindings=tuple(self.item_bindings),
            environment_reads=tuple(self.environment_reads),
            environment_writes=tuple(self.environment_writes),
            loops=tuple(self.loops),
            handled=tuple(self.handled),
            named_reads={name: tuple(found) for name, found in self.named_reads.items()},
            deriving={base: tuple(found) for base, found in self.deriving.items()},
            imports={name: tuple(found) for name, found in self.imports.items()},
            lambdas=self.lambdas,
            exports=self.exports,
        )

    # Places

    def extent(self, node: ast.expr | ast.stmt | ast.arg | ast.alias | ast.excepthandler) -> int:
        if self.template is not None:
            return self.template
        # One look into a dictionary takes half the time of four attributes.
        place: tuple[int, int, int, int] = _PLACE(node.__dict__)
        line, column, end_line, end_column = place
        if self.wide and (line in self.wide or end_line in self.wide):
            return extent_of(Span(self.lines.offset(line, column), self.lines.offset(end_line, end_column)))
        return (self.starts[line] + column) << EXTENT_BITS | (self.starts[end_line] + end_column)

    def block_span(self, body: Sequence[ast.stmt]) -> Span:
        # Statements are never in a template.
        return Span(self.extent(body[0]) >> EXTENT_BITS, self.extent(body[-1]) & EXTENT_END)

    def block_here(self) -> Span:
        if self.span_here is None:
            self.span_here = Span(0, len(self.text)) if self.here is self.tree.body else self.block_span(self.here)
        return self.span_here

    # Scopes and bindings

    def open_scope(self, kind: ScopeKind, name: str, span: Span) -> _ScopeDraft:
        parent = self.scope if self.scopes else None
        draft = _ScopeDraft(len(self.scopes), kind, name, parent, span)
        self.scopes.append(draft)
        self.scope = draft.index
        return draft

    def close_scope(self) -> None:
        parent = self.scopes[self.scope].parent
        assert parent is not None
        self.scope = parent

    def bind(
        self,
        name: str,
        kind: BindingKind,
        extent: int,
        value: Expression | None = None,
        *,
        annotation: Expression | None = None,
        imported: Import | None = None,
        defines: int | None = None,
        scope: int | None = None,
        route: Route = (),
    ) -> Binding:
        home = self.scope if scope is None else scope
        if name in self.scopes[home].elsewhere:
            home = self.scopes[home].elsewhere[name]
        binding = Binding(
            name, home, kind, extent, value, annotation, imported, None, defines, self.conditional > 0, route
        )
        self.scopes[home].bindings[name].append(binding)
        if imported is not None:
            self.imports[imported.name or imported.module].append(binding)
        return binding

    def declare_elsewhere(self, draft: _ScopeDraft, body: Sequence[ast.stmt]) -> None:
        for node in _own_statements(body) if self.declares_elsewhere(draft.span) else ():
            if isinstance(node, ast.Global):
                draft.elsewhere.update(dict.fromkeys(node.names, 0))
            elif isinstance(node, ast.Nonlocal):
                for name in node.names:
                    draft.elsewhere[name] = self.nonlocal_home(name, draft)

    def declares_elsewhere(self, span: Span) -> bool:
        return self.may_declare and any(self.text.find(word, span.start, span.end) >= 0 for word in _DECLARING)

    def nonlocal_home(self, name: str, draft: _ScopeDraft) -> int:
        here = draft.parent
        while here is not None:
            scope = self.scopes[here]
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA) and name in scope.bindings:
                return here
            here = scope.parent
        return draft.parent if draft.parent is not None else 0

    def role(
        self,
        expression: Expression,
        kind: RoleKind,
        statement: int,
        bindings: tuple[Binding, ...] = (),
        targets: tuple[Expression, ...] = (),
        test: Test | None = None,
    ) -> None:
        expression.parent = Role(kind, statement, self.scope, bindings, targets, test)
        self.outermost.append(expression)

    # Statements

    def block(self, body: Sequence[ast.stmt]) -> None:
        outer = self.here, self.span_here
        self.here, self.span_here = body, None
        for statement in body:
            self.statement(statement)
        self.here, self.span_here = outer

    def branch(self, body: Sequence[ast.stmt]) -> None:
        if body:
            self.conditional += 1
            self.block(body)
            self.conditional -= 1

    def statement(self, node: ast.stmt) -> None:
        _STATEMENTS[type(node)](self, node)

    def on_other(self, node: ast.stmt) -> None:
        extent = self.extent(node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.role(self.expression(child), RoleKind.OTHER, extent)

    def on_Expr(self, node: ast.Expr) -> None:
        self.role(self.expression(node.value), RoleKind.DISCARDED, self.extent(node))

    def on_Assign(self, node: ast.Assign) -> None:
        value = self.expression(node.value)
        extent = self.extent(node)
        bindings, targets = self.assign(node.targets[0], value, extent)
        for each in node.targets[1:]:
            bound, held = self.assign(each, value, extent)
            bindings += bound
            targets += held
        self.assigned_role(value, extent, bindings, targets)
        if self.scope == 0:
            self.note_exports(node)

    def on_AnnAssign(self, node: ast.AnnAssign) -> None:
        extent = self.extent(node)
        annotation = self.expression(node.annotation)
        self.role(annotation, RoleKind.ANNOTATION, extent)
        if node.value is None:
            if isinstance(node.target, ast.Name):
                self.bind(node.target.id, BindingKind.ANNOTATION, extent, annotation=annotation)
            return
        value = self.expression(node.value)
        if isinstance(node.target, ast.Name):
            binding = self.bind(node.target.id, BindingKind.ASSIGNMENT, extent, value, annotation=annotation)
            self.assigned_role(value, extent, (binding,), ())
        else:
            bound, held = self.assign(node.target, value, extent)
            self.assigned_role(value, extent, bound, held)

    def on_AugAssign(self, node: ast.AugAssign) -> None:
        extent = self.extent(node)
        value = self.expression(node.value)
        self.role(value, RoleKind.OTHER, extent)
        if self.environment and self.environment.is_mapping(node.target):
            self.note_environment_items(span_of(extent), value)
        is_display = isinstance(value, (MappingDisplay, SequenceDisplay, Comprehension))
        if isinstance(node.op, (ast.BitOr, ast.Add)) and not _is_no_container(value):
            added = ANY_POSITION if is_display else ANY_SUM
            self.merge(node.target, value, extent, ANY_KEY if isinstance(node.op, ast.BitOr) else added)
            if isinstance(node.target, ast.Name) and not is_display:
                self.bind(node.target.id, BindingKind.MERGED, extent, value)
        elif isinstance(node.target, ast.Name):
            self.bind(node.target.id, BindingKind.AUGMENTED, extent, value)
        else:
            self.role(self.expression(node.target), RoleKind.TARGET, extent)

    def merge(self, target: ast.expr, given: Expression, extent: int, where: str) -> None:
        """``holder |= mapping`` and ``holder += sequence`` put items into the container that ``holder`` names."""
        holder = self.expression(target)
        self.role(holder, RoleKind.TARGET, extent, targets=(holder,))
        self.role(given, RoleKind.MERGED, extent, targets=(holder,))
        item = Subscript(extent, holder, Opaque(extent, where, ()))
        self.item_bindings.append(ItemBinding(item, given, self.scope, extent, spread=True))

    def assigned_role(
        self, value: Expression, extent: int, bindings: tuple[Binding, ...], targets: tuple[Expression, ...]
    ) -> None:
        if Parents.get(value) is None:
            self.role(value, RoleKind.BOUND, extent, bindings, targets)

    def assign(
        self, target: ast.expr, value: Expression, extent: int
    ) -> tuple[tuple[Binding, ...], tuple[Expression, ...]]:
        """Bind ``target`` to ``value``; gives the bindings and, for a member or item, the target expression."""
        if isinstance(target, ast.Name):
            return (self.bind(target.id, BindingKind.ASSIGNMENT, extent, value),), ()
        if isinstance(target, ast.Attribute):
            held = self.expression(target)
            self.role(held, RoleKind.TARGET, extent)
            assert isinstance(held, Attribute)
            self.member_bindings[held.name].append(MemberBinding(held, value, self.scope, extent))
            return (), (held,)
        if isinstance(target, ast.Subscript):
            name = None if self.environment is None else self.environment.written_name(target)
            item = self.expression(target)
            self.role(item, RoleKind.TARGET, extent)
            if name is not None:
                self.environment_writes.append(EnvironmentWrite(span_of(extent), name, value))
            elif isinstance(item, Subscript):
                self.item_bindings.append(ItemBinding(item, value, self.scope, extent))
            return (), (item,)
        if isinstance(target, (ast.Tuple, ast.List)):
            return tuple(self.unpack(target, value, extent)), ()
        if isinstance(target, ast.Starred):
            return tuple(self.unpack_name(target, value, (), extent)), ()
        return (), ()

    def unpack(self, target: ast.Tuple | ast.List, value: Expression, extent: int) -> list[Binding]:
        """``a, b = x, y`` binds element by element; anything else binds parts of ``value``."""
        pairs_up = (
            isinstance(value, SequenceDisplay)
            and len(value.items) == len(target.elts)
            and not any(isinstance(each, ast.Starred) for each in target.elts)
            and not any(isinstance(item, Opaque) and item.what == "*" for item in value.items)
        )
        if not pairs_up:
            return self.unpack_name(target, value, (), extent)
        assert isinstance(value, SequenceDisplay)
        for each, item in zip(target.elts, value.items, strict=True):
            bound, held = self.assign(each, item, extent)
            self.role(item, RoleKind.BOUND, extent, bound, held)
        self.role(value, RoleKind.OTHER, extent)
        return []

    def unpack_name(self, target: ast.expr, value: Expression | None, route: Route, extent: int) -> list[Binding]:
        """Bind the names in ``target`` to the parts of ``value`` behind ``route``; None: nobody knows of what."""
        if isinstance(target, ast.Name):
            return [self.bind(target.id, BindingKind.UNPACKED, extent, value, route=route)]
        if isinstance(target, (ast.Tuple, ast.List)):
            bound: list[Binding] = []
            known: Expression | None = value
            for position, each in enumerate(target.elts):
                if isinstance(each, ast.Starred):
                    known = None
                    bound += self.unpack_name(each.value, None, (), extent)
                else:
                    bound += self.unpack_name(each, known, (*route, position), extent)
            return bound
        if isinstance(target, ast.Starred):
            return self.unpack_name(target.value, None, (), extent)
        self.role(self.expression(target), RoleKind.TARGET, extent)
        return []

    def note_exports(self, node: ast.Assign) -> None:
        if not isinstance(node.value, (ast.List, ast.Tuple)):
            return
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            self.exports = tuple(
                each.value for each in node.value.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )

    def on_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            extent = self.extent(alias)
            if alias.asname is None:
                root = alias.name.split(".")[0]
                imported = Import(alias.name, None, 0, binds_root="." in alias.name)
                self.bind(root, BindingKind.IMPORT, extent, imported=imported)
            else:
                self.bind(alias.asname, BindingKind.IMPORT, extent, imported=Import(alias.name, None, 0))

    def on_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            bound = alias.asname or alias.name
            imported = Import(module, alias.name, node.level)
            self.bind(bound, BindingKind.IMPORT, self.extent(alias), imported=imported)

    def on_FunctionDef(self, node: FunctionNode) -> None:
        extent = self.extent(node)
        decorators = tuple([self.expression(each) for each in node.decorator_list])
        for each in decorators:
            self.role(each, RoleKind.DECORATOR, extent)
        parameters = self.read_parameters(node.args)
        if node.returns is not None:
            self.role(self.expression(node.returns), RoleKind.ANNOTATION, extent)
        draft_index = len(self.scopes)
        self.bind(node.name, BindingKind.FUNCTION, extent, defines=draft_index)
        draft = self.open_scope(ScopeKind.FUNCTION, node.name, span_of(extent))
        draft.decorators = decorators
        self.bind_parameters(draft, parameters, extent)
        self.declare_elsewhere(draft, node.body)
        outer, self.conditional = self.conditional, 0
        self.block(node.body)
        self.conditional = outer
        self.close_scope()

    def read_parameters(self, arguments: ast.arguments) -> list[_ParameterDraft]:
        """The parameters of a function; defaults and annotations are read in the scope around it."""
        positional = [_ParameterDraft(each, ParameterKind.POSITIONAL_ONLY) for each in arguments.posonlyargs]
        positional += [_ParameterDraft(each, ParameterKind.NORMAL) for each in arguments.args]
        keywords = [_ParameterDraft(each, ParameterKind.KEYWORD_ONLY) for each in arguments.kwonlyargs]
        first = len(positional) - len(arguments.defaults)
        for draft, default in zip(
            (*positional[first:], *keywords), (*arguments.defaults, *arguments.kw_defaults), strict=True
        ):
            if default is not None:
                draft.default = self.expression(default)
        found = positional
        if arguments.vararg is not None:
            found.append(_ParameterDraft(arguments.vararg, ParameterKind.VARIADIC))
        found += keywords
        if arguments.kwarg is not None:
            found.append(_ParameterDraft(arguments.kwarg, ParameterKind.KEYWORDS))
        for draft in found:
            if draft.node.annotation is not None:
                draft.annotation = self.expression(draft.node.annotation)
        return found

    def bind_parameters(self, scope: _ScopeDraft, parameters: Sequence[_ParameterDraft], extent: int) -> None:
        bound: list[Binding] = []
        for draft in parameters:
            name, place, default, annotation = draft.node.arg, self.extent(draft.node), draft.default, draft.annotation
            binding = Binding(name, scope.index, BindingKind.PARAMETER, place, default, annotation, None, draft.kind)
            bound.append(binding)
            scope.bindings[name].append(binding)
            if default is not None:
                self.role(default, RoleKind.DEFAULT, extent, (binding,))
            if annotation is not None:
                self.role(annotation, RoleKind.ANNOTATION, extent, (binding,))
        scope.parameters = tuple(bound)

    def on_ClassDef(self, node: ast.ClassDef) -> None:
        extent = self.extent(node)
        decorators = tuple([self.expression(each) for each in node.decorator_list])
        bases = tuple([self.expression(each) for each in node.bases])
        for each in decorators:
            self.role(each, RoleKind.DECORATOR, extent)
        for each in bases:
            self.role(each, RoleKind.BASE, extent)
        for keyword in node.keywords:
            self.role(self.expression(keyword.value), RoleKind.OTHER, extent)
        self.bind(node.name, BindingKind.CLASS, extent, defines=len(self.scopes))
        draft = self.open_scope(ScopeKind.CLASS, node.name, span_of(extent))
        draft.decorators = decorators
        draft.bases = bases
        for each in bases:
            self.deriving[each].append(draft.index)
        self.declare_elsewhere(draft, node.body)
        self.block(node.body)
        self.close_scope()

    def on_Return(self, node: ast.Return) -> None:
        if node.value is None:
            return
        value = self.expression(node.value)
        self.role(value, RoleKind.RETURNED, self.extent(node))
        self.scopes[self.scope].returns.append(value)

    def on_Raise(self, node: ast.Raise) -> None:
        for each in (node.exc, node.cause):
            if each is not None:
                self.role(self.expression(each), RoleKind.RAISED, self.extent(node))

    def on_Assert(self, node: ast.Assert) -> None:
        extent = self.extent(node)
        test = Test(span_of(extent), "assert", self.block_here())
        self.role(self.expression(node.test), RoleKind.TESTED, extent, test=test)
        if node.msg is not None:
            self.role(self.expression(node.msg), RoleKind.RAISED, extent)

    def on_If(self, node: ast.If) -> None:
        self.tested(node)
        self.branch(node.body)
        self.branch(node.orelse)

    def on_While(self, node: ast.While) -> None:
        self.tested(node)
        self.branch(node.body)
        self.branch(node.orelse)

    def tested(self, node: ast.If | ast.While) -> None:
        test = Test(
            body=self.block_span(node.body),
            exits=_how_it_ends(node.body),
            block=self.block_here(),
            otherwise=self.block_span(node.orelse) if node.orelse else None,
            repeats=isinstance(node, ast.While),
        )
        self.role(self.expression(node.test), RoleKind.TESTED, self.extent(node), test=test)

    def on_For(self, node: ast.For | ast.AsyncFor) -> None:
        extent = self.extent(node)
        iterable = self.expression(node.iter)
        bindings = self.loop_target(node.target, iterable, extent)
        self.role(iterable, RoleKind.ITERATED, extent, bindings)
        target = node.target.id if isinstance(node.target, ast.Name) else None
        body, unpacked = self.block_span(node.body), _unpacked(node.target)
        on_one_line = self.text[iterable.span.end : body.start].rstrip(" \t\f").endswith(":")
        self.loops.append(Loop(span_of(extent), target, iterable, body, self.scope, unpacked, on_one_line))
        self.branch(node.body)
        self.branch(node.orelse)

    def loop_target(self, target: ast.expr, iterable: Expression, extent: int) -> tuple[Binding, ...]:
        if isinstance(target, ast.Name):
            return (self.bind(target.id, BindingKind.LOOP, extent, iterable),)
        return tuple(self.unpack_name(target, iterable, (None,), extent))

    def on_With(self, node: ast.With | ast.AsyncWith) -> None:
        extent = self.extent(node)
        for item in node.items:
            context = self.expression(item.context_expr)
            bindings: tuple[Binding, ...] = ()
            if isinstance(item.optional_vars, ast.Name):
                bindings = (self.bind(item.optional_vars.id, BindingKind.CONTEXT, extent, context),)
            elif item.optional_vars is not None:
                self.unpack_name(item.optional_vars, None, (), extent)
            self.role(context, RoleKind.ENTERED, extent, bindings)
        self.block(node.body)

    def on_Try(self, node: ast.Try) -> None:
        handlers: list[Expression | None] = []
        for handler in node.handlers:
            extent = self.extent(handler)
            if handler.type is None:
                handlers.append(None)
            else:
                exception = self.expression(handler.type)
                self.role(exception, RoleKind.OTHER, extent)
                handlers.append(exception)
        self.handled.append(Handled(self.block_span(node.body), tuple(handlers)))
        self.branch(node.body)
        for handler in node.handlers:
            if handler.name is not None:
                self.bind(handler.name, BindingKind.EXCEPTION, self.extent(handler))
            self.branch(handler.body)
        self.branch(node.orelse)
        self.block(node.finalbody)

    def on_Match(self, node: ast.Match) -> None:
        """The subject is compared with the values of the patterns."""
        extent = self.extent(node)
        subject = self.expression(node.subject)
        names = [each for case in node.cases for each in _names_of_the_whole(case.pattern)]
        if names:
            captured = [self.bind(name, BindingKind.ASSIGNMENT, extent, subject) for name in names]
            subject = self.adopt(Wrapped(subject.extent, subject, tuple(captured)), subject)
        patterns = [each for case in node.cases for each in ast.walk(case.pattern)]
        values = [self.expression(each.value) for each in patterns if isinstance(each, ast.MatchValue)]
        if values:
            comparison = Comparison(subject.extent, (subject, *values), ("Match",) * len(values))
            self.role(self.adopt(comparison, subject, *values), RoleKind.TESTED, extent)
        else:
            self.role(subject, RoleKind.TESTED, extent)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, (ast.MatchAs, ast.MatchStar)) and pattern.name and pattern.name not in names:
                    self.bind(pattern.name, BindingKind.UNPACKED, extent)
                elif isinstance(pattern, ast.MatchMapping) and pattern.rest:
                    self.bind(pattern.rest, BindingKind.UNPACKED, extent)
            if case.guard is not None:
                self.role(self.expression(case.guard), RoleKind.TESTED, extent)
            self.branch(case.body)

    # Expressions

    def expression(self, node: ast.expr) -> Expression:
        return _EXPRESSIONS[type(node)](self, node)

    def read_other(self, node: ast.expr) -> Expression:
        children = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return self.opaque_of(node, type(node).__name__, children)

    def opaque_of(self, node: ast.expr, what: str, children: Iterable[ast.expr]) -> Expression:
        parts = tuple([self.expression(each) for each in children])
        return self.adopt(Opaque(self.extent(node), what, parts), *parts)

    def adopt(self, parent: Expression, *children: Expression | None) -> Expression:
        for child in children:
            if child is not None:
                child.parent = parent
        return parent

    def read_Constant(self, node: ast.Constant) -> Expression:
        extent = self.extent(node)
        value = node.value
        if type(value) is not str:
            return Constant(extent, value)
        start, end = extent >> EXTENT_BITS, extent & EXTENT_END
        editable = self.template is None and (
            # Two quotes more than the value: there is no prefix, no escape and no second literal.
            end - start == len(value) + 2 or _PLAIN_LITERAL.fullmatch(self.text, start, end) is not None
        )
        # Half of the texts of a project stand in it more than once.
        text = Text(extent, sys.intern(value), editable)
        self.texts.append(text)
        return text

    def read_Name(self, node: ast.Name) -> Expression:
        # Names are half of all expressions, and on a line of ASCII as long as what is written there.
        place = node.__dict__
        line, word = place["lineno"], place["id"]
        if self.template is None and line not in self.wide:
            start = self.starts[line] + place["col_offset"]
            name = Name(start << EXTENT_BITS | start + len(word), word, self.scope)
        else:
            name = Name(self.extent(node), word, self.scope)
        self.names[word].append(name)
        return name

    def read_Attribute(self, node: ast.Attribute) -> Expression:
        value = self.expression(node.value)
        attribute = value.parent = Attribute(self.extent(node), value, node.attr)
        if type(node.ctx) is ast.Load:
            self.attributes[node.attr].append(attribute)
        return attribute

    def read_Call(self, node: ast.Call) -> Expression:
        environment = None if self.environment is None else self.environment.read_call(node)
        if environment is not None:
            name, default = environment
            return self.environment_read(node, name, default, required=False)
        callee = self.expression(node.func)
        arguments: list[Argument] = []
        for each in node.args:
            if type(each) is ast.Starred:
                arguments.append(Argument(None, self.expression(each.value), "*"))
            else:
                arguments.append(Argument(None, self.expression(each)))
        if node.keywords:
            arguments += [
                Argument(each.arg, self.expression(each.value), "" if each.arg else "**") for each in node.keywords
            ]
        call = callee.parent = Call(self.extent(node), callee, tuple(arguments), self.scope)
        self.calls.append(call)
        for argument in arguments:
            argument.value.parent = call
        if type(callee) is Name:
            self.note_named_access(call, callee.id)
        elif type(callee) is Attribute:
            if callee.name in _ADDING:
                self.note_items(call, callee)
            if self.environment is not None and self.environment.writes(node):
                self.note_environment_call(call)
        return call

    def note_environment_call(self, call: Call) -> None:
        """``environ.update(...)``, ``environ.setdefault(name, value)``, ``putenv(name, value)``."""
        first = call.arguments[0].value if call.arguments else None
        if isinstance(first, Text):
            value = call.arguments[1].value if len(call.arguments) > 1 else None
            self.environment_writes.append(EnvironmentWrite(call.span, first.value, value))
        for argument in call.arguments:
            if argument.keyword is not None:
                self.environment_writes.append(EnvironmentWrite(call.span, argument.keyword, argument.value))
            else:
                self.note_environment_items(call.span, argument.value)

    def note_environment_items(self, span: Span, items: Expression) -> None:
        for entry in items.entries if isinstance(items, MappingDisplay) else ():
            if isinstance(entry.key, Text):
                self.environment_writes.append(EnvironmentWrite(span, entry.key.value, entry.value))

    def note_named_access(self, call: Call, function: str) -> None:
        """``getattr(holder, "name")`` and ``setattr(holder, "name", value)``."""
        if function == "getattr" and len(call.arguments) > 1:
            name = call.arguments[1].value
            if isinstance(name, Text):
                self.named_reads[name.value].append(call)
        elif function == "setattr" and len(call.arguments) == 3:
            holder, name, value = (argument.value for argument in call.arguments)
            if isinstance(name, Text):
                target = Attribute(call.extent, holder, name.value)
                self.member_bindings[name.value].append(MemberBinding(target, value, self.scope, call.extent))

    def note_items(self, call: Call, callee: Attribute) -> None:
        """``mapping.update(...)``, ``mapping.setdefault(...)``, ``sequence.append(...)`` put items into a container."""
        if callee.name in ("append", "add", "extend") and len(call.arguments) == 1:
            anywhere = Opaque(call.extent, ANY_POSITION, ())
            value = call.arguments[0].value
            self.note_item(call, callee.value, anywhere, value, spread=callee.name == "extend")
        elif callee.name in ("setdefault", "__setitem__"):
            if len(call.arguments) == 2:
                self.note_item(call, callee.value, call.arguments[0].value, call.arguments[1].value)
        elif callee.name == "update":
            self.note_update(call, callee)

    def note_update(self, call: Call, callee: Attribute) -> None:
        for argument in call.arguments:
            if argument.keyword is not None:
                key = Text(call.extent, argument.keyword, editable=False)
                self.note_item(call, callee.value, key, argument.value)
            else:
                everything = Opaque(call.extent, ANY_KEY, ())
                self.note_item(call, callee.value, everything, argument.value, spread=True)

    def note_item(
        self, call: Call, holder: Expression, key: Expression, value: Expression, *, spread: bool = False
    ) -> None:
        target = Subscript(call.extent, holder, key)
        self.item_bindings.append(ItemBinding(target, value, self.scope, call.extent, spread))

    def environment_read(
        self, node: ast.expr, name: ast.Constant, default: ast.expr | None, *, required: bool
    ) -> Expression:
        key = self.read_Constant(name)
        assert isinstance(key, Text)
        fallback = None if default is None else self.expression(default)
        read = EnvironmentRead(self.extent(node), key, fallback, required)
        self.environment_reads.append(read)
        return self.adopt(read, key, fallback)

    def read_Subscript(self, node: ast.Subscript) -> Expression:
        name = None if self.environment is None else self.environment.read_subscript(node)
        if name is not None and isinstance(node.ctx, ast.Load):
            return self.environment_read(node, name, None, required=True)
        value = self.expression(node.value)
        key = self.expression(node.slice)
        made = value.parent = key.parent = Subscript(self.extent(node), value, key)
        return made

    def read_IfExp(self, node: ast.IfExp) -> Expression:
        test = self.expression(node.test)
        options = (self.expression(node.body), self.expression(node.orelse))
        return self.adopt(Choice(self.extent(node), "conditional", options, test), test, *options)

    def read_BoolOp(self, node: ast.BoolOp) -> Expression:
        options = tuple([self.expression(each) for each in node.values])
        kind = "or" if isinstance(node.op, ast.Or) else "and"
        return self.adopt(Choice(self.extent(node), kind, options), *options)

    def read_Dict(self, node: ast.Dict) -> Expression:
        entries: list[Entry] = []
        parts: list[Expression | None] = []
        for key, value in zip(node.keys, node.values, strict=True):
            entry = Entry(None if key is None else self.expression(key), self.expression(value))
            entries.append(entry)
            parts += (entry.key, entry.value)
        return self.adopt(MappingDisplay(self.extent(node), tuple(entries)), *parts)

    def read_List(self, node: ast.List | ast.Tuple | ast.Set) -> Expression:
        items = tuple([self.expression(each) for each in node.elts])
        return self.adopt(SequenceDisplay(self.extent(node), items), *items)

    read_Set = read_List

    def read_Starred(self, node: ast.Starred) -> Expression:
        return self.opaque_of(node, "*", (node.value,))

    def read_JoinedStr(self, node: ast.JoinedStr) -> Expression:
        extent = self.extent(node)
        outer, self.template = self.template, self.template or extent
        parts: list[Expression] = []
        for each in node.values:
            parts.append(self.expression(each.value if isinstance(each, ast.FormattedValue) else each))
            if isinstance(each, ast.FormattedValue) and each.format_spec is not None:
                parts.append(self.expression(each.format_spec))
        self.template = outer
        return self.adopt(Template(extent, tuple(parts)), *parts)

    def read_NamedExpr(self, node: ast.NamedExpr) -> Expression:
        value = self.expression(node.value)
        home = self.scope
        while self.scopes[home].kind is ScopeKind.COMPREHENSION:
            parent = self.scopes[home].parent
            assert parent is not None
            home = parent
        binding = self.bind(node.target.id, BindingKind.ASSIGNMENT, self.extent(node), value, scope=home)
        return self.adopt(Wrapped(self.extent(node), value, (binding,)), value)

    def read_Await(self, node: ast.Await) -> Expression:
        value = self.expression(node.value)
        return self.adopt(Wrapped(self.extent(node), value), value)

    def read_Yield(self, node: ast.Yield) -> Expression:
        extent = self.extent(node)
        value = Constant(extent, None) if node.value is None else self.expression(node.value)
        self.scopes[self.scope].yields.append(value)
        return self.adopt(Opaque(extent, "yield", (value,)), value)

    def read_YieldFrom(self, node: ast.YieldFrom) -> Expression:
        value = self.expression(node.value)
        self.scopes[self.scope].delegates.append(value)
        return self.adopt(Opaque(self.extent(node), "yield from", (value,)), value)

    def read_UnaryOp(self, node: ast.UnaryOp) -> Expression:
        return self.opaque_of(node, "not" if isinstance(node.op, ast.Not) else "-", (node.operand,))

    def read_BinOp(self, node: ast.BinOp) -> Expression:
        return self.opaque_of(node, _OPERATORS.get(type(node.op), "operator"), (node.left, node.right))

    def read_Compare(self, node: ast.Compare) -> Expression:
        operands = tuple([self.expression(each) for each in (node.left, *node.comparators)])
        operators = tuple([type(each).__name__ for each in node.ops])
        return self.adopt(Comparison(self.extent(node), operands, operators), *operands)

    def read_Lambda(self, node: ast.Lambda) -> Expression:
        extent = self.extent(node)
        parameters = self.read_parameters(node.args)
        draft = self.open_scope(ScopeKind.LAMBDA, "<lambda>", span_of(extent))
        self.bind_parameters(draft, parameters, extent)
        body = self.expression(node.body)
        self.role(body, RoleKind.RETURNED, extent)
        draft.returns.append(body)
        self.close_scope()
        made = FunctionExpression(extent, draft.index)
        self.lambdas[draft.index] = made
        return made

    def read_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Expression:
        return self.comprehension(node, (node.elt,), node.generators)

    read_GeneratorExp = read_ListComp

    def read_DictComp(self, node: ast.DictComp) -> Expression:
        return self.comprehension(node, (node.key, node.value), node.generators)

    def comprehension(
        self, node: ast.expr, elements: Sequence[ast.expr], generators: Sequence[ast.comprehension]
    ) -> Expression:
        extent = self.extent(node)
        first = self.expression(generators[0].iter)
        draft = self.open_scope(ScopeKind.COMPREHENSION, "<comprehension>", span_of(extent))
        clauses: list[Clause] = []
        for position, generator in enumerate(generators):
            iterable = first if position == 0 else self.expression(generator.iter)
            self.loop_target(generator.target, iterable, extent)
            conditions = tuple([self.expression(each) for each in generator.ifs])
            target = generator.target.id if isinstance(generator.target, ast.Name) else None
            clauses.append(Clause(target, iterable, conditions, _unpacked(generator.target)))
        read = tuple([self.expression(each) for each in elements])
        self.close_scope()
        made = Comprehension(extent, read, tuple(clauses), draft.index)
        children = [part for clause in clauses for part in (clause.iterable, *clause.conditions)]
        return self.adopt(made, *read, *children)


class _StatementReaders(dict[type[ast.stmt], Callable[[_Reader, Any], None]]):
    def __missing__(self, kind: type[ast.stmt]) -> Callable[[_Reader, Any], None]:
        return _Reader.on_other


class _ExpressionReaders(dict[type[ast.expr], Callable[[_Reader, Any], Expression]]):
    def __missing__(self, kind: type[ast.expr]) -> Callable[[_Reader, Any], Expression]:
        return _Reader.read_other


_STATEMENTS = _StatementReaders(
    {
        ast.Expr: _Reader.on_Expr,
        ast.Assign: _Reader.on_Assign,
        ast.AnnAssign: _Reader.on_AnnAssign,
        ast.AugAssign: _Reader.on_AugAssign,
        ast.Import: _Reader.on_Import,
        ast.ImportFrom: _Reader.on_ImportFrom,
        ast.FunctionDef: _Reader.on_FunctionDef,
        ast.AsyncFunctionDef: _Reader.on_FunctionDef,
        ast.ClassDef: _Reader.on_ClassDef,
        ast.Return: _Reader.on_Return,
        ast.Raise: _Reader.on_Raise,
        ast.Assert: _Reader.on_Assert,
        ast.If: _Reader.on_If,
        ast.While: _Reader.on_While,
        ast.For: _Reader.on_For,
        ast.AsyncFor: _Reader.on_For,
        ast.With: _Reader.on_With,
        ast.AsyncWith: _Reader.on_With,
        ast.Try: _Reader.on_Try,
        ast.Match: _Reader.on_Match,
    }
)
if sys.version_info >= (3, 11):
    _STATEMENTS[ast.TryStar] = _Reader.on_Try


_EXPRESSIONS = _ExpressionReaders(
    {
        ast.Constant: _Reader.read_Constant,
        ast.Name: _Reader.read_Name,
        ast.Attribute: _Reader.read_Attribute,
        ast.Call: _Reader.read_Call,
        ast.Subscript: _Reader.read_Subscript,
        ast.IfExp: _Reader.read_IfExp,
        ast.BoolOp: _Reader.read_BoolOp,
        ast.Dict: _Reader.read_Dict,
        ast.List: _Reader.read_List,
        ast.Tuple: _Reader.read_List,
        ast.Set: _Reader.read_Set,
        ast.Starred: _Reader.read_Starred,
        ast.JoinedStr: _Reader.read_JoinedStr,
        ast.NamedExpr: _Reader.read_NamedExpr,
        ast.Await: _Reader.read_Await,
        ast.Yield: _Reader.read_Yield,
        ast.YieldFrom: _Reader.read_YieldFrom,
        ast.UnaryOp: _Reader.read_UnaryOp,
        ast.BinOp: _Reader.read_BinOp,
        ast.Compare: _Reader.read_Compare,
        ast.Lambda: _Reader.read_Lambda,
        ast.ListComp: _Reader.read_ListComp,
        ast.SetComp: _Reader.read_ListComp,
        ast.GeneratorExp: _Reader.read_GeneratorExp,
        ast.DictComp: _Reader.read_DictComp,
    }
)


def _names_of_the_whole(pattern: ast.pattern) -> Iterator[str]:
    """The names under which a pattern captures all that it is compared with."""
    if isinstance(pattern, ast.MatchAs):
        if pattern.name is not None:
            yield pattern.name
        if pattern.pattern is not None:
            yield from _names_of_the_whole(pattern.pattern)
    elif isinstance(pattern, ast.MatchOr):
        for option in pattern.patterns:
            yield from _names_of_the_whole(option)


def _unpacked(target: ast.expr) -> tuple[str | None, ...]:
    if not isinstance(target, (ast.Tuple, ast.List)):
        return ()
    return tuple(each.id if isinstance(each, ast.Name) else None for each in target.elts)


def _own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The statements of a body and of its blocks, without those of nested functions and classes."""
    pending: list[ast.AST] = [*body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for block in ("body", "orelse", "finalbody", "handlers", "cases"):
                pending += getattr(node, block, ())


def _is_no_container(value: Expression) -> bool:
    """Whether an expression gives a number or a text."""
    return isinstance(value, _NO_CONTAINERS) or (isinstance(value, Opaque) and value.what == "operator")


def _is_streamlit(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("st", "streamlit")


def _how_it_ends(body: Sequence[ast.stmt]) -> str:
    last = body[-1]
    if isinstance(last, ast.Raise):
        return "raise"
    if isinstance(last, (ast.Continue, ast.Break, ast.Return)):
        return "leave"
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        callee = last.value.func
        name = callee.attr if isinstance(callee, ast.Attribute) else callee.id if isinstance(callee, ast.Name) else ""
        stops = isinstance(callee, ast.Attribute) and name == "stop" and _is_streamlit(callee.value)
        if name in _EXIT_CALLS or stops:
            return "exit"
    return ""
