"""Python's back end: planned rewrites and the source of one file in, the edited source out.

Edits are points that nest: an inner one is made first, an outer one takes its text with the inner results in it.
"""

from __future__ import annotations

import ast
import math
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from codemod.languages.python.bracket_edits import BracketEdit, Drop, Prepend, Put, display, edit_brackets
from codemod.languages.python.brackets import Layout, indentation, last_line
from codemod.languages.python.edit_plan import Plan, make_plan
from codemod.languages.python.literals import code_text, header_entries, literal, respell
from codemod.languages.python.refusal import Refusal
from codemod.languages.python.tokens import (
    comments,
    comments_in,
    read_tokens,
    token_from,
    tokens_within,
    usual_quote,
)
from codemod.languages.python.tree import Tree, assigned, depth, parse, target_of
from codemod.languages.python.verify import apply_to_tree, require_same
from codemod.records import record
from codemod.rewrites import (
    AssignAfter,
    CopyAssignment,
    CopyStatement,
    FilterEmptyChunks,
    ImportBeside,
    MergeHeaders,
    NestExpression,
    PrefixExpression,
    RemoveArgument,
    RemoveEntry,
    RenameArgument,
    RenameMember,
    RenameName,
    RenameTarget,
    ReplaceExpression,
    ReplaceText,
    Rewrite,
    SetArgument,
    SetEntry,
    SkipEmptyChunks,
    Span,
)
from codemod.source import Lines

_DEFAULT_LINE_LENGTH = 88
# LibCST walks a tree by recursion, part of it outside of Python's control.
_DEEPEST = 150
_NEWLINE = re.compile(r"\r\n|\r|\n")
_REST_OF_LINE = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_ATOMS = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Await, ast.Constant, ast.JoinedStr),
    *(ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp, ast.GeneratorExp),
)

InBrackets = SetArgument | RemoveArgument | SetEntry | RemoveEntry | MergeHeaders


@record
class TextEdit:
    """One splice: the characters at ``span`` were ``before`` and are ``after``, because of ``rewrites``."""

    span: Span
    before: str
    after: str
    rewrites: tuple[Rewrite, ...]


@record
class Edited:
    """The new text of a file, and the splices that make it, in order and without overlap."""

    text: str
    edits: tuple[TextEdit, ...]


@record
class Refused:
    """Nothing is edited: ``reason`` says why; ``span`` is the place, None if it is no single one."""

    span: Span | None
    reason: str


def apply_rewrites(
    text: str, rewrites: Sequence[Rewrite], *, newline: str, line_length: int | None
) -> Edited | Refused:
    """Make all of ``rewrites`` in ``text`` (decoded, without BOM, newlines as they are), or none of them.

    ``newline`` is the newline to write; ``line_length`` is in characters, None where the project sets none. A rewrite
    that is given twice is made once; one whose result is there already changes nothing.
    """
    unique = tuple(dict.fromkeys(rewrites))
    if not unique:
        return Edited(text, ())
    try:
        # The editor is gone before the edited source is parsed: of a long file it holds much.
        return _checked(*_Editor(text, unique, newline, line_length or _DEFAULT_LINE_LENGTH).edit())
    except Refusal as refusal:
        return Refused(refusal.span, refusal.reason)
    except (RecursionError, MemoryError):
        return Refused(None, "the source is nested too deeply")


def _checked(edited: Edited, expected: ast.Module, kept: list[str]) -> Edited:
    """What was edited, if it is the program ``expected`` and has the comments ``kept``."""
    require_same(expected, edited.text)
    if comments(edited.text) != kept:
        raise Refusal("an edit would lose or move a comment")
    return edited


class _Editor:
    """The work on one file. ``pieces`` are the splices made so far, of which an outer one swallows those inside."""

    def __init__(self, text: str, rewrites: tuple[Rewrite, ...], newline: str, limit: int) -> None:
        self.text = text
        self.newline = newline
        self.limit = limit
        lines = Lines(text)
        try:
            root = parse(text)
        except (SyntaxError, ValueError):
            raise Refusal("the source cannot be parsed") from None
        self.tree = Tree(root, lines, {rewrite.span for rewrite in rewrites})
        self.tokens = read_tokens(text, lines)
        self.plan: Plan = make_plan(self.tree, text, rewrites, newline)
        self.unit = _indentation_unit(self.tree, text)
        self.pieces: list[TextEdit] = []

    def edit(self) -> tuple[Edited, ast.Module, list[str]]:
        """The edited source, the program that it must be, and the comments that it must have."""
        in_brackets: defaultdict[Span, list[InBrackets]] = defaultdict(list)
        for rewrite, node in self.plan.nodes.items():
            if isinstance(rewrite, InBrackets):
                in_brackets[rewrite.span].append(rewrite)
            else:
                self._make(rewrite, node)
        if self.plan.insertion:
            insertion = self.plan.insertion
            self._insert(insertion.offset, insertion.text, self.plan.importing)
        # Inner ones before outer ones, left ones before right ones.
        for span in sorted(in_brackets, key=lambda span: (span.end, -span.start)):
            self._make_in_brackets(span, in_brackets[span], in_brackets)
        edits = tuple(sorted((p for p in self.pieces if p.before != p.after), key=lambda piece: piece.span))
        text = splice(self.text, Span(0, len(self.text)), edits)
        anchor = self.plan.insertion.anchor if self.plan.insertion else None
        expected = apply_to_tree(self.tree, self.plan.nodes, self.plan.environ, anchor)
        return Edited(text, edits), expected, [token.text for token in self.tokens if token.kind == tokenize.COMMENT]

    # Edits that need nothing but their own place.

    def _make(self, rewrite: Rewrite, node: ast.AST) -> None:
        span = rewrite.span
        if isinstance(rewrite, ReplaceText):
            literals = tokens_within(self.tokens, span)
            if len(literals) != 1:
                raise Refusal("only a plain string literal can be given another value", span)
            self._replace(span, respell(self.text[span.start : span.end], rewrite.value, span), (rewrite,))
        elif isinstance(rewrite, ReplaceExpression):
            if comments_in(self.text[span.start : span.end]):
                raise Refusal("the expression holds a comment that would be lost", span)
            environ = self.plan.environ.get(rewrite, "")
            self._replace(span, code_text(rewrite.value, self._quote(node), environ), (rewrite,))
        elif isinstance(rewrite, PrefixExpression):
            self._replace(span, self._prefixed(rewrite, node), (rewrite,))
        elif isinstance(rewrite, RenameArgument):
            self._rename_argument(rewrite, node)
        elif isinstance(rewrite, NestExpression):
            kind, name = (literal(text, self._quote(node)) for text in (rewrite.kind, rewrite.name))
            self._insert(span.start, f"{{{kind}: {name}, {name}: ", (rewrite,))
            self._insert(span.end, "}", (rewrite,))
        elif isinstance(rewrite, FilterEmptyChunks):
            self._filter(rewrite)
        elif isinstance(rewrite, SkipEmptyChunks):
            self._skip(rewrite, node)
        elif isinstance(rewrite, AssignAfter):
            self._assign(rewrite, node)
        elif isinstance(rewrite, RenameMember):
            assert isinstance(node, ast.Attribute)
            self._rename(Span(span.end - len(node.attr), span.end), node.attr, rewrite)
        elif isinstance(rewrite, RenameTarget):
            target = target_of(node)
            assert target is not None
            self._rename(self.tree.span(target), target.id, rewrite)
        elif isinstance(rewrite, RenameName):
            assert isinstance(node, ast.Name)
            self._rename(span, node.id, rewrite)
        elif isinstance(rewrite, ImportBeside):
            self._import(rewrite, node)
        elif isinstance(rewrite, CopyStatement):
            self._copy(rewrite, node)
        elif isinstance(rewrite, CopyAssignment):
            self._copy_to(rewrite, node)

    def _rename(self, span: Span, old: str, rewrite: RenameMember | RenameTarget | RenameName) -> None:
        if self.text[span.start : span.end] != old or not rewrite.name.isidentifier():
            raise Refusal("the name is not spelled as it is read", rewrite.span)
        self._replace(span, rewrite.name, (rewrite,))

    def _import(self, rewrite: ImportBeside, alias: ast.AST) -> None:
        start, offset = self.tree.line_start(rewrite.span.start), rewrite.span.end
        before = self.text[start : rewrite.span.start]
        in_brackets = "(" in self.text[self.tree.span(self.tree.slots[alias].parent).start : rewrite.span.start]
        if before.strip() or not in_brackets:
            self._insert(offset, f", {rewrite.name}", (rewrite,))
            return
        comma = self.text[offset : offset + 1] == ","
        end = _REST_OF_LINE.match(self.text, offset + 1) if comma else None
        if end:
            self._insert(end.end(), f"{self.newline}{before}{rewrite.name},", (rewrite,))
        else:
            self._insert(offset, f",{self.newline}{before}{rewrite.name}", (rewrite,))

    def _copy_to(self, rewrite: CopyAssignment, statement: ast.AST) -> None:
        end = self._end_of_copied(rewrite)
        target = assigned(statement)
        assert target is not None
        name = self.tree.span(target)
        before = self.text[name.start : name.end]
        copy = splice(self.text, rewrite.span, [TextEdit(name, before, rewrite.target, (rewrite,))])
        self._insert(end, self.newline + self._indentation_at(rewrite.span.start) + copy, (rewrite,))

    def _end_of_copied(self, rewrite: CopyStatement | CopyAssignment) -> int:
        """Where the line ends behind which the copy of a statement goes."""
        start = self.tree.line_start(rewrite.span.start)
        end = _REST_OF_LINE.match(self.text, rewrite.span.end)
        if not end or self.text[start : rewrite.span.start].strip():
            raise Refusal("the statement shares its line with another one", rewrite.span)
        if comments_in(self.text[rewrite.span.start : rewrite.span.end]):
            raise Refusal("the statement holds a comment that would stand there twice", rewrite.span)
        return end.end()

    def _rename_argument(self, rewrite: RenameArgument, call: ast.AST) -> None:
        assert isinstance(call, ast.Call)
        keywords = [keyword for keyword in call.keywords if keyword.arg == rewrite.name]
        if len(keywords) != 1 or any(keyword.arg == rewrite.new for keyword in call.keywords):
            raise Refusal(f"the call has no {rewrite.name} that could be named {rewrite.new}", rewrite.span)
        start = self.tree.lines.offset(keywords[0].lineno, keywords[0].col_offset)
        name = Span(start, start + len(rewrite.name))
        if self.text[name.start : name.end] != rewrite.name:
            raise Refusal("the name is not spelled as it is read", rewrite.span)
        self._replace(name, rewrite.new, (rewrite,))

    def _copy(self, rewrite: CopyStatement, statement: ast.AST) -> None:
        end = self._end_of_copied(rewrite)
        target = target_of(statement)
        assert target is not None
        name = self.tree.span(target)
        pieces = [TextEdit(name, target.id, rewrite.name, (rewrite,))]
        for text in ast.walk(statement):
            if isinstance(text, ast.Constant) and text.value == rewrite.old and text in self.tree.slots:
                span = self.tree.span(text)
                before = self.text[span.start : span.end]
                pieces.append(TextEdit(span, before, respell(before, rewrite.new, span), (rewrite,)))
        copy = splice(self.text, rewrite.span, pieces)
        self._insert(end, self.newline + self._indentation_at(rewrite.span.start) + copy, (rewrite,))

    def _prefixed(self, rewrite: PrefixExpression, node: ast.AST) -> str:
        source = self.text[rewrite.span.start : rewrite.span.end]
        if re.search(r"[\\\r\n]", source) and "#" not in source and _is_dotted(node):
            source = ast.unparse(node)  # on one line
        if re.search(r"[{}\\#\r\n]", source):
            raise Refusal("the expression cannot stand in an f-string", rewrite.span)
        prefix = rewrite.prefix.replace("{", "{{").replace("}", "}}")
        usual = self._quote(node)
        for quote in (usual, "'" if usual == '"' else '"'):
            if quote not in source:
                text = literal(prefix, quote)
                return f"f{text[:-1]}{{{source}}}{text[-1]}"
        raise Refusal("the expression has both kinds of quotes and cannot stand in an f-string", rewrite.span)

    def _filter(self, rewrite: FilterEmptyChunks) -> None:
        # The span of an expression is without the parentheses around it.
        tokens = [token for token in self.tokens if token.kind != tokenize.COMMENT]
        first, behind = token_from(tokens, rewrite.span.start), token_from(tokens, rewrite.span.end)
        offset = rewrite.span.end
        while first and tokens[first - 1].text == "(":
            offset = tokens[behind].span.end
            first, behind = first - 1, behind + 1
        condition = f" if {rewrite.chunk}.choices"
        if _is_word(self.text[offset : offset + 1]):
            condition += " "
        self._insert(offset, condition, (rewrite,))

    def _skip(self, rewrite: SkipEmptyChunks, loop: ast.AST) -> None:
        assert isinstance(loop, ast.For | ast.AsyncFor)
        index = token_from(self.tokens, self.tree.span(loop.iter).end)
        while self.tokens[index].text != ":":
            index += 1
        head = _REST_OF_LINE.match(self.text, self.tokens[index].span.end)
        if not head:
            raise Refusal("the body of the loop stands on the line of its head", rewrite.span)
        body = self._indentation_at(self.tree.start(loop.body[0]))
        outer = self._indentation_at(rewrite.span.start)
        inner = body + (body[len(outer) :] if body.startswith(outer) else self.unit)
        guard = f"{self.newline}{body}if not {rewrite.chunk}.choices:{self.newline}{inner}continue"
        self._insert(head.end(), guard, (rewrite,))

    def _assign(self, rewrite: AssignAfter, statement: ast.AST) -> None:
        start = self.tree.line_start(rewrite.span.start)
        end = _REST_OF_LINE.match(self.text, rewrite.span.end)
        if not end or self.text[start : rewrite.span.start].strip():
            raise Refusal("the statement shares its line with another one", rewrite.span)
        value = code_text(rewrite.value, self._quote(statement), self.plan.environ.get(rewrite, ""))
        line = f"{self.newline}{self._indentation_at(rewrite.span.start)}{rewrite.target} = {value}"
        self._insert(end.end(), line, (rewrite,))

    # Edits of calls and mapping displays.

    def _make_in_brackets(self, span: Span, rewrites: list[InBrackets], every: Iterable[Span]) -> None:
        node = self.plan.nodes[rewrites[0]]
        if depth(node) > _DEEPEST:
            raise Refusal("the expression is nested too deeply", span)
        inside = [piece for piece in self.pieces if span.start < piece.span.end and piece.span.start < span.end]
        inside = [piece for piece in inside if span.contains(piece.span)]
        self.pieces = [piece for piece in self.pieces if piece not in inside]
        layout = self._layout(span, node)
        if self._in_a_line_to_be_laid_out(span, every):
            layout = replace(layout, limit=math.inf)
        try:
            text = self._in_brackets(splice(self.text, span, inside), rewrites, inside, layout)
        except Refusal as refusal:
            raise Refusal(refusal.reason, refusal.span or span) from None
        made = {*rewrites, *(rewrite for piece in inside for rewrite in piece.rewrites)}
        self._replace(span, text, tuple(rewrite for rewrite in self.plan.nodes if rewrite in made))

    def _in_brackets(self, text: str, rewrites: list[InBrackets], inside: Sequence[TextEdit], layout: Layout) -> str:
        node = self.plan.nodes[rewrites[0]]
        edits: list[BracketEdit] = []
        merges: list[MergeHeaders] = []
        for rewrite in rewrites:
            if isinstance(rewrite, SetArgument | SetEntry):
                name = rewrite.name if isinstance(rewrite, SetArgument) else rewrite.key
                edits.append(Put(name, code_text(rewrite.value, layout.quote, self.plan.environ.get(rewrite, ""))))
            elif isinstance(rewrite, RemoveArgument):
                edits.append(Drop(rewrite.name))
            elif isinstance(rewrite, RemoveEntry):
                edits.append(Drop(rewrite.key))
            elif isinstance(node, ast.Dict):
                edits.append(Prepend(tuple(header_entries(rewrite.headers, layout.quote))))
            else:
                merges.append(rewrite)
        if edits:
            length = rewrites[0].span.end - rewrites[0].span.start
            text = edit_brackets(text, edits, self._touched(node, inside), length, layout)
        for merge in merges:
            if not isinstance(node, _ATOMS):
                text = f"({text})"
            rest = f"**({text} or {{}})" if merge.may_be_missing else f"**{text}"
            text = display([*header_entries(merge.headers, layout.quote), rest], layout)
        return text

    def _touched(self, node: ast.AST, inside: Sequence[TextEdit]) -> frozenset[str]:
        """The names of the arguments or entries whose values hold one of the edits ``inside``."""
        named: list[tuple[object, ast.expr]] = []
        if isinstance(node, ast.Call):
            named = [(keyword.arg, keyword.value) for keyword in node.keywords]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            named = [(key.value, value) for key, value in pairs if isinstance(key, ast.Constant)]
        spans = [(name, self.tree.span(value)) for name, value in named]
        return frozenset(
            name for name, span in spans if isinstance(name, str) and any(span.contains(piece.span) for piece in inside)
        )

    def _in_a_line_to_be_laid_out(self, span: Span, every: Iterable[Span]) -> bool:
        """Whether it stands in one-line brackets that are edited too: those decide, once all inside is known."""
        for outer in every:
            if outer != span and outer.contains(span):
                node = self.plan.nodes[next(each for each in self.plan.nodes if each.span == outer)]
                start = self.tree.span(node.func).end if isinstance(node, ast.Call) else outer.start
                if start <= span.start and not _NEWLINE.search(self.text, start, outer.end):
                    return True
        return False

    def _layout(self, span: Span, node: ast.AST) -> Layout:
        left = [piece for piece in self.pieces if piece.span.end <= span.start]
        start = self.tree.line_start(span.start)
        start = min([start, *(piece.span.start for piece in left if piece.span.end > start)])
        before = last_line(splice(self.text, Span(start, span.start), [p for p in left if p.span.start >= start]))
        newline = _NEWLINE.search(self.text, span.end)
        end = newline.start() if newline else len(self.text)
        right = [piece for piece in self.pieces if span.end <= piece.span.start <= end]
        end = max([end, *(piece.span.end for piece in right)])
        after = _NEWLINE.split(splice(self.text, Span(span.end, end), right))[0]
        unit = "\t" if "\t" in indentation(before) else self.unit
        return Layout(before, after, self.limit, unit, self.newline, self._quote(node))

    # Helpers.

    def _replace(self, span: Span, text: str, rewrites: tuple[Rewrite, ...]) -> None:
        before = self.text[span.start : span.end]
        touches_word = _is_word(self.text[span.start - 1 : span.start]) if span.start else False
        if touches_word and text[0] != before[0] and (_is_word(text[0]) or text[0] in "'\""):
            text = " " + text
        self.pieces.append(TextEdit(span, before, text, rewrites))

    def _insert(self, offset: int, text: str, rewrites: tuple[Rewrite, ...]) -> None:
        point = Span(offset, offset)
        for index, piece in enumerate(self.pieces):
            if piece.span == point:
                self.pieces[index] = TextEdit(point, "", piece.after + text, piece.rewrites + rewrites)
                return
        self.pieces.append(TextEdit(point, "", text, rewrites))

    def _quote(self, node: ast.AST) -> str:
        """The usual quote in the expression, or in the calls around it, or in the file."""
        around = [each for each, _ in self.tree.ancestors(node) if each is node or isinstance(each, ast.Call)]
        spans = [self.tree.span(each) for each in around]
        for span in spans:
            if quote := usual_quote(tokens_within(self.tokens, span)):
                return quote
        return self._quote_of_file

    @cached_property
    def _quote_of_file(self) -> str:
        return usual_quote(self.tokens) or '"'

    def _indentation_at(self, offset: int) -> str:
        return self.text[self.tree.line_start(offset) : offset]


def splice(text: str, span: Span, edits: Iterable[TextEdit]) -> str:
    """The characters of ``text`` at ``span`` with ``edits``, which lie in it and do not overlap, made."""
    parts, end = [], span.start
    for edit in sorted(edits, key=lambda edit: edit.span):
        parts += [text[end : edit.span.start], edit.after]
        end = edit.span.end
    return "".join([*parts, text[end : span.end]])


def _indentation_unit(tree: Tree, text: str) -> str:
    """The step by which most blocks of the file are indented; four blanks where there is none."""
    units: Counter[str] = Counter()
    for node in tree.slots:
        body = getattr(node, "body", None)
        if isinstance(node, ast.stmt) and isinstance(body, list):
            outer, inner = tree.start(node), tree.start(body[0])
            outer_indent = text[tree.line_start(outer) : outer]
            inner_indent = text[tree.line_start(inner) : inner]
            if not (outer_indent + inner_indent).strip() and inner_indent.startswith(outer_indent):
                units[inner_indent[len(outer_indent) :]] += 1
    del units[""]
    return units.most_common(1)[0][0] if units else "    "


def _is_dotted(node: ast.AST) -> bool:
    """Whether an expression is a name, or names joined by dots."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
