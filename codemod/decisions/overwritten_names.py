"""Names that a star import may give another value: ``from .local_settings import *`` behind ``KEY = …``."""

from __future__ import annotations

from collections.abc import Iterable

from codemod.decisions.context import Context
from codemod.provenance.facts import Binding, BindingKind, Expression, FileFacts, Name
from codemod.provenance.questions import Bound, GlobalOf, Question, ValueOf


def overwriting_star(context: Context, path: Iterable[Question]) -> str:
    """The place of a star import that may change a name on the way ``path``; "" if there is none."""
    for question in path:
        if isinstance(question, Bound) and question.binding.scope == 0:
            name = question.binding.name
        elif isinstance(question, GlobalOf):
            name = question.name
        elif isinstance(question, ValueOf) and _is_unbound(question.file, question.expression):
            assert isinstance(question.expression, Name)
            name = question.expression.id
        else:
            continue
        star = star_over(context, question.file, name)
        if star is not None:
            return f"{question.file.path.name}:{question.file.line(star.span)}"
    return ""


def _is_unbound(file: FileFacts, expression: Expression) -> bool:
    """Whether an expression is a name that only a star import can give."""
    return isinstance(expression, Name) and not file.lookup(expression.id, expression.scope)


def star_over(context: Context, file: FileFacts, name: str) -> Binding | None:
    """The star import that may give ``name`` a value which the project does not show, or another one than it shows."""
    stars = file.scopes[0].bindings.get("*", ())
    bindings = file.scopes[0].bindings.get(name, ())
    settled = max((each.span.start for each in bindings if not each.conditional), default=-1)
    behind = [star for star in stars if star.span.start > settled]
    if bindings:
        return next((star for star in behind if _may_give(context, file, star, name)), None)
    unseen = (star for star in behind if not _is_seen(context, file, star))
    return next(unseen, None)


def _is_seen(context: Context, file: FileFacts, star: Binding) -> bool:
    """Whether the project shows what a star import brings in."""
    assert star.imported is not None
    project = context.origins.project
    path = project.resolve(file.path, star.imported)
    return (path is not None and project.facts(path) is not None) or star.imported.module == "openai"


def _may_give(context: Context, file: FileFacts, star: Binding, name: str) -> bool:
    if not _is_seen(context, file, star):
        return True
    assert star.imported is not None
    path = context.origins.project.resolve(file.path, star.imported)
    module = None if path is None else context.origins.project.facts(path)
    return module is not None and _gives(context, module, name, {file})


def _gives(context: Context, module: FileFacts, name: str, seen: set[FileFacts]) -> bool:
    """Whether a module of the project has the name, or may have it through star imports of its own."""
    if module in seen:
        return False
    seen.add(module)
    if module.exports is not None and name not in module.exports:
        return False
    if any(binding.kind is not BindingKind.ANNOTATION for binding in module.scopes[0].bindings.get(name, ())):
        return True
    for star in module.scopes[0].bindings.get("*", ()):
        assert star.imported is not None
        path = context.origins.project.resolve(module.path, star.imported)
        inner = None if path is None else context.origins.project.facts(path)
        if inner is None or _gives(context, inner, name, seen):
            return True
    return False
