"""What sets items of a mapping after it is made, in all files that may get hold of it."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.context import Context
from codemod.provenance.containers import Change, changes_by_name, changes_in
from codemod.provenance.facts import Binding, Expression, FileFacts


def items_set(
    context: Context, file: FileFacts, mapping: Expression | Binding, key: str | None, *readers: FileFacts
) -> Iterator[Change]:
    """What may set items of ``mapping`` under ``key`` (None: any): in its own ``file``, in ``readers``, and elsewhere.

    That is in files that use it, and in those that have a name for it. What one of them does may be given twice. Raises
    TooManyFilesError when it comes to a name that too many files mention.
    """
    world, followed = context.origins.world, context.uses
    uses = followed.of_binding(file, mapping) if isinstance(mapping, Binding) else followed.of(file, mapping)
    for each in dict.fromkeys((file, *readers, *(use.file for use in uses))):
        yield from changes_in(world, each, mapping)
    yield from changes_by_name(world, file, mapping, key)
